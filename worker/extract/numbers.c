/* SPDX-License-Identifier: Apache-2.0
 * Numbers as laboratories print them: decimal points or commas, thousands in threes, lakhs in twos,
 * powers of ten. Where digits can be read in two ways the document's own habit decides, and where
 * it has none the value is NAN.
 */
#include "scan.h"
#include "../../libbloodtest/text.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DIGITS = 24 };

const char *btx_skip_blanks(const char *text)
{
    for (;;) {
        if (*text == ' ' || *text == '\t')
            text++;
        else if (btx_starts(text, "\xc2\xa0"))
            text += 2;
        else
            return text;
    }
}

const char *btx_skip_dash(const char *text)
{
    static const char *const dashes[] = {"-",
                                         "\xe2\x80\x90",
                                         "\xe2\x80\x91",
                                         "\xe2\x80\x92",
                                         "\xe2\x80\x93",
                                         "\xe2\x80\x94",
                                         "\xe2\x88\x92",
                                         NULL};
    for (int i = 0; dashes[i]; i++) {
        size_t n = btx_starts(text, dashes[i]);
        if (n)
            return text + n;
    }
    return NULL;
}

static const char *skip_comparator(char comparator[3], const char *text)
{
    static const struct {
        const char *printed, *means;
    } signs[] = {{"> OR =", ">="},
                 {"< OR =", "<="},
                 {"> or =", ">="},
                 {"< or =", "<="},
                 {"<=", "<="},
                 {">=", ">="},
                 {"=<", "<="},
                 {"=>", ">="},
                 {"<", "<"},
                 {">", ">"},
                 {"=", ""},
                 {"\xe2\x89\xa4", "<="},
                 {"\xe2\x89\xa5", ">="},
                 {"\xe2\x89\xa6", "<="},
                 {"\xe2\x89\xa7", ">="},
                 {"\xe2\xa9\xbd", "<="},
                 {"\xe2\xa9\xbe", ">="},
                 {NULL, NULL}};
    comparator[0] = '\0';
    for (int i = 0; signs[i].printed; i++) {
        size_t n = btx_starts(text, signs[i].printed);
        if (n) {
            memcpy(comparator, signs[i].means, strlen(signs[i].means) + 1);
            text = btx_skip_blanks(text + n);
            /* "< = 5" */
            if (*text == '=' && comparator[0] && !comparator[1]) {
                comparator[1] = '=';
                comparator[2] = '\0';
                text = btx_skip_blanks(text + 1);
            }
            return text;
        }
    }
    return text;
}

static int has_commas(btx_style_t style)
{
    return style == BTX_STYLE_COMMA || style == BTX_STYLE_COMMA_GROUPS;
}

/* Groups of a number behind its first separator: all of three, or (lakhs) of two and a last one of
 * three. */
static int is_grouped(const char *digits, size_t n, char separator)
{
    size_t lead = strcspn(digits, ".,"), run = 0;
    int last = -1;
    if (lead > 3 || lead == 0 || (digits[0] == '0' && lead == 1))
        return 0;
    for (size_t i = lead; i < n; i++) {
        if (digits[i] == separator) {
            if (last >= 0 && run != 3 && run != 2)
                return 0;
            last = 0;
            run = 0;
        } else {
            run++;
        }
    }
    return run == 3;
}

static double plain_value(const char *digits, size_t n, char decimal)
{
    char plain[MAX_DIGITS + 1];
    size_t length = 0;
    double value = NAN;
    for (size_t i = 0; i < n; i++) {
        if (isdigit((unsigned char)digits[i]))
            plain[length++] = digits[i];
        else if (digits[i] == decimal)
            plain[length++] = '.';
    }
    plain[length] = '\0';
    return bt_text_to_double(&value, plain) ? NAN : value;
}

/* The value of digits, points and commas; *is_number gets 0 where they are none (a date, a
 * version). */
static double digits_value(int *is_number, const char *digits, size_t n, btx_style_t style)
{
    size_t points = 0, commas = 0, after = 0;
    char last = 0;
    for (size_t i = 0; i < n; i++) {
        points += digits[i] == '.';
        commas += digits[i] == ',';
        after++;
        if (!isdigit((unsigned char)digits[i])) {
            last = digits[i];
            after = 0;
        }
    }
    *is_number = 1;
    if (!last)
        return plain_value(digits, n, 0);
    if (points && commas) {
        size_t whole = n - after - 1;
        *is_number = (last == '.' ? points : commas) == 1 &&
                     is_grouped(digits, whole, last == '.' ? ',' : '.');
        return plain_value(digits, n, last);
    }
    if (points + commas > 1) {
        *is_number = is_grouped(digits, n, last);
        return plain_value(digits, n, 0);
    }
    if (after != 3 || !is_grouped(digits, n, last))
        return plain_value(digits, n, last);
    /* 1.234 or 1,234: decimals or thousands. */
    if (last == ',')
        return has_commas(style)          ? plain_value(digits, n, ',')
               : style == BTX_STYLE_MIXED ? NAN
                                          : plain_value(digits, n, 0);
    if (style == BTX_STYLE_COMMA_GROUPS)
        return plain_value(digits, n, 0);
    return style == BTX_STYLE_COMMA ? NAN : plain_value(digits, n, '.');
}

