/* SPDX-License-Identifier: Apache-2.0
 * Takes a sentence apart.  Only letters of Latin and Greek, ASCII digits and the usual signs are
 * taken: what looks like something else than it is (other alphabets, invisible characters, markup)
 * is no plain sentence.
 */
#include "ground_private.h"

#include <apr_lib.h>
#include <apr_strings.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "../text.h"

/* Signs beyond ASCII, and what they mean; "" is left out, NULL ends. */
static const struct {
    const char *sign, *plain;
} signs[] = {
    {"‘", "'"},
    {"’", "'"},
    {"“", "\""},
    {"”", "\""},
    {"–", "-"},
    {"—", " - "},
    {"−", "-"},
    {"‑", "-"},
    {"…", "..."},
    {"•", ""},
    {"·", " "},
    {"×", "x"},
    {"≤", "<="},
    {"≥", ">="},
    {"≈", "~"},
    {"µ", "u"},
    {"μ", "u"},
    {"²", "^2"},
    {"³", "^3"},
    {"⁹", "^9"},
    {"⁶", "^6"},
    {"¹²", "^12"},
    {"₂", "2"},
    {"₃", "3"},
    {"₄", "4"},
    {"°", ""},
    {"±", "+-"},
    {"÷", "/"},
    {"⁄", "/"},
    {"\xc2\xa0", " "},
    {"\xe2\x80\xaf", " "},
    {"\xe2\x80\x89", " "},
    {NULL, NULL},
};

/* Length of a letter of Latin-1, Latin Extended-A or small Greek in UTF-8; 0: none of those. */
static int letter_length(const unsigned char *c)
{
    if (c[0] == 0xC3 && c[1] >= 0x80 && c[1] <= 0xBF && c[1] != 0x97 && c[1] != 0xB7)
        return 2;
    if ((c[0] == 0xC4 || c[0] == 0xC5) && c[1] >= 0x80 && c[1] <= 0xBF)
        return 2;
    if (c[0] == 0xCE && ((c[1] >= 0xB1 && c[1] <= 0xB5) || c[1] == 0xBA))
        return 2; /* alpha to epsilon, kappa */
    return 0;
}

/* One sign beyond ASCII; returns its length, 0 where it is not taken. */
static int add_sign(bt_buffer_t *out, const char *at)
{
    for (int i = 0; signs[i].sign; i++) {
        size_t length = strlen(signs[i].sign);
        if (strncmp(at, signs[i].sign, length) == 0) {
            bt_buffer_add(out, signs[i].plain);
            return (int)length;
        }
    }
    int length = letter_length((const unsigned char *)at);
    bt_buffer_addn(out, at, (size_t)length);
    return length;
}

/* A tag, a link, a heading, a table, code, an entity, an address: more than emphasis. */
static int is_markup(const char *text)
{
    static const char *const marks[] = {"://", "www.",    "](", "```", "<!--", "&lt",        "&gt",
                                        "&#",  "{{",      "<|", "|>",  "\\n",  "\\u",        "{\"",
                                        "[[",  "mailto:", "##", "| ",  " |",   "javascript:"};
    static const char *const ends[] = {"com", "org", "net", "info", "io", "gov", "edu", "de", "uk"};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (strstr(text, marks[i]))
            return 1;
    }
    for (const char *c = text; *c; c++) {
        if (*c == '<' && (apr_isalpha(c[1]) || c[1] == '/' || c[1] == '!' || c[1] == '?'))
            return 1;
        if (*c == '@' || *c == '{' || *c == '}' || *c == '\\' || *c == '$' || *c == '|')
            return 1;
        for (size_t i = 0; *c == '.' && i < sizeof ends / sizeof ends[0]; i++) {
            size_t length = strlen(ends[i]);
            if (c > text && apr_isalnum(c[-1]) && !strncmp(c + 1, ends[i], length) &&
                !apr_isalnum(c[1 + length]))
                return 1;
        }
    }
    return 0;
}

