/* SPDX-License-Identifier: Apache-2.0
 * DELETE /analysis/{id}, POST …/cancel and …/retry: what an owner or operator does to an analysis,
 * each with an audit row.
 */
#include "../access.h"
#include "../respond.h"
#include "../submit.h"

enum { ROUTINE = 1 };

static void send_changed(btm_call_t *call, int http, const char *status, const char *message)
{
    bt_json_t *answer = bt_json_object(call->r->pool);
    bt_json_set_string(answer, "analysis_id", call->id);
    bt_json_set_string(answer, "status", status);
    bt_json_set_string(answer, "message", message);
    btm_respond_json(call, http, answer);
}

bt_err_t *btm_handle_delete(btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    bt_analysis_t *analysis = NULL;
    int was_there = 0;
    btm_lease_t lease;
    BT_TRY(btm_access_state(&analysis, call));
    BT_TRY(btm_db_take(&lease, call));
    bt_err_t *err = bt_store_delete(&was_there, lease.db, call->id, pool);
    BT_TRY(btm_db_give(&lease, call, err));
    if (!was_there)
        return bt_error(pool, BT_E_NOT_FOUND, "deleted by somebody else at the same time");
    send_changed(call, HTTP_OK, "deleted",
                 "The analysis and everything that belonged to it was erased.");
    return NULL;
}

bt_err_t *btm_handle_cancel(btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    bt_analysis_t *analysis = NULL;
    int changed = 0;
    btm_lease_t lease;
    BT_TRY(btm_access_state(&analysis, call));
    BT_TRY(btm_db_take(&lease, call));
    bt_err_t *err = bt_store_cancel(&changed, lease.db, call->id, pool);
    if (!err && !changed)
        err = bt_store_state(&analysis, lease.db, call->id, pool);
    BT_TRY(btm_db_give(&lease, call, err));
    if (!analysis)
        return bt_error(pool, BT_E_NOT_FOUND, "deleted at the same time");
    if (!changed && strcmp(analysis->status, BT_CANCELLED) != 0)
        return bt_error_hint(pool, BT_E_STATE_CONFLICT,
                             "The analysis is %s already and cannot be cancelled.",
                             analysis->status);
    send_changed(call, HTTP_OK, BT_CANCELLED,
                 "The analysis was cancelled; no result will be stored.");
    return NULL;
}

bt_err_t *btm_handle_retry(btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    bt_analysis_t *analysis = NULL;
    const char *task_id = NULL;
    btm_lease_t lease;
    BT_TRY(btm_access_state(&analysis, call));
    BT_TRY(btm_db_take(&lease, call));
    bt_err_t *err = bt_store_retry(&task_id, lease.db, call->id, pool);
    BT_TRY(btm_db_give(&lease, call, err));
    if (!task_id)
        return bt_error_hint(
            pool, BT_E_STATE_CONFLICT,
            "Only a failed analysis whose document is still kept can be tried again; "
            "this one is %s.",
            analysis->status);
    btm_submit_hint(call, task_id, ROUTINE);
    bt_json_t *answer = bt_json_object(pool);
    bt_json_set_string(answer, "analysis_id", call->id);
    bt_json_set_string(answer, "task_id", task_id);
    bt_json_set_string(answer, "status", BT_QUEUED);
    bt_json_set_string(answer, "message", "The analysis is queued again.");
    apr_table_setn(call->r->headers_out, "Location",
                   btm_address(call, apr_pstrcat(pool, "/status/", call->id, NULL)));
    apr_table_setn(call->r->headers_out, "Retry-After", "1");
    btm_respond_json(call, HTTP_ACCEPTED, answer);
    return NULL;
}
