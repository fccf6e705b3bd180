/* SPDX-License-Identifier: Apache-2.0
 * Host names of Redis and the name servers that know them, or do not, or say nothing: no call
 * waits longer than its timeout.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <apr_general.h>
#include <apr_strings.h>

#include "libbloodtest/queue.h"
#include "name_server.h"

enum { PORT = 6379, ASKERS = 8 };
static const apr_interval_time_t TIMEOUT = APR_USEC_PER_SEC * 6 / 10;
/* Of a machine that does much else; the resolver alone would take four seconds. */
static const apr_interval_time_t SLACK = APR_USEC_PER_SEC;
static const apr_interval_time_t REST = APR_USEC_PER_SEC + APR_USEC_PER_SEC / 20;

static apr_pool_t *pool;
static const char *missing; /* why nothing is tried here */

#define NEED_NETWORK()                                                                             \
    do {                                                                                           \
        (void)state;                                                                               \
        if (missing) {                                                                             \
            print_message("%s\n", missing);                                                        \
            skip();                                                                                \
        }                                                                                          \
    } while (0)

typedef struct redis_t {
    int listener;
    pthread_t thread;
} redis_t;

/* PONG; as a sentinel, the master comes.test; as that one, its role. */
static const char *reply_to(const char *request)
{
    if (strstr(request, "SENTINEL"))
        return "*2\r\n$10\r\ncomes.test\r\n$4\r\n6379\r\n";
    return strstr(request, "ROLE") ? "*1\r\n$6\r\nmaster\r\n" : "+PONG\r\n";
}

static void *serve(void *baton)
{
    int listener = *(int *)baton, peer;
    while ((peer = accept(listener, NULL, NULL)) >= 0) {
        char request[4096];
        ssize_t n;
        while ((n = read(peer, request, sizeof request - 1)) > 0) {
            request[n] = '\0';
            const char *reply = reply_to(request);
            if (write(peer, reply, strlen(reply)) < 0)
                break;
        }
        close(peer);
    }
    return NULL;
}

static int listen_at(const char *address, int backlog)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    inet_pton(AF_INET, address, &place.sin_addr);
    int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    assert_int_equal(bind(listener, (struct sockaddr *)&place, sizeof place), 0);
    assert_int_equal(listen(listener, backlog), 0);
    return listener;
}

static void start_redis(redis_t *redis, const char *address)
{
    redis->listener = listen_at(address, 16);
    assert_int_equal(pthread_create(&redis->thread, NULL, serve, &redis->listener), 0);
}

static void stop_redis(redis_t *redis)
{
    shutdown(redis->listener, SHUT_RDWR);
    pthread_join(redis->thread, NULL);
    close(redis->listener);
}

/* A connection of its own below `connection`. */
static bt_queue_t *queue_to(const char *url, apr_pool_t **connection)
{
    bt_queue_t *queue = NULL;
    apr_pool_create(connection, pool);
    assert_null(bt_queue_create(&queue, url, TIMEOUT, *connection));
    return queue;
}

static bt_err_t *ping_in_time(bt_queue_t *queue)
{
    apr_time_t before = apr_time_now();
    bt_err_t *err = bt_queue_ping(queue, pool);
    assert_true(apr_time_now() - before < TIMEOUT + SLACK);
    return err;
}

static void answers(bt_queue_t *queue)
{
    bt_err_t *err = ping_in_time(queue);
    if (err)
        fail_msg("%s", bt_error_text(err, pool));
}

/* Redis is away, for this reason. */
static void fails(bt_queue_t *queue, const char *reason)
{
    bt_err_t *err = ping_in_time(queue);
    assert_non_null(err);
    assert_int_equal(err->code, BT_E_QUEUE_AWAY);
    if (!strstr(bt_error_text(err, pool), reason))
        fail_msg("not '%s': %s", reason, bt_error_text(err, pool));
}

static void test_an_answer_that_comes(void **state)
{
    NEED_NETWORK();
    redis_t redis;
    apr_pool_t *connection;
    start_redis(&redis, "127.0.0.1");
    answers(queue_to("redis://comes.test", &connection));
    assert_int_equal(times_asked("comes.test"), 1);
    apr_pool_destroy(connection);
    stop_redis(&redis);
}

