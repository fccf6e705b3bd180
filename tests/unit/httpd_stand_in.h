/* SPDX-License-Identifier: Apache-2.0
 * What files of the module that are tested alone need of httpd and of the rest of the module.
 */
#ifndef BT_TEST_HTTPD_STAND_IN_H
#define BT_TEST_HTTPD_STAND_IN_H

#include <stdlib.h>
#include <apr_lib.h>
#include "mod_bloodtest/mod_bloodtest.h"

module AP_MODULE_DECLARE_DATA bloodtest_module; /* the header refers to it */

/* The handlers are not linked. */
#define BTM_ROUTE(method, path, handler, may, media)                                               \
    bt_err_t *btm_handle_##handler(struct btm_call_t *call)                                        \
    {                                                                                              \
        (void)call;                                                                                \
        return NULL;                                                                               \
    }
#include "mod_bloodtest/routes.def"
#undef BTM_ROUTE

/* httpd's, as far as query.c needs it: %XX to a byte, no NUL. */
int ap_unescape_url_keep2f(char *url, int decode_slashes)
{
    char *to = url;
    (void)decode_slashes;
    for (const char *from = url; *from; from++, to++) {
        *to = *from;
        if (*from != '%')
            continue;
        if (!apr_isxdigit(from[1]) || !apr_isxdigit(from[2]))
            return HTTP_BAD_REQUEST;
        const char digits[] = {from[1], from[2], '\0'};
        *to = (char)strtol(digits, NULL, 16);
        if (!*to)
            return HTTP_BAD_REQUEST;
        from += 2;
    }
    *to = '\0';
    return OK;
}

#endif
