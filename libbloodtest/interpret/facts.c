/* SPDX-License-Identifier: Apache-2.0
 * Facts as JSON (`bloodtestctl interpret`) as a report and a context.  People write these by hand,
 * so an unknown name is answered with the nearest known ones.
 */
#include "engine.h"
#include "../model.h"
#include "../text.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

enum { NEAREST = 3, MAX_DATE = 40, MAX_WORD = 60 };
#define MAX_AGE 150.0

static bt_err_t *unknown_analyte(const bt_catalogue_t *catalogue, const char *id, apr_pool_t *pool)
{
    const char *near[NEAREST];
    bt_label_t label = {id, NULL, NULL, NAN};
    bt_match_t named = bt_catalogue_match(catalogue, &label, pool); /* "Haemoglobin" */
    const char *list = named.analyte ? named.analyte->id : "";
    int n = bt_catalogue_nearest(near, NEAREST, catalogue, id);
    for (int i = 0; i < n; i++) {
        if (!named.analyte || strcmp(near[i], named.analyte->id))
            list = apr_pstrcat(pool, list, *list ? ", " : "", near[i], NULL);
    }
    return bt_error_hint(pool, BT_E_FIELD_INVALID, "Unknown analyte '%.60s'; the nearest are: %s.",
                         id, list);
}

static bt_err_t *unknown_unit(const bt_analyte_t *analyte, const char *unit, apr_pool_t *pool)
{
    const char *list = *analyte->unit ? analyte->unit : "none";
    for (int i = 0; i < analyte->n_alt_units; i++)
        list = apr_pstrcat(pool, list, ", ", analyte->alt_units[i].unit, NULL);
    return bt_error_hint(pool, BT_E_FIELD_INVALID, "'%.40s' is not a unit of %s; it may be: %s.",
                         unit, analyte->id, list);
}

static bt_err_t *read_unit(bt_observation_t *row, const char *unit, const bt_catalogue_t *catalogue,
                           apr_pool_t *pool)
{
    if (!unit)
        return NULL;
    bt_label_t label = {row->analyte->name, unit, NULL, row->value};
    bt_match_t match = bt_catalogue_match(catalogue, &label, pool);
    double ignored = 0;
    const char *ucum =
        match.analyte == row->analyte ? match.unit : bt_catalogue_unit(catalogue, unit);
    row->unit_text = apr_pstrdup(pool, unit);
    if (bt_analyte_to_canonical(&ignored, row->analyte, 1, unit) == 0)
        ucum = apr_pstrdup(pool, unit);
    if (!ucum || bt_analyte_to_canonical(&ignored, row->analyte, 1, ucum))
        return unknown_unit(row->analyte, unit, pool);
    row->unit = ucum;
    row->loinc = match.analyte == row->analyte ? match.loinc : NULL;
    return NULL;
}

/* Something is there (null is nothing) that is not a number. */
static int is_no_number(const bt_json_t *value)
{
    return bt_json_string(value) || bt_json_is_object(value) || bt_json_is_array(value) ||
           (bt_json_is_number(value) && !isfinite(bt_json_number(value, NAN)));
}

/* Something is there (null is nothing) that is not text. */
static int is_no_text(const bt_json_t *value)
{
    return bt_json_is_number(value) || bt_json_is_object(value) || bt_json_is_array(value);
}

static bt_err_t *read_value(bt_observation_t *row, const bt_json_t *fact, apr_pool_t *pool)
{
    const bt_json_t *value = bt_json_get(fact, "value");
    const char *word = bt_json_string(value), *comparator = bt_json_get_string(fact, "comparator");
    row->value = NAN;
    if (bt_json_is_number(value) && !strcmp(row->analyte->scale, "Ord"))
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "The value of '%s' is a word: positive, negative or a grade.",
                             row->analyte->id);
    if (bt_json_is_number(value) && isfinite(bt_json_number(value, NAN))) {
        row->value = bt_json_number(value, NAN);
        row->value_text = apr_pstrcat(pool, comparator ? comparator : "",
                                      bt_number_text(row->value, 10, pool), NULL);
    } else if (word && *word && strlen(word) <= MAX_WORD && strcmp(row->analyte->scale, "Qn")) {
        row->value_text = row->value_word = apr_pstrdup(pool, word);
    } else if (word && *word && strlen(word) <= MAX_WORD) {
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "The value of '%s' is a number, not a word; its unit and comparator "
                             "have fields of their own.",
                             row->analyte->id);
    } else {
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "The value of '%s' is neither a number nor a short word.",
                             row->analyte->id);
    }
    if (comparator && strcmp(comparator, "<") && strcmp(comparator, "<=") &&
        strcmp(comparator, ">") && strcmp(comparator, ">=") && *comparator)
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "The comparator of '%s' is none of <, <=, >, >=.", row->analyte->id);
    apr_cpystrn(row->comparator, comparator ? comparator : "", sizeof row->comparator);
    return NULL;
}

static bt_err_t *read_bound(double *bound, const bt_json_t *reference, const char *key,
                            const char *id, apr_pool_t *pool)
{
    const bt_json_t *value = bt_json_get(reference, key);
    *bound = bt_json_number(value, NAN);
    if (is_no_number(value))
        return bt_error_hint(pool, BT_E_FIELD_INVALID, "reference.%s of '%s' is no number.", key,
                             id);
    return NULL;
}

