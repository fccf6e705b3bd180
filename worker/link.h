/* SPDX-License-Identifier: Apache-2.0
 * A thread's pool and its connection to the database, opened when needed and thrown away when it
 * fails.
 */
#ifndef BTW_LINK_H
#define BTW_LINK_H

#include "../libbloodtest/db.h"
#include "config.h"
#include "stop.h"

typedef struct btw_link_t {
    const btw_config_t *config;
    bt_keys_t *keys;    /* NULL: stored in clear */
    apr_pool_t *pool;   /* of the thread */
    apr_pool_t *opened; /* of the connection, NULL without one */
    bt_db_t *db;
    int failures; /* in a row */
} btw_link_t;

/** A pool with an allocator of its own, for one thread. */
apr_pool_t *btw_thread_pool(void);

/** The connection, opened where there is none. */
bt_err_t *btw_link_get(bt_db_t **db, btw_link_t *link, apr_pool_t *pool);

/** What became of a call: after BT_E_DB_AWAY the connection is closed.  Returns whether it was
 * that. */
int btw_link_is_away(btw_link_t *link, const bt_err_t *err);

/** Sleep longer after each failure in a row, up to five seconds, at most until the level.  Returns
 * whether it is reached. */
int btw_link_rest(btw_link_t *link, btw_stop_t *stop, btw_stop_level_t level);

/** At random from 0 to `limit`: so that workers do not act in step. */
apr_interval_time_t btw_random_time(apr_interval_time_t limit);

#endif
