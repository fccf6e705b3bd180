-- SPDX-License-Identifier: Apache-2.0
-- Schema 2 for PostgreSQL: keys of encryption at rest, and an audit trail that cannot be changed.
-- One transaction; can be run by hand with psql -1 -f.
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
UPDATE report_documents SET content = decode('6274303a', 'hex') || content
WHERE substr(content, 1, 2) = decode('6274', 'hex') AND substr(content, 4, 1) = decode('3a', 'hex');

CREATE INDEX audit_log_analysis ON audit_log (analysis_id, at) WHERE analysis_id IS NOT NULL;

-- Rows are added and read.  None is changed, and none goes before it is 400 days old.
CREATE FUNCTION audit_log_guard() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint) - 34560000000000 THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit_log is append-only';
END
$guard$;
CREATE TRIGGER audit_log_keep BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION audit_log_guard();
CREATE TRIGGER audit_log_keep_all BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION audit_log_guard();

-- The function below keeps the path of this moment: no table of a session stands before ours.
SELECT set_config('search_path', current_schema() || ', pg_temp', true);
-- What retention calls: a role that may only add and read can still have rows erased that are old enough.
CREATE FUNCTION audit_log_expire(age bigint) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $expire$
DECLARE
    erased bigint;
BEGIN
    DELETE FROM audit_log
    WHERE at < CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint) - greatest(age, 34560000000000);
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN erased;
END
$expire$;

INSERT INTO schema_version (version, applied_at)
VALUES (2, CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint));
