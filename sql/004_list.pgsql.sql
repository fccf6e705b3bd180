-- SPDX-License-Identifier: Apache-2.0
-- Schema 4 for PostgreSQL: lists by status and by the beginning of an id stay quick in a large table.
-- One transaction; can be run by hand with psql -1 -f.
CREATE INDEX analysis_results_status ON analysis_results (status, created_at DESC, id DESC);
CREATE INDEX analysis_results_of_user_status ON analysis_results (user_id, status, created_at DESC, id DESC);
-- The beginning of an id as a range of bytes, whatever the database's collation.
CREATE INDEX analysis_results_id_bytes ON analysis_results (id COLLATE "C") INCLUDE (status);

INSERT INTO schema_version (version, applied_at)
VALUES (4, CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint));
