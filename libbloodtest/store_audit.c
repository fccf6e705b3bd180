/* SPDX-License-Identifier: Apache-2.0
 * The audit trail: a row for each thing that an actor does, added in the transaction of what is
 * done, so that neither is there without the other.
 */
#include "store_rows.h"

#include <apr_strings.h>
#include "text.h"

enum { MAX_WHO = 300 };

/* What a login or a proxy's header holds must not look like another row where rows are printed. */
static const char *one_line(const char *text, apr_pool_t *pool)
{
    return text ? bt_text_one_line(apr_pstrndup(pool, text, MAX_WHO), pool) : NULL;
}

bt_err_t *bt_audit(bt_db_t *db, const char *action, const char *analysis_id, const char *outcome,
                   apr_pool_t *pool)
{
    const bt_actor_t *actor = bt_db_actor(db);
    if (!actor)
        return NULL;
    const char *args[] = {one_line(actor->who, pool), one_line(actor->address, pool),
                          one_line(action, pool), analysis_id, outcome};
    return bt_db_exec(NULL, db, BT_Q_audit_insert, args, pool);
}

bt_err_t *bt_audit_list(bt_audit_row_t **rows, int *n, bt_db_t *db, const bt_audit_filter_t *filter,
                        apr_pool_t *pool)
{
    const char *who = filter->who ? filter->who : "";
    const char *args[] = {filter->analysis_id,
                          bt_arg_int(filter->after, pool),
                          bt_arg_int(filter->since, pool),
                          who,
                          who,
                          bt_arg_int(filter->limit, pool)};
    bt_query_t query = filter->analysis_id ? BT_Q_audit_of : BT_Q_audit_list;
    bt_rows_t *found;
    BT_TRY(bt_db_select(&found, db, query, filter->analysis_id ? args : args + 1, pool));
    *n = found->n_rows;
    *rows = apr_pcalloc(pool, sizeof(**rows) * (size_t)(found->n_rows + 1));
    for (int i = 0; i < found->n_rows; i++) {
        const char **cells = found->cells[i];
        (*rows)[i] = (bt_audit_row_t){.id = bt_cell_int(cells[0]),
                                      .at = bt_cell_int(cells[1]),
                                      .who = cells[2],
                                      .address = cells[3],
                                      .action = cells[4],
                                      .analysis_id = cells[5],
                                      .outcome = cells[6]};
    }
    return NULL;
}
