/* SPDX-License-Identifier: Apache-2.0
 * Between the two halves of choosing among the tokens of a row: what each is taken for by its
 * column (see.c), and which of them is the value (picks.c).  Nobody else includes this.
 */
#ifndef BTX_SEEN_H
#define BTX_SEEN_H

#include "table.h"

/* What was seen while going through the tokens of a row. */
typedef struct btx_seen_t {
    btx_token_t *value, *loose, *unit, *reference_unit, *flag, *status, *interval, *spare_interval,
        *sign;
    int is_sign_value;                  /* the sign stands where the value should */
    int n_values, n_loose, n_odd;       /* odd: text where a value or unit should be */
    int n_aside;                        /* numbers under a heading of which nothing is known */
    int reference_first, reference_end; /* words of the reference column */
    double low, high;
    int odd_first, odd_end;
} btx_seen_t;

/** Take the token for what its column says that it is. */
void btx_see(btx_seen_t *seen, const btx_scan_t *scan, const btx_line_t *line, btx_token_t *token,
             btx_column_kind_t kind);
/** One more value. */
void btx_see_value(btx_seen_t *seen, btx_token_t *token);
/** Digits of another script: seen, but not read. */
int btx_is_foreign_number(const char *text);

#endif
