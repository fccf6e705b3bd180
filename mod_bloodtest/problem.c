/* SPDX-License-Identifier: Apache-2.0
 * Errors that httpd itself answers below an enabled Location (a login that failed, a body too large
 * for a filter), in the form of all other errors.  Browsers and sites with an ErrorDocument of
 * their own keep what they have.
 */
#include "negotiate.h"
#include "problem.h"
#include "respond.h"

#include <mod_core.h> /* wants httpd.h before it */

#define FILTER "BLOODTEST_PROBLEM"

static bt_code_t code_of(int status)
{
    static const bt_code_t codes[] = {
        BT_E_UNAUTHENTICATED,  BT_E_FORBIDDEN,    BT_E_NOT_FOUND, BT_E_METHOD, BT_E_BODY_TIMEOUT,
        BT_E_UPLOAD_TOO_LARGE, BT_E_RATE_LIMITED, BT_E_BUSY};
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (bt_code_http(codes[i]) == status)
            return codes[i];
    }
    if (status == HTTP_PRECONDITION_FAILED)
        return BT_E_STATE_CONFLICT;
    return status < 500 ? BT_E_MALFORMED_BODY : BT_E_INTERNAL;
}

/* Put our body in the place of httpd's, which may come in several brigades. */
static apr_status_t filter(ap_filter_t *f, apr_bucket_brigade *brigade)
{
    request_rec *r = f->r;
    if (f->ctx) {
        apr_brigade_cleanup(brigade);
        return APR_SUCCESS;
    }
    f->ctx = r; /* from now on nothing passes */
    bt_code_t code = code_of(r->status);
    const char *text = btm_problem_text(r, code, r->status, bt_code_public(code));
    apr_size_t length = strlen(text);
    apr_brigade_cleanup(brigade);
    ap_set_content_type(r, BTM_PROBLEM_TYPE);
    ap_set_content_length(r, (apr_off_t)length);
    APR_BRIGADE_INSERT_TAIL(
        brigade, apr_bucket_pool_create(text, length, r->pool, r->connection->bucket_alloc));
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(r->connection->bucket_alloc));
    return ap_pass_brigade(f->next, brigade);
}

/* Whether ErrorDocument has a text for this status; where it has an address, that was tried. */
static int has_own_text(request_rec *r)
{
    const char *document = ap_response_code_string(r, ap_index_of_response(r->status));
    return document && *document == '"';
}

static void insert(request_rec *r)
{
    const btm_dir_t *dir = ap_get_module_config(r->per_dir_config, &bloodtest_module);
    const char *accept = apr_table_get(r->headers_in, "Accept");
    btm_call_t call = {.r = r, .dir = dir};
    if (!dir || !dir->is_enabled || r->status < 400)
        return;
    btm_respond_headers(&call);
    if (has_own_text(r) ||
        btm_negotiate(accept, BTM_MEDIA_JSON | BTM_MEDIA_HTML, r->pool) == BTM_MEDIA_HTML)
        return;
    ap_add_output_filter(FILTER, NULL, r, r->connection);
}

void btm_problem_register(void)
{
    ap_register_output_filter(FILTER, filter, NULL, AP_FTYPE_RESOURCE);
    ap_hook_insert_error_filter(insert, NULL, NULL, APR_HOOK_MIDDLE);
}
