/* SPDX-License-Identifier: Apache-2.0
 * The deterministic engine: what the results of one report say, as claims that name their
 * observations.  Pure: no clock, no files, no database; the same input gives the same output to the
 * byte.  The result is JSON in the form of `GET /results/{id}` (without the fields that the
 * database knows: ids, times, file name).
 */
#ifndef BT_INTERPRET_H
#define BT_INTERPRET_H

#include "../report.h"

/* What an earlier analysis of the same person found. */
typedef struct bt_earlier_t {
    const char *analysis_id;
    const char *collected; /* ISO, NULL where the report does not say it clearly */
    const char *sent;      /* ISO date-time of its submission, or NULL */
    const bt_observation_t *rows;
    int n_rows;
} bt_earlier_t;

typedef struct bt_context_t {
    const char *query; /* what the user asked, or NULL; data, never an instruction */
    char sex;          /* given with the submission, wins over the printed one: 'M', 'F', 0 */
    double age_years;  /* the same; NAN */
    int pregnant;      /* 0, 1, or -1 unknown */
    int trimester;     /* 1 to 3, 0 unknown */
    int dialysis, chronic_liver_disease, anticoagulated;
    int for_patient;  /* plain words, where the site wants that; else for clinicians */
    const char *sent; /* ISO date-time of the submission, or NULL */
    const bt_earlier_t *earlier;
    int n_earlier;
} bt_context_t;

/** Interpret; *result is a new object in `pool`: observations, derived, red_flags, claims,
 * not_understood, patient, specimen, laboratory, hidden_text, urgency, audience, engine:"rules",
 * knowledge_version, summary, doctor_analysis, nutrition_analysis, exercise_analysis,
 * verification_analysis, disclaimer. */
bt_err_t *bt_interpret(bt_json_t **result, const bt_report_t *report, const bt_context_t *context,
                       const bt_catalogue_t *catalogue, apr_pool_t *pool);

enum { BT_MAX_FACTS_BYTES = 4 * 1024 * 1024 };

/** Whether the knowledge can be used: every condition can be read, every name is known, every
 * sentence keeps to what a sentence may say.  BT_E_CONFIG with file, line and what to write. */
bt_err_t *bt_knowledge_check(const bt_catalogue_t *catalogue, apr_pool_t *pool);

enum { BT_MAX_EARLIER = 20 }; /* earlier analyses that one is compared with */

/** The results of an earlier analysis out of what bt_interpret() made of it; a row that cannot be
 * used is left out.  analysis_id and sent are the caller's to set. */
void bt_earlier_read(bt_earlier_t *earlier, const bt_json_t *result,
                     const bt_catalogue_t *catalogue, apr_pool_t *pool);

/** Facts (`bloodtestctl interpret`, `POST /interpret`) as a report and context; an unknown analyte
 * or unit is an error (BT_E_FIELD_INVALID) that names the nearest known ones. */
bt_err_t *bt_facts_read(bt_report_t **report, bt_context_t *context, const bt_json_t *facts,
                        const bt_catalogue_t *catalogue, apr_pool_t *pool);

#endif
