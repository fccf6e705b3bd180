/* SPDX-License-Identifier: Apache-2.0
 * Who may do what, and what a page of another site may not: logins, expressions that match or fail,
 * Origin behind ports and proxies, Sec-Fetch-Site, and the origins that may.  The files under test
 * are included: they belong to the module, not to a library.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "mod_bloodtest/cors.c"
#include "mod_bloodtest/identity.c"

module AP_MODULE_DECLARE_DATA bloodtest_module; /* the header refers to it */

static apr_pool_t *pool;

/* An expression stands for the result it gives. */
static const ap_expr_info_t matching, failing, other;

int ap_expr_exec(request_rec *r, const ap_expr_info_t *expr, const char **problem)
{
    (void)r;
    *problem = expr == &failing ? "it fails" : NULL;
    return expr == &failing ? -1 : expr == &matching;
}

const char *ap_auth_type(request_rec *r)
{
    return r->ap_auth_type;
}

void ap_note_auth_failure(request_rec *r)
{
    apr_table_setn(r->err_headers_out, "WWW-Authenticate", "Basic");
}

typedef struct ask_t {
    request_rec r;
    btm_dir_t dir;
    btm_route_t route;
    btm_call_t call;
} ask_t;

static btm_call_t *asking(ask_t *ask, btm_may_t may, const char *user)
{
    memset(ask, 0, sizeof(*ask));
    ask->r.pool = pool;
    ask->r.headers_in = apr_table_make(pool, 4);
    ask->r.err_headers_out = apr_table_make(pool, 4);
    ask->r.user = user ? apr_pstrdup(pool, user) : NULL;
    ask->route.may = may;
    ask->call = (btm_call_t){.r = &ask->r, .dir = &ask->dir, .route = &ask->route};
    return &ask->call;
}

static void check(const bt_err_t *err, int code)
{
    assert_int_equal(err ? (int)err->code : -1, code);
}

enum { GOOD = -1 };

static void test_logins(void **state)
{
    (void)state;
    ask_t ask;
    check(btm_identify(asking(&ask, BTM_MAY_CALLER, NULL)), BT_E_FORBIDDEN);
    asking(&ask, BTM_MAY_CALLER, NULL)->r->ap_auth_type = (char *)(uintptr_t) "Basic";
    check(btm_identify(&ask.call), BT_E_UNAUTHENTICATED);
    assert_non_null(apr_table_get(ask.r.err_headers_out, "WWW-Authenticate"));
    check(btm_identify(asking(&ask, BTM_MAY_OPEN, NULL)), GOOD);
    check(btm_identify(asking(&ask, BTM_MAY_CALLER, "")), BT_E_FORBIDDEN);
    check(btm_identify(asking(&ask, BTM_MAY_CALLER, "m\xC3\xBCller")), GOOD);
    assert_string_equal(ask.call.login, "m\xC3\xBCller");
    check(btm_identify(asking(&ask, BTM_MAY_CALLER, "m\xFCller")), BT_E_FORBIDDEN);
    check(btm_identify(asking(&ask, BTM_MAY_CALLER, "a\nb")), BT_E_FORBIDDEN);
    char *length = apr_pcalloc(pool, BTM_MAX_LOGIN_BYTES + 2);
    memset(length, 'a', BTM_MAX_LOGIN_BYTES + 1);
    check(btm_identify(asking(&ask, BTM_MAY_CALLER, length)), BT_E_FORBIDDEN);
    asking(&ask, BTM_MAY_CALLER, NULL);
    ask.dir.is_anonymous = 1;
    check(btm_identify(&ask.call), GOOD);
    assert_string_equal(ask.call.login, BT_ANONYMOUS);
    assert_false(ask.call.is_operator);
}

static void test_expressions(void **state)
{
    (void)state;
    ask_t ask;
    asking(&ask, BTM_MAY_CALLER, "anna");
    ask.dir.operator_expr = &failing;
    check(btm_identify(&ask.call), BT_E_CONFIG);
    asking(&ask, BTM_MAY_CALLER, NULL);
    ask.dir.operator_expr = &matching; /* nobody is no operator, whatever matches */
    check(btm_identify(&ask.call), BT_E_FORBIDDEN);
    assert_false(ask.call.is_operator);
    check(btm_identify(asking(&ask, BTM_MAY_QUEUE, "anna")), GOOD);
    asking(&ask, BTM_MAY_QUEUE, "anna");
    ask.dir.admin_expr = &other;
    check(btm_identify(&ask.call), BT_E_FORBIDDEN);
    ask.dir.operator_expr = &matching;
    check(btm_identify(&ask.call), GOOD);
    asking(&ask, BTM_MAY_QUEUE, NULL);
    ask.dir.admin_expr = &matching; /* a host that collects metrics */
    check(btm_identify(&ask.call), GOOD);
    ask.dir.admin_expr = &failing;
    check(btm_identify(&ask.call), BT_E_CONFIG);
}