/* What is of another kind must not be as if it were not there. */
static bt_err_t *check_kinds(const bt_json_t *fact, const char *id, apr_pool_t *pool)
{
    const bt_json_t *reference = bt_json_get(fact, "reference");
    if (is_no_text(bt_json_get(fact, "unit")) || is_no_text(bt_json_get(fact, "comparator")))
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "The unit and the comparator of '%s' are texts.", id);
    if (bt_json_string(reference) || bt_json_is_number(reference) || bt_json_is_array(reference))
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "The reference of '%s' is an object with low and high.", id);
    return NULL;
}

static bt_err_t *read_fact(bt_observation_t *row, const bt_json_t *fact,
                           const bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    const char *id = bt_json_get_string(fact, "analyte");
    if (!id)
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "Each observation needs an 'analyte' and a 'value'.");
    row->analyte = bt_catalogue_by_id(catalogue, id);
    if (!row->analyte)
        return unknown_analyte(catalogue, id, pool);
    row->label = row->analyte->name;
    row->confidence = 1;
    row->confidence_reason = "";
    BT_TRY(check_kinds(fact, id, pool));
    BT_TRY(read_value(row, fact, pool));
    BT_TRY(read_unit(row, bt_json_get_string(fact, "unit"), catalogue, pool));
    if (!row->unit && *row->analyte->unit && !isnan(row->value)) {
        double ignored = 0;
        int plain = !bt_analyte_to_canonical(&ignored, row->analyte, 1, NULL);
        row->confidence_reason = plain ? "" : "no unit is given";
    }
    const bt_json_t *reference = bt_json_get(fact, "reference");
    BT_TRY(read_bound(&row->reference.low, reference, "low", id, pool));
    BT_TRY(read_bound(&row->reference.high, reference, "high", id, pool));
    if (row->reference.low > row->reference.high)
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "The reference of '%s' is low above, high below.", id);
    const char *collected = bt_json_get_string(fact, "collected");
    if ((collected && (strlen(collected) > MAX_DATE || isnan(bt_hours_of(collected)))) ||
        is_no_text(bt_json_get(fact, "collected")))
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "'collected' of '%s' is not an ISO date-time.", id);
    row->collected = collected ? apr_pstrdup(pool, collected) : NULL;
    return NULL;
}

static bt_err_t *read_patient(bt_context_t *context, const bt_json_t *patient, apr_pool_t *pool)
{
    const char *sex = bt_json_get_string(patient, "sex");
    memset(context, 0, sizeof *context);
    if ((!sex && bt_json_is_number(bt_json_get(patient, "sex"))) ||
        (patient && !bt_json_is_object(patient)))
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "patient is an object, its sex F, M or null.");
    if (sex && strcmp(sex, "M") && strcmp(sex, "F"))
        return bt_error_hint(pool, BT_E_FIELD_INVALID, "patient.sex is F, M or null.");
    context->sex = sex ? *sex : 0;
    const bt_json_t *age = bt_json_get(patient, "age_years");
    context->age_years = bt_json_number(age, NAN);
    if (context->age_years < 0 || context->age_years > MAX_AGE || is_no_number(age))
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "patient.age_years is a number from 0 to 150.");
    context->pregnant = bt_json_get_bool(patient, "pregnant", -1);
    context->trimester = (int)bt_json_get_int(patient, "trimester", 0);
    if (context->trimester < 0 || context->trimester > 3)
        return bt_error_hint(pool, BT_E_FIELD_INVALID, "patient.trimester is 1, 2 or 3.");
    context->dialysis = bt_json_get_bool(patient, "dialysis", 0);
    context->chronic_liver_disease = bt_json_get_bool(patient, "chronic_liver_disease", 0);
    context->anticoagulated = bt_json_get_bool(patient, "anticoagulated", 0);
    return NULL;
}

static bt_err_t *read_query(bt_context_t *context, const bt_json_t *facts, apr_pool_t *pool)
{
    const bt_json_t *query = bt_json_get(facts, "query");
    const char *text = bt_json_string(query);
    if (!text && (bt_json_is_number(query) || bt_json_is_object(query) || bt_json_is_array(query)))
        return bt_error_hint(pool, BT_E_FIELD_INVALID, "'query' is a text.");
    context->query = text ? bt_text_clean(text, strlen(text), pool) : NULL;
    if (text && bt_text_length(context->query) > BT_MAX_QUERY_CHARS)
        return bt_error(pool, BT_E_QUERY_TOO_LONG, "query too long");
    return NULL;
}

bt_err_t *bt_facts_read(bt_report_t **report, bt_context_t *context, const bt_json_t *facts,
                        const bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    bt_report_t *made = apr_pcalloc(pool, sizeof *made);
    const bt_json_t *rows = bt_json_get(facts, "observations");
    if (!bt_json_is_array(rows) || bt_json_size(rows) > BT_MAX_OBSERVATIONS)
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "'observations' must be a list of at most %d results.",
                             BT_MAX_OBSERVATIONS);
    BT_TRY(read_patient(context, bt_json_get(facts, "patient"), pool));
    BT_TRY(read_query(context, facts, pool));
    made->sex = context->sex;
    made->age_years = context->age_years;
    made->n_observations = (int)bt_json_size(rows);
    made->observations =
        apr_pcalloc(pool, (apr_size_t)(made->n_observations + 1) * sizeof *made->observations);
    for (int i = 0; i < made->n_observations; i++) {
        made->observations[i].id = apr_psprintf(pool, "o%d", i + 1);
        BT_TRY(read_fact(&made->observations[i], bt_json_at(rows, (size_t)i), catalogue, pool));
    }
    *report = made;
    return NULL;
}
