/* SPDX-License-Identifier: Apache-2.0
 * Results that are written with digits and are no number: titres, times, and what stands in
 * brackets behind a word.
 */
#include "tokens.h"

#include <string.h>
#include <strings.h>

/* "1:80", "<1:10": a step of dilution. */
int btx_titre_words(const btx_line_t *line, int first, int end)
{
    const char *text = line->word[first]->text, *at = text + strspn(text, "<>=");
    int n = *text && !*at && first + 1 < end ? 2 : 1;
    at = n == 2 ? line->word[first + 1]->text : at;
    size_t digits = strncmp(at, "1:", 2) ? 0 : strspn(at + 2, "0123456789");
    if (!digits || digits > 6 || at[2 + digits])
        return 0;
    return n;
}

static int is_one_of(const char *text, const char *const *words)
{
    size_t n = strcspn(text, ".,;");
    for (; *words; words++) {
        if (strlen(*words) == n && !strncasecmp(text, *words, n))
            return 1;
    }
    return 0;
}

/* "2 min 30 sec": a time, no number of either. */
int btx_duration_words(const btx_line_t *line, int first, int end)
{
    static const char *const minutes[] = {"min", "mins", "minute", "minutes", "minutos", "m", NULL};
    static const char *const seconds[] = {"sec", "secs", "second", "seconds", "seg", "s", NULL};
    enum { WORDS = 4 };
    if (first + WORDS > end || !btx_in_one_cell(line, first, first + WORDS))
        return 0;
    const char *text[WORDS];
    for (int i = 0; i < WORDS; i++)
        text[i] = line->word[first + i]->text;
    for (int i = 0; i < WORDS; i += 2) {
        if (text[i][strspn(text[i], "0123456789.")])
            return 0;
    }
    if (!is_one_of(text[1], minutes) || !is_one_of(text[3], seconds))
        return 0;
    return WORDS;
}

const char *btx_bracketed_grade(const char *text)
{
    static const char *const grades[][2] = {{"(-)", "negative"},     {"(\xe2\x88\x92)", "negative"},
                                            {"(\xc2\xb1)", "trace"}, {"(+-)", "trace"},
                                            {"(+/-)", "trace"},      {"(+)", "1+"},
                                            {"(++)", "2+"},          {"(+++)", "3+"},
                                            {"(++++)", "4+"},        {"(1+)", "1+"},
                                            {"(2+)", "2+"},          {"(3+)", "3+"}};
    for (size_t i = 0; i < sizeof grades / sizeof grades[0]; i++) {
        if (!strcmp(grades[i][0], text))
            return grades[i][1];
    }
    return NULL;
}

/* The end of "(++)", "(1+)", "(0.41)" or "(OD 0.032)" behind a word: how much, or what was
 * measured. An interval or a limit in brackets is none. */
int btx_measure_end(const btx_scan_t *scan, const btx_line_t *line, int first, int end)
{
    enum { MAX_MEASURE_WORDS = 3 };
    int has_digit = 0, is_grade = 1;
    if (first < end && btx_in_one_cell(line, first - 1, first + 1) &&
        !line->word[first]->text[strspn(line->word[first]->text, "+")])
        return first + 1; /* "Positive +" */
    for (int i = first; i < end && i < first + MAX_MEASURE_WORDS; i++) {
        const char *text = line->word[i]->text;
        if (!btx_in_one_cell(line, first - 1, i + 1) || (i == first && *text != '(') ||
            strpbrk(text, ":<>%~\xe2") || btx_skip_dash(text + (*text == '(')))
            return first;
        has_digit |= strpbrk(text, "0123456789") != NULL;
        is_grade &= !text[strspn(text, "()+0123456789")];
        if (text[strlen(text) - 1] == ')') {
            btx_number_t number;
            const char *last = text + (*text == '(');
            const char *past = btx_scan_number(&number, last, scan->style);
            return is_grade || (has_digit && past && !strcmp(past, ")")) ? i + 1 : first;
        }
    }
    return first;
}
