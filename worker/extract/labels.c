/* SPDX-License-Identifier: Apache-2.0
 * What can be a label: words with letters that are no field of the patient block, no category of a
 * table of risks and no sentence.
 */
#include "table.h"

#include <apr_strings.h>
#include <ctype.h>
#include <string.h>

enum { MAX_LABEL_BYTES = 110, MAX_LABEL_WORDS = 14 };

static int has_letters(const char *text)
{
    for (; *text; text++) {
        if (isalpha((unsigned char)*text) || (*text & 0x80))
            return 1;
    }
    return 0;
}

/* "1", "1.", "12)", "(a)": the number of an item. */
static int is_item_number(const char *text)
{
    size_t n = strspn(text, "0123456789");
    return n && n <= 3 && (!text[n] || (strchr(".)", text[n]) && !text[n + 1]));
}

static int is_mark(const char *text)
{
    static const char *const marks[] = {"*",
                                        "#",
                                        "-",
                                        ".",
                                        ":",
                                        "=",
                                        "\xe2\x80\xa2",
                                        "\xc2\xb7",
                                        "\xe2\x80\x93",
                                        "\xe2\x97\x8f",
                                        "\xe2\x96\xaa",
                                        "\xe2\x86\x92",
                                        NULL};
    while (*text) {
        size_t step = 0;
        for (int i = 0; marks[i] && !step; i++)
            step = btx_starts(text, marks[i]);
        if (!step)
            return 0;
        text += step;
    }
    return 1;
}

/* The number of a remark, in smaller type behind a name. */
static int is_raised_number(const btx_word_t *name, const btx_word_t *word)
{
    size_t n = strspn(word->text, "0123456789");
    return n && n <= 2 && !word->text[n] && word->size < 0.75 * name->size;
}

/* "2.14 mIU/L": a value without its name. */
static int is_amount(const btx_scan_t *scan, const btx_line_t *line, int first, int end)
{
    btx_number_t number;
    const char *past = btx_scan_number(&number, line->word[first]->text, scan->style);
    const char *next = first + 1 < end ? line->word[first + 1]->text : "";
    return past && !*past && strpbrk(next, "/%") && btx_is_unit(scan, next, scan->scratch);
}

/* "Up to 200": an interval without its result. */
static int is_limit(const btx_scan_t *scan, const btx_line_t *line, int first, int end)
{
    btx_number_t number;
    int n = 0;
    if (!btx_lexicon_longest(&n, scan->lexicon, "upto", line, first, end) || first + n + 1 != end)
        return 0;
    const char *past = btx_scan_number(&number, line->word[first + n]->text, scan->style);
    return past && !*past;
}

/* "9.1H": another value and its mark. */
static int is_marked_value(const btx_scan_t *scan, const btx_line_t *line, int first, int end)
{
    btx_number_t number;
    const char *text = line->word[first]->text, *past = NULL;
    if (end - first == 1)
        past = btx_scan_number(&number, text, scan->style);
    return past && *past && btx_flag_means(scan, past, scan->scratch);
}

/* Whether a phrase of this kind begins the label and nothing or a ':' follows it. */
static int begins_with(const btx_scan_t *scan, const char *kind, const btx_line_t *line, int first,
                       int end)
{
    int n = 0;
    if (!btx_lexicon_longest(&n, scan->lexicon, kind, line, first, end))
        return 0;
    if (first + n == end)
        return 1;
    const char *last = line->word[first + n - 1]->text, *next = line->word[first + n]->text;
    return last[strlen(last) - 1] == ':' || *next == ':';
}

/* "Hexokinase - Cobas": a method and the instrument behind it, as stands below a name beside the
 * same result in other units. */
static int is_method_line(const btx_scan_t *scan, const btx_line_t *line, int first, int end)
{
    int n = 0;
    if (!btx_lexicon_longest(&n, scan->lexicon, "method", line, first, end) || first + n >= end)
        return 0;
    const char *past = btx_skip_dash(line->word[first + n]->text);
    return past && !*past;
}

/* Length without the code of a classification in brackets at the end: "Glucose (ICD-9: L43)". */
static size_t without_code(const char *text, size_t n)
{
    static const char *const systems[] = {"ICD", "LOINC", "CPT", "TUSS", "NABM", "EBM", NULL};
    size_t open = n;
    if (!n || !strchr(")]", text[n - 1]))
        return n;
    while (open && !strchr("([", text[open - 1]))
        open--;
    for (int i = 0; open > 1 && systems[i]; i++) {
        const size_t length = strlen(systems[i]);
        if (strncmp(text + open, systems[i], length) || !strchr(" :-", text[open + length]))
            continue;
        for (open--; open && text[open - 1] == ' ';)
            open--;
        return open;
    }
    return n;
}

