/* SPDX-License-Identifier: Apache-2.0
 * What is said of every result whatever it measures: outside its interval, at a critical limit,
 * impossible, without a unit, or flagged otherwise by the laboratory.  So nothing abnormal is
 * silent, and nothing is corrected.
 */
#include "engine.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

enum { U0, U1, U2, U3, U4 };

static const char *far_of(const bt_engine_t *engine, const bt_fact_t *fact, char side)
{
    double limit = side == 'H' ? fact->interval.high : fact->interval.low;
    if (!(limit > 0) || !isfinite(fact->row->value) || fact->row->value == 0)
        return "";
    double percent = 100 * fabs(fact->row->value - limit) / limit;
    const char *number = apr_psprintf(engine->pool, percent < 10 ? "%.1f" : "%.0f", percent);
    const char *pairs[] = {"percent", number, NULL};
    return bt_sentence(engine, side == 'H' ? "far_above" : "far_below", pairs);
}

/* G03: past the middle between the interval and the critical limit on that side. */
static int is_past_middle(const bt_engine_t *engine, const bt_fact_t *fact, char side)
{
    const bt_analyte_t *analyte = fact->row->analyte;
    if (!analyte || fact->state != BT_FACT_USABLE ||
        bt_setting_has(engine, "g03_except", analyte->id))
        return 0;
    const char *key = apr_pstrcat(engine->pool, "g03_unless_", analyte->id, NULL);
    if (bt_setting_value(engine, key) == 1)
        return 0;
    double edge = side == 'H' ? fact->interval.high : fact->interval.low;
    double critical = bt_fact_critical(engine, fact, side == 'H' ? '+' : '-');
    if (isnan(critical) || isnan(edge) || (side == 'H' ? critical <= edge : critical >= edge))
        return 0;
    /* A middle is computed, so what binary numbers add is taken off. */
    double low = NAN, high = NAN, middle = bt_rounded((edge + critical) / 2, 9);
    bt_row_bounds(&low, &high, fact->row);
    return side == 'H' ? low > middle : high < middle;
}

static void outside_interval(bt_engine_t *engine, const bt_fact_t *fact)
{
    char side = bt_fact_side(engine, fact);
    if (side != 'H' && side != 'L')
        return;
    const char *source_key = !strcmp(fact->interval_source, "printed") ? "interval_printed"
                             : !strcmp(fact->interval_source, "site")  ? "interval_site"
                             : engine->pregnant                        ? "interval_pregnant"
                                                                       : "interval_generic";
    const char *pairs[] = {"name",
                           bt_fact_name(engine, fact),
                           "value",
                           bt_fact_value(engine, fact),
                           "interval",
                           fact->interval_text ? fact->interval_text : "",
                           "which",
                           bt_sentence(engine, source_key, NULL),
                           "far",
                           far_of(engine, fact, side),
                           "source",
                           strcmp(fact->interval_source, "printed")
                               ? fact->row->analyte->interval_source
                               : "printed interval",
                           NULL};
    bt_claim_sentence(engine, fact, side == 'H' ? "G01.high" : "G01.low", U1, pairs);
    if (is_past_middle(engine, fact, side))
        bt_claim_sentence(engine, fact, side == 'H' ? "G03.high" : "G03.low", U2, pairs);
}

static void abnormal_word(bt_engine_t *engine, const bt_fact_t *fact)
{
    const char *pairs[] = {"name", bt_fact_name(engine, fact), "value", bt_fact_value(engine, fact),
                           NULL};
    if (fact->interpretation && !strcmp(fact->interpretation, "A"))
        bt_claim_sentence(engine, fact, "G01.word", U1, pairs);
}

/* '-' or '+' where a critical limit of the catalogue is reached, else 0. */
static char critical_side(const bt_engine_t *engine, const bt_fact_t *fact)
{
    const bt_analyte_t *analyte = fact->row->analyte;
    int low =
        isnan(analyte->critical_low) ? 2 : bt_fact_compare(engine, fact, analyte->critical_low);
    int high =
        isnan(analyte->critical_high) ? 2 : bt_fact_compare(engine, fact, analyte->critical_high);
    return low == -1 || low == 0 ? '-' : high == 1 || high == 0 ? '+' : 0;
}

static bt_err_t *at_critical_limit(bt_engine_t *engine, const bt_fact_t *fact)
{
    int covers = 0;
    char side = isnan(fact->row->value) ? 0 : critical_side(engine, fact);
    if (!side)
        return NULL;
    const bt_analyte_t *analyte = fact->row->analyte;
    BT_TRY(bt_rule_covers(&covers, engine, analyte->id, side));
    double limit = side == '-' ? analyte->critical_low : analyte->critical_high;
    const char *pairs[] = {
        "name",   bt_fact_name(engine, fact),
        "value",  bt_fact_value(engine, fact),
        "limit",  bt_number_text(bt_limit_in_row(engine, fact, limit), 6, engine->pool),
        "source", analyte->critical_source,
        NULL};
    if (fact->state == BT_FACT_UNSURE) {
        bt_claim_sentence(engine, fact, "G02.unsure", U3, pairs);
    } else if (!covers && !bt_setting_has(engine, "g02_except", analyte->id)) {
        bt_claim_sentence(engine, fact, side == '-' ? "G02.low" : "G02.high", U4, pairs);
        bt_fact_mark(engine, fact, side == '-' ? "LL" : "HH");
    }
    return NULL;
}

