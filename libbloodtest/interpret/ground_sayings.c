/* SPDX-License-Identifier: Apache-2.0
 * Reads words of direction out of a sentence, and finds by their places which names they are said
 * of: what stands right behind ("low ferritin"), else what stands before ("ferritin is low").
 */
#include "ground_private.h"

#include <math.h>
#include <string.h>

enum { AHEAD = 6, BEHIND = 4 };

/* ---- reading ---- */

static int same_clause(const bt_sentence_t *said, int a, int b)
{
    return b >= 0 && b < said->n_tokens && said->tokens[a].clause == said->tokens[b].clause;
}

static int has_word(const bt_sentence_t *said, bt_kind_t kind, int from, int to)
{
    for (int i = from < 0 ? 0 : from; i < to && i < said->n_tokens; i++) {
        if (bt_found_at(said, kind, i))
            return 1;
    }
    return 0;
}

static int is_negated(const bt_sentence_t *said, int at)
{
    for (int i = at - 1; i >= 0 && i >= at - BEHIND && same_clause(said, at, i); i--) {
        if (said->tokens[i].mention >= 0 || *said->tokens[i].text == ',')
            return 0;
        if (bt_found_at(said, BT_KIND_not, i))
            return 1;
    }
    return 0;
}

/* The word of a range ("interval", "limit") after this one, before the next name. -1: none. */
static int range_after(const bt_sentence_t *said, int at)
{
    for (int i = at; i < at + AHEAD && same_clause(said, at, i); i++) {
        if (said->tokens[i].mention >= 0 || *said->tokens[i].text == ',')
            return -1;
        if (bt_found_at(said, BT_KIND_range, i))
            return i;
    }
    return -1;
}

static int has_plain(const bt_sentence_t *said, const char *word, int from, int to)
{
    for (int i = from; i < to; i++) {
        if (!strcmp(said->tokens[i].low, word))
            return 1;
    }
    return 0;
}

/* "above the upper limit", "below 13", "higher than normal". */
static int read_comparison(bt_saying_t *saying, const bt_sentence_t *said, const bt_found_t *found)
{
    int is_over = found->kind == BT_KIND_over, range = range_after(said, found->to);
    saying->kind = is_over ? BT_KIND_up : BT_KIND_down;
    if (range >= 0) {
        int lower = has_plain(said, "lower", found->to, range + 1);
        int upper = has_plain(said, "upper", found->to, range + 1);
        saying->to = range + 1;
        if ((is_over && lower) || (!is_over && upper)) {
            saying->kind = is_over ? BT_KIND_down : BT_KIND_up;
            saying->is_not = !saying->is_not;
        }
        return 1;
    }
    for (int i = found->to; i < found->to + AHEAD && same_clause(said, found->from, i); i++) {
        if (said->tokens[i].mention >= 0)
            break;
        if (bt_found_at(said, BT_KIND_normal, i)) {
            saying->to = i + 1;
            return 1;
        }
        if (said->tokens[i].kind != BT_TOKEN_NUMBER)
            continue;
        saying->bound = said->tokens[i].number;
        saying->to = i + 1;
        return 1;
    }
    /* "over the next weeks" says nothing; "is above" alone does. */
    return found->value > 0;
}

int bt_saying_read(bt_saying_t *saying, const bt_sentence_t *said, const bt_found_t *found)
{
    *saying =
        (bt_saying_t){.kind = found->kind, .from = found->from, .to = found->to, .bound = NAN};
    saying->is_not = is_negated(said, found->from);
    switch (found->kind) {
    case BT_KIND_over:
    case BT_KIND_under:
        return read_comparison(saying, said, found);
    case BT_KIND_within:
    case BT_KIND_outside: {
        int range = range_after(said, found->to);
        if (range < 0 || has_word(said, BT_KIND_severe, found->to, range) ||
            has_word(said, BT_KIND_down, found->to, range) ||
            has_word(said, BT_KIND_up, found->to, range))
            return 0;
        saying->kind = found->kind == BT_KIND_within ? BT_KIND_normal : BT_KIND_abnormal;
        saying->to = range + 1;
        return 1;
    }
    case BT_KIND_normal:
        /* "the normal range" judges nothing; neither does the end of a comparison. */
        return !has_word(said, BT_KIND_range, found->to, found->to + 1);
    case BT_KIND_up:
    case BT_KIND_down:
    case BT_KIND_abnormal:
    case BT_KIND_positive:
    case BT_KIND_negative:
    case BT_KIND_near:
        /* "can lower cholesterol", "to raise ferritin" is no state. */
        return !(found->from > 0 && bt_found_at(said, BT_KIND_may, found->from - 1));
    default:
        return 0;
    }
}

/* ---- of whom ---- */

static const bt_mention_t *mention_at(const bt_sentence_t *said, int token)
{
    int index = token >= 0 && token < said->n_tokens ? said->tokens[token].mention : -1;
    return index >= 0 ? &said->mentions[index] : NULL;
}

static int is_joint(const bt_sentence_t *said, int token)
{
    const char *low = said->tokens[token].low;
    return *low == ',' || *low == '/' || *low == '&' || !strcmp(low, "and") || !strcmp(low, "or") ||
           !strcmp(low, "the") || !strcmp(low, "both") || !strcmp(low, "as") ||
           !strcmp(low, "well") || !strcmp(low, "nor");
}

