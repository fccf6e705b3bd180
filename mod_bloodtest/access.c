/* SPDX-License-Identifier: Apache-2.0
 * An analysis as its owner or an operator may see it.  The check is made here and nowhere else.
 */
#include "access.h"
#include "audit.h"

typedef bt_err_t *fetch_t(bt_analysis_t **analysis, bt_db_t *db, const btm_call_t *call);

bt_err_t *btm_access_caller(const btm_call_t *call, bt_db_t *db)
{
    apr_pool_t *pool = call->r->pool;
    bt_user_t *user = NULL;
    BT_TRY(bt_user_find(&user, db, call->login, pool));
    if (user && !user->is_active)
        return bt_error(pool, BT_E_FORBIDDEN, "the account is switched off");
    return NULL;
}

bt_err_t *btm_access_enter(const btm_call_t *call)
{
    btm_lease_t lease;
    if (strcmp(call->login, BT_ANONYMOUS) == 0)
        return NULL;
    BT_TRY(btm_db_take(&lease, call));
    return btm_db_give(&lease, call, btm_access_caller(call, lease.db));
}

static bt_err_t *check(const bt_analysis_t *analysis, const btm_call_t *call, bt_db_t *db)
{
    apr_pool_t *pool = call->r->pool;
    if (analysis && strcmp(analysis->owner_login, call->login) == 0)
        return analysis->owner_is_active
                   ? analysis->problem
                   : bt_error(pool, BT_E_FORBIDDEN, "the account is switched off");
    BT_TRY(btm_access_caller(call, db));
    if (!analysis)
        return bt_error(pool, BT_E_NOT_FOUND, "no such analysis");
    if (!call->is_operator)
        return bt_error(pool, BT_E_NOT_FOUND, "the analysis of somebody else");
    return analysis->problem;
}

/* What was asked for is written down before anything is answered, and nothing is answered that
 * could not be written down.  What does not exist is as much work as what is somebody else's. */
static bt_err_t *fetch_checked(bt_analysis_t **analysis, btm_call_t *call, fetch_t *fetch)
{
    btm_lease_t lease;
    BT_TRY(btm_db_take(&lease, call));
    bt_err_t *err = fetch(analysis, lease.db, call);
    if (!err)
        err = check(*analysis, call, lease.db);
    bt_err_t *unwritten = btm_audit_access(call, lease.db, *analysis, err);
    return btm_db_give(&lease, call, unwritten ? unwritten : err);
}

static bt_err_t *fetch_status(bt_analysis_t **analysis, bt_db_t *db, const btm_call_t *call)
{
    return bt_store_status(analysis, db, call->id, call->r->pool);
}

bt_err_t *btm_access_status(bt_analysis_t **analysis, btm_call_t *call)
{
    return fetch_checked(analysis, call, fetch_status);
}

static bt_err_t *fetch_state(bt_analysis_t **analysis, bt_db_t *db, const btm_call_t *call)
{
    return bt_store_state(analysis, db, call->id, call->r->pool);
}

bt_err_t *btm_access_state(bt_analysis_t **analysis, btm_call_t *call)
{
    return fetch_checked(analysis, call, fetch_state);
}

static bt_err_t *fetch_result(bt_analysis_t **analysis, bt_db_t *db, const btm_call_t *call)
{
    const char *login = call->is_operator ? NULL : call->login;
    return bt_store_result(analysis, db, call->id, login, call->r->pool);
}

bt_err_t *btm_access_result(bt_analysis_t **analysis, btm_call_t *call)
{
    return fetch_checked(analysis, call, fetch_result);
}

bt_err_t *btm_access_list(bt_list_t *list, const btm_call_t *call, const bt_list_filter_t *filter)
{
    btm_lease_t lease;
    BT_TRY(btm_db_take(&lease, call));
    bt_err_t *err = btm_access_caller(call, lease.db);
    if (!err)
        err = bt_store_list(list, lease.db, filter, call->r->pool);
    BT_TRY(btm_db_give(&lease, call, btm_audit_list(call, lease.db, err)));
    for (int i = 0; i < list->n; i++) {
        const bt_analysis_t *row = &list->rows[i];
        if (!row->problem)
            continue;
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, call->r,
                      "BT2111: %d analyses of a list do not open, the first of them is %s: %s",
                      list->n_unreadable, row->id, bt_error_text(row->problem, call->r->pool));
        break;
    }
    return NULL;
}

bt_err_t *btm_access_stored(bt_json_t **result, const btm_call_t *call,
                            const bt_analysis_t *analysis)
{
    apr_pool_t *pool = call->r->pool;
    const char *text = analysis->analysis_json;
    bt_err_t *err = bt_json_parse(result, text, strlen(text), pool);
    return err ? bt_error_wrap(pool, err, BT_E_INTERNAL, "the result of %s", analysis->id) : NULL;
}

int btm_is_final(const char *status)
{
    return strcmp(status, BT_QUEUED) != 0 && strcmp(status, BT_PROCESSING) != 0;
}

bt_err_t *btm_access_unfinished(btm_call_t *call, const bt_analysis_t *analysis)
{
    apr_pool_t *pool = call->r->pool;
    if (!btm_is_final(analysis->status))
        return bt_error(pool, BT_E_NOT_FINISHED, "the analysis is %s", analysis->status);
    call->error_status = HTTP_CONFLICT;
    if (strcmp(analysis->status, BT_CANCELLED) == 0)
        return bt_error(pool, BT_E_CANCELLED, "the analysis was cancelled");
    bt_code_t code =
        analysis->error_class ? bt_code_from_slug(analysis->error_class) : BT_E_INTERNAL;
    return analysis->error_text && *analysis->error_text
               ? bt_error_hint(pool, code, "%s", analysis->error_text)
               : bt_error(pool, code, "the analysis failed");
}
