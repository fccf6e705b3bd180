/* SPDX-License-Identifier: Apache-2.0
 * Reports from JSON.  It was written by a process that had read a stranger's file, so every type,
 * length, count and number is checked, and the first thing out of its limits refuses the whole.
 */
#include "report_fields.h"

#include <apr_strings.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "text.h"

enum { MAX_PAGES = 10000 };
#define MAX_NUMBER     1e15
#define MAX_COORDINATE 1e6
#define MAX_AGE        150.0

static const char *const comparators[] = {"", "<", "<=", ">", ">="};
#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

/* ---- within the limits ---- */

/* Whether a text is too long; `drops` leaves it out. */
static int has_long_text(void *of, const bt_text_field_t *field, int drops)
{
    int n_long = 0;
    for (; field->name; field++) {
        const char *text = NULL;
        memcpy(&text, (char *)of + field->offset, sizeof text);
        if (!text || strlen(text) <= field->limit)
            continue;
        n_long++;
        if (drops)
            memset((char *)of + field->offset, 0, sizeof text);
    }
    return n_long > 0;
}

static int is_far(const bt_box_t *box)
{
    return !(fabs(box->x0) <= MAX_COORDINATE && fabs(box->y0) <= MAX_COORDINATE &&
             fabs(box->x1) <= MAX_COORDINATE && fabs(box->y1) <= MAX_COORDINATE);
}

static void fit_lines(bt_line_t *lines, int n, apr_pool_t *pool)
{
    for (int i = 0; i < n; i++) {
        size_t length = strnlen(lines[i].text, BT_MAX_LINE_BYTES);
        if (lines[i].text[length]) /* three bytes for a letter that is cut */
            lines[i].text = bt_text_clean(lines[i].text, length - 3, pool);
        if (is_far(&lines[i].box))
            lines[i].box = (bt_box_t){0, 0, 0, 0};
    }
}

void bt_report_fit(bt_report_t *report, apr_pool_t *pool)
{
    int kept = 0;
    (void)has_long_text(report, bt_report_texts, 1);
    for (int i = 0; i < report->n_observations; i++) {
        bt_observation_t *row = &report->observations[i];
        if (row->section && strlen(row->section) > BT_MAX_HEADING_BYTES)
            row->section = NULL;
        int fits = !has_long_text(row, bt_observation_texts, 0) && !is_far(&row->box) &&
                   !(fabs(row->value) > MAX_NUMBER) && !(fabs(row->reference.low) > MAX_NUMBER) &&
                   !(fabs(row->reference.high) > MAX_NUMBER);
        if (fits)
            report->observations[kept++] = *row;
        else if (report->n_not_understood < BT_MAX_NOT_UNDERSTOOD)
            report->not_understood[report->n_not_understood++] =
                (bt_line_t){row->label, row->page, row->box, "more than a result can be"};
    }
    report->n_observations = kept;
    fit_lines(report->not_understood, report->n_not_understood, pool);
    fit_lines(report->hidden, report->n_hidden, pool);
}

/* ---- from JSON ---- */

static bt_err_t *refused(const char *what, const char *field, apr_pool_t *pool)
{
    return bt_error(pool, BT_E_INTERNAL, "report from the reader: %s '%s'", what, field);
}

/* Absent or null. */
static int is_null(const bt_json_t *json, const char *key)
{
    const bt_json_t *node = bt_json_get(json, key);
    int is_bool = bt_json_get_bool(json, key, 0) || !bt_json_get_bool(json, key, 1);
    return !node || (!is_bool && !bt_json_string(node) && !bt_json_is_number(node) &&
                     !bt_json_is_object(node) && !bt_json_is_array(node));
}

static bt_err_t *get_texts(void *to, const bt_json_t *json, const bt_text_field_t *field,
                           apr_pool_t *pool)
{
    for (; field->name; field++) {
        const char *text = bt_json_get_string(json, field->name);
        if (!text && (field->required || !is_null(json, field->name)))
            return refused("not a text:", field->name, pool);
        if (text && strlen(text) > field->limit)
            return refused("too long a text:", field->name, pool);
        text = text ? apr_pstrdup(pool, text) : NULL;
        memcpy((char *)to + field->offset, &text, sizeof text);
    }
    return NULL;
}