static void impossible(bt_engine_t *engine, const bt_fact_t *fact)
{
    const bt_analyte_t *analyte = fact->row->analyte;
    const char *pairs[] = {"name",   bt_fact_name(engine, fact),
                           "value",  bt_fact_value(engine, fact),
                           "unit",   analyte->unit,
                           "source", "plausibility limits of the catalogue",
                           NULL};
    int outside =
        fact->canonical < analyte->plausible_low || fact->canonical > analyte->plausible_high;
    bt_claim_sentence(engine, fact, outside ? "V14.impossible" : "V14.mislabelled", U3, pairs);
}

typedef struct readings_t {
    int possible, critical, inside;
} readings_t;

/* What a result "< 5" or "> 5" leaves open is not critical. */
static int is_critical(const bt_fact_t *fact, double value, double critical_high)
{
    return (*fact->row->comparator != '>' && value <= fact->row->analyte->critical_low) ||
           (*fact->row->comparator != '<' && value >= critical_high);
}

/* What the number would be in each unit that the analyte may have. */
static void count_readings(readings_t *count, const bt_engine_t *engine, const bt_fact_t *fact)
{
    const bt_analyte_t *analyte = fact->row->analyte;
    double low = fmin(analyte->low_m, analyte->low_f),
           high = fmax(analyte->high_m, analyte->high_f);
    const char *key = apr_pstrcat(engine->pool, "critical_uln_", analyte->id, NULL);
    double times = bt_setting(engine, key, NAN);
    double critical_high = isnan(times) ? analyte->critical_high : times * high;
    for (int i = -1; i < analyte->n_alt_units; i++) {
        const bt_alt_unit_t *alt = i < 0 ? NULL : &analyte->alt_units[i];
        double value = fact->row->value * (alt ? alt->factor : 1) + (alt ? alt->offset : 0);
        if (alt && alt->factor == 1 && alt->offset == 0)
            continue;
        if (value < analyte->plausible_low || value > analyte->plausible_high)
            continue;
        count->possible++;
        count->critical += is_critical(fact, value, critical_high);
        count->inside += !(value < low) && !(value > high);
    }
}

static void without_unit(bt_engine_t *engine, const bt_fact_t *fact)
{
    const char *pairs[] = {"name", bt_fact_name(engine, fact), "value", bt_fact_value(engine, fact),
                           NULL};
    readings_t count = {0, 0, 0};
    count_readings(&count, engine, fact);
    if (count.possible && count.critical == count.possible)
        bt_claim_sentence(engine, fact, "V15.critical", U4, pairs);
    else if (count.critical && !count.inside)
        bt_claim_sentence(engine, fact, "V15.maybe", U3, pairs);
    else
        bt_claim_sentence(engine, fact,
                          fact->state == BT_FACT_NO_UNIT ? "V15.missing" : "V15.wrong", U1, pairs);
}

/* The laboratory's own flag: critical is a red flag, and one that contradicts the interval is shown
 * with it. */
static void printed_flag(bt_engine_t *engine, const bt_fact_t *fact)
{
    const bt_observation_t *row = fact->row;
    const char *flag = row->flag_text ? bt_meaning(engine, "flag", row->flag_text) : NULL;
    if (!flag)
        return;
    char side = bt_row_side(row, &row->reference);
    const char *pairs[] = {"name",     bt_fact_name(engine, fact),
                           "value",    bt_fact_value(engine, fact),
                           "flag",     bt_printed(engine, row->flag_text, BT_MAX_SHOWN),
                           "interval", fact->interval_text ? fact->interval_text : "",
                           "source",   "printed flag",
                           NULL};
    int is_critical = !strcmp(flag, "LL") || !strcmp(flag, "HH") || !strcmp(flag, "AA");
    if (is_critical) {
        bt_claim_sentence(engine, fact, "G02.printed", U4, pairs);
        bt_fact_mark(engine, fact,
                     !strcmp(flag, "AA") ? (side == 'L'   ? "LL"
                                            : side == 'H' ? "HH"
                                                          : "A")
                                         : flag);
    } else if (!fact->interpretation) {
        bt_fact_mark(engine, fact, flag);
    }
    int agrees = !side || *flag == side || (*flag == 'A' && side != 'N');
    if (!agrees)
        bt_claim_sentence(engine, fact, "V13.flag", U0, pairs);
}

