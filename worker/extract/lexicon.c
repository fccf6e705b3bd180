/* SPDX-License-Identifier: Apache-2.0
 * Loads headings.tsv into one hash of "kind:phrase", and looks words of a line up in it.  The plain
 * form of each word is made once when it is read, so that a lookup of several words only joins
 * them.
 */
#include "lexicon.h"
#include "../../libbloodtest/tsv.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <ctype.h>
#include <string.h>

enum { MAX_TEXT = 400, MAX_KIND = 16 };

struct btx_lexicon_t {
    apr_hash_t *phrases, *firsts; /* "kind:phrase" and what it means; "kind:its first word" */
};

bt_err_t *btx_lexicon_load(btx_lexicon_t **made, const bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    const bt_tsv_t *tsv = bt_catalogue_table(catalogue, "headings.tsv");
    int kind = 0, means = 0, phrases = 0;
    btx_lexicon_t *lexicon = apr_pcalloc(pool, sizeof *lexicon);
    lexicon->phrases = apr_hash_make(pool);
    lexicon->firsts = apr_hash_make(pool);
    BT_TRY(bt_tsv_column(&kind, tsv, "kind", pool));
    BT_TRY(bt_tsv_column(&means, tsv, "means", pool));
    BT_TRY(bt_tsv_column(&phrases, tsv, "phrases", pool));
    for (int i = 0; i < tsv->n_rows; i++) {
        if (strlen(tsv->rows[i][kind]) > MAX_KIND)
            return bt_tsv_error(tsv, i, kind, "longer than a kind may be", pool);
        const char **parts = bt_tsv_split(NULL, tsv->rows[i][phrases], '|', pool);
        for (; *parts; parts++) {
            const char *name =
                apr_pstrcat(pool, tsv->rows[i][kind], ":", btx_key(*parts, pool), NULL);
            if (!apr_hash_get(lexicon->phrases, name, APR_HASH_KEY_STRING))
                apr_hash_set(lexicon->phrases, name, APR_HASH_KEY_STRING, tsv->rows[i][means]);
            apr_hash_set(lexicon->firsts, name, (apr_ssize_t)strcspn(name, " "), name);
        }
    }
    *made = lexicon;
    return NULL;
}

const char *btx_key(const char *text, apr_pool_t *pool)
{
    size_t length = strlen(text);
    const char *folded = bt_label_fold(text, length < MAX_TEXT ? length : MAX_TEXT, 0, pool);
    char *key = apr_palloc(pool, strlen(folded) + 1);
    size_t n = 0;
    for (const char *c = folded; *c; c++) {
        if (isalnum((unsigned char)*c) || strchr("%#+", *c))
            key[n++] = *c;
        else if (*c != '.' && *c != '\'' && n && key[n - 1] != ' ')
            key[n++] = ' ';
    }
    while (n && key[n - 1] == ' ')
        n--;
    key[n] = '\0';
    return key;
}

/* What is known of the first n bytes of the key among those of this kind. */
static const char *find(apr_hash_t *names, const char *kind, const char *key, size_t n)
{
    char name[MAX_KIND + 1 + BTX_MAX_KEY];
    size_t k = strlen(kind);
    if (k > MAX_KIND || n > BTX_MAX_KEY || !n)
        return NULL;
    memcpy(name, kind, k);
    name[k] = ':';
    memcpy(name + k + 1, key, n);
    return apr_hash_get(names, name, (apr_ssize_t)(k + 1 + n));
}

const char *btx_lexicon_find(const btx_lexicon_t *lexicon, const char *kind, const char *key)
{
    return find(lexicon->phrases, kind, key, strlen(key));
}

const char *btx_lexicon_text(const btx_lexicon_t *lexicon, const char *kind, const char *text,
                             apr_pool_t *pool)
{
    return btx_lexicon_find(lexicon, kind, btx_key(text, pool));
}

int btx_words_key(char *key, const btx_line_t *line, int first, int end)
{
    size_t length = 0;
    for (int i = first; i < end; i++) {
        size_t more = strlen(line->word[i]->key);
        if (!more)
            continue;
        if (length + more + 2 > BTX_MAX_KEY)
            return 0;
        if (length)
            key[length++] = ' ';
        memcpy(key + length, line->word[i]->key, more);
        length += more;
    }
    key[length] = '\0';
    return length > 0;
}

const char *btx_lexicon_longest(int *n_words, const btx_lexicon_t *lexicon, const char *kind,
                                const btx_line_t *line, int first, int end)
{
    char key[BTX_MAX_KEY];
    int most = end - first < BTX_MAX_PHRASE_WORDS ? end - first : BTX_MAX_PHRASE_WORDS;
    const char *start = most < 1 ? "" : line->word[first]->key;
    /* Most words begin no phrase, which one look tells. */
    if (!find(lexicon->firsts, kind, start, strcspn(start, " ")))
        return NULL;
    for (int n = most; n > 0; n--) {
        /* "Normal: <": a word without letters ends no phrase */
        const char *means =
            *line->word[first + n - 1]->key && btx_words_key(key, line, first, first + n)
                ? btx_lexicon_find(lexicon, kind, key)
                : NULL;
        if (means) {
            *n_words = n;
            return means;
        }
    }
    return NULL;
}
