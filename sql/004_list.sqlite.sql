-- SPDX-License-Identifier: Apache-2.0
-- Schema 4 for SQLite: lists by status and by the beginning of an id stay quick in a large table.
-- One transaction; can be run by hand: BEGIN IMMEDIATE, this file, COMMIT.
CREATE INDEX analysis_results_status ON analysis_results (status, created_at DESC, id DESC);
CREATE INDEX analysis_results_of_user_status ON analysis_results (user_id, status, created_at DESC, id DESC);

INSERT INTO schema_version (version, applied_at)
VALUES (4, CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER));
