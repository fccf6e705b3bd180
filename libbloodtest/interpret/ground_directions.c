/* SPDX-License-Identifier: Apache-2.0
 * Each word of direction (high, low, normal, abnormal, positive, …) is true of what it is said of.
 * Where it cannot be told of which, all that the claim names has to fit.  A named statement of the
 * rules that says the same of the same test is enough.
 */
#include "ground_private.h"

#include <math.h>
#include <string.h>

#define NEAR_LIMIT 0.15

/* ---- truth ---- */

static int is_word(const bt_ground_fact_t *fact, bt_kind_t kind, const bt_sentence_t *said)
{
    const bt_phrase_t *phrase =
        fact->word ? apr_hash_get(said->words->phrases, fact->word, APR_HASH_KEY_STRING) : NULL;
    const char *sign = fact->word ? strchr(fact->word, '+') : NULL;
    for (; phrase; phrase = phrase->next) {
        if (phrase->kind == kind)
            return 1;
    }
    if (fact->word && !strncmp(fact->word, "not ", 4))
        return kind == BT_KIND_negative;
    return sign && kind == BT_KIND_positive;
}

static int is_true_of_fact(const bt_ground_fact_t *fact, const bt_saying_t *saying,
                           const bt_sentence_t *said)
{
    const char *side = fact->interpretation ? fact->interpretation : "";
    double limit = 0;
    switch (saying->kind) {
    case BT_KIND_up:
        return !isnan(saying->bound) ? fact->value > saying->bound : *side == 'H';
    case BT_KIND_down:
        return !isnan(saying->bound) ? fact->value < saying->bound : *side == 'L';
    case BT_KIND_normal:
        return *side == 'N';
    case BT_KIND_abnormal:
        return *side != '\0' && *side != 'N';
    case BT_KIND_positive:
    case BT_KIND_negative:
        return is_word(fact, saying->kind, said);
    case BT_KIND_near:
        limit =
            fabs(fact->value - fact->high) < fabs(fact->value - fact->low) ? fact->high : fact->low;
        return isnan(limit) ? 0 : fabs(fact->value - limit) <= NEAR_LIMIT * fabs(limit);
    default:
        return 0;
    }
}

static int holds(const bt_ground_fact_t *fact, const bt_saying_t *saying, const bt_sentence_t *said)
{
    if (!saying->is_not)
        return is_true_of_fact(fact, saying, said);
    int is_known = fact->interpretation || fact->word || !isnan(saying->bound);
    return is_known && !is_true_of_fact(fact, saying, said);
}

/* A named statement says the same of the same test. */
static int is_stated(const bt_judged_t *judged, const bt_saying_t *saying,
                     const bt_mention_t *mention)
{
    for (int i = 0; i < judged->facts->n_statements; i++) {
        if (!judged->has_statement[i])
            continue;
        const bt_sentence_t *said = bt_statement_said(judged->facts, i, judged->pool);
        for (int k = 0; k < said->n_found; k++) {
            bt_saying_t there;
            if (!bt_saying_read(&there, said, &said->found[k]) || there.kind != saying->kind ||
                there.is_not != saying->is_not || !bt_saying_subjects(&there, said))
                continue;
            for (int m = 0; m < there.n_mentions; m++) {
                if (bt_mentions_meet(there.mentions[m], mention))
                    return 1;
            }
        }
    }
    return 0;
}

static int is_derived_true(const bt_judged_t *judged, const bt_saying_t *saying,
                           const bt_mention_t *mention)
{
    if (mention->derived < 0 || isnan(saying->bound))
        return 0;
    double value = judged->facts->derived[mention->derived].value;
    int is_true = saying->kind == BT_KIND_up ? value > saying->bound : value < saying->bound;
    return is_true != saying->is_not;
}

/* One name may mean several results; a group is normal where all of it is, else where one is not.
 */
static int holds_for(const bt_judged_t *judged, const bt_saying_t *saying,
                     const bt_mention_t *mention)
{
    int indices[BT_MAX_SUBJECTS], good = 0, known = 0;
    int n = mention->names.n ? bt_ground_meant(indices, judged, mention) : 0;
    int needs_all = (saying->kind == BT_KIND_normal) != saying->is_not;
    for (int i = 0; i < n; i++) {
        const bt_ground_fact_t *fact = &judged->facts->facts[indices[i]];
        int counts = fact->interpretation || fact->word || !isnan(saying->bound);
        known += counts;
        good += counts && holds(fact, saying, judged->said);
    }
    if (known && (mention->names.is_group && !needs_all ? good > 0 : good == known))
        return 1;
    return is_derived_true(judged, saying, mention) || is_stated(judged, saying, mention);
}

/* No name at all: what the claim names, or "all results", where these are not meant. */
static int holds_unnamed(const bt_judged_t *judged, const bt_saying_t *saying)
{
    const bt_sentence_t *said = judged->said;
    const bt_ground_facts_t *facts = judged->facts;
    int is_these = bt_has_kind(said, BT_KIND_these, 0, said->n_tokens) && judged->n_named > 0;
    int is_all = saying->kind == BT_KIND_normal || saying->is_not;
    int is_whole = !is_these && (bt_has_kind(said, BT_KIND_whole, 0, said->n_tokens) ||
                                 (said->n_mentions == 0 && is_all));
    int is_others = bt_has_kind(said, BT_KIND_others, 0, said->n_tokens);
    int needs_all = (saying->kind == BT_KIND_normal) != saying->is_not || saying->is_not;
    int good = 0, bad = 0;
    for (int i = 0; i < facts->n_facts; i++) {
        const bt_ground_fact_t *fact = &facts->facts[i];
        int is_meant = is_whole ? !(is_others && judged->has_fact[i])
                                : judged->has_fact[i] || judged->n_named == 0;
        if (!is_meant || (!fact->interpretation && !fact->word && isnan(saying->bound)))
            continue;
        if (holds(fact, saying, said))
            good++;
        else
            bad++;
    }
    return needs_all ? good > 0 && bad == 0 : good > 0 && (bad == 0 || judged->n_named > 1);
}

static int is_spent(const bt_sentence_t *said, const bt_found_t *found, int from)
{
    return found->from < from || said->tokens[found->from].is_spent;
}

bt_ground_reason_t bt_ground_directions(bt_judged_t *judged)
{
    const bt_sentence_t *said = judged->said;
    int done = 0; /* words before this one belong to a comparison */
    for (int i = 0; i < said->n_found; i++) {
        bt_saying_t saying;
        const bt_found_t *found = &said->found[i];
        if (found->kind == BT_KIND_compare)
            return bt_fail(judged, BT_GROUND_DIRECTION, found->from);
        if (is_spent(said, found, done) || !bt_saying_read(&saying, said, found))
            continue;
        done = saying.to;
        int is_good = 1;
        if (bt_saying_subjects(&saying, said)) {
            for (int k = 0; is_good && k < saying.n_mentions; k++)
                is_good = holds_for(judged, &saying, saying.mentions[k]);
        } else {
            is_good = holds_unnamed(judged, &saying);
        }
        if (!is_good)
            return bt_fail(judged, BT_GROUND_DIRECTION, found->from);
    }
    return BT_GROUND_FINE;
}
