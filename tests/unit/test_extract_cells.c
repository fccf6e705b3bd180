/* SPDX-License-Identifier: Apache-2.0
 * Numbers, units and intervals as laboratories print them: the parsers every cell goes through.  A
 * row each, so that a new way of printing is one line here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>
#include <apr_general.h>
#include <apr_hash.h>
#include "../../worker/extract/tokens.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static apr_pool_t *pool;
static btx_scan_t scan;

static int set_up(void **state)
{
    bt_catalogue_t *catalogue = NULL;
    btx_lexicon_t *lexicon = NULL;
    (void)state;
    apr_initialize();
    apr_pool_create(&pool, NULL);
    if (bt_catalogue_load(&catalogue, pool) || btx_lexicon_load(&lexicon, catalogue, pool))
        return -1;
    scan = (btx_scan_t){.lexicon = lexicon,
                        .catalogue = catalogue,
                        .style = BTX_STYLE_POINT,
                        .scratch = pool,
                        .units = apr_hash_make(pool)};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

static void numbers_are_read_as_printed(void **state)
{
    static const struct {
        const char *text;
        btx_style_t style;
        double value; /* NAN: not decided */
        const char *comparator, *rest;
    } cases[] = {
        {"12.5", BTX_STYLE_POINT, 12.5, "", ""},
        {"6,73", BTX_STYLE_COMMA, 6.73, "", ""},
        {"6,73", BTX_STYLE_UNKNOWN, 6.73, "", ""},
        {"9,800", BTX_STYLE_POINT, 9800, "", ""},
        {"9,800", BTX_STYLE_COMMA, 9.8, "", ""},
        {"9,800", BTX_STYLE_MIXED, NAN, "", ""},
        {"1.250", BTX_STYLE_COMMA, NAN, "", ""},
        {"1.250", BTX_STYLE_COMMA_GROUPS, 1250, "", ""},
        {"1,250", BTX_STYLE_COMMA_GROUPS, 1.25, "", ""},
        {"1,50,000", BTX_STYLE_POINT, 150000, "", ""},
        {"1.234,5", BTX_STYLE_COMMA, 1234.5, "", ""},
        {"150 000", BTX_STYLE_COMMA, 150000, "", ""},
        {"150 345", BTX_STYLE_POINT, 150, "", " 345"},
        {"150 000", BTX_STYLE_POINT, 150000, "", ""},
        {"150'000", BTX_STYLE_POINT, 150000, "", ""},
        {"11\xe2\x80\x99"
         "200",
         BTX_STYLE_POINT, 11200, "", ""},
        {"0,123", BTX_STYLE_UNKNOWN, 0.123, "", ""},
        {"< 0.01", BTX_STYLE_POINT, 0.01, "<", ""},
        {">1000", BTX_STYLE_POINT, 1000, ">", ""},
        {"<= 19", BTX_STYLE_POINT, 19, "<=", ""},
        {"> OR = 40", BTX_STYLE_POINT, 40, ">=", ""},
        {"\xe2\x89\xa5 90", BTX_STYLE_POINT, 90, ">=", ""},
        {"3.8x10^4", BTX_STYLE_POINT, 38000, "", ""},
        {"15.8 x10^9/L", BTX_STYLE_POINT, 15.8, "", " x10^9/L"},
        {"-2.5", BTX_STYLE_POINT, -2.5, "", ""},
        {"83%", BTX_STYLE_POINT, 83, "", "%"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        btx_number_t number;
        const char *end = btx_scan_number(&number, cases[i].text, cases[i].style);
        assert_non_null(end);
        assert_string_equal(end, cases[i].rest);
        assert_string_equal(number.comparator, cases[i].comparator);
        if (isnan(cases[i].value))
            assert_true(isnan(number.value));
        else
            assert_true(fabs(number.value - cases[i].value) < 1e-9);
    }
}

static void what_is_no_number_is_refused(void **state)
{
    static const char *const cases[] = {"",        "abc", "12.03.2024", "1,2,3",
                                        "1.2.3.4", "<",   "--",         "."};
    btx_number_t number;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_null(btx_scan_number(&number, cases[i], BTX_STYLE_POINT));
}

