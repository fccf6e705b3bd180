/* SPDX-License-Identifier: Apache-2.0
 * Reference intervals: two numbers with a dash or "to" between them, or one with a sign or words
 * like "up to". A text that says more than one interval is only understood where it names the sex
 * of this patient.
 */
#include "scan.h"

#include <apr_strings.h>
#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

enum { MAX_INTERVAL_BYTES = 80, MAX_TEXT = 600, MAX_WORDS = 120 };

/* Past "to", "bis", … between two numbers; NULL where there is no such word. */
static const char *skip_to(const char *text, const btx_scan_t *scan, apr_pool_t *scratch_pool)
{
    const char *at = btx_skip_blanks(text), *dash = btx_skip_dash(at);
    if (dash)
        return dash;
    if (*at == '~')
        return at + 1;
    size_t n = 0;
    while (isalpha((unsigned char)at[n]) || (at[n] & 0x80))
        n++;
    if (!n || n > 12)
        return NULL;
    return btx_lexicon_text(scan->lexicon, "to", apr_pstrmemdup(scratch_pool, at, n), scratch_pool)
               ? at + n
               : NULL;
}

/* "up to", "less than": its meaning and past it, up to the first digit. */
static const char *skip_words(const char **means, const char *text, const btx_scan_t *scan,
                              apr_pool_t *scratch_pool)
{
    size_t n = strcspn(text, "0123456789<>=");
    *means = NULL;
    if (!n || n > MAX_INTERVAL_BYTES)
        return NULL;
    *means = btx_lexicon_text(scan->lexicon, "upto", apr_pstrmemdup(scratch_pool, text, n),
                              scratch_pool);
    return *means ? text + n : NULL;
}

static void set_one(bt_interval_t *interval, const char *comparator, double value)
{
    *interval = (bt_interval_t){NAN, NAN, 0, 0};
    if (*comparator == '<') {
        interval->high = value;
        interval->high_excluded = !comparator[1];
    } else {
        interval->low = value;
        interval->low_excluded = !comparator[1];
    }
}

/* What may stand behind an interval: nothing, a unit, closing brackets. */
static int is_end(const char *text, const btx_scan_t *scan, apr_pool_t *scratch_pool)
{
    const char *at = btx_skip_blanks(text);
    if (*at == ')' || *at == ']') /* "(1.5 - 7.7)/mm³" */
        at = btx_skip_blanks(at + 1);
    size_t n = strlen(at);
    if (btx_is_unit_note(scan, at, scratch_pool))
        return 1;
    while (n && strchr(")] .;,", at[n - 1]))
        n--;
    return !n || btx_is_unit(scan, apr_pstrmemdup(scratch_pool, at, n), scratch_pool);
}

/* A unit between the first number and the dash: "13 g/dL - 17 g/dL", "4% - 6%". */
static const char *skip_inner_unit(const char *text, const btx_scan_t *scan,
                                   apr_pool_t *scratch_pool)
{
    const char *at = btx_skip_blanks(text);
    size_t n = strcspn(at, " -");
    if (n && n < 16 && btx_is_unit(scan, apr_pstrmemdup(scratch_pool, at, n), scratch_pool))
        return at + n;
    return text;
}

static const char *skip_one_of(const char *text, const char *const *words)
{
    for (; *words; words++) {
        size_t n = strlen(*words);
        if (!strncasecmp(text, *words, n) && text[n] == ' ')
            return btx_skip_blanks(text + n);
    }
    return NULL;
}

/* "between 4 and 6" */
static const char *skip_between(int *is_between, const char *text)
{
    static const char *const words[] = {"between", "zwischen", "entre", "tra", "fra", NULL};
    const char *past = skip_one_of(text, words);
    *is_between = past != NULL;
    return past ? past : text;
}

/* "from 4 to 6" */
static const char *skip_from(const char *text)
{
    static const char *const words[] = {"from", "von", "de", "desde", "da", NULL};
    const char *past = skip_one_of(text, words);
    return past && isdigit((unsigned char)*past) ? past : text;
}

static const char *skip_and(const char *text)
{
    static const char *const words[] = {"and", "und", "y", "et", "e", NULL};
    return skip_one_of(btx_skip_blanks(text), words);
}

