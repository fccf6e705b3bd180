/* SPDX-License-Identifier: Apache-2.0
 * Which requests are forms of a browser, and which tokens they are taken with.  The files under
 * test are included: they belong to the module, not to a library.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "mod_bloodtest/mod_bloodtest.h"

#undef ap_log_error
#define ap_log_error(...) fail_msg("a line for the log")

#include "mod_bloodtest/cors.c"
#include "mod_bloodtest/csrf.c"

module AP_MODULE_DECLARE_DATA bloodtest_module; /* the header refers to it */

#define KEY_1 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_2 "101112131415161718191a1b1c1d1e1f000102030405060708090a0b0c0d0e0f"

#define NOW ((apr_int64_t)1800000000) /* seconds */

static apr_pool_t *pool;
static btm_server_t server;
static void *server_configs[] = {&server};
static server_rec host;
static unsigned char retained[BT_KEY_BYTES];
static int is_retained;

/* What csrf.c needs of the rest of the module: a body that is the token of a form. */
static const char *body_token;

bt_err_t *btm_spool_create(btm_spool_t **spool, const btm_call_t *call, int is_hashed)
{
    (void)call;
    (void)is_hashed;
    *spool = NULL;
    return NULL;
}

bt_err_t *btm_spool_body(btm_spool_t *spool, btm_call_t *call, apr_off_t limit)
{
    (void)spool;
    (void)call;
    (void)limit;
    return NULL;
}

apr_off_t btm_spool_size(const btm_spool_t *spool)
{
    (void)spool;
    return 0;
}

bt_err_t *btm_spool_read(size_t *length, const btm_spool_t *spool, char *bytes, size_t room,
                         apr_off_t offset)
{
    (void)spool;
    (void)bytes;
    (void)room;
    (void)offset;
    *length = 0;
    return NULL;
}

bt_err_t *btm_multipart_read(btm_form_t *form, const btm_spool_t *body, const char *content_type,
                             const btm_call_t *call)
{
    (void)body;
    (void)content_type;
    (void)call;
    form->fields[0].value = body_token;
    return NULL;
}

const char *btm_query_find(const char *text, const char *name, apr_pool_t *where)
{
    (void)text;
    (void)name;
    (void)where;
    return body_token;
}

bt_err_t *btm_handle_analyze(btm_call_t *call)
{
    (void)call;
    return NULL;
}

bt_err_t *btm_handle_analyze_sync(btm_call_t *call)
{
    (void)call;
    return NULL;
}

bt_err_t *btm_handle_cancel(btm_call_t *call)
{
    (void)call;
    return NULL;
}

/* What it needs of httpd. */
void *ap_retained_data_get(const char *key)
{
    (void)key;
    return is_retained ? retained : NULL;
}

void *ap_retained_data_create(const char *key, apr_size_t size)
{
    (void)key;
    assert_int_equal(size, sizeof(retained));
    is_retained = 1;
    return retained;
}

typedef struct ask_t {
    request_rec r;
    btm_dir_t dir;
    btm_route_t route;
    btm_call_t call;
} ask_t;

/* A POST of anna's with these headers: name, value, …, NULL. */
static btm_call_t *asking(ask_t *ask, const char *const *headers)
{
    memset(ask, 0, sizeof(*ask));
    ask->r.pool = pool;
    ask->r.server = &host;
    ask->r.request_time = apr_time_from_sec(NOW);
    ask->r.method_number = M_POST;
    ask->r.headers_in = apr_table_make(pool, 4);
    for (; *headers; headers += 2)
        apr_table_setn(ask->r.headers_in, headers[0], headers[1]);
    ask->route.handle = btm_handle_cancel;
    ask->call = (btm_call_t){.r = &ask->r, .dir = &ask->dir, .route = &ask->route};
    ask->call.login = "anna";
    return &ask->call;
}

static const char *token_at(apr_int64_t seconds, const char *login, const bt_keys_t *keys)
{
    const char *made = apr_psprintf(pool, "%" APR_INT64_T_FMT, seconds);
    const char *digest = bt_token_make(apr_pstrcat(pool, login, "\n", made, NULL), keys, pool);
    return apr_pstrcat(pool, made, ".", digest, NULL);
}