static bt_err_t *say(bt_engine_t *engine, const bt_fact_t *fact)
{
    switch (fact->state) {
    case BT_FACT_PREVIOUS:
        return NULL;
    case BT_FACT_IMPOSSIBLE:
        impossible(engine, fact);
        printed_flag(engine, fact);
        return NULL;
    case BT_FACT_NO_UNIT:
    case BT_FACT_WRONG_UNIT:
        without_unit(engine, fact);
        break;
    case BT_FACT_USABLE:
    case BT_FACT_UNSURE:
        BT_TRY(at_critical_limit(engine, fact));
        break;
    default:
        break;
    }
    outside_interval(engine, fact);
    abnormal_word(engine, fact);
    printed_flag(engine, fact);
    return NULL;
}

/* V21: the same analyte more than once, not always with the same value; said of its first row. */
static void repeated(bt_engine_t *engine, const bt_fact_t *fact)
{
    const bt_fact_t *end = engine->facts + engine->report->n_observations;
    const char *values = "";
    int differ = 0;
    bt_claim_t claim = {.role = "verifier", .level = "W0", .rule_id = "V21", .rule_version = "1"};
    for (const bt_fact_t *other = engine->facts; other < end; other++) {
        if (other->state != BT_FACT_USABLE || other->row->analyte != fact->row->analyte ||
            isnan(other->canonical) || claim.n_used == BT_MAX_USED)
            continue;
        if (!claim.n_used && other != fact)
            return;
        differ |= other->canonical != fact->canonical;
        values = apr_pstrcat(engine->pool, values, *values ? ", " : "",
                             bt_fact_value(engine, other), NULL);
        claim.used[claim.n_used++] = other;
    }
    const char *pairs[] = {"name", bt_fact_name(engine, fact), "values", values, NULL};
    claim.text = bt_sentence(engine, "V21.repeated", pairs);
    claim.source = "rows of the report";
    claim.reviewed = 1;
    if (differ)
        bt_claim_add(engine, &claim);
}

/* ---- V18: what the report says of the sample ---- */

/* Whether the text, in plain letters, holds the stem of a word. */
static int says(const char *text, const char *stem, apr_pool_t *pool)
{
    enum { MAX_LINE = 400 };
    return text && strstr(bt_label_fold(text, MAX_LINE, 0, pool), stem) != NULL;
}

static int is_said(const bt_engine_t *engine, const char *stem)
{
    const bt_report_t *report = engine->report;
    for (int i = 0; i < report->n_not_understood; i++) {
        if (says(report->not_understood[i].text, stem, engine->pool))
            return 1;
    }
    for (int i = 0; i < report->n_observations; i++) {
        if (isnan(report->observations[i].value) &&
            says(report->observations[i].value_text, stem, engine->pool))
            return 1;
    }
    return 0;
}

static void sample_is(bt_engine_t *engine, const char *condition)
{
    const char *key = apr_pstrcat(engine->pool, "specimen_", condition, NULL), *list = "";
    bt_claim_t claim = {.role = "verifier", .level = "W0", .rule_id = "V18", .rule_version = "1"};
    for (int i = 0; i < engine->report->n_observations && claim.n_used < BT_MAX_USED; i++) {
        const bt_fact_t *fact = &engine->facts[i];
        if (!fact->row->analyte || !bt_setting_has(engine, key, fact->row->analyte->id))
            continue;
        list = apr_pstrcat(engine->pool, list, *list ? ", " : "", bt_fact_name(engine, fact), NULL);
        claim.used[claim.n_used++] = fact;
    }
    const char *pairs[] = {"condition", condition, "list", list, NULL};
    claim.text = bt_sentence(engine, *list ? "V18.affected" : "V18.sample", pairs);
    claim.source = "remarks of the report";
    bt_claim_add(engine, &claim);
}

static bt_err_t *sample_remarks(bt_engine_t *engine)
{
    const bt_tsv_t *tsv = NULL;
    int kind = 0, word = 0, meaning = 0;
    BT_TRY(bt_table(&tsv, engine, "meanings.tsv"));
    BT_TRY(bt_tsv_column(&kind, tsv, "kind", engine->pool));
    BT_TRY(bt_tsv_column(&word, tsv, "word", engine->pool));
    BT_TRY(bt_tsv_column(&meaning, tsv, "meaning", engine->pool));
    for (int i = 0; i < tsv->n_rows; i++) {
        if (!strcmp(tsv->rows[i][kind], "specimen") && is_said(engine, tsv->rows[i][word]))
            sample_is(engine, tsv->rows[i][meaning]);
    }
    return NULL;
}

bt_err_t *bt_general_claims(bt_engine_t *engine)
{
    for (int i = 0; i < engine->report->n_observations; i++) {
        BT_TRY(say(engine, &engine->facts[i]));
        repeated(engine, &engine->facts[i]);
    }
    return sample_remarks(engine);
}
