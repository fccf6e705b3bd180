-- SPDX-License-Identifier: Apache-2.0
-- Schema 2 for SQLite: keys of encryption at rest, and an audit trail that cannot be changed.
-- One transaction; can be run by hand: BEGIN IMMEDIATE, this file, COMMIT.
-- A row for each key that data is encrypted with: only the right key opens its proof.  The row '#digest' is the key of
-- digests, encrypted with the active one.
CREATE TABLE encryption_keys (
    id text PRIMARY KEY,
    proof text NOT NULL,
    created_at bigint NOT NULL
);

-- Plain text that begins like an encrypted cell is stored behind 'bt0:'.
UPDATE analysis_results SET original_filename = 'bt0:' || original_filename WHERE original_filename LIKE 'bt_:%';
UPDATE analysis_results SET query = 'bt0:' || query WHERE query LIKE 'bt_:%';
UPDATE analysis_results SET error_text = 'bt0:' || error_text WHERE error_text LIKE 'bt_:%';
UPDATE report_documents SET content = CAST('bt0:' || content AS BLOB)
WHERE substr(content, 1, 2) = x'6274' AND substr(content, 4, 1) = x'3a';

CREATE INDEX audit_log_analysis ON audit_log (analysis_id, at) WHERE analysis_id IS NOT NULL;

-- Rows are added and read.  None is changed, and none goes before it is 400 days old.
CREATE TRIGGER audit_log_keep_updates BEFORE UPDATE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'audit_log is append-only');
END;
CREATE TRIGGER audit_log_keep BEFORE DELETE ON audit_log
WHEN OLD.at >= CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER) - 34560000000000
BEGIN
    SELECT RAISE(ABORT, 'audit_log is append-only');
END;

INSERT INTO schema_version (version, applied_at)
VALUES (2, CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER));
