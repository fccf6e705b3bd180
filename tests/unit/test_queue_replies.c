/* SPDX-License-Identifier: Apache-2.0
 * A server that is no good Redis: whatever it answers, the queue says that Redis is away, within
 * its timeout and without taking what it sent for a hint.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <apr_general.h>
#include <apr_strings.h>

#include "libbloodtest/queue.h"

#define UUID "0b6c9f0e-5a3d-4a52-9a3e-0d6a4f3c2b1a"
static const apr_interval_time_t TIMEOUT = APR_USEC_PER_SEC / 5;

static apr_pool_t *pool;
static char folder[] = "/tmp/btqXXXXXX";

typedef struct server_t {
    int listener;
    const char *answers[4]; /* one for each request; NULL closes */
} server_t;

/* One connection; each request gets the next answer, whatever it asked. */
static void *serve(void *baton)
{
    server_t *server = baton;
    int peer = accept(server->listener, NULL, NULL);
    char request[4096];
    for (int i = 0; i < 4 && server->answers[i]; i++) {
        if (read(peer, request, sizeof request) <= 0)
            break;
        if (write(peer, server->answers[i], strlen(server->answers[i])) < 0)
            break;
    }
    while (!server->answers[0] && read(peer, request, sizeof request) > 0)
        ; /* silent until the other side gives up */
    close(peer);
    return NULL;
}

/* Ask a server with these answers for hints. */
static bt_err_t *ask(int *n, bt_hint_t **hints, server_t *server)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    apr_snprintf(address.sun_path, sizeof address.sun_path, "%s/s", folder);
    unlink(address.sun_path);
    server->listener = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->listener, 1), 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, serve, server), 0);
    apr_pool_t *connection = NULL;
    apr_pool_create(&connection, pool);
    bt_queue_t *queue = NULL;
    assert_null(bt_queue_create(&queue, apr_psprintf(pool, "unix:%s", address.sun_path), TIMEOUT,
                                connection));
    const bt_hint_wish_t wish = {.consumer = "c", .limit = 2, .wait = TIMEOUT};
    bt_err_t *err = bt_queue_read(hints, n, queue, &wish, pool);
    apr_pool_destroy(connection);
    pthread_join(thread, NULL);
    close(server->listener);
    return err;
}

static void refused(const char *first, const char *second)
{
    server_t server = {.answers = {first, second}};
    bt_hint_t *hints = NULL;
    int n = 0;
    apr_time_t before = apr_time_now();
    bt_err_t *err = ask(&n, &hints, &server);
    if (!err)
        fail_msg("taken: %s", first ? first : "(silence)");
    assert_int_equal(err->code, BT_E_QUEUE_AWAY);
    assert_int_equal(n, 0);
    assert_true(apr_time_now() - before < 2 * APR_USEC_PER_SEC);
}

#define ENTRY(id, task) "*2\r\n" id "*2\r\n$2\r\nid\r\n" task
#define STREAM(entries) "*1\r\n*2\r\n$20\r\nbloodtest:hints:stat\r\n*1\r\n" entries
#define GOOD_ID         "$3\r\n1-1\r\n"
#define GOOD_TASK       "$36\r\n" UUID "\r\n"

static void test_a_good_reply_is_taken(void **state)
{
    (void)state;
    server_t server = {.answers = {STREAM(ENTRY(GOOD_ID, GOOD_TASK))}};
    bt_hint_t *hints = NULL;
    int n = 0;
    bt_err_t *err = ask(&n, &hints, &server);
    if (err)
        fail_msg("%s", bt_error_text(err, pool));
    assert_int_equal(n, 1);
    assert_string_equal(hints[0].task_id, UUID);
    assert_string_equal(hints[0].entry, "1-1");
    assert_int_equal(hints[0].priority, 0);
}

static void test_other_types_are_refused(void **state)
{
    (void)state;
    refused("+OK\r\n", NULL);
    refused(":7\r\n", NULL);
    refused("-ERR no\r\n", NULL);
    refused("$5\r\nhello\r\n", NULL);
    refused("*1\r\n+x\r\n", NULL);
    refused("*1\r\n*2\r\n:1\r\n*0\r\n", NULL);
    refused("*1\r\n*2\r\n$1\r\ns\r\n$-1\r\n", NULL);
    refused("*1\r\n*3\r\n$1\r\ns\r\n*0\r\n*0\r\n", NULL);
    refused("*3\r\n*-1\r\n*-1\r\n*-1\r\n", NULL);
    refused(STREAM("*0\r\n"), NULL);
    refused(STREAM("*2\r\n:1\r\n*0\r\n"), NULL);
}

static void test_other_entry_ids_are_refused(void **state)
{
    (void)state;
    refused(STREAM(ENTRY("$2\r\n1-\r\n", GOOD_TASK)), NULL);
    refused(STREAM(ENTRY("$3\r\n1 1\r\n", GOOD_TASK)), NULL);
    refused(STREAM(ENTRY("$5\r\n1-1\r\n\r\n", GOOD_TASK)), NULL);
    refused(STREAM(ENTRY("$45\r\n1-1111111111111111111111111111111111111111111\r\n", GOOD_TASK)),
            NULL);
}

static void test_other_tasks_are_dropped(void **state)
{
    (void)state;
    static const char *const entries[] = {
        STREAM(ENTRY(GOOD_ID, "$4\r\nevil\r\n")),
        STREAM(ENTRY(GOOD_ID, "$-1\r\n")),
        STREAM("*2\r\n" GOOD_ID "*-1\r\n"),
    };
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        /* acknowledged, then nothing more */
        server_t server = {.answers = {entries[i], ":1\r\n:1\r\n", "*-1\r\n"}};
        bt_hint_t *hints = NULL;
        int n = 7;
        bt_err_t *err = ask(&n, &hints, &server);
        if (err)
            fail_msg("%s", bt_error_text(err, pool));
        assert_int_equal(n, 0);
    }
}

static void test_floods_and_silence_end(void **state)
{
    (void)state;
    refused("*2147483647\r\n", NULL); /* would be gigabytes */
    refused("*5000\r\n", NULL);
    refused("$536870912\r\nx", NULL);
    refused("HTTP/1.1 400 Bad Request\r\n\r\n", NULL);
    refused("*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n", NULL);
    refused("*1\r\n", NULL); /* and then it closes */
    refused(NULL, NULL);     /* accepts, says nothing */
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    apr_initialize();
    apr_pool_create(&pool, NULL);
    if (!mkdtemp(folder))
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_good_reply_is_taken),
        cmocka_unit_test(test_other_types_are_refused),
        cmocka_unit_test(test_other_entry_ids_are_refused),
        cmocka_unit_test(test_other_tasks_are_dropped),
        cmocka_unit_test(test_floods_and_silence_end),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(apr_psprintf(pool, "%s/s", folder));
    rmdir(folder);
    apr_pool_destroy(pool);
    apr_terminate();
    return failed;
}
