/* SPDX-License-Identifier: Apache-2.0
 * Reports as JSON: there and back they are the same, and what a hostile reader writes is refused,
 * field by field.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>
#include "libbloodtest/report.h"

static apr_pool_t *pool;
static bt_catalogue_t *catalogue;

static int set_up(void **state)
{
    *state = NULL;
    apr_initialize();
    apr_pool_create(&pool, NULL);
    return bt_catalogue_load(&catalogue, pool) ? -1 : 0;
}

static int tear_down(void **state)
{
    *state = NULL;
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

static bt_report_t sample(void)
{
    static bt_observation_t row;
    static bt_line_t line = {"Some line 3.4", 2, {1, 2, 3, 4}, "no analyte of this name"};
    row = (bt_observation_t){.id = "o1",
                             .label = "Hémoglobine",
                             .value_text = "<6,2",
                             .unit_text = "g/dL",
                             .reference_text = "12 - 16",
                             .page = 1,
                             .box = {10.5, 20, 30, 40},
                             .value = 6.2,
                             .comparator = "<",
                             .unit = "g/dL",
                             .loinc = "718-7",
                             .reference = {12, 16, 0, 1},
                             .confidence = 0.9,
                             .confidence_reason = "spelling differs"};
    row.analyte = bt_catalogue_by_id(catalogue, "hb");
    return (bt_report_t){.pages = 2,
                         .sex = 'F',
                         .age_years = 41,
                         .laboratory = "A laboratory",
                         .observations = &row,
                         .n_observations = 1,
                         .not_understood = &line,
                         .n_not_understood = 1};
}

static bt_json_t *as_json(const bt_report_t *report)
{
    bt_json_t *json = NULL;
    const char *text = bt_report_print(report, pool);
    assert_null(bt_json_parse(&json, text, strlen(text), pool));
    return json;
}

static void there_and_back_is_the_same(void **state)
{
    (void)state;
    const bt_report_t report = sample();
    const char *text = bt_report_print(&report, pool);
    bt_json_t *json = NULL;
    bt_report_t *back = NULL;
    assert_null(bt_json_parse(&json, text, strlen(text), pool));
    bt_err_t *err = bt_report_from_json(&back, json, catalogue, pool);
    if (err)
        fail_msg("%s", bt_error_text(err, pool));
    assert_string_equal(bt_report_print(back, pool), text);
    assert_ptr_equal(back->observations[0].analyte, report.observations[0].analyte);
    assert_true(back->observations[0].reference.high_excluded);
    assert_null(back->observations[0].flag_text);
}

/* What a report holds comes out of jansson as it went in. */
static void texts_and_numbers_are_kept(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "a \"b\" \\ c", "µg/dL ≥ 5", "two\nlines\tand", "/"};
    static const double numbers[] = {
        0,   -0.5,   5.4,     0.1 + 0.2, 1e-7, 123456.789012, -999999999.5,
        1e9, 3.3e14, 1 / 3.0, 0.000001,  250,  16.35};
    bt_report_t report = sample(), *back = NULL;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        report.observations[0].value_text = texts[i];
        assert_null(bt_report_from_json(&back, as_json(&report), catalogue, pool));
        assert_string_equal(back->observations[0].value_text, texts[i]);
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        report.observations[0].value = numbers[i];
        assert_null(bt_report_from_json(&back, as_json(&report), catalogue, pool));
        double difference = fabs(back->observations[0].value - numbers[i]);
        assert_true(difference <= 1e-14 * fabs(numbers[i]));
    }
    report.observations[0].value_text = "bad \xff byte\x01";
    assert_null(bt_report_from_json(&back, as_json(&report), catalogue, pool));
    assert_string_equal(back->observations[0].value_text, "bad \xef\xbf\xbd byte ");
}

typedef struct hostile_t {
    const char *from, *to; /* what in the good text is replaced by what */
} hostile_t;

