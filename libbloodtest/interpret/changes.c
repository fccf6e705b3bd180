/* SPDX-License-Identifier: Apache-2.0
 * What has changed since earlier results of the same person: by how much, whether that is more than
 * usually lies between two samples (deltas.tsv), and where three or more results go.
 */
#include "engine.h"
#include "../text.h"

#include <apr_strings.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_POINTS = 8, TREND_POINTS = 3, MAX_DECIMALS = 6, DAY_LENGTH = 10, SIGNIFICANT = 6 };

/* The results of one analyte in the order of their dates; the last is the one of the report. */
typedef struct series_t {
    const bt_fact_t *point[MAX_POINTS + 1];
    int n;
    double limit; /* percent that is usual variation; NAN: not known */
    const char *source;
    int reviewed;
} series_t;

static int by_time(const bt_engine_t *engine, const bt_fact_t *a, const bt_fact_t *b)
{
    return bt_fact_is_before(engine, a, b) ? -1 : bt_fact_is_before(engine, b, a) ? 1 : 0;
}

/* Keep the latest MAX_POINTS, one for each time. */
static void add_point(series_t *series, const bt_engine_t *engine, const bt_fact_t *fact)
{
    int at = series->n;
    while (at > 0 && by_time(engine, series->point[at - 1], fact) > 0)
        at--;
    if (at > 0 && by_time(engine, series->point[at - 1], fact) == 0)
        return;
    if (series->n == MAX_POINTS) {
        if (at == 0)
            return;
        memmove(series->point, series->point + 1, sizeof series->point[0] * (size_t)(at - 1));
        series->point[at - 1] = fact;
        return;
    }
    memmove(series->point + at + 1, series->point + at,
            sizeof series->point[0] * (size_t)(series->n - at));
    series->point[at] = fact;
    series->n++;
}

static bt_err_t *read_limit(series_t *series, const bt_engine_t *engine, const char *analyte)
{
    const bt_tsv_t *tsv = NULL;
    enum { ANALYTES, PERCENT, SOURCE, REVIEWED };
    series->limit = NAN;
    series->source = "earlier results";
    series->reviewed = 1;
    BT_TRY(bt_table(&tsv, engine, "deltas.tsv"));
    for (int i = 0; i < tsv->n_rows; i++) {
        if (!bt_tsv_has_word(tsv->rows[i][ANALYTES], analyte))
            continue;
        BT_TRY(bt_tsv_number(&series->limit, tsv, i, PERCENT, engine->pool));
        series->source = tsv->rows[i][SOURCE];
        series->reviewed = !strcmp(tsv->rows[i][REVIEWED], "V");
    }
    return NULL;
}

static int is_number(const bt_fact_t *fact)
{
    return fact->row->analyte && !isnan(fact->canonical) && !fact->row->comparator[0];
}

/* Whether the fact is the only current result of its analyte. */
static int is_single(const bt_engine_t *engine, const bt_fact_t *fact)
{
    for (int i = 0; i < engine->report->n_observations; i++) {
        const bt_fact_t *other = &engine->facts[i];
        if (other != fact && other->row->analyte == fact->row->analyte &&
            other->state == BT_FACT_USABLE)
            return 0;
    }
    return 1;
}

static void collect(series_t *series, const bt_engine_t *engine, const bt_fact_t *fact)
{
    series->n = 0;
    for (int i = 0; i < engine->n_facts; i++) {
        const bt_fact_t *other = &engine->facts[i];
        if (other->state == BT_FACT_PREVIOUS && other->row->analyte == fact->row->analyte &&
            is_number(other) && bt_fact_is_before(engine, other, fact))
            add_point(series, engine, other);
    }
    series->point[series->n++] = fact;
}

/* ---- numbers as the report writes them ---- */

static int is_same_unit(const bt_fact_t *a, const bt_fact_t *b)
{
    return a->row->unit == b->row->unit ||
           (a->row->unit && b->row->unit && !strcmp(a->row->unit, b->row->unit));
}

/* The value of an earlier result in the unit of this one. */
static double value_like(const bt_fact_t *fact, const bt_fact_t *like)
{
    if (is_same_unit(fact, like))
        return fact->row->value;
    const bt_alt_unit_t *alt = bt_fact_alt_unit(like);
    return alt ? (fact->canonical - alt->offset) / alt->factor : fact->canonical;
}