static void test_numbers_ask_nobody(void **state)
{
    NEED_NETWORK();
    int before = times_asked(NULL);
    redis_t redis;
    apr_pool_t *connection;
    start_redis(&redis, "127.0.0.1");
    answers(queue_to("redis://127.0.0.1", &connection));
    apr_pool_destroy(connection);
    stop_redis(&redis);
    fails(queue_to("redis://[::1]", &connection), "redis://[::1]:6379: ");
    apr_pool_destroy(connection);
    fails(queue_to("unix:/nonexistent/redis.sock", &connection), "No such file");
    apr_pool_destroy(connection);
    assert_int_equal(times_asked(NULL), before);
}

static void test_a_name_server_that_says_nothing(void **state)
{
    NEED_NETWORK();
    apr_pool_t *connection;
    bt_queue_t *queue = queue_to("redis://never.test", &connection);
    fails(queue, "host name never.test: no name server answered in time; check its spelling and "
                 "the name servers of this host (/etc/resolv.conf), or write the address as a ");
    fails(queue, "failed less than a second ago");
    apr_sleep(REST);
    fails(queue, "never.test: no name server answered in time");
    assert_int_equal(times_asked("never.test"), 1);
    apr_pool_destroy(connection);
}

static void test_a_late_answer_is_for_the_next_attempt(void **state)
{
    NEED_NETWORK();
    redis_t redis;
    apr_pool_t *connection;
    start_redis(&redis, "127.0.0.1");
    bt_queue_t *queue = queue_to("redis://late.test", &connection);
    fails(queue, "late.test: no name server answered in time");
    apr_sleep(LATE);
    answers(queue);
    assert_int_equal(times_asked("late.test"), 1);
    apr_pool_destroy(connection);
    stop_redis(&redis);
}

static void test_a_question_outlives_its_connection(void **state)
{
    NEED_NETWORK();
    redis_t redis;
    apr_pool_t *first, *second;
    start_redis(&redis, "127.0.0.1");
    fails(queue_to("redis://later.test", &first), "later.test: no name server answered in time");
    apr_pool_destroy(first);
    apr_sleep(LATE);
    answers(queue_to("redis://later.test", &second));
    assert_int_equal(times_asked("later.test"), 1);
    apr_pool_destroy(second);
    stop_redis(&redis);
}

static void test_a_name_that_does_not_exist(void **state)
{
    NEED_NETWORK();
    apr_pool_t *connection;
    fails(queue_to("redis://unknown.test", &connection),
          "host name unknown.test: Name or service not known; check its spelling");
    apr_pool_destroy(connection);
}

static void test_an_address_that_refuses(void **state)
{
    NEED_NETWORK();
    redis_t redis;
    apr_pool_t *connection;
    start_redis(&redis, "127.0.0.3");
    answers(queue_to("redis://pair.test", &connection));
    apr_pool_destroy(connection);
    answers(queue_to("redis://riap.test", &connection));
    apr_pool_destroy(connection);
    stop_redis(&redis);
    fails(queue_to("redis://pair.test", &connection), "pair.test at 127.0.0.3: Connection refused");
    apr_pool_destroy(connection);
}

/* A listener whose backlog is full drops what comes, as a host that is off does. */
static void test_an_address_that_swallows(void **state)
{
    NEED_NETWORK();
    redis_t redis;
    apr_pool_t *connection;
    struct sockaddr_in full;
    socklen_t size = sizeof full;
    int listener = listen_at("127.0.0.4", 0), waiting[3];
    assert_int_equal(getsockname(listener, (struct sockaddr *)&full, &size), 0);
    for (int i = 0; i < 3; i++) {
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        connect(waiting[i], (struct sockaddr *)&full, size);
    }
    start_redis(&redis, "127.0.0.3");
    answers(queue_to("redis://full.test", &connection));
    apr_pool_destroy(connection);
    stop_redis(&redis);
    for (int i = 0; i < 3; i++)
        close(waiting[i]);
    close(listener);
}

static void test_a_sentinel_nobody_knows_leaves_time_for_others(void **state)
{
    NEED_NETWORK();
    redis_t redis;
    apr_pool_t *connection;
    start_redis(&redis, "127.0.0.1");
    answers(
        queue_to("redis+sentinel://never-sentinel.test:6379,comes.test:6379/main", &connection));
    apr_pool_destroy(connection);
    fails(queue_to("redis+sentinel://never-sentinel.test:6379/main", &connection),
          "never-sentinel.test: no name server answered in time");
    apr_pool_destroy(connection);
    assert_int_equal(times_asked("never-sentinel.test"), 1);
    stop_redis(&redis);
}