static const char *token_of(const char *login, const bt_keys_t *keys)
{
    return token_at(NOW, login, keys);
}

static void check(const bt_err_t *err, int is_good)
{
    assert_int_equal(err == NULL, is_good);
    if (err)
        assert_int_equal(err->code, BT_E_FORM_TOKEN);
}

#define HEADERS(...)                                                                               \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }
#define FORM   "Content-Type", "application/x-www-form-urlencoded"
#define UPLOAD "Content-Type", "multipart/form-data; boundary=x"
#define OWN    "Origin", "https://lab.example"

static void test_who_needs_a_token(void **state)
{
    (void)state;
    ask_t ask;
    body_token = NULL;
    check(btm_csrf_check(asking(&ask, HEADERS(FORM, OWN))), 0);
    check(btm_csrf_check(asking(&ask, HEADERS(UPLOAD, OWN))), 0);
    check(btm_csrf_check(asking(&ask, HEADERS("Content-Type", "Text/Plain;charset=UTF-8", OWN))),
          0);
    check(btm_csrf_check(asking(&ask, HEADERS(FORM, "Referer", "https://lab.example/"))), 0);
    check(btm_csrf_check(asking(&ask, HEADERS(FORM, "Sec-Fetch-Site", "same-origin"))), 0);
    check(btm_csrf_check(asking(&ask, HEADERS(FORM, OWN, "Authorization", "Basic YTpi"))), 0);
    /* Programs, and what is no form. */
    check(btm_csrf_check(asking(&ask, HEADERS(FORM))), 1);
    check(btm_csrf_check(asking(&ask, HEADERS(UPLOAD, "Accept", "text/html"))), 1);
    check(btm_csrf_check(asking(&ask, HEADERS(FORM, OWN, "Authorization", "bearer abc"))), 1);
    check(btm_csrf_check(asking(&ask, HEADERS(FORM, OWN, "Idempotency-Key", "1"))), 1);
    check(btm_csrf_check(asking(&ask, HEADERS(FORM, OWN, "X-Requested-With", "x"))), 1);
    check(btm_csrf_check(asking(&ask, HEADERS("Content-Type", "application/json", OWN))), 1);
    check(btm_csrf_check(asking(&ask, HEADERS("Content-Type", "application/pdf", OWN))), 1);
    check(btm_csrf_check(asking(&ask, HEADERS(OWN))), 1);
    asking(&ask, HEADERS(FORM, OWN))->r->method_number = M_DELETE; /* no form has it */
    check(btm_csrf_check(&ask.call), 1);
    /* A portal that is named. */
    asking(&ask, HEADERS(FORM, OWN));
    ask.dir.allow_origins = apr_array_make(pool, 1, sizeof(const char *));
    *(const char **)apr_array_push(ask.dir.allow_origins) = "https://lab.example";
    check(btm_csrf_check(&ask.call), 1);
}

static void test_what_a_handler_reads(void **state)
{
    (void)state;
    ask_t ask;
    asking(&ask, HEADERS(UPLOAD, OWN))->route = &ask.route;
    ask.route.handle = btm_handle_analyze;
    body_token = NULL;
    check(btm_csrf_check(&ask.call), 1); /* later: */
    check(btm_csrf_check_field(&ask.call, NULL), 0);
    check(btm_csrf_check_field(&ask.call, ""), 0);
    const char *token = token_of("anna", server.form_keys);
    check(btm_csrf_check_field(&ask.call, token), 1);
    check(btm_csrf_check_field(&ask.call, token_of("bruno", server.form_keys)), 0);
    asking(&ask, HEADERS(FORM, OWN));
    ask.route.handle = btm_handle_analyze; /* which reads no such form */
    check(btm_csrf_check(&ask.call), 0);
}

