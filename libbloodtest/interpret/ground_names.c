/* SPDX-License-Identifier: Apache-2.0
 * Finds in a sentence the names of tests (all aliases of the catalogue, groups such as "liver
 * enzymes", derived values), and the phrases of the words.
 */
#include "ground_private.h"

#include <apr_strings.h>
#include <string.h>

/* What may stand inside a name: "A/G ratio", "CA 19-9", "Lp(a)". */
static int joins(const bt_token_t *token)
{
    return token->kind != BT_TOKEN_SIGN || strchr("-/().%#+", *token->text) != NULL;
}

static const bt_names_t *names_of(const bt_sentence_t *said, int from, int to, apr_pool_t *pool)
{
    const char *written = bt_ground_key(said, from, to, 1, pool);
    const bt_names_t *exact = apr_hash_get(said->words->exact, written, APR_HASH_KEY_STRING);
    if (exact)
        return exact;
    const char *key = bt_ground_key(said, from, to, 0, pool);
    const bt_names_t *names = apr_hash_get(said->words->names, key, APR_HASH_KEY_STRING);
    size_t length = strlen(key);
    enum { LEAST = 4 };
    if (!names && length > LEAST && key[length - 1] == 's')
        names = apr_hash_get(said->words->names, apr_pstrmemdup(pool, key, length - 1),
                             APR_HASH_KEY_STRING);
    return names;
}

static int derived_of(const bt_sentence_t *said, const bt_ground_facts_t *facts, int from, int to,
                      apr_pool_t *pool)
{
    const char *key = facts ? bt_ground_key(said, from, to, 0, pool) : "";
    for (int i = 0; facts && i < facts->n_derived; i++) {
        if (!strcmp(facts->derived[i].key, key))
            return i;
    }
    return -1;
}

static int is_end_of_name(const bt_token_t *token)
{
    return token->kind != BT_TOKEN_SIGN || *token->text == ')' || *token->text == '%';
}

/* The longest name that begins at `from`. */
static int find_mention(bt_mention_t *mention, const bt_sentence_t *said,
                        const bt_ground_facts_t *facts, int from, apr_pool_t *pool)
{
    int longest = 0;
    for (int to = from + 1; to <= said->n_tokens && to - from <= BT_MAX_SPAN; to++) {
        const bt_token_t *last = &said->tokens[to - 1];
        if (!joins(last) || last->sentence != said->tokens[from].sentence)
            break;
        if (!is_end_of_name(last))
            continue;
        const bt_names_t *names = names_of(said, from, to, pool);
        int derived = derived_of(said, facts, from, to, pool);
        if (!names && derived < 0)
            continue;
        longest = to;
        *mention = (bt_mention_t){.from = from, .to = to, .derived = derived};
        if (names)
            mention->names = *names;
    }
    return longest;
}

/* "iron-rich foods", "sources of calcium", "sodium intake". */
static int is_food(const bt_sentence_t *said, const bt_mention_t *mention, apr_pool_t *pool)
{
    enum { NEAR = 3 };
    const char *key = "";
    for (int i = mention->from; i < mention->to; i++)
        key = apr_pstrcat(pool, key, *key ? " " : "", said->tokens[i].low, NULL);
    if (!apr_hash_get(said->words->nutrients, key, APR_HASH_KEY_STRING))
        return 0;
    for (int i = mention->from - NEAR - 1; i < mention->to + NEAR; i++) {
        if (i < 0 || i >= said->n_tokens ||
            said->tokens[i].clause != said->tokens[mention->from].clause)
            continue;
        const bt_phrase_t *phrase =
            apr_hash_get(said->words->phrases, said->tokens[i].low, APR_HASH_KEY_STRING);
        for (; phrase; phrase = phrase->next) {
            if (phrase->kind == BT_KIND_food && phrase->n == 1)
                return 1;
        }
    }
    return 0;
}

