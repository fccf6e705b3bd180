/* SPDX-License-Identifier: Apache-2.0
 * The engine against worked examples of its formulas, and what holds for every report: order means
 * nothing, a normal result takes nothing away, and no number is said that nobody gave or named.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "forbidden_words.h"
#include "interpret_help.h"
#include "interpret_random.h"
#include "interpret_vectors.h"
#include "libbloodtest/text.h"

enum { LEAST_VECTORS = 60, REPORTS = 400, ROWS = 14 };

/* The computed value nearest to what is expected, of those under the id of a formula. */
static double nearest(const bt_json_t *result, const char *formula, double expected)
{
    const bt_json_t *derived = bt_json_get(result, "derived");
    double best = NAN;
    for (size_t i = 0; i < bt_json_size(derived); i++) {
        const bt_json_t *one = bt_json_at(derived, i);
        double value = bt_json_get_number(one, "value", NAN);
        if (!strcmp(bt_json_get_string(one, "formula"), formula) &&
            (isnan(best) || fabs(value - expected) < fabs(best - expected)))
            best = value;
    }
    return best;
}

static void every_vector_is_met(void **state)
{
    (void)state;
    int n = sizeof vectors / sizeof vectors[0];
    for (int i = 0; i < n; i++) {
        const vector_t *one = &vectors[i];
        const bt_json_t *result = interpreted(one->patient, rows_of(one->rows), NULL);
        double value = nearest(result, one->formula, one->value);
        if (!(fabs(value - one->value) <= one->tolerance + 1e-9))
            fail_msg("%s of {%s} %s is %.10g, not %.10g", one->formula, one->patient, one->rows,
                     value, one->value);
    }
    printf("vectors checked: %d\n", n);
    assert_true(n >= LEAST_VECTORS);
}

static const char *const person = "\"sex\":\"F\",\"age_years\":61";

static void order_means_nothing(void **state)
{
    (void)state;
    for (int i = 0; i < REPORTS; i++) {
        const char *rows[ROWS];
        for (int k = 0; k < ROWS; k++)
            rows[k] = random_row();
        const char *forth = joined(rows, ROWS, 0), *back = joined(rows, ROWS, 1);
        const char *rule = NULL;
        if (!are_same_claims(&rule, interpreted(person, forth, NULL),
                             interpreted(person, back, NULL)))
            fail_msg("%s differs for %s", rule, forth);
    }
}

static void a_normal_result_takes_no_red_flag_away(void **state)
{
    (void)state;
    static const char *const flagged[] = {
        "potassium=6.5 mmol/L", "sodium=118 mmol/L", "hb=6.5 g/dL",        "plt=15 10*9/L",
        "creatinine=5 mg/dL",   "glucose=45 mg/dL",  "calcium=13.5 mg/dL", "alt=900 U/L",
        "phosphate=9.5 mg/dL",  "crp=310 mg/L"};
    for (size_t f = 0; f < sizeof flagged / sizeof flagged[0]; f++) {
        const bt_json_t *alone = interpreted(person, rows_of(flagged[f]), NULL);
        const bt_json_t *flag = bt_json_at(bt_json_get(alone, "red_flags"), 0);
        const char *rule = bt_json_get_string(flag, "rule_id");
        for (int i = 0; i < bt_catalogue_size(catalogue); i++) {
            const bt_analyte_t *analyte = bt_catalogue_at(catalogue, i);
            double middle = (analyte->low_f + analyte->high_f) / 2;
            const char *id = apr_pstrmemdup(pool, flagged[f], strcspn(flagged[f], "="));
            /* Calcium adjusted or ionised is what calcium is judged by. */
            if (isnan(middle) || !strcmp(id, analyte->id) ||
                (!strcmp(id, "calcium") && !strncmp(analyte->id, "calcium", 7)))
                continue;
            const char *rows =
                apr_pstrcat(pool, rows_of(flagged[f]), ",", numeric_row(analyte, middle), NULL);
            const bt_json_t *both = interpreted(person, rows, NULL);
            const char *urgency = urgency_of(both, rule);
            if (!urgency || strcmp(urgency, bt_json_get_string(flag, "urgency")))
                fail_msg("%s no longer speaks for %s", rule, rows);
        }
    }
}

static void no_text_says_what_is_forbidden(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "summary",           "doctor_analysis",       "nutrition_analysis",
        "exercise_analysis", "verification_analysis", "disclaimer"};
    for (int i = 0; i < REPORTS; i++) {
        const char *rows[ROWS];
        for (int k = 0; k < ROWS; k++)
            rows[k] = random_row();
        const bt_json_t *result = interpreted(person, joined(rows, ROWS, 0), NULL);
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            const char *text = bt_json_get_string(result, keys[k]), *found = NULL;
            if ((found = forbidden_in(text, pool)))
                fail_msg("%s says '%s': %s", keys[k], found, text);
            if (strstr(text, "  ") || strstr(text, " )") || strstr(text, " ,") ||
                strstr(text, "{") || strstr(text, "()") || strstr(text, " .\n"))
                fail_msg("%s has stray blanks or brackets: %s", keys[k], text);
        }
    }
}

