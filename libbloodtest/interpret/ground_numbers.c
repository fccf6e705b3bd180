/* SPDX-License-Identifier: Apache-2.0
 * Each number of a claim is a number of what the claim names: a value, a limit, a derived value, or
 * a number of a statement, in its unit or converted, exact or rounded, and of the test that it is
 * said of.
 */
#include "ground_private.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>
#include "../text.h"

#define TOLERANCE       0.025 /* of a rounded number, relative */
#define TOLERANCE_ABOUT 0.055 /* behind "about" */

/* A number as it stands, with the unit behind it. */
typedef struct figure_t {
    int token;
    double number;
    int decimals, is_about, is_limit; /* is_limit: it stands where a limit is named */
    const char *unit;                 /* UCUM, or NULL */
} figure_t;

static int is_near(const figure_t *figure, double value)
{
    if (isnan(value))
        return 0;
    double off = fabs(value - figure->number);
    double step = 0.5 * pow(10, -figure->decimals) * (1 + 1e-9);
    double most = fabs(value) * (figure->is_about ? TOLERANCE_ABOUT : TOLERANCE);
    return off < 1e-9 * fabs(value) || off == 0 || (off <= step && off <= most);
}

/* ---- units ---- */

/* The unit that begins at `from`: the longest run of glued pieces that is one. */
static const char *unit_at(int *to, const bt_sentence_t *said, int from,
                           const bt_ground_facts_t *facts, apr_pool_t *pool)
{
    enum { MOST = 12 };
    const char *text = "", *found = NULL;
    for (int i = from; i < said->n_tokens && i < from + MOST; i++) {
        const bt_token_t *token = &said->tokens[i];
        if (token->sentence != said->tokens[from].sentence || strchr(",;:()", *token->text))
            break;
        /* A blank may stand within "mL/min/1.73 m2" and "x 10^9/L". */
        text = apr_pstrcat(pool, text, token->is_glued || i == from ? "" : " ", token->text, NULL);
        const char *unit = bt_catalogue_unit(facts->catalogue, text);
        if (unit && token->kind != BT_TOKEN_NUMBER) {
            found = unit;
            *to = i + 1;
        } else if (unit && i > from && said->tokens[i - 1].text[0] == '^') {
            found = unit;
            *to = i + 1;
        }
        if (!token->is_glued && i > from && !found && i > from + 3)
            break;
    }
    return found;
}

static int skips_to_unit(const bt_sentence_t *said, int token)
{
    /* "3.5-5.0 mmol/L", "from 12 to 15 g/dL": the unit of the second is that of the first. */
    int i = token + 1;
    if (i < said->n_tokens &&
        (*said->tokens[i].text == '-' || !strcmp(said->tokens[i].low, "to") ||
         !strcmp(said->tokens[i].low, "and")) &&
        i + 1 < said->n_tokens && said->tokens[i + 1].kind == BT_TOKEN_NUMBER)
        return i + 2;
    return token + 1;
}

static const char *unit_of(int *to, const bt_sentence_t *said, int token,
                           const bt_ground_facts_t *facts, apr_pool_t *pool)
{
    int at = skips_to_unit(said, token);
    *to = token + 1;
    if (at >= said->n_tokens || said->tokens[at].sentence != said->tokens[token].sentence)
        return NULL;
    int end = token + 1;
    const char *unit = unit_at(&end, said, at, facts, pool);
    if (unit)
        *to = at == token + 1 ? end : token + 1;
    return unit;
}

/* ---- owners ---- */

const bt_mention_t *bt_number_owner(const bt_sentence_t *said, int token)
{
    const bt_mention_t *before = NULL, *after = NULL;
    for (int i = 0; i < said->n_mentions; i++) {
        const bt_mention_t *mention = &said->mentions[i];
        if (mention->is_food ||
            said->tokens[mention->from].sentence != said->tokens[token].sentence)
            continue;
        if (mention->to <= token)
            before = mention;
        else if (!after && mention->from > token)
            after = mention;
    }
    return before ? before : after;
}

/* "Sodium and potassium are 140 and 4.1, respectively": the n-th number belongs to the n-th name.
 */
static const bt_mention_t *respective_owner(const bt_sentence_t *said, int token)
{
    int sentence = said->tokens[token].sentence, is_said = 0, nth = 0, names = 0, numbers = 0;
    const bt_mention_t *owner = NULL;
    for (int i = 0; i < said->n_tokens; i++) {
        const bt_token_t *at = &said->tokens[i];
        is_said |= at->sentence == sentence && !strcmp(at->low, "respectively");
        if (at->sentence != sentence || at->kind != BT_TOKEN_NUMBER || at->is_spent)
            continue;
        nth += i < token;
        numbers++;
    }
    for (int i = 0; i < said->n_mentions; i++) {
        if (said->tokens[said->mentions[i].from].sentence != sentence)
            continue;
        owner = names == nth ? &said->mentions[i] : owner;
        names++;
    }
    return is_said && names == numbers ? owner : NULL;
}

/* ---- what a number may be ---- */

