/* SPDX-License-Identifier: Apache-2.0
 * Loads the words of grounding.tsv and the names of all analytes in all languages into tables that
 * threads share.
 */
#include "ground_private.h"

#include <apr_strings.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../text.h"
#include "../tsv.h"

static const char *const kinds[] = {
#define BT_WORD_KIND(name) #name,
    BT_WORD_KINDS(BT_WORD_KIND)
#undef BT_WORD_KIND
};

static const char *const slugs[] = {
#define BT_GROUND_REASON(name, slug) slug,
    BT_GROUND_REASONS(BT_GROUND_REASON)
#undef BT_GROUND_REASON
};

const char *bt_ground_slug(bt_ground_reason_t reason)
{
    return slugs[reason];
}

/* A text of our own data as a sentence. */
static bt_sentence_t *tokens_of(const char *text, apr_pool_t *pool)
{
    bt_sentence_t *said = apr_pcalloc(pool, sizeof *said);
    said->most_tokens = (int)strlen(text) + 1;
    said->tokens = apr_palloc(pool, (apr_size_t)said->most_tokens * sizeof *said->tokens);
    bt_ground_tokens(said, text, pool);
    return said;
}

static void add_phrase(bt_ground_words_t *words, bt_kind_t kind, const char *text, double value,
                       apr_pool_t *pool)
{
    bt_sentence_t *said = tokens_of(text, pool);
    if (said->n_tokens == 0)
        return;
    bt_phrase_t *made = apr_pcalloc(pool, sizeof *made);
    made->kind = kind;
    made->n = said->n_tokens;
    made->value = value;
    made->low = apr_palloc(pool, (apr_size_t)made->n * sizeof *made->low);
    for (int i = 0; i < made->n; i++)
        made->low[i] = said->tokens[i].low;
    apr_hash_t *table = kind == BT_KIND_instruction ? words->orders : words->phrases;
    bt_phrase_t *first = apr_hash_get(table, made->low[0], APR_HASH_KEY_STRING);
    bt_phrase_t **at = &first;
    while (*at && (*at)->n >= made->n)
        at = &(*at)->next;
    made->next = *at;
    *at = made;
    apr_hash_set(table, made->low[0], APR_HASH_KEY_STRING, first);
}

static void add_name(apr_hash_t *table, const char *key, const char *id, int is_group,
                     apr_pool_t *pool)
{
    bt_names_t *names = apr_hash_get(table, key, APR_HASH_KEY_STRING);
    if (!*key)
        return;
    if (!names) {
        names = apr_pcalloc(pool, sizeof *names);
        apr_hash_set(table, apr_pstrdup(pool, key), APR_HASH_KEY_STRING, names);
    }
    names->is_group |= is_group;
    for (int i = 0; i < names->n; i++) {
        if (!strcmp(names->ids[i], id))
            return;
    }
    if (names->n < BT_MAX_MEANT)
        names->ids[names->n++] = id;
}

/* Names of one or two letters, and those that are words as well, count only as they are written. */
static void add_alias(bt_ground_words_t *words, const char *alias, const char *id, apr_pool_t *pool)
{
    enum { SHORT = 2 };
    bt_sentence_t *said = tokens_of(alias, pool);
    const char *low = bt_ground_key(said, 0, said->n_tokens, 0, pool);
    if (strlen(low) <= SHORT || apr_hash_get(words->exact_words, low, APR_HASH_KEY_STRING)) {
        add_name(words->exact, bt_ground_key(said, 0, said->n_tokens, 1, pool), id, 0, pool);
        return;
    }
    add_name(words->names, low, id, 0, pool);
}

static bt_err_t *load_aliases(bt_ground_words_t *words, apr_pool_t *pool)
{
    static const char prefix[] = "aliases_";
    const bt_tsv_t *tsv = bt_catalogue_table(words->catalogue, "analytes.tsv");
    int id = 0, name = 0;
    if (!tsv)
        return bt_error(pool, BT_E_CONFIG, "no analytes.tsv");
    BT_TRY(bt_tsv_column(&id, tsv, "id", pool));
    BT_TRY(bt_tsv_column(&name, tsv, "name_en", pool));
    for (int row = 0; row < tsv->n_rows; row++) {
        add_alias(words, tsv->rows[row][name], tsv->rows[row][id], pool);
        for (int column = 0; column < tsv->n_columns; column++) {
            if (strncmp(tsv->head[column], prefix, sizeof prefix - 1) != 0)
                continue;
            const char **alias = bt_tsv_split(NULL, tsv->rows[row][column], '|', pool);
            for (; *alias; alias++)
                add_alias(words, *alias, tsv->rows[row][id], pool);
        }
    }
    return NULL;
}

