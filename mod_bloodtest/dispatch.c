/* SPDX-License-Identifier: Apache-2.0
 * From a request to its handler: path, method, origin, identity, media type, token of a form, in
 * this order, then the handler of the route.  Whatever returns an error is answered in one place.
 */
#include "cors.h"
#include "csrf.h"
#include "identity.h"
#include "libbloodtest/ids.h"
#include "negotiate.h"
#include "query.h"
#include "rate.h"
#include "respond.h"

/* The path below the Location: "/bt/status/x" → "/status/x"; NULL where it only begins alike. */
static const char *relative_path(const btm_call_t *call)
{
    size_t length = strlen(call->dir->prefix);
    const char *path = call->r->uri;
    if (strncmp(path, call->dir->prefix, length) != 0)
        return NULL;
    path += length;
    if (*path == '\0')
        return "/";
    return *path == '/' ? path : NULL;
}

static bt_err_t *choose_route(btm_call_t *call, int *is_options)
{
    request_rec *r = call->r;
    const char *path = relative_path(call);
    btm_found_t found = {.route = NULL};
    if (path)
        found = btm_route_find(r->method, path, r->pool);
    if (!found.allow)
        return bt_error(r->pool, BT_E_NOT_FOUND, "no such address");
    call->route = found.route;
    *is_options = r->method_number == M_OPTIONS;
    btm_cors_preflight(call, found.allow);
    if (!found.route)
        apr_table_setn(r->err_headers_out, "Allow", found.allow);
    if (!found.route && !*is_options)
        return bt_error(r->pool, BT_E_METHOD, "method not allowed");
    call->id = found.id;
    return NULL;
}

static bt_err_t *choose_media(btm_call_t *call)
{
    request_rec *r = call->r;
    unsigned int media = call->route->media;
    int is_single = (media & (media - 1)) == 0;
    const char *accept = apr_table_get(r->headers_in, "Accept");
    if (is_single) {
        call->media = (btm_media_t)media;
        return NULL;
    }
    apr_table_mergen(r->err_headers_out, "Vary", "Accept");
    call->media = btm_negotiate(accept, media, r->pool);
    call->error_media = call->media;
    if (call->media)
        return NULL;
    call->error_media = BTM_MEDIA_JSON;
    return bt_error(r->pool, BT_E_NOT_ACCEPTABLE, "no type of the Accept header");
}

/* Errors before a route is known, and of addresses with one type, are pages only where a browser
 * asks. */
static void guess_error_media(btm_call_t *call)
{
    const char *accept = apr_table_get(call->r->headers_in, "Accept");
    call->error_media = btm_negotiate(accept, BTM_MEDIA_JSON | BTM_MEDIA_HTML, call->r->pool);
}

static bt_err_t *run(btm_call_t *call)
{
    int is_options = 0;
    guess_error_media(call);
    BT_TRY(choose_route(call, &is_options));
    if (is_options) {
        btm_respond_body(call, HTTP_NO_CONTENT, "text/plain", "");
        return NULL;
    }
    BT_TRY(btm_origin_check(call));
    BT_TRY(btm_identify(call));
    BT_TRY(btm_rate_check_user(call));
    BT_TRY(choose_media(call));
    if (!btm_query_is_sound(call->r))
        return bt_error_hint(call->r->pool, BT_E_FIELD_INVALID,
                             "The query string holds an escape that is no character.");
    if (call->id && !bt_uuid_is_valid(call->id)) {
        call->id = NULL;
        return bt_error(call->r->pool, BT_E_NOT_FOUND, "malformed id");
    }
    BT_TRY(btm_csrf_check(call));
    return call->route->handle(call);
}

int btm_dispatch(request_rec *r)
{
    if (!r->handler || strcmp(r->handler, BTM_HANDLER) != 0)
        return DECLINED;
    btm_call_t *call = apr_pcalloc(r->pool, sizeof(*call));
    call->r = r;
    call->dir = ap_get_module_config(r->per_dir_config, &bloodtest_module);
    if (!call->dir || !call->dir->is_enabled)
        return DECLINED;
    if (r->prev && ap_is_HTTP_ERROR(r->prev->status))
        return HTTP_NOT_FOUND; /* an ErrorDocument is not among our addresses: the error stays */
    btm_respond_headers(call);
    bt_err_t *err = run(call);
    if (err && call->http_result == OK)
        btm_respond_error(call, err);
    return call->http_result;
}