/* "0268-2550011": the code of a town or land and a telephone number. */
static int is_telephone(const char *text)
{
    size_t n = strspn(text, "0123456789");
    return *text == '0' && n > 2 && text[n] && strspn(text + n + 1, "0123456789") > 4;
}

/* "[60 -]": a dash and the bracket that was opened before the number. */
static int is_open_end(const char *text)
{
    const char *past = btx_skip_dash(btx_skip_blanks(text));
    past = past ? btx_skip_blanks(past) : "";
    return strspn(past, ")]") == 1 && !past[1];
}

int btx_is_interval(bt_interval_t *interval, int *has_two, const btx_scan_t *scan, const char *text,
                    apr_pool_t *scratch_pool)
{
    btx_number_t low, high;
    int is_between = 0;
    const char *means = NULL, *at = btx_skip_blanks(text);
    if (strlen(at) > MAX_INTERVAL_BYTES)
        return 0;
    int is_bracketed = *at == '(' || *at == '[';
    while (*at == '(' || *at == '[')
        at = btx_skip_blanks(at + 1);
    *has_two = 0;
    at = skip_between(&is_between, at);
    at = skip_from(at);
    const char *words = skip_words(&means, at, scan, scratch_pool);
    if (words && *words == *means)
        at = words; /* "above >= 60" says it twice */
    if (words && *words != '<' && *words != '>') {
        const char *end = btx_scan_number(&high, words, scan->style);
        if (!end || !is_end(end, scan, scratch_pool))
            return 0;
        set_one(interval, means, high.value);
        return 1;
    }
    const char *end = btx_scan_number(&low, at, scan->style);
    if (!end || is_telephone(at))
        return 0;
    if (*low.comparator && is_end(end, scan, scratch_pool)) {
        set_one(interval, low.comparator, low.value);
        return 1;
    }
    if (*low.comparator == '<')
        return 0;
    end = skip_inner_unit(end, scan, scratch_pool);
    if (is_bracketed && is_open_end(end)) {
        set_one(interval, ">=", low.value);
        return 1;
    }
    end = is_between ? skip_and(end) : skip_to(end, scan, scratch_pool);
    end = end ? btx_scan_number(&high, end, scan->style) : NULL;
    if (!end || !is_end(end, scan, scratch_pool) || low.value > high.value ||
        *high.comparator == '>')
        return 0;
    *has_two = 1;
    *interval = (bt_interval_t){low.value, high.value, 0, *high.comparator && !high.comparator[1]};
    return 1;
}

/* The word that names a sex, in "M:", "Male", "(F)". */
static char sex_of(const char *word, const btx_scan_t *scan, apr_pool_t *scratch_pool)
{
    const char *means = btx_lexicon_text(scan->lexicon, "sex", word, scratch_pool);
    return means ? *means : 0;
}

int btx_find_interval(bt_interval_t *interval, const btx_scan_t *scan, const char *text, char sex,
                      apr_pool_t *scratch_pool)
{
    char *copy = apr_pstrndup(scratch_pool, text, MAX_TEXT), *rest = NULL;
    const char *words[MAX_WORDS];
    int n = 0, has_two = 0, found = 0, is_named = 0;
    char named = 0;
    for (char *c = copy; *c; c++)
        *c = *c == ':' || *c == ';' ? ' ' : *c;
    for (char *word = apr_strtok(copy, " \n", &rest); word && n < MAX_WORDS;
         word = apr_strtok(NULL, " \n", &rest))
        words[n++] = word;
    for (int i = 0; i < n; i++) {
        char here = sex_of(words[i], scan, scratch_pool);
        if (here) {
            named = here;
            is_named = 1;
            continue;
        }
        for (int take = n - i < 5 ? n - i : 5; take > 0; take--) {
            const char *part = words[i];
            bt_interval_t one;
            for (int k = 1; k < take; k++)
                part = apr_pstrcat(scratch_pool, part, " ", words[i + k], NULL);
            if (!btx_is_interval(&one, &has_two, scan, part, scratch_pool))
                continue;
            if (!named || named == sex) {
                *interval = one;
                found++;
            }
            i += take - 1;
            break;
        }
    }
    return found == 1 && (!is_named || sex);
}