/* "ferritin=iron tibc": phrases that mean these analytes. */
static bt_err_t *load_names(bt_ground_words_t *words, const char *text, int is_group,
                            apr_pool_t *pool)
{
    const char *equals = strchr(text, '=');
    if (!equals)
        return bt_error(pool, BT_E_CONFIG, "grounding.tsv: '%.40s' names no analyte", text);
    bt_sentence_t *said = tokens_of(apr_pstrmemdup(pool, text, (apr_size_t)(equals - text)), pool);
    const char *key = bt_ground_key(said, 0, said->n_tokens, 0, pool);
    const char **ids = bt_tsv_split(NULL, equals + 1, ' ', pool);
    for (; *ids; ids++) {
        const bt_analyte_t *analyte = bt_catalogue_by_id(words->catalogue, *ids);
        if (!analyte)
            return bt_error(pool, BT_E_CONFIG, "grounding.tsv: %.40s is no analyte", *ids);
        add_name(words->names, key, analyte->id, is_group, pool);
    }
    return NULL;
}

static bt_err_t *load_word(bt_ground_words_t *words, bt_kind_t kind, const char *text,
                           apr_pool_t *pool)
{
    const char *low = bt_label_fold(text, strlen(text), 0, pool);
    const char *equals = strchr(text, '=');
    double value = 0;
    if (equals && (equals == text || !isalnum((unsigned char)equals[-1])))
        equals = NULL; /* "<=" */
    switch (kind) {
    case BT_KIND_alias:
    case BT_KIND_group:
        return load_names(words, text, kind == BT_KIND_group, pool);
    case BT_KIND_exact:
        apr_hash_set(words->exact_words, low, APR_HASH_KEY_STRING, low);
        return NULL;
    case BT_KIND_ignore: {
        bt_sentence_t *said = tokens_of(text, pool);
        const char *key = bt_ground_key(said, 0, said->n_tokens, 0, pool);
        apr_hash_set(words->names, key, APR_HASH_KEY_STRING, NULL);
        apr_hash_set(words->exact, bt_ground_key(said, 0, said->n_tokens, 1, pool),
                     APR_HASH_KEY_STRING, NULL);
        return NULL;
    }
    case BT_KIND_nutrient:
        apr_hash_set(words->nutrients, low, APR_HASH_KEY_STRING, low);
        return NULL;
    case BT_KIND_stem:
        return NULL;
    default:
        break;
    }
    if (equals && bt_text_to_double(&value, equals + 1))
        return bt_error(pool, BT_E_CONFIG, "grounding.tsv: '%.40s' is no number", text);
    if (equals)
        text = apr_pstrmemdup(pool, text, (apr_size_t)(equals - text));
    add_phrase(words, kind, text, value, pool);
    return NULL;
}

/* One pass over the rows of the kinds from `first` to `last`. */
static bt_err_t *load_kinds(bt_ground_words_t *words, const bt_tsv_t *tsv, bt_kind_t only,
                            apr_pool_t *pool)
{
    for (int row = 0; row < tsv->n_rows; row++) {
        int kind = 0;
        while (kind < BT_KIND_COUNT && strcmp(kinds[kind], tsv->rows[row][0]) != 0)
            kind++;
        if (kind == BT_KIND_COUNT)
            return bt_tsv_error(tsv, row, 0, "not a kind of word", pool);
        /* Words that decide about names come before names, those that take names away after. */
        bt_kind_t turn =
            kind == BT_KIND_exact || kind == BT_KIND_ignore ? (bt_kind_t)kind : BT_KIND_COUNT;
        if (turn != only)
            continue;
        const char **word = bt_tsv_split(NULL, tsv->rows[row][1], '|', pool);
        if (kind == BT_KIND_stem)
            words->stems = word;
        for (; *word; word++)
            BT_TRY(load_word(words, (bt_kind_t)kind, *word, pool));
    }
    return NULL;
}

bt_err_t *bt_ground_words_load(bt_ground_words_t **words, const bt_catalogue_t *catalogue,
                               apr_pool_t *pool)
{
    static const char *none[] = {NULL};
    const bt_tsv_t *tsv = bt_catalogue_table(catalogue, "grounding.tsv");
    bt_ground_words_t *made = apr_pcalloc(pool, sizeof *made);
    if (!tsv)
        return bt_error(pool, BT_E_CONFIG, "no grounding.tsv");
    made->catalogue = catalogue;
    made->phrases = apr_hash_make(pool);
    made->orders = apr_hash_make(pool);
    made->names = apr_hash_make(pool);
    made->exact = apr_hash_make(pool);
    made->nutrients = apr_hash_make(pool);
    made->exact_words = apr_hash_make(pool);
    made->stems = none;
    BT_TRY(load_kinds(made, tsv, BT_KIND_exact, pool));
    BT_TRY(load_aliases(made, pool));
    BT_TRY(load_kinds(made, tsv, BT_KIND_COUNT, pool));
    BT_TRY(load_kinds(made, tsv, BT_KIND_ignore, pool));
    *words = made;
    return NULL;
}
