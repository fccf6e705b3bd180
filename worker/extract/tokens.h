/* SPDX-License-Identifier: Apache-2.0
 * The words behind a label as tokens: number, unit, interval, flag, qualitative word, or other
 * text.
 */
#ifndef BTX_TOKENS_H
#define BTX_TOKENS_H

#include "scan.h"

enum { BTX_MAX_TOKENS = 60 };

typedef enum {
    BTX_NUMBER,   /* "12.5" */
    BTX_LIMIT,    /* "< 5": a value or an interval with one end */
    BTX_INTERVAL, /* "4 - 10", "up to 5" */
    BTX_UNIT,
    BTX_FLAG,
    BTX_WORD, /* "negative" */
    BTX_DASH, /* "-": nothing printed */
    BTX_DATE, /* or a time: no part of a result */
    BTX_MARK, /* ":", "=" between label and value */
    BTX_OTHER
} btx_kind_t;

typedef struct btx_token_t {
    btx_kind_t kind;
    const char *text; /* as printed */
    int first, end;   /* words of the line; parts of one word share it */
    double x0, x1;
    btx_number_t number;
    bt_interval_t interval;
    int has_two;       /* interval with two ends */
    const char *means; /* of a flag or a word */
    int column;        /* set by rows.c: index into the table, or -1 */
} btx_token_t;

typedef struct btx_tokens_t {
    btx_token_t token[BTX_MAX_TOKENS];
    int n;
    int is_full; /* more tokens than a row can have */
} btx_tokens_t;

/** Words [first, end) of the line as tokens. */
void btx_tokens_make(btx_tokens_t *tokens, const btx_scan_t *scan, const btx_line_t *line,
                     int first, int end, apr_pool_t *pool);

/** Whether words [first, end) have no wider gap between them. */
int btx_in_one_cell(const btx_line_t *line, int first, int end);
/** "H", "[L]", "**", "↑", "High*": its meaning, "" for marks alone, NULL for no flag (flags.c). */
const char *btx_flag_means(const btx_scan_t *scan, const char *text, apr_pool_t *pool);
/** A dot or a box, which judges by its colour if at all. */
int btx_is_bullet(const char *text);
/** The mark that fills the first cell of a line; NULL where it holds anything else. */
const char *btx_lone_mark(const btx_scan_t *scan, const btx_line_t *line, int cell);
/** Whether a colon stands behind the word: "Normal: 24 - 195" names an interval and judges nothing.
 */
int btx_names_band(const btx_line_t *line, const btx_token_t *token);
/** "9.9-", "512+": what stands behind these digits says below or above; in "3+" it is a grade. */
int btx_is_glued_sign(const char *digits, const char *end);
/** The sign that may be the number's own, though it was not read with it: a dash, "<" or ">" in the
 * word right before it, or a dash glued behind it; NULL where there is none. */
const char *btx_sign_beside(const btx_line_t *line, const btx_token_t *value);
/** How many words at `first` are a step of dilution ("1:80"), a time ("2 min 30 sec"); else 0
 * (phrases.c). */
int btx_titre_words(const btx_line_t *line, int first, int end);
int btx_duration_words(const btx_line_t *line, int first, int end);
/** What a grade in brackets means that is the whole result, "(-)", "(2+)"; NULL where it is none.
 */
const char *btx_bracketed_grade(const char *text);
/** Where the grade or measure in brackets ends that stands at `first`, behind a word; `first` where
 * there is none. */
int btx_measure_end(const btx_scan_t *scan, const btx_line_t *line, int first, int end);

#endif
