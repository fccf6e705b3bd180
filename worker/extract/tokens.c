/* SPDX-License-Identifier: Apache-2.0
 * Cuts words into tokens, the longest reading first: an interval before a number, a number with the
 * unit or flag glued to it before text.  A token never spans two cells, except an interval whose
 * dash stands between them.
 */
#include "tokens.h"

#include <apr_strings.h>
#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

enum { MAX_INTERVAL_WORDS = 6, MAX_UNIT_WORDS = 4, MAX_RESULT_WORDS = 4 };

typedef struct cutter_t {
    const btx_scan_t *scan;
    const btx_line_t *line;
    int end;
    apr_pool_t *pool;
} cutter_t;

static btx_token_t *add(btx_tokens_t *tokens, const cutter_t *cut, btx_kind_t kind, int first,
                        int end)
{
    static btx_token_t spare;
    if (tokens->n == BTX_MAX_TOKENS) {
        tokens->is_full = 1;
        return &spare;
    }
    btx_token_t *token = &tokens->token[tokens->n++];
    memset(token, 0, sizeof *token);
    token->kind = kind;
    token->first = first;
    token->end = end;
    bt_box_t box = btx_line_box(cut->line, first, end);
    token->x0 = box.x0;
    token->x1 = box.x1;
    token->column = -1;
    token->interval = (bt_interval_t){NAN, NAN, 0, 0};
    token->number.value = NAN;
    token->text = btx_line_text(cut->line, first, end, cut->pool);
    return token;
}

int btx_in_one_cell(const btx_line_t *line, int first, int end)
{
    for (int i = 0; i < line->n_cells; i++) {
        if (first >= line->cell[i].first && end <= line->cell[i].end)
            return 1;
    }
    return 0;
}

/* "13.0   -   17.0" over three cells.  A dash that stands close to the first number and far from
 * the second is the mark "too low" of the first. */
static int is_wide_interval(const btx_line_t *line, int first, int end)
{
    const char *past = end - first == 3 ? btx_skip_dash(line->word[first + 1]->text) : NULL;
    if (!past || *past ||
        (btx_in_one_cell(line, first, first + 2) &&
         line->word[first + 2]->box.x0 - line->word[first + 1]->box.x1 >
             2 * line->word[first]->size))
        return 0;
    return line->word[first + 2]->box.x0 - line->word[first]->box.x1 < 5 * line->word[first]->size;
}

static int take_interval(btx_tokens_t *tokens, const cutter_t *cut, int first)
{
    int most = cut->end - first < MAX_INTERVAL_WORDS ? cut->end - first : MAX_INTERVAL_WORDS;
    int least = 1; /* up to the first digit */
    while (least <= most && !strpbrk(cut->line->word[first + least - 1]->text, "0123456789"))
        least++;
    for (int n = most; n >= least; n--) {
        bt_interval_t interval;
        int has_two = 0;
        if (!btx_in_one_cell(cut->line, first, first + n) &&
            !is_wide_interval(cut->line, first, first + n))
            continue;
        const char *text = btx_line_text(cut->line, first, first + n, cut->pool);
        if (!btx_is_interval(&interval, &has_two, cut->scan, text, cut->pool))
            continue;
        btx_number_t number;
        int is_limit =
            btx_scan_number(&number, text, cut->scan->style) && *number.comparator && !has_two;
        /* "< 5 mg/dL": the unit is a token of its own. */
        while (is_limit && n > 1) {
            const char *less = btx_line_text(cut->line, first, first + n - 1, cut->pool);
            if (!btx_is_interval(&interval, &has_two, cut->scan, less, cut->pool))
                break;
            n--;
        }
        btx_token_t *token =
            add(tokens, cut, is_limit ? BTX_LIMIT : BTX_INTERVAL, first, first + n);
        token->interval = interval;
        token->has_two = has_two;
        if (is_limit)
            token->number = number;
        return n;
    }
    return 0;
}

/* The text without a bracket that was opened before it. */
static const char *without_end(const char *text, apr_pool_t *pool)
{
    size_t n = strlen(text);
    if (n < 2 || !strchr(")]", text[n - 1]) || strpbrk(text, "(["))
        return text;
    return apr_pstrmemdup(pool, text, n - 1);
}

