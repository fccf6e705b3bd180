/* SPDX-License-Identifier: Apache-2.0
 * Whether a text is a unit: one the catalogue knows, or one built of known parts ("x10^3/µl",
 * "cells/cu.mm"). The parts are data; here is only how they are put together.
 */
#include "table.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <ctype.h>
#include <string.h>

enum { MAX_UNIT_BYTES = 40, MAX_PARTS = 8, MAX_KEPT = 20000 };

/* A number inside a unit: the ten of a power, its exponent, 1.73, 100 ml, 24 h. */
static int is_inner_number(const char *digits, size_t n)
{
    static const char *const known[] = {"10", "100", "1000", "1.73", "1,73", "24", "1", NULL};
    for (int i = 0; known[i]; i++) {
        if (strlen(known[i]) == n && !memcmp(known[i], digits, n))
            return 1;
    }
    return 0;
}

/* One part at `*at`: 1 letters that are a unit, 2 a power of ten, 0 a part that makes no unit
 * alone, -1 no unit. */
static int take_part(const char **at, const btx_scan_t *scan, char before, int is_after_letters)
{
    char part[MAX_UNIT_BYTES + 1];
    const char *text = *at;
    if (isdigit((unsigned char)*text)) {
        size_t n = strspn(text, "0123456789.,");
        while (n && !isdigit((unsigned char)text[n - 1]))
            n--;
        *at = text + n;
        if (is_after_letters && n == 1)
            return 0;
        if (n >= 3 && !memcmp(text, "10", 2) && n <= 4 && text[2] != '0' &&
            strspn(text, "0123456789") == n)
            return 2; /* 109: a superscript that was written out */
        if (!strncmp(text, "10", 2) && n == 2 && text[2] && strchr("^*eE", text[2])) {
            *at = text + 3 + strspn(text + 3, "+-0123456789");
            return 2;
        }
        return is_inner_number(text, n) && (!isalpha((unsigned char)before) || before == 'x') ? 0
                                                                                              : -1;
    }
    if (isalpha((unsigned char)*text)) {
        size_t n = 0;
        while (isalpha((unsigned char)text[n]) && n < MAX_UNIT_BYTES)
            n++;
        memcpy(part, text, n);
        part[n] = '\0';
        *at = text + n;
        const char *means = btx_lexicon_find(scan->lexicon, "unit", part);
        return !means ? -1 : *means == 's' ? 1 : 0;
    }
    *at = text + 1;
    return *text == '%' ? 2 : strchr("/.*^()[]{} -_", *text) ? 0 : -1;
}

/* In line, for short lists. */
static int is_any(char c, const char *list)
{
    while (*list && *list != c)
        list++;
    return *list != '\0';
}

static int is_unit(const btx_scan_t *scan, const char *text, size_t bytes, apr_pool_t *scratch_pool)
{
    const char *plain = bt_label_fold(text, bytes, 0, scratch_pool);
    size_t letters = 0, length = strlen(plain);
    int depth = 0;
    for (size_t i = 0; i < length && depth >= 0; i++) {
        letters += isalpha((unsigned char)plain[i]) || plain[i] == '%';
        depth += is_any(plain[i], "([{") - is_any(plain[i], ")]}");
    }
    if (!letters || depth || strchr("-)]", *plain) ||
        (isdigit((unsigned char)*plain) && strncmp(plain, "10", 2)))
        return 0;
    if (length == 1)
        return strchr("%sgu", *plain) && strcmp(text, "S") && strcmp(text, "G");
    const char *power = strncmp(plain, "x ", 2) ? text : text + 2; /* "x E9/L" */
    if (!strpbrk(power, ":;<>=, ") && bt_catalogue_unit(scan->catalogue, power))
        return 1;
    int units = 0, is_after_letters = 0, parts = 0;
    for (const char *at = plain; *at; parts++) {
        int is_letter = isalpha((unsigned char)*at);
        int kind = take_part(&at, scan, at > plain ? at[-1] : ' ', is_after_letters);
        if (kind < 0 || parts > 2 * MAX_PARTS)
            return 0;
        /* "100 mg/dl" is a number and a unit; "1000/µl" and "10^3/µl" are units */
        if (!parts && !kind && isdigit((unsigned char)*plain) && *at != '/')
            return 0;
        /* the exponent of m2, mm3, cm^2 */
        is_after_letters = is_letter ? at[-1] == 'm' : is_after_letters && at[-1] == '^';
        units += kind > 0;
    }
    return units > 0;
}

