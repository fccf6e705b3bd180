/* SPDX-License-Identifier: Apache-2.0
 * The stores: what is done to the tables, one function for each thing that happens.  DESIGN: the
 * SQL row is the truth; each function is one statement or one transaction, guarded by what it
 * expects, so that a late or double call changes nothing and says so.
 */
#ifndef BT_STORE_H
#define BT_STORE_H

#include "db.h"
#include "json.h"
#include "model.h"

/* ---- schema (store_schema.c) ---- */
/** BT_E_SCHEMA, with what to run, unless the database has exactly the schema of this code. */
bt_err_t *bt_schema_check(bt_db_t *db, apr_pool_t *pool);
/** Versions: of the code, and of the database (0: empty). */
bt_err_t *bt_schema_versions(int *code, int *database, bt_db_t *db, apr_pool_t *pool);
/** Apply what is missing, each migration a transaction; *n_applied gets how many. */
bt_err_t *bt_schema_migrate(int *n_applied, bt_db_t *db, apr_pool_t *pool);

/* ---- keys (store_keys.c) ---- */
/** Whether the keys of the connection fit the database: BT_E_KEY_MISSING, with what to do, where it
 * holds data of a key that is not configured, or that is another key of the same id;
 * BT_E_SEAL_BROKEN where the keys are sealed-only and all that it holds is in clear.  A new active
 * key is made known to the database.  To be called before anything else is read or stored. */
bt_err_t *bt_keys_check(bt_db_t *db, apr_pool_t *pool);
/** Log it where keys are sealed-only and analyses of the time before them are in clear: what the
 * oldest ones hold is looked at, for all of them would take too long for a start. */
bt_err_t *bt_keys_warn(bt_db_t *db, apr_pool_t *pool);
/** The id of the newest key that the database knows, for those who may not read keys; NULL where it
 * holds nothing encrypted. */
bt_err_t *bt_keys_newest(const char **id, bt_db_t *db, apr_pool_t *pool);

/* How far it is (store_rekey.c). */
typedef struct bt_rekey_t {
    long long analyses, chunks; /* brought to the active key, so far */
    long long were_plain;       /* how many of them were in clear */
    long long unreadable;       /* left: sealed with a key that is missing, or changed */
    long long left_plain;       /* left: in clear, and keys are sealed-only */
    char first_plain[64];       /* the analysis that the first of these belongs to */
    int is_done;
    int is_begun, is_chunks, seq, changed_in_pass; /* its own state */
    char after[64];
} bt_rekey_t;

/** Bring a few more rows to the active key, plain ones too, in one transaction; *rekey is zeroed
 * before the first call.  Done when a pass found nothing: then no row is of another key, and the
 * database knows none (unless some were left).  Where keys are sealed-only a row that is in clear,
 * if only in part, is left as it is: sealed, nobody could tell any more what somebody put there. */
bt_err_t *bt_rekey_step(bt_rekey_t *rekey, bt_db_t *db, apr_pool_t *pool);

/* ---- users (store_users.c) ---- */
/** The user with this login, made on first use. */
bt_err_t *bt_user_ensure(bt_user_t **user, bt_db_t *db, const char *login, apr_pool_t *pool);
/** The user with this login; *user is NULL where there is none yet. */
bt_err_t *bt_user_find(bt_user_t **user, bt_db_t *db, const char *login, apr_pool_t *pool);

bt_err_t *bt_user_list(bt_user_t **users, int *n, bt_db_t *db, apr_pool_t *pool);
/** A user with a password (a hash that httpd understands); *is_new is 0 where the login is taken.
 */
bt_err_t *bt_user_add(int *is_new, bt_db_t *db, const bt_user_t *user, const char *password_hash,
                      apr_pool_t *pool);
typedef enum { BT_USER_PASSWORD, BT_USER_ACTIVE, BT_USER_ROLE } bt_user_field_t;
/** *n_changed is 0 where there is no such user. */
bt_err_t *bt_user_set(int *n_changed, bt_db_t *db, const char *login, bt_user_field_t field,
                      const char *value, apr_pool_t *pool);

/* ---- submissions (store_submit.c) ---- */
/** Accept: analysis, document and job in one transaction, or the earlier analysis that this repeats
 * (same owner, file, query and options within 24 h, or the same idempotency key; key reused for
 * another body: BT_E_KEY_REUSED).  An inactive user is BT_E_FORBIDDEN.  Where the outcome of the
 * commit is unknown the id is looked up; still unknown: BT_E_DB_AWAY. */
