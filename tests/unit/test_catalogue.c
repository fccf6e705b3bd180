/* SPDX-License-Identifier: Apache-2.0
 * The catalogue: the data are well-formed, labels of several languages and layouts find their
 * analyte, namesakes are told apart by unit, value and heading, and what is not known stays
 * unknown.
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
#include "libbloodtest/catalogue.h"
#include "libbloodtest/tsv.h"

static apr_pool_t *pool;
static bt_catalogue_t *catalogue;

static int set_up(void **state)
{
    *state = NULL;
    apr_initialize();
    apr_pool_create(&pool, NULL);
    bt_err_t *err = bt_catalogue_load(&catalogue, pool);
    if (err)
        printf("%s\n", bt_error_text(err, pool));
    return err ? -1 : 0;
}

static int tear_down(void **state)
{
    *state = NULL;
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

static void data_are_well_formed(void **state)
{
    (void)state;
    int limits = 0, sources = 0;
    assert_true(bt_catalogue_size(catalogue) >= 160);
    for (int i = 0; i < bt_catalogue_size(catalogue); i++) {
        const bt_analyte_t *analyte = bt_catalogue_at(catalogue, i);
        assert_false(analyte->low_m > analyte->high_m);
        assert_false(analyte->low_f > analyte->high_f);
        assert_false(analyte->critical_low > analyte->low_m);
        assert_false(analyte->critical_high < analyte->high_m);
        assert_false(analyte->plausible_low > analyte->critical_low);
        assert_false(analyte->plausible_high < analyte->critical_high);
        if (!isnan(analyte->critical_low) || !isnan(analyte->critical_high)) {
            limits++;
            assert_true(*analyte->critical_source);
        }
        sources += *analyte->interval_source != '\0';
        if (*analyte->unit)
            assert_string_equal(bt_catalogue_unit(catalogue, analyte->unit), analyte->unit);
    }
    assert_true(limits >= 40);
    assert_true(sources >= 90);
    assert_int_equal(strlen(bt_catalogue_version(catalogue)), strlen("2026.11-") + 12);
}

typedef struct label_case_t {
    const char *label, *unit, *section;
    double value;
    const char *analyte, *ucum, *loinc;
    double least;
} label_case_t;

static const label_case_t label_cases[] = {
    {"Hemoglobin", "g/dL", NULL, 15, "hb", "g/dL", "718-7", 1},
    {"HÉMOGLOBINE", "G/L", NULL, 140, "hb", "g/L", "718-7", 1},
    {"EMOGLOBINA", "g/dl", NULL, 14, "hb", "g/dL", "718-7", 1},
    {"Leucocytes", "G/L", NULL, 7, "wbc", "10*9/L", "6690-2", 1},
    {"GLOBULI BIANCHI", "x10^3/μl", NULL, 6.73, "wbc", "10*3/uL", "6690-2", 1},
    {"Total Leukocyte Count (TLC)", "thou/mm3", NULL, 8, "wbc", "10*3/uL", "6690-2", 0.9},
    {"Neutrophils", "%", NULL, 60, "neut_pct", "%", "770-8", 1},
    {"Neutrophils", "cells/cumm", NULL, 4800, "neut_abs", "/uL", "751-8", 1},
    {"NEUTROFILI #", "x10^3/μl", NULL, 7.75, "neut_abs", "10*3/uL", "751-8", 1},
    {"Neutrophils", NULL, NULL, 4.5, "neut_abs", NULL, NULL, 0.6},
    {"Neutrophils", NULL, NULL, 60, "neut_pct", NULL, NULL, 0.6},
    {"Platelet Count", "Lakhs/cmm", NULL, 1.88, "plt", "10*5/uL", "777-3", 1},
    {"Platelets", "x10⁹/L", NULL, 390, "plt", "10*9/L", "777-3", 1},
    {"RBC", "mil/µL", NULL, 4.5, "rbc", "10*6/uL", "789-8", 1},
    {"S. CHOLESTEROL", "mg/dL", NULL, 185, "chol", "mg/dL", "2093-3", 1},
    {"Total Cholesterol", "mmol/L", NULL, 5, "chol", "mmol/L", "14647-2", 1},
    {"LDL CHOLESTROL", "mg/dL", NULL, 101, "ldl", "mg/dL", "13457-7", 0.8},
    {"LDL/HDL CHOLESTEROL RATIO", NULL, NULL, 1.84, "ldl_hdl_ratio", NULL, NULL, 1},
    {"Blood Sugar (Fasting)", "mg/dL", NULL, 110, "glucose_fasting", "mg/dL", "1558-6", 1},
    {"Glucose (PP)", "mg/dL", NULL, 120, "glucose_2h", "mg/dL", "1518-0", 1},
    {"Glucose", "mg/dL", NULL, 95, "glucose", "mg/dL", "2345-7", 1},
    {"VITAMIN D, 25 - HYDROXY, SERUM", "nmol/L", NULL, 85, "vit_d", "nmol/L", "68438-1", 0.9},
    {"Creatinin, serum", "µmol/l", NULL, 80, "creatinine", "umol/L", "14682-9", 0.9},
    {"Creatinine", "mg/dL", "Spot urine", 100, "urine_creatinine", "mg/dL", "2161-8", 1},
    {"pH", NULL, "URINE ROUTINE", 6, "urine_ph", NULL, "2756-5", 1},
    {"Glucose", NULL, "Urine examination", NAN, "urine_glucose", NULL, NULL, 1},
    {"Urea Nitrogen Blood", "mg/dL", NULL, 9, "bun", "mg/dL", "3094-0", 1},
    {"Harnstoff-N", "mg/dl", NULL, 20, "bun", "mg/dL", "3094-0", 1},
    {"γ-GT", "U/l", NULL, 20, "ggt", "U/L", "2324-2", 1},
    {"PCT", "%", NULL, 0.2, "plateletcrit", "%", NULL, 1},
    {"PCT", "ng/mL", NULL, 0.2, "pct", "ng/mL", "33959-8", 1},
    {"TP", "%", NULL, 90, "quick", "%", "3289-6", 1},
    {"TP", "seg", NULL, 12, "pt", "s", "5902-2", 1},
    {"Lp(a)", "nmol/L", NULL, 20, "lpa_molar", "nmol/L", "43583-4", 1},
    {"TSH", "µIU/mL", NULL, 4, "tsh", "u[IU]/mL", "3016-3", 1},
    {"INR", "ratio", NULL, 1.4, "inr", "{ratio}", "6301-6", 1},
    {"GFR Estimated", "mL/min/1.73m2", NULL, 118, "egfr", "mL/min/{1.73_m2}", "98979-8", 1},
    {"Testosterone (Free)", "pg/mL", NULL, 10, "testosterone_free", "pg/mL", "2991-8", 1},
};

static void labels_find_their_analyte(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof label_cases / sizeof label_cases[0]; i++) {
        const label_case_t *one = &label_cases[i];
        const bt_label_t label = {one->label, one->unit, one->section, one->value};
        const bt_match_t match = bt_catalogue_match(catalogue, &label, pool);
        if (!match.analyte || strcmp(match.analyte->id, one->analyte))
            fail_msg("'%s' is %s, not %s", one->label,
                     match.analyte ? match.analyte->id : "unknown", one->analyte);
        if (match.confidence < one->least)
            fail_msg("'%s': confidence %.2f (%s)", one->label, match.confidence, match.reason);
        if (one->ucum ? !match.unit || strcmp(match.unit, one->ucum) : match.unit != NULL)
            fail_msg("'%s': unit %s", one->label, match.unit ? match.unit : "none");
        if (one->loinc ? !match.loinc || strcmp(match.loinc, one->loinc) : match.loinc != NULL)
            fail_msg("'%s': code %s", one->label, match.loinc ? match.loinc : "none");
    }
}

static void strangers_stay_unknown(void **state)
{
    (void)state;
    static const char *const labels[] = {"This is a long sentence about nothing",
                                         "Bilirubin Direct/Total",
                                         "GFR Category",
                                         "Page",
                                         "Dr. Smith",
                                         "Reference",
                                         "",
                                         "(",
                                         "%%%%",
                                         "Patient ID"};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++) {
        const bt_label_t label = {labels[i], NULL, NULL, 5};
        const bt_match_t match = bt_catalogue_match(catalogue, &label, pool);
        if (match.analyte)
            fail_msg("'%s' is taken for %s", labels[i], match.analyte->id);
    }
    const bt_label_t none = {NULL, NULL, NULL, NAN}, unsure = {"pH", NULL, NULL, 7.3};
    assert_null(bt_catalogue_match(catalogue, &none, pool).analyte);
    assert_true(bt_catalogue_match(catalogue, &unsure, pool).confidence < 0.5);
    assert_true(bt_catalogue_label_likeness(catalogue, "Haemoglobin", pool) == 1);
    assert_true(bt_catalogue_label_likeness(catalogue, "Haemoglobin 13.2 g/dl and more", pool) >
                0.4);
    assert_true(bt_catalogue_label_likeness(catalogue, "telephone number", pool) == 0);
}

static void a_wrong_unit_lowers_confidence(void **state)
{
    (void)state;
    const bt_label_t label = {"Hemoglobin", "fL", NULL, 15};
    const bt_match_t match = bt_catalogue_match(catalogue, &label, pool);
    assert_string_equal(match.analyte->id, "hb");
    assert_true(match.confidence <= 0.5);
    assert_null(match.loinc);
}

static void units_convert(void **state)
{
    (void)state;
    static const struct {
        const char *analyte, *unit;
        double value, canonical;
    } cases[] = {{"hb", "g/L", 140, 14},
                 {"glucose", "mmol/L", 7, 126.1092},
                 {"hba1c", "mmol/mol", 48, 6.54304},
                 {"plt", "10*5/uL", 1.88, 188},
                 {"wbc", "/uL", 8200, 8.2},
                 {"creatinine", "umol/L", 354, 4.004},
                 {"rbc", "10*6/uL", 4.5, 4.5},
                 {"inr", "{ratio}", 1.4, 1.4},
                 {"inr", NULL, 1.4, 1.4},
                 {"hct", "L/L", 0.42, 42}};
    double value = 0;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const bt_analyte_t *analyte = bt_catalogue_by_id(catalogue, cases[i].analyte);
        assert_int_equal(bt_analyte_to_canonical(&value, analyte, cases[i].value, cases[i].unit),
                         0);
        assert_true(fabs(value - cases[i].canonical) < 1e-3);
    }
    assert_int_equal(bt_analyte_to_canonical(&value, bt_catalogue_by_id(catalogue, "hb"), 1, "fL"),
                     -1);
    assert_int_equal(bt_analyte_to_canonical(&value, bt_catalogue_by_id(catalogue, "hb"), 1, NULL),
                     -1);
    /* mass and moles of lipoprotein(a) are two analytes: no factor joins them */
    assert_int_equal(
        bt_analyte_to_canonical(&value, bt_catalogue_by_id(catalogue, "lpa_mass"), 1, "nmol/L"),
        -1);
    assert_null(bt_catalogue_unit(catalogue, "furlongs"));
    assert_null(bt_catalogue_unit(catalogue, NULL));
}

