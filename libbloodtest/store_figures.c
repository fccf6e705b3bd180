/* SPDX-License-Identifier: Apache-2.0
 * Figures for operators: counts, workers, recent failures.  Read from the tables at the moment of
 * asking.
 */
#include "store_rows.h"

#include <apr_strings.h>

enum { FAILED_PAGE = 100 };

bt_err_t *bt_store_counts(bt_queue_counts_t *counts, bt_db_t *db, apr_pool_t *pool)
{
    bt_rows_t *rows;
    BT_TRY(bt_db_select(&rows, db, BT_Q_counts, NULL, pool));
    const char **cells = rows->cells[0];
    counts->queued = bt_cell_int(cells[0]);
    counts->delayed = bt_cell_int(cells[1]);
    counts->processing = bt_cell_int(cells[2]);
    counts->completed = bt_cell_int(cells[3]);
    counts->failed = bt_cell_int(cells[4]);
    counts->cancelled = bt_cell_int(cells[5]);
    counts->oldest_queued_at = bt_cell_int(cells[6]);
    counts->recent_service_seconds = bt_cell_number(cells[7]);
    counts->queued_stat = bt_cell_int(cells[8]);
    return NULL;
}

bt_err_t *bt_store_backlog(long long *waiting, bt_db_t *db, int most, apr_pool_t *pool)
{
    const char *args[] = {bt_arg_int(most, pool)};
    bt_rows_t *rows;
    BT_TRY(bt_db_select(&rows, db, BT_Q_backlog, args, pool));
    *waiting = bt_cell_int(rows->cells[0][0]);
    return NULL;
}

bt_err_t *bt_store_workers(bt_worker_row_t **workers, int *n, bt_db_t *db, apr_pool_t *pool)
{
    bt_rows_t *rows;
    BT_TRY(bt_db_select(&rows, db, BT_Q_workers_list, NULL, pool));
    *n = rows->n_rows;
    *workers = apr_pcalloc(pool, sizeof(**workers) * (size_t)(rows->n_rows + 1));
    for (int i = 0; i < rows->n_rows; i++) {
        const char **cells = rows->cells[i];
        (*workers)[i] = (bt_worker_row_t){
            .id = cells[0],
            .host = cells[1],
            .pid = (int)bt_cell_int(cells[2]),
            .threads = (int)bt_cell_int(cells[3]),
            .busy = (int)bt_cell_int(cells[4]),
            .done = bt_cell_int(cells[5]),
            .failed = bt_cell_int(cells[6]),
            .started_at = bt_cell_int(cells[7]),
            .seen_at = bt_cell_int(cells[8]),
            .is_alive = bt_cell_int(cells[9]) == 1,
            .llm = cells[10],
        };
    }
    return NULL;
}

bt_err_t *bt_store_failed(const char ***ids, int *n, bt_failed_t *failed, bt_db_t *db,
                          apr_pool_t *pool)
{
    const char *class = failed->error_class ? failed->error_class : "";
    const char *args[] = {class,
                          class,
                          bt_arg_int(failed->until ? failed->until : INT64_MAX, pool),
                          bt_arg_int(failed->since, pool),
                          failed->last ? failed->last : "",
                          bt_arg_int(FAILED_PAGE, pool)};
    bt_rows_t *rows;
    BT_TRY(bt_db_select(&rows, db, BT_Q_failures_page, args, pool));
    *n = rows->n_rows;
    *ids = apr_pcalloc(pool, sizeof(**ids) * (size_t)(rows->n_rows + 1));
    for (int i = 0; i < rows->n_rows; i++)
        (*ids)[i] = rows->cells[i][0];
    if (*n) {
        failed->since = bt_cell_int(rows->cells[*n - 1][1]);
        failed->last = rows->cells[*n - 1][0];
        failed->until = failed->until ? failed->until : bt_cell_int(rows->cells[0][2]);
    }
    return NULL;
}

bt_err_t *bt_store_failures(bt_analysis_t **analyses, int *n, bt_db_t *db, int limit,
                            apr_pool_t *pool)
{
    const char *args[] = {bt_arg_int(limit, pool)};
    bt_rows_t *rows;
    BT_TRY(bt_db_select(&rows, db, BT_Q_failures_list, args, pool));
    *n = rows->n_rows;
    *analyses = apr_pcalloc(pool, sizeof(**analyses) * (size_t)(rows->n_rows + 1));
    for (int i = 0; i < rows->n_rows; i++) {
        bt_analysis_t *row = bt_row_analysis(rows->cells[i], pool);
        row->original_filename = row->query = row->error_text = NULL; /* not opened: for figures */
        (*analyses)[i] = *row;
    }
    return NULL;
}
