/* SPDX-License-Identifier: Apache-2.0
 * Statements past the stores, over the connection of the fixture: what somebody else writes into
 * the database, and what stands there.
 */
#ifndef BT_STORE_SQL_H
#define BT_STORE_SQL_H

#include "store_fixture.h"

#include "libbloodtest/db_private.h"

static void run(const char *sql)
{
    int n;
    assert_int_equal(apr_dbd_query(fixture.db->driver, fixture.db->handle, &n, sql), 0);
}

static const char *cell(const char *sql)
{
    apr_dbd_results_t *results = NULL;
    apr_dbd_row_t *row = NULL;
    const apr_dbd_driver_t *driver = fixture.db->driver;
    assert_int_equal(apr_dbd_select(driver, fixture.pool, fixture.db->handle, &results, sql, 1), 0);
    assert_int_equal(apr_dbd_get_row(driver, fixture.pool, results, &row, -1), 0);
    return apr_pstrdup(fixture.pool, apr_dbd_get_entry(driver, row, 0));
}

#endif