bt_err_t *bt_store_submit(bt_submitted_t **submitted, bt_db_t *db,
                          const bt_submission_t *submission, apr_pool_t *pool);

/** What stands for a patient in patient_ref_hash: keyed, of this owner.  NULL for NULL. */
const char *bt_store_person(bt_db_t *db, const char *login, const char *patient_ref,
                            apr_pool_t *pool);

/* ---- analyses (store_analyses.c) ---- */
/* Texts that do not open (BT_E_SEAL_BROKEN, BT_E_KEY_MISSING) are the `problem` of their row and no
 * error of the call: who may not see an analysis must not learn of it that way, and one row that
 * was tampered with must not hide the others of a list. */

/** *analysis is NULL where there is none.  No analysis_json. */
bt_err_t *bt_store_status(bt_analysis_t **analysis, bt_db_t *db, const char *id, apr_pool_t *pool);
/** The same without filename, query and error text: what can be read, and deleted, without keys. */
bt_err_t *bt_store_state(bt_analysis_t **analysis, bt_db_t *db, const char *id, apr_pool_t *pool);
/** All of it, with analysis_json (NULL until completed; and where `login` is neither NULL nor its
 * owner, so that what may not be seen is not fetched). */
bt_err_t *bt_store_result(bt_analysis_t **analysis, bt_db_t *db, const char *id, const char *login,
                          apr_pool_t *pool);
/** Results of earlier analyses of the same person (same owner and patient_ref) of other files,
 * newest first: id, created_at and analysis_json of each, which is NULL where it does not open. */
bt_err_t *bt_store_earlier(bt_analysis_t **analyses, int *n, bt_db_t *db, const char *id, int limit,
                           apr_pool_t *pool);
/** A page, newest first (store_list.c). */
bt_err_t *bt_store_list(bt_list_t *list, bt_db_t *db, const bt_list_filter_t *filter,
                        apr_pool_t *pool);
/** Erase analysis, document, job, attempts and keys.  *was_there is 0 where there was none. */
bt_err_t *bt_store_delete(int *was_there, bt_db_t *db, const char *id, apr_pool_t *pool);
/** Cancel where queued or processing: *changed is 0 where it was already final. */
bt_err_t *bt_store_cancel(int *changed, bt_db_t *db, const char *id, apr_pool_t *pool);
/** Queue a failed analysis again, with a new budget: *task_id is NULL where it is not failed or its
 * document is gone. */
bt_err_t *bt_store_retry(const char **task_id, bt_db_t *db, const char *id, apr_pool_t *pool);
/* Delete, cancel, retry and submit write what the actor of the connection did into audit_log, in
 * their own transaction; reads are written by who answers them. */

/* ---- audit (store_audit.c) ---- */
/** One row of audit_log, in the name of the actor of the connection; nothing without one.
 * Control characters and ends of lines become '?'. */
bt_err_t *bt_audit(bt_db_t *db, const char *action, const char *analysis_id, const char *outcome,
                   apr_pool_t *pool);
/** Oldest first. */
bt_err_t *bt_audit_list(bt_audit_row_t **rows, int *n, bt_db_t *db, const bt_audit_filter_t *filter,
                        apr_pool_t *pool);

/* ---- jobs (store_jobs.c), for workers ---- */
enum {
    BT_LEASE_SECONDS = 30,
    BT_HEARTBEAT_SECONDS = 10,
    BT_REAP_SECONDS = 5,
    BT_MAX_FAILURES = 4,
    BT_MAX_CRASHES = 2
};

/** Claim this job: *job is NULL where it is not due, taken, cancelled or gone (a stale hint). After
 * BT_E_DB_AWAY it may be ours or not: the same claim again finds out by its token. */
bt_err_t *bt_job_claim(bt_job_t **job, bt_db_t *db, bt_job_wish_t *claim, apr_pool_t *pool);
/** Ids of jobs that are due, most urgent first: what a worker polls where Redis is away. */
bt_err_t *bt_job_due(const char ***task_ids, int *n, bt_db_t *db, const bt_due_t *wanted,
                     apr_pool_t *pool);
/** Tokens of the claims that this worker holds. */
bt_err_t *bt_jobs_held(const char ***tokens, int *n, bt_db_t *db, const char *worker,
                       apr_pool_t *pool);
/** Extend the lease.  BT_E_CLAIM_LOST: stop working on it. */
bt_err_t *bt_job_heartbeat(bt_db_t *db, const bt_job_t *job, apr_pool_t *pool);
/** Name the stage for GET /status ("reading", "interpreting", "writing").  BT_E_CLAIM_LOST as
 * above. */
