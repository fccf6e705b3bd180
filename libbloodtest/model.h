/* SPDX-License-Identifier: Apache-2.0
 * The rows that stores give and take, as plain structs.  Times are microseconds since 1970 (0:
 * never), texts are in the pool of the call that made them (NULL: SQL NULL).
 */
#ifndef BT_MODEL_H
#define BT_MODEL_H

#include <apr_time.h>

/* Limits that both sides keep. */
enum {
    BT_MAX_QUERY_CHARS = 2000,
    BT_MAX_FILENAME_BYTES = 255,
    BT_MAX_PATIENT_REF_BYTES = 200,
    BT_CHUNK_BYTES = 256 * 1024,
    BT_LIST_MAX = 500,
    BT_COUNT_MAX = 100000, /* totals above it are not counted */
    BT_DUPLICATE_HOURS = 24
};

/* States of an analysis and of its job, as the API prints them. */
#define BT_QUEUED     "queued"
#define BT_PROCESSING "processing"
#define BT_COMPLETED  "completed"
#define BT_FAILED     "failed"
#define BT_CANCELLED  "cancelled"

/* Who asks.  All callers without identity are the one owner BT_ANONYMOUS. */
#define BT_ANONYMOUS "anonymous"

typedef struct bt_user_t {
    const char *id, *login, *email, *full_name, *role;
    int is_active;
    apr_time_t created_at;
} bt_user_t;

/* What GET /status, /results and /analyses know of an analysis.  `owner_login` is for the check of
 * who may see it. */
typedef struct bt_analysis_t {
    const char *id, *task_id, *owner_login;
    int owner_is_active;
    const char *original_filename, *query, *status, *stage;
    long long file_size;
    apr_time_t created_at, completed_at;
    double processing_time; /* seconds; NAN: unfinished */
    int retry_count, version;
    const char *error_class, *error_text;
    const char *analysis_json; /* bt_store_result() only */
    struct bt_err_t *problem;  /* NULL, or why its texts do not open; they are NULL then */
} bt_analysis_t;

/* A submission.  The document is read from `document_fd` (from its start, `file_size` bytes), never
 * held in memory. */
typedef struct bt_submission_t {
    const char *analysis_id, *task_id; /* new UUIDs, made by the caller */
    const char *login;
    const char *original_filename, *query;
    const char *options_json; /* {"sex","age_years","pregnant"} as given, or "{}" */
    const char *patient_ref;  /* or NULL; stored as a keyed hash only */
    int priority;             /* 0 stat, 1 routine */
    int document_fd;
    long long file_size;
    const char *file_hash;       /* SHA-256, hexadecimal */
    const char *idempotency_key; /* or NULL */
} bt_submission_t;

typedef struct bt_submitted_t {
    const char *analysis_id, *task_id; /* of the new analysis, or of the one that was there */
    const char *status;                /* of it */
    int is_cached;                     /* an earlier submission answers this one */
} bt_submitted_t;

/* The wish to claim one job; the same struct while its outcome is unknown. */
typedef struct bt_job_wish_t {
    const char *task_id, *worker;
    char token[37]; /* a UUID; empty until the first try */
    int is_unknown; /* a commit may have claimed it */
} bt_job_wish_t;

/* Which due jobs: all (0), or without those more urgent than `least_priority`. */
typedef struct bt_due_t {
    int least_priority, limit;
} bt_due_t;

/* A job that this worker holds. */
typedef struct bt_job_t {
    const char *id, *analysis_id, *claim_token, *worker;
    int attempt, failures, crashes, priority;
    const char *query, *options_json, *original_filename;
    long long file_size;
    apr_time_t created_at, claimed_at;
    const struct bt_err_t *problem; /* NULL, or why what is stored does not open: the attempt fails
                                       when its document is asked for */
} bt_job_t;

/* How an attempt ended without a result. */
typedef struct bt_failure_t {
    const char *error_class; /* slug of errors.def */
    const char *error_text;  /* public sentence */
    const char *detail;      /* for job_attempts; no patient data */
    int signal;              /* that killed the extractor's child, or 0 */
    int is_crash;            /* counts towards poison */
    int is_retryable;
    apr_interval_time_t delay; /* before the next attempt; negative: none, and its old place */
} bt_failure_t;

typedef struct bt_queue_counts_t {
    long long queued, delayed, processing;  /* queued: and due */
    long long queued_stat;                  /* of the queued */
    long long completed, failed, cancelled; /* in the last 24 hours */
    apr_time_t oldest_queued_at;            /* 0: none */
    double recent_service_seconds;          /* mean of the last finished ones; NAN: none */
} bt_queue_counts_t;

typedef struct bt_worker_row_t {
    const char *id, *host;
    int pid, threads, busy;
    long long done, failed;
    apr_time_t started_at, seen_at;
    const char *llm; /* figures of its language model as JSON; NULL: none is asked */
    int is_alive;    /* seen within 30 s by the database's clock */
} bt_worker_row_t;

typedef struct bt_audit_row_t {
    long long id;
    apr_time_t at;
    const char *who, *address, *action, *analysis_id, *outcome;
} bt_audit_row_t;

typedef struct bt_audit_filter_t {
    const char *analysis_id, *who; /* NULL: any */
    apr_time_t since;              /* 0: all */
    long long after;               /* only rows with a higher id */
    int limit;
} bt_audit_filter_t;

typedef struct bt_list_filter_t {
    const char *login;  /* NULL: of all owners (operators) */
    const char *status; /* NULL: any */
    const char *q;      /* NULL, or a prefix of the id or a status */
    int skip, limit;
    apr_time_t before_at; /* with before_id: only what stands behind this row; its id NULL: all */
    const char *before_id;
} bt_list_filter_t;

typedef struct bt_list_t {
    bt_analysis_t *rows;
    int n, n_unreadable; /* rows with a problem */
    int has_more;    /* rows stand behind the last one */
    long long total; /* of all that match, whatever skip, limit and cursor: at most BT_COUNT_MAX */
    int is_total_exact;
} bt_list_t;

#endif
