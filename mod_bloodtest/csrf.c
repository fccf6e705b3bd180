/* SPDX-License-Identifier: Apache-2.0
 * Forms of browsers and their tokens.  Browsers send logins along by themselves, whatever page the
 * form stood on; programs do not, so they need no token.
 */
#include "cors.h"
#include "csrf.h"
#include "libbloodtest/crypto.h"
#include "libbloodtest/ids.h"
#include "multipart.h"
#include "query.h"

#define TOKEN_HEADER  "X-CSRF-Token"
#define RETAINED_NAME "bloodtest_form_key"
#define MULTIPART     "multipart/form-data"
#define URLENCODED    "application/x-www-form-urlencoded"

enum {
    MAX_FORM = 64 * 1024,
    AGE_HOURS = 12,    /* of a page whose form is taken */
    MAX_AHEAD = 5 * 60 /* seconds: the clocks of hosts differ */
};

/* Kept over graceful restarts, so that pages that are open stay good. */
static const unsigned char *key_of_start(void)
{
    unsigned char *key = ap_retained_data_get(RETAINED_NAME);
    if (!key) {
        key = ap_retained_data_create(RETAINED_NAME, BT_KEY_BYTES);
        bt_key_random(key);
    }
    return key;
}

int btm_csrf_post_config(apr_pool_t *pconf, server_rec *main_server)
{
    bt_keys_t *keys = NULL;
    const char *hex = bt_hex_encode(key_of_start(), BT_KEY_BYTES, pconf);
    bt_err_t *err = bt_keys_parse(&keys, apr_pstrcat(pconf, "start ", hex, NULL), "start", pconf);
    if (err) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, main_server, "BT2007: no key for forms: %s",
                     bt_error_text(err, pconf));
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    for (server_rec *s = main_server; s; s = s->next)
        btm_server_of(s)->form_keys = keys;
    return OK;
}

static const bt_keys_t *keys_of(const btm_call_t *call)
{
    return call->dir->keys ? call->dir->keys : btm_server_of(call->r->server)->form_keys;
}

/* What the digest is of; no login holds an end of line (identity.c). */
static const char *signed_text(const btm_call_t *call, const char *seconds)
{
    return apr_pstrcat(call->r->pool, call->login, "\n", seconds, NULL);
}

void btm_csrf_add_field(bt_buffer_t *page, const btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    const char *seconds =
        apr_psprintf(pool, "%" APR_TIME_T_FMT, apr_time_sec(call->r->request_time));
    bt_buffer_addf(page, "<input type=\"hidden\" name=\"" BTM_CSRF_FIELD "\" value=\"%s.%s\">\n",
                   seconds, bt_token_make(signed_text(call, seconds), keys_of(call), pool));
}

static int is_type(const char *type, const char *wanted)
{
    size_t length = strlen(wanted);
    return type && strcspn(type, "; \t") == length && strncasecmp(type, wanted, length) == 0;
}

/* The encodings that a form can have. */
static int is_form(const char *type)
{
    return is_type(type, MULTIPART) || is_type(type, URLENCODED) || is_type(type, "text/plain");
}

/* Headers that no form can carry: a script of another site has to be allowed to send them. */
static int is_program(const apr_table_t *headers)
{
    const char *login = apr_table_get(headers, "Authorization");
    return apr_table_get(headers, "Idempotency-Key") ||
           apr_table_get(headers, "X-Requested-With") ||
           (login && strncasecmp(login, "Bearer ", 7) == 0);
}

static int needs_token(const btm_call_t *call)
{
    const request_rec *r = call->r;
    const apr_table_t *headers = r->headers_in;
    int is_browser = apr_table_get(headers, "Sec-Fetch-Site") || apr_table_get(headers, "Origin") ||
                     apr_table_get(headers, "Referer");
    return r->method_number == M_POST && is_browser &&
           is_form(apr_table_get(headers, "Content-Type")) && !is_program(headers) &&
           !btm_cors_allows(r, call->dir);
}

static bt_err_t *check_token(const btm_call_t *call, const char *token)
{
    apr_pool_t *pool = call->r->pool;
    const char *point = token ? strchr(token, '.') : NULL;
    const char *seconds = point ? apr_pstrmemdup(pool, token, (apr_size_t)(point - token)) : "";
    long long made = 0;
    if (!point || !call->login ||
        !bt_token_fits(point + 1, signed_text(call, seconds), keys_of(call)) ||
        bt_text_to_int64(&made, seconds) < 0)
        return bt_error(pool, BT_E_FORM_TOKEN, token ? "another token" : "no token");
    const long long now = apr_time_sec(call->r->request_time);
    if (made > now + MAX_AHEAD || made < now - AGE_HOURS * 3600LL)
        return bt_error_hint(pool, BT_E_FORM_TOKEN,
                             "The page with this form is older than %d hours. Please load it again "
                             "and send the form from there.",
                             AGE_HOURS);
    return NULL;
}

bt_err_t *btm_csrf_check_field(const btm_call_t *call, const char *token)
{
    const char *sent = apr_table_get(call->r->headers_in, TOKEN_HEADER);
    return needs_token(call) ? check_token(call, sent ? sent : token) : NULL;
}

static bt_err_t *read_token(const char **token, btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    const char *type = apr_table_get(call->r->headers_in, "Content-Type");
    btm_field_t field = {BTM_CSRF_FIELD, BTM_MAX_TOKEN_BYTES, BT_E_FIELD_INVALID, NULL};
    btm_form_t form = {.fields = &field, .n_fields = 1};
    btm_spool_t *body = NULL;
    size_t length = 0;
    BT_TRY(btm_spool_create(&body, call, 0));
    BT_TRY(btm_spool_body(body, call, MAX_FORM));
    if (is_type(type, MULTIPART)) {
        BT_TRY(btm_multipart_read(&form, body, type, call));
    } else if (is_type(type, URLENCODED)) {
        char *text = apr_palloc(pool, (size_t)btm_spool_size(body) + 1);
        BT_TRY(btm_spool_read(&length, body, text, (size_t)btm_spool_size(body), 0));
        text[length] = '\0';
        field.value = btm_query_find(text, BTM_CSRF_FIELD, pool);
    }
    *token = field.value;
    return NULL;
}

static int is_read_by_handler(const btm_call_t *call)
{
    return (call->route->handle == btm_handle_analyze ||
            call->route->handle == btm_handle_analyze_sync) &&
           is_type(apr_table_get(call->r->headers_in, "Content-Type"), MULTIPART);
}

bt_err_t *btm_csrf_check(btm_call_t *call)
{
    const char *token = apr_table_get(call->r->headers_in, TOKEN_HEADER);
    if (!needs_token(call) || is_read_by_handler(call))
        return NULL;
    if (!token)
        BT_TRY(read_token(&token, call));
    return check_token(call, token);
}
