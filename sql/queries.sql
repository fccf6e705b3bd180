-- SPDX-License-Identifier: Apache-2.0
-- Every statement of the program, by name.  One body serves both databases, or each has its own ([pgsql], [sqlite]).
-- %s is a text argument (NULL allowed), %pDb a bound BLOB; {now} is the database's clock in microseconds since 1970, {asked} the
-- same when the statement came, which indexes can be searched with (PostgreSQL reads its clock anew for each row),
-- {hex(column)} the bytes of a column as hexadecimal.  Times and numbers come as text, so they are cast.

-- ---------------------------------------------------------------- schema
-- name: schema_table [pgsql]
SELECT count(*) FROM information_schema.tables WHERE table_name = 'schema_version' AND table_schema = current_schema()
-- name: schema_table [sqlite]
SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'
-- name: schema_version
SELECT max(version) FROM schema_version

-- ---------------------------------------------------------------- keys
-- name: ring_read
SELECT id, proof FROM encryption_keys ORDER BY id
-- name: ring_add
INSERT INTO encryption_keys (id, proof, created_at) VALUES (%s, %s, {now}) ON CONFLICT (id) DO NOTHING
-- name: ring_newest
SELECT id FROM encryption_keys WHERE id <> '#digest' ORDER BY created_at DESC, id LIMIT 1
-- name: ring_digest
SELECT proof FROM encryption_keys WHERE id = '#digest'
-- name: ring_renew
UPDATE encryption_keys SET proof = %s WHERE id = '#digest'
-- name: ring_forget
DELETE FROM encryption_keys WHERE id <> %s AND id <> '#digest'
-- name: any_analysis
SELECT id FROM analysis_results LIMIT 1
-- How many of the oldest analyses hold something in clear.
-- name: oldest_plain
SELECT count(*) FROM (SELECT original_filename, query, options, analysis_json, summary, doctor_analysis,
                             nutrition_analysis, exercise_analysis, verification_analysis, error_text
                      FROM analysis_results ORDER BY created_at, id LIMIT 100) a
WHERE substr(NULLIF(a.original_filename, ''), 1, 4) <> 'bt1:'
   OR substr(NULLIF(a.query, ''), 1, 4) <> 'bt1:'
   OR substr(NULLIF(a.options, ''), 1, 4) <> 'bt1:'
   OR substr(NULLIF(a.analysis_json, ''), 1, 4) <> 'bt1:'
   OR substr(NULLIF(a.summary, ''), 1, 4) <> 'bt1:'
   OR substr(NULLIF(a.doctor_analysis, ''), 1, 4) <> 'bt1:'
   OR substr(NULLIF(a.nutrition_analysis, ''), 1, 4) <> 'bt1:'
   OR substr(NULLIF(a.exercise_analysis, ''), 1, 4) <> 'bt1:'
   OR substr(NULLIF(a.verification_analysis, ''), 1, 4) <> 'bt1:'
   OR substr(NULLIF(a.error_text, ''), 1, 4) <> 'bt1:'
-- Rows that are not of the key whose head ('bt1:ID:') is given, behind a cursor.
-- name: rekey_analyses
WITH h AS (SELECT CAST(%s AS text) AS head)
SELECT a.id FROM analysis_results a, h WHERE a.id > COALESCE(%s, '') AND (a.file_hash NOT LIKE 'k:%%'
    OR a.patient_ref_hash NOT LIKE 'k:%%'
    OR substr(NULLIF(a.original_filename, ''), 1, length(h.head)) <> h.head
    OR substr(NULLIF(a.query, ''), 1, length(h.head)) <> h.head
    OR substr(NULLIF(a.options, ''), 1, length(h.head)) <> h.head
    OR substr(NULLIF(a.analysis_json, ''), 1, length(h.head)) <> h.head
    OR substr(NULLIF(a.summary, ''), 1, length(h.head)) <> h.head
    OR substr(NULLIF(a.doctor_analysis, ''), 1, length(h.head)) <> h.head
    OR substr(NULLIF(a.nutrition_analysis, ''), 1, length(h.head)) <> h.head
    OR substr(NULLIF(a.exercise_analysis, ''), 1, length(h.head)) <> h.head
    OR substr(NULLIF(a.verification_analysis, ''), 1, length(h.head)) <> h.head
    OR substr(NULLIF(a.error_text, ''), 1, length(h.head)) <> h.head)
