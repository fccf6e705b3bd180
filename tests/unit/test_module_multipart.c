/* SPDX-License-Identifier: Apache-2.0
 * A form out of a spooled body: fields, the one file, what is refused, and thousands of damaged
 * forms that must only ever be read or refused.  The files under test are included: they belong to
 * the module, not to a library.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "form_fixture.h"

static apr_pool_t *pool;

#define TYPE                "multipart/form-data; boundary=B"
#define PART(head, content) "--B\r\nContent-Disposition: form-data; " head "\r\n\r\n" content "\r\n"
#define END                 "--B--\r\n"

static read_t taken(const char *body)
{
    read_t read;
    bt_err_t *err = read_form(&read, pool, body, strlen(body), TYPE);
    if (err)
        fail_msg("%s", bt_error_text(err, pool));
    return read;
}

static void check_refused(bt_code_t code, const char *body, const char *type)
{
    read_t read;
    bt_err_t *err = read_form(&read, pool, body, strlen(body), type);
    if (!err)
        fail_msg("taken: %s", body);
    assert_int_equal(err->code, code);
}

static void test_form(void **state)
{
    (void)state;
    read_t read = taken(PART("name=\"query\"", "a\r\nb\xFF") PART("name=other", "x")
                            PART("name=\"file\"; filename=\"Bl\xC3\xBCte.pdf\"", "%PDF-\r\n1") END);
    assert_string_equal(read.fields[QUERY].value, "a\nb\xEF\xBF\xBD");
    assert_null(read.fields[AGE].value);
    assert_string_equal(read.form.file_name, "Bl\xC3\xBCte.pdf");
    assert_int_equal(btm_spool_size(read.form.file), 8);
    assert_string_equal(read.file, "%PDF-\r\n1");
    assert_int_equal(strlen(btm_spool_hash(read.form.file)), 64);
}

static void test_encodings(void **state)
{
    (void)state;
    read_t read = taken(PART("name=file\r\nContent-Transfer-Encoding: base64", "JVBERi0=\r\n") PART(
        "name=query\r\nContent-Transfer-Encoding: quoted-printable", "=41=42") END);
    assert_string_equal(read.file, "%PDF-");
    assert_string_equal(read.fields[QUERY].value, "AB");
    /* A part is never taken apart, whatever it calls itself. */
    read = taken(PART("name=file\r\nContent-Type: multipart/mixed; boundary=x", "--x\r\n\r\n--x--")
                     END);
    assert_string_equal(read.file, "--x\r\n\r\n--x--");
}

static void test_no_file(void **state)
{
    (void)state;
    assert_null(taken(PART("name=query", "x") END).form.file);
    assert_null(taken(PART("name=\"file\"; filename=\"\"", "") END).form.file);
    read_t read = taken(PART("name=\"file\"; filename=\"a.pdf\"", "") END);
    assert_non_null(read.form.file);
    assert_int_equal(btm_spool_size(read.form.file), 0);
}

static void test_limits(void **state)
{
    (void)state;
    char content[MAX_FILE + 2];
    memset(content, 'x', sizeof(content));
    content[MAX_FILE + 1] = '\0';
    const char *large = apr_pstrcat(pool, PART("name=file", ""), NULL);
    large = apr_pstrcat(pool, apr_pstrmemdup(pool, large, strlen(large) - 2), content, "\r\n" END,
                        NULL);
    check_refused(BT_E_UPLOAD_TOO_LARGE, large, TYPE);
    check_refused(BT_E_QUERY_TOO_LONG, PART("name=query", "123456789012345678901") END, TYPE);
    check_refused(BT_E_FIELD_INVALID, PART("name=age", "1234") END, TYPE);
    assert_string_equal(taken(PART("name=age", "123") END).fields[AGE].value, "123");
}

static void test_refusals(void **state)
{
    (void)state;
    check_refused(BT_E_FILE_REPEATED, PART("name=file", "1") PART("name=file", "2") END, TYPE);
    check_refused(BT_E_FIELD_INVALID, PART("name=age", "") PART("name=age", "2") END, TYPE);
    check_refused(BT_E_MALFORMED_BODY, PART("name=file", "1"), TYPE);
    check_refused(BT_E_MALFORMED_BODY, END, "multipart/form-data");
    check_refused(BT_E_MALFORMED_BODY, END, "multipart/form-data; boundary=");
    char *type = apr_pcalloc(pool, 200);
    memset(type, 'B', 120);
    memcpy(type, TYPE, strlen(TYPE));
    check_refused(BT_E_MALFORMED_BODY, END, type);
}

/* Damage one byte, or a run of bytes, of a form in every way that a fixed sequence of numbers
 * gives. */
static void test_damaged_forms(void **state)
{
    (void)state;
    enum { ROUNDS = 3000, ROOM = 600 };
    static const char form[] =
        PART("name=\"query\"", "hello") PART("name=\"file\"; filename=\"a.pdf\"\r\n"
                                             "Content-Type: application/pdf\r\n"
                                             "Content-Transfer-Encoding: base64",
                                             "JVBERi0=") PART("name*0=\"a\"; name*1=ge", "5") END;
    static const char bytes[] = "\r\n-B\";=*:%\0\xFF ?";
    unsigned int number = 1, n_read = 0;
    apr_pool_t *round;
    apr_pool_create(&round, pool);
    for (int i = 0; i < ROUNDS; i++) {
        char body[ROOM];
        size_t length = sizeof(form) - 1;
        memcpy(body, form, length);
        for (int hits = i % 4; hits >= 0; hits--) {
            number = number * 1103515245u + 12345u;
            size_t at = (number >> 8) % length, run = (number >> 24) % 5;
            if (run == 0)
                body[at] = bytes[number % (sizeof(bytes) - 1)];
            else if (at + run < length)
                memmove(body + at, body + at + run, (length -= run) - at);
        }
        read_t read;
        bt_err_t *err = read_form(&read, round, body, length, TYPE);
        assert_true(!err || bt_code_http(err->code) < 500);
        n_read += !err;
        apr_pool_clear(round);
    }
    assert_true(n_read > ROUNDS / 10 && n_read < ROUNDS);
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    btm_multipart_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_form),     cmocka_unit_test(test_encodings),
        cmocka_unit_test(test_no_file),  cmocka_unit_test(test_limits),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_damaged_forms),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_pool_destroy(pool);
    apr_terminate();
    return failed;
}
