/* SPDX-License-Identifier: Apache-2.0
 * Parameters of the query string, decoded as forms encode them: plus for a blank, %XX for a byte.
 */
#include <apr_lib.h>

#include "query.h"
#include "libbloodtest/text.h"

int btm_query_text_is_sound(const char *text)
{
    for (const char *at = text; (at = strchr(at, '%')); at += 3) {
        if (!apr_isxdigit(at[1]) || !apr_isxdigit(at[2]) || (at[1] == '0' && at[2] == '0'))
            return 0;
    }
    return strlen(text) <= BTM_MAX_QUERY_STRING;
}

int btm_query_is_sound(const request_rec *r)
{
    return !r->args || btm_query_text_is_sound(r->args);
}

const char *btm_query_find(const char *text, const char *name, apr_pool_t *pool)
{
    size_t length = strlen(name);
    for (const char *at = text; *at; at += *at ? 1 : 0) {
        size_t end = strcspn(at, "&");
        if (strncmp(at, name, length) == 0 && at[length] == '=') {
            char *value = apr_pstrmemdup(pool, at + length + 1, end - length - 1);
            for (char *c = value; *c; c++) {
                if (*c == '+')
                    *c = ' ';
            }
            if (ap_unescape_url_keep2f(value, 1) != OK)
                return NULL;
            return bt_text_clean(value, strlen(value), pool);
        }
        at += end;
    }
    return NULL;
}

const char *btm_query_get(const request_rec *r, const char *name)
{
    int is_readable = r->args && strlen(r->args) <= BTM_MAX_QUERY_STRING;
    return is_readable ? btm_query_find(r->args, name, r->pool) : NULL;
}
