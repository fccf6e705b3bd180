-- SPDX-License-Identifier: Apache-2.0
-- Schema 5 for SQLite: the beginning of an id of one owner, and the figures of the last day, from an index alone.
-- One transaction; can be run by hand: BEGIN IMMEDIATE, this file, COMMIT.
CREATE INDEX analysis_results_id_bytes ON analysis_results (id, user_id, status, created_at);
DROP INDEX job_queue_finished;
CREATE INDEX job_queue_finished ON job_queue (status, completed_at) WHERE completed_at IS NOT NULL;

INSERT INTO schema_version (version, applied_at)
VALUES (5, CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER));
