/* SPDX-License-Identifier: Apache-2.0
 * The deterministic engine: limits from both sides in both systems of units, formulas against
 * published figures, who is left out of which rule, and that nothing critical is ever silent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <apr_strings.h>
#include "interpret_help.h"
#include "interpret_cases.h"
#include "interpret_more_cases.h"

static void check_case(const rule_case_t *one)
{
    const bt_json_t *result = interpreted(one->patient, rows_of(one->rows), NULL);
    const char *urgency = urgency_of(result, one->rule);
    if (one->urgency ? !urgency || strcmp(urgency, one->urgency) : urgency != NULL)
        fail_msg("{%s} %s: %s is %s, not %s", one->patient, one->rows, one->rule,
                 urgency ? urgency : "silent", one->urgency ? one->urgency : "silent");
}

enum {
    N_CASES = sizeof rule_cases / sizeof rule_cases[0],
    N_MORE_CASES = sizeof more_cases / sizeof more_cases[0]
};

static void rules_speak_when_they_should(void **state)
{
    (void)state;
    for (int i = 0; i < N_CASES; i++)
        check_case(&rule_cases[i]);
    for (int i = 0; i < N_MORE_CASES; i++)
        check_case(&more_cases[i]);
    printf("cases of rules checked: %d\n", N_CASES + N_MORE_CASES);
}

static int is_tried(const char *rule)
{
    for (int i = 0; i < N_CASES; i++) {
        if (!strcmp(rule_cases[i].rule, rule) && rule_cases[i].urgency)
            return 1;
    }
    for (int i = 0; i < N_MORE_CASES; i++) {
        if (!strcmp(more_cases[i].rule, rule) && more_cases[i].urgency)
            return 1;
    }
    return 0;
}

/* Those that need a PDF (V20, V22, V23), a person (S01) or that only step back are tried elsewhere;
 * the critical rules in a test of their own. */
static void every_rule_has_a_case(void **state)
{
    (void)state;
    static const char *const elsewhere = "C02 C05 C06 C08 C10 C20 S01 V20 V22 V23 N00 E00";
    bt_tsv_t *rules = NULL;
    assert_null(bt_tsv_read(&rules, "rules.tsv", pool));
    for (int i = 0; i < rules->n_rows; i++) {
        const char *id = rules->rows[i][0];
        if (!strstr(elsewhere, id) && !is_tried(id))
            fail_msg("%s has no case in which it speaks", id);
    }
}

typedef struct formula_case_t {
    const char *patient, *rows, *name;
    double value, tolerance; /* NAN: not computed */
} formula_case_t;

static const formula_case_t formula_cases[] = {
    {F50, "creatinine=0.7 mg/dL", "egfr_calc", 105.3, 0.01},
    {F50, "creatinine=0.6 mg/dL", "egfr_calc", 109.28, 0.01},
    {M50, "creatinine=0.9 mg/dL", "egfr_calc", 104.05, 0.01},
    {"\"sex\":\"M\",\"age_years\":60", "creatinine=1.4 mg/dL", "egfr_calc", 57.54, 0.01},
    {"\"sex\":\"M\"", "creatinine=1.4 mg/dL", "egfr_calc", NAN, 0},
    {"\"age_years\":60", "creatinine=1.4 mg/dL", "egfr_calc", NAN, 0},
    {"\"sex\":\"M\",\"age_years\":60", "creatinine=<1.4 mg/dL", "egfr_calc", NAN, 0},
    {F50 ",\"pregnant\":true", "creatinine=0.7 mg/dL", "egfr_calc", NAN, 0},
    {M50, "chol=200 mg/dL; hdl=50 mg/dL; trig=150 mg/dL", "ldl_calc", 123.4, 0.01},
    {M50, "chol=180 mg/dL; hdl=35 mg/dL; trig=600 mg/dL", "ldl_calc", 56.0, 0.01},
    {M50, "chol=180 mg/dL; hdl=35 mg/dL; trig=600 mg/dL", "ldl_friedewald", NAN, 0},
    {M50, "chol=200 mg/dL; hdl=50 mg/dL", "nonhdl_calc", 150, 0},
    {"\"sex\":\"M\",\"age_years\":60", "ast=40 U/L; alt=40 U/L; plt=200 10*9/L", "fib4", 1.8974,
     0.001},
    {M50, "sodium=142 mmol/L; chloride=123 mmol/L; bicarbonate=14 mmol/L", "delta_gap", -7, 1e-6},
    {M50, "sodium=143 mmol/L; chloride=120 mmol/L; bicarbonate=12.5 mmol/L; albumin=2.1 g/dL",
     "delta_gap_corr", 3.25, 1e-6},
    {M50, "sodium=142.8 mmol/L; chloride=125.5 mmol/L; bicarbonate=7.5 mmol/L; albumin=4.2 g/dL",
     "delta_ratio_corr", -0.16364, 1e-5},
    {M50, "trig=150 mg/dL; glucose_fasting=100 mg/dL", "tyg", 8.9227, 0.001},
    {M50, "hba1c=7 %", "eag_calc", 154, 0.7},
    {M50, "iron=40 ug/dL; tibc=400 ug/dL", "tsat_calc", 10, 1e-9},
    {M50, "mcv=65 fL; rbc=5.8 10*12/L", "mentzer", 11.207, 0.001},
    {M50, "bun=40 mg/dL; creatinine=1.0 mg/dL", "bun_cr", 40, 1e-9},
    {M50, "neut_abs=6.0 10*9/L; lymph_abs=1.5 10*9/L", "nlr", 4, 1e-9},
    {"\"sex\":\"F\",\"age_years\":50,\"chronic_liver_disease\":true",
     "bili_total=6 mg/dL; sodium=131 mmol/L; inr=1.5; creatinine=1.5 mg/dL; albumin=2.2 g/dL",
     "meld3", 27, 0.5},
    {"\"sex\":\"F\",\"age_years\":50",
     "bili_total=6 mg/dL; sodium=131 mmol/L; inr=1.5; creatinine=1.5 mg/dL; albumin=2.2 g/dL",
     "meld3", NAN, 0},
};