/* ---- numbers ---- */

static void add_column(bt_buffer_t *known, const char *file, const char *name, const char *id)
{
    bt_tsv_t *tsv = NULL;
    int column = 0;
    assert_null(bt_tsv_read(&tsv, file, pool));
    assert_null(bt_tsv_column(&column, tsv, name, pool));
    for (int i = 0; i < tsv->n_rows; i++) {
        if (!id || !strcmp(tsv->rows[i][0], id))
            bt_buffer_addf(known, " %s", tsv->rows[i][column]);
    }
}

static void add_members(bt_buffer_t *known, const bt_json_t *array, const char *const *keys)
{
    for (size_t i = 0; i < bt_json_size(array); i++) {
        for (const char *const *key = keys; *key; key++) {
            const char *text = bt_json_get_string(bt_json_at(array, i), *key);
            bt_buffer_addf(known, " %s", text ? text : "");
        }
        const char *text =
            bt_json_get_string(bt_json_get(bt_json_at(array, i), "reference"), "text");
        bt_buffer_addf(known, " %s", text ? text : "");
    }
}

static int is_figure(const char *c)
{
    return isdigit((unsigned char)*c) || (*c == '.' && isdigit((unsigned char)c[1]));
}

/* Whether the figure stands in the text with nothing of a figure beside it. */
static int stands_in(const char *text, const char *figure)
{
    size_t length = strlen(figure);
    for (const char *at = text; (at = strstr(at, figure)); at += length) {
        if ((at == text || (!is_figure(at - 1) && at[-1] != '.')) && !is_figure(at + length))
            return 1;
    }
    return 0;
}

static void check_figures(const char *text, const char *known)
{
    while (*text) {
        if (!is_figure(text)) {
            text++;
            continue;
        }
        size_t length = 0;
        while (is_figure(text + length))
            length++;
        const char *figure = apr_pstrmemdup(pool, text, length);
        /* How far outside its interval a result lies is computed and says so. */
        int is_share = !strncmp(text + length, " % above its limit", 18) ||
                       !strncmp(text + length, " % below its limit", 18);
        if (!is_share && !stands_in(known, figure))
            fail_msg("where does %s come from in: %s", figure, text);
        text += length;
    }
}

/* Each figure of a claim is a result, its interval, a computed value or in the rule's own words. */
static void no_figure_comes_from_nowhere(void **state)
{
    (void)state;
    assert_true(stands_in("of 12.5 g", "12.5") && !stands_in("of 112.5 g", "12.5"));
    static const char *const of_rows[] = {"value_text", "unit_text", NULL};
    static const char *const of_derived[] = {"name", "value_text", "unit_text", NULL};
    enum { ROOM = 1 << 20 };
    bt_buffer_t *fixed = bt_buffer_create(ROOM, pool);
    add_column(fixed, "analytes.tsv", "name_en", NULL);
    add_column(fixed, "analytes.tsv", "crit_low", NULL);
    add_column(fixed, "analytes.tsv", "crit_high", NULL);
    for (int i = 0; i < REPORTS / 4; i++) {
        const char *rows[ROWS];
        for (int k = 0; k < ROWS; k++)
            rows[k] = random_row();
        const bt_json_t *result = interpreted(person, joined(rows, ROWS, 0), NULL),
                        *claims = bt_json_get(result, "claims");
        for (size_t k = 0; k < bt_json_size(claims); k++) {
            bt_buffer_t *known = bt_buffer_create(ROOM, pool);
            bt_buffer_add(known, fixed->text);
            add_members(known, bt_json_get(result, "observations"), of_rows);
            add_members(known, bt_json_get(result, "derived"), of_derived);
            const bt_json_t *claim = bt_json_at(claims, k);
            add_column(known, "rules.tsv", "text", bt_json_get_string(claim, "rule_id"));
            check_figures(bt_json_get_string(claim, "text"), known->text);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_met),
        cmocka_unit_test(order_means_nothing),
        cmocka_unit_test(a_normal_result_takes_no_red_flag_away),
        cmocka_unit_test(no_text_says_what_is_forbidden),
        cmocka_unit_test(no_figure_comes_from_nowhere),
    };
    return cmocka_run_group_tests_name("interpret_reports", tests, set_up, tear_down);
}
