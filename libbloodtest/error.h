/* SPDX-License-Identifier: Apache-2.0
 * Errors: every call that can fail returns bt_err_t *, NULL for success.  An error has a code out
 * of errors.def, a private detail for the log, and maybe a cause; a client sees only the slug and
 * public text of the code.
 */
#ifndef BT_ERROR_H
#define BT_ERROR_H

#include <apr_pools.h>
#include <apr_errno.h>

typedef enum {
#define BT_ERROR(code, slug, http, retry, text) BT_E_##code,
#include "errors.def"
#undef BT_ERROR
    BT_E_COUNT
} bt_code_t;

typedef struct bt_err_t {
    bt_code_t code;
    const char
        *detail;      /* for the log only: may name files, statements, hosts; never patient data */
    const char *hint; /* NULL, or a sentence a client may read in place of the code's public text */
    const struct bt_err_t *cause; /* NULL, or what it comes from */
} bt_err_t;

/** An error that lives as long as `pool`.  The detail is formatted as by printf. */
bt_err_t *bt_error(apr_pool_t *pool, bt_code_t code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/** The same with the text of an APR status behind the detail. */
bt_err_t *bt_error_apr(apr_pool_t *pool, bt_code_t code, apr_status_t status, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/** `cause` under a code and detail of this level. */
bt_err_t *bt_error_wrap(apr_pool_t *pool, const bt_err_t *cause, bt_code_t code, const char *fmt,
                        ...) __attribute__((format(printf, 4, 5)));

/** An error whose text a client may read (hint == detail). */
bt_err_t *bt_error_hint(apr_pool_t *pool, bt_code_t code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/** Details of the error and its causes, "outer: inner: …", in `pool`; control characters replaced.
 */
const char *bt_error_text(const bt_err_t *err, apr_pool_t *pool);

const char *bt_code_slug(bt_code_t code);
const char *bt_code_public(bt_code_t code);
int bt_code_http(bt_code_t code);              /* the one map to HTTP */
int bt_code_is_retryable(bt_code_t code);      /* the one map to retry */
bt_code_t bt_code_from_slug(const char *slug); /* BT_E_INTERNAL where unknown */

/** Leave the function with the error of `expr`, if there is one. */
#define BT_TRY(expr)                                                                               \
    do {                                                                                           \
        bt_err_t *bt_try_err = (expr);                                                             \
        if (bt_try_err)                                                                            \
            return bt_try_err;                                                                     \
    } while (0)

#endif