void bt_ground_mentions(bt_sentence_t *said, const bt_ground_facts_t *facts, apr_pool_t *pool)
{
    for (int i = 0; i < said->n_tokens && said->n_mentions < said->most_mentions;) {
        bt_mention_t found;
        int to =
            said->tokens[i].kind == BT_TOKEN_SIGN ? 0 : find_mention(&found, said, facts, i, pool);
        if (!to) {
            i++;
            continue;
        }
        found.is_food = is_food(said, &found, pool);
        for (int k = i; k < to; k++) {
            said->tokens[k].mention = found.is_food ? -1 : said->n_mentions;
            said->tokens[k].is_spent = 1;
        }
        said->mentions[said->n_mentions++] = found;
        i = to;
    }
}

/* ---- phrases ---- */

int bt_phrase_stands(const bt_sentence_t *said, const bt_phrase_t *phrase, int at)
{
    if (at + phrase->n > said->n_tokens)
        return 0;
    for (int i = 0; i < phrase->n; i++) {
        if (strcmp(said->tokens[at + i].low, phrase->low[i]) != 0)
            return 0;
    }
    return 1;
}

static void begin_clause(bt_sentence_t *said, int at)
{
    for (int i = at; i < said->n_tokens; i++)
        said->tokens[i].clause++;
}

void bt_ground_phrases(bt_sentence_t *said)
{
    for (int i = 0; i < said->n_tokens;) {
        const bt_phrase_t *phrase =
            apr_hash_get(said->words->phrases, said->tokens[i].low, APR_HASH_KEY_STRING);
        while (phrase && !bt_phrase_stands(said, phrase, i))
            phrase = phrase->next;
        int is_name = said->tokens[i].mention >= 0;
        if (!phrase || (is_name && phrase->kind != BT_KIND_diagnosis &&
                        phrase->kind != BT_KIND_mask && phrase->kind != BT_KIND_drug)) {
            i++;
            continue;
        }
        /* One phrase may be of several kinds. */
        for (const bt_phrase_t *other = phrase; other && other->n == phrase->n;
             other = other->next) {
            if (said->n_found < said->most_found && bt_phrase_stands(said, other, i))
                said->found[said->n_found++] =
                    (bt_found_t){other->kind, i, i + other->n, other->value};
        }
        if (phrase->kind == BT_KIND_split)
            begin_clause(said, i);
        for (int k = i; phrase->kind == BT_KIND_mask && k < i + phrase->n; k++)
            said->tokens[k].is_spent = 1;
        i += phrase->n;
    }
}

const bt_found_t *bt_found_at(const bt_sentence_t *said, bt_kind_t kind, int token)
{
    for (int i = 0; i < said->n_found; i++) {
        if (said->found[i].kind == kind && said->found[i].from <= token &&
            token < said->found[i].to)
            return &said->found[i];
    }
    return NULL;
}

int bt_has_kind(const bt_sentence_t *said, bt_kind_t kind, int from, int to)
{
    for (int i = 0; i < said->n_found; i++) {
        if (said->found[i].kind == kind && said->found[i].from >= from && said->found[i].to <= to)
            return 1;
    }
    return 0;
}

bt_sentence_t *bt_ground_read(const char *text, const bt_ground_words_t *words,
                              const bt_ground_facts_t *facts, apr_pool_t *pool)
{
    enum { MORE = 8 };
    bt_sentence_t *said = apr_pcalloc(pool, sizeof *said);
    int length = (int)strlen(text);
    said->words = words;
    said->most_tokens = length + 1;
    bt_ground_tokens(said, "", pool);
    bt_token_t *all = apr_palloc(pool, (apr_size_t)said->most_tokens * sizeof *all);
    said->tokens = all;
    bt_ground_tokens(said, text, pool);
    said->most_mentions = said->n_tokens + MORE;
    said->most_found = 4 * said->n_tokens + MORE;
    said->mentions = apr_palloc(pool, (apr_size_t)said->most_mentions * sizeof *said->mentions);
    said->found = apr_palloc(pool, (apr_size_t)said->most_found * sizeof *said->found);
    bt_ground_mentions(said, facts, pool);
    bt_ground_phrases(said);
    return said;
}
