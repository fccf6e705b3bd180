/* SPDX-License-Identifier: Apache-2.0
 * Earlier results of the same person: printed dates, what counts as a change, trends, and that
 * nothing is compared whose order is not clear.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "interpret_help.h"
#include "libbloodtest/interpret/engine.h"

static void check_date(const char *printed, char order, const char *iso)
{
    bt_engine_t engine = {.catalogue = catalogue};
    assert_null(bt_engine_begin(&engine, pool));
    assert_null(bt_tables_load(&engine));
    const char *found = bt_date_iso(&order, &engine, printed);
    if (!iso != !found || (iso && strcmp(iso, found)))
        fail_msg("'%s' is %s, not %s", printed, found ? found : "nothing", iso ? iso : "nothing");
}

static void printed_dates_are_read_where_they_are_clear(void **state)
{
    (void)state;
    check_date("14/5/2023 11:03:00", 0, "2023-05-14T11:03");
    check_date("2/28/2023", 0, "2023-02-28");
    check_date("04/10/2022", 0, NULL);
    check_date("04/10/2022", 'd', "2022-10-04");
    check_date("04/10/2022", 'm', "2022-04-10");
    check_date("04.10.2022 07:05", 0, "2022-10-04T07:05");
    check_date("05/05/2022", 0, "2022-05-05");
    check_date("12-Mar-2026 08:15", 0, "2026-03-12T08:15");
    check_date("Nov 3, 2025 12:30 AM", 0, "2025-11-03T00:30");
    check_date("02 Dec 25 3:11 PM", 0, "2025-12-02T15:11");
    check_date("3. März 2024", 0, "2024-03-03");
    check_date("2024-01-15", 0, "2024-01-15");
    check_date("2025/07/25 9:00", 0, "2025-07-25T09:00");
    check_date("03:11 PM 02 Dec, 2X", 0, NULL);
    check_date("08:30 AM", 0, NULL);
    check_date("31/31/2024", 0, NULL);
    check_date("13/2024", 0, NULL);
    check_date("", 0, NULL);
    check_date("99999999999999999999 1 1", 0, NULL);
    check_date(NULL, 0, NULL);
}

static const char *point(const char *row, const char *collected)
{
    const char *json = row_of(row);
    return apr_psprintf(pool, "%.*s,\"collected\":\"%s\"}", (int)strlen(json) - 1, json, collected);
}

/* Results of one analyte with their days, separated by commas and blanks. */
static bt_json_t *series(const char *a, const char *day_a, const char *b, const char *day_b,
                         const char *c)
{
    const char *rows = apr_pstrcat(pool, point(a, day_a), ",", point(b, day_b), c ? "," : "",
                                   c ? point(c, "2026-01-10") : "", NULL);
    return interpreted("\"sex\":\"F\",\"age_years\":44", rows, NULL);
}

static const char *text_of_rule(const bt_json_t *result, const char *rule)
{
    const bt_json_t *claims = bt_json_get(result, "claims");
    for (size_t i = 0; i < bt_json_size(claims); i++) {
        if (!strcmp(bt_json_get_string(bt_json_at(claims, i), "rule_id"), rule))
            return bt_json_get_string(bt_json_at(claims, i), "text");
    }
    return NULL;
}

static const char *flag_of(const bt_json_t *result)
{
    const bt_json_t *row = bt_json_at(bt_json_get(result, "observations"), 0);
    const char *flag = bt_json_get_string(bt_json_get(row, "change"), "flag");
    return flag ? flag : "";
}

static void a_change_is_told_in_the_unit_of_the_report(void **state)
{
    (void)state;
    bt_json_t *result =
        series("hb=10.1 g/dL", "2026-06-01", "hb=123 g/L", "2026-02-01T08:00", NULL);
    assert_string_equal(flag_of(result), "D");
    const char *text = text_of_rule(result, "D02");
    assert_non_null(text);
    assert_non_null(strstr(text, "12.3 g/dL on 2026-02-01, down by 2.2 g/dL (18 %)"));
    assert_non_null(strstr(text, "inside the interval then"));
    assert_null(text_of_rule(result, "D03"));
    /* a tenth of that is usual variation, and normal: one line for all of them */
    result = series("hb=13.1 g/dL", "2026-06-01", "hb=13.3 g/dL", "2026-02-01", NULL);
    assert_string_equal(flag_of(result), "");
    assert_null(text_of_rule(result, "D01"));
    assert_non_null(strstr(text_of_rule(result, "D04"), "Haemoglobin"));
}

