/* SPDX-License-Identifier: Apache-2.0
 * Cells and rows to structs: one place knows the order of the columns that statements share,
 * and turns texts into numbers.
 */
#include "store_rows.h"

#include <math.h>
#include <apr_strings.h>
#include "text.h"

long long bt_cell_int(const char *cell)
{
    long long value;
    return bt_text_to_int64(&value, cell) ? 0 : value;
}

double bt_cell_number(const char *cell)
{
    double value;
    return bt_text_to_double(&value, cell) ? NAN : value;
}

const char *bt_arg_int(long long value, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%" APR_INT64_T_FMT, (apr_int64_t)value);
}

bt_analysis_t *bt_row_analysis(const char **cells, apr_pool_t *pool)
{
    bt_analysis_t *a = apr_pcalloc(pool, sizeof(*a));
    a->id = cells[0];
    a->task_id = cells[1];
    a->owner_login = cells[2];
    a->owner_is_active = bt_cell_int(cells[3]) == 1;
    a->original_filename = cells[4];
    a->query = cells[5];
    a->status = cells[6];
    a->stage = cells[7];
    a->file_size = bt_cell_int(cells[8]);
    a->created_at = bt_cell_int(cells[9]);
    a->completed_at = bt_cell_int(cells[10]);
    a->processing_time = bt_cell_number(cells[11]);
    a->retry_count = (int)bt_cell_int(cells[12]);
    a->version = (int)bt_cell_int(cells[13]);
    a->error_class = cells[14];
    a->error_text = cells[15];
    a->analysis_json = cells[16];
    return a;
}
