/* SPDX-License-Identifier: Apache-2.0
 * Numbers, units and intervals in text as it is printed.  Nothing here knows where on a page the
 * text stands.
 */
#ifndef BTX_SCAN_H
#define BTX_SCAN_H

#include "lexicon.h"

/* How the document writes decimals, decided from all its numbers. */
typedef enum {
    BTX_STYLE_UNKNOWN,
    BTX_STYLE_POINT,
    BTX_STYLE_COMMA,
    BTX_STYLE_COMMA_GROUPS, /* and points part groups of three, never decimals */
    BTX_STYLE_MIXED
} btx_style_t;

/* Which number of a date like "03/07/2024" is the day, decided from the dates that allow only one.
 */
typedef enum { BTX_ORDER_UNKNOWN, BTX_DAY_FIRST, BTX_MONTH_FIRST } btx_order_t;

typedef struct btx_number_t {
    double value; /* NAN: the digits can be read in two ways */
    char comparator[3];
} btx_number_t;

/* Where the heading of a table has the words for men and women over its intervals. */
typedef struct btx_sexes_t {
    int page;     /* 0: nowhere */
    double x[2];  /* middles of the words, men first */
    char patient; /* 'M', 'F', 0: not known */
} btx_sexes_t;

typedef struct btx_scan_t {
    const btx_lexicon_t *lexicon;
    const bt_catalogue_t *catalogue;
    btx_style_t style;
    btx_order_t order;
    btx_sexes_t sexes;
    apr_pool_t *scratch;      /* emptied now and then */
    struct apr_hash_t *units; /* texts that were asked for, and whether each is a unit */
} btx_scan_t;

/** The length of `prefix` where the text begins with it, else 0.  In line, for tables of marks are
 * held against every character of a page, and mostly the first byte decides. */
static inline size_t btx_starts(const char *text, const char *prefix)
{
    size_t n = 0;
    while (prefix[n] && text[n] == prefix[n])
        n++;
    return prefix[n] ? 0 : n;
}

/** "14/5/2023", "14-May-23"; "08:15", "08:15:30". */
int btx_is_date(const char *text);
int btx_is_time(const char *text);
/** "12 Jan 2021" in three words from `first`: 3, else 0. */
int btx_is_date_of_words(int date[2], const btx_line_t *line, int first, int end);
/** A date as numbers that can be compared: with the day first, and with the month first; 0 where it
 * is none so. */
void btx_date_read(int date[2], const char *text);

btx_order_t btx_order_of(const btx_words_t *words);
/** Take the date as the order says that it was meant, where it says anything. */
void btx_date_settle(int date[2], btx_order_t order);

btx_style_t btx_style_of(const btx_words_t *words);

/** Leave out the numbers at the axes of charts (axes.c). */
void btx_drop_axes(btx_words_t *words, const btx_scan_t *scan);

/** A number at the begin of the text, with its comparator, sign and power of ten: where it ends, or
 * NULL. */
const char *btx_scan_number(btx_number_t *number, const char *text, btx_style_t style);
/** Past blanks (also those that do not break). */
const char *btx_skip_blanks(const char *text);
/** Past a dash of any length, or NULL. */
const char *btx_skip_dash(const char *text);

/** "/hpf": so many in a field of the microscope. */
int btx_is_per_field(const char *text);
/** Whether the whole text is a unit. */
int btx_is_unit(const btx_scan_t *scan, const char *text, apr_pool_t *scratch_pool);

/** Whether the text is the "(calc)" that stands where a ratio has no unit. */
int btx_is_unit_note(const btx_scan_t *scan, const char *text, apr_pool_t *scratch_pool);

/** Whether the whole text is an interval ("a - b", "a to b", "up to b", "< b", "(a - b) unit");
 * what it says. *has_two gets 1 for two ends, 0 for one. */
int btx_is_interval(bt_interval_t *interval, int *has_two, const btx_scan_t *scan, const char *text,
                    apr_pool_t *scratch_pool);

/** The interval that a longer text names for this patient ("Male: 13 - 17 Female: 12 - 15"), or 0.
 */
int btx_find_interval(bt_interval_t *interval, const btx_scan_t *scan, const char *text, char sex,
                      apr_pool_t *scratch_pool);

#endif
