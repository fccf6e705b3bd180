/* SPDX-License-Identifier: Apache-2.0
 * Connections lent by mod_dbd: taken for a statement, given back right after it, never held while a
 * body is received, a job is waited for or an answer is sent.
 */
#ifndef BTM_DBPOOL_H
#define BTM_DBPOOL_H

#include "mod_bloodtest.h"
#include "libbloodtest/db.h"

typedef struct btm_lease_t {
    bt_db_t *db;
    void *lent;       /* mod_dbd's record of it; NULL: it was the request's already */
    bt_actor_t actor; /* the caller */
} btm_lease_t;

/** Borrow a connection: the one that mod_authn_dbd took for this request, or one of the pool.  The
 * first time in a child the schema is checked (BT_E_SCHEMA).  BT_E_DB_AWAY where there is none. */
bt_err_t *btm_db_take(btm_lease_t *lease, const btm_call_t *call);

/** Give it back, and pass the error of what was done with it on. */
bt_err_t *btm_db_give(btm_lease_t *lease, const btm_call_t *call, bt_err_t *err);

#endif
