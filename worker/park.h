/* SPDX-License-Identifier: Apache-2.0
 * Where analyses wait for the language model: each in a small thread of its own, with a slot on the
 * board, so that the job threads go on reading and leases go on being extended.  All of them end
 * over one connection to the database, one after the other.
 */
#ifndef BTW_PARK_H
#define BTW_PARK_H

#include "worker.h"

/** Room for `places` analyses, whose slots begin at `first_slot`. */
btw_park_t *btw_park_create(btw_worker_t *worker, int first_slot, int places, apr_pool_t *pool);

/* Body of an analysis that waits: everything is its own, and copied. */
typedef void btw_park_fn(btw_worker_t *worker, int slot, const bt_job_t *job, const char *rules,
                         apr_pool_t *pool);

/** Go on with this job in a thread of its own.  Waits while there is no room, until should_stop
 * says yes.  0, or -1 where it cannot be had: the caller goes on with it itself. */
int btw_park(btw_park_t *park, btw_park_fn *body, const bt_job_t *job, const char *rules,
             int (*should_stop)(void *), void *baton);

/** The connection that they share, for the time until it is given back. */
btw_link_t *btw_park_link(btw_park_t *park);
void btw_park_give(btw_park_t *park);

#endif
