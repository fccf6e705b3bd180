/* SPDX-License-Identifier: Apache-2.0
 * Every critical limit of the catalogue, exactly: reached it is a red flag, one step inside it is
 * not.  Where a critical rule names the analyte, that rule's limit is the one that is tried.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "interpret_help.h"

static const char *const M50 = "\"sex\":\"M\",\"age_years\":50";

/* What stands for a critical limit of the catalogue: the rule that names the analyte on that side,
 * at its own limit, else G02 at the figure of the catalogue. */
typedef struct critical_t {
    const char *side, *at, *inside, *rule, *urgency; /* for a man of 50 */
} critical_t;

static const critical_t criticals[] = {
    {"hb-", "hb=7 g/dL", "hb=7.1 g/dL", "C07", "U4"},
    {"hb+", "hb=20 g/dL", "hb=19.9 g/dL", "C07", "U4"},
    {"hct-", "hct=20 %", "hct=20.1 %", "C07", "U4"},
    {"hct+", "hct=60 %", "hct=59.9 %", "C07", "U4"},
    {"plt-", "plt=49 10*9/L", "plt=50 10*9/L", "C08", "U3"},
    {"plt+", "plt=1000 10*9/L", "plt=999 10*9/L", "C08", "U4"},
    {"wbc-", "wbc=1.0 10*9/L", "wbc=1.01 10*9/L", "C09", "U4"},
    {"wbc+", "wbc=50 10*9/L", "wbc=49.99 10*9/L", "C09", "U4"},
    {"neut_abs-", "neut_abs=0.5 10*9/L", "neut_abs=0.51 10*9/L", "C09", "U4"},
    {"pt+", "pt=40 s", "pt=39.9 s", "C10", "U4"},
    {"inr+", "inr=5.0", "inr=4.99", "C10", "U4"},
    {"aptt+", "aptt=85 s", "aptt=84.9 s", "C10", "U4"},
    {"fibrinogen-", "fibrinogen=100 mg/dL", "fibrinogen=101 mg/dL", "C10", "U4"},
    {"sodium-", "sodium=120 mmol/L", "sodium=121 mmol/L", "C02", "U4"},
    {"sodium+", "sodium=155 mmol/L", "sodium=154 mmol/L", "C02", "U4"},
    {"potassium-", "potassium=2.8 mmol/L", "potassium=2.9 mmol/L", "C01", "U4"},
    {"potassium+", "potassium=6.0 mmol/L", "potassium=5.9 mmol/L", "C01", "U4"},
    {"chloride-", "chloride=75 mmol/L", "chloride=76 mmol/L", "G02", "U4"},
    {"chloride+", "chloride=121 mmol/L", "chloride=120 mmol/L", "G02", "U4"},
    {"bicarbonate-", "bicarbonate=11 mmol/L", "bicarbonate=12 mmol/L", "C06", "U4"},
    {"bicarbonate+", "bicarbonate=40 mmol/L", "bicarbonate=39 mmol/L", "C06", "U4"},
    {"glucose-", "glucose=53 mg/dL", "glucose=54 mg/dL", "C03", "U4"},
    {"glucose+", "glucose=400 mg/dL", "glucose=399 mg/dL", "C03", "U4"},
    {"glucose_fasting-", "glucose_fasting=53 mg/dL", "glucose_fasting=54 mg/dL", "C03", "U4"},
    {"glucose_fasting+", "glucose_fasting=400 mg/dL", "glucose_fasting=399 mg/dL", "C03", "U4"},
    {"glucose_2h-", "glucose_2h=53 mg/dL", "glucose_2h=54 mg/dL", "C03", "U4"},
    {"glucose_2h+", "glucose_2h=400 mg/dL", "glucose_2h=399 mg/dL", "C03", "U4"},
    {"creatinine+", "creatinine=4.0 mg/dL", "creatinine=3.99 mg/dL", "C12", "U4"},
    {"bun+", "bun=84 mg/dL", "bun=83 mg/dL", "C12", "U3"},
    {"urea+", "urea=180 mg/dL", "urea=179 mg/dL", "C12", "U3"},
    {"calcium-", "calcium=7.0 mg/dL", "calcium=7.1 mg/dL", "C04", "U4"},
    {"calcium+", "calcium=13.0 mg/dL", "calcium=12.9 mg/dL", "C04", "U4"},
    {"calcium_adj-", "calcium_adj=1.75 mmol/L", "calcium_adj=1.76 mmol/L", "C04", "U4"},
    {"calcium_adj+", "calcium_adj=3.25 mmol/L", "calcium_adj=3.24 mmol/L", "C04", "U4"},
    {"calcium_ion-", "calcium_ion=0.75 mmol/L", "calcium_ion=0.76 mmol/L", "C04", "U4"},
    {"calcium_ion+", "calcium_ion=1.50 mmol/L", "calcium_ion=1.49 mmol/L", "C04", "U4"},
    {"phosphate-", "phosphate=1.0 mg/dL", "phosphate=1.1 mg/dL", "C05", "U4"},
    {"phosphate+", "phosphate=9.3 mg/dL", "phosphate=9.2 mg/dL", "G02", "U4"},
    {"magnesium-", "magnesium=1.0 mg/dL", "magnesium=1.01 mg/dL", "C05", "U4"},
    {"magnesium+", "magnesium=4.5 mg/dL", "magnesium=4.49 mg/dL", "C05", "U4"},
    {"osmolality-", "osmolality=250 mosm/kg", "osmolality=251 mosm/kg", "G02", "U4"},
    {"osmolality+", "osmolality=335 mosm/kg", "osmolality=334 mosm/kg", "G02", "U4"},
    {"bili_total+", "bili_total=13.2 mg/dL", "bili_total=13.19 mg/dL", "C20", "U3"},
    {"alt+", "alt=600 U/L", "alt=599 U/L", "C15", "U3"},
    {"ast+", "ast=600 U/L", "ast=599 U/L", "C15", "U3"},
    {"ck+", "ck=1600 U/L", "ck=1599 U/L", "C17", "U3"},
    {"amylase+", "amylase=375 U/L", "amylase=374 U/L", "C18", "U3"},
    {"ammonia+", "ammonia=200 umol/L", "ammonia=199 umol/L", "C20", "U4"},
    {"lactate+", "lactate=3.5 mmol/L", "lactate=3.4 mmol/L", "C06", "U4"},
    {"trig+", "trig=1000 mg/dL", "trig=999 mg/dL", "C19", "U3"},
    {"tni_hs+", "tni_hs=21 ng/L", "tni_hs=20 ng/L", "C11", "U4"},
    {"tnt_hs+", "tnt_hs=15 ng/L", "tnt_hs=14 ng/L", "C11", "U4"},
    {"tni+", "tni=0.041 ng/mL", "tni=0.040 ng/mL", "C11", "U4"},
    {"crp+", "crp=300 mg/L", "crp=299 mg/L", "R61", "U3"},
    {"ft4+", "ft4=5.10 ng/dL", "ft4=5.09 ng/dL", "C20", "U3"},
    {"cortisol_am-", "cortisol_am=3.6 ug/dL", "cortisol_am=3.7 ug/dL", "C20", "U3"},
    {"ph_art-", "ph_art=7.20 [pH]", "ph_art=7.21 [pH]", "C06", "U4"},
    {"ph_art+", "ph_art=7.60 [pH]", "ph_art=7.59 [pH]", "C06", "U4"},
    {"pco2_art-", "pco2_art=20 mm[Hg]", "pco2_art=21 mm[Hg]", "G02", "U4"},
    {"pco2_art+", "pco2_art=60 mm[Hg]", "pco2_art=59 mm[Hg]", "G02", "U4"},
    {"po2_art-", "po2_art=50 mm[Hg]", "po2_art=51 mm[Hg]", "G02", "U4"},
};
enum { N_CRITICALS = sizeof criticals / sizeof criticals[0] };

