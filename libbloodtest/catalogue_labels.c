/* SPDX-License-Identifier: Apache-2.0
 * The plain form of labels, and the index of aliases by it.  Everything that laboratories set
 * differently (case, accents, dots, the order of words) is taken off here once, so that a label is
 * found by hash.
 */
#include "catalogue_private.h"
#include "tsv.h"

#include <apr_strings.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* U+00C0 to U+00FF, then U+0100 to U+017F (one letter each). */
static const char *const latin1[64] = {
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
    "d", "n", "o", "o", "o", "o", "o",  "x", "o", "u", "u", "u", "u", "y", "th", "ss",
    "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i",  "i",
    "d", "n", "o", "o", "o", "o", "o",  "/", "o", "u", "u", "u", "u", "y", "th", "y"};
static const char latin_a[] = "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllllllln"
                              "nnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

/* U+1EA0 to U+1EF9, as Vietnamese has them: so many of each letter. */
static char vietnamese(unsigned code)
{
    static const struct {
        unsigned end;
        char plain;
    } runs[] = {{0x1EB8, 'a'}, {0x1EC8, 'e'}, {0x1ECC, 'i'},
                {0x1EE4, 'o'}, {0x1EF2, 'u'}, {0x1EFA, 'y'}};
    size_t i = 0;
    while (code >= runs[i].end)
        i++;
    return runs[i].plain;
}

typedef struct letter_t {
    unsigned code;
    const char *plain;
} letter_t;
static const letter_t letters[] = {
    {0xA0, " "},      {0xAD, ""},       {0xB0, ""},       {0xB2, "2"},   {0xB3, "3"},
    {0xB5, "u"},      {0xB7, "."},      {0xB9, "1"},      {0x152, "oe"}, {0x153, "oe"},
    {0x391, "alpha"}, {0x392, "beta"},  {0x393, "gamma"}, {0x39C, "u"},  {0x3B1, "alpha"},
    {0x3B2, "beta"},  {0x3B3, "gamma"}, {0x3B4, "delta"}, {0x3BC, "u"},  {0x2070, "0"},
    {0x207A, "+"},    {0x207B, "-"},    {0x2030, "%o"},   {0x2044, "/"}, {0x2212, "-"},
    {0x2215, "/"},    {0x2219, "."},    {0x22C5, "."},    {0xD7, "x"},   {0xFB01, "fi"},
    {0xFB02, "fl"},   {0xFF05, "%"},    {0x2261, "="},    {0x200B, ""},  {0xFEFF, ""},
    {0x2009, " "},    {0x1A0, "o"},     {0x1A1, "o"},     {0x1AF, "u"},  {0x1B0, "u"},
    {0x218, "s"},     {0x219, "s"},     {0x21A, "t"},     {0x21B, "t"},
};

static const char *plain_letter(unsigned code, char *room)
{
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        if (letters[i].code == code)
            return letters[i].plain;
    }
    if (code >= 0xC0 && code <= 0xFF)
        return latin1[code - 0xC0];
    if (code >= 0x300 && code <= 0x36F)
        return "";
    room[0] = ' ';
    room[1] = '\0';
    if (code >= 0x100 && code - 0x100 < sizeof latin_a - 1)
        room[0] = latin_a[code - 0x100];
    else if (code >= 0x1EA0 && code <= 0x1EF9)
        room[0] = vietnamese(code);
    else if (code >= 0x2074 && code <= 0x2079)
        room[0] = (char)('4' + (int)(code - 0x2074));
    else if (code >= 0x2080 && code <= 0x2089)
        room[0] = (char)('0' + (int)(code - 0x2080));
    else if (code >= 0x2010 && code <= 0x2015)
        room[0] = '-';
    return room;
}

/* The next character of UTF-8 (a bad byte counts as a blank); returns its bytes. */
static size_t decode(unsigned *code, const unsigned char *text)
{
    size_t length = text[0] < 0xC0 ? 1 : text[0] < 0xE0 ? 2 : text[0] < 0xF0 ? 3 : 4;
    *code = length == 1 ? text[0] : text[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xC0) != 0x80) {
            *code = ' ';
            return i;
        }
        *code = *code << 6 | (text[i] & 0x3Fu);
    }
    return length;
}

const char *bt_label_fold(const char *text, size_t limit, int keep_case, apr_pool_t *pool)
{
    enum { LONGEST = 5 };
    size_t at = 0, length = 0, most = strnlen(text, limit) * LONGEST;
    /* As much as the text needs: this is called for every word, and new pages are dear. */
    char *folded = apr_palloc(pool, (most < limit ? most : limit) + LONGEST + 1);
    while (text[at] && length < limit) {
        unsigned char byte = (unsigned char)text[at];
        if (byte < 0x80) {
            folded[length++] = (char)(keep_case ? byte : tolower(byte));
            at++;
            continue;
        }
        unsigned code = 0;
        char room[2];
        at += decode(&code, (const unsigned char *)text + at);
        for (const char *plain = plain_letter(code, room); *plain; plain++)
            folded[length++] = *plain;
    }
    folded[length] = '\0';
    return folded;
}

