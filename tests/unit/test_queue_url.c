/* SPDX-License-Identifier: Apache-2.0
 * Addresses of Redis: what is taken, what is refused, and that no message ever repeats a password.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>
#include <apr_general.h>

#include "libbloodtest/queue_private.h"

static apr_pool_t *pool;

static bt_queue_address_t *taken(const char *url)
{
    bt_queue_address_t *address = NULL;
    bt_err_t *err = bt_queue_address_parse(&address, url, pool);
    if (err)
        fail_msg("%s: %s", url, bt_error_text(err, pool));
    return address;
}

static void test_sockets(void **state)
{
    (void)state;
    bt_queue_address_t *address = taken("unix:/run/redis/redis.sock");
    assert_string_equal(address->place.path, "/run/redis/redis.sock");
    assert_null(address->place.host);
    assert_int_equal(address->login.db, 0);
    assert_string_equal(address->prefix, "bloodtest");
    assert_string_equal(address->shown, "unix:/run/redis/redis.sock");
    address = taken("unix:/a%20b?db=7&prefix=lab-1&user=w&password=p%26q");
    assert_string_equal(address->place.path, "/a b");
    assert_int_equal(address->login.db, 7);
    assert_string_equal(address->prefix, "lab-1");
    assert_string_equal(address->login.user, "w");
    assert_string_equal(address->login.password, "p&q");
}

static void test_networks(void **state)
{
    (void)state;
    bt_queue_address_t *address = taken("redis://redis.example");
    assert_string_equal(address->place.host, "redis.example");
    assert_int_equal(address->place.port, 6379);
    assert_null(address->place.path);
    assert_null(address->login.password);
    address = taken("redis://worker:s%3Acr%40t@10.0.0.9:6380/15?prefix=x");
    assert_string_equal(address->login.user, "worker");
    assert_string_equal(address->login.password, "s:cr@t");
    assert_string_equal(address->place.host, "10.0.0.9");
    assert_int_equal(address->place.port, 6380);
    assert_int_equal(address->login.db, 15);
    assert_string_equal(address->shown, "redis://10.0.0.9:6380");
    address = taken("redis://:only@[::1]:7/");
    assert_null(address->login.user);
    assert_string_equal(address->login.password, "only");
    assert_string_equal(address->place.host, "::1");
    assert_string_equal(address->shown, "redis://[::1]:7");
}

static void test_sentinels(void **state)
{
    (void)state;
    bt_queue_address_t *address = taken("redis+sentinel://10.0.0.1,[::1]:7,s3:9/lab-1.main");
    assert_string_equal(address->master, "lab-1.main");
    assert_int_equal(address->n_sentinels, 3);
    assert_string_equal(address->sentinels[0].host, "10.0.0.1");
    assert_int_equal(address->sentinels[0].port, 26379);
    assert_string_equal(address->sentinels[1].host, "::1");
    assert_int_equal(address->sentinels[1].port, 7);
    assert_string_equal(address->shown, "redis+sentinel://10.0.0.1:26379,[::1]:7,s3:9/lab-1.main");
    assert_null(address->place.host);
    address = taken("redis+sentinel://u:p@s/m/3?sentinel_password=q&prefix=x");
    assert_string_equal(address->login.user, "u");
    assert_string_equal(address->login.password, "p");
    assert_int_equal(address->login.db, 3);
    assert_string_equal(address->sentinel_login.password, "q");
    assert_null(address->sentinel_login.user);
}

static void test_refusals(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "",
        "http://h",
        "redis://",
        "redis:///3",
        "redis://h:0",
        "redis://h:65536",
        "redis://h:x",
        "redis://h:+7",
        "redis://h/one",
        "redis://h/1024",
        "redis://h?db=-1",
        "redis://h?prefix=",
        "redis://h?prefix=a b",
        "redis://h?colour=red",
        "redis://h?db",
        "redis://user@h",
        "redis://h?user=u",
        "redis://[::1",
        "redis://[::1]x",
        "redis://a b",
        "unix:relative",
        "unix:",
        "unix:/a%2",
        "unix:/a%00b",
        "unix:/a%0ab",
        "redis://h?prefix=%zz",
        "redis://h?sentinel_password=x",
        "redis+sentinel://h",
        "redis+sentinel://h/",
        "redis+sentinel://h//1",
        "redis+sentinel:///m",
        "redis+sentinel://h,/m",
        "redis+sentinel://h/m m",
        "redis+sentinel://h/m/x",
        "redis+sentinel://h/m?sentinel_user=x",
        "redis+sentinel://1,2,3,4,5,6,7,8,9/m",
    };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        bt_queue_address_t *address = NULL;
        bt_err_t *err = bt_queue_address_parse(&address, urls[i], pool);
        if (!err)
            fail_msg("taken: %s", urls[i]);
        assert_int_equal(err->code, BT_E_CONFIG);
        assert_non_null(err->hint);
    }
}

static void test_long_ones_are_refused(void **state)
{
    (void)state;
    char url[2000];
    memset(url, 'a', sizeof url);
    memcpy(url, "unix:/", 6);
    bt_queue_address_t *address = NULL;
    url[120] = '\0'; /* more than a socket's path holds */
    assert_non_null(bt_queue_address_parse(&address, url, pool));
    url[112] = '\0'; /* as much as it holds */
    assert_null(bt_queue_address_parse(&address, url, pool));
    memset(url, 'a', sizeof url);
    url[sizeof url - 1] = '\0';
    assert_non_null(bt_queue_address_parse(&address, url, pool));
}

