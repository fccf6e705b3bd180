/* SPDX-License-Identifier: Apache-2.0
 * Housekeeping that every worker does, without a leader: sweep, reap, retention, and the workers'
 * own rows.
 */
#include "store_rows.h"

#include <apr_strings.h>
#include "store_jobs.h"

#define MICROSECONDS_A_DAY (86400LL * 1000000)
enum { AUDIT_DAYS = 400 }; /* a year and a month: the longest that a yearly audit looks back */
/* Batches of retention_list in one go: the housekeeper has other duties in between. */
enum { RETENTION_BATCHES = 25 };

bt_err_t *bt_house_sweep(const char ***task_ids, int *n, bt_db_t *db,
                         const int priority_and_limit[2], apr_pool_t *pool)
{
    const char *args[] = {bt_arg_int(priority_and_limit[0], pool),
                          bt_arg_int(priority_and_limit[1], pool)};
    bt_rows_t *rows;
    BT_TRY(bt_db_select(&rows, db, BT_Q_sweep, args, pool));
    *n = rows->n_rows;
    *task_ids = apr_pcalloc(pool, sizeof(**task_ids) * (size_t)(rows->n_rows + 1));
    for (int i = 0; i < rows->n_rows; i++)
        (*task_ids)[i] = rows->cells[i][0];
    return NULL;
}

bt_err_t *bt_house_forget_hints(bt_db_t *db, apr_pool_t *pool)
{
    return bt_db_exec(NULL, db, BT_Q_hints_forget, NULL, pool);
}

bt_err_t *bt_house_unhint(bt_db_t *db, const char *task_id, apr_pool_t *pool)
{
    const char *args[] = {task_id};
    return bt_db_exec(NULL, db, BT_Q_hint_forget, args, pool);
}

bt_err_t *bt_house_reap(const char ***task_ids, int *n_reaped, bt_db_t *db, apr_pool_t *pool)
{
    bt_rows_t *rows;
    bt_err_t *first = NULL; /* one row that cannot be ended does not keep the others waiting */
    *n_reaped = 0;
    BT_TRY(bt_db_select(&rows, db, BT_Q_reap_list, NULL, pool));
    *task_ids = apr_pcalloc(pool, sizeof(**task_ids) * (size_t)(rows->n_rows + 1));
    for (int i = 0; i < rows->n_rows; i++) {
        const char **cells = rows->cells[i];
        bt_job_t job = {
            .id = cells[0],
            .analysis_id = cells[1],
            .attempt = (int)bt_cell_int(cells[2]),
            .failures = (int)bt_cell_int(cells[3]),
            .crashes = (int)bt_cell_int(cells[4]),
            .claim_token = cells[5],
            .claimed_at = bt_cell_int(cells[7]),
            .worker = cells[8],
        };
        bt_err_t *err = bt_job_expire(db, &job, cells[6], pool);
        if (!err)
            (*task_ids)[(*n_reaped)++] = job.id;
        if (!err || err->code == BT_E_CLAIM_LOST)
            continue;
        if (err->code == BT_E_DB_AWAY)
            return err;
        if (!first)
            first = err;
    }
    return first;
}

/* One batch of what is older. */
static bt_err_t *erase_old(int *n_listed, int *n_erased, bt_db_t *db, const char *age,
                           apr_pool_t *pool)
{
    const char *args[] = {age};
    bt_rows_t *rows;
    apr_pool_t *iteration;
    BT_TRY(bt_db_select(&rows, db, BT_Q_retention_list, args, pool));
    apr_pool_create(&iteration, pool);
    for (int i = 0; i < rows->n_rows; i++) {
        int was_there;
        apr_pool_clear(iteration);
        BT_TRY(bt_store_delete_final(&was_there, db, rows->cells[i][0], iteration));
        *n_erased += was_there;
    }
    *n_listed = rows->n_rows;
    apr_pool_destroy(iteration);
    return NULL;
}

bt_err_t *bt_house_retention(int *n_erased, bt_db_t *db, int keep_days, apr_pool_t *pool)
{
    *n_erased = 0;
    const char *age = bt_arg_int(keep_days * MICROSECONDS_A_DAY, pool);
    apr_pool_t *batch;
    apr_pool_create(&batch, pool);
    for (int i = 0, n = 1; i < RETENTION_BATCHES && n > 0; i++) {
        apr_pool_clear(batch);
        BT_TRY(erase_old(&n, n_erased, db, age, batch));
    }
    apr_pool_destroy(batch);
    const char *audit_age[] = {bt_arg_int(AUDIT_DAYS * MICROSECONDS_A_DAY, pool)};
    BT_TRY(bt_db_exec(NULL, db, BT_Q_audit_delete_old, audit_age, pool));
    BT_TRY(bt_db_exec(NULL, db, BT_Q_workers_delete_old, NULL, pool));
    BT_TRY(bt_db_exec(NULL, db, BT_Q_keys_delete_expired, NULL, pool));
    return bt_db_checkpoint(db, pool);
}

bt_err_t *bt_house_worker_seen(bt_db_t *db, const bt_worker_row_t *row, apr_pool_t *pool)
{
    const char *args[] = {row->id,
                          row->host,
                          bt_arg_int(row->pid, pool),
                          bt_arg_int(row->threads, pool),
                          bt_arg_int(row->busy, pool),
                          bt_arg_int(row->done, pool),
                          bt_arg_int(row->failed, pool),
                          row->llm};
    return bt_db_exec(NULL, db, BT_Q_worker_seen, args, pool);
}

bt_err_t *bt_house_worker_gone(bt_db_t *db, const char *id, apr_pool_t *pool)
{
    const char *args[] = {id};
    return bt_db_exec(NULL, db, BT_Q_worker_gone, args, pool);
}