ORDER BY a.id LIMIT CAST(%s AS integer)
-- The columns in the order of BT_SEALED_COLUMNS.
-- name: rekey_row [pgsql]
SELECT original_filename, query, options, analysis_json, summary, doctor_analysis,
       nutrition_analysis, exercise_analysis, verification_analysis, error_text, file_hash, patient_ref_hash
FROM analysis_results WHERE id = %s FOR UPDATE
-- name: rekey_row [sqlite]
SELECT original_filename, query, options, analysis_json, summary, doctor_analysis,
       nutrition_analysis, exercise_analysis, verification_analysis, error_text, file_hash, patient_ref_hash
FROM analysis_results WHERE id = %s
-- name: rekey_store
UPDATE analysis_results SET original_filename = %s, query = %s, options = %s, analysis_json = %s, summary = %s,
    doctor_analysis = %s, nutrition_analysis = %s, exercise_analysis = %s, verification_analysis = %s,
    error_text = %s, file_hash = %s, patient_ref_hash = %s
WHERE id = %s
-- name: rekey_chunks [pgsql]
WITH h AS (SELECT convert_to(CAST(%s AS text), 'UTF8') AS head)
SELECT d.analysis_id, d.seq FROM report_documents d, h
WHERE (d.analysis_id > COALESCE(%s, '') OR (d.analysis_id = %s AND d.seq > CAST(%s AS integer)))
  AND substr(d.content, 1, octet_length(h.head)) <> h.head
ORDER BY d.analysis_id, d.seq LIMIT CAST(%s AS integer)
-- name: rekey_chunks [sqlite]
WITH h AS (SELECT CAST(CAST(%s AS text) AS BLOB) AS head)
SELECT d.analysis_id, d.seq FROM report_documents d, h
WHERE (d.analysis_id > COALESCE(%s, '') OR (d.analysis_id = %s AND d.seq > CAST(%s AS integer)))
  AND substr(d.content, 1, length(h.head)) <> h.head
ORDER BY d.analysis_id, d.seq LIMIT CAST(%s AS integer)
-- name: rekey_chunk_store
UPDATE report_documents SET content = %pDb WHERE analysis_id = %s AND seq = CAST(%s AS integer)
-- name: keys_plain
SELECT owner, kind, key_hash, body_hash FROM submission_keys WHERE key_hash NOT LIKE 'k:%%'
-- name: key_rehash
UPDATE submission_keys SET key_hash = %s, body_hash = COALESCE(%s, '') WHERE owner = %s AND kind = %s AND key_hash = %s

-- ---------------------------------------------------------------- users
-- name: user_by_login
SELECT id, login, email, full_name, role, is_active, created_at FROM users WHERE login = %s
-- name: user_insert
INSERT INTO users (id, login, created_at) VALUES (%s, %s, {now}) ON CONFLICT (login) DO NOTHING

-- name: user_list
SELECT id, login, email, full_name, role, is_active, created_at FROM users ORDER BY login
-- name: user_add
INSERT INTO users (id, login, email, full_name, hashed_password, role, created_at)
VALUES (%s, %s, %s, %s, %s, %s, {now}) ON CONFLICT (login) DO NOTHING
-- name: user_set_password
UPDATE users SET hashed_password = %s WHERE login = %s
-- name: user_set_active
UPDATE users SET is_active = CAST(%s AS integer) WHERE login = %s
-- name: user_set_role
UPDATE users SET role = %s WHERE login = %s

