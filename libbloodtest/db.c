/* SPDX-License-Identifier: Apache-2.0
 * Connections, statements and transactions over apr_dbd, with the one policy for lost connections
 * (db.h).
 */
#include "db_private.h"

#include <pthread.h>
#include <string.h>
#include <apr_strings.h>
#include "log.h"
#include "script.h"

enum { SQLITE_IS_BUSY = 5, SQLITE_IS_LOCKED = 6, MAX_ROWS = 100000 };
/* The last word of a PostgreSQL that stops is an error like any other, and the connection is good
 * until one looks again: the first try reads that word, the second finds the connection gone. */
enum { TRIES = 3 };

static const char state_key[] = "bloodtest";

/* apr_dbd_sqlite3 has one mutex for all connections of a process and holds it while it waits for
 * SQLite's write lock: a thread that waits so keeps the thread that has the write lock from going
 * on, until busy_timeout.  So the threads of a process take turns before they go there; a
 * transaction is one turn. */
static pthread_mutex_t sqlite_turn = PTHREAD_MUTEX_INITIALIZER;

static int turn_take(const bt_db_t *db)
{
    if (db->kind != BT_DB_SQLITE || db->is_in_transaction)
        return 0;
    return pthread_mutex_lock(&sqlite_turn) == 0;
}

static void turn_give(int is_taken)
{
    if (is_taken)
        pthread_mutex_unlock(&sqlite_turn);
}

bt_err_t *bt_db_init(apr_pool_t *process_pool)
{
    apr_status_t status = apr_dbd_init(process_pool);
    return status ? bt_error_apr(process_pool, BT_E_CONFIG, status, "apr_dbd_init") : NULL;
}

bt_db_kind_t bt_db_kind(const bt_db_t *db)
{
    return db->kind;
}

void bt_db_use_keys(bt_db_t *db, bt_keys_t *keys)
{
    db->keys = keys;
}

bt_keys_t *bt_db_keys(const bt_db_t *db)
{
    return db->keys;
}

void bt_db_act_as(bt_db_t *db, const bt_actor_t *actor)
{
    db->actor = actor;
}

const bt_actor_t *bt_db_actor(const bt_db_t *db)
{
    return db->actor;
}

bt_err_t *bt_db_error(bt_db_t *db, int status, const char *what, apr_pool_t *pool)
{
    /* Copied before the connection is asked for, which may reset it and with it the driver's text;
     * the first line only, for those behind it (DETAIL: …) repeat the row. */
    const char *said = apr_dbd_error(db->driver, db->handle, status);
    const char *text = said ? apr_pstrmemdup(pool, said, strcspn(said, "\n")) : NULL;
    int is_busy =
        db->kind == BT_DB_SQLITE && (status == SQLITE_IS_BUSY || status == SQLITE_IS_LOCKED);
    int is_away = apr_dbd_check_conn(db->driver, pool, db->handle) != APR_SUCCESS;
    return bt_error(pool, is_busy || is_away ? BT_E_DB_AWAY : BT_E_DB_ERROR, "%s: %s (status %d)",
                    what, text ? text : "no reason given", status);
}

/* A pragma answers rows, which apr_dbd_query takes for a failure: read them as a select and drop
 * them. */
static bt_err_t *pragma(bt_db_t *db, const char *sql, apr_pool_t *pool)
{
    apr_dbd_results_t *results = NULL;
    int status = apr_dbd_select(db->driver, pool, db->handle, &results, sql, 1);
    return status ? bt_db_error(db, status, sql, pool) : NULL;
}

/* Only where nobody shares the connection: this pragma makes every statement expire that was
 * prepared before, which is the login of mod_authn_dbd on a connection of mod_dbd. */
static bt_err_t *keep_references(bt_db_t *db, apr_pool_t *pool)
{
    apr_pool_t *scratch;
    if (db->kind != BT_DB_SQLITE)
        return NULL;
    apr_pool_create(&scratch, pool);
    BT_TRY(pragma(db, "PRAGMA foreign_keys = ON", scratch));
    apr_pool_destroy(scratch);
    return NULL;
}