static int take_unit(btx_tokens_t *tokens, const cutter_t *cut, int first)
{
    int most = cut->end - first < MAX_UNIT_WORDS ? cut->end - first : MAX_UNIT_WORDS;
    for (int n = most; n > 0; n--) {
        if (n > 1 && (!btx_in_one_cell(cut->line, first, first + n) ||
                      btx_flag_means(cut->scan, cut->line->word[first + n - 1]->text, cut->pool)))
            continue;
        const char *whole = btx_line_text(cut->line, first, first + n, cut->pool);
        const char *text = without_end(whole, cut->pool);
        if (btx_is_unit(cut->scan, text, cut->pool) ||
            btx_is_unit_note(cut->scan, whole, cut->pool)) {
            add(tokens, cut, BTX_UNIT, first, first + n)->text = text;
            return n;
        }
    }
    return 0;
}

/* "x10*12/L(4.50-6.50)": the interval in brackets right behind the unit. */
static int take_unit_interval(btx_tokens_t *tokens, const cutter_t *cut, int first)
{
    const char *text = cut->line->word[first]->text, *open = strpbrk(text, "([");
    bt_interval_t interval;
    int has_two = 0;
    if (!open || open == text || !isdigit((unsigned char)open[1]) ||
        !btx_is_interval(&interval, &has_two, cut->scan, open, cut->pool) || !has_two)
        return 0;
    const char *unit = apr_pstrmemdup(cut->pool, text, (size_t)(open - text));
    if (!btx_is_unit(cut->scan, unit, cut->pool))
        return 0;
    add(tokens, cut, BTX_UNIT, first, first + 1)->text = unit;
    btx_token_t *token = add(tokens, cut, BTX_INTERVAL, first, first + 1);
    token->text = open;
    token->interval = interval;
    token->has_two = has_two;
    return 1;
}

static int take_flag(btx_tokens_t *tokens, const cutter_t *cut, int first)
{
    int n = 0;
    const char *text = cut->line->word[first]->text;
    const char *means =
        btx_lexicon_longest(&n, cut->scan->lexicon, "flag", cut->line, first, cut->end);
    if (means && n > 1 && btx_in_one_cell(cut->line, first, first + n)) {
        add(tokens, cut, BTX_FLAG, first, first + n)->means = means;
        return n;
    }
    means = btx_flag_means(cut->scan, text, cut->pool);
    /* One odd sign that is neither letter nor digit, alone in its cell, is a flag in some symbol
     * font. */
    if (!means && !isalnum((unsigned char)*text) && !*cut->line->word[first]->key &&
        !btx_is_bullet(text) && strlen(text) <= 4 && !strchr("-:;,.|/()[]_=+<>", *text) &&
        strncmp(text, "\xe2\x89", 2) && !btx_skip_dash(text))
        means = "";
    if (!means)
        return 0;
    add(tokens, cut, BTX_FLAG, first, first + 1)->means = means;
    return 1;
}

/* The words without the stars at their ends, which are a flag. */
static btx_token_t *add_word(btx_tokens_t *tokens, const cutter_t *cut, int first, int n)
{
    btx_token_t *token = add(tokens, cut, BTX_WORD, first, first + n);
    const char *text = token->text;
    size_t length = strlen(text), before = strspn(text, "*"), behind = 0;
    while (behind < length && text[length - 1 - behind] == '*')
        behind++;
    if (before == length || !(before + behind))
        return token;
    token->text = apr_pstrmemdup(cut->pool, text + before, length - before - behind);
    btx_token_t *flag = add(tokens, cut, BTX_FLAG, first, first + n);
    flag->text = before ? apr_pstrmemdup(cut->pool, text, before) : text + length - behind;
    flag->means = "";
    return token;
}

static int take_result_word(btx_tokens_t *tokens, const cutter_t *cut, int first)
{
    int n = 0, most = cut->end - first < MAX_RESULT_WORDS ? cut->end : first + MAX_RESULT_WORDS;
    const char *means = btx_bracketed_grade(cut->line->word[first]->text);
    if (means) {
        add(tokens, cut, BTX_WORD, first, first + 1)->means = means;
        return 1;
    }
    means = btx_lexicon_longest(&n, cut->scan->lexicon, "word", cut->line, first, most);
    if (!means || !btx_in_one_cell(cut->line, first, first + n))
        return 0;
    const char *last = cut->line->word[first + n - 1]->text;
    if (strchr(last, ':') || (strchr(cut->line->word[first]->text, '(') && !strchr(last, ')')))
        return 0;
    n = btx_measure_end(cut->scan, cut->line, first + n, cut->end) - first;
    add_word(tokens, cut, first, n)->means = means;
    return n;
}