static void nearest_ids_help(void **state)
{
    (void)state;
    const char *ids[3];
    assert_int_equal(bt_catalogue_nearest(ids, 3, catalogue, "potasium"), 3);
    assert_string_equal(ids[0], "potassium");
}

static void bad_tables_name_the_place(void **state)
{
    (void)state;
    bt_tsv_t *tsv = NULL;
    double number = 0;
    assert_null(bt_tsv_parse(&tsv, "x.tsv", "a\tb\n# remark\n1\t2\n3\tx\n", pool));
    assert_int_equal(tsv->n_rows, 2);
    assert_null(bt_tsv_number(&number, tsv, 0, 1, pool));
    bt_err_t *err = bt_tsv_number(&number, tsv, 1, 1, pool);
    assert_non_null(err);
    assert_non_null(strstr(err->detail, "x.tsv:4: column 'b'"));
    assert_non_null(bt_tsv_parse(&tsv, "x.tsv", "a\tb\n1\t2\t3\n", pool));
    assert_non_null(bt_tsv_parse(&tsv, "x.tsv", "", pool));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_are_well_formed),
        cmocka_unit_test(labels_find_their_analyte),
        cmocka_unit_test(strangers_stay_unknown),
        cmocka_unit_test(a_wrong_unit_lowers_confidence),
        cmocka_unit_test(units_convert),
        cmocka_unit_test(nearest_ids_help),
        cmocka_unit_test(bad_tables_name_the_place),
    };
    return cmocka_run_group_tests_name("catalogue", tests, set_up, tear_down);
}
