/* SPDX-License-Identifier: Apache-2.0
 * Cases of the engine: for a person and some results, a rule and the urgency with which it speaks.
 * Each limit is tried from both sides, so that a change of the knowledge shows here.
 */
#ifndef INTERPRET_CASES_H
#define INTERPRET_CASES_H

#include <stddef.h>

typedef struct rule_case_t {
    const char *patient, *rows, *rule, *urgency; /* NULL: the rule is silent */
} rule_case_t;

#define M50  "\"sex\":\"M\",\"age_years\":50"
#define F50  "\"sex\":\"F\",\"age_years\":50"
#define NONE ""

static const rule_case_t rule_cases[] = {
    /* critical limits, inclusive, on both sides */
    {M50, "potassium=2.8 mmol/L", "C01", "U4"},
    {M50, "potassium=2.9 mmol/L", "C01", NULL},
    {M50, "potassium=2.9 mmol/L", "R24", "U3"},
    {M50, "potassium=3.0 mmol/L", "R24", "U2"},
    {M50, "potassium=3.5 mmol/L", "R24", NULL},
    {M50, "potassium=5.9 mmol/L", "R24", "U3"},
    {M50, "potassium=6.0 mmol/L", "C01", "U4"},
    {M50, "potassium=6.0 mmol/L", "R24", NULL},
    {NONE, "sodium=120 mmol/L", "C02", "U4"},
    {M50, "sodium=121 mmol/L", "R25", "U3"},
    {M50, "sodium=130 mmol/L", "R25", "U2"},
    {M50, "sodium=154 mmol/L", "R25", "U3"},
    {NONE, "hb=7.0 g/dL", "C07", "U4"},
    {NONE, "hb=70 g/L", "C07", "U4"},
    {NONE, "hb=71 g/L", "C07", NULL},
    {NONE, "plt=20 10*9/L", "C08", "U4"},
    {NONE, "plt=21 10*9/L", "C08", "U3"},
    {NONE, "plt=50 10*9/L", "C08", NULL},
    {NONE, "plt=0.2 10*5/uL", "C08", "U4"},
    {NONE, "chloride=75 mmol/L", "G02", "U4"},
    {NONE, "chloride=76 mmol/L", "G02", NULL},
    {M50, "creatinine=4.0 mg/dL", "C12", "U4"},
    {M50 ",\"dialysis\":true", "creatinine=4.0 mg/dL", "C12", "U3"},
    {M50, "creatinine=354 umol/L", "C12", "U4"},
    {M50, "creatinine=353 umol/L", "C12", NULL},
    {NONE, "blasts=positive", "C09", "U4"},
    /* limits are compared as the source prints them in the unit of the report */
    {M50, "glucose=3.0 mmol/L", "C03", NULL},
    {M50, "glucose=2.9 mmol/L", "C03", "U4"},
    {M50, "glucose=54 mg/dL", "C03", NULL},
    {M50, "glucose=53 mg/dL", "C03", "U4"},
    {M50, "glucose=22.2 mmol/L", "C03", "U4"},
    {M50, "glucose_fasting=7.0 mmol/L", "R01", "U2"},
    {M50, "glucose_fasting=6.9 mmol/L", "R01", NULL},
    {M50, "glucose_fasting=6.9 mmol/L", "R02", "U1"},
    {M50, "glucose_fasting=5.6 mmol/L", "R02", "U1"},
    {M50, "hba1c=48 mmol/mol", "R03", "U2"},
    {M50, "hba1c=47 mmol/mol", "R04", "U1"},
    {M50, "hba1c=39 mmol/mol", "R04", "U1"},
    {M50, "hba1c=38 mmol/mol", "R04", NULL},
    {M50, "ldl=4.9 mmol/L", "R11", "U2"},
    {M50, "ldl=189 mg/dL", "R11", NULL},
    {M50, "trig=11.3 mmol/L", "C19", "U3"},
    {M50, "trig=11.3 mmol/L", "R13", NULL},
    {M50, "calcium=1.75 mmol/L", "C04", "U4"},
    {M50, "calcium=1.75 mmol/L; calcium_ion=1.15 mmol/L", "C04", NULL},
    {M50, "calcium=6.9 mg/dL; albumin=2.0 g/dL", "C04", NULL},
    /* an inequality speaks only where it decides */
    {M50, "potassium=<2.5 mmol/L", "C01", "U4"},
    {M50, "potassium=<3.0 mmol/L", "C01", NULL},
    {M50, "potassium=>7 mmol/L", "C01", "U4"},
    {M50, "tsh=<0.1 m[IU]/L", "R74", "U2"},
    /* people */
    {M50, "hb=12.9 g/dL", "R40", "U1"},
    {F50, "hb=12.0 g/dL", "R40", NULL},
    {F50, "hb=11.9 g/dL", "R40", "U1"},
    {"\"age_years\":50", "hb=12.5 g/dL", "R40", NULL},
    {M50, "hb=129 g/L", "R40", "U1"},
    {M50, "hb=130 g/L", "R40", NULL},
    {M50, "hb=10.9 g/dL", "R40", "U2"},
    {M50, "hb=7.9 g/dL", "R40", "U3"},
    {M50, "hb=6.9 g/dL", "R40", NULL},
    {F50 ",\"pregnant\":true,\"trimester\":2", "hb=10.6 g/dL", "R40", NULL},
    {F50 ",\"pregnant\":true,\"trimester\":1", "hb=10.6 g/dL", "R40", "U1"},
    {"\"sex\":\"M\",\"age_years\":10", "hb=10 g/dL", "R40", NULL},
    {"\"sex\":\"M\",\"age_years\":10", "hb=10 g/dL", "G01", NULL},
    {"\"sex\":\"M\",\"age_years\":10", "hb=6.5 g/dL", "C07", "U4"},
    {"\"sex\":\"F\",\"age_years\":30", "hcg=5000 [IU]/L; tsh=5 m[IU]/L", "R74", NULL},
    {M50 ",\"anticoagulated\":true", "inr=2.5", "R56", NULL},
    {M50 ",\"anticoagulated\":true", "inr=2.5", "S02", "U0"},
    {F50 ",\"pregnant\":true", "hb=10.7 g/dL", "R40", NULL},
    {F50 ",\"pregnant\":true", "hb=10.7 g/dL", "S03", "U1"},
    {M50, "inr=2.5", "R56", "U2"},
    /* patterns */
    {F50, "hb=10 g/dL; mcv=70 fL", "R41", "U1"},
    {F50, "ferritin=14 ng/mL", "R42", "U2"},
    {F50, "ferritin=44 ng/mL; hb=11 g/dL", "R42", "U2"},
    {F50, "ferritin=60 ng/mL; crp=20 mg/L", "R42", "U1"},
    {F50, "ferritin=60 ng/mL", "R42", NULL},
    {F50, "tsh=12 m[IU]/L; ft4=0.5 ng/dL", "R63", "U2"},
    {F50, "tsh=6 m[IU]/L; ft4=1.2 ng/dL", "R64", "U1"},
    {F50, "tsh=0.05 m[IU]/L; ft4=2.5 ng/dL", "R65", "U2"},
    {F50, "tsh=0.2 m[IU]/L; ft4=1.2 ng/dL", "R66", "U1"},
    {F50, "b12=179 pg/mL", "R48", "U2"},
    {F50, "b12=350 pg/mL", "R48", "U1"},
    {F50, "vit_d=11.9 ng/mL", "R59", "U2"},
    {F50, "vit_d=20 ng/mL", "R59", "U0"},
    {M50, "glucose=250 mg/dL; bicarbonate=17 mmol/L", "C13", "U4"},
    {M50, "glucose=250 mg/dL; bicarbonate=18 mmol/L", "C13", NULL},
    {M50, "ck=1600 U/L", "C17", "U3"},
    {M50, "ck=2000 U/L; potassium=6.0 mmol/L", "C17", "U4"},
    {M50, "urate=8.0 mg/dL; potassium=6.0 mmol/L; phosphate=4.5 mg/dL", "R71", "U4"},
    /* the wider interval where the sex is not known */
    {"\"age_years\":50", "hdl=45 mg/dL", "R14", NULL},
    {F50, "hdl=45 mg/dL", "R14", "U0"},
    {NONE, "hb=14 g/dL", "V24", "U0"},
    /* intervals by age, and calcium that the ionised fraction explains */
    {M50, "esr=25 mm/h", "G01", NULL},
    {M50, "esr=26 mm/h", "G01", "U1"},
    {"\"sex\":\"F\"", "esr=21 mm/h", "G01", "U1"},
    {M50, "calcium=7.5 mg/dL", "G03", "U2"},
    {M50, "calcium=7.5 mg/dL; calcium_ion=1.2 mmol/L", "G03", NULL},
    {M50, "creatinine=50 mg/dL", "C12", "U4"},
    {F50, "creatinine=50 mg/dL", "V14", "U3"},
    {M50, "osmolality=310 mosm/kg; sodium=140 mmol/L; glucose=90 mg/dL; bun=14 mg/dL", "R26", "U3"},
    {M50, "bili_total=2.0 mg/dL; bili_direct=0.3 mg/dL; alt=20 U/L; alp=80 U/L; hb=15 g/dL", "R34",
     "U0"},
    /* the verifier */
    {M50, "hb=6.2 g/dL; hct=42 %", "V03", "U0"},
    {M50, "hb=14 g/dL; hct=42 %", "V03", NULL},
    {M50, "hct=41 %; rbc=4.5 10*12/L; mcv=90 fL", "V01", NULL},
    {M50, "hct=45 %; rbc=4.5 10*12/L; mcv=90 fL", "V01", "U0"},
    {M50, "bili_total=1.0 mg/dL; bili_direct=2.0 mg/dL", "V05", "U0"},
    {M50, "hb=150 g/dL", "V14", "U3"},
    {M50, "glucose=5.5 mg/dL", "V14", "U3"},
    {M50, "glucose=5.5 mg/dL", "C03", NULL},
    {M50, "potassium=1.5", "V15", "U4"},
    {M50, "wbc=5", "V15", "U1"},
    /* advice steps back */
    {M50, "ldl=150 mg/dL", "N01", "U0"},
    {M50, "ldl=150 mg/dL; potassium=6.5 mmol/L", "N01", NULL},
    {M50, "ldl=150 mg/dL; potassium=6.5 mmol/L", "E01", "U0"},
};

#endif