static void test_tls_is_refused_with_what_to_do(void **state)
{
    (void)state;
    bt_queue_address_t *address = NULL;
    bt_err_t *err = bt_queue_address_parse(&address, "rediss://u:hushhush@h", pool);
    assert_non_null(err);
    assert_non_null(strstr(err->hint, "stunnel"));
}

static void test_no_message_tells_a_password(void **state)
{
    (void)state;
    static const char *const urls[] = {
        "rediss://u:hushhush@h",
        "redis://u:hushhush@h:99999",
        "redis://hushhush@h",
        "redis://u:hushhush%0a@h",
        "redis://u:hushhush@h?colour=1",
        "unix:/s?password=hushhush&x=hushhush",
        "http://u:hushhush@h",
        "redis://u:hushhush@h/hushhush",
        "redis+sentinel://u:hushhush@h/m?sentinel_password=hushhush&x=1",
        "redis+sentinel://u:hushhush@h",
    };
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        bt_queue_address_t *address = NULL;
        bt_err_t *err = bt_queue_address_parse(&address, urls[i], pool);
        assert_non_null(err);
        assert_null(strstr(bt_error_text(err, pool), "hush"));
    }
    assert_null(strstr(taken("redis://u:hushhush@h")->shown, "hush"));
}

static void test_away_costs_one_timeout_and_rests(void **state)
{
    (void)state;
    bt_queue_t *queue = NULL;
    assert_null(bt_queue_create(&queue, "unix:/nonexistent/redis.sock?password=hushhush",
                                APR_USEC_PER_SEC / 5, pool));
    bt_err_t *err = bt_queue_ping(queue, pool);
    assert_non_null(err);
    assert_int_equal(err->code, BT_E_QUEUE_AWAY);
    assert_null(strstr(bt_error_text(err, pool), "hush"));
    apr_time_t before = apr_time_now();
    assert_non_null(bt_queue_ping(queue, pool));
    assert_true(apr_time_now() - before < APR_USEC_PER_SEC / 10);
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sockets),
        cmocka_unit_test(test_networks),
        cmocka_unit_test(test_sentinels),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_long_ones_are_refused),
        cmocka_unit_test(test_tls_is_refused_with_what_to_do),
        cmocka_unit_test(test_no_message_tells_a_password),
        cmocka_unit_test(test_away_costs_one_timeout_and_rests),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_pool_destroy(pool);
    apr_terminate();
    return failed;
}
