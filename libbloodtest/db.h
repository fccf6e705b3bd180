/* SPDX-License-Identifier: Apache-2.0
 * The database over apr_dbd: one face for PostgreSQL and SQLite, with the named statements of
 * sql/queries.sql.
 *
 * A bt_db_t is one connection, used by one thread at a time; the module borrows it from mod_dbd,
 * worker and command line open their own.  Statements are prepared when first used on a connection,
 * never earlier, so that a statement that does not prepare fails alone and leaves the pool (and the
 * hospital's login that shares it) as it was.
 *
 * apr_dbd_pgsql reconnects silently and then its prepared statements are gone; a select read row by
 * row would say "no rows".  Selects here are read with random access, every failure outside a
 * transaction makes the connection be checked, all statements be prepared anew, and the call be
 * tried again, three times in all.  BT_E_DB_AWAY is a database that is away or busy, BT_E_DB_ERROR
 * one that answers and refuses.
 */
#ifndef BT_DB_H
#define BT_DB_H

#include <apr_pools.h>
#include <apr_hash.h>
#include <apr_dbd.h>
#include "crypto.h"
#include "error.h"

typedef struct bt_db_t bt_db_t;
typedef enum { BT_DB_PGSQL, BT_DB_SQLITE } bt_db_kind_t;

/* One name for each statement: BT_Q_analysis_status, … (generated from sql/queries.sql). */
typedef enum {
#define BT_QUERY(name, args, pgsql, sqlite) BT_Q_##name,
#include "queries.inc"
#undef BT_QUERY
    BT_Q_COUNT
} bt_query_t;

/** Once, before any thread: apr_dbd_init and the driver named "pgsql" or "sqlite3". */
bt_err_t *bt_db_init(apr_pool_t *process_pool);

/** A connection of our own.  Closed with `pool`.  For PostgreSQL, deadlines of the network (of
 * connecting, and of a host that went away) are added where `params` names none. */
bt_err_t *bt_db_open(bt_db_t **db, const char *driver, const char *params, apr_pool_t *pool);

/** One that mod_dbd owns.  `connection_pool` lives as long as the connection; `prepared` is
 * mod_dbd's hash, in which our state is kept under a key of its own.  The wrapper lives in `pool`.
 */
bt_err_t *bt_db_borrow(bt_db_t **db, const apr_dbd_driver_t *driver, apr_dbd_t *handle,
                       apr_pool_t *connection_pool, apr_hash_t *prepared, apr_pool_t *pool);

bt_db_kind_t bt_db_kind(const bt_db_t *db);

/** The keys that stores seal and open cells with over this connection; NULL, as at first: plain
 * text. */
void bt_db_use_keys(bt_db_t *db, bt_keys_t *keys);
bt_keys_t *bt_db_keys(const bt_db_t *db);

/* Who acts: what the stores write into audit_log, in the transaction of what is done. */
typedef struct bt_actor_t {
    const char *who, *address;
} bt_actor_t;

/** Whose doings these are from now on; NULL, as at first: nobody's, and none is written.  `actor`
 * lives as long as `db`. */
void bt_db_act_as(bt_db_t *db, const bt_actor_t *actor);
const bt_actor_t *bt_db_actor(const bt_db_t *db);

const char *bt_query_name(bt_query_t query);
int bt_query_arguments(bt_query_t query); /* entries of `args`: a bound BLOB counts as four */

/* Rows copied to the pool.  Cells are NULL for SQL NULL and for the empty text: the PostgreSQL
 * driver does not tell them apart, so no column gives them different meanings. */
typedef struct bt_rows_t {
    int n_rows, n_columns;
    const char ***cells; /* cells[row][column] */
} bt_rows_t;

/** Run a statement without rows; *n_changed (may be NULL) gets the rows changed.  `args`:
 * bt_query_arguments() texts; a BLOB (%pDb) takes four: bytes, length as decimal text, "", "". */
bt_err_t *bt_db_exec(int *n_changed, bt_db_t *db, bt_query_t query, const char *const *args,
                     apr_pool_t *pool);

/** Run a select, or a statement with RETURNING. */
bt_err_t *bt_db_select(bt_rows_t **rows, bt_db_t *db, bt_query_t query, const char *const *args,
                       apr_pool_t *pool);

/** A script of several statements, not prepared (migrations).  The error names the statement that
 * failed, its number and line; those before it were done, so call this within a transaction. */
bt_err_t *bt_db_script(bt_db_t *db, const char *sql, apr_pool_t *pool);

/** A transaction: begin, `body`, commit.  Where body returns an error everything is rolled back.
 * Where the connection or its prepared statements were lost before the commit, it is run again
 * from the start, three times in all; a failed commit is not repeated (BT_E_DB_AWAY: the outcome is
 * unknown, look it up). */
typedef bt_err_t *bt_db_body_t(bt_db_t *db, void *baton, apr_pool_t *pool);
bt_err_t *bt_db_transaction(bt_db_t *db, bt_db_body_t *body, void *baton, apr_pool_t *pool);

/** SQLite: bring the log (-wal) into the file and empty it, so that what was erased is in neither.
 * Where somebody reads at that moment it is left for the next time.  Nothing on PostgreSQL. */
bt_err_t *bt_db_checkpoint(bt_db_t *db, apr_pool_t *pool);

/** Whether every statement prepares on this connection: the error names the first that does not.
 * For tests and `bloodtestctl migrate --status`. */
bt_err_t *bt_db_prepare_all(int *n_prepared, bt_db_t *db, apr_pool_t *pool);

#endif