static int decimals_of(const bt_fact_t *fact)
{
    const char *text = fact->row->value_text, *point = text ? strpbrk(text, ".,") : NULL;
    size_t n = point ? strspn(point + 1, "0123456789") : 0;
    return n > MAX_DECIMALS ? MAX_DECIMALS : (int)n;
}

/* The value as it was printed, or in the unit of this one. */
static const char *text_like(const bt_engine_t *engine, const bt_fact_t *fact,
                             const bt_fact_t *like)
{
    enum { CONVERTED = 3 };
    int is_same = is_same_unit(fact, like);
    return bt_number_text(value_like(fact, like), is_same ? SIGNIFICANT : CONVERTED, engine->pool);
}

/* A difference has no more decimals than the values have. */
static const char *difference_text(const bt_engine_t *engine, const bt_fact_t *now,
                                   const bt_change_t *change)
{
    int decimals = decimals_of(now), before = decimals_of(change->before);
    double scale = pow(10, before > decimals ? before : decimals);
    return bt_number_text(round(fabs(change->difference) * scale) / scale, SIGNIFICANT,
                          engine->pool);
}

static const char *unit_of(const bt_engine_t *engine, const bt_fact_t *fact)
{
    const char *unit = fact->row->unit_text;
    return unit && *unit && *unit != '{'
               ? apr_pstrcat(engine->pool, " ", bt_printed(engine, unit, BT_MAX_SHOWN), NULL)
               : "";
}

/* "2026-05-01", or the day it was sent in words that say so. */
static const char *day_of(const bt_engine_t *engine, const bt_fact_t *fact)
{
    const char *sent = fact->earlier ? fact->earlier->sent : NULL;
    const char *date = fact->collected ? fact->collected : sent ? sent : "";
    const char *day = apr_pstrndup(engine->pool, date, DAY_LENGTH);
    const char *pairs[] = {"date", day, NULL};
    return fact->collected ? day : bt_sentence(engine, "date_sent", pairs);
}

/* ---- claims ---- */

static bt_change_t *change_of(const bt_engine_t *engine, const series_t *series)
{
    const bt_fact_t *now = series->point[series->n - 1], *before = series->point[series->n - 2];
    bt_change_t *change = apr_pcalloc(engine->pool, sizeof *change);
    change->before = before;
    change->before_value = value_like(before, now);
    change->difference = now->row->value - change->before_value;
    change->percent =
        change->before_value > 0 ? 100 * change->difference / change->before_value : NAN;
    if (!isnan(change->percent) && fabs(change->percent) > series->limit)
        change->flag = change->difference > 0 ? 'U' : 'D';
    return change;
}

static const char *change_text(const bt_engine_t *engine, const bt_fact_t *now,
                               const bt_change_t *change)
{
    const char *difference = difference_text(engine, now, change);
    const char *percent = apr_psprintf(engine->pool, "%.0f", fabs(change->percent));
    const char *pairs[] = {"difference",
                           apr_pstrcat(engine->pool, difference, unit_of(engine, now), NULL),
                           "percent", percent, NULL};
    const char *key = change->difference > 0   ? "change_up"
                      : change->difference < 0 ? "change_down"
                                               : "change_none";
    return isnan(change->percent) ? "" : bt_sentence(engine, key, pairs);
}

/* The side of the earlier result beside the interval of this report; 0 where it is the same one. */
static char crossing_of(const bt_fact_t *now, const bt_change_t *change)
{
    bt_observation_t then = *now->row;
    then.value = change->before_value;
    char side = bt_row_side(&then, &now->interval), here = bt_row_side(now->row, &now->interval);
    return side && here && side != here ? side : 0;
}

static bt_claim_t claim_of(const char *rule, const series_t *series)
{
    bt_claim_t claim = {.role = "doctor",
                        .level = "W0",
                        .rule_id = rule,
                        .rule_version = "1",
                        .source = "earlier results",
                        .reviewed = 1,
                        .n_used = 0};
    for (int i = series->n - 1; i >= 0; i--)
        claim.used[claim.n_used++] = series->point[i];
    return claim;
}