-- ---------------------------------------------------------------- submissions
-- One round trip for the usual case (a user who is known, a document of one chunk, no idempotency key): the row of
-- submission_keys decides, under its lock, whether this is new.  No row comes back where the user is unknown.
-- name: submit_once [pgsql]
WITH u AS (
    SELECT id FROM users WHERE login = %s AND is_active = 1
), k AS (
    INSERT INTO submission_keys (owner, kind, key_hash, body_hash, analysis_id, expires_at)
    SELECT u.id, 'duplicate', %s, '', %s, {now} + 86400000000 FROM u
    ON CONFLICT (owner, kind, key_hash) DO UPDATE SET
        analysis_id = CASE WHEN submission_keys.expires_at <= {now} THEN excluded.analysis_id
                           ELSE submission_keys.analysis_id END,
        expires_at = CASE WHEN submission_keys.expires_at <= {now} THEN excluded.expires_at
                          ELSE submission_keys.expires_at END
    RETURNING owner, analysis_id
), a AS (
    INSERT INTO analysis_results (id, user_id, original_filename, file_size, file_hash, query, options,
                                  patient_ref_hash, status, created_at)
    SELECT k.analysis_id, k.owner, %s, CAST(%s AS bigint), %s, %s, %s, %s, 'queued', {now} FROM k
    WHERE k.analysis_id = %s
    ON CONFLICT (id) DO NOTHING
    RETURNING id
), d AS (
    INSERT INTO report_documents (analysis_id, seq, content) SELECT a.id, 0, %pDb FROM a
), j AS (
    INSERT INTO job_queue (id, analysis_id, status, priority, created_at, available_at, hinted_at)
    SELECT %s, a.id, 'queued', CAST(%s AS integer), {now}, {now}, {now} FROM a
), l AS (
    INSERT INTO audit_log (at, who, address, action, analysis_id, outcome)
    SELECT {now}, %s, %s, 'submit', k.analysis_id, CASE WHEN k.analysis_id = %s THEN 'ok' ELSE 'cached' END FROM k
    WHERE CAST(%s AS text) IS NOT NULL
)
SELECT analysis_id FROM k

-- name: key_take
INSERT INTO submission_keys (owner, kind, key_hash, body_hash, analysis_id, expires_at)
VALUES (%s, %s, %s, %s, %s, {now} + CAST(%s AS bigint))
ON CONFLICT (owner, kind, key_hash) DO UPDATE SET
    analysis_id = CASE WHEN submission_keys.expires_at <= {now} THEN excluded.analysis_id
                       ELSE submission_keys.analysis_id END,
    body_hash = CASE WHEN submission_keys.expires_at <= {now} THEN excluded.body_hash
                     ELSE submission_keys.body_hash END,
    expires_at = CASE WHEN submission_keys.expires_at <= {now} THEN excluded.expires_at
                      ELSE submission_keys.expires_at END
RETURNING analysis_id, body_hash

-- name: submit_analysis
INSERT INTO analysis_results (id, user_id, original_filename, file_size, file_hash, query, options, patient_ref_hash,
                              status, created_at)
VALUES (%s, %s, %s, CAST(%s AS bigint), %s, %s, %s, %s, 'queued', {now})
-- name: submit_chunk
INSERT INTO report_documents (analysis_id, seq, content) VALUES (%s, CAST(%s AS integer), %pDb)
-- name: submit_job
INSERT INTO job_queue (id, analysis_id, status, priority, created_at, available_at, hinted_at)
VALUES (%s, %s, 'queued', CAST(%s AS integer), {now}, {now}, {now})
-- name: submitted
SELECT a.id, j.id, a.status FROM analysis_results a JOIN job_queue j ON j.analysis_id = a.id WHERE a.id = %s
-- name: keys_delete_of
DELETE FROM submission_keys WHERE analysis_id = %s
-- The same file sent again shall be a new analysis; an idempotency key goes on to mean this one, whatever became of it.
-- name: duplicate_forget
DELETE FROM submission_keys WHERE analysis_id = %s AND kind = 'duplicate'
-- name: keys_delete_expired
DELETE FROM submission_keys WHERE expires_at < {asked}

-- ---------------------------------------------------------------- analyses
-- name: analysis_status
SELECT a.id, j.id, u.login, u.is_active, a.original_filename, a.query, a.status, j.stage, a.file_size, a.created_at,
       a.completed_at, a.processing_time, j.retry_count, a.version, a.error_class, a.error_text, NULL
FROM analysis_results a JOIN users u ON u.id = a.user_id JOIN job_queue j ON j.analysis_id = a.id WHERE a.id = %s
-- What may not be seen is not fetched either: it takes longer than what is not there.
-- name: analysis_result
SELECT a.id, j.id, u.login, u.is_active, a.original_filename, a.query, a.status, j.stage, a.file_size, a.created_at,
       a.completed_at, a.processing_time, j.retry_count, a.version, a.error_class, a.error_text,
       CASE WHEN CAST(%s AS text) IS NULL OR u.login = %s THEN a.analysis_json END
