/* SPDX-License-Identifier: Apache-2.0
 * Cross-origin requests.  Origins are compared whole, and only the one that asks is named in an
 * answer: never all, never those of others.
 */
#include "cors.h"
#include "libbloodtest/text.h"

/* What scripts may send beside what needs no question, and what they may read. */
#define REQUEST_HEADERS                                                                            \
    "Authorization, Bloodtest-Fields, Content-Type, Idempotency-Key, If-None-Match, Prefer, "      \
    "X-Requested-With"
#define ANSWER_HEADERS                                                                             \
    "Allow, Content-Disposition, ETag, Link, Location, Preference-Applied, RateLimit-Limit, "      \
    "RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id"

enum { MAX_PORT = 65535 };

/* ":8443": a number without leading zeros, and not the one that is left out. */
static int is_port(const char *text, int usual)
{
    long long port = 0;
    return text[0] == ':' && text[1] >= '1' && text[1] <= '9' &&
           bt_text_to_int64(&port, text + 1) == 0 && port <= MAX_PORT && port != usual;
}

/* The length of "name", "192.0.2.1" or "[2001:db8::1]"; 0 where there is none. */
static size_t host_length(const char *text)
{
    if (*text == '[') {
        size_t inside = strspn(text + 1, "0123456789abcdefABCDEF:.");
        return inside && text[1 + inside] == ']' ? inside + 2 : 0;
    }
    return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");
}

int btm_cors_is_origin(const char *text)
{
    int is_https = strncasecmp(text, "https://", 8) == 0;
    if (!is_https && strncasecmp(text, "http://", 7) != 0)
        return 0;
    text += is_https ? 8 : 7;
    size_t length = host_length(text);
    return length && (!text[length] || is_port(text + length, is_https ? 443 : 80));
}

int btm_cors_allows(const request_rec *r, const btm_dir_t *dir)
{
    const char *origin = apr_table_get(r->headers_in, "Origin");
    for (int i = 0; origin && dir->allow_origins && i < dir->allow_origins->nelts; i++) {
        if (strcasecmp(origin, APR_ARRAY_IDX(dir->allow_origins, i, const char *)) == 0)
            return 1;
    }
    return 0;
}

void btm_cors_headers(const btm_call_t *call)
{
    request_rec *r = call->r;
    apr_table_t *headers = r->err_headers_out;
    if (!call->dir->allow_origins)
        return;
    const char *vary = apr_table_get(headers, "Vary");
    if (!vary || !strstr(vary, "Origin"))
        apr_table_mergen(headers, "Vary", "Origin");
    if (!btm_cors_allows(r, call->dir))
        return;
    apr_table_setn(headers, "Access-Control-Allow-Origin", apr_table_get(r->headers_in, "Origin"));
    apr_table_setn(headers, "Access-Control-Allow-Credentials", "true");
    apr_table_setn(headers, "Access-Control-Expose-Headers", ANSWER_HEADERS);
}

static int is_preflight(const request_rec *r, const btm_dir_t *dir)
{
    return r->method_number == M_OPTIONS &&
           apr_table_get(r->headers_in, "Access-Control-Request-Method") && btm_cors_allows(r, dir);
}

void btm_cors_preflight(const btm_call_t *call, const char *allow)
{
    apr_table_t *headers = call->r->err_headers_out;
    if (!is_preflight(call->r, call->dir))
        return;
    apr_table_setn(headers, "Access-Control-Allow-Methods", allow);
    apr_table_setn(headers, "Access-Control-Allow-Headers", REQUEST_HEADERS);
    apr_table_setn(headers, "Access-Control-Max-Age", "600");
}

int btm_cors_check_access(request_rec *r)
{
    const btm_dir_t *dir = ap_get_module_config(r->per_dir_config, &bloodtest_module);
    return dir && dir->is_enabled && is_preflight(r, dir) ? OK : DECLINED;
}
