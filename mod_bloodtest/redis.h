/* SPDX-License-Identifier: Apache-2.0
 * Hints to workers: a small pool of connections for each Redis address of the configuration, in
 * each child.
 */
#ifndef BTM_REDIS_H
#define BTM_REDIS_H

#include <httpd.h>
#include "libbloodtest/error.h"
#include "libbloodtest/queue.h"

typedef struct btm_redis_t btm_redis_t;

/** The entry for this address, made and checked where it is new (BT_E_CONFIG).  While the
 * configuration is read. */
bt_err_t *btm_redis_register(btm_redis_t **redis, const char *url, apr_pool_t *pconf);

/** Make the pools of this child, which connect when they are used. */
void btm_redis_child_init(server_rec *s, apr_pool_t *pchild);

/** Send the id of a job.  BT_E_QUEUE_AWAY: the caller has the next sweep send it. */
bt_err_t *btm_redis_hint(btm_redis_t *redis, const char *task_id, int priority, apr_pool_t *pool);

/** Whether Redis answers, and how many hints wait. */
bt_err_t *btm_redis_length(long long *length, btm_redis_t *redis, apr_pool_t *pool);

/** bt_queue_rate() over one of the connections. */
bt_err_t *btm_redis_rate(apr_interval_time_t *debt, btm_redis_t *redis, const char *name,
                         const bt_rate_t *rate, apr_pool_t *pool);

#endif
