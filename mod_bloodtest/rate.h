/* SPDX-License-Identifier: Apache-2.0
 * How often somebody may ask (BloodtestRateLimit), and how many reports he may send at a time
 * (BloodtestMaxUploads).  Rates are kept in Redis for all hosts; while it is away, each host keeps
 * its own in shared memory.
 */
#ifndef BTM_RATE_H
#define BTM_RATE_H

#include "mod_bloodtest.h"

/** Make the shared memory of this host.  In post_config; an httpd status. */
int btm_rate_post_config(apr_pool_t *pconf, server_rec *s);

/** The access_checker hook: the address, before any login is looked at, so that guessing passwords
 * is limited too. */
int btm_rate_check_address(request_rec *r);

/** BT_E_RATE_LIMITED where the caller has asked too often. */
bt_err_t *btm_rate_check_user(btm_call_t *call);

/** Count an upload of the caller until the request ends; BT_E_RATE_LIMITED where as many as may are
 * under way on this host. */
bt_err_t *btm_rate_begin_upload(btm_call_t *call);

/** "none", "600", or "user=600,address=1200,prefix=64" (rate_read.c); -1: none of these. */
int btm_rate_read(btm_rates_t *rates, const char *text, apr_pool_t *pool);

/** What of an address one caller has for himself: a network of IPv6 ("2001:db8:0:1::/64"), or the
 * whole address, which is that of IPv4 also where it comes as "::ffff:192.0.2.1".  Of link-local
 * addresses all hosts of a wire share the network, so they are taken whole. */
const char *btm_rate_network(const char *address, int prefix, apr_pool_t *pool);

#endif