static double to_unit(const bt_analyte_t *analyte, double canonical, const char *unit)
{
    double zero = 0, one = 0;
    if (bt_analyte_to_canonical(&zero, analyte, 0, unit) ||
        bt_analyte_to_canonical(&one, analyte, 1, unit) || one == zero)
        return NAN;
    return (canonical - zero) / (one - zero);
}

static int fits_value(const figure_t *figure, const bt_ground_fact_t *fact, double value)
{
    if (isnan(value))
        return 0;
    if (!figure->unit || (fact->unit && !strcmp(figure->unit, fact->unit)))
        return is_near(figure, value);
    double canonical = NAN;
    if (!fact->analyte || !fact->unit ||
        bt_analyte_to_canonical(&canonical, fact->analyte, value, fact->unit))
        return 0;
    return is_near(figure, to_unit(fact->analyte, canonical, figure->unit));
}

/* How far a value is beyond its limit, in percent or as a multiple. */
static int fits_distance(const figure_t *figure, const bt_judged_t *judged,
                         const bt_ground_fact_t *fact)
{
    const bt_sentence_t *said = judged->said;
    int next = figure->token + 1;
    int is_percent = next < said->n_tokens && (*said->tokens[next].text == '%' ||
                                               !strcmp(said->tokens[next].low, "percent"));
    int is_times = bt_has_kind(said, BT_KIND_times, next, next + 2) ||
                   bt_found_at(said, BT_KIND_times, figure->token) != NULL;
    double limit = fact->value > fact->high ? fact->high : fact->low;
    if (isnan(limit) || limit == 0 || (fact->value <= fact->high && fact->value >= fact->low) ||
        (!is_percent && !is_times))
        return 0;
    double ratio = fact->value / limit;
    return is_near(figure, is_percent ? fabs(ratio - 1) * 100 : ratio) ||
           (is_percent && fabs(round(fabs(ratio - 1) * 100) - figure->number) < 0.5);
}

static int fits_fact(const figure_t *figure, const bt_judged_t *judged, int index)
{
    const bt_ground_fact_t *fact = &judged->facts->facts[index];
    return fits_value(figure, fact, fact->value) ||
           (figure->is_limit &&
            (fits_value(figure, fact, fact->low) || fits_value(figure, fact, fact->high))) ||
           fits_distance(figure, judged, fact);
}

static int fits_derived(const figure_t *figure, const bt_ground_derived_t *derived)
{
    if (figure->unit && derived->unit && strcmp(figure->unit, derived->unit) != 0)
        return 0;
    return is_near(figure, derived->value) || is_near(figure, derived->shown);
}

/* A number of a statement, said of the same test there. */
static int fits_statement(const figure_t *figure, const bt_judged_t *judged, int index,
                          const bt_mention_t *owner)
{
    const bt_sentence_t *said = bt_statement_said(judged->facts, index, judged->pool);
    for (int i = 0; i < said->n_tokens; i++) {
        const bt_token_t *token = &said->tokens[i];
        if (token->kind != BT_TOKEN_NUMBER || !is_near(figure, token->number))
            continue;
        const bt_mention_t *there = bt_number_owner(said, i);
        if (!there || !owner || bt_mentions_meet(there, owner))
            return 1;
    }
    return 0;
}

static int belongs(const bt_judged_t *judged, const bt_mention_t *owner, int fact)
{
    const bt_analyte_t *analyte = judged->facts->facts[fact].analyte;
    return !owner || (analyte && bt_mention_means(owner, analyte->id));
}

static int fits(const figure_t *figure, const bt_judged_t *judged, const bt_mention_t *owner)
{
    const bt_ground_facts_t *facts = judged->facts;
    for (int i = 0; i < facts->n_facts; i++) {
        if (judged->has_fact[i] && belongs(judged, owner, i) && fits_fact(figure, judged, i))
            return 1;
    }
    for (int i = 0; i < facts->n_derived; i++) {
        const bt_ground_derived_t *derived = &facts->derived[i];
        int is_meant = !owner || owner->derived == i || bt_mention_means(owner, derived->analyte);
        if (judged->has_derived[i] && is_meant && fits_derived(figure, derived))
            return 1;
    }
    for (int i = 0; i < facts->n_statements; i++) {
        if (judged->has_statement[i] && fits_statement(figure, judged, i, owner))
            return 1;
    }
    return 0;
}

/* "two results", where two are named. */
static int is_count(const bt_judged_t *judged, const figure_t *figure)
{
    enum { NEAR = 4 };
    return figure->number == judged->n_named &&
           (bt_has_kind(judged->said, BT_KIND_count, figure->token + 1, figure->token + 1 + NEAR) ||
            figure->number == 2);
}

/* A name right behind its number: "a 15 g/dL haemoglobin". */
static const bt_mention_t *next_name(const bt_sentence_t *said, int end)
{
    enum { NEAR = 3 };
    for (int i = 0; i < said->n_mentions; i++) {
        if (said->mentions[i].from >= end && said->mentions[i].from < end + NEAR)
            return &said->mentions[i];
    }
    return NULL;
}

