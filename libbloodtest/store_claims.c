/* SPDX-License-Identifier: Apache-2.0
 * Claims: taking a job, keeping it, reading its document.  All that a worker does to a job is
 * guarded by the random token of its claim, so that a worker that was thought dead can change
 * nothing.
 */
#include "store_cells.h"
#include "store_rows.h"

#include <errno.h>
#include <unistd.h>
#include <apr_strings.h>
#include "crash.h"
#include "ids.h"
#include "text.h"

/* Outside the transaction: a job that cannot be opened is claimed all the same, and fails. */
static bt_err_t *open_cells(bt_job_t *job, bt_db_t *db, apr_pool_t *pool)
{
    BT_TRY(bt_cell_open(&job->query, db, BT_COLUMN_query, job->analysis_id, pool));
    BT_TRY(bt_cell_open(&job->options_json, db, BT_COLUMN_options, job->analysis_id, pool));
    return bt_cell_open(&job->original_filename, db, BT_COLUMN_original_filename, job->analysis_id,
                        pool);
}

typedef struct take_t {
    const bt_job_wish_t *claim;
    bt_job_t *job; /* out */
} take_t;

static bt_job_t *job_of_row(const char **cells, const bt_job_wish_t *claim, apr_pool_t *pool)
{
    bt_job_t *job = apr_pcalloc(pool, sizeof(*job));
    job->id = cells[0];
    job->analysis_id = cells[1];
    job->attempt = (int)bt_cell_int(cells[2]);
    job->failures = (int)bt_cell_int(cells[3]);
    job->crashes = (int)bt_cell_int(cells[4]);
    job->priority = (int)bt_cell_int(cells[5]);
    job->created_at = bt_cell_int(cells[6]);
    job->claimed_at = bt_cell_int(cells[7]);
    job->claim_token = apr_pstrdup(pool, claim->token);
    job->worker = claim->worker;
    return job;
}

static bt_err_t *claim_body(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    take_t *take = baton;
    const bt_job_wish_t *claim = take->claim;
    bt_rows_t *rows = NULL;
    int is_ours = 0; /* already, by a commit whose answer was lost */
    take->job = NULL;
    if (claim->is_unknown) {
        const char *again[] = {claim->task_id, claim->token};
        BT_TRY(bt_db_select(&rows, db, BT_Q_claim_again, again, pool));
        is_ours = rows->n_rows > 0;
    }
    const char *first[] = {claim->token, claim->worker, claim->task_id};
    if (!is_ours)
        BT_TRY(bt_db_select(&rows, db, BT_Q_claim_job, first, pool));
    if (!rows->n_rows)
        return NULL;
    bt_job_t *job = job_of_row(rows->cells[0], claim, pool);
    const char *analysis[] = {job->analysis_id};
    BT_TRY(bt_db_select(&rows, db, BT_Q_claim_analysis, analysis, pool));
    if (rows->n_rows != 1)
        return bt_error(pool, BT_E_DB_ERROR, "a job without its analysis");
    job->query = rows->cells[0][0];
    job->options_json = rows->cells[0][1];
    job->original_filename = rows->cells[0][2];
    job->file_size = bt_cell_int(rows->cells[0][3]);
    const char *attempt[] = {job->id, bt_arg_int(job->attempt, pool), job->worker};
    if (!is_ours)
        BT_TRY(bt_db_exec(NULL, db, BT_Q_attempt_start, attempt, pool));
    take->job = job;
    return NULL;
}

bt_err_t *bt_job_claim(bt_job_t **job, bt_db_t *db, bt_job_wish_t *claim, apr_pool_t *pool)
{
    take_t take = {.claim = claim};
    if (!*claim->token)
        apr_cpystrn(claim->token, bt_uuid_create(pool), sizeof claim->token);
    if (BT_IS_SABOTAGED("no_token"))
        apr_cpystrn(claim->token, "the same for all", sizeof claim->token);
    *job = NULL;
    bt_err_t *err = bt_db_transaction(db, claim_body, &take, pool);
    claim->is_unknown |= err && err->code == BT_E_DB_AWAY;
    BT_TRY(err);
    *job = take.job;
    if (*job)
        (*job)->problem = open_cells(*job, db, pool);
    return NULL;
}

