/* SPDX-License-Identifier: Apache-2.0
 * What db.c and db_prepare.c share: a connection, and the state that stays with it between
 * requests.
 */
#ifndef BT_DB_PRIVATE_H
#define BT_DB_PRIVATE_H

#include "db.h"

/* Kept under one key in the connection's hash, so it lives exactly as long as the connection. */
typedef struct bt_db_state_t {
    apr_dbd_prepared_t *prepared[BT_Q_COUNT];
    apr_pool_t *pool;          /* of the connection */
    apr_pool_t *prepared_pool; /* a child of it: emptied when all statements are prepared anew */
    unsigned
        generation; /* part of each statement's name, so that none is defined twice in a session */
    int is_configured;
} bt_db_state_t;

struct bt_db_t {
    const apr_dbd_driver_t *driver;
    apr_dbd_t *handle;
    bt_db_kind_t kind;
    bt_db_state_t *state;
    int is_in_transaction;
    bt_keys_t *keys;
    const bt_actor_t *actor;
};

/** The prepared statement, prepared now if this connection has not used it yet. */
bt_err_t *bt_db_prepared(apr_dbd_prepared_t **prepared, bt_db_t *db, bt_query_t query,
                         apr_pool_t *pool);

/** Prepare everything anew from here on: the session that knew the statements is gone (PostgreSQL),
 * or the schema they were prepared for (SQLite).  -1 where this has happened too often on this
 * connection. */
int bt_db_forget_prepared(bt_db_t *db);

/** Parameters of PostgreSQL with deadlines for the network, where `params` names none. */
const char *bt_db_deadlines(const char *params, apr_pool_t *pool);

/** An error from a status of apr_dbd: BT_E_DB_AWAY where waiting helps, else BT_E_DB_ERROR. */
bt_err_t *bt_db_error(bt_db_t *db, int status, const char *what, apr_pool_t *pool);

#endif
