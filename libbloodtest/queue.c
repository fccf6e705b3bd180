/* SPDX-License-Identifier: Apache-2.0
 * Hints over Redis Streams: what is sent and what the replies must look like.  Every reply is taken
 * as hostile: types and lengths are checked, and only a valid UUID ever becomes a hint.
 */
#include "queue_private.h"

#include <string.h>
#include <hiredis/hiredis.h>
#include <apr_strings.h>
#include "ids.h"
#include "text.h"

#define GROUP        "workers"
#define FIELD        "id"
#define STREAM_LIMIT "100000"

enum {
    MAX_HINTS = 100,   /* one read */
    MAX_ENTRY_ID = 41, /* two 64-bit numbers and a dash */
    MAX_ERROR_TEXT = 160
};
/* Redis ends a BLOCK up to a tenth of a second late. */
static const apr_interval_time_t BLOCK_SLACK = APR_USEC_PER_SEC / 5;

static apr_status_t close_queue(void *baton)
{
    bt_queue_t *queue = baton;
    if (queue->link)
        redisFree(queue->link);
    queue->link = NULL;
    bt_queue_names_tidy();
    return APR_SUCCESS;
}

bt_err_t *bt_queue_create(bt_queue_t **queue, const char *url, apr_interval_time_t timeout,
                          apr_pool_t *pool)
{
    bt_queue_address_t *address = NULL;
    BT_TRY(bt_queue_address_parse(&address, url, pool));
    bt_queue_t *made = apr_pcalloc(pool, sizeof *made);
    apr_pool_cleanup_register(pool, made, close_queue, apr_pool_cleanup_null);
    made->pool = pool;
    made->address = address;
    made->timeout = timeout;
    made->streams[0] = apr_pstrcat(pool, address->prefix, ":hints:stat", NULL);
    made->streams[1] = apr_pstrcat(pool, address->prefix, ":hints:routine", NULL);
    made->epoch_key = apr_pstrcat(pool, address->prefix, ":epoch", NULL);
    *queue = made;
    return NULL;
}

static int is_error(const redisReply *reply, const char *word)
{
    return reply->type == REDIS_REPLY_ERROR && strncmp(reply->str, word, strlen(word)) == 0;
}

/* An error of Redis, or a reply of another type than asked for: the connection is given up for a
 * second. */
static bt_err_t *unexpected(bt_queue_t *queue, const redisReply *reply, apr_pool_t *pool)
{
    const char *what = "a reply of an unexpected form";
    if (reply->type == REDIS_REPLY_ERROR)
        what = bt_text_clean(reply->str, strnlen(reply->str, MAX_ERROR_TEXT), pool);
    bt_queue_break(queue);
    return bt_error(pool, BT_E_QUEUE_AWAY, "Redis at %s: %s", queue->address->shown, what);
}

/* One command whose reply must be of the type. */
static bt_err_t *call(redisReply **reply, bt_queue_t *queue, const bt_command_t *command, int type,
                      apr_pool_t *pool)
{
    BT_TRY(bt_queue_talk(reply, queue, command, 1, 0, pool));
    return (*reply)->type == type ? NULL : unexpected(queue, *reply, pool);
}

bt_err_t *bt_queue_ping(bt_queue_t *queue, apr_pool_t *pool)
{
    redisReply *reply = NULL;
    return call(&reply, queue, &(bt_command_t){1, {"PING"}}, REDIS_REPLY_STATUS, pool);
}

bt_err_t *bt_queue_hint(bt_queue_t *queue, const char *task_id, int priority, apr_pool_t *pool)
{
    if (!bt_uuid_is_valid(task_id))
        return bt_error(pool, BT_E_INTERNAL, "a hint must be a task id");
    const char *stream = queue->streams[priority == 0 ? 0 : 1];
    bt_command_t command = {8, {"XADD", stream, "MAXLEN", "~", STREAM_LIMIT, "*", FIELD, task_id}};
    redisReply *reply = NULL;
    return call(&reply, queue, &command, REDIS_REPLY_STRING, pool);
}

static bt_err_t *create_groups(bt_queue_t *queue, apr_pool_t *pool)
{
    bt_command_t commands[2];
    for (int i = 0; i < 2; i++) {
        commands[i] =
            (bt_command_t){6, {"XGROUP", "CREATE", queue->streams[i], GROUP, "0", "MKSTREAM"}};
    }
    redisReply *replies[2] = {NULL};
    BT_TRY(bt_queue_talk(replies, queue, commands, 2, 0, pool));
    for (int i = 0; i < 2; i++) {
        if (replies[i]->type != REDIS_REPLY_STATUS && !is_error(replies[i], "BUSYGROUP"))
            return unexpected(queue, replies[i], pool);
    }
    return NULL;
}

/* A command on the group; where the group (or stream) is gone it is made again and the command sent
 * once more. */
