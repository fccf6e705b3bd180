/* SPDX-License-Identifier: Apache-2.0
 * Results of earlier analyses of the same person, as facts beside those of the report.  Only what
 * could be used then and is measured again now is taken.
 */
#include "engine.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

enum { MAX_ROWS = 400, MAX_ID = 64, MAX_TEXT = 60, MAX_DATE = 40 };

static const char *text_of(const bt_json_t *object, const char *key, size_t limit, apr_pool_t *pool)
{
    const char *text = bt_json_get_string(object, key);
    return text && *text && strlen(text) <= limit ? apr_pstrdup(pool, text) : NULL;
}

/* 0 where the stored row is one that can be compared. */
static int read_row(bt_observation_t *row, const bt_json_t *stored, const bt_catalogue_t *catalogue,
                    apr_pool_t *pool)
{
    const char *comparator = bt_json_get_string(stored, "comparator");
    row->analyte = bt_catalogue_by_id(catalogue, bt_json_get_string(stored, "analyte"));
    row->value = bt_json_get_number(stored, "value", NAN);
    if (!row->analyte || !isfinite(row->value))
        return -1;
    row->label = row->analyte->name;
    row->value_text = text_of(stored, "value_text", MAX_TEXT, pool);
    row->unit_text = text_of(stored, "unit_text", MAX_TEXT, pool);
    row->unit = text_of(stored, "unit", MAX_TEXT, pool);
    row->collected = text_of(stored, "collected", MAX_DATE, pool);
    row->confidence = bt_json_get_number(stored, "confidence", 1);
    row->reference.low = row->reference.high = NAN;
    row->confidence_reason = "";
    apr_cpystrn(row->comparator, comparator ? comparator : "", sizeof row->comparator);
    return 0;
}

void bt_earlier_read(bt_earlier_t *earlier, const bt_json_t *result,
                     const bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    const bt_json_t *rows = bt_json_get(result, "observations");
    size_t n = bt_json_size(rows) < MAX_ROWS ? bt_json_size(rows) : MAX_ROWS;
    bt_observation_t *made = apr_pcalloc(pool, (n + 1) * sizeof *made);
    earlier->rows = made;
    earlier->n_rows = 0;
    earlier->collected = text_of(bt_json_get(result, "specimen"), "date", MAX_DATE, pool);
    for (size_t i = 0; i < n; i++) {
        if (!read_row(&made[earlier->n_rows], bt_json_at(rows, i), catalogue, pool))
            earlier->n_rows++;
    }
}

/* Whether the report measures the analyte too. */
static int is_measured(const bt_engine_t *engine, const bt_analyte_t *analyte)
{
    for (int i = 0; i < engine->report->n_observations; i++) {
        if (engine->report->observations[i].analyte == analyte)
            return 1;
    }
    return 0;
}

/* Of several different values in one report none can be the earlier one. */
static int is_repeated(const bt_earlier_t *earlier, const bt_observation_t *row)
{
    for (int i = 0; i < earlier->n_rows; i++) {
        const bt_observation_t *other = &earlier->rows[i];
        int is_same_day = other->collected && row->collected
                              ? !strcmp(other->collected, row->collected)
                              : !other->collected && !row->collected;
        if (other != row && other->analyte == row->analyte && is_same_day)
            return 1;
    }
    return 0;
}

static int is_wanted(const bt_engine_t *engine, const bt_earlier_t *earlier,
                     const bt_observation_t *row)
{
    return is_measured(engine, row->analyte) && !is_repeated(earlier, row);
}

int bt_earlier_count(const bt_engine_t *engine)
{
    int n = 0;
    for (int i = 0; i < engine->context->n_earlier && i < BT_MAX_EARLIER; i++) {
        const bt_earlier_t *earlier = &engine->context->earlier[i];
        for (int k = 0; k < earlier->n_rows; k++)
            n += is_wanted(engine, earlier, &earlier->rows[k]);
    }
    return n;
}

/* The canonical value of a row that was usable in its own report; NAN where it was not. */
static double canonical_of(const bt_engine_t *engine, const bt_observation_t *row)
{
    double canonical = NAN;
    if (row->confidence < bt_setting(engine, "confidence_floor", 0) ||
        bt_analyte_to_canonical(&canonical, row->analyte, row->value, row->unit) ||
        canonical < row->analyte->plausible_low || canonical > row->analyte->plausible_high)
        return NAN;
    return canonical;
}

void bt_earlier_facts(bt_engine_t *engine, int first)
{
    int n = 0;
    for (int i = 0; i < engine->context->n_earlier && i < BT_MAX_EARLIER; i++) {
        const bt_earlier_t *earlier = &engine->context->earlier[i];
        for (int k = 0; k < earlier->n_rows; k++) {
            const bt_observation_t *row = &earlier->rows[k];
            if (!is_wanted(engine, earlier, row))
                continue;
            bt_observation_t *named = apr_pmemdup(engine->pool, row, sizeof *row);
            bt_fact_t *fact = &engine->facts[first + n];
            named->id = apr_psprintf(engine->pool, "p%d", ++n);
            fact->row = named;
            fact->state = BT_FACT_PREVIOUS;
            fact->canonical = canonical_of(engine, row);
            fact->interval = (bt_interval_t){NAN, NAN, 0, 0};
            fact->collected = row->collected ? row->collected : earlier->collected;
            fact->earlier = earlier;
        }
    }
}

int bt_fact_is_before(const bt_engine_t *engine, const bt_fact_t *earlier, const bt_fact_t *fact)
{
    double then = bt_hours_of(earlier->collected), now = bt_hours_of(fact->collected);
    if (isnan(then) || isnan(now)) {
        then = bt_hours_of(earlier->earlier ? earlier->earlier->sent : NULL);
        now = bt_hours_of(fact->earlier ? fact->earlier->sent : engine->context->sent);
    }
    return then < now;
}