typedef struct asker_t {
    pthread_t thread;
    const char *url;
    apr_interval_time_t took;
    int is_away;
} asker_t;

static void *ask_once(void *baton)
{
    asker_t *asker = baton;
    apr_pool_t *own;
    bt_queue_t *queue = NULL;
    apr_pool_create(&own, NULL);
    apr_time_t before = apr_time_now();
    if (!bt_queue_create(&queue, asker->url, TIMEOUT, own))
        asker->is_away = bt_queue_ping(queue, own) != NULL;
    asker->took = apr_time_now() - before;
    apr_pool_destroy(own);
    return NULL;
}

static void test_threads_share_a_question(void **state)
{
    NEED_NETWORK();
    asker_t askers[ASKERS];
    for (int i = 0; i < ASKERS; i++) {
        askers[i] = (asker_t){.url = "redis://never-shared.test"};
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask_once, &askers[i]), 0);
    }
    for (int i = 0; i < ASKERS; i++) {
        pthread_join(askers[i].thread, NULL);
        assert_true(askers[i].is_away);
        assert_true(askers[i].took < TIMEOUT + SLACK);
    }
    assert_int_equal(times_asked("never-shared.test"), 1);
}

/* A sentinel may name another master each time. */
static void test_open_questions_have_a_limit(void **state)
{
    NEED_NETWORK();
    asker_t askers[24];
    apr_pool_t *connection;
    for (int i = 0; i < 24; i++) {
        askers[i] = (asker_t){.url = apr_psprintf(pool, "redis://never-%d.test", i)};
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask_once, &askers[i]), 0);
    }
    for (int i = 0; i < 24; i++)
        pthread_join(askers[i].thread, NULL);
    fails(queue_to("redis://comes.test", &connection), "too many host names are being looked up");
    apr_pool_destroy(connection);
    apr_sleep(RESOLVER_ENDS);
    redis_t redis;
    start_redis(&redis, "127.0.0.1");
    answers(queue_to("redis://comes.test", &connection));
    apr_pool_destroy(connection);
    stop_redis(&redis);
}

/* As httpd does at the end of a child: unload what has asked, while the resolver still waits. */
static int unload_while_asking(void)
{
    bt_err_t *(*create)(bt_queue_t **, const char *, apr_interval_time_t, apr_pool_t *);
    bt_err_t *(*ping)(bt_queue_t *, apr_pool_t *);
    void *module = dlopen(BT_TOP_BUILDDIR "/tests/unit/.libs/unloadable.so", RTLD_NOW | RTLD_LOCAL);
    bt_queue_t *queue = NULL;
    apr_pool_t *own;
    if (!module)
        return 2;
    *(void **)&create = dlsym(module, "bt_queue_create");
    *(void **)&ping = dlsym(module, "bt_queue_ping");
    apr_pool_create(&own, NULL);
    if (!create || !ping || create(&queue, "redis://latest.test", TIMEOUT, own) ||
        !ping(queue, own))
        return 3;
    apr_pool_destroy(own);
    if (dlclose(module))
        return 4;
    apr_sleep(LATE);
    return 0;
}

static void test_the_module_may_be_unloaded_meanwhile(void **state)
{
    NEED_NETWORK();
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        _exit(unload_while_asking());
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(times_asked("latest.test"), 1);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    missing = make_network();
    if (!missing && start_name_server())
        return 1;
    apr_initialize();
    apr_pool_create(&pool, NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_module_may_be_unloaded_meanwhile),
        cmocka_unit_test(test_an_answer_that_comes),
        cmocka_unit_test(test_numbers_ask_nobody),
        cmocka_unit_test(test_a_name_server_that_says_nothing),
        cmocka_unit_test(test_a_late_answer_is_for_the_next_attempt),
        cmocka_unit_test(test_a_question_outlives_its_connection),
        cmocka_unit_test(test_a_name_that_does_not_exist),
        cmocka_unit_test(test_an_address_that_refuses),
        cmocka_unit_test(test_an_address_that_swallows),
        cmocka_unit_test(test_a_sentinel_nobody_knows_leaves_time_for_others),
        cmocka_unit_test(test_threads_share_a_question),
        cmocka_unit_test(test_open_questions_have_a_limit), /* and leaves none open */
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    if (!missing)
        stop_name_server();
    apr_pool_destroy(pool);
    apr_terminate();
    return failed;
}
