/* SPDX-License-Identifier: Apache-2.0
 * What the module reads out of a request's line and headers: the route of a path, parameters of the
 * query string, and the media type of an Accept header.  The files under test are included: they
 * belong to the module, not to a library.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "mod_bloodtest/negotiate.c"
#include "mod_bloodtest/query.c"
#include "mod_bloodtest/routes.c"
#include "tests/unit/httpd_stand_in.h"

static apr_pool_t *pool;

static void test_query_escapes(void **state)
{
    (void)state;
    static const char *const good[] = {"", "a=1", "a=%41&b=%c3%bc", "a=%0a", "%25"};
    static const char *const bad[] = {"a=%", "a=%4", "a=%zz", "a=1%00", "%u0041", "a=%41&b=%g0"};
    request_rec r = {.pool = pool};
    assert_true(btm_query_is_sound(&r));
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        r.args = apr_pstrdup(pool, good[i]);
        assert_true(btm_query_is_sound(&r));
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        r.args = apr_pstrdup(pool, bad[i]);
        assert_false(btm_query_is_sound(&r));
    }
}

static void check_route(const char *method, const char *path, const char *pattern, const char *id)
{
    btm_found_t found = btm_route_find(method, path, pool);
    if (!pattern) {
        assert_null(found.allow);
        assert_null(found.route);
        return;
    }
    assert_non_null(found.route);
    assert_string_equal(found.route->path, pattern);
    assert_string_equal(found.id ? found.id : "", id ? id : "");
}

static void test_routes(void **state)
{
    (void)state;
    check_route("GET", "/", "/", NULL);
    check_route("HEAD", "/health", "/health", NULL);
    check_route("GET", "/health/", "/health", NULL);
    check_route("GET", "/status/7", "/status/{id}", "7");
    check_route("GET", "/status/7/", "/status/{id}", "7");
    check_route("DELETE", "/analysis/x", "/analysis/{id}", "x");
    check_route("POST", "/analysis/x/retry", "/analysis/{id}/retry", "x");
    check_route("GET", "/status", NULL, NULL);
    check_route("GET", "/status/", NULL, NULL);
    check_route("GET", "/status/7/8", NULL, NULL);
    check_route("GET", "/healthy", NULL, NULL);
    check_route("POST", "/analysis//retry", NULL, NULL);
    check_route("GET", "/Health", NULL, NULL);
}

static void test_methods(void **state)
{
    (void)state;
    btm_found_t found = btm_route_find("POST", "/queue", pool);
    assert_null(found.route);
    assert_string_equal(found.allow, "GET, HEAD, OPTIONS");
    found = btm_route_find("HEAD", "/analyze", pool);
    assert_null(found.route);
    assert_string_equal(found.allow, "POST, OPTIONS");
    assert_null(btm_route_find("get", "/queue", pool).route);
}

static void check_query(const char *args, const char *name, const char *expected)
{
    request_rec r = {.pool = pool, .args = args ? apr_pstrdup(pool, args) : NULL};
    const char *value = btm_query_get(&r, name);
    if (!expected)
        assert_null(value);
    else
        assert_string_equal(value, expected);
}

static void test_query(void **state)
{
    (void)state;
    check_query(NULL, "q", NULL);
    check_query("", "q", NULL);
    check_query("&&=&q", "q", NULL);
    check_query("q=", "q", "");
    check_query("qq=1&q=a+b%20c&q=2", "q", "a b c");
    check_query("x=q=1", "q", NULL);
    check_query("q=a=b", "q", "a=b");
    check_query("q=%26%3d%2F", "q", "&=/");
    check_query("q=%zz", "q", NULL);
    check_query("q=a%00b", "q", NULL);
    check_query("q=%c3%a4%ff", "q", "ä\xEF\xBF\xBD");
    char *args = apr_pcalloc(pool, BTM_MAX_QUERY_STRING + 2);
    memset(args, 'a', BTM_MAX_QUERY_STRING + 1);
    memcpy(args, "q=1&", 4);
    check_query(args, "q", NULL);
}

static void test_accept(void **state)
{
    (void)state;
    static const struct {
        const char *accept;
        btm_media_t expected;
    } cases[] = {
        {NULL, BTM_MEDIA_JSON},
        {"", BTM_MEDIA_JSON},
        {"*/*", BTM_MEDIA_JSON},
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", BTM_MEDIA_HTML},
        {"text/*", BTM_MEDIA_HTML},
        {"text/*, text/html;q=0", BTM_MEDIA_TEXT},
        {"TEXT/HTML;Q=0.5, application/json;q=0.4", BTM_MEDIA_HTML},
        {"text/plain;q=0.123, text/html;q=0.122", BTM_MEDIA_TEXT},
        {"application/fhir+json; fhirVersion=4.0", BTM_MEDIA_FHIR},
        {"text/html ; q = 1, text/plain", BTM_MEDIA_HTML},
        {"image/png", 0},
        {"text/html;q=0", 0},
        {"*/*;q=0", 0},
        {"text/html;q=nan, text/plain;q=1e9", 0},
        {"text/html;q=-1", 0},
        {"text", 0},
        {"/*", 0},
        {",;,;;q=,", 0},
        {";q=0.5,text/plain", BTM_MEDIA_TEXT},
    };
    unsigned int all = BTM_MEDIA_JSON | BTM_MEDIA_HTML | BTM_MEDIA_TEXT | BTM_MEDIA_FHIR;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        btm_media_t media = btm_negotiate(cases[i].accept, all, pool);
        if (media != cases[i].expected)
            fail_msg("Accept: %s gave %d", cases[i].accept, (int)media);
    }
}

static void test_media_types(void **state)
{
    (void)state;
    int n = 0;
    const btm_route_t *rows = btm_routes(&n);
    assert_true(n >= 14);
    for (int i = 0; i < n; i++) {
        for (unsigned int bit = 1; bit <= BTM_MEDIA_CSS; bit <<= 1) {
            if (rows[i].media & bit)
                assert_string_not_equal(btm_media_type((btm_media_t)bit),
                                        "application/octet-stream");
        }
    }
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_query_escapes), cmocka_unit_test(test_routes),
        cmocka_unit_test(test_methods),       cmocka_unit_test(test_query),
        cmocka_unit_test(test_accept),        cmocka_unit_test(test_media_types),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_pool_destroy(pool);
    apr_terminate();
    return failed;
}
