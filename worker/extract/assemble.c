/* SPDX-License-Identifier: Apache-2.0
 * Rows become observations: joined with their wrapped lines, matched with the catalogue, and told
 * how sure they are.
 */
#include "reading.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

static void lower(bt_observation_t *observation, double times, const char *reason, apr_pool_t *pool)
{
    observation->confidence *= times;
    observation->confidence_reason =
        *observation->confidence_reason
            ? apr_pstrcat(pool, observation->confidence_reason, "; ", reason, NULL)
            : reason;
}

static const char *or_null(const char *text)
{
    return text && *text ? text : NULL;
}

/* The unit that a label brings along: "Hemoglobin (g/dL)", "MCV(fl)". */
static const char *unit_in_label(const btx_reading_t *reading, const char *label)
{
    const char *open = strrchr(label, '('), *close = open ? strchr(open, ')') : NULL;
    if (!close || close[1] || close == open + 1)
        return NULL;
    const char *unit = apr_pstrmemdup(reading->pool, open + 1, (size_t)(close - open) - 1);
    int is_written_so = strpbrk(unit, "/%^") ||
                        (strlen(unit) > 1 && bt_catalogue_unit(reading->scan.catalogue, unit));
    return is_written_so && btx_is_unit(&reading->scan, unit, reading->scan.scratch) ? unit : NULL;
}

/* The number that tells per cent from count where no unit is printed: the middle of the interval,
 * which holds what is usual, else the value, which may be anything. */
static double telling_number(const btx_row_t *row, const char *unit)
{
    int is_two_sided =
        row->has_interval && isfinite(row->interval.low) && isfinite(row->interval.high);
    return !unit && is_two_sided ? (row->interval.low + row->interval.high) / 2 : row->number.value;
}

static void match(btx_reading_t *reading, bt_observation_t *observation, const btx_row_t *row)
{
    const char *unit = observation->unit_text;
    if (unit && btx_is_unit_note(&reading->scan, unit, reading->scan.scratch))
        unit = NULL; /* "(calc)" says that there is none */
    bt_label_t label = {observation->label, unit, observation->section,
                        telling_number(row, unit)};
    bt_match_t found = bt_catalogue_match(reading->scan.catalogue, &label, reading->scan.scratch);
    if (found.analyte && observation->value_word && !observation->unit_text &&
        !strcmp(found.analyte->scale, "Qn")) {
        /* "Protein: trace" is a strip in urine, no protein of the blood */
        found.analyte = NULL;
        found.loinc = NULL;
    }
    observation->analyte = found.analyte;
    observation->loinc = found.loinc;
    observation->unit = found.unit ? found.unit
                        : unit     ? bt_catalogue_unit(reading->scan.catalogue, unit)
                                   : NULL;
    if (!found.analyte)
        lower(observation, 0.9, "name not in the catalogue", reading->pool);
    else if (found.confidence < 1)
        lower(observation, found.confidence,
              found.reason && *found.reason ? found.reason : "name not certain", reading->pool);
}

static void fill(btx_reading_t *reading, bt_observation_t *observation, const btx_row_t *row,
                 const char *section)
{
    const btx_line_t *line = &reading->lines->line[row->line];
    observation->label = row->label;
    observation->value_text = row->value;
    observation->unit_text = or_null(row->unit ? row->unit : unit_in_label(reading, row->label));
    observation->reference_text = or_null(row->reference);
    observation->flag_text = or_null(row->flag);
    observation->page = line->page;
    observation->box = btx_box_on_page(reading->words, line->page, row->box);
    observation->section = section;
    observation->value = row->number.value;
    apr_cpystrn(observation->comparator, row->number.comparator, sizeof observation->comparator);
    observation->value_word = row->word;
    observation->reference = row->interval;
    observation->is_bold = row->is_bold;
    observation->confidence = row->confidence;
    observation->confidence_reason = row->reason;
    if (isnan(row->number.value) && !row->word)
        lower(observation, 0.7, "value is no plain number", reading->pool);
    if (!row->table)
        lower(observation, 0.95, "read without columns", reading->pool);
    if (reading->words->is_picture[line->page])
        lower(observation, 0.6, "a picture fills the page, so its text may come from recognition",
              reading->pool);
    if (reading->words->is_unchecked[line->page])
        lower(observation, 0.9, "visibility: unchecked", reading->pool);
    match(reading, observation, row);
}

void btx_assemble(btx_reading_t *reading)
{
    bt_report_t *report = reading->report;
    report->observations =
        apr_pcalloc(reading->pool, ((size_t)reading->n_rows + 1) * sizeof *report->observations);
    for (int i = 0; i < reading->n_rows; i++) {
        apr_pool_clear(reading->scan.scratch);
        btx_join_wraps(reading, &reading->row[i]);
        bt_observation_t *observation = &report->observations[report->n_observations++];
        observation->id = apr_psprintf(reading->pool, "o%d", report->n_observations);
        fill(reading, observation, &reading->row[i], reading->section[i]);
    }
}
