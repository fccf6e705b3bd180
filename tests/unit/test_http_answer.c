/* SPDX-License-Identifier: Apache-2.0
 * Bodies stay below their limit; Retry-After is understood in all its forms.
 */
#include "worker/http_answer.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

static void retry_after(void **state)
{
    (void)state;
    assert_int_equal(btw_retry_after_ms("3", 0), 3000);
    assert_int_equal(btw_retry_after_ms("0.5", 0), 500);
    assert_int_equal(btw_retry_after_ms("250", 1), 250);
    assert_int_equal(btw_retry_after_ms("99999999999", 0), 24 * 3600 * 1000);
    assert_int_equal(btw_retry_after_ms("Wed, 21 Oct 2015 07:28:00 GMT", 0), 0);
    assert_int_equal(btw_retry_after_ms("-1", 0), -1);
    assert_int_equal(btw_retry_after_ms("soon", 0), -1);
    char date[APR_RFC822_DATE_LEN];
    apr_rfc822_date(date, apr_time_now() + apr_time_from_sec(100));
    long long ms = btw_retry_after_ms(date, 0);
    assert_true(ms > 90000 && ms <= 100000);
}

static long long told_by(const char *line, long long before)
{
    btw_retry_after_line(&before, line, strlen(line));
    return before;
}

static void header_lines(void **state)
{
    (void)state;
    assert_int_equal(told_by("Retry-After: 7\r\n", -1), 7000);
    assert_int_equal(told_by("RETRY-AFTER:7\r\n", -1), 7000);
    assert_int_equal(told_by("retry-after-ms: 40\r\n", 7000), 40);
    assert_int_equal(told_by("Retry-After: 7\r\n", 40), 40);
    assert_int_equal(told_by("Retry-After\r\n", -1), -1);
    assert_int_equal(told_by("X: 1\r\n", -1), -1);
}

static void bodies_end_at_their_limit(void **state)
{
    (void)state;
    btw_body_t body = {.most = 10000};
    char piece[999] = "";
    memset(piece, 'x', sizeof piece);
    for (int i = 0; i < 10; i++)
        assert_int_equal(btw_body_add(&body, piece, sizeof piece), 0);
    assert_int_equal(body.length, 9990);
    assert_int_equal(strlen(body.text), 9990);
    assert_int_equal(btw_body_add(&body, piece, 10), 0);
    assert_int_equal(btw_body_add(&body, piece, 1), -1);
    assert_true(body.is_too_large);
    assert_int_equal(btw_body_add(&body, piece, SIZE_MAX), -1);
    free(body.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retry_after),
        cmocka_unit_test(header_lines),
        cmocka_unit_test(bodies_end_at_their_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