FROM analysis_results a JOIN users u ON u.id = a.user_id JOIN job_queue j ON j.analysis_id = a.id WHERE a.id = %s

-- Lists: newest first, behind the row (created_at, id) of a cursor.  One statement for each way to filter, not one with
-- "empty means any": a plan made for any argument could use no index for that.  The page is taken from the index alone and
-- joined then, so that rows that are skipped cost little.
-- name: list_user
SELECT a.id, j.id, u.login, u.is_active, a.original_filename, a.query, a.status, j.stage, a.file_size, a.created_at,
       a.completed_at, a.processing_time, j.retry_count, a.version, a.error_class, a.error_text, NULL
FROM (SELECT id FROM analysis_results WHERE user_id = (SELECT id FROM users WHERE login = %s) AND (created_at, id) < (CAST(%s AS bigint), %s)
      ORDER BY created_at DESC, id DESC LIMIT CAST(%s AS integer) OFFSET CAST(%s AS integer)) p
JOIN analysis_results a ON a.id = p.id JOIN users u ON u.id = a.user_id JOIN job_queue j ON j.analysis_id = a.id
ORDER BY a.created_at DESC, a.id DESC
-- name: list_user_status
SELECT a.id, j.id, u.login, u.is_active, a.original_filename, a.query, a.status, j.stage, a.file_size, a.created_at,
       a.completed_at, a.processing_time, j.retry_count, a.version, a.error_class, a.error_text, NULL
FROM (SELECT id FROM analysis_results WHERE user_id = (SELECT id FROM users WHERE login = %s) AND status = %s AND (created_at, id) < (CAST(%s AS bigint), %s)
      ORDER BY created_at DESC, id DESC LIMIT CAST(%s AS integer) OFFSET CAST(%s AS integer)) p
JOIN analysis_results a ON a.id = p.id JOIN users u ON u.id = a.user_id JOIN job_queue j ON j.analysis_id = a.id
ORDER BY a.created_at DESC, a.id DESC
-- name: list_all
SELECT a.id, j.id, u.login, u.is_active, a.original_filename, a.query, a.status, j.stage, a.file_size, a.created_at,
       a.completed_at, a.processing_time, j.retry_count, a.version, a.error_class, a.error_text, NULL
FROM (SELECT id FROM analysis_results WHERE (created_at, id) < (CAST(%s AS bigint), %s)
      ORDER BY created_at DESC, id DESC LIMIT CAST(%s AS integer) OFFSET CAST(%s AS integer)) p
JOIN analysis_results a ON a.id = p.id JOIN users u ON u.id = a.user_id JOIN job_queue j ON j.analysis_id = a.id
ORDER BY a.created_at DESC, a.id DESC
-- name: list_all_status
SELECT a.id, j.id, u.login, u.is_active, a.original_filename, a.query, a.status, j.stage, a.file_size, a.created_at,
       a.completed_at, a.processing_time, j.retry_count, a.version, a.error_class, a.error_text, NULL
FROM (SELECT id FROM analysis_results WHERE status = %s AND (created_at, id) < (CAST(%s AS bigint), %s)
      ORDER BY created_at DESC, id DESC LIMIT CAST(%s AS integer) OFFSET CAST(%s AS integer)) p
JOIN analysis_results a ON a.id = p.id JOIN users u ON u.id = a.user_id JOIN job_queue j ON j.analysis_id = a.id
ORDER BY a.created_at DESC, a.id DESC
-- Ids from one text up to another, which is the beginning of an id: found first, whoever owns them, for a plan made for any
-- range takes it for a short one.  Compared by bytes (COLLATE "C"), for then it is a range of an index, whatever language the
-- database was made for; that index holds all that is asked here.
-- name: list_ids [pgsql]
WITH found AS MATERIALIZED (SELECT id, created_at FROM analysis_results WHERE id COLLATE "C" >= %s AND id COLLATE "C" < %s
    AND (CAST(%s AS text) = '' OR user_id = (SELECT id FROM users WHERE login = %s)) AND (CAST(%s AS text) = '' OR status = %s))
