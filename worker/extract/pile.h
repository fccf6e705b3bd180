/* SPDX-License-Identifier: Apache-2.0
 * Results whose parts stand below each other, while they are put together: what a line, or the part
 * of it under a name, can be (parts.c), and what was found around one name (stacks.c).
 */
#ifndef BTX_PILE_H
#define BTX_PILE_H

#include "reading.h"

typedef enum {
    PART_NONE,
    PART_VALUE,
    PART_RANGE,
    PART_UNIT,
    PART_STATUS,
    PART_REMARK /* a method, a specimen, a date */
} part_kind_t;

/* What was found below one name. */
typedef struct pile_t {
    int first, end; /* words of the name in its line */
    double left, right, middle;
    btx_row_t row;
    int n_values, n_ranges, last; /* last: line of its lowest part */
    int is_closed, is_named;      /* named: "Result: 12.5" */
    int wants_range;              /* "Reference range:" and nothing behind it */
    double up;                    /* how far above its name the value stands; 0: below */
} pile_t;

/* What the tokens are together, and which of them is the value, the interval, … */
typedef struct parts_t {
    const btx_token_t *value, *interval, *unit, *flag;
    const char *whole_range; /* of an interval behind a word like "Normal:"; or NULL */
    int n_values, n_intervals, n_odd;
} parts_t;

/** What the word before a ':' says about the rest of the line: "Result: 12.5", "Method: HPLC".
 * *n_words gets how many words it takes, 0 where there is none. */
part_kind_t btx_named_part(int *n_words, const btx_reading_t *reading, const btx_line_t *line,
                           const int range[2]);
/** What words that are the heading of a part and nothing else ("Value", "Normal range") say of the
 * line below them. */
part_kind_t btx_lead_part(const btx_reading_t *reading, const btx_line_t *line, const int range[2]);
/** What words [range[0], range[1]) are together; an interval's "< 5" where is_range. */
part_kind_t btx_read_part(parts_t *parts, btx_tokens_t *tokens, const btx_reading_t *reading,
                          const btx_line_t *line, const int range[2], int is_range);

#endif