bt_err_t *bt_db_checkpoint(bt_db_t *db, apr_pool_t *pool)
{
    apr_pool_t *scratch;
    if (db->kind != BT_DB_SQLITE)
        return NULL;
    apr_pool_create(&scratch, pool);
    int is_turn = turn_take(db);
    bt_err_t *err = pragma(db, "PRAGMA wal_checkpoint(TRUNCATE)", scratch);
    turn_give(is_turn);
    BT_TRY(err);
    apr_pool_destroy(scratch);
    return NULL;
}

static bt_err_t *configure(bt_db_t *db, apr_pool_t *pool)
{
    if (db->state->is_configured)
        return NULL;
    if (db->kind == BT_DB_SQLITE) {
        apr_pool_t *scratch;
        apr_pool_create(&scratch, pool);
        BT_TRY(pragma(db, "PRAGMA busy_timeout = 5000", scratch));
        BT_TRY(pragma(db, "PRAGMA synchronous = FULL", scratch));
        /* What is erased is overwritten, not only forgotten. */
        BT_TRY(pragma(db, "PRAGMA secure_delete = ON", scratch));
        BT_TRY(pragma(db, "PRAGMA journal_mode = WAL", scratch));
        apr_pool_destroy(scratch);
    }
    db->state->is_configured = 1;
    return NULL;
}

static bt_err_t *kind_of(bt_db_kind_t *kind, const char *name, apr_pool_t *pool)
{
    if (!strcmp(name, "pgsql"))
        *kind = BT_DB_PGSQL;
    else if (!strcmp(name, "sqlite3"))
        *kind = BT_DB_SQLITE;
    else
        return bt_error_hint(pool, BT_E_CONFIG,
                             "The database driver is \"%s\"; it must be pgsql or sqlite3.", name);
    return NULL;
}

bt_err_t *bt_db_borrow(bt_db_t **db, const apr_dbd_driver_t *driver, apr_dbd_t *handle,
                       apr_pool_t *connection_pool, apr_hash_t *prepared, apr_pool_t *pool)
{
    bt_db_t *borrowed = apr_pcalloc(pool, sizeof(*borrowed));
    BT_TRY(kind_of(&borrowed->kind, apr_dbd_name(driver), pool));
    borrowed->driver = driver;
    borrowed->handle = handle;
    borrowed->state = apr_hash_get(prepared, state_key, sizeof(state_key));
    if (!borrowed->state) {
        borrowed->state = apr_pcalloc(connection_pool, sizeof(*borrowed->state));
        borrowed->state->pool = connection_pool;
        apr_hash_set(prepared, state_key, sizeof(state_key), borrowed->state);
    }
    *db = borrowed;
    int is_turn = turn_take(borrowed);
    bt_err_t *err = configure(borrowed, pool);
    turn_give(is_turn);
    return err;
}

typedef struct {
    const apr_dbd_driver_t *driver;
    apr_dbd_t *handle;
} open_t;

static apr_status_t close_connection(void *baton)
{
    open_t *open = baton;
    return apr_dbd_close(open->driver, open->handle);
}

bt_err_t *bt_db_open(bt_db_t **db, const char *driver, const char *params, apr_pool_t *pool)
{
    bt_db_kind_t kind = BT_DB_PGSQL;
    BT_TRY(kind_of(&kind, driver, pool));
    open_t *open = apr_pcalloc(pool, sizeof(*open));
    apr_status_t status = apr_dbd_get_driver(pool, driver, &open->driver);
    if (status)
        return bt_error_apr(pool, BT_E_CONFIG, status,
                            "the apr_dbd driver %s cannot be loaded (Debian: libaprutil1-dbd-%s)",
                            driver, driver);
    const char *reason = NULL;
    if (kind == BT_DB_PGSQL)
        params = bt_db_deadlines(params, pool);
    status = apr_dbd_open_ex(open->driver, pool, params, &open->handle, &reason);
    if (status)
        return bt_error(pool, BT_E_DB_AWAY, "connect with %s: %s", driver,
                        reason ? reason : "no reason given");
    apr_pool_cleanup_register(pool, open, close_connection, apr_pool_cleanup_null);
    BT_TRY(bt_db_borrow(db, open->driver, open->handle, pool, apr_hash_make(pool), pool));
    return keep_references(*db, pool);
}

