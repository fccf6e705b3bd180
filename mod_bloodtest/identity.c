/* SPDX-License-Identifier: Apache-2.0
 * Who asks, and whether he may.  Logins come from httpd alone; the module has no passwords and no
 * sessions.
 */
#include "cors.h"
#include "identity.h"
#include "libbloodtest/text.h"

static bt_err_t *matches(int *does, const btm_call_t *call, const ap_expr_info_t *expr)
{
    const char *problem = NULL;
    int result = expr ? ap_expr_exec(call->r, expr, &problem) : 0;
    *does = result > 0;
    if (result < 0)
        return bt_error(call->r->pool, BT_E_CONFIG, "an expression failed: %s", problem);
    return NULL;
}

static bt_err_t *refuse_unknown(const btm_call_t *call)
{
    request_rec *r = call->r;
    if (!ap_auth_type(r))
        return bt_error_hint(r->pool, BT_E_FORBIDDEN,
                             "This address is answered for known users only, and the server has no "
                             "login configured for it.");
    ap_note_auth_failure(r); /* sets WWW-Authenticate */
    return bt_error(r->pool, BT_E_UNAUTHENTICATED, "nobody is logged in");
}

/* Not repaired: two logins that differ in bad bytes only would become one owner. */
static bt_err_t *check_login(const request_rec *r)
{
    size_t length = strlen(r->user);
    if (length > BTM_MAX_LOGIN_BYTES)
        return bt_error(r->pool, BT_E_FORBIDDEN, "a login of more than 255 bytes");
    if (strcmp(bt_text_clean(r->user, length, r->pool), r->user) != 0 || strpbrk(r->user, "\n\t"))
        return bt_error_hint(r->pool, BT_E_FORBIDDEN,
                             "The login holds control characters or is not UTF-8.");
    return NULL;
}

bt_err_t *btm_identify(btm_call_t *call)
{
    request_rec *r = call->r;
    if (r->user && *r->user) {
        BT_TRY(check_login(r));
        call->login = r->user;
    } else if (call->dir->is_anonymous) {
        call->login = BT_ANONYMOUS;
    }
    if (call->route->may == BTM_MAY_OPEN)
        return NULL;
    if (call->login)
        BT_TRY(matches(&call->is_operator, call, call->dir->operator_expr));
    BT_TRY(matches(&call->is_admin, call, call->dir->admin_expr));
    if ((!call->dir->admin_expr && call->login) || call->is_operator)
        call->is_admin = 1;
    if (call->route->may == BTM_MAY_QUEUE && call->is_admin)
        return NULL;
    if (!call->login)
        return refuse_unknown(call);
    if (call->route->may == BTM_MAY_QUEUE)
        return bt_error(r->pool, BT_E_FORBIDDEN, "BloodtestAdmin does not match");
    return NULL;
}

/* "https://host:443" → "host": the scheme is left out, because a proxy may speak another one. */
static const char *host_of_origin(const char *origin, apr_pool_t *pool)
{
    const char *host = strstr(origin, "://");
    const char *usual = strncmp(origin, "https:", 6) == 0 ? ":443" : ":80";
    if (!host)
        return NULL;
    host += 3;
    size_t length = strlen(host), end = strlen(usual);
    return length > end && strcmp(host + length - end, usual) == 0
               ? apr_pstrmemdup(pool, host, length - end)
               : host;
}

static int is_own_origin(const btm_call_t *call, const char *origin)
{
    const char *own = apr_table_get(call->r->headers_in, "Host");
    const char *theirs = host_of_origin(origin, call->r->pool);
    if (!own || !theirs)
        return 0;
    size_t length = strlen(theirs);
    return strncasecmp(own, theirs, length) == 0 &&
           (!own[length] || strcmp(own + length, ":80") == 0 || strcmp(own + length, ":443") == 0);
}

bt_err_t *btm_origin_check(const btm_call_t *call)
{
    request_rec *r = call->r;
    const char *origin = apr_table_get(r->headers_in, "Origin");
    const char *site = apr_table_get(r->headers_in, "Sec-Fetch-Site");
    const char *mode = apr_table_get(r->headers_in, "Sec-Fetch-Mode");
    if (btm_cors_allows(r, call->dir))
        return NULL;
    if (origin && !is_own_origin(call, origin))
        return bt_error(r->pool, BT_E_FOREIGN_ORIGIN, "another Origin");
    if (!site || strcasecmp(site, "same-origin") == 0 || strcasecmp(site, "none") == 0)
        return NULL;
    /* A link on another site may lead here; what it loads in its own page may not come from here.
     */
    if (r->method_number == M_GET && mode && strcasecmp(mode, "navigate") == 0)
        return NULL;
    return bt_error(r->pool, BT_E_FOREIGN_ORIGIN, "another Sec-Fetch-Site");
}

bt_err_t *btm_owner_of(const char **login, const btm_call_t *call, const char *user_id)
{
    *login = call->login;
    if (!user_id || !*user_id || strcmp(user_id, call->login) == 0)
        return NULL;
    if (!call->is_operator)
        return bt_error_hint(call->r->pool, BT_E_FORBIDDEN,
                             "The user_id is not your own. Leave it out, or ask an operator.");
    if (strlen(user_id) > BTM_MAX_LOGIN_BYTES ||
        strcmp(bt_text_one_line(user_id, call->r->pool), user_id) != 0)
        return bt_error_hint(call->r->pool, BT_E_FIELD_INVALID,
                             "The user_id is longer than 255 bytes, holds control characters or is "
                             "not UTF-8.");
    *login = user_id;
    return NULL;
}