SELECT a.id, j.id, u.login, u.is_active, a.original_filename, a.query, a.status, j.stage, a.file_size, a.created_at,
       a.completed_at, a.processing_time, j.retry_count, a.version, a.error_class, a.error_text, NULL
FROM (SELECT id FROM found WHERE (created_at, id) < (CAST(%s AS bigint), %s)
      ORDER BY created_at DESC, id DESC LIMIT CAST(%s AS integer) OFFSET CAST(%s AS integer)) p
JOIN analysis_results a ON a.id = p.id JOIN users u ON u.id = a.user_id JOIN job_queue j ON j.analysis_id = a.id
ORDER BY a.created_at DESC, a.id DESC
-- name: list_ids [sqlite]
WITH found AS MATERIALIZED (SELECT id, created_at FROM analysis_results WHERE id >= %s AND id < %s
    AND (CAST(%s AS text) = '' OR user_id = (SELECT id FROM users WHERE login = %s)) AND (CAST(%s AS text) = '' OR status = %s))
SELECT a.id, j.id, u.login, u.is_active, a.original_filename, a.query, a.status, j.stage, a.file_size, a.created_at,
       a.completed_at, a.processing_time, j.retry_count, a.version, a.error_class, a.error_text, NULL
FROM (SELECT id FROM found WHERE (created_at, id) < (CAST(%s AS bigint), %s)
      ORDER BY created_at DESC, id DESC LIMIT CAST(%s AS integer) OFFSET CAST(%s AS integer)) p
JOIN analysis_results a ON a.id = p.id JOIN users u ON u.id = a.user_id JOIN job_queue j ON j.analysis_id = a.id
ORDER BY a.created_at DESC, a.id DESC

-- How many: counted up to a bound, for nobody reads more, and counting is what takes longest.
-- name: count_user
SELECT count(*) FROM (SELECT id FROM analysis_results WHERE user_id = (SELECT id FROM users WHERE login = %s)
      LIMIT CAST(%s AS integer)) counted
-- name: count_user_status
SELECT count(*) FROM (SELECT id FROM analysis_results WHERE user_id = (SELECT id FROM users WHERE login = %s) AND status = %s
      LIMIT CAST(%s AS integer)) counted
-- name: count_all
SELECT count(*) FROM (SELECT id FROM analysis_results
      LIMIT CAST(%s AS integer)) counted
-- name: count_all_status
SELECT count(*) FROM (SELECT id FROM analysis_results WHERE status = %s
      LIMIT CAST(%s AS integer)) counted
-- name: count_ids [pgsql]
SELECT count(*) FROM (SELECT id FROM analysis_results WHERE id COLLATE "C" >= %s AND id COLLATE "C" < %s
    AND (CAST(%s AS text) = '' OR user_id = (SELECT id FROM users WHERE login = %s)) AND (CAST(%s AS text) = '' OR status = %s)
      LIMIT CAST(%s AS integer)) counted
-- name: count_ids [sqlite]
SELECT count(*) FROM (SELECT id FROM analysis_results WHERE id >= %s AND id < %s
    AND (CAST(%s AS text) = '' OR user_id = (SELECT id FROM users WHERE login = %s)) AND (CAST(%s AS text) = '' OR status = %s)
      LIMIT CAST(%s AS integer)) counted

-- Finished analyses of the same person for the same owner, other reports only, newest first.
-- name: analysis_earlier
SELECT e.id, e.created_at, e.analysis_json
FROM analysis_results a JOIN analysis_results e ON e.user_id = a.user_id AND e.patient_ref_hash = a.patient_ref_hash
WHERE a.id = %s AND a.patient_ref_hash IS NOT NULL AND e.id <> a.id AND e.status = 'completed'
  AND e.file_hash <> a.file_hash AND e.created_at < a.created_at
ORDER BY e.created_at DESC, e.id DESC LIMIT CAST(%s AS integer)
-- name: analysis_delete
DELETE FROM analysis_results WHERE id = %s
-- The job goes first, as in all other transactions: job before analysis, or two of them would wait for each other.
-- name: job_delete
DELETE FROM job_queue WHERE analysis_id = %s
-- name: job_delete_final
DELETE FROM job_queue WHERE analysis_id = %s AND status NOT IN ('queued', 'processing')
-- name: attempts_delete
DELETE FROM job_attempts WHERE task_id = %s
-- name: document_delete
DELETE FROM report_documents WHERE analysis_id = %s

