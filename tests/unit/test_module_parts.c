/* SPDX-License-Identifier: Apache-2.0
 * Where the parts of a multipart body begin and end, over bodies held in memory: line ends of both
 * kinds, boundaries that only look like one, windows that end within a boundary, and bodies made to
 * cost much.  The file under test is included: it belongs to the module, not to a library.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "mod_bloodtest/parts.c"

module AP_MODULE_DECLARE_DATA bloodtest_module; /* the header refers to it */

/* A spool as the parser sees it. */
struct btm_spool_t {
    const char *bytes;
    size_t length;
};

static apr_pool_t *pool;

bt_err_t *btm_spool_read(size_t *length, const btm_spool_t *spool, char *bytes, size_t room,
                         apr_off_t offset)
{
    assert_true(offset >= 0);
    size_t from = (size_t)offset < spool->length ? (size_t)offset : spool->length;
    *length = room < spool->length - from ? room : spool->length - from;
    memcpy(bytes, spool->bytes + from, *length);
    return NULL;
}

static bt_err_t *find(btm_part_t *parts, int *n, const char *bytes, size_t length)
{
    btm_spool_t spool = {bytes, length};
    return btm_parts_find(parts, n, &spool, "B", pool);
}

/* The content of a part is this text. */
static void check_content(const char *body, const btm_part_t *part, const char *expected)
{
    assert_int_equal(part->end - part->body, strlen(expected));
    assert_memory_equal(body + part->body, expected, strlen(expected));
}

static void check_refused(const char *body, size_t length)
{
    btm_part_t parts[BTM_MAX_PARTS];
    int n = 0;
    bt_err_t *err = find(parts, &n, body, length);
    assert_non_null(err);
    assert_int_equal(err->code, BT_E_MALFORMED_BODY);
}

static void test_two_parts(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "--B\r\na: b\r\n\r\none\r\n--B\r\nc: d\r\n\r\n\r\ntwo\r\n\r\n--B--\r\n",
        "--B\na: b\n\none\n--B\nc: d\n\n\ntwo\n\n--B--\n",
        "preamble --B\r\n--Bx\r\n--B \t\r\na: b\r\n\r\none\r\n--B\r\nc: "
        "d\r\n\r\n\r\ntwo\r\n\r\n--B--",
    };
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
        btm_part_t parts[BTM_MAX_PARTS];
        int n = 0;
        assert_null(find(parts, &n, bodies[i], strlen(bodies[i])));
        assert_int_equal(n, 2);
        check_content(bodies[i], &parts[0], "one");
        check_content(bodies[i], &parts[1], i == 1 ? "\ntwo\n" : "\r\ntwo\r\n");
    }
}

static void test_what_only_looks_like_a_boundary(void **state)
{
    (void)state;
    const char *body = "--B\r\na: b\r\n\r\nx--B\r\n --B\r\n--BB\r\n--B-\r\n--B x\r\n--B--\r\n";
    btm_part_t parts[BTM_MAX_PARTS];
    int n = 0;
    assert_null(find(parts, &n, body, strlen(body)));
    assert_int_equal(n, 1);
    check_content(body, &parts[0], "x--B\r\n --B\r\n--BB\r\n--B-\r\n--B x");
}

static void test_empty_content(void **state)
{
    (void)state;
    const char *body = "--B\r\na: b\r\n\r\n\r\n--B\r\na: b\r\n\r\n--B--";
    btm_part_t parts[BTM_MAX_PARTS];
    int n = 0;
    assert_null(find(parts, &n, body, strlen(body)));
    assert_int_equal(n, 2);
    check_content(body, &parts[0], "");
    check_content(body, &parts[1], "");
}

static void test_malformed(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "",
        "B",
        "--B",
        "--B\r\n",
        "--B\r\na: b\r\n\r\nx",
        "--B\r\na: b\r\n\r\nx\r\n--B\r\n",
        "--B\r\n--B--",
        "--B\r\na: b\r\n--B--",
        "x--B--",
    };
    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
        check_refused(bodies[i], strlen(bodies[i]));
    check_refused("\0\n--B\0\n--B\r\0", 12);
}

static void test_no_part_at_all(void **state)
{
    (void)state;
    btm_part_t parts[BTM_MAX_PARTS];
    int n = -1;
    assert_null(find(parts, &n, "--B--\r\n", 7));
    assert_int_equal(n, 0);
}

/* A boundary at each place around the end of a window of 64 KB is found. */
static void test_windows(void **state)
{
    (void)state;
    const char *head = "--B\r\na: b\r\n\r\n", *tail = "\r\n--B--\r\n";
    char *body = apr_palloc(pool, WINDOW + 100);
    for (size_t length = WINDOW - 40; length < WINDOW + 10; length++) {
        btm_part_t parts[BTM_MAX_PARTS];
        int n = 0;
        memset(body, '-', length);
        memcpy(body, head, strlen(head));
        memcpy(body + length, tail, strlen(tail));
        assert_null(find(parts, &n, body, length + strlen(tail)));
        assert_int_equal(n, 1);
        assert_int_equal(parts[0].end, length);
    }
}

static void test_limits(void **state)
{
    (void)state;
    enum { LENGTH = 1024 * 1024 };
    char *body = apr_pcalloc(pool, LENGTH);
    const char *part = "--B\r\na: b\r\n\r\n\r\n";
    for (int i = 0; i <= BTM_MAX_PARTS; i++)
        memcpy(body + (size_t)i * strlen(part), part, strlen(part));
    memcpy(body + (BTM_MAX_PARTS + 1) * strlen(part), "--B--", 5);
    check_refused(body, LENGTH);
    memset(body, 'x', LENGTH); /* headers without an end */
    memcpy(body, "--B\r\n", 5);
    memcpy(body + LENGTH - 9, "\r\n--B--\r\n", 9);
    check_refused(body, LENGTH);
    for (int i = 0; i + 4 < LENGTH; i += 4) /* boundaries within lines only */
        memcpy(body + i, "x--B", 4);
    memcpy(body, "--B\r\na: b\r\n\r\n", 13);
    check_refused(body, LENGTH);
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_parts),
        cmocka_unit_test(test_what_only_looks_like_a_boundary),
        cmocka_unit_test(test_empty_content),
        cmocka_unit_test(test_malformed),
        cmocka_unit_test(test_no_part_at_all),
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_limits),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_pool_destroy(pool);
    apr_terminate();
    return failed;
}
