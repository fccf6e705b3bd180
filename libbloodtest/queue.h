/* SPDX-License-Identifier: Apache-2.0
 * Hints over Redis Streams: ids only, nothing of a patient.  A hint that is lost, doubled or stale
 * costs time, never a job: the SQL row is the job (store.h).
 *
 * Streams `{prefix}:hints:stat` and `{prefix}:hints:routine`, one consumer group `workers`.  The
 * key `{prefix}:epoch` is set once; where it is gone, Redis was emptied and the sweep sends all
 * hints again. One bt_queue_t is one connection, for one thread at a time.  Calls never wait longer
 * than `timeout`, not for a name server either; after a failure the next calls fail at once for a
 * second (circuit breaker), then one tries to connect again.  A process that forks after its first
 * call makes none in the child: what looks up host names did not come along.
 */
#ifndef BT_QUEUE_H
#define BT_QUEUE_H

#include <apr_pools.h>
#include <apr_time.h>
#include "error.h"

typedef struct bt_queue_t bt_queue_t;

typedef struct bt_hint_t {
    const char *task_id;
    const char *entry; /* id of the stream entry, for bt_queue_ack */
    int priority;      /* 0 stat, 1 routine */
} bt_hint_t;

/** Check the address: unix:/path/redis.sock[?db=N&prefix=P],
 * redis://[user:password@]host[:port][/db], or
 * redis+sentinel://[user:password@]host[:port][,host[:port]…]/MASTER[/db], where login and db are
 * those of Redis and the options sentinel_user and sentinel_password those of its sentinels.
 * rediss:// is refused with what to do instead.  Does
 * not connect.  Closed with `pool`. */
bt_err_t *bt_queue_create(bt_queue_t **queue, const char *url, apr_interval_time_t timeout,
                          apr_pool_t *pool);

/** PING. */
bt_err_t *bt_queue_ping(bt_queue_t *queue, apr_pool_t *pool);
/** XADD of the id. */
bt_err_t *bt_queue_hint(bt_queue_t *queue, const char *task_id, int priority, apr_pool_t *pool);
/* What to read: hints for this consumer, up to `limit`, waiting at most `wait` for the first. */
typedef struct bt_hint_wish_t {
    const char *consumer;
    int limit;
    apr_interval_time_t wait;
    int is_routine_first; /* now and then, so that a steady stream of stat starves nobody */
} bt_hint_wish_t;

/** Read hints, stat before routine unless the wish says otherwise.  *n may be 0. */
bt_err_t *bt_queue_read(bt_hint_t **hints, int *n, bt_queue_t *queue, const bt_hint_wish_t *wish,
                        apr_pool_t *pool);
/** XACK and XDEL. */
bt_err_t *bt_queue_ack(bt_queue_t *queue, const bt_hint_t *hint, apr_pool_t *pool);
/** Take over hints that a consumer read more than `idle` ago and never acknowledged (XAUTOCLAIM),
 * to drop or use them. */
bt_err_t *bt_queue_take_idle(bt_hint_t **hints, int *n, bt_queue_t *queue, const char *consumer,
                             apr_interval_time_t idle, apr_pool_t *pool);
/** Entries waiting in each stream, by priority. */
bt_err_t *bt_queue_lengths(long long lengths[2], bt_queue_t *queue, apr_pool_t *pool);
/** Whether Redis kept its data since the last call: *is_new is 1 where the epoch key had to be set.
 */
bt_err_t *bt_queue_epoch(int *is_new, bt_queue_t *queue, apr_pool_t *pool);
/* A token bucket: `room` microseconds of credit, of which each request takes `step`. */
typedef struct bt_rate_t {
    apr_interval_time_t step, room;
} bt_rate_t;

/** Take one step from the bucket of this name (no login or address in clear).  *debt: positive,
 * what is taken until now; negative, the request is refused and this is how long to wait. */
bt_err_t *bt_queue_rate(apr_interval_time_t *debt, bt_queue_t *queue, const char *name,
                        const bt_rate_t *rate, apr_pool_t *pool);
/** Forget the consumer (graceful stop). */
bt_err_t *bt_queue_leave(bt_queue_t *queue, const char *consumer, apr_pool_t *pool);

#endif
