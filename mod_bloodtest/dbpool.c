/* SPDX-License-Identifier: Apache-2.0
 * Connections lent by mod_dbd, reached through its optional functions so that a missing mod_dbd is
 * a sentence in the log and not a missing symbol.  Statements are prepared by the library when
 * first used, never by mod_dbd.
 */
#include "dbpool.h"
#include "libbloodtest/store.h"

#include <apr_atomic.h>
#include <apr_optional.h>
#include <mod_dbd.h>

/* Also the keys: several Locations of a server may name different files, of which one cannot fit.
 */
static bt_err_t *check_fit(btm_server_t *server, bt_db_t *db, apr_pool_t *pool)
{
    const bt_keys_t *keys = bt_db_keys(db);
    if (apr_atomic_read32(&server->schema_fits) && (!keys || bt_keys_are_ready(keys)))
        return NULL;
    BT_TRY(bt_schema_check(db, pool));
    BT_TRY(bt_keys_check(db, pool));
    apr_atomic_set32(&server->schema_fits, 1);
    return NULL;
}

/* The connection that mod_authn_dbd took for this request, if it did.  It is kept until the request
 * ends; were each request to wait for a second one beside it, all could wait for ever. */
static ap_dbd_t *taken_already(request_rec *r)
{
    APR_OPTIONAL_FN_TYPE(ap_dbd_acquire) *acquire = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_acquire);
    const module *dbd = ap_find_linked_module("mod_dbd.c");
    const request_rec *first = r; /* where mod_dbd notes it */
    while (first->prev || first->main)
        first = first->prev ? first->prev : first->main;
    return acquire && dbd && ap_get_module_config(first->request_config, dbd) ? acquire(r) : NULL;
}

bt_err_t *btm_db_take(btm_lease_t *lease, const btm_call_t *call)
{
    request_rec *r = call->r;
    APR_OPTIONAL_FN_TYPE(ap_dbd_open) *lend = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_open);
    *lease = (btm_lease_t){.db = NULL};
    ap_dbd_t *lent = taken_already(r);
    if (!lent)
        lease->lent = lent = lend ? lend(r->pool, r->server) : NULL;
    if (!lent)
        return bt_error(r->pool, BT_E_DB_AWAY, "mod_dbd has no connection");
    bt_err_t *err =
        bt_db_borrow(&lease->db, lent->driver, lent->handle, lent->pool, lent->prepared, r->pool);
    if (!err) {
        lease->actor = (bt_actor_t){call->login ? call->login : "nobody", r->useragent_ip};
        bt_db_act_as(lease->db, &lease->actor);
        bt_db_use_keys(lease->db, call->dir->keys);
        err = check_fit(btm_server_of(r->server), lease->db, r->pool);
    }
    return err ? btm_db_give(lease, call, err) : NULL;
}

bt_err_t *btm_db_give(btm_lease_t *lease, const btm_call_t *call, bt_err_t *err)
{
    APR_OPTIONAL_FN_TYPE(ap_dbd_close) *take_back = APR_RETRIEVE_OPTIONAL_FN(ap_dbd_close);
    if (lease->lent && take_back)
        take_back(call->r->server, lease->lent);
    *lease = (btm_lease_t){.db = NULL};
    return err;
}
