/* SPDX-License-Identifier: Apache-2.0
 * The forms of a result: hostile text stays text, columns stay columns whatever the script, and the
 * FHIR bundle holds what its readers look for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>
#include "libbloodtest/render/render.h"

static apr_pool_t *pool;

static int set_up(void **state)
{
    *state = NULL;
    apr_initialize();
    return apr_pool_create(&pool, NULL) == APR_SUCCESS ? 0 : -1;
}

static int tear_down(void **state)
{
    *state = NULL;
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

static const char sample_text[] =
    "{\"urgency\":\"U4\",\"patient\":{\"sex\":\"F\",\"age_years\":41},\"specimen\":{\"collected\":"
    "\"2026-11-20\"},"
    "\"observations\":[{\"id\":\"o1\",\"label\":\"Hémoglobine "
    "<script>alert(1)</script>\",\"value_text\":\"<6,2\","
    "\"unit_text\":\"g/dL\",\"reference_text\":\"12 - "
    "16\",\"page\":1,\"loinc\":\"718-7\",\"value\":6.2,"
    "\"comparator\":\"<\",\"unit\":\"g/dL\",\"reference\":{\"low\":12,\"high\":16,\"text\":\"12 - "
    "16\","
    "\"source\":\"printed\"},\"interpretation\":\"LL\"},{\"id\":\"o2\",\"label\":\"HBsAg\",\"value_"
    "text\":\"negative\","
    "\"interpretation\":\"<img>\",\"value\":null}],\"derived\":[{\"formula\":\"F01\",\"name\":"
    "\"eGFR\",\"value\":57.123,"
    "\"value_text\":\"57.1\",\"unit\":\"mL/min/{1.73_m2}\",\"unit_text\":\"mL/min/1.73 "
    "m2\",\"inputs\":"
    "[{\"observation_id\":\"o1\"}]}],\"red_flags\":[{\"text\":\"Very low \\u202Eevil & "
    "more\",\"urgency\":\"U4\"}],"
    "\"not_understood\":[{\"text\":\"a "
    "line\",\"page\":2}],\"summary\":\"One\\nTwo\",\"doctor_analysis\":\"Head\\n- a\\n- b\","
    "\"nutrition_analysis\":\"n\",\"exercise_analysis\":\"e\",\"verification_analysis\":\"v\","
    "\"disclaimer\":\"d\"}";

static bt_json_t *parsed(const char *text)
{
    bt_json_t *json = NULL;
    assert_null(bt_json_parse(&json, text, strlen(text), pool));
    return json;
}

static void html_is_escaped_and_has_its_parts(void **state)
{
    (void)state;
    const char *html = bt_render_html(parsed(sample_text), pool);
    static const char *const wanted[] = {
        "&lt;script&gt;", "role=\"alert\"", "<caption>", "scope=\"col\"",   "scope=\"row\"",
        "bt-is-ll",       "<li>a</li>",     "&lt;6,2",   "evil &amp; more", "<dt>eGFR</dt>"};
    static const char *const unwanted[] = {
        "<script", "<img", "style=", "<html", "\xE2\x80\xAE", "onload"};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        if (!strstr(html, wanted[i]))
            fail_msg("%s is missing", wanted[i]);
    }
    for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++) {
        if (strstr(html, unwanted[i]))
            fail_msg("%s is there", unwanted[i]);
    }
    assert_true(strstr(html, "bt-red-flags") < strstr(html, "bt-table"));
}

static void lines_of_text_are_narrow(void **state)
{
    (void)state;
    const char *text = bt_render_text(parsed(sample_text), pool);
    assert_true(strstr(text, "!! Red flags") < strstr(text, "Results"));
    assert_non_null(strstr(text, "LL"));
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n"), columns = 0;
        for (size_t i = 0; i < length; i++)
            columns += ((unsigned char)line[i] & 0xC0) != 0x80;
        assert_true(columns <= 100);
        line += length + (line[length] == '\n');
    }
}

static void fhir_has_codes_and_no_patient(void **state)
{
    (void)state;
    const char *text = bt_render_fhir(parsed(sample_text), pool);
    const bt_json_t *bundle = parsed(text), *entries = bt_json_get(bundle, "entry");
    assert_string_equal(bt_json_get_string(bundle, "resourceType"), "Bundle");
    assert_string_equal(bt_json_get_string(bundle, "type"), "collection");
    assert_int_equal(bt_json_size(entries), 4);
    const bt_json_t *report = bt_json_get(bt_json_at(entries, 0), "resource");
    assert_string_equal(bt_json_get_string(report, "resourceType"), "DiagnosticReport");
    assert_int_equal(bt_json_size(bt_json_get(report, "result")), 3);
    const bt_json_t *first = bt_json_get(bt_json_at(entries, 1), "resource");
    assert_string_equal(bt_json_get_string(first, "status"), "preliminary");
    const bt_json_t *coding = bt_json_at(bt_json_get(bt_json_get(first, "code"), "coding"), 0);
    assert_string_equal(bt_json_get_string(coding, "system"), "http://loinc.org");
    assert_string_equal(bt_json_get_string(coding, "code"), "718-7");
    const bt_json_t *quantity = bt_json_get(first, "valueQuantity");
    assert_string_equal(bt_json_get_string(quantity, "comparator"), "<");
    assert_string_equal(bt_json_get_string(quantity, "system"), "http://unitsofmeasure.org");
    assert_non_null(bt_json_get(first, "interpretation"));
    const bt_json_t *second = bt_json_get(bt_json_at(entries, 2), "resource");
    assert_string_equal(bt_json_get_string(second, "valueString"), "negative");
    assert_null(bt_json_get(second, "interpretation"));
    const bt_json_t *third = bt_json_get(bt_json_at(entries, 3), "resource");
    assert_string_equal(
        bt_json_get_string(bt_json_at(bt_json_get(third, "derivedFrom"), 0), "reference"),
        bt_json_get_string(bt_json_at(entries, 1), "fullUrl"));
    assert_null(strstr(text, "\"subject\""));
    assert_string_equal(text, bt_render_fhir(parsed(sample_text), pool));
}

/* Headings come out of the result, so that one in another language stays in it; they are as hostile
 * as the rest of it. */