/* "Result", "Your value": says what follows, and names nothing. */
static int is_value_word(const btx_scan_t *scan, const btx_line_t *line, int first, int end)
{
    int n = 0;
    const char *means = btx_lexicon_longest(&n, scan->lexicon, "column", line, first, end);
    return means && first + n == end && !strcmp(means, "value");
}

const char *btx_label_clean(const btx_scan_t *scan, const btx_line_t *line, int first, int end,
                            apr_pool_t *pool)
{
    while (first < end && (is_mark(line->word[first]->text) ||
                           (first + 1 < end && is_item_number(line->word[first]->text) &&
                            (strpbrk(line->word[first]->text, ".)") ||
                             line->word[first + 1]->box.x0 - line->word[first]->box.x1 >
                                 0.75 * line->word[first]->size))))
        first++;
    while (end > first && is_mark(line->word[end - 1]->text))
        end--;
    while (end > first + 1 && is_raised_number(line->word[first], line->word[end - 1]))
        end--;
    if (first >= end || end - first > MAX_LABEL_WORDS || is_amount(scan, line, first, end) ||
        is_limit(scan, line, first, end) || is_marked_value(scan, line, first, end))
        return NULL;
    const char *text = btx_line_text(line, first, end, pool);
    size_t n = strlen(text);
    while (n && strchr(":.=_ ", text[n - 1]))
        n--;
    n = without_code(text, n);
    while (n && strchr("*#:.", *text)) {
        text++;
        n--;
    }
    text = apr_pstrmemdup(pool, text, n);
    if (!n || strchr("([", text[n - 1]) || n > MAX_LABEL_BYTES || !has_letters(text) ||
        strchr(text, '|') || strchr(text, '@'))
        return NULL;
    if (begins_with(scan, "field", line, first, end) ||
        begins_with(scan, "category", line, first, end) ||
        (end - first > 1 && begins_with(scan, "refword", line, first, end)) ||
        begins_with(scan, "method", line, first, end) || is_method_line(scan, line, first, end) ||
        is_value_word(scan, line, first, end))
        return NULL;
    return text;
}

/* Whether the word is a number with decimals, one behind a sign or one with a per cent sign; the
 * 1.73 square metres of a filtration rate are part of its name. */
static int is_like_value(const btx_scan_t *scan, const char *text)
{
    btx_number_t number;
    const char *past = btx_scan_number(&number, text, scan->style);
    if (!past || !strcmp(text, "1.73") || !strcmp(text, "1,73"))
        return 0;
    return !strcmp(past, "%") || (!*past && (*number.comparator || strpbrk(text, ".,")));
}

int btx_label_holds_value(const btx_scan_t *scan, const btx_line_t *line, int first, int end)
{
    btx_number_t number;
    for (int i = first + 1; i < end; i++) {
        const char *text = line->word[i]->text, *past = btx_scan_number(&number, text, scan->style);
        int is_number = past && !*past;
        const char *next = i + 1 < end ? line->word[i + 1]->text : "";
        if (is_like_value(scan, text) || strchr("<>", *text) || !strncmp(text, "\xe2\x89", 2))
            return 1;
        if (is_number && *line->word[i - 1]->text == '*')
            return 1;
        if (is_number && strpbrk(next, "/%") && btx_is_unit(scan, next, scan->scratch))
            return 1;
        for (int k = 0; is_number && k < line->n_cells; k++) {
            if ((k && line->cell[k].first == i && line->cell[k].end == i + 1) ||
                (line->cell[k].end == i + 1 && i + 1 < end))
                return 1; /* a number in a column of its own, or another cell behind it */
        }
    }
    return 0;
}

int btx_is_next_name(const btx_scan_t *scan, const btx_line_t *line, int cell)
{
    btx_number_t number;
    int first = line->cell[cell].first, end = line->cell[cell].end, at = first + 1;
    while (at < end && !btx_scan_number(&number, line->word[at]->text, scan->style))
        at++; /* "Cl 103" has both in one cell */
    if (at == end) {
        const char *next = end < line->n ? line->word[end]->text : "-";
        const char *bare = next + strspn(next, "*");
        if (*bare && !btx_scan_number(&number, bare, scan->style))
            return 0;
    }
    const char *name = btx_label_clean(scan, line, first, at, scan->scratch);
    return name && bt_catalogue_label_likeness(scan->catalogue, name, scan->scratch) >= 0.8;
}