/* A finite number of at most `limit` on either side, or NAN for null. */
static bt_err_t *get_number(double *number, const bt_json_t *json, const char *name, double limit,
                            apr_pool_t *pool)
{
    const bt_json_t *node = bt_json_get(json, name);
    *number = NAN;
    if (is_null(json, name))
        return NULL;
    if (!bt_json_is_number(node))
        return refused("not a number:", name, pool);
    *number = bt_json_number(node, NAN);
    if (!isfinite(*number) || fabs(*number) > limit)
        return refused("a number out of its limits:", name, pool);
    return NULL;
}

static bt_err_t *get_place(int *page, bt_box_t *box, const bt_json_t *json, apr_pool_t *pool)
{
    double number = NAN, corners[4] = {0};
    const bt_json_t *array = bt_json_get(json, "box");
    BT_TRY(get_number(&number, json, "page", MAX_PAGES, pool));
    if (number < 0 || (!isnan(number) && number != floor(number)))
        return refused("not a page:", "page", pool);
    *page = isnan(number) ? 0 : (int)number;
    if (array && !is_null(json, "box") && (!bt_json_is_array(array) || bt_json_size(array) != 4))
        return refused("not four numbers:", "box", pool);
    for (size_t i = 0; i < bt_json_size(array); i++) {
        corners[i] = bt_json_number(bt_json_at(array, i), NAN);
        if (!isfinite(corners[i]) || fabs(corners[i]) > MAX_COORDINATE)
            return refused("a number out of its limits:", "box", pool);
    }
    *box = (bt_box_t){corners[0], corners[1], corners[2], corners[3]};
    return NULL;
}

static bt_err_t *get_comparator(bt_observation_t *observation, const bt_json_t *json,
                                apr_pool_t *pool)
{
    const char *text = bt_json_get_string(json, "comparator");
    text = text || !is_null(json, "comparator") ? text : "";
    for (int i = 0; text && i < COUNT(comparators); i++) {
        if (!strcmp(text, comparators[i])) {
            apr_cpystrn(observation->comparator, comparators[i], sizeof observation->comparator);
            return NULL;
        }
    }
    return refused("not a comparator:", "comparator", pool);
}

static int is_loinc(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && text[digits] == '-' && text[digits + 1] >= '0' &&
           text[digits + 1] <= '9' && !text[digits + 2];
}

/* Ids rise in reading order, so none is there twice. */
static bt_err_t *check_id(int *last, const char *id, apr_pool_t *pool)
{
    size_t digits = id[0] == 'o' ? strspn(id + 1, "0123456789") : 0;
    int number =
        digits && digits <= BT_MAX_ID_DIGITS && !id[digits + 1] ? (int)strtol(id + 1, NULL, 10) : 0;
    if (number <= *last)
        return refused("not an id in order:", id, pool);
    *last = number;
    return NULL;
}

static bt_err_t *get_understood(bt_observation_t *observation, const bt_json_t *json,
                                const bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    const char *analyte = bt_json_get_string(json, "analyte");
    if (!analyte && !is_null(json, "analyte"))
        return refused("not a text:", "analyte", pool);
    observation->analyte = bt_catalogue_by_id(catalogue, analyte);
    if (analyte && !observation->analyte)
        return refused("not in the catalogue:", "analyte", pool);
    if (observation->loinc && !is_loinc(observation->loinc))
        return refused("not a code:", "loinc", pool);
    if (observation->unit && !bt_catalogue_unit(catalogue, observation->unit))
        return refused("not a known unit:", "unit", pool);
    BT_TRY(get_number(&observation->value, json, "value", MAX_NUMBER, pool));
    BT_TRY(get_comparator(observation, json, pool));
    const bt_json_t *reference = bt_json_get(json, "reference");
    if (!is_null(json, "reference") && !bt_json_is_object(reference))
        return refused("not an object:", "reference", pool);
    BT_TRY(get_number(&observation->reference.low, reference, "low", MAX_NUMBER, pool));
    BT_TRY(get_number(&observation->reference.high, reference, "high", MAX_NUMBER, pool));
    observation->reference.low_excluded = bt_json_get_bool(reference, "low_excluded", 0);
    observation->reference.high_excluded = bt_json_get_bool(reference, "high_excluded", 0);
    if (observation->reference.low > observation->reference.high)
        return refused("an interval that ends before it begins:", "reference", pool);
    observation->is_bold = bt_json_get_bool(json, "is_bold", 0);
    BT_TRY(get_number(&observation->confidence, json, "confidence", 1, pool));
    if (!(observation->confidence >= 0))
        return refused("not from 0 to 1:", "confidence", pool);
    return NULL;
}