-- name: job_cancel
UPDATE job_queue SET status = 'cancelled', cancel_requested = 1, claim_token = NULL, lease_until = NULL, stage = NULL,
                     completed_at = {now}
WHERE analysis_id = %s AND status IN ('queued', 'processing')
-- name: analysis_cancel
UPDATE analysis_results SET status = 'cancelled', completed_at = {now}, version = version + 1 WHERE id = %s
-- name: attempts_cancel
UPDATE job_attempts SET ended_at = {now}, outcome = 'cancelled'
WHERE ended_at IS NULL AND task_id = (SELECT id FROM job_queue WHERE analysis_id = %s)

-- name: job_retry
UPDATE job_queue SET status = 'queued', available_at = {now}, failures = 0, crashes = 0, hinted_at = NULL,
                     retry_count = retry_count + 1, completed_at = NULL
WHERE analysis_id = %s AND status = 'failed'
  AND EXISTS (SELECT 1 FROM report_documents d WHERE d.analysis_id = job_queue.analysis_id)
RETURNING id
-- name: analysis_requeue
UPDATE analysis_results SET status = 'queued', completed_at = NULL, processing_time = NULL, error_class = NULL,
                            error_text = NULL, version = version + 1
WHERE id = %s

-- name: audit_insert
INSERT INTO audit_log (at, who, address, action, analysis_id, outcome) VALUES ({now}, %s, %s, %s, %s, %s)
-- name: audit_list
SELECT id, at, who, address, action, analysis_id, outcome FROM audit_log
WHERE id > CAST(%s AS bigint) AND at >= CAST(%s AS bigint) AND (CAST(%s AS text) = '' OR who = %s)
ORDER BY id LIMIT CAST(%s AS integer)
-- name: audit_of
SELECT id, at, who, address, action, analysis_id, outcome FROM audit_log
WHERE analysis_id = %s AND id > CAST(%s AS bigint) AND at >= CAST(%s AS bigint) AND (CAST(%s AS text) = '' OR who = %s)
ORDER BY id LIMIT CAST(%s AS integer)

-- ---------------------------------------------------------------- jobs
-- name: claim_job
UPDATE job_queue SET status = 'processing', attempt = attempt + 1, claim_token = %s, owner = %s,
                     lease_until = {now} + 30000000, started_at = {now}, stage = 'reading'
WHERE id = %s AND status = 'queued' AND available_at <= {now} AND cancel_requested = 0
RETURNING id, analysis_id, attempt, failures, crashes, priority, created_at, started_at
-- Where the answer to a claim's commit was lost: the claim, if it is ours, with a lease that begins anew.
-- name: claim_again
UPDATE job_queue SET lease_until = {now} + 30000000 WHERE id = %s AND claim_token = %s AND status = 'processing'
RETURNING id, analysis_id, attempt, failures, crashes, priority, created_at, started_at
-- name: claim_analysis
UPDATE analysis_results SET status = 'processing', version = version + 1 WHERE id = %s
RETURNING query, options, original_filename, file_size
-- name: attempt_start
INSERT INTO job_attempts (task_id, attempt, worker, started_at) VALUES (%s, CAST(%s AS integer), %s, {now})
-- name: attempt_end
UPDATE job_attempts SET ended_at = {now}, outcome = %s, signal = CAST(%s AS integer), error = %s
WHERE task_id = %s AND attempt = CAST(%s AS integer)

-- name: jobs_due
SELECT id FROM job_queue WHERE status = 'queued' AND available_at <= {now} AND priority >= CAST(%s AS integer)
ORDER BY priority, available_at LIMIT CAST(%s AS integer)

-- name: jobs_held
SELECT claim_token FROM job_queue WHERE status = 'processing' AND owner = %s
-- name: job_heartbeat
UPDATE job_queue SET lease_until = {now} + 30000000 WHERE id = %s AND claim_token = %s AND status = 'processing'
-- name: job_stage
UPDATE job_queue SET stage = %s WHERE id = %s AND claim_token = %s AND status = 'processing'
-- name: document_chunk
SELECT {hex(content)} FROM report_documents WHERE analysis_id = %s AND seq = CAST(%s AS integer)

