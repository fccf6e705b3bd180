/* SPDX-License-Identifier: Apache-2.0
 * What a result is worth: its bounds, its place beside an interval or a limit, and whether rules
 * may use it.  Limits are compared in the unit of the report, with the figure that their source
 * prints for that unit where there is one.
 */
#include "engine.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

int bt_is_child(const bt_engine_t *engine)
{
    return engine->context->age_years < bt_setting(engine, "adult_years", NAN);
}

void bt_row_bounds(double *low, double *high, const bt_observation_t *row)
{
    *low = *high = row->value;
    if (isnan(row->value))
        return;
    if (row->comparator[0] == '<') {
        *low = -HUGE_VAL;
        *high = row->comparator[1] ? row->value : nextafter(row->value, -HUGE_VAL);
    } else if (row->comparator[0] == '>') {
        *low = row->comparator[1] ? row->value : nextafter(row->value, HUGE_VAL);
        *high = HUGE_VAL;
    }
}

char bt_row_side(const bt_observation_t *row, const bt_interval_t *interval)
{
    double low = NAN, high = NAN;
    bt_row_bounds(&low, &high, row);
    if (isnan(low) || (isnan(interval->low) && isnan(interval->high)))
        return 0;
    if (!isnan(interval->high) &&
        (low > interval->high || (interval->high_excluded && low >= interval->high)))
        return 'H';
    if (!isnan(interval->low) &&
        (high < interval->low || (interval->low_excluded && high <= interval->low)))
        return 'L';
    int under = isnan(interval->high) || high < interval->high ||
                (high == interval->high && !interval->high_excluded);
    int over = isnan(interval->low) || low > interval->low ||
               (low == interval->low && !interval->low_excluded);
    return under && over ? 'N' : 0;
}

const bt_alt_unit_t *bt_fact_alt_unit(const bt_fact_t *fact)
{
    const bt_analyte_t *analyte = fact->row->analyte;
    for (int i = 0; fact->row->unit && i < analyte->n_alt_units; i++) {
        const bt_alt_unit_t *alt = &analyte->alt_units[i];
        if (!strcmp(alt->unit, fact->row->unit))
            return alt->factor == 1 && alt->offset == 0 ? NULL : alt;
    }
    return NULL;
}

double bt_rounded(double value, int decimals)
{
    double scale = pow(10, decimals);
    return round(value * scale) / scale;
}

int bt_is_power_of_ten(double factor)
{
    double power = log10(factor);
    return fabs(power - round(power)) < 1e-9;
}

/* The figure that the source prints for this limit in the unit of the row. */
static int find_pair(double *paired, const bt_engine_t *engine, const char *id, const char *unit,
                     double limit)
{
    const char *key = apr_psprintf(engine->pool, "%s|%.6g|%s", id, limit, unit);
    const double *found = apr_hash_get(engine->pairs, key, APR_HASH_KEY_STRING);
    if (found)
        *paired = *found;
    return found != NULL;
}

static int order_of(double low, double high, double limit)
{
    if (low > limit)
        return 1;
    if (high < limit)
        return -1;
    return low == high ? 0 : 2;
}

/* The bounds of the row and a limit of the catalogue's unit, as they are compared: in the unit of
 * the row where the source prints the limit in that too, else converted and rounded. */
static void beside_limit(double *low, double *high, double *limit, const bt_engine_t *engine,
                         const bt_fact_t *fact)
{
    double paired = NAN;
    bt_row_bounds(low, high, fact->row);
    const bt_alt_unit_t *alt = bt_fact_alt_unit(fact);
    if (!alt || isnan(*low))
        return;
    if (find_pair(&paired, engine, fact->row->analyte->id, alt->unit, *limit)) {
        *limit = paired;
        return;
    }
    /* A factor of ten only moves the point: nine decimals take off what binary numbers add. */
    int exact = bt_is_power_of_ten(alt->factor) && alt->offset == 0;
    int decimals = exact ? 9 : fact->row->analyte->decimals;
    *low = isfinite(*low) ? bt_rounded(*low * alt->factor + alt->offset, decimals) : *low;
    *high = isfinite(*high) ? bt_rounded(*high * alt->factor + alt->offset, decimals) : *high;
}