bt_err_t *bt_job_due(const char ***task_ids, int *n, bt_db_t *db, const bt_due_t *wanted,
                     apr_pool_t *pool)
{
    const char *args[] = {bt_arg_int(wanted->least_priority, pool),
                          bt_arg_int(wanted->limit, pool)};
    bt_rows_t *rows;
    BT_TRY(bt_db_select(&rows, db, BT_Q_jobs_due, args, pool));
    *n = rows->n_rows;
    *task_ids = apr_pcalloc(pool, sizeof(**task_ids) * (size_t)(rows->n_rows + 1));
    for (int i = 0; i < rows->n_rows; i++)
        (*task_ids)[i] = rows->cells[i][0];
    return NULL;
}

bt_err_t *bt_jobs_held(const char ***tokens, int *n, bt_db_t *db, const char *worker,
                       apr_pool_t *pool)
{
    bt_rows_t *rows;
    BT_TRY(bt_db_select(&rows, db, BT_Q_jobs_held, &worker, pool));
    *n = rows->n_rows;
    *tokens = apr_pcalloc(pool, sizeof(**tokens) * (size_t)(rows->n_rows + 1));
    for (int i = 0; i < rows->n_rows; i++)
        (*tokens)[i] = rows->cells[i][0];
    return NULL;
}

static bt_err_t *guarded(int n_changed, apr_pool_t *pool)
{
    return n_changed ? NULL
                     : bt_error(pool, BT_E_CLAIM_LOST,
                                "the claim is another's now, or the job was cancelled or deleted");
}

bt_err_t *bt_job_heartbeat(bt_db_t *db, const bt_job_t *job, apr_pool_t *pool)
{
    const char *args[] = {job->id, job->claim_token};
    int n;
    BT_TRY(bt_db_exec(&n, db, BT_Q_job_heartbeat, args, pool));
    return guarded(n, pool);
}

bt_err_t *bt_job_stage(bt_db_t *db, const bt_job_t *job, const char *stage, apr_pool_t *pool)
{
    const char *args[] = {stage, job->id, job->claim_token};
    int n;
    BT_TRY(bt_db_exec(&n, db, BT_Q_job_stage, args, pool));
    return guarded(n, pool);
}

static bt_err_t *write_all(int fd, const unsigned char *bytes, size_t length, apr_pool_t *pool)
{
    for (size_t done = 0; done < length;) {
        ssize_t n = write(fd, bytes + done, length - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return bt_error_apr(pool, BT_E_INTERNAL, errno, "write of a document");
        done += (size_t)n;
    }
    return NULL;
}

bt_err_t *bt_job_document(bt_db_t *db, const bt_job_t *job, int fd, apr_pool_t *pool)
{
    apr_pool_t *iteration;
    if (job->problem)
        return bt_error_wrap(pool, job->problem, job->problem->code, "job %s", job->id);
    apr_pool_create(&iteration, pool);
    long long have = 0;
    for (int seq = 0; have < job->file_size; seq++) {
        apr_pool_clear(iteration);
        const char *args[] = {job->analysis_id, bt_arg_int(seq, iteration)};
        bt_rows_t *rows;
        BT_TRY(bt_db_select(&rows, db, BT_Q_document_chunk, args, iteration));
        size_t length = 0;
        unsigned char *bytes =
            rows->n_rows ? bt_hex_decode(&length, rows->cells[0][0], iteration) : NULL;
        if (!bytes || !length)
            return bt_error(pool, BT_E_NOT_FOUND, "row %d of a document is gone", seq);
        bt_bytes_t plain;
        BT_TRY(bt_chunk_open(&plain, db, job->analysis_id, seq, (bt_bytes_t){bytes, length},
                             iteration));
        BT_TRY(write_all(fd, plain.bytes, plain.length, iteration));
        have += (long long)plain.length;
    }
    apr_pool_destroy(iteration);
    return NULL;
}