void bt_label_words(bt_words_t *words, const char *label, apr_pool_t *pool)
{
    const char *text = bt_label_fold(label, BT_MAX_LABEL, 0, pool);
    int depth = 0;
    words->n = 0;
    while (*text && words->n < BT_MAX_WORDS) {
        depth += strchr("([", *text) ? 1 : strchr(")]", *text) && depth ? -1 : 0;
        if (!isalnum((unsigned char)*text) && *text != '%' && *text != '#') {
            text++;
            continue;
        }
        const char *end = text + 1;
        if (isalnum((unsigned char)*text)) {
            while (isalnum((unsigned char)*end))
                end++;
            while (*end == '+')
                end++;
        }
        words->in_brackets[words->n] = (unsigned char)(depth > 0);
        words->word[words->n++] = apr_pstrmemdup(pool, text, (apr_size_t)(end - text));
        text = end;
    }
}

const char *bt_label_joined(const bt_words_t *words, apr_pool_t *pool)
{
    char *key = apr_palloc(pool, BT_MAX_KEY + 1);
    size_t length = 0;
    for (int i = 0; i < words->n; i++) {
        size_t more = strlen(words->word[i]);
        more = more > BT_MAX_KEY - length ? BT_MAX_KEY - length : more;
        memcpy(key + length, words->word[i], more);
        length += more;
    }
    key[length] = '\0';
    return key;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *bt_label_sorted(const bt_words_t *words, apr_pool_t *pool)
{
    bt_words_t sorted = *words, out = {0};
    qsort(sorted.word, (size_t)sorted.n, sizeof sorted.word[0], by_text);
    for (int i = 0; i < sorted.n && out.n < BT_MAX_WORDS; i++) {
        if (i && !strcmp(sorted.word[i], sorted.word[i - 1]))
            continue;
        out.word[out.n] = apr_pstrcat(pool, out.n ? " " : "~", sorted.word[i], NULL);
        out.n++;
    }
    return bt_label_joined(&out, pool);
}

static bt_err_t *add_alias(bt_catalogue_t *catalogue, const char *key, const bt_analyte_t *analyte,
                           apr_pool_t *pool)
{
    bt_alias_t *alias = apr_hash_get(catalogue->aliases, key, APR_HASH_KEY_STRING);
    if (!alias) {
        alias = apr_pcalloc(pool, sizeof *alias);
        alias->key = key;
        alias->letters = bt_label_letters(key);
        alias->length = (int)strlen(key);
        apr_hash_set(catalogue->aliases, key, APR_HASH_KEY_STRING, alias);
    }
    for (int i = 0; i < alias->n; i++) {
        if (alias->analytes[i] == analyte)
            return NULL;
    }
    if (alias->n == BT_MAX_NAMESAKES)
        return bt_error(pool, BT_E_CONFIG,
                        "analytes.tsv: more than %d analytes have the alias '%s'", BT_MAX_NAMESAKES,
                        key);
    alias->analytes[alias->n++] = analyte;
    return NULL;
}

void bt_label_essential(bt_words_t *kept, const bt_catalogue_t *catalogue, const bt_words_t *words)
{
    bt_words_t all = *words;
    kept->n = 0;
    for (int i = 0; i < all.n; i++) {
        const bt_word_t *word = apr_hash_get(catalogue->words, all.word[i], APR_HASH_KEY_STRING);
        if (word && word->kind == BT_WORD_DROP)
            continue;
        kept->in_brackets[kept->n] = all.in_brackets[i];
        kept->word[kept->n++] = all.word[i];
    }
}

static bt_err_t *add_words(bt_catalogue_t *catalogue, const bt_words_t *words,
                           const bt_analyte_t *analyte, apr_pool_t *pool)
{
    if (!words->n)
        return NULL;
    BT_TRY(add_alias(catalogue, bt_label_joined(words, pool), analyte, pool));
    return words->n > 1 ? add_alias(catalogue, bt_label_sorted(words, pool), analyte, pool) : NULL;
}

/* An alias is found as it stands, and without the words that only name a tube or a method. */
static bt_err_t *add_label(bt_catalogue_t *catalogue, const char *label,
                           const bt_analyte_t *analyte, apr_pool_t *pool)
{
    bt_words_t words, essential;
    bt_label_words(&words, label, pool);
    bt_label_essential(&essential, catalogue, &words);
    BT_TRY(add_words(catalogue, &words, analyte, pool));
    return add_words(catalogue, &essential, analyte, pool);
}

static bt_err_t *load_words(bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    const bt_tsv_t *tsv = NULL;
    int word = 0, kind = 0, value = 0;
    catalogue->words = apr_hash_make(pool);
    BT_TRY(bt_catalogue_need(&tsv, catalogue, "label_words.tsv", pool));
    BT_TRY(bt_tsv_column(&word, tsv, "word", pool));
    BT_TRY(bt_tsv_column(&kind, tsv, "kind", pool));
    BT_TRY(bt_tsv_column(&value, tsv, "value", pool));
    for (int i = 0; i < tsv->n_rows; i++) {
        const char *name = tsv->rows[i][kind];
        bt_word_t *made = apr_pcalloc(pool, sizeof *made);
        made->value = tsv->rows[i][value];
        made->kind = !strcmp(name, "drop")       ? BT_WORD_DROP
                     : !strcmp(name, "keep")     ? BT_WORD_KEEP
                     : !strcmp(name, "specimen") ? BT_WORD_SPECIMEN
                                                 : 0;
        if (!made->kind)
            return bt_tsv_error(tsv, i, kind, "not drop, keep or specimen", pool);
        apr_hash_set(catalogue->words, bt_label_fold(tsv->rows[i][word], BT_MAX_LABEL, 0, pool),
                     APR_HASH_KEY_STRING, made);
    }
    return NULL;
}

/* The joined keys by their length: a label of n letters is compared with those of about n letters
 * only. */
static void index_lengths(bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    int counts[BT_MAX_KEY + 1] = {0};
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; pass && i <= BT_MAX_KEY; i++) {
            catalogue->by_length[i] =
                apr_pcalloc(pool, (apr_size_t)(counts[i] + 1) * sizeof(bt_alias_t *));
            counts[i] = 0;
        }
        for (apr_hash_index_t *hi = apr_hash_first(pool, catalogue->aliases); hi;
             hi = apr_hash_next(hi)) {
            void *value = NULL;
            apr_hash_this(hi, NULL, NULL, &value);
            bt_alias_t *alias = value;
            if (*alias->key == '~')
                continue;
            if (pass)
                catalogue->by_length[alias->length][counts[alias->length]] = alias;
            counts[alias->length]++;
        }
    }
}

