/* SPDX-License-Identifier: Apache-2.0
 * The schema's version: migrations compiled in from sql/, applied one by one, and the check that
 * both sides make at start.
 */
#include "store_rows.h"

#include <string.h>
#include <apr_strings.h>
#include "log.h"

/* Names are NNN_what.DATABASE.sql, in order. */
static const struct {
    const char *name, *sql;
} migrations[] = {
#define BT_FILE(name, sql) {name, sql},
#include "migrations.inc"
#undef BT_FILE
};

enum { N_MIGRATIONS = sizeof(migrations) / sizeof(migrations[0]) };

static int version_of(int i)
{
    return (migrations[i].name[0] - '0') * 100 + (migrations[i].name[1] - '0') * 10 +
           (migrations[i].name[2] - '0');
}

static int is_for(const bt_db_t *db, int i)
{
    return strstr(migrations[i].name, bt_db_kind(db) == BT_DB_PGSQL ? ".pgsql." : ".sqlite.") !=
           NULL;
}

bt_err_t *bt_schema_versions(int *code, int *database, bt_db_t *db, apr_pool_t *pool)
{
    *code = *database = 0;
    for (int i = 0; i < N_MIGRATIONS; i++) {
        if (is_for(db, i) && version_of(i) > *code)
            *code = version_of(i);
    }
    bt_rows_t *rows;
    BT_TRY(bt_db_select(&rows, db, BT_Q_schema_table, NULL, pool));
    if (rows->n_rows != 1 || bt_cell_int(rows->cells[0][0]) == 0)
        return NULL;
    BT_TRY(bt_db_select(&rows, db, BT_Q_schema_version, NULL, pool));
    *database = rows->n_rows == 1 ? (int)bt_cell_int(rows->cells[0][0]) : 0;
    return NULL;
}

bt_err_t *bt_schema_check(bt_db_t *db, apr_pool_t *pool)
{
    int code, database;
    BT_TRY(bt_schema_versions(&code, &database, db, pool));
    if (database < code)
        return bt_error(
            pool, BT_E_SCHEMA,
            "the database has schema %d, this program needs %d: run 'bloodtestctl migrate'",
            database, code);
    if (database > code)
        return bt_error(
            pool, BT_E_SCHEMA,
            "the database has schema %d, newer than the %d of this program: install the "
            "version that made it",
            database, code);
    return NULL;
}

typedef struct migration_t {
    const char *sql;
} migration_t;

static bt_err_t *apply(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    return bt_db_script(db, ((migration_t *)baton)->sql, pool);
}

bt_err_t *bt_schema_migrate(int *n_applied, bt_db_t *db, apr_pool_t *pool)
{
    int code, database;
    *n_applied = 0;
    BT_TRY(bt_schema_versions(&code, &database, db, pool));
    if (database > code)
        return bt_schema_check(db, pool);
    for (int i = 0; i < N_MIGRATIONS; i++) {
        if (!is_for(db, i) || version_of(i) <= database)
            continue;
        migration_t migration = {migrations[i].sql};
        bt_err_t *err = bt_db_transaction(db, apply, &migration, pool);
        if (err)
            return bt_error_wrap(pool, err, err->code, "migration %s", migrations[i].name);
        bt_log(BT_LOG_NOTICE, "BT0102", "applied migration %s", migrations[i].name);
        ++*n_applied;
    }
    return NULL;
}