/* "x10^4", "*10^4", "e4" behind a number: its factor, past it. */
static const char *skip_power(double *factor, const char *text)
{
    const char *at = btx_skip_blanks(text);
    char *end = NULL;
    *factor = 1;
    if (*at == 'x' || *at == 'X' || *at == '*')
        at++;
    else if (!strncmp(at, "\xc3\x97", 2))
        at += 2;
    else
        return text;
    at = btx_skip_blanks(at);
    if (strncmp(at, "10", 2))
        return text;
    at += 2;
    if (*at != '^' && *at != 'e' && *at != 'E')
        return text;
    at++;
    if (!isdigit((unsigned char)*at))
        return text;
    long power = strtol(at, &end, 10);
    /* "x10^3/uL" belongs to the unit. */
    if (power > 15 || *btx_skip_blanks(end) == '/' || isalpha((unsigned char)*btx_skip_blanks(end)))
        return text;
    *factor = pow(10, (double)power);
    return end;
}

/* Past a sign that only parts groups of three: an apostrophe always; a blank where the document
 * writes decimals with commas, or where "000" stands behind it.  NULL where there is none. */
static const char *skip_parting(const char *text, btx_style_t style)
{
    static const char *const apostrophes[] = {"'", "\xe2\x80\x99", "\xc2\xb4", "\xe2\x80\x98",
                                              NULL};
    static const char *const blanks[] = {" ", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89", NULL};
    for (int i = 0; apostrophes[i]; i++) {
        size_t n = btx_starts(text, apostrophes[i]);
        if (n)
            return text + n;
    }
    for (int i = 0; blanks[i]; i++) {
        size_t n = btx_starts(text, blanks[i]);
        if (n)
            return has_commas(style) || btx_starts(text + n, "000") ? text + n : NULL;
    }
    return NULL;
}

/* "150 000", "150'000": groups of three.  Copies the digits to `plain`; where they end. */
static const char *join_groups(char *plain, const char *text, btx_style_t style)
{
    size_t n = strspn(text, "0123456789");
    const char *at = text + n;
    if (n > 3)
        return NULL;
    memcpy(plain, text, n);
    int groups = 0;
    for (const char *past = skip_parting(at, style);
         groups < 4 && past && strspn(past, "0123456789") == 3;
         past = skip_parting(at, style), groups++) {
        memcpy(plain + n, past, 3);
        n += 3;
        at = past + 3;
    }
    plain[n] = '\0';
    return groups ? at : NULL;
}

const char *btx_scan_number(btx_number_t *number, const char *text, btx_style_t style)
{
    const char *at = btx_skip_blanks(text), *dash = NULL;
    double sign = 1, factor = 1;
    int is_number = 0;
    number->comparator[0] = '\0';
    if (isalpha((unsigned char)*at)) /* as most words begin */
        return NULL;
    if (!isdigit((unsigned char)*at)) {
        at = skip_comparator(number->comparator, at);
        dash = btx_skip_dash(at);
    }
    if (dash && isdigit((unsigned char)*dash)) {
        sign = -1;
        at = dash;
    } else if (*at == '+' && isdigit((unsigned char)at[1])) {
        at++;
    }
    if (*at == '.' && isdigit((unsigned char)at[1])) {
        size_t run = strspn(at + 1, "0123456789");
        number->value = run < MAX_DIGITS ? sign * plain_value(at, run + 1, '.') : NAN;
        return run < MAX_DIGITS ? at + 1 + run : NULL;
    }
    char plain[MAX_DIGITS];
    const char *past = isdigit((unsigned char)*at) ? join_groups(plain, at, style) : NULL;
    if (past && !strchr(".,", *past ? *past : ' ')) {
        number->value = sign * plain_value(plain, strlen(plain), 0);
        return past;
    }
    size_t n = strspn(at, "0123456789.,");
    while (n && !isdigit((unsigned char)at[n - 1]))
        n--;
    if (!n || n > MAX_DIGITS || !isdigit((unsigned char)*at))
        return NULL;
    number->value = digits_value(&is_number, at, n, style);
    if (!is_number)
        return NULL;
    const char *end = skip_power(&factor, at + n);
    number->value *= sign * factor;
    return end;
}

/* "5.230.000": points that can only part groups of three. */
static int is_in_groups(const char *text)
{
    size_t lead = strspn(text, "0123456789");
    return lead > 0 && lead < 4 && text[lead] == '.' &&
           strspn(text + lead + 1, "0123456789") == 3 && text[lead + 4] == '.' &&
           strspn(text + lead + 5, "0123456789") == 3 && !strchr(".,", text[lead + 8]);
}

btx_style_t btx_style_of(const btx_words_t *words)
{
    int points = 0, commas = 0, groups = 0;
    for (int i = 0; i < words->n; i++) {
        const char *text = words->word[i].text;
        size_t lead = strspn(text, "<>=*("), whole = strspn(text + lead, "0123456789");
        const char *mark = text + lead + whole;
        if (!whole || (*mark != '.' && *mark != ','))
            continue;
        groups += is_in_groups(text + lead);
        size_t after = strspn(mark + 1, "0123456789");
        char next = mark[1 + after];
        if (!after || next == '.' || next == ',' || next == '/' || next == ':')
            continue;
        if (after == 3 && !(whole == 1 && text[lead] == '0'))
            continue;
        points += *mark == '.';
        commas += *mark == ',';
    }
    if (commas > 4 * points)
        return groups && !points ? BTX_STYLE_COMMA_GROUPS : BTX_STYLE_COMMA;
    if (points > 4 * commas)
        return BTX_STYLE_POINT;
    return points || commas ? BTX_STYLE_MIXED : BTX_STYLE_UNKNOWN;
}
