/* SPDX-License-Identifier: Apache-2.0
 * Finds the master that Redis Sentinel has chosen.  Asked for each new connection, so that after a
 * failover the first command that fails leads to the new master.
 */
#include "queue_private.h"

#include <string.h>
#include <hiredis/hiredis.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include "text.h"

enum { MAX_HOST = 255, MAX_PORT = 65535 };

static int is_host(const redisReply *reply)
{
    if (reply->type != REDIS_REPLY_STRING || reply->len == 0 || reply->len > MAX_HOST)
        return 0;
    for (size_t i = 0; i < reply->len; i++) {
        if (!apr_isalnum(reply->str[i]) && !strchr("-_.:%", reply->str[i]))
            return 0;
    }
    return 1;
}

/* [host, port]. */
static int read_place(bt_queue_place_t *place, const redisReply *reply, apr_pool_t *pool)
{
    long long port = 0;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 2 || !is_host(reply->element[0]) ||
        reply->element[1]->type != REDIS_REPLY_STRING ||
        bt_text_to_int64(&port, reply->element[1]->str) || port < 1 || port > MAX_PORT)
        return 0;
    *place =
        (bt_queue_place_t){.host = apr_pstrdup(pool, reply->element[0]->str), .port = (int)port};
    return 1;
}

static bt_err_t *ask(bt_queue_place_t *master, bt_queue_t *queue, const bt_queue_place_t *sentinel,
                     apr_time_t deadline, apr_pool_t *pool)
{
    const bt_queue_address_t *address = queue->address;
    bt_command_t command = {3, {"SENTINEL", "get-master-addr-by-name", address->master}};
    redisReply *reply = NULL;
    BT_TRY(bt_queue_open(queue, sentinel, &address->sentinel_login, deadline, pool));
    BT_TRY(bt_queue_exchange(&reply, queue, &command, 1, deadline, pool));
    int is_known = read_place(master, reply, pool);
    const char *what =
        reply->type == REDIS_REPLY_NIL ? "knows no master of this name" : "did not name a master";
    bt_queue_break(queue);
    return is_known ? NULL
                    : bt_queue_away(queue, pool,
                                    apr_psprintf(pool, "sentinel %s:%d %s", sentinel->host,
                                                 sentinel->port, what));
}

/* The first sentinel that answers; each may take half of the time that is left, and one that did
 * not answer is asked last the next time. */
static bt_err_t *find_master(bt_queue_place_t *master, bt_queue_t *queue, apr_time_t deadline,
                             apr_pool_t *pool)
{
    const bt_queue_address_t *address = queue->address;
    bt_err_t *err = NULL;
    for (int i = 0; i < address->n_sentinels; i++) {
        apr_time_t now = apr_time_now();
        const bt_queue_place_t *sentinel = &address->sentinels[queue->sentinel];
        err = ask(master, queue, sentinel, now + (deadline - now) / 2, pool);
        if (!err)
            return NULL;
        queue->sentinel = (queue->sentinel + 1) % address->n_sentinels;
    }
    return err;
}

bt_err_t *bt_queue_open_master(bt_queue_t *queue, apr_time_t deadline, apr_pool_t *pool)
{
    bt_queue_place_t master = {0};
    bt_command_t command = {1, {"ROLE"}};
    redisReply *reply = NULL;
    BT_TRY(find_master(&master, queue, deadline, pool));
    BT_TRY(bt_queue_open(queue, &master, &queue->address->login, deadline, pool));
    BT_TRY(bt_queue_exchange(&reply, queue, &command, 1, deadline, pool));
    /* In the middle of a failover the sentinels may still name the one that was. */
    const redisReply *role =
        reply->type == REDIS_REPLY_ARRAY && reply->elements > 0 ? reply->element[0] : NULL;
    if (!role || role->type != REDIS_REPLY_STRING || strcmp(role->str, "master") != 0)
        return bt_queue_away(queue, pool,
                             apr_psprintf(pool, "%s:%d, which the sentinels name, is no master",
                                          master.host, master.port));
    queue->rest_until = 0; /* of the sentinels that did not answer */
    return NULL;
}
