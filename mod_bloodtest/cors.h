/* SPDX-License-Identifier: Apache-2.0
 * Pages of other sites that may use the service (BloodtestAllowOrigin): which they are, what their
 * browsers ask before, and the headers that let them read the answers.
 *
 * A browser asks without a login first (the preflight: OPTIONS with Origin and
 * Access-Control-Request-Method), so that question is answered before httpd asks for one; it tells
 * nothing but which methods an address has.  Everything else needs the login as ever.
 */
#ifndef BTM_CORS_H
#define BTM_CORS_H

#include "mod_bloodtest.h"

/** Whether this is an origin as browsers write it: http or https, a host, a port where it is not
 * the usual one, and nothing behind. */
int btm_cors_is_origin(const char *text);

/** Whether the request comes from a page of an origin that is allowed. */
int btm_cors_allows(const request_rec *r, const btm_dir_t *dir);

/** Headers of every answer: Vary wherever origins are allowed, the rest for those that are. */
void btm_cors_headers(const btm_call_t *call);

/** Further headers of the answer to a preflight of an origin that is allowed; `allow` are the
 * methods of the address. */
void btm_cors_preflight(const btm_call_t *call, const char *allow);

/** The access_checker_ex hook: a preflight needs no login. */
int btm_cors_check_access(request_rec *r);

#endif