static bt_err_t *call_group(redisReply **reply, bt_queue_t *queue, const bt_command_t *command,
                            apr_interval_time_t wait, apr_pool_t *pool)
{
    BT_TRY(bt_queue_talk(reply, queue, command, 1, wait, pool));
    if (is_error(*reply, "NOGROUP") || is_error(*reply, "UNBLOCKED")) {
        BT_TRY(create_groups(queue, pool));
        BT_TRY(bt_queue_talk(reply, queue, command, 1, wait, pool));
    }
    return NULL;
}

static int is_entry_id(const redisReply *reply)
{
    if (reply->type != REDIS_REPLY_STRING || reply->len == 0 || reply->len > MAX_ENTRY_ID)
        return 0;
    size_t before = strspn(reply->str, "0123456789");
    if (before == 0 || reply->str[before] != '-')
        return 0;
    size_t after = strspn(reply->str + before + 1, "0123456789");
    return after > 0 && before + 1 + after == reply->len;
}

/* The task id of an entry's fields, or NULL: not one of our hints. */
static const char *fields_task(const redisReply *fields)
{
    if (fields->type != REDIS_REPLY_ARRAY || fields->elements != 2)
        return NULL;
    const redisReply *name = fields->element[0];
    const redisReply *value = fields->element[1];
    if (name->type != REDIS_REPLY_STRING || strcmp(name->str, FIELD) != 0)
        return NULL;
    if (value->type != REDIS_REPLY_STRING || value->len != BT_UUID_LENGTH)
        return NULL;
    return bt_uuid_is_valid(value->str) ? value->str : NULL;
}

typedef struct hints_t {
    bt_hint_t *list;
    int n, limit;
} hints_t;

/* Entries [[id, [field, value]], …] of one stream.  What is no hint of ours is acknowledged, so
 * that it is gone; what is over the limit goes back to the end of its stream. */
static bt_err_t *add_entries(hints_t *hints, bt_queue_t *queue, const redisReply *entries,
                             int priority, apr_pool_t *pool)
{
    if (entries->type != REDIS_REPLY_ARRAY)
        return unexpected(queue, entries, pool);
    for (size_t i = 0; i < entries->elements; i++) {
        const redisReply *entry = entries->element[i];
        if (entry->type != REDIS_REPLY_ARRAY || entry->elements != 2 ||
            !is_entry_id(entry->element[0]))
            return unexpected(queue, entry, pool);
        const char *task = fields_task(entry->element[1]);
        bt_hint_t hint = {task, entry->element[0]->str, priority};
        if (task && hints->n < hints->limit) {
            hints->list[hints->n++] = hint;
            continue;
        }
        if (task)
            BT_TRY(bt_queue_hint(queue, task, priority, pool));
        BT_TRY(bt_queue_ack(queue, &hint, pool));
    }
    return NULL;
}

/* [[stream, entries], …], or nil where nothing came. */
static bt_err_t *add_streams(hints_t *hints, bt_queue_t *queue, const redisReply *reply,
                             apr_pool_t *pool)
{
    if (reply->type == REDIS_REPLY_NIL)
        return NULL;
    if (reply->type != REDIS_REPLY_ARRAY || reply->elements > 2)
        return unexpected(queue, reply, pool);
    for (size_t i = 0; i < reply->elements; i++) {
        const redisReply *stream = reply->element[i];
        if (stream->type != REDIS_REPLY_ARRAY || stream->elements != 2)
            return unexpected(queue, stream, pool);
        const redisReply *name = stream->element[0];
        if (name->type != REDIS_REPLY_STRING)
            return unexpected(queue, name, pool);
        int priority = strcmp(name->str, queue->streams[0]) == 0 ? 0 : 1;
        BT_TRY(add_entries(hints, queue, stream->element[1], priority, pool));
    }
    return NULL;
}

static hints_t start_hints(int limit, apr_pool_t *pool)
{
    hints_t hints = {.limit = limit < 1 ? 1 : limit > MAX_HINTS ? MAX_HINTS : limit};
    hints.list = apr_pcalloc(pool, (size_t)hints.limit * sizeof *hints.list);
    return hints;
}

