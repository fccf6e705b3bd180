-- SPDX-License-Identifier: Apache-2.0
-- Schema 1 for SQLite.  One transaction; can be run by hand: BEGIN IMMEDIATE, this file, COMMIT.
-- Ids are UUIDs as text and times microseconds since 1970 in both databases, so that statements stay the same.
CREATE TABLE schema_version (
    version integer PRIMARY KEY,
    applied_at bigint NOT NULL
);

-- login is httpd's r->user; mod_authn_dbd can read it:
--   AuthDBDUserPWQuery "SELECT hashed_password FROM users WHERE login = %s AND is_active = 1"
CREATE TABLE users (
    id text PRIMARY KEY,
    login text NOT NULL UNIQUE,
    email text,
    full_name text,
    hashed_password text,
    is_active integer NOT NULL DEFAULT 1,
    role text NOT NULL DEFAULT 'user',
    created_at bigint NOT NULL
);

CREATE TABLE analysis_results (
    id text PRIMARY KEY,
    user_id text NOT NULL REFERENCES users (id),
    original_filename text,
    file_size bigint NOT NULL,
    file_hash text NOT NULL,
    query text,
    options text NOT NULL DEFAULT '{}',
    patient_ref_hash text,
    analysis_json text,
    summary text,
    doctor_analysis text,
    nutrition_analysis text,
    exercise_analysis text,
    verification_analysis text,
    status text NOT NULL CHECK (status IN ('queued', 'processing', 'completed', 'failed', 'cancelled')),
    processing_time REAL,
    created_at bigint NOT NULL,
    completed_at bigint,
    engine text,
    knowledge_version text,
    version integer NOT NULL DEFAULT 1,
    error_class text,
    error_text text
);
CREATE INDEX analysis_results_newest ON analysis_results (created_at DESC, id DESC);
CREATE INDEX analysis_results_of_user ON analysis_results (user_id, created_at DESC, id DESC);
CREATE INDEX analysis_results_finished ON analysis_results (completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX analysis_results_person ON analysis_results (user_id, patient_ref_hash, created_at)
    WHERE patient_ref_hash IS NOT NULL;

-- Idempotency keys and duplicates: one row decides which analysis a repeated submission means.
CREATE TABLE submission_keys (
    owner text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('duplicate', 'idempotency')),
    key_hash text NOT NULL,
    body_hash text NOT NULL,
    analysis_id text NOT NULL,
    expires_at bigint NOT NULL,
    PRIMARY KEY (owner, kind, key_hash)
);
CREATE INDEX submission_keys_analysis ON submission_keys (analysis_id);
CREATE INDEX submission_keys_expiry ON submission_keys (expires_at);

CREATE TABLE job_queue (
    id text PRIMARY KEY,
    analysis_id text NOT NULL UNIQUE REFERENCES analysis_results (id) ON DELETE CASCADE,
    status text NOT NULL CHECK (status IN ('queued', 'processing', 'completed', 'failed', 'cancelled')),
    priority integer NOT NULL DEFAULT 1,
    created_at bigint NOT NULL,
    available_at bigint NOT NULL,
    started_at bigint,
    completed_at bigint,
    retry_count integer NOT NULL DEFAULT 0,
    attempt integer NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    crashes integer NOT NULL DEFAULT 0,
    claim_token text,
    owner text,
    lease_until bigint,
    cancel_requested integer NOT NULL DEFAULT 0,
    hinted_at bigint,
    stage text
);
CREATE INDEX job_queue_due ON job_queue (priority, available_at) WHERE status = 'queued';
CREATE INDEX job_queue_finished ON job_queue (completed_at) WHERE completed_at IS NOT NULL;
CREATE INDEX job_queue_leases ON job_queue (lease_until) WHERE status = 'processing';

CREATE TABLE job_attempts (
    task_id text NOT NULL REFERENCES job_queue (id) ON DELETE CASCADE,
    attempt integer NOT NULL,
    worker text NOT NULL,
    started_at bigint NOT NULL,
    ended_at bigint,
    outcome text,
    signal integer,
    error text,
    PRIMARY KEY (task_id, attempt)
);

-- The PDF, in rows of at most 256 KB.
CREATE TABLE report_documents (
    analysis_id text NOT NULL REFERENCES analysis_results (id) ON DELETE CASCADE,
    seq integer NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (analysis_id, seq)
);

CREATE TABLE workers (
    id text PRIMARY KEY,
    host text NOT NULL,
    pid integer NOT NULL,
    threads integer NOT NULL,
    busy integer NOT NULL,
    done bigint NOT NULL,
    failed bigint NOT NULL,
    started_at bigint NOT NULL,
    seen_at bigint NOT NULL
);

CREATE TABLE audit_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at bigint NOT NULL,
    who text,
    address text,
    action text NOT NULL,
    analysis_id text,
    outcome text
);
CREATE INDEX audit_log_at ON audit_log (at);

INSERT INTO schema_version (version, applied_at)
VALUES (1, CAST((julianday('now') - 2440587.5) * 86400000000.0 AS INTEGER));
