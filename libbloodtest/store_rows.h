/* SPDX-License-Identifier: Apache-2.0
 * Cells of a row as the types of model.h, for the stores.  A cell that is not what its column holds
 * becomes 0 or NAN: rows of the database are input too.
 */
#ifndef BT_STORE_ROWS_H
#define BT_STORE_ROWS_H

#include "store.h"

long long bt_cell_int(const char *cell);
double bt_cell_number(const char *cell); /* NAN for NULL */

/** A row with the columns of the statement analysis_status. */
bt_analysis_t *bt_row_analysis(const char **cells, apr_pool_t *pool);

/** A number as an argument of a statement. */
const char *bt_arg_int(long long value, apr_pool_t *pool);

#endif