static int is_of_limit(const bt_sentence_t *said, int token)
{
    return bt_found_at(said, BT_KIND_range, token) || bt_found_at(said, BT_KIND_over, token) ||
           bt_found_at(said, BT_KIND_under, token);
}

static int is_pair(const bt_sentence_t *said, int joint, int other)
{
    return joint > 0 && other >= 0 && other < said->n_tokens && joint < said->n_tokens &&
           said->tokens[other].kind == BT_TOKEN_NUMBER &&
           (*said->tokens[joint].text == '-' || !strcmp(said->tokens[joint].low, "to") ||
            !strcmp(said->tokens[joint].low, "and"));
}

/* "the upper limit of 35", "(12 - 15.5)", "below 13", "a 15 ng/mL cut-off": a number of a limit.
 * "is 35" is one of a value. */
static int stands_as_limit(const bt_sentence_t *said, int token, int end)
{
    enum { BACK = 5, ON = 2 };
    if (is_pair(said, token + 1, token + 2) || is_pair(said, token - 1, token - 2) ||
        is_pair(said, end, end + 1))
        return 1;
    for (int i = end; i < end + ON && i < said->n_tokens; i++) {
        if (bt_found_at(said, BT_KIND_range, i))
            return 1;
    }
    for (int i = token - 1; i >= 0 && i >= token - BACK; i--) {
        const bt_token_t *at = &said->tokens[i];
        if (is_of_limit(said, i))
            return 1;
        if (at->mention >= 0 || at->kind == BT_TOKEN_NUMBER || strchr(",;=", *at->text) ||
            !strcmp(at->low, "at") || !strcmp(at->low, "with") || !strcmp(at->low, "reads"))
            return 0;
    }
    return 0;
}

static bt_ground_reason_t check_figure(bt_judged_t *judged, figure_t *figure, int end)
{
    const bt_sentence_t *said = judged->said;
    const bt_mention_t *owner = respective_owner(said, figure->token);
    if (!owner)
        owner = bt_number_owner(said, figure->token);
    const bt_mention_t *next = next_name(said, end);
    figure->is_about = figure->token > 0 && bt_found_at(said, BT_KIND_about, figure->token - 1);
    figure->is_limit = stands_as_limit(said, figure->token, end);
    if (isnan(figure->number))
        return bt_fail(judged, BT_GROUND_NUMBER, figure->token);
    if (fits(figure, judged, owner) || (next && fits(figure, judged, next)) ||
        (!figure->unit && is_count(judged, figure)))
        return BT_GROUND_FINE;
    const char *unit = figure->unit;
    figure->unit = NULL;
    bt_ground_reason_t why =
        unit && fits(figure, judged, owner) ? BT_GROUND_UNIT : BT_GROUND_NUMBER;
    return bt_fail(judged, why, figure->token);
}

/* A word with a digit in it ("G3b") that is no name stands in a statement too. */
static int is_known_code(const bt_judged_t *judged, const bt_token_t *token, int at)
{
    if (!strpbrk(token->low, "0123456789") || bt_found_at(judged->said, BT_KIND_code, at))
        return 1;
    for (int i = 0; i < judged->facts->n_statements; i++) {
        const bt_sentence_t *said =
            judged->has_statement[i] ? bt_statement_said(judged->facts, i, judged->pool) : NULL;
        for (int k = 0; said && k < said->n_tokens; k++) {
            if (!strcmp(said->tokens[k].low, token->low))
                return 1;
        }
    }
    return 0;
}

/* " -9.8" is below zero, "3.5-5.1" is not. */
static int has_minus(const bt_sentence_t *said, int at)
{
    return at > 0 && *said->tokens[at - 1].text == '-' && said->tokens[at].is_glued &&
           !said->tokens[at - 1].is_glued &&
           (at < 2 || said->tokens[at - 2].kind != BT_TOKEN_NUMBER);
}

bt_ground_reason_t bt_ground_numbers(bt_judged_t *judged)
{
    bt_sentence_t *said = judged->said;
    for (int i = 0; i < said->n_tokens; i++) {
        bt_token_t *token = &said->tokens[i];
        const bt_found_t *word = bt_found_at(said, BT_KIND_number, i);
        if (token->is_spent || (word && word->from != i))
            continue;
        figure_t figure = {.token = i, .number = token->number, .decimals = token->decimals};
        int end = i + 1;
        if (has_minus(said, i))
            figure.number = -figure.number;
        if (token->kind == BT_TOKEN_NUMBER)
            figure.unit = unit_of(&end, said, i, judged->facts, judged->pool);
        else if (word)
            figure.number = word->value;
        else if (token->kind == BT_TOKEN_WORD && !is_known_code(judged, token, i))
            return bt_fail(judged, BT_GROUND_NUMBER, i);
        else
            continue;
        bt_ground_reason_t reason = check_figure(judged, &figure, end);
        if (reason)
            return reason;
        for (int k = i + 1; k < end; k++)
            said->tokens[k].is_spent = 1;
    }
    return BT_GROUND_FINE;
}