static void say_change(bt_engine_t *engine, const series_t *series, const bt_change_t *change)
{
    const bt_fact_t *now = series->point[series->n - 1];
    series_t two = *series;
    two.point[0] = change->before;
    two.point[1] = now;
    two.n = 2;
    char crossing = crossing_of(now, change);
    const char *before = apr_pstrcat(engine->pool, text_like(engine, change->before, now),
                                     unit_of(engine, now), NULL);
    const char *crossed = crossing ? (crossing == 'N' ? "crossing_out" : "crossing_in") : "";
    const char *pairs[] = {
        "name",
        bt_fact_name(engine, now),
        "value",
        bt_fact_value(engine, now),
        "before",
        before,
        "date",
        day_of(engine, change->before),
        "change",
        change_text(engine, now, change),
        "limit",
        bt_number_text(series->limit, SIGNIFICANT, engine->pool),
        "crossing",
        *crossed ? apr_pstrcat(engine->pool, " ", bt_sentence(engine, crossed, NULL), NULL) : "",
        NULL};
    bt_claim_t claim = claim_of(change->flag ? "D02" : "D01", &two);
    claim.text = bt_sentence(engine, change->flag ? "D02.changed" : "D01.changed", pairs);
    claim.urgency = 0; /* what a change means is for the rules; this one says that there is one */
    claim.source = change->flag ? series->source : claim.source;
    claim.reviewed = change->flag ? series->reviewed : 1;
    bt_claim_add(engine, &claim);
}

/* -1, 1: each result below, above the one before; 0: neither. */
static int direction_of(const series_t *series)
{
    int ups = 0, downs = 0;
    const bt_fact_t *now = series->point[series->n - 1];
    for (int i = 1; i < series->n; i++) {
        double before = value_like(series->point[i - 1], now),
               after = value_like(series->point[i], now);
        ups += after > before;
        downs += after < before;
    }
    return ups == series->n - 1 ? 1 : downs == series->n - 1 ? -1 : 0;
}

static void say_trend(bt_engine_t *engine, const series_t *series)
{
    const bt_fact_t *now = series->point[series->n - 1];
    const char *list = "";
    int direction = direction_of(series);
    for (int i = 0; i < series->n; i++)
        list = apr_pstrcat(engine->pool, list, i ? ", " : "",
                           text_like(engine, series->point[i], now), NULL);
    const char *pairs[] = {"name", bt_fact_name(engine, now),
                           "n",    apr_psprintf(engine->pool, "%d", series->n),
                           "date", day_of(engine, series->point[0]),
                           "list", apr_pstrcat(engine->pool, list, unit_of(engine, now), NULL),
                           NULL};
    bt_claim_t claim = claim_of("D03", series);
    claim.text = bt_sentence(engine,
                             direction > 0   ? "D03.rising"
                             : direction < 0 ? "D03.falling"
                                             : "D03.mixed",
                             pairs);
    bt_claim_add(engine, &claim);
}

/* What has hardly changed, is normal and was not asked about is told in one line. */
static void say_same(bt_engine_t *engine, bt_claim_t *same)
{
    const char *list = "";
    for (int i = 0; i < same->n_used; i++)
        list = apr_pstrcat(engine->pool, list, i ? ", " : "", bt_fact_name(engine, same->used[i]),
                           NULL);
    const char *pairs[] = {"list", list, NULL};
    same->text = bt_sentence(engine, "D04.same", pairs);
    if (same->n_used)
        bt_claim_add(engine, same);
}

static int is_worth_a_line(const bt_engine_t *engine, const bt_fact_t *fact,
                           const bt_change_t *change)
{
    return change->flag || bt_is_on_topic(engine, fact) || crossing_of(fact, change) ||
           (fact->interpretation && strcmp(fact->interpretation, "N") != 0);
}

bt_err_t *bt_changes_claims(bt_engine_t *engine)
{
    const series_t nothing = {.n = 0};
    bt_claim_t same = claim_of("D04", &nothing);
    for (int i = 0; i < engine->report->n_observations; i++) {
        bt_fact_t *fact = &engine->facts[i];
        series_t series;
        if (fact->state != BT_FACT_USABLE || !is_number(fact) || !is_single(engine, fact))
            continue;
        collect(&series, engine, fact);
        if (series.n < 2)
            continue;
        BT_TRY(read_limit(&series, engine, fact->row->analyte->id));
        bt_change_t *change = change_of(engine, &series);
        fact->change = change;
        if (is_worth_a_line(engine, fact, change)) {
            say_change(engine, &series, change);
            if (series.n >= TREND_POINTS)
                say_trend(engine, &series);
        } else if (same.n_used < BT_MAX_USED) {
            same.used[same.n_used++] = fact;
        }
    }
    say_same(engine, &same);
    return NULL;
}
