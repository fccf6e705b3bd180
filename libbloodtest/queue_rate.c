/* SPDX-License-Identifier: Apache-2.0
 * One step of a token bucket in Redis, shared by all hosts.  The whole bucket is one number, the
 * time at which it would be full again, so that one script reads and writes it at once.
 */
#include "queue_private.h"

#include <string.h>
#include <hiredis/hiredis.h>
#include <apr_strings.h>

enum { MAX_KEY_BYTES = 128 };

/* The clock is that of Redis, for hosts differ.  A request that is refused takes nothing. */
static const char script[] =
    "local t = redis.call('TIME')\n"
    "local now = t[1] * 1000000 + t[2]\n"
    "local step, room = tonumber(ARGV[1]), tonumber(ARGV[2])\n"
    "local full = tonumber(redis.call('GET', KEYS[1]) or '0') or 0\n"
    "if full < now or full > now + room then full = now end\n"
    "local debt = full + step - now\n"
    "if debt > room then return room - debt end\n"
    "redis.call('SET', KEYS[1], string.format('%.0f', full + step), 'PX', math.ceil(debt / 1000))\n"
    "return debt\n";

bt_err_t *bt_queue_rate(apr_interval_time_t *debt, bt_queue_t *queue, const char *name,
                        const bt_rate_t *rate, apr_pool_t *pool)
{
    *debt = 0;
    if (strlen(name) > MAX_KEY_BYTES || rate->step <= 0 || rate->room < rate->step)
        return bt_error(pool, BT_E_INTERNAL, "no such bucket");
    const char *key = apr_pstrcat(pool, queue->address->prefix, ":rate:", name, NULL);
    bt_command_t command = {6,
                            {"EVAL", script, "1", key,
                             apr_psprintf(pool, "%" APR_INT64_T_FMT, rate->step),
                             apr_psprintf(pool, "%" APR_INT64_T_FMT, rate->room)}};
    redisReply *reply = NULL;
    BT_TRY(bt_queue_talk(&reply, queue, &command, 1, 0, pool));
    /* A Redis that runs no scripts for us is still good for hints: the link is kept. */
    if (reply->type != REDIS_REPLY_INTEGER || reply->integer > rate->room ||
        reply->integer < -rate->step)
        return bt_error(pool, BT_E_QUEUE_AWAY, "Redis at %s keeps no rates", queue->address->shown);
    *debt = reply->integer;
    return NULL;
}