static bt_err_t *exec_once(int *n_changed, bt_db_t *db, bt_query_t query, const char **args,
                           apr_pool_t *pool)
{
    apr_dbd_prepared_t *prepared;
    BT_TRY(bt_db_prepared(&prepared, db, query, pool));
    int status = apr_dbd_pquery(db->driver, pool, db->handle, n_changed, prepared,
                                bt_query_arguments(query), args);
    return status ? bt_db_error(db, status, bt_query_name(query), pool) : NULL;
}

static bt_err_t *select_once(apr_dbd_results_t **results, bt_db_t *db, bt_query_t query,
                             const char **args, apr_pool_t *pool)
{
    apr_dbd_prepared_t *prepared;
    *results = NULL;
    BT_TRY(bt_db_prepared(&prepared, db, query, pool));
    /* Random access: with sequential access a lost connection looks like an empty result. */
    int status = apr_dbd_pselect(db->driver, pool, db->handle, results, prepared, 1,
                                 bt_query_arguments(query), args);
    return status ? bt_db_error(db, status, bt_query_name(query), pool) : NULL;
}

/* After a failure outside a transaction: whether one more try makes sense.  bt_db_error() asked for
 * the connection, and apr_dbd reconnected if it could; either way the statements of the old session
 * are gone. */
static int should_retry(bt_db_t *db, const bt_err_t *err)
{
    if (!err || db->is_in_transaction || err->code == BT_E_INTERNAL)
        return 0;
    if (db->kind == BT_DB_SQLITE && err->code == BT_E_DB_AWAY)
        return 0; /* busy: the statements are as good as before */
    int is_forgotten = !bt_db_forget_prepared(db);
    return is_forgotten && err->code == BT_E_DB_ERROR;
}

bt_err_t *bt_db_exec(int *n_changed, bt_db_t *db, bt_query_t query, const char *const *args,
                     apr_pool_t *pool)
{
    int ignored, *changed = n_changed ? n_changed : &ignored;
    *changed = 0;
    int is_turn = turn_take(db);
    bt_err_t *err = exec_once(changed, db, query, (const char **)args, pool);
    for (int i = 1; i < TRIES && should_retry(db, err); i++)
        err = exec_once(changed, db, query, (const char **)args, pool);
    turn_give(is_turn);
    return err;
}

static bt_err_t *copy_rows(bt_rows_t **rows, bt_db_t *db, apr_dbd_results_t *results,
                           apr_pool_t *pool)
{
    bt_rows_t *copy = apr_pcalloc(pool, sizeof(*copy));
    int room = apr_dbd_num_tuples(db->driver, results);
    copy->n_columns = apr_dbd_num_cols(db->driver, results);
    if (room > MAX_ROWS)
        return bt_error(pool, BT_E_DB_ERROR, "a statement answered %d rows", room);
    copy->cells = apr_pcalloc(pool, sizeof(*copy->cells) * (size_t)(room > 0 ? room : 1));
    apr_dbd_row_t *row = NULL;
    while (copy->n_rows < room && apr_dbd_get_row(db->driver, pool, results, &row, -1) == 0) {
        const char **cells = apr_pcalloc(pool, sizeof(*cells) * (size_t)copy->n_columns);
        for (int i = 0; i < copy->n_columns; i++) {
            const char *entry = apr_dbd_get_entry(db->driver, row, i);
            cells[i] = entry && *entry ? apr_pstrdup(pool, entry) : NULL;
        }
        copy->cells[copy->n_rows++] = cells;
    }
    *rows = copy;
    return NULL;
}

bt_err_t *bt_db_select(bt_rows_t **rows, bt_db_t *db, bt_query_t query, const char *const *args,
                       apr_pool_t *pool)
{
    apr_pool_t *scratch; /* the driver's result goes before the caller's pool does */
    apr_pool_create(&scratch, pool);
    apr_dbd_results_t *results;
    int is_turn = turn_take(db);
    bt_err_t *err = select_once(&results, db, query, (const char **)args, scratch);
    for (int i = 1; i < TRIES && should_retry(db, err); i++)
        err = select_once(&results, db, query, (const char **)args, scratch);
    turn_give(is_turn);
    if (err)
        return err; /* in scratch, which lives as long as pool */
    BT_TRY(copy_rows(rows, db, results, pool));
    apr_pool_destroy(scratch);
    return NULL;
}

enum { SHOWN_CHARS = 60 }; /* of a statement that failed */

