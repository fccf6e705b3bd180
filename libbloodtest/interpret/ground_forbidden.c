/* SPDX-License-Identifier: Apache-2.0
 * What no claim says: tests that are not in the report, medicines, diagnoses, courses over time,
 * words about the program, other languages; and urgency is neither played down nor made up.
 */
#include "ground_private.h"

#include <string.h>

enum { URGENT = 3 };

/* A named statement has this word too. */
static int is_stated(const bt_judged_t *judged, const bt_found_t *found)
{
    for (int i = 0; i < judged->facts->n_statements; i++) {
        const bt_sentence_t *said =
            judged->has_statement[i] ? bt_statement_said(judged->facts, i, judged->pool) : NULL;
        for (int k = 0; said && k < said->n_found; k++) {
            const bt_found_t *there = &said->found[k];
            int n = there->to - there->from;
            if (there->kind != found->kind || n != found->to - found->from)
                continue;
            int same = 0;
            while (same < n && !strcmp(said->tokens[there->from + same].low,
                                       judged->said->tokens[found->from + same].low))
                same++;
            if (same == n)
                return 1;
        }
    }
    return 0;
}

static int names_urgent(const bt_judged_t *judged)
{
    for (int i = 0; i < judged->facts->n_facts; i++) {
        if (judged->has_fact[i] && judged->facts->facts[i].is_urgent)
            return 1;
    }
    for (int i = 0; i < judged->facts->n_statements; i++) {
        if (judged->has_statement[i] && judged->facts->statements[i].urgency >= URGENT)
            return 1;
    }
    /* Spoken of, even if not named. */
    for (int i = 0; i < judged->said->n_mentions; i++) {
        int indices[BT_MAX_SUBJECTS],
            n = bt_ground_meant(indices, judged, &judged->said->mentions[i]);
        for (int k = 0; k < n; k++) {
            if (judged->facts->facts[indices[k]].is_urgent)
                return 1;
        }
    }
    return 0;
}

static int names_abnormal(const bt_judged_t *judged)
{
    for (int i = 0; i < judged->facts->n_facts; i++) {
        if (judged->has_fact[i] && bt_ground_is_abnormal(&judged->facts->facts[i]))
            return 1;
    }
    return 0;
}

/* Of an urgent result nothing is said that does not call it what it is, unless a statement of the
 * rules on it is named: other words for "all is well" are too many. */
static bt_ground_reason_t check_urgent(bt_judged_t *judged)
{
    static const bt_kind_t words[] = {BT_KIND_up,       BT_KIND_down,   BT_KIND_over,
                                      BT_KIND_under,    BT_KIND_severe, BT_KIND_outside,
                                      BT_KIND_abnormal, BT_KIND_alarm,  BT_KIND_positive};
    const bt_sentence_t *said = judged->said;
    for (int i = 0; i < judged->facts->n_statements; i++) {
        if (judged->has_statement[i] && judged->facts->statements[i].urgency >= URGENT)
            return BT_GROUND_FINE;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (bt_has_kind(said, words[i], 0, said->n_tokens))
            return BT_GROUND_FINE;
    }
    return names_urgent(judged) ? bt_fail(judged, BT_GROUND_DEGREE, 0) : BT_GROUND_FINE;
}

