/* SPDX-License-Identifier: Apache-2.0
 * Takes an SQL script apart into its statements, so that each can be sent alone and the one that
 * fails can be named.  Pure text: no database is asked.
 */
#ifndef BT_SCRIPT_H
#define BT_SCRIPT_H

#include "error.h"

typedef struct bt_statement_t {
    const char *text; /* without its semicolon, without comments before it */
    int number;       /* from 1 */
    int line;         /* of the script, from 1, where it begins */
} bt_statement_t;

typedef struct bt_script_t {
    const char *at; /* what is left; the rest is the state of the splitting */
    int line, number;
} bt_script_t;

/** The next statement; its text is NULL at the end.  Quotes, comments, dollar quotes and the body
 * of a CREATE TRIGGER (BEGIN … END, with CASE … END in it) may hold semicolons.  BT_E_INTERNAL:
 * something is opened and never closed. */
bt_err_t *bt_script_next(bt_statement_t *statement, bt_script_t *script, apr_pool_t *pool);

#endif