static void three_points_make_a_trend(void **state)
{
    (void)state;
    bt_json_t *result = series("creatinine=1.4 mg/dL", "2026-06-01", "creatinine=1.1 mg/dL",
                               "2026-03-01", "creatinine=70.7 umol/L");
    assert_string_equal(text_of_rule(result, "D03"),
                        "Creatinine has risen with each of 3 results since 2026-01-10: 0.8, 1.1, "
                        "1.4 mg/dL.");
    result = series("hb=9.1 g/dL", "2026-06-01", "hb=12.1 g/dL", "2026-03-01", "hb=13.0 g/dL");
    assert_non_null(strstr(text_of_rule(result, "D03"), "has fallen with each of 3"));
    result = series("hb=9.1 g/dL", "2026-06-01", "hb=8.8 g/dL", "2026-03-01", "hb=9.4 g/dL");
    assert_non_null(strstr(text_of_rule(result, "D03"), "without a steady direction"));
}

static void what_is_no_number_or_has_no_order_is_not_compared(void **state)
{
    (void)state;
    bt_json_t *result = series("crp=<5 mg/L", "2026-06-01", "crp=200 mg/L", "2026-03-01", NULL);
    assert_null(text_of_rule(result, "D02"));
    result = series("hb=9.1 g/dL", "2026-06-01", "hb=13.0 g/dL", "2026-06-01", NULL);
    assert_null(text_of_rule(result, "D02"));
    result =
        interpreted("\"sex\":\"F\",\"age_years\":44", rows_of("hb=9.1 g/dL; hb=13 g/dL"), NULL);
    assert_null(text_of_rule(result, "D02"));
}

/* One analysis of today against stored ones. */
static bt_json_t *against(const bt_earlier_t *earlier, int n, const char *sent)
{
    bt_json_t *facts = NULL, *result = NULL;
    bt_report_t *report = NULL;
    bt_context_t context;
    static const char text[] = "{\"patient\":{\"sex\":\"F\",\"age_years\":44},\"observations\":"
                               "[{\"analyte\":\"hb\",\"value\":10.1,\"unit\":\"g/dL\"}]}";
    assert_null(bt_json_parse(&facts, text, strlen(text), pool));
    assert_null(bt_facts_read(&report, &context, facts, catalogue, pool));
    context.earlier = earlier;
    context.n_earlier = n;
    context.sent = sent;
    assert_null(bt_interpret(&result, report, &context, catalogue, pool));
    return result;
}

static void stored_analyses_are_compared_by_the_day_they_were_sent(void **state)
{
    (void)state;
    bt_json_t *stored = interpreted("\"sex\":\"F\",\"age_years\":44",
                                    rows_of("hb=13.0 g/dL; sodium=140 mmol/L"), NULL);
    bt_earlier_t earlier[3] = {{.analysis_id = "a", .sent = "2026-01-01T08:00:00.000Z"},
                               {.analysis_id = "b", .sent = "2026-02-01T08:00:00.000Z"},
                               {.analysis_id = "c", .sent = "2026-09-01T08:00:00.000Z"}};
    for (int i = 0; i < 3; i++)
        bt_earlier_read(&earlier[i], stored, catalogue, pool);
    bt_json_t *result = against(earlier, 3, "2026-05-01T08:00:00.000Z");
    const bt_json_t *previous = bt_json_get(result, "previous");
    assert_int_equal(bt_json_size(previous), 3); /* hb only: sodium is not measured now */
    assert_string_equal(flag_of(result), "D");
    assert_non_null(strstr(text_of_rule(result, "D02"), "on 2026-02-01 (day it was sent)"));
    assert_non_null(text_of_rule(result, "D03"));
    assert_null(text_of_rule(against(earlier, 3, NULL), "D02"));
    assert_null(text_of_rule(against(&earlier[2], 1, "2026-05-01T08:00:00.000Z"), "D02"));
}

/* What another program wrote into the database is no reason to fall over. */
static void a_stored_result_may_be_anything(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{}", "[]", "{\"observations\":7,\"specimen\":[]}",
        "{\"observations\":[null,7,{\"analyte\":7},{\"analyte\":\"hb\"},"
        "{\"analyte\":\"hb\",\"value\":\"13\"},{\"analyte\":\"hb\",\"value\":13,\"unit\":\"kg\","
        "\"comparator\":\"<<<<<<<<<\",\"confidence\":\"x\"}],\"specimen\":{\"date\":\"never\"}}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        bt_json_t *stored = NULL;
        bt_earlier_t earlier = {.analysis_id = "a", .sent = "2026-01-01T08:00:00Z"};
        assert_null(bt_json_parse(&stored, texts[i], strlen(texts[i]), pool));
        bt_earlier_read(&earlier, stored, catalogue, pool);
        assert_null(text_of_rule(against(&earlier, 1, "2026-05-01T08:00:00Z"), "D02"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(printed_dates_are_read_where_they_are_clear),
        cmocka_unit_test(a_change_is_told_in_the_unit_of_the_report),
        cmocka_unit_test(three_points_make_a_trend),
        cmocka_unit_test(what_is_no_number_or_has_no_order_is_not_compared),
        cmocka_unit_test(stored_analyses_are_compared_by_the_day_they_were_sent),
        cmocka_unit_test(a_stored_result_may_be_anything),
    };
    return cmocka_run_group_tests_name("changes", tests, set_up, tear_down);
}