const char *bt_ground_clean(bt_ground_reason_t *reason, const char *text, apr_pool_t *pool)
{
    bt_buffer_t *out = bt_buffer_create(BT_GROUND_MAX_TEXT * 2, pool);
    size_t length = strlen(text);
    *reason = BT_GROUND_FORM;
    if (length == 0 || length > BT_GROUND_MAX_TEXT)
        return NULL;
    *reason = BT_GROUND_MARKUP;
    if (is_markup(text))
        return NULL;
    while (*text == ' ' || *text == '-' || *text == '*' || *text == '\n' || *text == '\t')
        text++;
    while (*text) {
        unsigned char c = (unsigned char)*text;
        if (c >= 0x80) {
            int taken = add_sign(out, text);
            if (!taken)
                return NULL;
            text += taken;
            continue;
        }
        if ((c < ' ' && c != '\n' && c != '\t' && c != '\r') || c == 0x7f)
            return NULL;
        int is_emphasis = c == '*' || c == '`' || (c == '_' && (text[1] == '_' || text[-1] == '_'));
        int is_blank = c <= ' ';
        if (is_blank && out->length && out->text[out->length - 1] != ' ')
            bt_buffer_add(out, " ");
        if (!is_blank && !is_emphasis)
            bt_buffer_addn(out, text, 1);
        text++;
    }
    while (out->length && out->text[out->length - 1] == ' ')
        out->text[--out->length] = '\0';
    *reason = out->length && !out->is_full ? BT_GROUND_FINE : BT_GROUND_FORM;
    return *reason ? NULL : out->text;
}

/* ---- tokens ---- */

static int is_letter(const char *c)
{
    return apr_isalpha(*c) || letter_length((const unsigned char *)c) > 0;
}

static int letters(const char *c)
{
    int length = letter_length((const unsigned char *)c);
    return length ? length : 1;
}

/* "1,234.5", "3.5", "3,5", "150,000": how many bytes, and what it means. */
static int read_number(bt_token_t *token, const char *text, apr_pool_t *pool)
{
    int n = 0, commas = 0, points = 0, behind = 0;
    while (apr_isdigit(text[n]) ||
           ((text[n] == '.' || text[n] == ',') && apr_isdigit(text[n + 1]))) {
        commas += text[n] == ',';
        points += text[n] == '.';
        behind = apr_isdigit(text[n]) ? behind + 1 : 0;
        n++;
    }
    int is_decimal_comma = commas == 1 && points == 0 && behind != 3;
    char *plain = apr_pstrmemdup(pool, text, (apr_size_t)n), *to = plain;
    for (const char *c = plain; *c; c++) {
        if (*c == ',' && !is_decimal_comma)
            continue;
        *to++ = *c == ',' ? '.' : *c;
    }
    *to = '\0';
    token->kind = BT_TOKEN_NUMBER;
    token->text = token->low = apr_pstrmemdup(pool, text, (apr_size_t)n);
    if (points > 1 || bt_text_to_double(&token->number, plain))
        token->number = NAN;
    token->decimals = strchr(plain, '.') ? behind : 0;
    return n;
}

static int read_word(bt_token_t *token, const char *text, apr_pool_t *pool)
{
    int n = 0;
    while (is_letter(text + n) || apr_isdigit(text[n]) ||
           (text[n] == '\'' && is_letter(text + n + 1)))
        n += letters(text + n);
    token->kind = BT_TOKEN_WORD;
    token->text = apr_pstrmemdup(pool, text, (apr_size_t)n);
    token->low = bt_label_fold(token->text, (size_t)n, 0, pool);
    return n;
}

/* A point that ends a sentence has a blank or nothing behind it. */
static int ends_sentence(const char *at)
{
    return (*at == '.' || *at == '!' || *at == '?') && (!at[1] || at[1] == ' ' || at[1] == '"');
}

void bt_ground_tokens(bt_sentence_t *said, const char *text, apr_pool_t *pool)
{
    int sentence = 0, clause = 0, blank = 1;
    for (const char *at = text; *at && said->n_tokens < said->most_tokens;) {
        if (*at == ' ') {
            blank = 1;
            at++;
            continue;
        }
        bt_token_t *token = &said->tokens[said->n_tokens++];
        *token = (bt_token_t){.is_glued = !blank, .mention = -1, .number = NAN};
        token->sentence = sentence;
        token->clause = clause;
        const char *begin = at;
        if (apr_isdigit(*at)) {
            at += read_number(token, at, pool);
        } else if (is_letter(at)) {
            at += read_word(token, at, pool);
        } else {
            token->kind = BT_TOKEN_SIGN;
            token->text = token->low = apr_pstrmemdup(pool, at, 1);
            at++;
        }
        blank = 0;
        if (ends_sentence(begin)) {
            sentence++;
            clause++;
        } else if (*begin == ';' || *begin == ':') {
            clause++;
        }
    }
}

const char *bt_ground_key(const bt_sentence_t *said, int from, int to, int keep_case,
                          apr_pool_t *pool)
{
    const char *key = "";
    for (int i = from; i < to; i++) {
        if (said->tokens[i].kind != BT_TOKEN_SIGN)
            key = apr_pstrcat(pool, key, keep_case ? said->tokens[i].text : said->tokens[i].low,
                              NULL);
    }
    return key;
}
