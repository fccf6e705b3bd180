/* SPDX-License-Identifier: Apache-2.0
 * Who asks, and whether he may: the login that httpd's auth modules found, the expressions for
 * operators and admins, and where a browser says the request comes from.
 */
#ifndef BTM_IDENTITY_H
#define BTM_IDENTITY_H

#include "mod_bloodtest.h"

enum { BTM_MAX_LOGIN_BYTES = 255 };

/** Fill login, is_operator and is_admin of the call, and refuse who may not use its route. */
bt_err_t *btm_identify(btm_call_t *call);

/** Refuse what a page of another site made a browser send (BT_E_FOREIGN_ORIGIN).  Clients that name
 * no origin pass, and origins that BloodtestAllowOrigin names. */
bt_err_t *btm_origin_check(const btm_call_t *call);

/** The owner that `user_id` of a request stands for: the caller's own login where it is NULL or "".
 */
bt_err_t *btm_owner_of(const char **login, const btm_call_t *call, const char *user_id);

#endif