static void test_owner(void **state)
{
    (void)state;
    ask_t ask;
    const char *login = NULL;
    btm_call_t *call = asking(&ask, BTM_MAY_CALLER, "anna");
    call->login = "anna";
    check(btm_owner_of(&login, call, NULL), GOOD);
    assert_string_equal(login, "anna");
    check(btm_owner_of(&login, call, ""), GOOD);
    assert_string_equal(login, "anna");
    check(btm_owner_of(&login, call, "bruno"), BT_E_FORBIDDEN);
    check(btm_owner_of(&login, call, "Anna"), BT_E_FORBIDDEN);
    call->is_operator = 1;
    check(btm_owner_of(&login, call, "bruno"), GOOD);
    assert_string_equal(login, "bruno");
}

static void check_origin(const char *host, const char *origin, int code)
{
    ask_t ask;
    asking(&ask, BTM_MAY_CALLER, NULL);
    if (host)
        apr_table_setn(ask.r.headers_in, "Host", host);
    apr_table_setn(ask.r.headers_in, "Origin", origin);
    check(btm_origin_check(&ask.call), code);
}

static void test_origins(void **state)
{
    (void)state;
    check_origin("lab.example", "https://lab.example", GOOD);
    check_origin("lab.example", "https://LAB.example:443", GOOD);
    check_origin("lab.example:443", "https://lab.example", GOOD);
    check_origin("lab.example:8443", "https://lab.example:8443", GOOD);
    check_origin("[::1]:8080", "http://[::1]:8080", GOOD);
    check_origin("lab.example:8443", "https://lab.example", BT_E_FOREIGN_ORIGIN);
    check_origin("lab.example", "https://lab.example:8443", BT_E_FOREIGN_ORIGIN);
    check_origin("lab.example", "https://lab.example.evil", BT_E_FOREIGN_ORIGIN);
    check_origin("lab.example.evil", "https://lab.example", BT_E_FOREIGN_ORIGIN);
    check_origin("lab.example", "https://evil/lab.example", BT_E_FOREIGN_ORIGIN);
    check_origin("lab.example", "null", BT_E_FOREIGN_ORIGIN);
    check_origin("lab.example", "", BT_E_FOREIGN_ORIGIN);
    check_origin("lab.example", "https://", BT_E_FOREIGN_ORIGIN);
    check_origin(NULL, "https://lab.example", BT_E_FOREIGN_ORIGIN);
}

static void check_site(const char *site, const char *mode, int method, int code)
{
    ask_t ask;
    asking(&ask, BTM_MAY_CALLER, NULL);
    ask.r.method_number = method;
    if (site)
        apr_table_setn(ask.r.headers_in, "Sec-Fetch-Site", site);
    if (mode)
        apr_table_setn(ask.r.headers_in, "Sec-Fetch-Mode", mode);
    check(btm_origin_check(&ask.call), code);
}

static void test_sites(void **state)
{
    (void)state;
    check_site(NULL, NULL, M_POST, GOOD);
    check_site("same-origin", "cors", M_POST, GOOD);
    check_site("none", "navigate", M_GET, GOOD);
    check_site("cross-site", "navigate", M_GET, GOOD);
    check_site("cross-site", "navigate", M_POST, BT_E_FOREIGN_ORIGIN);
    check_site("cross-site", "no-cors", M_GET, BT_E_FOREIGN_ORIGIN);
    check_site("cross-site", NULL, M_GET, BT_E_FOREIGN_ORIGIN);
    check_site("same-site", "cors", M_DELETE, BT_E_FOREIGN_ORIGIN);
}

