-- SPDX-License-Identifier: Apache-2.0
-- PostgreSQL with two roles: the owner, that only 'bloodtestctl migrate' connects as, and the role of httpd, workers and
-- the other commands.  The second reads and writes reports, but of the audit trail it can only add and read rows.
--
-- Once, as a superuser:
--     CREATE ROLE bloodtest_owner LOGIN;
--     CREATE ROLE bloodtest LOGIN;
--     CREATE DATABASE bloodtest OWNER bloodtest_owner;
-- Then 'bloodtestctl migrate' as bloodtest_owner, and this file as bloodtest_owner in that database; both again after
-- each new version.  Other names: psql -v app=NAME -f roles.pgsql.sql
\if :{?app}
\else
\set app bloodtest
\endif
BEGIN;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"app";
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM :"app";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"app";
REVOKE ALL ON schema_version, audit_log FROM :"app";
GRANT SELECT ON schema_version TO :"app";
GRANT SELECT, INSERT ON audit_log TO :"app";
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO :"app";
-- Retention: erases rows of the trail that are older than 400 days, and no others.
REVOKE ALL ON FUNCTION audit_log_expire(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_log_expire(bigint) TO :"app";
COMMIT;