int bt_fact_compare(const bt_engine_t *engine, const bt_fact_t *fact, double limit)
{
    double low = NAN, high = NAN;
    beside_limit(&low, &high, &limit, engine, fact);
    return isnan(low) ? 2 : order_of(low, high, limit);
}

char bt_fact_side(const bt_engine_t *engine, const bt_fact_t *fact)
{
    const bt_interval_t *generic = &fact->generic;
    double low = NAN, high = NAN, upper = generic->high, lower = generic->low;
    if (isnan(lower) && isnan(upper))
        return bt_row_side(fact->row, &fact->interval);
    int under = 1, over = 1;
    if (!isnan(upper)) {
        beside_limit(&low, &high, &upper, engine, fact);
        if (low > upper || (generic->high_excluded && low >= upper))
            return 'H';
        under = generic->high_excluded ? high < upper : high <= upper;
    }
    if (!isnan(lower)) {
        beside_limit(&low, &high, &lower, engine, fact);
        if (high < lower)
            return 'L';
        over = low >= lower;
    }
    return under && over ? 'N' : 0;
}

void bt_fact_times_upper(double *low, double *high, const bt_fact_t *fact)
{
    double upper = fact->interval.high;
    const bt_alt_unit_t *alt = bt_fact_alt_unit(fact);
    bt_row_bounds(low, high, fact->row);
    if (alt && !isnan(fact->generic.high)) {
        upper = fact->generic.high;
        *low = *low * alt->factor + alt->offset;
        *high = *high * alt->factor + alt->offset;
    }
    *low = upper > 0 ? *low / upper : NAN;
    *high = upper > 0 ? *high / upper : NAN;
}

int bt_derived_compare(const bt_engine_t *engine, const bt_derived_t *derived, double limit)
{
    enum { RELATIVE = 1000000000 }; /* what was computed is off by less than one part in this */
    double value = derived->value, paired = limit;
    if (derived->unit != derived->unit_of_value &&
        find_pair(&paired, engine, derived->name, derived->unit, limit))
        value = derived->shown_value;
    return fabs(value - paired) <= fabs(paired) / RELATIVE ? 0 : value < paired ? -1 : 1;
}

double bt_limit_in_row(const bt_engine_t *engine, const bt_fact_t *fact, double limit)
{
    double paired = NAN;
    const bt_alt_unit_t *alt = bt_fact_alt_unit(fact);
    if (!alt || isnan(limit) ||
        find_pair(&paired, engine, fact->row->analyte->id, alt->unit, limit))
        return alt && !isnan(limit) ? paired : limit;
    double here = (limit - alt->offset) / alt->factor;
    double digits = here != 0 ? 2 - floor(log10(fabs(here))) : 0;
    return bt_rounded(here, (int)fmax(fmin(digits, 9), 0));
}

double bt_fact_critical(const bt_engine_t *engine, const bt_fact_t *fact, char side)
{
    const bt_analyte_t *analyte = fact->row->analyte;
    const char *key = apr_pstrcat(engine->pool, "critical_uln_", analyte->id, NULL);
    double times = side == '+' ? bt_setting(engine, key, NAN) : NAN;
    if (!isnan(times))
        return times * fact->interval.high;
    return bt_limit_in_row(engine, fact,
                           side == '+' ? analyte->critical_high : analyte->critical_low);
}