static bt_ground_reason_t judge_word(const bt_judged_t *judged, const bt_found_t *found)
{
    int speaks_of_urgent = names_urgent(judged), is_urgent = judged->facts->urgency >= URGENT;
    switch (found->kind) {
    case BT_KIND_dose:
        return BT_GROUND_DRUG;
    case BT_KIND_drug:
        return is_stated(judged, found) ? BT_GROUND_FINE : BT_GROUND_DRUG;
    case BT_KIND_diagnosis:
        return is_stated(judged, found) ? BT_GROUND_FINE : BT_GROUND_DIAGNOSIS;
    case BT_KIND_trend:
        return is_stated(judged, found) ? BT_GROUND_FINE : BT_GROUND_TREND;
    case BT_KIND_vigour:
        return is_stated(judged, found) ? BT_GROUND_FINE : BT_GROUND_DEGREE;
    case BT_KIND_meta:
    case BT_KIND_instruction:
        return BT_GROUND_META;
    case BT_KIND_person:
        return BT_GROUND_PERSON;
    case BT_KIND_foreign:
        return BT_GROUND_LANGUAGE;
    case BT_KIND_mild:
        return speaks_of_urgent ? BT_GROUND_DEGREE : BT_GROUND_FINE;
    case BT_KIND_calm:
        return is_urgent || speaks_of_urgent || names_abnormal(judged) ? BT_GROUND_DEGREE
                                                                       : BT_GROUND_FINE;
    case BT_KIND_severe:
    case BT_KIND_alarm:
        return speaks_of_urgent || is_stated(judged, found) ? BT_GROUND_FINE : BT_GROUND_DEGREE;
    default:
        return BT_GROUND_FINE;
    }
}

static int has_stem(const bt_ground_words_t *words, const char *low)
{
    size_t length = strlen(low);
    for (const char **stem = words->stems; *stem; stem++) {
        size_t n = strlen(*stem);
        if (length > n + 2 && !strcmp(low + length - n, *stem))
            return 1;
    }
    return 0;
}

/* Each test that is spoken of is in the report. */
static bt_ground_reason_t check_names(bt_judged_t *judged)
{
    const bt_sentence_t *said = judged->said;
    int indices[BT_MAX_SUBJECTS];
    for (int i = 0; i < said->n_mentions; i++) {
        const bt_mention_t *mention = &said->mentions[i];
        int is_there = mention->is_food || mention->derived >= 0 ||
                       bt_ground_meant(indices, judged, mention) > 0;
        for (int k = 0; !is_there && k < judged->facts->n_derived; k++)
            is_there = bt_mention_means(mention, judged->facts->derived[k].analyte);
        /* A statement may speak of what is missing: "magnesium and PTH clarify it". */
        for (int k = 0; !is_there && k < judged->facts->n_statements; k++) {
            const bt_sentence_t *stated =
                judged->has_statement[k] ? bt_statement_said(judged->facts, k, judged->pool) : NULL;
            for (int m = 0; stated && !is_there && m < stated->n_mentions; m++)
                is_there = bt_mentions_meet(&stated->mentions[m], mention);
        }
        if (!is_there)
            return bt_fail(judged, BT_GROUND_ANALYTE, mention->from);
    }
    return BT_GROUND_FINE;
}

bt_ground_reason_t bt_ground_forbidden(bt_judged_t *judged)
{
    enum { SENTENCE = 5, SPELLED = 3 };
    const bt_sentence_t *said = judged->said;
    int words = 0, english = 0, single = 0;
    for (int i = 0; i < said->n_found; i++) {
        bt_ground_reason_t reason = said->tokens[said->found[i].from].is_spent &&
                                            said->tokens[said->found[i].from].mention < 0
                                        ? BT_GROUND_FINE
                                        : judge_word(judged, &said->found[i]);
        if (reason)
            return bt_fail(judged, reason, said->found[i].from);
    }
    for (int i = 0; i < said->n_tokens; i++) {
        const bt_token_t *token = &said->tokens[i];
        if (token->kind != BT_TOKEN_WORD || token->is_spent)
            continue;
        /* "h i g h" */
        single = token->low[0] && !token->low[1] ? single + 1 : 0;
        if (single == SPELLED)
            return bt_fail(judged, BT_GROUND_FORM, i);
        if (has_stem(said->words, token->low))
            return bt_fail(judged, BT_GROUND_DRUG, i);
        const bt_phrase_t *phrase =
            apr_hash_get(said->words->phrases, token->low, APR_HASH_KEY_STRING);
        words++;
        english += phrase != NULL;
    }
    if (words >= SENTENCE && english == 0)
        return bt_fail(judged, BT_GROUND_LANGUAGE, 0);
    bt_ground_reason_t reason = check_names(judged);
    return reason ? reason : check_urgent(judged);
}
