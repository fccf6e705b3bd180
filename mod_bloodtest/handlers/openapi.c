/* SPDX-License-Identifier: Apache-2.0
 * GET /openapi.json and GET /assets/style.css: files that are compiled into the module.
 */
#include "../access.h"
#include "../negotiate.h"
#include "../page.h"
#include "../respond.h"

static bt_err_t *send_file(btm_call_t *call, const char *name)
{
    const char *text = btm_www_file(name);
    if (!text)
        return bt_error(call->r->pool, BT_E_INTERNAL, "%s is not compiled in", name);
    BT_TRY(btm_access_enter(call));
    apr_table_setn(call->r->err_headers_out, "Cache-Control", "private, max-age=3600");
    btm_respond_body(call, HTTP_OK, btm_media_type(call->media), text);
    return NULL;
}

bt_err_t *btm_handle_openapi(btm_call_t *call)
{
    return send_file(call, "openapi.json");
}

bt_err_t *btm_handle_style(btm_call_t *call)
{
    return send_file(call, "style.css");
}