/* "150 000" in two or three words, where that is one number. */
static int take_groups(btx_tokens_t *tokens, const cutter_t *cut, int first)
{
    if (isalpha((unsigned char)*cut->line->word[first]->text))
        return 0;
    for (int n = 4; n > 1; n--) {
        btx_number_t number;
        if (first + n > cut->end || !btx_in_one_cell(cut->line, first, first + n) ||
            btx_is_overprinted(cut->line, first, first + n))
            continue;
        const char *text = btx_line_text(cut->line, first, first + n, cut->pool);
        const char *end = btx_scan_number(&number, text, cut->scan->style);
        if (!end || *end || *number.comparator)
            continue;
        add(tokens, cut, BTX_NUMBER, first, first + n)->number = number;
        return n;
    }
    return 0;
}

/* "103/uL" or "109 /L" behind a number: the unit, its three or nine having been raised. */
static int take_power_unit(btx_tokens_t *tokens, const cutter_t *cut, int first)
{
    static const char *const powers[] = {"103/",  "106/",  "109/",  "1012/",
                                        "103 /", "106 /", "109 /", "1012 /", NULL};
    int has_number = 0;
    for (int i = 0; i < tokens->n; i++)
        has_number |= tokens->token[i].kind == BTX_NUMBER || tokens->token[i].kind == BTX_LIMIT;
    for (int n = 1; has_number && n < 4 && first + n <= cut->end; n++) {
        const char *text = btx_line_text(cut->line, first, first + n, cut->pool);
        for (int i = 0; powers[i] && btx_in_one_cell(cut->line, first, first + n); i++) {
            if (btx_starts(text, powers[i]) && btx_is_unit(cut->scan, text, cut->pool)) {
                add(tokens, cut, BTX_UNIT, first, first + n);
                return n;
            }
        }
    }
    return 0;
}

/* A word that begins with a number (or a mark and a number): the number, and what is glued to it.
 */
static int take_number(btx_tokens_t *tokens, const cutter_t *cut, int first)
{
    const char *text = cut->line->word[first]->text, *at = text + (*text == ':');
    btx_number_t number;
    size_t marks = strspn(at, "*");
    const char *end = btx_scan_number(&number, at + marks, cut->scan->style);
    if (!end)
        return 0;
    marks += at[marks] == '=';
    const char *digits = apr_pstrmemdup(cut->pool, at + marks, (size_t)(end - at) - marks);
    const char *means = *end ? btx_flag_means(cut->scan, end, cut->pool) : NULL;
    if (*end && !means && btx_is_glued_sign(digits, end))
        means = *end == '+' ? "H" : "L";
    int is_unit = *end && !means && btx_is_unit(cut->scan, end, cut->pool);
    if (*end && !means && !is_unit)
        return 0;
    if (*at == '*') {
        btx_token_t *flag = add(tokens, cut, BTX_FLAG, first, first + 1);
        flag->text = apr_pstrmemdup(cut->pool, at, marks);
        flag->means = "";
    }
    btx_token_t *token =
        add(tokens, cut, *number.comparator ? BTX_LIMIT : BTX_NUMBER, first, first + 1);
    token->number = number;
    token->text = digits;
    if (means) {
        btx_token_t *flag = add(tokens, cut, BTX_FLAG, first, first + 1);
        flag->text = end;
        flag->means = means;
    } else if (is_unit) {
        /* "15.8x10^9 /L" and "8.2g /dL" go on in the next word. */
        int n = 1;
        while (n < MAX_UNIT_WORDS && first + n < cut->end &&
               btx_in_one_cell(cut->line, first, first + n + 1) &&
               !btx_flag_means(cut->scan, cut->line->word[first + n]->text, cut->pool) &&
               btx_is_unit(
                   cut->scan,
                   apr_pstrcat(cut->pool, end, " ",
                               btx_line_text(cut->line, first + 1, first + n + 1, cut->pool), NULL),
                   cut->pool))
            n++;
        btx_token_t *unit = add(tokens, cut, BTX_UNIT, first, first + n);
        unit->text =
            n == 1 ? end
                   : apr_pstrcat(cut->pool, end, " ",
                                 btx_line_text(cut->line, first + 1, first + n, cut->pool), NULL);
        return n;
    }
    return 1;
}