static void test_tokens(void **state)
{
    (void)state;
    ask_t ask;
    bt_keys_t *keys = NULL, *more = NULL;
    assert_null(bt_keys_parse(&keys, "one " KEY_1, "file", pool));
    assert_null(bt_keys_parse(&more, "two " KEY_2 "\none " KEY_1, "file", pool));
    const char *of_start = token_of("anna", server.form_keys);
    const char *of_file = token_of("anna", keys);
    body_token = of_start;
    check(btm_csrf_check(asking(&ask, HEADERS(FORM, OWN))), 1);
    check(btm_csrf_check(asking(&ask, HEADERS(UPLOAD, OWN))), 1);
    check(btm_csrf_check(asking(&ask, HEADERS("Content-Type", "text/plain", OWN))), 0);
    asking(&ask, HEADERS(FORM, OWN))->login = "bruno";
    check(btm_csrf_check(&ask.call), 0);
    asking(&ask, HEADERS(FORM, OWN));
    ask.dir.keys = keys;
    check(btm_csrf_check(&ask.call), 0);
    body_token = of_file;
    check(btm_csrf_check(&ask.call), 1);
    ask.dir.keys = more; /* a host that has got a newer key */
    check(btm_csrf_check(&ask.call), 1);
    ask.dir.keys = NULL;
    check(btm_csrf_check(&ask.call), 0);
    body_token = NULL;
    check(btm_csrf_check(asking(&ask, HEADERS(FORM, OWN, "X-CSRF-Token", of_start))), 1);
    check(btm_csrf_check(asking(&ask, HEADERS(FORM, OWN, "X-CSRF-Token", of_file))), 0);
    bt_buffer_t *page = bt_buffer_create(1000, pool);
    btm_csrf_add_field(page, asking(&ask, HEADERS(OWN)));
    assert_non_null(strstr(page->text, of_start));
}

static void test_their_age(void **state)
{
    (void)state;
    ask_t ask;
    const bt_keys_t *keys = server.form_keys;
    const btm_call_t *call = asking(&ask, HEADERS(FORM, OWN));
    const apr_int64_t longest = 12 * 3600, ahead = 5 * 60;
    check(btm_csrf_check_field(call, token_at(NOW - longest, "anna", keys)), 1);
    check(btm_csrf_check_field(call, token_at(NOW + ahead, "anna", keys)), 1);
    const apr_int64_t bad[] = {NOW - longest - 1, NOW + ahead + 1, 0, -1, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        bt_err_t *err = btm_csrf_check_field(call, token_at(bad[i], "anna", keys));
        check(err, 0);
        assert_non_null(strstr(err->hint, "older than 12 hours"));
    }
    /* Another time for the same digest, and what only looks like a token. */
    const char *good = token_of("anna", keys), *digest = strchr(good, '.') + 1;
    const char *forged[] = {apr_psprintf(pool, "%" APR_INT64_T_FMT ".%s", NOW - 1, digest),
                            apr_psprintf(pool, "0%" APR_INT64_T_FMT ".%s", NOW, digest),
                            apr_psprintf(pool, "%" APR_INT64_T_FMT " .%s", NOW, digest),
                            apr_psprintf(pool, ".%s", digest),
                            digest,
                            apr_psprintf(pool, "%" APR_INT64_T_FMT ".", NOW),
                            apr_psprintf(pool, "%" APR_INT64_T_FMT, NOW),
                            ".",
                            bt_token_make("anna", keys, pool),
                            token_at(NOW, "anna\n", keys)};
    for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
        bt_err_t *err = btm_csrf_check_field(call, forged[i]);
        check(err, 0);
        assert_null(err->hint); /* who forges is told no more than who has none */
    }
}

static void test_the_key_outlives_its_configuration(void **state)
{
    (void)state;
    const char *before = bt_token_make("anna", server.form_keys, pool);
    assert_int_equal(btm_csrf_post_config(pool, &host), OK);
    assert_string_equal(before, bt_token_make("anna", server.form_keys, pool));
    is_retained = 0; /* another start */
    assert_int_equal(btm_csrf_post_config(pool, &host), OK);
    assert_false(bt_token_fits(before, "anna", server.form_keys));
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    host.module_config = (ap_conf_vector_t *)server_configs;
    assert_int_equal(btm_csrf_post_config(pool, &host), OK);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_needs_a_token),
        cmocka_unit_test(test_what_a_handler_reads),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_their_age),
        cmocka_unit_test(test_the_key_outlives_its_configuration),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_pool_destroy(pool);
    apr_terminate();
    return failed;
}