/* A limit that depends on age; the site's own table comes before such a one that is compiled in. */
static double limit_by_age(int *is_site, const bt_engine_t *engine, const bt_analyte_t *analyte,
                           const char *family, double otherwise)
{
    const char *key = apr_pstrcat(engine->pool, family, analyte->id, NULL);
    double limit = bt_setting_value(engine, key);
    int is_sites = !isnan(limit) && bt_setting_is_site(engine, key);
    if (isnan(limit) || (analyte->interval_is_site && !is_sites))
        return otherwise;
    *is_site |= is_sites;
    return limit;
}

/* The generic interval for the sex; for an unknown one whatever either sex may have. */
static bt_interval_t generic_of(int *is_site, const bt_engine_t *engine, const bt_fact_t *fact)
{
    const bt_analyte_t *analyte = fact->row->analyte;
    bt_interval_t interval = {analyte->low_m, analyte->high_m, 0, analyte->high_excluded};
    if (engine->context->sex == 'F') {
        interval.low = analyte->low_f;
        interval.high = analyte->high_f;
    } else if (!engine->context->sex) {
        interval.low = isnan(analyte->low_m) || isnan(analyte->low_f)
                           ? NAN
                           : fmin(analyte->low_m, analyte->low_f);
        interval.high = isnan(analyte->high_m) || isnan(analyte->high_f)
                            ? NAN
                            : fmax(analyte->high_m, analyte->high_f);
    }
    *is_site = analyte->interval_is_site;
    interval.low = limit_by_age(is_site, engine, analyte, "interval_low_", interval.low);
    interval.high = limit_by_age(is_site, engine, analyte, "interval_high_", interval.high);
    return interval;
}

static const char *interval_text(const bt_interval_t *interval, apr_pool_t *pool)
{
    if (isnan(interval->low) && isnan(interval->high))
        return NULL;
    const char *low = bt_number_text(interval->low, 6, pool),
               *high = bt_number_text(interval->high, 6, pool);
    if (isnan(interval->low))
        return apr_pstrcat(pool, interval->high_excluded ? "< " : "<= ", high, NULL);
    if (isnan(interval->high))
        return apr_pstrcat(pool, interval->low_excluded ? "> " : ">= ", low, NULL);
    return apr_pstrcat(pool, low, " - ", high, NULL);
}

static void choose_interval(bt_engine_t *engine, bt_fact_t *fact)
{
    const bt_observation_t *row = fact->row;
    fact->interval = fact->generic = (bt_interval_t){NAN, NAN, 0, 0};
    if (!isnan(row->reference.low) || !isnan(row->reference.high)) {
        fact->interval = row->reference;
        fact->interval_source = "printed";
        fact->interval_text = row->reference_text
                                  ? bt_printed(engine, row->reference_text, BT_MAX_NAME)
                                  : interval_text(&row->reference, engine->pool);
        return;
    }
    if (fact->state != BT_FACT_USABLE || bt_is_child(engine))
        return;
    int is_site = 0;
    fact->interval = fact->generic = generic_of(&is_site, engine, fact);
    fact->interval.low = bt_limit_in_row(engine, fact, fact->generic.low);
    fact->interval.high = bt_limit_in_row(engine, fact, fact->generic.high);
    fact->interval_text = interval_text(&fact->interval, engine->pool);
    fact->interval_source = !fact->interval_text ? NULL : is_site ? "site" : "generic";
}

/* A value that is right in another unit than the printed one (the table of mislabelled units). */
static int is_mislabelled(const bt_engine_t *engine, const bt_fact_t *fact)
{
    const char *key = apr_psprintf(engine->pool, "mislabelled_%s", fact->row->analyte->id);
    if (strcmp(fact->row->unit, fact->row->analyte->unit) || fact->row->comparator[0])
        return 0;
    apr_hash_set(engine->bound, fact->row->analyte->id, APR_HASH_KEY_STRING, fact);
    double is_so = bt_setting_value(engine, key);
    apr_hash_set(engine->bound, fact->row->analyte->id, APR_HASH_KEY_STRING, NULL);
    return is_so == 1;
}