bt_err_t *bt_db_script(bt_db_t *db, const char *sql, apr_pool_t *pool)
{
    bt_script_t script = {.at = sql};
    bt_statement_t statement;
    /* One by one: the SQLite driver goes on behind a statement that failed in the middle. */
    for (;;) {
        int n;
        BT_TRY(bt_script_next(&statement, &script, pool));
        if (!statement.text)
            break;
        int status = apr_dbd_query(db->driver, db->handle, &n, statement.text);
        if (status)
            return bt_db_error(db, status,
                               apr_psprintf(pool, "statement %d (line %d: %.*s…)", statement.number,
                                            statement.line, SHOWN_CHARS, statement.text),
                               pool);
    }
    return script.number ? NULL : bt_error(pool, BT_E_INTERNAL, "a script without a statement");
}

/* BEGIN, COMMIT and ROLLBACK are plain statements: apr_dbd_transaction_start() of
 * apr_dbd_pgsql 1.6.3 writes through a null pointer where BEGIN fails, so that a lost connection
 * would end the process. */
static int control(bt_db_t *db, const char *statement)
{
    int n;
    return apr_dbd_query(db->driver, db->handle, &n, statement);
}

static void rollback(bt_db_t *db)
{
    db->is_in_transaction = 0;
    if (control(db, "ROLLBACK"))
        bt_log(BT_LOG_DEBUG, "BT0101",
               "a transaction could not be rolled back; the server does it with the session");
}

/* PostgreSQL ends a session that holds a transaction open and says nothing: a process that was
 * stopped in the middle of one would keep its locks, and reaper, cancel and delete of all others
 * would wait for it.  Shorter than what a lease has left when it is extended. */
#define BEGIN_PGSQL "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '10s'"

static bt_err_t *begin(bt_db_t *db, apr_pool_t *pool)
{
    int status = control(db, db->kind == BT_DB_SQLITE ? "BEGIN IMMEDIATE" : BEGIN_PGSQL);
    if (status) {
        bt_err_t *err = bt_db_error(db, status, "begin", pool);
        if (db->kind == BT_DB_PGSQL)
            rollback(db); /* the second of the two statements may be the one that failed */
        return err;
    }
    db->is_in_transaction = 1;
    return NULL;
}

static bt_err_t *commit(bt_db_t *db, apr_pool_t *pool)
{
    int status = control(db, "COMMIT");
    if (!status) {
        db->is_in_transaction = 0;
        return NULL;
    }
    bt_err_t *err = bt_db_error(db, status, "commit", pool);
    rollback(db); /* SQLite keeps a transaction whose commit failed */
    return bt_error_wrap(pool, err, BT_E_DB_AWAY, "the outcome of a commit is unknown");
}

static bt_err_t *run(int *is_committing, bt_db_t *db, bt_db_body_t *body, void *baton,
                     apr_pool_t *pool)
{
    *is_committing = 0;
    BT_TRY(begin(db, pool));
    bt_err_t *err = body(db, baton, pool);
    if (err) {
        rollback(db);
        return err;
    }
    *is_committing = 1;
    return commit(db, pool);
}

/* Where nothing was committed: statements prepared anew, maybe in a new session, may be all it
 * needs. */
static int should_run_again(bt_db_t *db, const bt_err_t *err, apr_pool_t *pool)
{
    if (!err || (err->code != BT_E_DB_ERROR && err->code != BT_E_DB_AWAY))
        return 0;
    return !apr_dbd_check_conn(db->driver, pool, db->handle) && !bt_db_forget_prepared(db);
}

static bt_err_t *transaction_tries(bt_db_t *db, bt_db_body_t *body, void *baton, apr_pool_t *pool)
{
    int is_committing;
    bt_err_t *err = run(&is_committing, db, body, baton, pool);
    for (int i = 1; i < TRIES && !is_committing && should_run_again(db, err, pool); i++)
        err = run(&is_committing, db, body, baton, pool);
    return err;
}

bt_err_t *bt_db_transaction(bt_db_t *db, bt_db_body_t *body, void *baton, apr_pool_t *pool)
{
    int is_turn = turn_take(db);
    bt_err_t *err = transaction_tries(db, body, baton, pool);
    turn_give(is_turn);
    return err;
}
