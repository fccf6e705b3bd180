/* SPDX-License-Identifier: Apache-2.0
 * The same report in the units of the other system gives the same claims.  Values so near a limit
 * that one per cent decides are left aside: there each system has a printed limit of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "interpret_random.h"

enum { REPORTS = 150, ROWS = 5, LEAST_COMPARED = 60 };

static const struct {
    const char *analyte, *unit;
    double low, high; /* in the unit of the catalogue */
} convertible[] = {
    {"glucose_fasting", "mmol/L", 40, 450},
    {"chol", "mmol/L", 100, 350},
    {"hdl", "mmol/L", 20, 90},
    {"ldl", "mmol/L", 40, 250},
    {"trig", "mmol/L", 50, 1200},
    {"creatinine", "umol/L", 0.4, 6},
    {"calcium", "mmol/L", 6, 14},
    {"bili_total", "umol/L", 0.2, 15},
    {"urate", "umol/L", 2, 11},
    {"phosphate", "mmol/L", 0.8, 10},
    {"hb", "g/L", 6, 21},
    {"albumin", "g/L", 2, 5.5},
    {"urea", "mmol/L", 10, 220},
    {"vit_d", "nmol/L", 8, 130},
    {"b12", "pmol/L", 100, 900},
    {"ft4", "pmol/L", 0.3, 6},
    {"iron", "umol/L", 20, 220},
    {"folate", "nmol/L", 1.5, 15},
};
enum { N_CONVERTIBLE = sizeof convertible / sizeof convertible[0] };

typedef struct made_t {
    int index[ROWS];
    double value[ROWS];
} made_t;

static void make(made_t *report)
{
    for (int i = 0; i < ROWS; i++) {
        /* One of each: the step is no divisor of their number. */
        report->index[i] =
            i ? (report->index[i - 1] + 5) % N_CONVERTIBLE : (int)(random_unit() * N_CONVERTIBLE);
        double low = convertible[report->index[i]].low, high = convertible[report->index[i]].high;
        const char *id = convertible[report->index[i]].analyte;
        /* With as many decimals as laboratories print: limits are compared so. */
        double scale = pow(10, bt_catalogue_by_id(catalogue, id)->decimals);
        report->value[i] = round((low + random_unit() * (high - low)) * scale) / scale;
    }
}

/* The report with one of its values times a factor, in either system. */
static const bt_json_t *result_of(const made_t *report, int changed, double factor, int other)
{
    const char *rows = "";
    for (int i = 0; i < ROWS; i++) {
        const char *id = convertible[report->index[i]].analyte,
                   *unit = convertible[report->index[i]].unit;
        const bt_analyte_t *analyte = bt_catalogue_by_id(catalogue, id);
        double value = report->value[i] * (i == changed ? factor : 1), one = NAN;
        char row[200];
        assert_int_equal(bt_analyte_to_canonical(&one, analyte, 1, unit), 0);
        snprintf(row, sizeof row, "{\"analyte\":\"%s\",\"value\":%.9g,\"unit\":\"%s\"}", id,
                 other ? value / one : value, other ? unit : analyte->unit);
        rows = apr_pstrcat(pool, rows, i ? "," : "", row, NULL);
    }
    return interpreted("\"sex\":\"M\",\"age_years\":47", rows, NULL);
}

static int is_near_a_limit(const made_t *report, const bt_json_t *result)
{
    const char *rule = NULL;
    for (int i = 0; i < ROWS; i++) {
        /* HDL 40 mg/dL is 1.034 mmol/L, and 1.0 is what is printed. */
        double share = strcmp(convertible[report->index[i]].analyte, "hdl") ? 0.012 : 0.04;
        if (!are_same_claims(&rule, result, result_of(report, i, 1 + share, 0)) ||
            !are_same_claims(&rule, result, result_of(report, i, 1 - share, 0)))
            return 1;
    }
    return 0;
}

static void the_system_of_units_changes_nothing(void **state)
{
    (void)state;
    int compared = 0;
    for (int i = 0; i < REPORTS; i++) {
        made_t report;
        const char *rule = NULL;
        make(&report);
        const bt_json_t *here = result_of(&report, -1, 1, 0), *there = result_of(&report, -1, 1, 1);
        if (is_near_a_limit(&report, here))
            continue;
        compared++;
        if (!are_same_claims(&rule, here, there)) {
            printf("%s\n\n%s\n", bt_json_get_string(here, "doctor_analysis"),
                   bt_json_get_string(there, "doctor_analysis"));
            fail_msg("%s differs", rule);
        }
    }
    printf("reports compared: %d\n", compared);
    assert_true(compared >= LEAST_COMPARED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_system_of_units_changes_nothing)};
    return cmocka_run_group_tests_name("interpret_units", tests, set_up, tear_down);
}
