/* SPDX-License-Identifier: Apache-2.0
 * The token that pages carry in their forms, and the check that a form which a browser sends came
 * from such a page.
 *
 * Nothing is kept: a token is the time of its page and a keyed digest of login and time, and good
 * for 12 hours.  Where BloodtestKeyFile is set, its key
 * is that of the file, so that every host takes the pages of all; otherwise one that a server makes
 * at random when it starts, and shares with its children.
 */
#ifndef BTM_CSRF_H
#define BTM_CSRF_H

#include "mod_bloodtest.h"
#include "libbloodtest/text.h"

#define BTM_CSRF_FIELD "csrf_token"
enum { BTM_MAX_TOKEN_BYTES = 128 };

/** The post_config step: the key of a server without a key file. */
int btm_csrf_post_config(apr_pool_t *pconf, server_rec *main_server);

/** The field to write into a form. */
void btm_csrf_add_field(bt_buffer_t *page, const btm_call_t *call);

/** Refuse a form of a browser without the token of its user (BT_E_FORM_TOKEN).  What carries a
 * file is read by its handler, which asks btm_csrf_check_field() then; any other body is read here,
 * for no handler takes it. */
bt_err_t *btm_csrf_check(btm_call_t *call);

/** The check of a form that a handler has read; `token` may be NULL. */
bt_err_t *btm_csrf_check_field(const btm_call_t *call, const char *token);

#endif