static void words_are_those_of_the_result(void **state)
{
    (void)state;
    const char *german =
        apr_pstrcat(pool,
                    "{\"labels\":{\"red_flags\":\"Warnungen\",\"is_ll\":"
                    "\"gefährlich niedrig\",\"urgency_u4\":\"<b>sofort\",\"value\":7},",
                    sample_text + 1, NULL);
    const char *html = bt_render_html(parsed(german), pool);
    const char *text = bt_render_text(parsed(german), pool);
    assert_non_null(strstr(html, "<h2>Warnungen</h2>"));
    assert_non_null(strstr(html, "gefährlich niedrig"));
    assert_non_null(strstr(html, "&lt;b&gt;sofort"));
    assert_null(strstr(html, "<b>"));
    assert_non_null(
        strstr(html, "bt-value\">Value</th>")); /* none of the result's: the usual one */
    assert_non_null(strstr(text, "!! Warnungen\n------------\n"));
    assert_null(strstr(text, "Red flags"));
    assert_non_null(strstr(bt_render_html(parsed(sample_text), pool), "critically low"));
}

static void anything_at_all_is_survived(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "{}",
        "[]",
        "{\"observations\":7,\"red_flags\":\"x\",\"derived\":{}}",
        "{\"observations\":[1,null,[],{\"label\":[],\"value\":\"x\",\"reference\":[],\"page\":"
        "\"1\",\"box\":{}}]}",
        "{\"summary\":{},\"doctor_analysis\":\"- \\n- "
        "\\n\\n\",\"urgency\":\"U9\",\"patient\":[],\"derived\":[{}]}",
        "{\"red_flags\":[{}],\"not_understood\":[{},7],\"disclaimer\":\"\\u0007\\u001b[31m\"}"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        const bt_json_t *json = parsed(odd[i]);
        assert_non_null(bt_render_text(json, pool));
        assert_non_null(bt_render_html(json, pool));
        assert_non_null(bt_render_fhir(json, pool));
        assert_null(strchr(bt_render_text(json, pool), '\033'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_is_escaped_and_has_its_parts),
        cmocka_unit_test(lines_of_text_are_narrow),
        cmocka_unit_test(fhir_has_codes_and_no_patient),
        cmocka_unit_test(words_are_those_of_the_result),
        cmocka_unit_test(anything_at_all_is_survived),
    };
    return cmocka_run_group_tests_name("render", tests, set_up, tear_down);
}