static const hostile_t hostile[] = {
    {"\"pages\":2", "\"pages\":\"2\""},
    {"\"pages\":2", "\"pages\":1e30"},
    {"\"sex\":\"F\"", "\"sex\":\"X\""},
    {"\"sex\":\"F\"", "\"sex\":7"},
    {"\"age_years\":41", "\"age_years\":-3"},
    {"\"age_years\":41", "\"age_years\":4100"},
    {"\"id\":\"o1\"", "\"id\":\"o0\""},
    {"\"id\":\"o1\"", "\"id\":\"x1\""},
    {"\"id\":\"o1\"", "\"id\":\"o99999999\""},
    {"\"id\":\"o1\"", "\"id\":null"},
    {"\"label\":\"H", "\"label\":[],\"x\":\"H"},
    {"\"analyte\":\"hb\"", "\"analyte\":\"nothing\""},
    {"\"analyte\":\"hb\"", "\"analyte\":true"},
    {"\"value\":6.2", "\"value\":\"6.2\""},
    {"\"value\":6.2", "\"value\":1e300"},
    {"\"comparator\":\"<\"", "\"comparator\":\"=\""},
    {"\"comparator\":\"<\"", "\"comparator\":5"},
    {"\"unit\":\"g/dL\"", "\"unit\":\"; DROP\""},
    {"\"loinc\":\"718-7\"", "\"loinc\":\"<b>\""},
    {"\"low\":12", "\"low\":17"},
    {"\"reference\":{", "\"reference\":[],\"y\":{"},
    {"\"confidence\":0.9", "\"confidence\":2"},
    {"\"confidence\":0.9", "\"confidence\":null"},
    {"\"box\":[10.5", "\"box\":[1e9"},
    {"\"box\":[10.5", "\"box\":[1,10.5"},
    {"\"page\":1", "\"page\":-1"},
    {"\"page\":1", "\"page\":1.5"},
    {"\"observations\":[", "\"observations\":[7,"},
    {"\"observations\":[", "\"observations\":{},\"z\":["},
    {"\"not_understood\":[", "\"not_understood\":[null,"},
};

static void what_is_out_of_limits_is_refused(void **state)
{
    (void)state;
    const bt_report_t report = sample();
    const char *good = bt_report_print(&report, pool);
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        const char *at = strstr(good, hostile[i].from);
        bt_json_t *json = NULL;
        bt_report_t *back = NULL;
        if (!at)
            fail_msg("%s is not in %s", hostile[i].from, good);
        const char *bad = apr_pstrcat(pool, apr_pstrmemdup(pool, good, (apr_size_t)(at - good)),
                                      hostile[i].to, at + strlen(hostile[i].from), NULL);
        assert_null(bt_json_parse(&json, bad, strlen(bad), pool));
        bt_err_t *err = bt_report_from_json(&back, json, catalogue, pool);
        if (!err)
            fail_msg("taken: %s", hostile[i].to);
        assert_int_equal(err->code, BT_E_INTERNAL);
    }
}

static void too_much_is_refused(void **state)
{
    (void)state;
    bt_report_t report = sample(), *back = NULL;
    char *longer = apr_pcalloc(pool, 5001);
    memset(longer, 'x', 5000);
    report.observations[0].label = longer;
    assert_non_null(bt_report_from_json(&back, as_json(&report), catalogue, pool));
    report = sample();
    bt_observation_t *twice = apr_pcalloc(pool, 2 * sizeof *twice);
    twice[0] = twice[1] = report.observations[0];
    report.observations = twice;
    report.n_observations = 2;
    assert_non_null(bt_report_from_json(&back, as_json(&report), catalogue, pool));
    twice[1].id = "o7";
    assert_null(bt_report_from_json(&back, as_json(&report), catalogue, pool));
    bt_json_t *json = as_json(&report), *lines = bt_json_set_array(json, "hidden");
    for (int i = 0; i <= BT_MAX_HIDDEN; i++)
        bt_json_set_string(bt_json_push_object(lines), "text", "x");
    assert_non_null(bt_report_from_json(&back, json, catalogue, pool));
    assert_non_null(bt_report_from_json(&back, NULL, catalogue, pool));
}

static void a_strange_row_costs_no_report(void **state)
{
    (void)state;
    bt_report_t report = sample(), *back = NULL;
    bt_line_t *lines = apr_pcalloc(pool, BT_MAX_NOT_UNDERSTOOD * sizeof *lines);
    bt_observation_t rows[3] = {report.observations[0], report.observations[0],
                                report.observations[0]};
    char *longer = apr_pcalloc(pool, 5001);
    memset(longer, 'x', 5000);
    rows[0].unit_text = longer;
    rows[1].id = "o2";
    rows[1].section = longer;
    rows[2].id = "o3";
    rows[2].value = 1e16;
    report.observations = rows;
    report.n_observations = 3;
    lines[0] = report.not_understood[0];
    lines[0].text = longer;
    report.not_understood = lines;
    report.laboratory = longer;
    bt_report_fit(&report, pool);
    assert_null(bt_report_from_json(&back, as_json(&report), catalogue, pool));
    assert_int_equal(back->n_observations, 1);
    assert_string_equal(back->observations[0].id, "o2");
    assert_null(back->observations[0].section);
    assert_int_equal(back->n_not_understood, 3);
    assert_string_equal(back->not_understood[1].text, rows[1].label);
    assert_null(back->laboratory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back_is_the_same),
        cmocka_unit_test(texts_and_numbers_are_kept),
        cmocka_unit_test(what_is_out_of_limits_is_refused),
        cmocka_unit_test(too_much_is_refused),
        cmocka_unit_test(a_strange_row_costs_no_report),
    };
    return cmocka_run_group_tests_name("report_json", tests, set_up, tear_down);
}