bt_err_t *bt_catalogue_load_labels(bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    static const char prefix[] = "aliases_";
    const bt_tsv_t *tsv = NULL;
    catalogue->aliases = apr_hash_make(pool);
    BT_TRY(load_words(catalogue, pool));
    BT_TRY(bt_catalogue_need(&tsv, catalogue, "analytes.tsv", pool));
    for (int i = 0; i < tsv->n_rows; i++) {
        const bt_analyte_t *analyte = &catalogue->analytes[i];
        BT_TRY(add_label(catalogue, analyte->name, analyte, pool));
        for (int column = 0; column < tsv->n_columns; column++) {
            if (strncmp(tsv->head[column], prefix, sizeof prefix - 1))
                continue;
            const char **parts = bt_tsv_split(NULL, tsv->rows[i][column], '|', pool);
            for (; *parts; parts++)
                BT_TRY(add_label(catalogue, *parts, analyte, pool));
        }
    }
    index_lengths(catalogue, pool);
    return NULL;
}

unsigned long long bt_label_letters(const char *key)
{
    enum { DIGITS = 26, OTHERS = 36 };
    unsigned long long found = 0;
    for (const char *c = key; *c; c++) {
        int bit = *c >= 'a' && *c <= 'z'   ? *c - 'a'
                  : *c >= '0' && *c <= '9' ? DIGITS + (*c - '0')
                                           : OTHERS;
        found |= 1ULL << bit;
    }
    return found;
}

int bt_label_distance(const char *a, const char *b, int limit)
{
    int n = (int)strlen(a), m = (int)strlen(b);
    int above[BT_MAX_KEY + 1], row[BT_MAX_KEY + 1];
    if (n > BT_MAX_KEY || m > BT_MAX_KEY || abs(n - m) > limit)
        return limit + 1;
    for (int j = 0; j <= m; j++)
        above[j] = j;
    for (int i = 1; i <= n; i++) {
        int least = row[0] = i;
        for (int j = 1; j <= m; j++) {
            int best = above[j - 1] + (a[i - 1] != b[j - 1]);
            best = above[j] + 1 < best ? above[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            row[j] = best;
            least = best < least ? best : least;
        }
        if (least > limit)
            return limit + 1;
        memcpy(above, row, sizeof above[0] * (size_t)(m + 1));
    }
    return above[m];
}