bt_err_t *bt_queue_read(bt_hint_t **list, int *n, bt_queue_t *queue, const bt_hint_wish_t *wish,
                        apr_pool_t *pool)
{
    *n = 0;
    const char *consumer = wish->consumer;
    apr_interval_time_t wait = wish->wait;
    hints_t hints = start_hints(wish->limit, pool);
    const char *count = apr_itoa(pool, hints.limit);
    const char *first = queue->streams[wish->is_routine_first ? 1 : 0];
    bt_command_t urgent = {
        9, {"XREADGROUP", "GROUP", GROUP, consumer, "COUNT", count, "STREAMS", first, ">"}};
    redisReply *reply = NULL;
    BT_TRY(call_group(&reply, queue, &urgent, 0, pool));
    BT_TRY(add_streams(&hints, queue, reply, pool));
    if (hints.n == 0) {
        /* BLOCK 0 would wait for ever. */
        apr_int64_t ms = wait < APR_USEC_PER_SEC / 1000 ? 1 : apr_time_as_msec(wait);
        const char *block = apr_psprintf(pool, "%" APR_INT64_T_FMT, ms);
        bt_command_t any = {13,
                            {"XREADGROUP", "GROUP", GROUP, consumer, "COUNT", count, "BLOCK", block,
                             "STREAMS", queue->streams[0], queue->streams[1], ">", ">"}};
        BT_TRY(call_group(&reply, queue, &any, wait + BLOCK_SLACK, pool));
        BT_TRY(add_streams(&hints, queue, reply, pool));
    }
    *list = hints.list;
    *n = hints.n;
    return NULL;
}

/* Two commands at once, each reply an integer. */
static bt_err_t *call_pair(long long integers[2], bt_queue_t *queue, const bt_command_t commands[2],
                           apr_pool_t *pool)
{
    redisReply *replies[2] = {NULL};
    BT_TRY(bt_queue_talk(replies, queue, commands, 2, 0, pool));
    for (int i = 0; i < 2; i++) {
        if (is_error(replies[i], "NOGROUP"))
            integers[i] = 0;
        else if (replies[i]->type == REDIS_REPLY_INTEGER)
            integers[i] = replies[i]->integer;
        else
            return unexpected(queue, replies[i], pool);
    }
    return NULL;
}

bt_err_t *bt_queue_ack(bt_queue_t *queue, const bt_hint_t *hint, apr_pool_t *pool)
{
    const char *stream = queue->streams[hint->priority == 0 ? 0 : 1];
    bt_command_t commands[2] = {{4, {"XACK", stream, GROUP, hint->entry}},
                                {3, {"XDEL", stream, hint->entry}}};
    long long counts[2];
    return call_pair(counts, queue, commands, pool);
}

bt_err_t *bt_queue_take_idle(bt_hint_t **list, int *n, bt_queue_t *queue, const char *consumer,
                             apr_interval_time_t idle, apr_pool_t *pool)
{
    *n = 0;
    hints_t hints = start_hints(MAX_HINTS, pool);
    const char *age = apr_psprintf(pool, "%" APR_INT64_T_FMT, apr_time_as_msec(idle));
    for (int priority = 0; priority < 2 && hints.n < hints.limit; priority++) {
        const char *count = apr_itoa(pool, hints.limit - hints.n);
        bt_command_t command = {
            8,
            {"XAUTOCLAIM", queue->streams[priority], GROUP, consumer, age, "0-0", "COUNT", count}};
        redisReply *reply = NULL;
        BT_TRY(call_group(&reply, queue, &command, 0, pool));
        if (reply->type != REDIS_REPLY_ARRAY || reply->elements < 2)
            return unexpected(queue, reply, pool);
        BT_TRY(add_entries(&hints, queue, reply->element[1], priority, pool));
    }
    *list = hints.list;
    *n = hints.n;
    return NULL;
}

bt_err_t *bt_queue_lengths(long long lengths[2], bt_queue_t *queue, apr_pool_t *pool)
{
    bt_command_t commands[2] = {{2, {"XLEN", queue->streams[0]}}, {2, {"XLEN", queue->streams[1]}}};
    return call_pair(lengths, queue, commands, pool);
}

bt_err_t *bt_queue_epoch(int *is_new, bt_queue_t *queue, apr_pool_t *pool)
{
    bt_command_t command = {4, {"SET", queue->epoch_key, bt_uuid_create(pool), "NX"}};
    redisReply *reply = NULL;
    BT_TRY(bt_queue_talk(&reply, queue, &command, 1, 0, pool));
    if (reply->type != REDIS_REPLY_STATUS && reply->type != REDIS_REPLY_NIL)
        return unexpected(queue, reply, pool);
    *is_new = reply->type == REDIS_REPLY_STATUS;
    return NULL;
}

bt_err_t *bt_queue_leave(bt_queue_t *queue, const char *consumer, apr_pool_t *pool)
{
    bt_command_t commands[2];
    for (int i = 0; i < 2; i++) {
        commands[i] =
            (bt_command_t){5, {"XGROUP", "DELCONSUMER", queue->streams[i], GROUP, consumer}};
    }
    redisReply *replies[2] = {NULL};
    BT_TRY(bt_queue_talk(replies, queue, commands, 2, 0, pool));
    for (int i = 0; i < 2; i++) {
        /* A stream that is gone is as good as left. */
        if (replies[i]->type != REDIS_REPLY_INTEGER && replies[i]->type != REDIS_REPLY_ERROR)
            return unexpected(queue, replies[i], pool);
    }
    return NULL;
}