-- name: job_complete
UPDATE job_queue SET status = 'completed', completed_at = {now}, claim_token = NULL, lease_until = NULL, stage = NULL
WHERE id = %s AND claim_token = %s AND status = 'processing' AND cancel_requested = 0
-- name: analysis_complete
UPDATE analysis_results SET status = 'completed', analysis_json = %s, summary = %s, doctor_analysis = %s,
    nutrition_analysis = %s, exercise_analysis = %s, verification_analysis = %s, engine = %s, knowledge_version = %s,
    completed_at = {now}, processing_time = ({now} - CAST(%s AS bigint)) / 1000000.0, version = version + 1,
    error_class = NULL, error_text = NULL
WHERE id = %s

-- The lease argument is the lease that was seen: a reaper must not end an attempt whose lease was extended meanwhile.
-- name: job_fail
UPDATE job_queue SET status = 'failed', completed_at = {now}, failures = failures + 1,
                     crashes = crashes + CAST(%s AS integer), claim_token = NULL, lease_until = NULL, stage = NULL
WHERE id = %s AND claim_token = %s AND status = 'processing' AND lease_until <= CAST(%s AS bigint)
-- A job that was interrupted (no delay; handed back) keeps its place before those that came later.
-- name: job_again
UPDATE job_queue SET status = 'queued', available_at = COALESCE({now} + CAST(%s AS bigint), available_at), failures = failures + 1,
                     crashes = crashes + CAST(%s AS integer), retry_count = retry_count + 1, hinted_at = NULL,
                     claim_token = NULL, lease_until = NULL, stage = NULL
WHERE id = %s AND claim_token = %s AND status = 'processing' AND lease_until <= CAST(%s AS bigint)
-- name: job_release
UPDATE job_queue SET status = 'queued', hinted_at = NULL, claim_token = NULL,
                     lease_until = NULL, stage = NULL
WHERE id = %s AND claim_token = %s AND status = 'processing'
-- name: analysis_fail
UPDATE analysis_results SET status = 'failed', error_class = %s, error_text = %s, completed_at = {now},
    processing_time = ({now} - CAST(%s AS bigint)) / 1000000.0, version = version + 1
WHERE id = %s

-- ---------------------------------------------------------------- housekeeping
-- name: sweep [pgsql]
UPDATE job_queue SET hinted_at = {now} WHERE id IN (
    SELECT id FROM job_queue WHERE status = 'queued' AND available_at <= {now}
      AND priority = CAST(%s AS integer) AND (hinted_at IS NULL OR hinted_at < {now} - 10000000)
    ORDER BY available_at LIMIT CAST(%s AS integer) FOR UPDATE SKIP LOCKED)
RETURNING id
-- name: sweep [sqlite]
UPDATE job_queue SET hinted_at = {now} WHERE id IN (
    SELECT id FROM job_queue WHERE status = 'queued' AND available_at <= {now}
      AND priority = CAST(%s AS integer) AND (hinted_at IS NULL OR hinted_at < {now} - 10000000)
    ORDER BY available_at LIMIT CAST(%s AS integer))
RETURNING id
-- name: hints_forget
UPDATE job_queue SET hinted_at = NULL WHERE status = 'queued'
-- name: hint_forget
UPDATE job_queue SET hinted_at = NULL WHERE id = %s AND status = 'queued'
-- name: reap_list
SELECT id, analysis_id, attempt, failures, crashes, claim_token, lease_until, started_at, owner FROM job_queue
WHERE status = 'processing' AND lease_until < {now} ORDER BY lease_until LIMIT 100
-- name: retention_list
SELECT id FROM analysis_results
WHERE completed_at IS NOT NULL AND completed_at < {asked} - CAST(%s AS bigint) ORDER BY completed_at LIMIT 200
-- name: audit_delete_old [pgsql]
SELECT audit_log_expire(CAST(%s AS bigint))
-- name: audit_delete_old [sqlite]
DELETE FROM audit_log WHERE at < {now} - CAST(%s AS bigint)
-- name: worker_seen
INSERT INTO workers (id, host, pid, threads, busy, done, failed, started_at, seen_at, llm)
VALUES (%s, %s, CAST(%s AS integer), CAST(%s AS integer), CAST(%s AS integer), CAST(%s AS bigint),
        CAST(%s AS bigint), {now}, {now}, %s)