/* Bands that the text does not silence where the critical rule of the same result speaks. */
static const char *const beside[] = {"R05", "R27", "R28"};

static int is_urgent(const bt_json_t *result, const char *rule)
{
    const char *urgency = urgency_of(result, rule);
    return urgency && strcmp(urgency, "U3") >= 0;
}

static void critical_limits_are_exact(void **state)
{
    (void)state;
    for (int i = 0; i < N_CRITICALS; i++) {
        const critical_t *one = &criticals[i];
        const bt_json_t *at = interpreted(M50, rows_of(one->at), NULL);
        const char *urgency = urgency_of(at, one->rule);
        if (!urgency || strcmp(urgency, one->urgency))
            fail_msg("%s: %s is %s", one->at, one->rule, urgency ? urgency : "silent");
        /* One red flag; what a rule of a band says of the same result is none of its own. */
        size_t bands = 0;
        for (size_t k = 0; k < sizeof beside / sizeof beside[0]; k++)
            bands += is_urgent(at, beside[k]);
        if (bt_json_size(bt_json_get(at, "red_flags")) != 1 + bands)
            fail_msg("%s is not one red flag", one->at);
        if (is_urgent(interpreted(M50, rows_of(one->inside), NULL), one->rule))
            fail_msg("%s: %s is urgent", one->inside, one->rule);
    }
}

/* So a limit that is added to the catalogue fails here until it is tried. */
static void no_critical_limit_is_left_out(void **state)
{
    (void)state;
    int limits = 0;
    for (int i = 0; i < bt_catalogue_size(catalogue); i++) {
        const bt_analyte_t *analyte = bt_catalogue_at(catalogue, i);
        const char *sides[] = {isnan(analyte->critical_low) ? NULL : "-",
                               isnan(analyte->critical_high) ? NULL : "+"};
        for (int side = 0; side < 2; side++) {
            int found = !sides[side];
            for (int k = 0; k < N_CRITICALS && !found; k++)
                found =
                    !strcmp(criticals[k].side, apr_pstrcat(pool, analyte->id, sides[side], NULL));
            if (!found)
                fail_msg("%s%s is not tried", analyte->id, sides[side]);
            limits += sides[side] != NULL;
        }
    }
    assert_int_equal(limits, N_CRITICALS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(critical_limits_are_exact),
        cmocka_unit_test(no_critical_limit_is_left_out),
    };
    return cmocka_run_group_tests_name("interpret_critical", tests, set_up, tear_down);
}