static bt_err_t *get_array(const bt_json_t **array, int *n, const bt_json_t *json, const char *name,
                           int limit, apr_pool_t *pool)
{
    *array = bt_json_get(json, name);
    if (!bt_json_is_array(*array))
        return refused("not an array:", name, pool);
    if (bt_json_size(*array) > (size_t)limit)
        return refused("too many members:", name, pool);
    *n = (int)bt_json_size(*array);
    return NULL;
}

static bt_err_t *get_lines(bt_line_t **lines, int *n, const bt_json_t *json, const char *name,
                           int limit, apr_pool_t *pool)
{
    const bt_json_t *array = NULL;
    BT_TRY(get_array(&array, n, json, name, limit, pool));
    *lines = apr_pcalloc(pool, (apr_size_t)(*n + 1) * sizeof **lines);
    for (int i = 0; i < *n; i++) {
        const bt_json_t *line = bt_json_at(array, (size_t)i);
        if (!bt_json_is_object(line))
            return refused("not an object in", name, pool);
        BT_TRY(get_texts(*lines + i, line, bt_line_texts, pool));
        BT_TRY(get_place(&(*lines)[i].page, &(*lines)[i].box, line, pool));
    }
    return NULL;
}

static bt_err_t *get_observations(bt_report_t *report, const bt_json_t *json,
                                  const bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    const bt_json_t *array = NULL;
    int last = 0;
    BT_TRY(get_array(&array, &report->n_observations, json, "observations", BT_MAX_OBSERVATIONS,
                     pool));
    report->observations =
        apr_pcalloc(pool, (apr_size_t)(report->n_observations + 1) * sizeof *report->observations);
    for (int i = 0; i < report->n_observations; i++) {
        const bt_json_t *row = bt_json_at(array, (size_t)i);
        bt_observation_t *observation = &report->observations[i];
        if (!bt_json_is_object(row))
            return refused("not an object in", "observations", pool);
        BT_TRY(get_texts(observation, row, bt_observation_texts, pool));
        BT_TRY(check_id(&last, observation->id, pool));
        BT_TRY(get_place(&observation->page, &observation->box, row, pool));
        BT_TRY(get_understood(observation, row, catalogue, pool));
        if (!observation->confidence_reason)
            observation->confidence_reason = "";
    }
    return NULL;
}

bt_err_t *bt_report_from_json(bt_report_t **report, const bt_json_t *json,
                              const bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    bt_report_t *made = apr_pcalloc(pool, sizeof *made);
    double pages = NAN;
    if (!bt_json_is_object(json))
        return refused("not an object:", "report", pool);
    BT_TRY(get_number(&pages, json, "pages", MAX_PAGES, pool));
    made->pages = pages > 0 ? (int)pages : 0;
    const char *sex = bt_json_get_string(json, "sex");
    if (sex ? strcmp(sex, "M") && strcmp(sex, "F") : !is_null(json, "sex"))
        return refused("neither M nor F:", "sex", pool);
    made->sex = sex ? *sex : 0;
    BT_TRY(get_number(&made->age_years, json, "age_years", MAX_AGE, pool));
    if (made->age_years < 0)
        return refused("a number out of its limits:", "age_years", pool);
    BT_TRY(get_texts(made, json, bt_report_texts, pool));
    BT_TRY(get_observations(made, json, catalogue, pool));
    BT_TRY(get_lines(&made->not_understood, &made->n_not_understood, json, "not_understood",
                     BT_MAX_NOT_UNDERSTOOD, pool));
    BT_TRY(get_lines(&made->hidden, &made->n_hidden, json, "hidden", BT_MAX_HIDDEN, pool));
    *report = made;
    return NULL;
}