static int is_direction(const bt_sentence_t *said, int token)
{
    return bt_found_at(said, BT_KIND_up, token) || bt_found_at(said, BT_KIND_down, token) ||
           bt_found_at(said, BT_KIND_normal, token) || bt_found_at(said, BT_KIND_abnormal, token) ||
           bt_found_at(said, BT_KIND_positive, token) || bt_found_at(said, BT_KIND_over, token) ||
           bt_found_at(said, BT_KIND_negative, token) || bt_found_at(said, BT_KIND_under, token) ||
           bt_found_at(said, BT_KIND_within, token) || bt_found_at(said, BT_KIND_outside, token);
}

static void add_mention(bt_saying_t *saying, const bt_mention_t *mention)
{
    if (saying->n_mentions < BT_MAX_SUBJECTS)
        saying->mentions[saying->n_mentions++] = mention;
}

/* "low haemoglobin and ferritin": names that follow, joined by "and" alone. */
static void add_following(bt_saying_t *saying, const bt_sentence_t *said, const bt_mention_t *first)
{
    add_mention(saying, first);
    for (int i = first->to; same_clause(said, first->from, i);) {
        const bt_mention_t *next = mention_at(said, i);
        if (!next && !is_joint(said, i))
            return;
        /* "…, and ferritin is high": that one has a word of its own. */
        if (next && has_word(said, BT_KIND_link, next->to, next->to + 2))
            return;
        if (next)
            add_mention(saying, next);
        i = next ? next->to : i + 1;
    }
}

/* Right behind the word: "low serum ferritin", "elevation of ALT", "low levels of iron". */
static int find_ahead(bt_saying_t *saying, const bt_sentence_t *said)
{
    int may_of = bt_found_at(said, BT_KIND_noun, saying->from) != NULL ||
                 has_word(said, BT_KIND_noun, saying->from, saying->to);
    for (int i = saying->to; i < saying->to + BEHIND && same_clause(said, saying->from, i); i++) {
        const bt_mention_t *mention = mention_at(said, i);
        if (mention) {
            add_following(saying, said, mention);
            return 1;
        }
        int is_of = !strcmp(said->tokens[i].low, "of") || !strcmp(said->tokens[i].low, "in") ||
                    !strcmp(said->tokens[i].low, "for");
        may_of |= bt_found_at(said, BT_KIND_level, i) != NULL;
        if (is_of && may_of)
            continue;
        if (is_of || said->tokens[i].kind != BT_TOKEN_WORD || is_direction(said, i) ||
            bt_found_at(said, BT_KIND_link, i) || bt_found_at(said, BT_KIND_stop, i))
            return 0;
    }
    return 0;
}

/* Skip "(8 ng/mL)" and "(with MCV 72 fL)" on the way back. */
static int before_bracket(const bt_sentence_t *said, int at)
{
    int open = at;
    while (open >= 0 && *said->tokens[open].text != '(')
        open--;
    return open < 0 ? at : open;
}

/* Names before the word: the nearest, and with "are" all that are joined to it. */
static int find_behind(bt_saying_t *saying, const bt_sentence_t *said)
{
    int at = saying->from - 1, is_plural = 0;
    const bt_mention_t *mention = NULL;
    for (; at >= 0 && same_clause(said, saying->from, at); at--) {
        if (*said->tokens[at].text == ')')
            at = before_bracket(said, at);
        is_plural |= bt_found_at(said, BT_KIND_plural, at) != NULL;
        if ((mention = mention_at(said, at)))
            break;
    }
    if (!mention)
        return 0;
    add_mention(saying, mention);
    for (int i = mention->from - 1; is_plural && same_clause(said, saying->from, i);) {
        const bt_token_t *token = &said->tokens[i];
        const bt_mention_t *before = mention_at(said, i);
        if (before)
            add_mention(saying, before);
        int is_open = before || is_joint(said, i) || token->kind != BT_TOKEN_WORD ||
                      token->is_spent || !strcmp(token->low, "of") || !strcmp(token->low, "at");
        if (!is_open || (!before && is_direction(said, i)))
            break;
        i = before ? before->from - 1 : *token->text == ')' ? before_bracket(said, i) - 1 : i - 1;
    }
    return 1;
}

static int find_in_clause(bt_saying_t *saying, const bt_sentence_t *said, int clause)
{
    for (int i = 0; i < said->n_mentions; i++) {
        if (said->tokens[said->mentions[i].from].clause == clause && !said->mentions[i].is_food)
            add_mention(saying, &said->mentions[i]);
    }
    return saying->n_mentions > 0;
}

/* The names that the word is about; 0: none was found, it is about what the claim names. */
int bt_saying_subjects(bt_saying_t *saying, const bt_sentence_t *said)
{
    int clause = said->tokens[saying->from].clause;
    if (find_ahead(saying, said) || find_behind(saying, said) ||
        find_in_clause(saying, said, clause))
        return 1;
    if (bt_has_kind(said, BT_KIND_whole, 0, said->n_tokens))
        return 0;
    return find_in_clause(saying, said, clause + 1) || find_in_clause(saying, said, clause - 1);
}