/* Whether several words can be a unit by the letters that they begin with. */
static int may_begin(const btx_scan_t *scan, const char *text)
{
    char part[MAX_UNIT_BYTES + 1];
    size_t n = 0;
    for (; isalpha((unsigned char)text[n]); n++)
        part[n] = (char)tolower((unsigned char)text[n]);
    part[n] = '\0';
    return !n || text[n] & 0x80 || btx_lexicon_find(scan->lexicon, "unit", part);
}

int btx_is_unit(const btx_scan_t *scan, const char *text, apr_pool_t *scratch_pool)
{
    size_t bytes = strlen(text);
    if (!bytes || bytes > MAX_UNIT_BYTES || (strchr(text, ' ') && !may_begin(scan, text)))
        return 0;
    const char *known = apr_hash_get(scan->units, text, (apr_ssize_t)bytes);
    if (!known) {
        apr_pool_t *pool = apr_hash_pool_get(scan->units);
        known = is_unit(scan, text, bytes, scratch_pool) ? "unit" : "";
        if (apr_hash_count(scan->units) < MAX_KEPT)
            apr_hash_set(scan->units, apr_pstrmemdup(pool, text, bytes), (apr_ssize_t)bytes, known);
    }
    return *known != '\0';
}

int btx_is_per_field(const char *text)
{
    const char *field = text + strlen(text);
    return field - text >= 3 &&
           (!strncasecmp(field - 3, "hpf", 3) || !strncasecmp(field - 3, "lpf", 3));
}

int btx_is_unit_note(const btx_scan_t *scan, const char *text, apr_pool_t *scratch_pool)
{
    size_t n = strlen(text);
    return n > 2 && *text == '(' && text[n - 1] == ')' && !strchr(text, ' ') &&
           btx_lexicon_text(scan->lexicon, "calc", text, scratch_pool) != NULL;
}

/* What of the text from `at` is a unit, without marks at its end; NULL where it is none. */
static const char *unit_at(const btx_scan_t *scan, const char *at, apr_pool_t *pool)
{
    size_t n = strlen(at);
    while (n && strchr(")] .", at[n - 1]))
        n--;
    const char *unit = apr_pstrmemdup(pool, at, n);
    return n && btx_is_unit(scan, unit, pool) ? unit : NULL;
}

/* The unit glued or joined to an interval ("40-65%", "13 - 17 g/dL", "4 - 10 x10^3/µL"), NULL where
 * there is none: the longest that begins at a word, else what stands behind the last digit. */
const char *btx_tail_unit(const btx_scan_t *scan, const char *text, apr_pool_t *pool)
{
    const char *at = text + strlen(text), *last = strrchr(text, ' ');
    if (last && btx_is_unit_note(scan, last + 1, pool))
        return last + 1;
    for (const char *blank = strchr(text, ' '); blank; blank = strchr(blank + 1, ' ')) {
        size_t digits = strspn(blank + 1, "0123456789");
        int is_number = digits && strchr(" ", blank[1 + digits]);
        const char *unit = is_number ? NULL : unit_at(scan, blank + 1, pool);
        if (unit)
            return unit;
    }
    while (at > text && !strchr("0123456789", at[-1]))
        at--;
    at = btx_skip_blanks(at);
    return unit_at(scan, *at == ')' || *at == ']' ? btx_skip_blanks(at + 1) : at, pool);
}

void btx_split_span(btx_row_t *row, const btx_scan_t *scan, apr_pool_t *pool)
{
    const char *unit = row->unit ? NULL : btx_tail_unit(scan, row->value, pool);
    size_t n = strlen(row->value), tail = unit ? strlen(unit) : 0;
    if (!unit || strcmp(row->value + n - tail, unit) != 0)
        return;
    n -= tail;
    while (n && row->value[n - 1] == ' ')
        n--;
    row->unit = unit;
    row->value = apr_pstrmemdup(pool, row->value, n);
}