static void test_what_an_origin_is(void **state)
{
    (void)state;
    static const char *const good[] = {
        "https://portal.hospital.example", "http://localhost:3000",     "https://192.0.2.1:8443",
        "https://[2001:db8::1]",           "http://[::1]:8080",         "HTTPS://Portal.example",
        "http://lab.example:443",          "https://lab.example:65535",
    };
    static const char *const bad[] = {
        "*",
        "",
        "null",
        "https://*",
        "https://*.hospital.example",
        "lab.example",
        "ftp://lab.example",
        "https://",
        "https:///",
        "https://lab.example/",
        "https://lab.example/path",
        "https://lab.example:443",
        "http://lab.example:80",
        "https://lab.example:",
        "https://lab.example:0",
        "https://lab.example:080",
        "https://lab.example:65536",
        "https://lab.example:80a",
        "https://anna@lab.example",
        "https://lab.example,https://other.example",
        "https://lab.example https://other.example",
        "https://[]",
        "https://[::1",
        "https://l\xC3\xA4"
        "b.example",
        "https://lab.example\r\nX: y",
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(btm_cors_is_origin(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(btm_cors_is_origin(bad[i]));
}

static ask_t *asking_from(ask_t *ask, const char *origin)
{
    asking(ask, BTM_MAY_CALLER, NULL);
    ask->dir.is_enabled = 1;
    ask->dir.allow_origins = apr_array_make(pool, 2, sizeof(const char *));
    *(const char **)apr_array_push(ask->dir.allow_origins) = "https://portal.example";
    *(const char **)apr_array_push(ask->dir.allow_origins) = "http://localhost:3000";
    apr_table_setn(ask->r.headers_in, "Host", "lab.example");
    if (origin)
        apr_table_setn(ask->r.headers_in, "Origin", origin);
    return ask;
}

static void check_allowed(const char *origin, int is_allowed)
{
    ask_t ask;
    apr_table_t *headers = asking_from(&ask, origin)->r.err_headers_out;
    apr_table_setn(ask.r.headers_in, "Sec-Fetch-Site", "cross-site");
    check(btm_origin_check(&ask.call), is_allowed ? GOOD : BT_E_FOREIGN_ORIGIN);
    btm_cors_headers(&ask.call);
    btm_cors_headers(&ask.call); /* again, for an error of httpd's own */
    assert_string_equal(apr_table_get(headers, "Vary"), "Origin");
    const char *told = apr_table_get(headers, "Access-Control-Allow-Origin");
    if (!is_allowed) {
        assert_null(told);
        assert_null(apr_table_get(headers, "Access-Control-Allow-Credentials"));
        return;
    }
    assert_string_equal(told, origin);
    assert_string_equal(apr_table_get(headers, "Access-Control-Allow-Credentials"), "true");
}

static void test_allowed_origins(void **state)
{
    (void)state;
    ask_t ask;
    check_allowed("https://portal.example", 1);
    check_allowed("http://localhost:3000", 1);
    check_allowed("http://portal.example", 0);
    check_allowed("https://portal.example:8443", 0);
    check_allowed("https://portal.example.evil", 0);
    check_allowed("https://portal.exampl", 0);
    check_allowed("https://portal.example, https://evil.example", 0);
    check_allowed("*", 0);
    check_allowed("null", 0);
    check_allowed(NULL, 0);
    asking_from(&ask, "https://portal.example")->dir.allow_origins = NULL;
    check(btm_origin_check(&ask.call), BT_E_FOREIGN_ORIGIN);
    btm_cors_headers(&ask.call);
    assert_true(apr_is_empty_table(ask.r.err_headers_out));
}

static void check_preflight(const char *origin, const char *wanted, int method, int is_one)
{
    ask_t ask;
    apr_table_t *headers = asking_from(&ask, origin)->r.err_headers_out;
    ask.r.method_number = method;
    if (wanted)
        apr_table_setn(ask.r.headers_in, "Access-Control-Request-Method", wanted);
    btm_cors_preflight(&ask.call, "POST, OPTIONS");
    const char *methods = apr_table_get(headers, "Access-Control-Allow-Methods");
    assert_int_equal(methods != NULL, is_one);
    assert_int_equal(is_preflight(&ask.r, &ask.dir), is_one);
}

static void test_preflights(void **state)
{
    (void)state;
    check_preflight("https://portal.example", "POST", M_OPTIONS, 1);
    check_preflight("https://portal.example", NULL, M_OPTIONS, 0);
    check_preflight("https://portal.example", "POST", M_POST, 0);
    check_preflight("https://portal.example", "GET", M_GET, 0);
    check_preflight("https://evil.example", "POST", M_OPTIONS, 0);
    check_preflight(NULL, "POST", M_OPTIONS, 0);
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_logins),          cmocka_unit_test(test_expressions),
        cmocka_unit_test(test_owner),           cmocka_unit_test(test_origins),
        cmocka_unit_test(test_sites),           cmocka_unit_test(test_what_an_origin_is),
        cmocka_unit_test(test_allowed_origins), cmocka_unit_test(test_preflights),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_pool_destroy(pool);
    apr_terminate();
    return failed;
}
