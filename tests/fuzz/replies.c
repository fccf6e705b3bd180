/* SPDX-License-Identifier: Apache-2.0
 * A fuzz target for what Redis and its sentinels answer.  The first byte chooses the address, the
 * second the question; each piece between two record separators is sent after one more command.
 */
#include "fuzz.h"

#include <hiredis/hiredis.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <apr_strings.h>
#include "libbloodtest/ids.h"
#include "libbloodtest/queue_private.h"

static bt_err_t *find_itself(bt_queue_hosts_t *hosts, const char *host);
static redisContext *connect_here(void);
static int poll_at_once(struct pollfd *waited, nfds_t n, int ms);
static int write_and_answer(redisContext *link, int *done);
#define bt_queue_names_find(hosts, queue, host, deadline, pool) find_itself(hosts, host)
#define redisConnectUnixWithTimeout(path, limit)                ((void)(limit), connect_here())
#define redisConnectWithTimeout(host, port, limit)              ((void)(limit), connect_here())
#define redisBufferWrite(link, done)                            write_and_answer(link, done)
#define poll(waited, n, ms)                                     poll_at_once(waited, n, ms)
#include "libbloodtest/queue_link.c"
#undef bt_queue_names_find
#undef redisBufferWrite
#undef poll

enum { MAX_SENT = 32 * 1024, MARK = 0x1e, LIMIT = 3 };

static const char *const urls[] = {"unix:/s", "redis://u:p@h:1/3",
                                   "redis+sentinel://u:p@a,b:2/m?sentinel_password=q"};

/* The other end of the connection, and what it has yet to say. */
static struct {
    int peer;
    const char *at, *end;
} server = {.peer = -1};

static void close_peer(void)
{
    if (server.peer >= 0)
        close(server.peer);
    server.peer = -1;
}

/* No name server is asked for what a sentinel names. */
static bt_err_t *find_itself(bt_queue_hosts_t *hosts, const char *host)
{
    *hosts = (bt_queue_hosts_t){.list = {host}, .n = 1};
    return NULL;
}

static redisContext *connect_here(void)
{
    int ends[2];
    close_peer();
    need(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    server.peer = ends[1];
    return redisConnectFd(ends[0]);
}

/* Nobody is waited for: what is there is there. */
static int poll_at_once(struct pollfd *waited, nfds_t n, int ms)
{
    (void)ms;
    return (poll)(waited, n, 0);
}

static int write_and_answer(redisContext *link, int *done)
{
    char asked[4096];
    int status = redisBufferWrite(link, done);
    while (recv(server.peer, asked, sizeof asked, MSG_DONTWAIT) > 0)
        ;
    const char *mark = memchr(server.at, MARK, (size_t)(server.end - server.at));
    size_t length = (size_t)((mark ? mark : server.end) - server.at);
    need(send(server.peer, server.at, length, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)length);
    server.at += length + (mark != NULL);
    return status;
}

void fuzz_start(apr_pool_t *pool)
{
    (void)pool;
}

static bt_err_t *ask_hints(bt_queue_t *queue, int is_idle, apr_pool_t *pool)
{
    const bt_hint_wish_t wish = {.consumer = "c", .limit = LIMIT, .wait = 1000};
    bt_hint_t *hints = NULL;
    int n = 0, most = is_idle ? 100 : LIMIT;
    bt_err_t *err = is_idle ? bt_queue_take_idle(&hints, &n, queue, "c", 1000, pool)
                            : bt_queue_read(&hints, &n, queue, &wish, pool);
    need(n >= 0 && n <= most && (!err || n == 0));
    for (int i = 0; i < n; i++)
        need(bt_uuid_is_valid(hints[i].task_id) && strchr(hints[i].entry, '-') &&
             (hints[i].priority == 0 || hints[i].priority == 1));
    return err;
}

static bt_err_t *ask_rate(bt_queue_t *queue, apr_pool_t *pool)
{
    const bt_rate_t rate = {1000, 60000};
    apr_interval_time_t debt = 0;
    bt_err_t *err = bt_queue_rate(&debt, queue, "name", &rate, pool);
    need(debt <= rate.room && debt >= -rate.step);
    return err;
}

static bt_err_t *ask(bt_queue_t *queue, char question, apr_pool_t *pool)
{
    long long lengths[2];
    int is_new = 0;
    switch (question) {
    case 'p':
        return bt_queue_ping(queue, pool);
    case 'i':
        return ask_hints(queue, 1, pool);
    case 'l':
        return bt_queue_lengths(lengths, queue, pool);
    case 'e':
        return bt_queue_epoch(&is_new, queue, pool);
    case 'q':
        return bt_queue_leave(queue, "c", pool);
    case 't':
        return ask_rate(queue, pool);
    default:
        return ask_hints(queue, 0, pool);
    }
}

void fuzz_try(const char *text, size_t length, apr_pool_t *pool)
{
    bt_queue_t *queue = NULL;
    if (length < 2 || length > MAX_SENT)
        return;
    server.at = text + 2;
    server.end = text + length;
    const char *url = urls[(unsigned char)text[0] % (sizeof urls / sizeof *urls)];
    need(!bt_queue_create(&queue, url, APR_USEC_PER_SEC, pool));
    for (int i = 0; i < 2; i++) {
        queue->rest_until = 0;
        bt_err_t *err = ask(queue, text[1], pool);
        need(!err || err->code == BT_E_QUEUE_AWAY);
        /* Only a server that says it itself is repeated. */
        need(!err || memmem(text, length, "u:p@", 4) || !strstr(bt_error_text(err, pool), "u:p@"));
    }
    close_peer();
}