static void formulas_agree_with_their_sources(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof formula_cases / sizeof formula_cases[0]; i++) {
        const formula_case_t *one = &formula_cases[i];
        const double value =
            derived_value(interpreted(one->patient, rows_of(one->rows), NULL), one->name);
        if (isnan(one->value) ? !isnan(value) : !(fabs(value - one->value) <= one->tolerance))
            fail_msg("%s of %s is %g, not %g", one->name, one->rows, value, one->value);
    }
}

static const char *interpretation_of(const char *observation)
{
    const bt_json_t *result = interpreted(M50, observation, NULL);
    return bt_json_get_string(bt_json_at(bt_json_get(result, "observations"), 0), "interpretation");
}

static void printed_intervals_win(void **state)
{
    (void)state;
    assert_string_equal(interpretation_of("{\"analyte\":\"hb\",\"value\":12.5,\"unit\":\"g/dL\"}"),
                        "L");
    assert_string_equal(interpretation_of("{\"analyte\":\"hb\",\"value\":12.5,\"unit\":\"g/dL\","
                                          "\"reference\":{\"low\":12,\"high\":16}}"),
                        "N");
    assert_string_equal(interpretation_of("{\"analyte\":\"hb\",\"value\":7,\"unit\":\"g/dL\"}"),
                        "LL");
    assert_string_equal(interpretation_of("{\"analyte\":\"plt\",\"value\":45,\"unit\":\"10*9/L\"}"),
                        "LL");
    assert_string_equal(
        interpretation_of("{\"analyte\":\"potassium\",\"value\":6,\"unit\":\"mmol/L\"}"), "HH");
    assert_string_equal(
        interpretation_of("{\"analyte\":\"chol\",\"value\":200,\"unit\":\"mg/dL\"}"), "H");
    assert_string_equal(interpretation_of("{\"analyte\":\"hbsag\",\"value\":\"positive\"}"), "A");
    assert_null(interpretation_of("{\"analyte\":\"wbc\",\"value\":5}"));
}

static void a_second_result_is_not_hidden(void **state)
{
    (void)state;
    const bt_json_t *result =
        interpreted(M50, rows_of("potassium=4.0 mmol/L; potassium=6.8 mmol/L; hb=14 g/dL"), NULL);
    assert_string_equal(urgency_of(result, "C01"), "U4");
    const bt_json_t *flag = bt_json_at(bt_json_get(result, "red_flags"), 0);
    assert_string_equal(bt_json_string(bt_json_at(bt_json_get(flag, "observation_ids"), 0)), "o2");
}

