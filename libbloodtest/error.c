/* SPDX-License-Identifier: Apache-2.0
 * Makes errors and knows what each code means to a client, to HTTP and to a retry.  All of it comes
 * from errors.def.
 */
#include "error.h"

#include <stdarg.h>
#include <string.h>
#include <apr_strings.h>
#include "text.h"

static const struct {
    const char *slug;
    int http, retry;
    const char *text;
} codes[] = {
#define BT_ERROR(code, slug, http, retry, text) {slug, http, retry, text},
#include "errors.def"
#undef BT_ERROR
};

static bt_err_t *make(apr_pool_t *pool, bt_code_t code, const char *fmt, va_list args)
{
    bt_err_t *err = apr_pcalloc(pool, sizeof(*err));
    err->code = code;
    err->detail = bt_text_vformat(pool, fmt, args);
    return err;
}

bt_err_t *bt_error(apr_pool_t *pool, bt_code_t code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    bt_err_t *err = make(pool, code, fmt, args);
    va_end(args);
    return err;
}

bt_err_t *bt_error_apr(apr_pool_t *pool, bt_code_t code, apr_status_t status, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    bt_err_t *err = make(pool, code, fmt, args);
    va_end(args);
    char text[200];
    apr_strerror(status, text, sizeof(text));
    err->detail = apr_pstrcat(pool, err->detail, ": ", text, NULL);
    return err;
}

bt_err_t *bt_error_wrap(apr_pool_t *pool, const bt_err_t *cause, bt_code_t code, const char *fmt,
                        ...)
{
    va_list args;
    va_start(args, fmt);
    bt_err_t *err = make(pool, code, fmt, args);
    va_end(args);
    err->cause = cause;
    return err;
}

bt_err_t *bt_error_hint(apr_pool_t *pool, bt_code_t code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    bt_err_t *err = make(pool, code, fmt, args);
    va_end(args);
    err->hint = err->detail;
    return err;
}

const char *bt_error_text(const bt_err_t *err, apr_pool_t *pool)
{
    char *text = apr_pstrdup(pool, "");
    for (const bt_err_t *at = err; at; at = at->cause)
        text = apr_pstrcat(pool, text, at == err ? "" : ": ", at->detail, NULL);
    for (char *c = text; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    }
    return text;
}

const char *bt_code_slug(bt_code_t code)
{
    return codes[code].slug;
}

const char *bt_code_public(bt_code_t code)
{
    return codes[code].text;
}

int bt_code_http(bt_code_t code)
{
    return codes[code].http;
}

int bt_code_is_retryable(bt_code_t code)
{
    return codes[code].retry;
}

bt_code_t bt_code_from_slug(const char *slug)
{
    for (int i = 0; slug && i < BT_E_COUNT; i++) {
        if (!strcmp(codes[i].slug, slug))
            return (bt_code_t)i;
    }
    return BT_E_INTERNAL;
}