/* "<" and its number in two words. */
static int take_split_limit(btx_tokens_t *tokens, const cutter_t *cut, int first)
{
    btx_number_t number;
    /* apart from the number, it says that the number is above or below its interval */
    if (first + 1 >= cut->end || !strchr("<>=\xe2", *cut->line->word[first]->text) ||
        !btx_in_one_cell(cut->line, first, first + 2))
        return 0;
    const char *text = btx_line_text(cut->line, first, first + 2, cut->pool);
    const char *end = btx_scan_number(&number, text, cut->scan->style);
    if (!end || *end || btx_scan_number(&number, cut->line->word[first]->text, cut->scan->style))
        return 0;
    (void)btx_scan_number(&number, text, cut->scan->style);
    btx_token_t *token =
        add(tokens, cut, *number.comparator ? BTX_LIMIT : BTX_NUMBER, first, first + 2);
    token->number = number;
    token->text = *text == '=' ? cut->line->word[first + 1]->text : text;
    return 2;
}

/* A date, a time, or both; "1:80" is none. */
static int take_date(btx_tokens_t *tokens, const cutter_t *cut, int first)
{
    int date[2], n = btx_is_date_of_words(date, cut->line, first, cut->end);
    while (first + n < cut->end && n < 5) {
        const char *text = cut->line->word[first + n]->text;
        int is_half = n && (!strcasecmp(text, "am") || !strcasecmp(text, "pm"));
        if (!is_half && !btx_is_date(text) && !btx_is_time(text))
            break;
        n++;
    }
    if (n)
        add(tokens, cut, BTX_DATE, first, first + n);
    return n;
}

/* So many words as a result that is no number. */
static int take_words(btx_tokens_t *tokens, const cutter_t *cut, int first, const char *means,
                      int n)
{
    if (n)
        add(tokens, cut, BTX_WORD, first, first + n)->means = means;
    return n;
}

static int is_dashes(const char *text)
{
    int n = 0;
    for (const char *past = btx_skip_dash(text); past; past = btx_skip_dash(text), n++)
        text = past;
    return n && !*text;
}

/* A letter in small type in a place of its own, or a letter and its number behind another word,
 * refers to a note below the table. */
static int is_footnote(const btx_line_t *line, int i)
{
    const btx_word_t *word = line->word[i];
    size_t digits = islower((unsigned char)*word->text) ? strspn(word->text + 1, "0123456789") : 3;
    return digits < 3 && !word->text[1 + digits] && word->size < 0.85 * line->size &&
           (!digits || (i && btx_in_one_cell(line, i - 1, i + 1)));
}

void btx_tokens_make(btx_tokens_t *tokens, const btx_scan_t *scan, const btx_line_t *line,
                     int first, int end, apr_pool_t *pool)
{
    cutter_t cut = {scan, line, end, pool};
    tokens->n = 0;
    tokens->is_full = 0;
    for (int i = first; i < end && !tokens->is_full;) {
        int n = take_date(tokens, &cut, i);
        n = n ? n : take_words(tokens, &cut, i, "titre", btx_titre_words(line, i, end));
        n = n ? n : take_words(tokens, &cut, i, "duration", btx_duration_words(line, i, end));
        n = n ? n : take_power_unit(tokens, &cut, i);
        n = n ? n : take_interval(tokens, &cut, i);
        n = n ? n : take_split_limit(tokens, &cut, i);
        n = n ? n : take_groups(tokens, &cut, i);
        n = n ? n : take_number(tokens, &cut, i);
        n = n ? n : take_result_word(tokens, &cut, i);
        n = n ? n : take_flag(tokens, &cut, i);
        n = n ? n : take_unit_interval(tokens, &cut, i);
        n = n ? n : take_unit(tokens, &cut, i);
        if (!n) {
            const char *text = line->word[i]->text;
            int is_mark = !strcmp(text, ":") || !strcmp(text, "=") || !text[strspn(text, "[]()")] ||
                          btx_is_bullet(text) || is_footnote(line, i);
            add(tokens, &cut,
                is_dashes(text) ? BTX_DASH
                : is_mark       ? BTX_MARK
                                : BTX_OTHER,
                i, i + 1);
            n = 1;
        }
        i += n;
    }
}