bt_err_t *bt_job_stage(bt_db_t *db, const bt_job_t *job, const char *stage, apr_pool_t *pool);
/** Copy the document to `fd` (at its present position) chunk by chunk.  BT_E_NOT_FOUND where it is
 * gone. */
bt_err_t *bt_job_document(bt_db_t *db, const bt_job_t *job, int fd, apr_pool_t *pool);
/** Store the result (JSON text of bt_interpret) and its texts; the document goes.  BT_E_CLAIM_LOST:
 * nothing was stored. */
bt_err_t *bt_job_complete(bt_db_t *db, const bt_job_t *job, const bt_json_t *result,
                          apr_pool_t *pool);
/** End the attempt without a result: queued again where retryable and budget is left, else failed.
 * BT_E_CLAIM_LOST as above. */
bt_err_t *bt_job_fail(bt_db_t *db, const bt_job_t *job, const bt_failure_t *failure,
                      apr_pool_t *pool);
/** Hand back without using budget (graceful stop). */
bt_err_t *bt_job_release(bt_db_t *db, const bt_job_t *job, apr_pool_t *pool);

/* ---- housekeeping (store_house.c), for workers ---- */
/** Queued, due jobs of this priority without a fresh hint, marked as hinted now. */
bt_err_t *bt_house_sweep(const char ***task_ids, int *n, bt_db_t *db,
                         const int priority_and_limit[2], apr_pool_t *pool);
/** Forget all hints: Redis was emptied. */
bt_err_t *bt_house_forget_hints(bt_db_t *db, apr_pool_t *pool);
/** One hint could not be sent: let the next sweep send it. */
bt_err_t *bt_house_unhint(bt_db_t *db, const char *task_id, apr_pool_t *pool);
/** End the attempts whose lease ran out: the ids of their jobs, also where an error came between.
 */
bt_err_t *bt_house_reap(const char ***task_ids, int *n_reaped, bt_db_t *db, apr_pool_t *pool);
/** Results older than `keep_days`, expired keys, old audit rows and attempts. */
bt_err_t *bt_house_retention(int *n_erased, bt_db_t *db, int keep_days, apr_pool_t *pool);
/** This worker's row, written now by the database's clock. */
bt_err_t *bt_house_worker_seen(bt_db_t *db, const bt_worker_row_t *row, apr_pool_t *pool);
bt_err_t *bt_house_worker_gone(bt_db_t *db, const char *id, apr_pool_t *pool);

/* ---- answers of the language model (store_llm.c) ---- */
/** What was kept under this key (SHA-256, hexadecimal) within `days`; *answers is NULL where there
 * is nothing, or it does not open. */
bt_err_t *bt_llm_answers_get(const char **answers, bt_db_t *db, const char *key, int days,
                             apr_pool_t *pool);
/** Keep answers, sealed; they go with the analysis. */
bt_err_t *bt_llm_answers_put(bt_db_t *db, const char *key, const char *analysis_id,
                             const char *answers, apr_pool_t *pool);
/** Forget those that are older. */
bt_err_t *bt_llm_answers_expire(bt_db_t *db, int days, apr_pool_t *pool);

/* ---- figures (store_figures.c) ---- */
bt_err_t *bt_store_counts(bt_queue_counts_t *counts, bt_db_t *db, apr_pool_t *pool);
/** Jobs that wait, due or not; `most` where there are more. */
bt_err_t *bt_store_backlog(long long *waiting, bt_db_t *db, int most, apr_pool_t *pool);
bt_err_t *bt_store_workers(bt_worker_row_t **workers, int *n, bt_db_t *db, apr_pool_t *pool);
/** Failed analyses, page by page, oldest first: those of a class (NULL: any) that failed since a
 * time.  What fails while they are read is not among them. */
typedef struct bt_failed_t {
    const char *error_class;
    apr_time_t since;
    apr_time_t until; /* 0 before the first page; here and below: where the next one begins */
    const char *last;
} bt_failed_t;
/** Ids in the pool; none: that was all. */
bt_err_t *bt_store_failed(const char ***ids, int *n, bt_failed_t *failed, bt_db_t *db,
                          apr_pool_t *pool);
/** The last failed analyses (id, error_class, completed_at, retry_count), newest first. */
bt_err_t *bt_store_failures(bt_analysis_t **analyses, int *n, bt_db_t *db, int limit,
                            apr_pool_t *pool);

#endif
