/* SPDX-License-Identifier: Apache-2.0
 * Answers and errors.  A client sees the slug and public text of an error; its detail goes to the
 * log.
 */
#include <apr_atomic.h>

#include "cors.h"
#include "negotiate.h"
#include "page.h"
#include "respond.h"
#include "libbloodtest/text.h"

void btm_respond_headers(const btm_call_t *call)
{
    apr_table_t *headers = call->r->err_headers_out;
    apr_table_setn(headers, "Cache-Control", "no-store");
    apr_table_setn(headers, "X-Content-Type-Options", "nosniff");
    const char *request_id = apr_table_get(call->r->subprocess_env, "UNIQUE_ID");
    if (request_id)
        apr_table_setn(headers, "X-Request-Id", request_id);
    btm_cors_headers(call);
}

void btm_respond_body(btm_call_t *call, int status, const char *type, const char *body)
{
    request_rec *r = call->r;
    size_t length = strlen(body);
    r->status = status;
    r->status_line = NULL;
    ap_set_content_type(r, type);
    ap_set_content_length(r, (apr_off_t)length);
    for (size_t sent = 0; sent < length && !r->header_only;) {
        size_t piece = length - sent > APR_INT32_MAX / 2 ? APR_INT32_MAX / 2 : length - sent;
        if (ap_rwrite(body + sent, (int)piece, r) < 0)
            return; /* the client has gone */
        sent += piece;
    }
}

void btm_respond_json(btm_call_t *call, int status, const bt_json_t *json)
{
    const char *text = bt_json_dump(json, 0, call->r->pool);
    btm_respond_body(call, status, btm_media_type(BTM_MEDIA_JSON), text);
}

int btm_respond_not_modified(btm_call_t *call, const char *etag)
{
    apr_table_setn(call->r->headers_out, "ETag", etag);
    int result = ap_meets_conditions(call->r);
    if (result == OK)
        return 0;
    call->http_result = result;
    return 1;
}

static const char *retry_after(const btm_call_t *call, bt_code_t code, int status)
{
    if (call->retry_after)
        return call->retry_after;
    if (status == HTTP_SERVICE_UNAVAILABLE)
        return "2";
    if (code == BT_E_NOT_FINISHED)
        return "1";
    return status == HTTP_TOO_MANY_REQUESTS ? "10" : NULL;
}

/* Whether this is the first in its second: an outage is told once a second, not once a request. */
static int is_news(const btm_call_t *call)
{
    apr_uint32_t *last = &btm_server_of(call->r->server)->away_second;
    apr_uint32_t now = (apr_uint32_t)apr_time_sec(apr_time_now());
    return apr_atomic_xchg32(last, now) != now;
}

void btm_respond_log(const btm_call_t *call, const bt_err_t *err)
{
    const char *text = bt_error_text(err, call->r->pool);
    if (err->code == BT_E_DB_AWAY && is_news(call))
        ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, call->r, "BT2101: database away: %s", text);
    else if (err->code != BT_E_DB_AWAY)
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, call->r, "BT2110: %s: %s", bt_code_slug(err->code),
                      text);
}

const char *btm_problem_text(request_rec *r, bt_code_t code, int status, const char *detail)
{
    const char *slug = bt_code_slug(code), *line = ap_get_status_line(status);
    const char *request_id = apr_table_get(r->subprocess_env, "UNIQUE_ID");
    bt_json_t *problem = bt_json_object(r->pool);
    bt_json_set_string(problem, "type", apr_pstrcat(r->pool, "urn:bloodtest:error:", slug, NULL));
    bt_json_set_string(problem, "title", strlen(line) > 4 ? line + 4 : slug);
    bt_json_set_int(problem, "status", status);
    bt_json_set_string(problem, "detail", detail);
    bt_json_set_string(problem, "code", slug);
    if (request_id)
        bt_json_set_string(problem, "request_id", request_id);
    return bt_json_dump(problem, 0, r->pool);
}

void btm_respond_error(btm_call_t *call, const bt_err_t *err)
{
    request_rec *r = call->r;
    int status = call->error_status ? call->error_status : bt_code_http(err->code);
    const char *detail = err->hint ? err->hint : bt_code_public(err->code);
    const char *wait = retry_after(call, err->code, status);
    if (!call->error_status && status >= 500)
        btm_respond_log(call, err);
    apr_table_unset(r->headers_out, "ETag");
    if (wait)
        apr_table_setn(r->err_headers_out, "Retry-After", wait);
    if (call->error_media != BTM_MEDIA_HTML) {
        btm_respond_body(call, status, BTM_PROBLEM_TYPE,
                         btm_problem_text(r, err->code, status, detail));
        return;
    }
    bt_buffer_t *page = btm_page_begin(call, "Not possible");
    bt_buffer_add(page, "<p class=\"error\">");
    bt_buffer_add_html(page, detail);
    bt_buffer_addf(page, "</p>\n<p>Code: <code>%s</code></p>\n", bt_code_slug(err->code));
    btm_page_send(call, status, page);
}
