/* SPDX-License-Identifier: Apache-2.0
 * The connection to Redis: commands out, replies in, each exchange with one deadline and bounded
 * memory. A Redis that is away, slow or not a Redis at all costs at most the timeout, and then
 * nothing for a second.
 *
 * hiredis writes without MSG_NOSIGNAL: the process must ignore SIGPIPE (httpd does, the worker and
 * the command line do).
 */
#include "queue_private.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <hiredis/hiredis.h>
#include <apr_strings.h>

enum {
    MAX_READS = 256,          /* of 16 KB at most: bounds what one exchange may bring */
    MAX_BUFFER = 1024 * 1024, /* one reply that is not complete yet */
    MAX_ELEMENTS = 4096,      /* of one array in a reply */
    MAX_REASON = 20           /* first word of a refusal */
};
static const apr_interval_time_t REST = APR_USEC_PER_SEC;

#if HIREDIS_MAJOR == 0
typedef int array_size_t;
#else
typedef size_t array_size_t;
#endif

void bt_queue_break(bt_queue_t *queue)
{
    if (queue->link)
        redisFree(queue->link);
    queue->link = NULL;
    queue->rest_until = apr_time_now() + REST;
}

bt_err_t *bt_queue_away(bt_queue_t *queue, apr_pool_t *pool, const char *what)
{
    bt_err_t *err = bt_error(pool, BT_E_QUEUE_AWAY, "Redis at %s: %s", queue->address->shown, what);
    bt_queue_break(queue);
    return err;
}

/* hiredis allocates for as many elements as the other side announces: no more than we ever ask for.
 */
static void *create_array(const redisReadTask *task, array_size_t elements)
{
    const redisReplyObjectFunctions *plain = task->privdata;
    return elements > MAX_ELEMENTS ? NULL : plain->createArray(task, elements);
}

static void guard_reader(redisReader *reader, bt_queue_t *queue)
{
    if (!queue->functions) {
        queue->functions = apr_pmemdup(queue->pool, reader->fn, sizeof *queue->functions);
        queue->functions->createArray = create_array;
    }
    reader->privdata = reader->fn;
    reader->fn = queue->functions;
}

static int remaining_ms(apr_time_t deadline)
{
    apr_interval_time_t left = deadline - apr_time_now();
    return left <= 0 ? 0 : (int)((left + 999) / 1000);
}

/* Whether the link became ready for `events` before the deadline. */
static int link_wait(const redisContext *link, short events, apr_time_t deadline)
{
    struct pollfd waited = {.fd = link->fd, .events = events};
    for (;;) {
        int n = poll(&waited, 1, remaining_ms(deadline));
        if (n >= 0 || errno != EINTR)
            return n > 0;
    }
}

static bt_err_t *flush(bt_queue_t *queue, apr_time_t deadline, apr_pool_t *pool)
{
    for (int done = 0; !done;) {
        if (!link_wait(queue->link, POLLOUT, deadline))
            return bt_queue_away(queue, pool, "did not take the command in time");
        if (redisBufferWrite(queue->link, &done) != REDIS_OK)
            return bt_queue_away(queue, pool, queue->link->errstr);
    }
    return NULL;
}

static apr_status_t free_reply(void *reply)
{
    freeReplyObject(reply);
    return APR_SUCCESS;
}

static bt_err_t *receive(redisReply **reply, bt_queue_t *queue, apr_time_t deadline, int *reads,
                         apr_pool_t *pool)
{
    for (;;) {
        void *read = NULL;
        if (redisGetReplyFromReader(queue->link, &read) != REDIS_OK)
            return bt_queue_away(queue, pool, "sent something that is not a reply we asked for");
        if (read) {
            apr_pool_cleanup_register(pool, read, free_reply, apr_pool_cleanup_null);
            *reply = read;
            return NULL;
        }
        if (++*reads > MAX_READS || queue->link->reader->len > MAX_BUFFER)
            return bt_queue_away(queue, pool, "sent more than a reply can be");
        if (!link_wait(queue->link, POLLIN, deadline))
            return bt_queue_away(queue, pool, "did not answer in time");
        if (redisBufferRead(queue->link) != REDIS_OK)
            return bt_queue_away(queue, pool, queue->link->errstr);
    }
}

bt_err_t *bt_queue_exchange(redisReply **replies, bt_queue_t *queue, const bt_command_t *commands,
                            int n, apr_time_t deadline, apr_pool_t *pool)
{
    for (int i = 0; i < n; i++) {
        const bt_command_t *command = &commands[i];
        if (redisAppendCommandArgv(queue->link, command->argc, (const char **)command->argv, NULL))
            return bt_queue_away(queue, pool, "the command could not be written");
    }
    BT_TRY(flush(queue, deadline, pool));
    int reads = 0;
    for (int i = 0; i < n; i++)
        BT_TRY(receive(&replies[i], queue, deadline, &reads, pool));
    return NULL;
}