static void a_rise_is_seen(void **state)
{
    (void)state;
    static const struct {
        const char *earlier, *later;
        double from, to;
        const char *urgency;
    } cases[] = {
        {"2026-11-18T08:00:00Z", "2026-11-20T08:00:00Z", 1.0, 1.3, "U4"},
        {"2026-11-18T07:59:00Z", "2026-11-20T08:00:00Z", 1.0, 1.3, NULL},
        {"2026-11-14", "2026-11-20", 0.8, 1.2, "U4"},
        {"2026-11-12", "2026-11-20", 0.8, 1.2, NULL},
        {"2026-02-27", "2026-03-01", 0.8, 1.2, "U4"},
        {"2026-11-20", "2026-11-14", 1.2, 0.8, "U4"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static const char form[] = "{\"analyte\":\"creatinine\",\"value\":%.1f,\"unit\":\"mg/dL\","
                                   "\"collected\":\"%s\"}";
        const char *first = apr_psprintf(pool, form, cases[i].from, cases[i].earlier);
        const char *second = apr_psprintf(pool, form, cases[i].to, cases[i].later);
        const char *rows = apr_pstrcat(pool, first, ",", second, NULL);
        const char *urgency = urgency_of(interpreted(M50, rows, NULL), "C12");
        if (cases[i].urgency ? !urgency || strcmp(urgency, cases[i].urgency) : urgency != NULL)
            fail_msg("%s: C12 is %s", rows, urgency ? urgency : "silent");
    }
}

static void what_is_asked_comes_first_but_never_before_what_is_urgent(void **state)
{
    (void)state;
    const char *rows = rows_of("hb=11 g/dL; ferritin=5 ng/mL; ldl=140 mg/dL; potassium=6.5 mmol/L");
    const bt_json_t *result = interpreted(F50, rows, "Please analyze my cholesterol <script>");
    const bt_json_t *claims = bt_json_get(result, "claims");
    assert_string_equal(bt_json_get_string(bt_json_at(claims, 0), "rule_id"), "C01");
    const bt_json_t *ids = bt_json_get(bt_json_at(claims, 1), "observation_ids");
    assert_string_equal(bt_json_string(bt_json_at(ids, 0)), "o3");
    const char *summary = bt_json_get_string(result, "summary");
    assert_non_null(strstr(summary, "lipids"));
    assert_null(strstr(summary, "script"));
    assert_string_equal(bt_json_get_string(result, "urgency"), "U4");
}

static void texts_are_always_there(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "summary",           "doctor_analysis",       "nutrition_analysis",
        "exercise_analysis", "verification_analysis", "disclaimer",
        "knowledge_version"};
    const bt_json_t *empty = interpreted("", "", NULL),
                    *normal = interpreted(M50, rows_of("hb=15 g/dL"), NULL);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        assert_true(*bt_json_get_string(empty, keys[i]));
        assert_true(*bt_json_get_string(normal, keys[i]));
    }
    assert_string_equal(bt_json_get_string(normal, "urgency"), "U0");
    assert_string_equal(bt_json_get_string(normal, "engine"), "rules");
}

static void the_same_input_gives_the_same_output(void **state)
{
    (void)state;
    const char *rows = rows_of("hb=6 g/dL; ldl=150 mg/dL; creatinine=2 mg/dL");
    assert_string_equal(bt_json_dump(interpreted(M50, rows, "liver"), 0, pool),
                        bt_json_dump(interpreted(M50, rows, "liver"), 0, pool));
}

static void bad_facts_name_what_is_known(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"{\"observations\":[{\"analyte\":\"potasium\",\"value\":1}]}", "potassium"},
        {"{\"observations\":[{\"analyte\":\"hb\",\"value\":1,\"unit\":\"furlong\"}]}", "g/dL"},
        {"{\"observations\":[{\"analyte\":\"hb\"}]}", "hb"},
        {"{\"observations\":[{\"analyte\":\"hb\",\"value\":1,\"comparator\":\"~\"}]}",
         "comparator"},
        {"{\"patient\":{\"sex\":\"x\"},\"observations\":[]}", "sex"},
        {"{\"patient\":{\"age_years\":-1},\"observations\":[]}", "age_years"},
        {"{\"patient\":{\"age_years\":\"forty\"},\"observations\":[]}", "age_years"},
        {"{\"patient\":{\"age_years\":151},\"observations\":[]}", "age_years"},
        {"{\"patient\":{\"sex\":1},\"observations\":[]}", "sex"},
        {"{\"patient\":{\"sex\":\"female\"},\"observations\":[]}", "sex"},
        {"{\"patient\":{\"trimester\":4},\"observations\":[]}", "trimester"},
        {"{\"patient\":[],\"observations\":[]}", "patient"},
        {"{\"observations\":[{\"analyte\":\"hb\",\"value\":\"12\",\"unit\":\"g/dL\"}]}", "number"},
        {"{\"observations\":[{\"analyte\":\"hb\",\"value\":\"\"}]}", "hb"},
        {"{\"observations\":[{\"analyte\":\"hbsag\",\"value\":1}]}", "positive"},
        {"{\"observations\":[{\"analyte\":\"hb\",\"value\":1,\"reference\":{\"low\":\"x\"}}]}",
         "low"},
        {"{\"observations\":[{\"analyte\":\"hb\",\"value\":1,\"reference\":{\"low\":9,\"high\":2}}]"
         "}",
         "high"},
        {"{}", "observations"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        bt_json_t *facts = NULL;
        bt_report_t *report = NULL;
        bt_context_t context;
        assert_null(bt_json_parse(&facts, bad[i][0], strlen(bad[i][0]), pool));
        bt_err_t *err = bt_facts_read(&report, &context, facts, catalogue, pool);
        assert_non_null(err);
        assert_int_equal(err->code, BT_E_FIELD_INVALID);
        assert_non_null(strstr(err->hint, bad[i][1]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_speak_when_they_should),
        cmocka_unit_test(every_rule_has_a_case),
        cmocka_unit_test(formulas_agree_with_their_sources),
        cmocka_unit_test(printed_intervals_win),
        cmocka_unit_test(a_second_result_is_not_hidden),
        cmocka_unit_test(a_rise_is_seen),
        cmocka_unit_test(what_is_asked_comes_first_but_never_before_what_is_urgent),
        cmocka_unit_test(texts_are_always_there),
        cmocka_unit_test(the_same_input_gives_the_same_output),
        cmocka_unit_test(bad_facts_name_what_is_known),
    };
    return cmocka_run_group_tests_name("interpret", tests, set_up, tear_down);
}
