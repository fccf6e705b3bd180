/* SPDX-License-Identifier: Apache-2.0
 * Prepared statements: each is prepared on a connection when it is first used there, and again
 * after the connection was lost.  Also the table of statements itself.
 */
#include "db_private.h"

#include <apr_strings.h>

enum { MAX_SQLITE_GENERATIONS = 50 };

static const struct {
    const char *name;
    int arguments;
    const char *pgsql, *sqlite;
} queries[] = {
#define BT_QUERY(name, args, pgsql, sqlite) {#name, args, pgsql, sqlite},
#include "queries.inc"
#undef BT_QUERY
};

const char *bt_query_name(bt_query_t query)
{
    return queries[query].name;
}

int bt_query_arguments(bt_query_t query)
{
    return queries[query].arguments;
}

static const char *body_of(const bt_db_t *db, bt_query_t query)
{
    return db->kind == BT_DB_PGSQL ? queries[query].pgsql : queries[query].sqlite;
}

bt_err_t *bt_db_prepared(apr_dbd_prepared_t **prepared, bt_db_t *db, bt_query_t query,
                         apr_pool_t *pool)
{
    bt_db_state_t *state = db->state;
    if (!state->prepared[query]) {
        const char *sql = body_of(db, query);
        if (!sql)
            return bt_error(pool, BT_E_INTERNAL, "statement %s is not for this database",
                            queries[query].name);
        if (!state->prepared_pool)
            apr_pool_create(&state->prepared_pool, state->pool);
        const char *label =
            apr_psprintf(state->prepared_pool, "bt%u_%s", state->generation, queries[query].name);
        apr_dbd_prepared_t *made = NULL;
        int status =
            apr_dbd_prepare(db->driver, state->prepared_pool, db->handle, sql, label, &made);
        if (status)
            return bt_db_error(db, status, apr_psprintf(pool, "prepare %s", queries[query].name),
                               pool);
        state->prepared[query] = made;
    }
    *prepared = state->prepared[query];
    return NULL;
}

/* A session that is still the old one would keep them, and more with each error that a request can
 * provoke.  In a new one the first is unknown, and so are all: that answer is of no interest. */
static void deallocate(bt_db_t *db)
{
    bt_db_state_t *state = db->state;
    if (!state->prepared_pool)
        return;
    const char *script = "";
    for (int i = 0; i < BT_Q_COUNT; i++) {
        if (state->prepared[i])
            script = apr_psprintf(state->prepared_pool, "%sDEALLOCATE bt%u_%s;", script,
                                  state->generation, queries[i].name);
    }
    int n;
    if (*script)
        (void)apr_dbd_query(db->driver, db->handle, &n, script);
}

int bt_db_forget_prepared(bt_db_t *db)
{
    bt_db_state_t *state = db->state;
    /* The SQLite driver keeps a list of all statements of a connection, so they cannot be freed
     * before it: what is prepared anew after a change of the schema stays few. */
    if (db->kind == BT_DB_SQLITE && state->generation >= MAX_SQLITE_GENERATIONS)
        return -1;
    if (db->kind == BT_DB_PGSQL)
        deallocate(db);
    for (int i = 0; i < BT_Q_COUNT; i++)
        state->prepared[i] = NULL;
    if (state->prepared_pool && db->kind == BT_DB_PGSQL)
        apr_pool_clear(state->prepared_pool);
    state->generation++;
    return 0;
}

bt_err_t *bt_db_prepare_all(int *n_prepared, bt_db_t *db, apr_pool_t *pool)
{
    *n_prepared = 0;
    for (int i = 0; i < BT_Q_COUNT; i++) {
        apr_dbd_prepared_t *prepared;
        if (!body_of(db, (bt_query_t)i))
            continue;
        BT_TRY(bt_db_prepared(&prepared, db, (bt_query_t)i, pool));
        ++*n_prepared;
    }
    return NULL;
}