static bt_fact_state_t state_of(const bt_engine_t *engine, bt_fact_t *fact)
{
    const bt_observation_t *row = fact->row;
    const bt_analyte_t *analyte = row->analyte;
    if (!analyte)
        return BT_FACT_UNKNOWN;
    if (isnan(row->value)) {
        if (!row->value_word)
            return BT_FACT_NO_VALUE;
        return row->confidence < bt_setting(engine, "confidence_floor", 0) ? BT_FACT_UNSURE
                                                                           : BT_FACT_USABLE;
    }
    if (bt_analyte_to_canonical(&fact->canonical, analyte, row->value, row->unit)) {
        fact->canonical = NAN;
        return row->unit ? BT_FACT_WRONG_UNIT : BT_FACT_NO_UNIT;
    }
    int too_low = row->comparator[0] != '>' && fact->canonical < analyte->plausible_low &&
                  row->comparator[0] != '<';
    int too_high = row->comparator[0] != '<' && fact->canonical > analyte->plausible_high;
    if (too_low || too_high || (row->unit && is_mislabelled(engine, fact)))
        return BT_FACT_IMPOSSIBLE;
    return row->confidence < bt_setting(engine, "confidence_floor", 0) ? BT_FACT_UNSURE
                                                                       : BT_FACT_USABLE;
}

/* Words are beside a printed word, or positive is abnormal where nothing is printed. */
static const char *side_of_word(const bt_engine_t *engine, const bt_observation_t *row)
{
    const char *meaning = row->value_word ? bt_meaning(engine, "word", row->value_word) : NULL;
    const char *normal =
        row->reference_text ? bt_meaning(engine, "word", row->reference_text) : NULL;
    if (!meaning || (row->reference_text && !normal))
        return NULL;
    if (!normal &&
        !bt_setting_has(engine, "positive_is_abnormal", row->analyte ? row->analyte->id : ""))
        return NULL;
    return !strcmp(meaning, normal ? normal : "negative") ? "N" : "A";
}

static void interpret(bt_engine_t *engine, bt_fact_t *fact)
{
    static const char *const sides[] = {"N", "L", "H"};
    if (isnan(fact->row->value)) {
        fact->interpretation = side_of_word(engine, fact->row);
        return;
    }
    char side = bt_fact_side(engine, fact);
    for (size_t i = 0; side && i < sizeof sides / sizeof sides[0]; i++) {
        if (*sides[i] == side)
            fact->interpretation = sides[i];
    }
}

/* Of several dated results of one analyte the latest is the result, the others are previous ones.
 */
static int is_earlier(const bt_engine_t *engine, const bt_fact_t *fact)
{
    for (int i = 0; fact->row->collected && i < engine->report->n_observations; i++) {
        const bt_observation_t *other = &engine->report->observations[i];
        if (other->analyte == fact->row->analyte && other->collected &&
            bt_hours_of(other->collected) > bt_hours_of(fact->row->collected))
            return 1;
    }
    return 0;
}

bt_err_t *bt_facts_make(bt_engine_t *engine)
{
    int n = engine->report->n_observations;
    const char *collected = bt_date_of_report(engine);
    engine->n_facts = n + bt_earlier_count(engine);
    engine->facts =
        apr_pcalloc(engine->pool, (apr_size_t)(engine->n_facts + 1) * sizeof *engine->facts);
    for (int i = 0; i < n; i++) {
        bt_fact_t *fact = &engine->facts[i];
        fact->row = &engine->report->observations[i];
        fact->canonical = NAN;
        fact->collected = fact->row->collected ? fact->row->collected : collected;
        fact->state = state_of(engine, fact);
        if (fact->row->analyte && is_earlier(engine, fact)) {
            fact->canonical = fact->state == BT_FACT_USABLE ? fact->canonical : NAN;
            fact->state = BT_FACT_PREVIOUS;
        }
        choose_interval(engine, fact);
        interpret(engine, fact);
    }
    bt_earlier_facts(engine, n);
    return NULL;
}