/* AUTH and SELECT.  The text of a refusal may repeat the command: only its first word is told. */
static bt_err_t *introduce(bt_queue_t *queue, const bt_queue_login_t *login, apr_time_t deadline,
                           apr_pool_t *pool)
{
    bt_command_t commands[2] = {{0}};
    int n = 0;
    if (login->password && login->user)
        commands[n++] = (bt_command_t){3, {"AUTH", login->user, login->password}};
    else if (login->password)
        commands[n++] = (bt_command_t){2, {"AUTH", login->password}};
    if (login->db > 0)
        commands[n++] = (bt_command_t){2, {"SELECT", apr_itoa(pool, login->db)}};
    redisReply *replies[2] = {NULL};
    BT_TRY(bt_queue_exchange(replies, queue, commands, n, deadline, pool));
    for (int i = 0; i < n; i++) {
        if (replies[i]->type == REDIS_REPLY_STATUS && strcmp(replies[i]->str, "OK") == 0)
            continue;
        const char *reason = replies[i]->type == REDIS_REPLY_ERROR ? replies[i]->str : "?";
        int length = (int)strcspn(reason, " \r\n");
        return bt_queue_away(queue, pool,
                             apr_psprintf(pool, "%s was refused (%.*s)", commands[i].argv[0],
                                          length < MAX_REASON ? length : MAX_REASON, reason));
    }
    return NULL;
}

static struct timeval limit_until(apr_time_t deadline)
{
    int left = remaining_ms(deadline);
    return (struct timeval){.tv_sec = left / 1000, .tv_usec = (suseconds_t)(left % 1000) * 1000};
}

/* queue->link is NULL where it failed, and *why says for what reason. */
static void connect_to(const char **why, bt_queue_t *queue, const bt_queue_place_t *place,
                       const char *address, apr_time_t deadline, apr_pool_t *pool)
{
    if (remaining_ms(deadline) <= 0)
        return;
    struct timeval limit = limit_until(deadline);
    redisContext *link = place->path ? redisConnectUnixWithTimeout(place->path, limit)
                                     : redisConnectWithTimeout(address, place->port, limit);
    if (!link) {
        *why = "no memory for a connection";
    } else if (link->err) {
        *why = place->path || strcmp(address, place->host) == 0
                   ? apr_pstrdup(pool, link->errstr)
                   : apr_psprintf(pool, "%s at %s: %s", place->host, address, link->errstr);
        redisFree(link);
        link = NULL;
    }
    queue->link = link;
}

bt_err_t *bt_queue_open(bt_queue_t *queue, const bt_queue_place_t *place,
                        const bt_queue_login_t *login, apr_time_t deadline, apr_pool_t *pool)
{
    bt_queue_hosts_t hosts = {.n = 1};
    const char *why = "no time was left to connect";
    if (place->host)
        BT_TRY(bt_queue_names_find(&hosts, queue, place->host, deadline, pool));
    for (int i = 0; i < hosts.n && !queue->link; i++) {
        /* Each address gets its share, so that one which swallows what is sent costs not all. */
        apr_time_t now = apr_time_now();
        apr_time_t until = now + (deadline - now) / (hosts.n - i);
        connect_to(&why, queue, place, hosts.list[i], until, pool);
    }
    if (!queue->link)
        return bt_queue_away(queue, pool, why);
    if (redisSetTimeout(queue->link, limit_until(deadline)) != REDIS_OK)
        return bt_queue_away(queue, pool, queue->link->errstr);
    guard_reader(queue->link->reader, queue);
    return introduce(queue, login, deadline, pool);
}

static bt_err_t *link_open(bt_queue_t *queue, apr_time_t deadline, apr_pool_t *pool)
{
    const bt_queue_address_t *address = queue->address;
    return address->master ? bt_queue_open_master(queue, deadline, pool)
                           : bt_queue_open(queue, &address->place, &address->login, deadline, pool);
}

/* Redis says nothing unasked: an idle link with something to read was closed, or is out of step. */
static int is_stale(const redisContext *link)
{
    return link_wait(link, POLLIN, 0);
}

bt_err_t *bt_queue_talk(redisReply **replies, bt_queue_t *queue, const bt_command_t *commands,
                        int n, apr_interval_time_t wait, apr_pool_t *pool)
{
    apr_time_t now = apr_time_now();
    /* The second comparison: a clock that was set back must not make the rest long. */
    if (now < queue->rest_until && queue->rest_until - now <= REST) {
        return bt_error(pool, BT_E_QUEUE_AWAY, "Redis at %s failed less than a second ago",
                        queue->address->shown);
    }
    apr_time_t deadline = now + queue->timeout;
    if (queue->link && is_stale(queue->link)) {
        redisFree(queue->link);
        queue->link = NULL;
    }
    if (!queue->link)
        BT_TRY(link_open(queue, deadline, pool));
    return bt_queue_exchange(replies, queue, commands, n, deadline + wait, pool);
}