ON CONFLICT (id) DO UPDATE SET busy = excluded.busy, done = excluded.done, failed = excluded.failed,
    seen_at = excluded.seen_at, llm = excluded.llm
-- name: worker_gone
DELETE FROM workers WHERE id = %s
-- name: workers_delete_old
DELETE FROM workers WHERE seen_at < {now} - 3600000000

-- name: llm_answers_get
SELECT content FROM llm_answers WHERE key = %s AND created_at > {now} - CAST(%s AS bigint)
-- name: llm_answers_put
INSERT INTO llm_answers (key, analysis_id, content, created_at) VALUES (%s, %s, %s, {now})
ON CONFLICT (key) DO UPDATE SET analysis_id = excluded.analysis_id, content = excluded.content,
    created_at = excluded.created_at
-- name: llm_answers_delete
DELETE FROM llm_answers WHERE analysis_id = %s
-- name: llm_answers_rekey
DELETE FROM llm_answers WHERE substr(content, 1, length(CAST(%s AS text))) <> CAST(%s AS text)
-- name: llm_answers_expire
DELETE FROM llm_answers WHERE created_at < {asked} - CAST(%s AS bigint)

-- ---------------------------------------------------------------- figures
-- Final states count the last 24 hours, so that the figure stays quick in a large table; `status || ''` keeps SQLite from
-- the index of states, for which it would sort all that were ever completed.
-- name: counts
SELECT
    (SELECT count(*) FROM job_queue WHERE status = 'queued' AND available_at <= {asked}),
    (SELECT count(*) FROM job_queue WHERE status = 'queued' AND available_at > {asked}),
    (SELECT count(*) FROM job_queue WHERE status = 'processing'),
    (SELECT count(*) FROM job_queue WHERE status = 'completed' AND completed_at > {asked} - 86400000000),
    (SELECT count(*) FROM job_queue WHERE status = 'failed' AND completed_at > {asked} - 86400000000),
    (SELECT count(*) FROM job_queue WHERE status = 'cancelled' AND completed_at > {asked} - 86400000000),
    (SELECT min(created_at) FROM job_queue WHERE status = 'queued' AND available_at <= {asked}),
    (SELECT avg(t.processing_time) FROM (
        SELECT processing_time FROM analysis_results WHERE completed_at IS NOT NULL AND status || '' = 'completed'
        ORDER BY completed_at DESC LIMIT 50) t),
    (SELECT count(*) FROM job_queue WHERE status = 'queued' AND available_at <= {asked} AND priority = 0)
-- name: backlog
SELECT count(*) FROM (SELECT id FROM job_queue WHERE status = 'queued' LIMIT CAST(%s AS integer)) waiting
-- name: workers_list
SELECT id, host, pid, threads,
       (SELECT count(*) FROM job_queue j WHERE j.status = 'processing' AND j.owner = workers.id), done, failed, started_at, seen_at,
       CASE WHEN seen_at > {now} - 30000000 THEN 1 ELSE 0 END, llm
FROM workers ORDER BY started_at, id
-- name: failures_list
SELECT a.id, j.id, u.login, u.is_active, a.original_filename, a.query, a.status, j.stage, a.file_size, a.created_at,
       a.completed_at, a.processing_time, j.retry_count, a.version, a.error_class, a.error_text, NULL
FROM analysis_results a JOIN users u ON u.id = a.user_id JOIN job_queue j ON j.analysis_id = a.id
WHERE a.completed_at IS NOT NULL AND a.status = 'failed' ORDER BY a.completed_at DESC LIMIT CAST(%s AS integer)
-- Those of a class behind a place in their order, of the time before the first page was read.
-- name: failures_page
SELECT id, completed_at, {now} FROM analysis_results
WHERE status = 'failed' AND (CAST(%s AS text) = '' OR error_class = %s) AND completed_at <= CAST(%s AS bigint)
  AND (completed_at, id) > (CAST(%s AS bigint), %s) ORDER BY completed_at, id LIMIT CAST(%s AS integer)
