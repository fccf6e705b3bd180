/* SPDX-License-Identifier: Apache-2.0
 * Reading analyses, and what their owners do to them: delete, cancel, retry.
 */
#include "store_jobs.h"

#include <string.h>
#include <apr_strings.h>
#include "log.h"
#include "store_cells.h"
#include "store_rows.h"

static bt_err_t *one(bt_analysis_t **analysis, bt_db_t *db, bt_query_t query,
                     const char *const *args, apr_pool_t *pool)
{
    bt_rows_t *rows;
    *analysis = NULL;
    BT_TRY(bt_db_select(&rows, db, query, args, pool));
    if (!rows->n_rows)
        return NULL;
    *analysis = bt_row_analysis(rows->cells[0], pool);
    return NULL;
}

bt_err_t *bt_store_status(bt_analysis_t **analysis, bt_db_t *db, const char *id, apr_pool_t *pool)
{
    const char *args[] = {id};
    BT_TRY(one(analysis, db, BT_Q_analysis_status, args, pool));
    if (*analysis)
        bt_analysis_open(*analysis, db, pool);
    return NULL;
}

bt_err_t *bt_store_state(bt_analysis_t **analysis, bt_db_t *db, const char *id, apr_pool_t *pool)
{
    const char *args[] = {id};
    BT_TRY(one(analysis, db, BT_Q_analysis_status, args, pool));
    if (*analysis)
        (*analysis)->original_filename = (*analysis)->query = (*analysis)->error_text = NULL;
    return NULL;
}

bt_err_t *bt_store_result(bt_analysis_t **analysis, bt_db_t *db, const char *id, const char *login,
                          apr_pool_t *pool)
{
    const char *args[] = {login, login, id};
    BT_TRY(one(analysis, db, BT_Q_analysis_result, args, pool));
    if (*analysis)
        bt_analysis_open(*analysis, db, pool);
    return NULL;
}

bt_err_t *bt_store_earlier(bt_analysis_t **analyses, int *n, bt_db_t *db, const char *id, int limit,
                           apr_pool_t *pool)
{
    const char *args[] = {id, bt_arg_int(limit, pool)};
    bt_rows_t *rows;
    BT_TRY(bt_db_select(&rows, db, BT_Q_analysis_earlier, args, pool));
    *n = rows->n_rows;
    *analyses = apr_pcalloc(pool, (apr_size_t)(rows->n_rows + 1) * sizeof **analyses);
    for (int i = 0; i < rows->n_rows; i++) {
        bt_analysis_t *one = &(*analyses)[i];
        one->id = rows->cells[i][0];
        one->created_at = bt_cell_int(rows->cells[i][1]);
        one->analysis_json = rows->cells[i][2];
        bt_err_t *err =
            bt_cell_open(&one->analysis_json, db, BT_COLUMN_analysis_json, one->id, pool);
        if (err && !bt_cell_is_unreadable(err))
            return err;
        if (err) { /* must not fail the reports that come after it */
            bt_log(BT_LOG_ERROR, "BT1066", "the earlier analysis %s is left out: %s", one->id,
                   bt_error_text(err, pool));
            one->analysis_json = NULL;
        }
    }
    return NULL;
}

/* What the transactions below take and give. */
typedef struct change_t {
    const char *id;
    int n_changed;
    const char *task_id;
    int is_final_only;
} change_t;

/* Each table is named, for connections of mod_dbd do not keep references on SQLite (db.c). */
static bt_err_t *delete_body(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    change_t *change = baton;
    const char *args[] = {change->id};
    bt_rows_t *job;
    int n_jobs;
    change->n_changed = 0;
    BT_TRY(bt_db_select(&job, db, BT_Q_submitted, args, pool));
    /* Job before analysis: queries.sql says why. */
    BT_TRY(bt_db_exec(&n_jobs, db, change->is_final_only ? BT_Q_job_delete_final : BT_Q_job_delete,
                      args, pool));
    if (change->is_final_only && job->n_rows > 0 && n_jobs == 0)
        return NULL;
    if (job->n_rows > 0) {
        const char *task[] = {job->cells[0][1]};
        BT_TRY(bt_db_exec(NULL, db, BT_Q_attempts_delete, task, pool));
    }
    BT_TRY(bt_db_exec(NULL, db, BT_Q_document_delete, args, pool));
    BT_TRY(bt_db_exec(NULL, db, BT_Q_keys_delete_of, args, pool));
    BT_TRY(bt_db_exec(NULL, db, BT_Q_llm_answers_delete, args, pool));
    BT_TRY(bt_db_exec(&change->n_changed, db, BT_Q_analysis_delete, args, pool));
    return change->n_changed
               ? bt_audit(db, change->is_final_only ? "expire" : "delete", change->id, "ok", pool)
               : NULL;
}

bt_err_t *bt_store_delete(int *was_there, bt_db_t *db, const char *id, apr_pool_t *pool)
{
    change_t change = {.id = id};
    BT_TRY(bt_db_transaction(db, delete_body, &change, pool));
    *was_there = change.n_changed > 0;
    return NULL;
}

bt_err_t *bt_store_delete_final(int *was_there, bt_db_t *db, const char *id, apr_pool_t *pool)
{
    change_t change = {.id = id, .is_final_only = 1};
    BT_TRY(bt_db_transaction(db, delete_body, &change, pool));
    *was_there = change.n_changed > 0;
    return NULL;
}

static bt_err_t *cancel_body(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    change_t *change = baton;
    const char *args[] = {change->id};
    BT_TRY(bt_db_exec(&change->n_changed, db, BT_Q_job_cancel, args, pool));
    BT_TRY(bt_audit(db, "cancel", change->id, change->n_changed ? "ok" : "too late", pool));
    if (!change->n_changed)
        return NULL;
    BT_TRY(bt_db_exec(NULL, db, BT_Q_attempts_cancel, args, pool));
    BT_TRY(bt_db_exec(NULL, db, BT_Q_analysis_cancel, args, pool));
    BT_TRY(bt_db_exec(NULL, db, BT_Q_document_delete, args, pool));
    return bt_db_exec(NULL, db, BT_Q_duplicate_forget, args, pool);
}

bt_err_t *bt_store_cancel(int *changed, bt_db_t *db, const char *id, apr_pool_t *pool)
{
    change_t change = {.id = id};
    BT_TRY(bt_db_transaction(db, cancel_body, &change, pool));
    *changed = change.n_changed > 0;
    return NULL;
}

static bt_err_t *retry_body(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    change_t *change = baton;
    const char *args[] = {change->id};
    bt_rows_t *rows;
    change->task_id = NULL;
    BT_TRY(bt_db_select(&rows, db, BT_Q_job_retry, args, pool));
    BT_TRY(bt_audit(db, "retry", change->id, rows->n_rows ? "ok" : "impossible", pool));
    if (!rows->n_rows)
        return NULL;
    change->task_id = rows->cells[0][0];
    return bt_db_exec(NULL, db, BT_Q_analysis_requeue, args, pool);
}

bt_err_t *bt_store_retry(const char **task_id, bt_db_t *db, const char *id, apr_pool_t *pool)
{
    change_t change = {.id = id};
    BT_TRY(bt_db_transaction(db, retry_body, &change, pool));
    *task_id = change.task_id;
    return NULL;
}