static void units_are_told_from_words(void **state)
{
    static const char *const units[] = {"g/dL",
                                        "x10^3/\xce\xbcl",
                                        "x10\xe2\x81\xb9/L",
                                        "cells/cumm",
                                        "Lakhs/cmm",
                                        "%",
                                        "mL/min/1.73m2",
                                        "mL/min/1.73 sq.m",
                                        "/hpf",
                                        "ug/mL FEU",
                                        "mill/mm3",
                                        "g%",
                                        "\xc2\xb5IU/mL",
                                        "fL",
                                        "pg",
                                        "seconds",
                                        "10*3/uL",
                                        "mg/100ml",
                                        "ratio"};
    static const char *const others[] = {
        "Hb",  "WBC",  "K",    "L",  "H", "G1",   "A1",
        "13",  "12.5", "Low",  "10", "(", "Male", "mg/dL (Normal: 4 - 5)",
        "2-3", "-",    "718-7"};
    (void)state;
    for (size_t i = 0; i < COUNT(units); i++) {
        if (!btx_is_unit(&scan, units[i], pool))
            fail_msg("'%s' is a unit", units[i]);
    }
    for (size_t i = 0; i < COUNT(others); i++) {
        if (btx_is_unit(&scan, others[i], pool))
            fail_msg("'%s' is no unit", others[i]);
    }
    assert_true(btx_is_unit_note(&scan, "(calc)", pool));
    assert_false(btx_is_unit_note(&scan, "calc", pool) || btx_is_unit_note(&scan, "(g/dL)", pool));
}

static void intervals_are_read_as_printed(void **state)
{
    static const struct {
        const char *text;
        int has_two;
        double low, high;
    } cases[] = {
        {"13.0 - 17.0", 1, 13, 17},
        {"4000-11000", 1, 4000, 11000},
        {"00 - 06", 1, 0, 6},
        {"4,000 - 11,000", 1, 4000, 11000},
        {"0.4 to 4.0", 1, 0.4, 4},
        {"(70 - 100)", 1, 70, 100},
        {"(1.5 - 7.7)/mm3", 1, 1.5, 7.7},
        {"40-65%", 1, 40, 65},
        {"13 - 17 g/dL", 1, 13, 17},
        {"< 200", 0, NAN, 200},
        {"Up to 200", 0, NAN, 200},
        {"1.0-2.5 (calc)", 1, 1, 2.5},
        {"<5.0 (calc)", 0, NAN, 5},
        {"more than 40", 0, 40, NAN},
        {">59", 0, 59, NAN},
        {"1,50,000 - 4,10,000", 1, 150000, 410000},
        {"[60.0 -]", 0, 60, NAN},
        {"from 4 to 6", 1, 4, 6},
        {"De 20 a 60 ng/mL", 1, 20, 60},
    };
    static const char *const others[] = {"718-7",     "17 - 13", "12-05-2023",   "12.5",   "g/dL",
                                         "1 - 2 - 3", "normal",  "0268-2550011", "60.0 -", "from"};
    bt_interval_t interval;
    int has_two = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (!btx_is_interval(&interval, &has_two, &scan, cases[i].text, pool))
            fail_msg("'%s' is an interval", cases[i].text);
        assert_int_equal(has_two, cases[i].has_two);
        assert_true(isnan(cases[i].low) ? isnan(interval.low) : interval.low == cases[i].low);
        assert_true(isnan(cases[i].high) ? isnan(interval.high) : interval.high == cases[i].high);
    }
    for (size_t i = 0; i < COUNT(others); i++) {
        if (btx_is_interval(&interval, &has_two, &scan, others[i], pool))
            fail_msg("'%s' is no interval", others[i]);
    }
}

