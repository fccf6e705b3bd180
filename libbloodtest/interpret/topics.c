/* SPDX-License-Identifier: Apache-2.0
 * What the user's question is about: words of it that name a topic of the knowledge or an analyte.
 * The question only changes the order of what is said; its text is never repeated and never an
 * instruction.
 */
#include "engine.h"

#include <apr_strings.h>
#include <ctype.h>
#include <math.h>
#include <string.h>

enum { MAX_QUERY_WORDS = 60, MAX_WORD = 40, MAX_PHRASE = 3 };

/* Words of the question in plain letters: "Schilddrüse?" is "schilddruse". */
static int words_of(const char **words, const char *query, apr_pool_t *pool)
{
    enum { MAX_BYTES = 2400 };
    size_t length = strlen(query);
    const char *plain = bt_label_fold(query, length < MAX_BYTES ? length : MAX_BYTES, 0, pool);
    int n = 0;
    while (*plain && n < MAX_QUERY_WORDS) {
        size_t letters = 0;
        while (isalnum((unsigned char)plain[letters]))
            letters++;
        if (letters && letters <= MAX_WORD)
            words[n++] = apr_pstrmemdup(pool, plain, letters);
        plain += letters ? letters : 1;
    }
    return n;
}

static void add_topic(bt_engine_t *engine, const char *name, const char *analyte)
{
    apr_hash_set(engine->topic_ids, analyte, APR_HASH_KEY_STRING, analyte);
    if (!engine->topic)
        engine->topic = name;
    else if (!strstr(engine->topic, name))
        engine->topic = apr_pstrcat(engine->pool, engine->topic, ", ", name, NULL);
}

/* Whether the word is the known one, or begins with it where that ends in a star. */
static int fits(const char *known, size_t length, const char *word)
{
    int is_stem = length && known[length - 1] == '*';
    length -= (size_t)is_stem;
    return !strncmp(word, known, length) && (is_stem || !word[length]);
}

/* Whether the known words ("vitamin_d" are two) stand behind each other in the question. */
static int is_asked(const char *known, const char *const *words, int n)
{
    for (int i = 0; i < n; i++) {
        const char *part = known;
        for (int k = i; k < n; k++) {
            size_t length = strcspn(part, "_");
            if (!fits(part, length, words[k]))
                break;
            if (!part[length])
                return 1;
            part += length + 1;
        }
    }
    return 0;
}

static bt_err_t *find_topics(bt_engine_t *engine, const char *const *words, int n)
{
    const bt_tsv_t *tsv = NULL;
    int topic = 0, asked = 0, analytes = 0;
    BT_TRY(bt_table(&tsv, engine, "topics.tsv"));
    BT_TRY(bt_tsv_column(&topic, tsv, "topic", engine->pool));
    BT_TRY(bt_tsv_column(&asked, tsv, "words", engine->pool));
    BT_TRY(bt_tsv_column(&analytes, tsv, "analytes", engine->pool));
    for (int i = 0; i < tsv->n_rows; i++) {
        int found = 0;
        const char **known = bt_tsv_split(NULL, tsv->rows[i][asked], ' ', engine->pool);
        for (; *known && !found; known++)
            found = is_asked(*known, words, n);
        const char **ids = bt_tsv_split(NULL, tsv->rows[i][analytes], ' ', engine->pool);
        for (; *ids; ids++) {
            if (!bt_catalogue_by_id(engine->catalogue, *ids))
                return bt_tsv_error(tsv, i, analytes, "not an analyte", engine->pool);
            if (found)
                add_topic(engine, tsv->rows[i][topic], *ids);
        }
    }
    return NULL;
}

/* Names of analytes of up to three words; short ones ("in", "k") are too easily something else. */
static void find_analytes(bt_engine_t *engine, const char *const *words, int n)
{
    enum { MIN_LETTERS = 3 };
    for (int length = 1; length <= MAX_PHRASE; length++) {
        for (int i = 0; i + length <= n; i++) {
            const char *phrase = words[i];
            for (int j = 1; j < length; j++)
                phrase = apr_pstrcat(engine->pool, phrase, " ", words[i + j], NULL);
            bt_label_t label = {phrase, NULL, NULL, NAN};
            if (strlen(phrase) < MIN_LETTERS || bt_setting_has(engine, "query_ignored", phrase) ||
                bt_catalogue_label_likeness(engine->catalogue, phrase, engine->pool) < 1)
                continue;
            bt_match_t match = bt_catalogue_match(engine->catalogue, &label, engine->pool);
            if (match.analyte &&
                !apr_hash_get(engine->topic_ids, match.analyte->id, APR_HASH_KEY_STRING))
                add_topic(engine, match.analyte->name, match.analyte->id);
        }
    }
}

bt_err_t *bt_topics_find(bt_engine_t *engine)
{
    const char *words[MAX_QUERY_WORDS];
    engine->topic_ids = apr_hash_make(engine->pool);
    int n = words_of(words, engine->context->query ? engine->context->query : "", engine->pool);
    BT_TRY(find_topics(engine, words, n));
    find_analytes(engine, words, n);
    return NULL;
}

int bt_is_on_topic(const bt_engine_t *engine, const bt_fact_t *fact)
{
    return fact->row->analyte &&
           apr_hash_get(engine->topic_ids, fact->row->analyte->id, APR_HASH_KEY_STRING) != NULL;
}
