/* SPDX-License-Identifier: Apache-2.0
 * A report that was read: plain structs that the extractor fills, the interpreter takes, and JSON
 * carries between them.
 *
 * The fields `label, value_text, unit_text, reference_text, flag_text` are exactly what is printed
 * (wrapped lines joined by one space), NULL where nothing is printed.  Everything else is what was
 * understood of them. Boxes are in points, origin at the top left of the page, as the page is
 * looked at.
 */
#ifndef BT_REPORT_H
#define BT_REPORT_H

#include "catalogue.h"
#include "error.h"
#include "json.h"

enum { BT_MAX_OBSERVATIONS = 5000, BT_MAX_NOT_UNDERSTOOD = 1000, BT_MAX_HIDDEN = 200 };

typedef struct bt_box_t {
    double x0, y0, x1, y1;
} bt_box_t;

/* An interval in the unit of the value it stands beside.  NAN: no bound on that side. */
typedef struct bt_interval_t {
    double low, high;
    int low_excluded, high_excluded; /* "> 5" excludes 5; "5 - 9", "up to 9" and "<= 9" include or
                                        exclude as rules.md 0b.2 says */
} bt_interval_t;

typedef struct bt_observation_t {
    const char *id; /* "o1", "o2", … in reading order */
    const char *label, *value_text, *unit_text, *reference_text, *flag_text;
    int page; /* from 1; 0: not from a page */
    bt_box_t box;
    const char *section;         /* heading it stands under, or NULL */
    const char *collected;       /* ISO date-time of an earlier result (facts only), or NULL */
    const bt_analyte_t *analyte; /* NULL: not in the catalogue */
    const char *loinc;           /* decided by analyte and unit, or NULL */
    double value;                /* NAN: not a number */
    char comparator[3];          /* "", "<", "<=", ">", ">=" */
    const char *value_word; /* qualitative result in canonical form ("positive", "negative", "2+",
                               …), or NULL */
    const char *unit;       /* UCUM, or NULL where none is printed or it was not recognised */
    bt_interval_t
        reference;     /* printed interval as numbers; both NAN where none or not understood */
    int is_bold;       /* emphasis only, never a flag */
    double confidence; /* 0 to 1 */
    const char *confidence_reason; /* "" at full confidence, else words joined by "; " */
} bt_observation_t;

/* A line that looks like a result and was not read, or text that a reader of the page cannot see.
 */
typedef struct bt_line_t {
    const char *text;
    int page;
    bt_box_t box;
    const char *reason;
} bt_line_t;

typedef struct bt_report_t {
    int pages;
    char sex;                                    /* 'M', 'F', 0 unknown */
    double age_years;                            /* NAN unknown */
    const char *collected, *received, *reported; /* as printed, or NULL */
    const char *laboratory;                      /* as printed, or NULL */
    bt_observation_t *observations;
    int n_observations;
    bt_line_t *not_understood;
    int n_not_understood;
    bt_line_t *hidden;
    int n_hidden;
} bt_report_t;

/** Bring what was read within the limits of bt_report_from_json(), so that one strange row does not
 * cost the whole report: a row that is not becomes a line of `not_understood`, which has room for
 * BT_MAX_NOT_UNDERSTOOD; other texts that are too long go. */
void bt_report_fit(bt_report_t *report, apr_pool_t *pool);

/** The report as the text of a JSON object, with every field by its name here (NULL, NAN and 0 are
 * left out; `analyte` is the catalogue id). */
const char *bt_report_print(const bt_report_t *report, apr_pool_t *pool);

/** Back from JSON, all limits and types checked: what a hostile extractor child wrote is an error
 * (BT_E_INTERNAL). */
bt_err_t *bt_report_from_json(bt_report_t **report, const bt_json_t *json,
                              const bt_catalogue_t *catalogue, apr_pool_t *pool);

#endif
