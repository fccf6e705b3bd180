/* SPDX-License-Identifier: Apache-2.0
 * What the files of the queue share: the address, taken apart (queue_url.c), the connection that
 * speaks to it with a deadline (queue_link.c), what its host name means (queue_names.c), and who is
 * asked for it (queue_sentinel.c).  Only these and queue.c see hiredis.
 */
#ifndef BT_QUEUE_PRIVATE_H
#define BT_QUEUE_PRIVATE_H

#include "queue.h"

enum {
    BT_REDIS_PORT = 6379,
    BT_SENTINEL_PORT = 26379,
    BT_MAX_SENTINELS = 8,
    BT_MAX_ADDRESSES = 8, /* of one host name that are tried */
    BT_MAX_MASTER_NAME = 64,
    BT_REDIS_MAX_DB = 1023,
    BT_REDIS_MAX_URL = 1024,
    BT_REDIS_MAX_PREFIX = 64,
    BT_REDIS_MAX_SOCKET = 107, /* bytes of sun_path */
    BT_REDIS_MAX_ARGS = 13
};

/* One end of a connection. */
typedef struct bt_queue_place_t {
    const char *path; /* Unix socket, or NULL */
    const char *host; /* or NULL */
    int port;
} bt_queue_place_t;

typedef struct bt_queue_login_t {
    const char *user, *password; /* or NULL */
    int db;
} bt_queue_login_t;

typedef struct bt_queue_address_t {
    bt_queue_place_t place; /* of Redis; empty where sentinels know it */
    bt_queue_login_t login;
    const char *master; /* its name among the sentinels, or NULL */
    bt_queue_place_t sentinels[BT_MAX_SENTINELS];
    int n_sentinels;
    bt_queue_login_t sentinel_login;
    const char *prefix;
    const char *shown; /* for messages: without user and password */
} bt_queue_address_t;

/** Take the address apart; BT_E_CONFIG says what to write instead, and never repeats a password. */
bt_err_t *bt_queue_address_parse(bt_queue_address_t **address, const char *url, apr_pool_t *pool);

struct redisContext;
struct redisReply;
struct redisReplyObjectFunctions;

struct bt_queue_t {
    apr_pool_t *pool;
    const bt_queue_address_t *address;
    apr_interval_time_t timeout;
    struct redisContext *link;                   /* NULL: not connected */
    struct redisReplyObjectFunctions *functions; /* of the reply reader, with a limit */
    apr_time_t rest_until;                       /* circuit breaker: no attempt before */
    int sentinel;                                /* that is asked first */
    const char *streams[2];                      /* by priority */
    const char *epoch_key;
};

typedef struct bt_command_t {
    int argc;
    const char *argv[BT_REDIS_MAX_ARGS];
} bt_command_t;

/** Send n commands at once and wait, together, at most the timeout and `wait` for their replies,
 * which live as long as `pool`.  A reply may be an error of Redis (its type says so).
 * BT_E_QUEUE_AWAY where there is no answer. */
bt_err_t *bt_queue_talk(struct redisReply **replies, bt_queue_t *queue,
                        const bt_command_t *commands, int n, apr_interval_time_t wait,
                        apr_pool_t *pool);

/** As bt_queue_talk(), on the connection that is open, until the deadline. */
bt_err_t *bt_queue_exchange(struct redisReply **replies, bt_queue_t *queue,
                            const bt_command_t *commands, int n, apr_time_t deadline,
                            apr_pool_t *pool);

/* What a host name means, as numbers, the best first. */
typedef struct bt_queue_hosts_t {
    const char *list[BT_MAX_ADDRESSES];
    int n; /* at least 1 where it was found */
} bt_queue_hosts_t;

/** The addresses of the host: itself where it is a number.  Waits until the deadline less the time
 * to connect; the answer to a question that is older than this call is taken too.  BT_E_QUEUE_AWAY
 * says what to do about the name. */
bt_err_t *bt_queue_names_find(bt_queue_hosts_t *hosts, bt_queue_t *queue, const char *host,
                              apr_time_t deadline, apr_pool_t *pool);

/** Free the answers that nobody came for.  Questions that are still open stay, for the resolver
 * writes to them. */
void bt_queue_names_tidy(void);

/** Connect to the place, by any of its addresses, and log in there. */
bt_err_t *bt_queue_open(bt_queue_t *queue, const bt_queue_place_t *place,
                        const bt_queue_login_t *login, apr_time_t deadline, apr_pool_t *pool);

/** Connect to the master that the sentinels name, and hear from itself that it is one. */
bt_err_t *bt_queue_open_master(bt_queue_t *queue, apr_time_t deadline, apr_pool_t *pool);

/** BT_E_QUEUE_AWAY for this reason, after bt_queue_break(). */
bt_err_t *bt_queue_away(bt_queue_t *queue, apr_pool_t *pool, const char *what);

/** Close the connection and rest for a second: what came cannot be trusted, or nothing came. */
void bt_queue_break(bt_queue_t *queue);

#endif