static void the_sex_chooses_among_intervals(void **state)
{
    static const char text[] = "Male: 13.0 - 17.0 Female: 12.0 - 15.0";
    bt_interval_t interval;
    (void)state;
    assert_true(btx_find_interval(&interval, &scan, text, 'F', pool));
    assert_true(interval.low == 12 && interval.high == 15);
    assert_true(btx_find_interval(&interval, &scan, text, 'M', pool));
    assert_true(interval.low == 13 && interval.high == 17);
    assert_false(btx_find_interval(&interval, &scan, text, 0, pool));
    assert_false(btx_find_interval(&interval, &scan, "Desirable: < 200 High: > 240", 'M', pool));
}

static void dates_are_no_results(void **state)
{
    static const char *const dates[] = {"14/5/2023", "2023-05-14", "14-May-23", "14.05.2023"};
    static const char *const none[] = {"13.0-17.0", "1:80", "12.5", "718-7", "10^3/uL"};
    int march[2], april[2];
    (void)state;
    for (size_t i = 0; i < COUNT(dates); i++)
        assert_true(btx_is_date(dates[i]));
    for (size_t i = 0; i < COUNT(none); i++)
        assert_false(btx_is_date(none[i]) || btx_is_time(none[i]));
    assert_true(btx_is_time("08:15") && btx_is_time("08:15:30") && !btx_is_time("08:75"));
    btx_date_read(march, "30/03/2024");
    btx_date_read(april, "02/04/2024");
    assert_true(april[0] > march[0] && !march[1]); /* the month cannot stand first */
}

static void the_dates_of_a_document_tell_their_order(void **state)
{
    btx_word_t word[] = {{.text = "03/07/2024"}, {.text = "30/11/1951"}, {.text = "11/30/1951"}};
    btx_words_t words = {.word = word, .n = 1};
    int date[2];
    (void)state;
    assert_int_equal(btx_order_of(&words), BTX_ORDER_UNKNOWN);
    words.n = 2;
    assert_int_equal(btx_order_of(&words), BTX_DAY_FIRST);
    words.n = 3;
    assert_int_equal(btx_order_of(&words), BTX_ORDER_UNKNOWN); /* both are there */
    words.word = word + 2;
    words.n = 1;
    assert_int_equal(btx_order_of(&words), BTX_MONTH_FIRST);
    btx_date_read(date, "03/07/2024");
    assert_true(date[0] > date[1]);
    btx_date_settle(date, BTX_DAY_FIRST);
    assert_true(date[0] == date[1]);
    btx_date_read(date, "30/03/2024");
    btx_date_settle(date, BTX_MONTH_FIRST);
    assert_true(date[0] && !date[1]); /* a date that this order does not allow stays as it is */
}

/* The largest number in a line of two words, the second one beginning at x. */
static double largest_number(double x)
{
    btx_word_t words[2] = {{.text = "346", .key = "346", .box = {100, 10, 117, 19}, .size = 9},
                           {.text = "354", .key = "354", .box = {x, 10, x + 17, 19}, .size = 9}};
    btx_word_t *in_line[2] = {&words[0], &words[1]};
    btx_cell_t cell = {0, 2, 100, x + 17};
    const btx_line_t line = {.word = in_line, .n = 2, .cell = &cell, .n_cells = 1, .size = 9};
    const btx_style_t style = scan.style;
    btx_tokens_t tokens;
    double largest = 0;
    scan.style = BTX_STYLE_COMMA;
    btx_tokens_make(&tokens, &scan, &line, 0, 2, pool);
    scan.style = style;
    for (int i = 0; i < tokens.n; i++)
        largest =
            fmax(largest, tokens.token[i].kind == BTX_NUMBER ? tokens.token[i].number.value : 0);
    return largest;
}

static void numbers_over_each_other_are_not_one(void **state)
{
    (void)state;
    assert_true(largest_number(120) > 346353); /* a word space apart: thousands */
    assert_true(largest_number(108) < 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_as_printed),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(units_are_told_from_words),
        cmocka_unit_test(intervals_are_read_as_printed),
        cmocka_unit_test(the_sex_chooses_among_intervals),
        cmocka_unit_test(dates_are_no_results),
        cmocka_unit_test(the_dates_of_a_document_tell_their_order),
        cmocka_unit_test(numbers_over_each_other_are_not_one),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
