/* SPDX-License-Identifier: Apache-2.0
 * Fields of a head: where one begins, what it means, and the text that is its value.
 */
#ifndef BTX_FIELDS_H
#define BTX_FIELDS_H

#include "scan.h"

typedef struct btx_field_t {
    const char *means;
    int first, end; /* its own words */
} btx_field_t;

/** Whether a field begins at word i: known words, with a mark behind them or at the begin of a
 * cell. */
int btx_is_field(btx_field_t *field, const btx_scan_t *scan, const btx_line_t *line, int i);
/** Whether the word before `end` ends with ':' or one follows. */
int btx_has_mark(const btx_line_t *line, int end);
int btx_starts_cell(const btx_line_t *line, int i);

/** Words behind the field, up to the next field or a column away; NULL where there are none. */
const char *btx_value_behind(const btx_scan_t *scan, const btx_line_t *line,
                             const btx_field_t *field, apr_pool_t *pool);
/** The cell under the field, for heads that print names above values; NULL where there is none. */
const char *btx_value_below(const btx_lines_t *lines, int index, const btx_field_t *field,
                            apr_pool_t *pool);

/** Past a date with its year ("14/5/2023", "14 May 2023"), and its parts: day and month in the
 * order of the text (-1: a name), and the year.  NULL where it is none. */
const char *btx_skip_date(int part[3], const char *text);
/** "14/5/2023", "03:11": two numbers with a mark between them somewhere in the text. */
int btx_has_marked_date(const char *text);
/** The plain form of an age with "m" written out where it is months: "34 y 5 m f", "3 m f"; in "34
 * m" it is the sex. */
const char *btx_age_key(const btx_scan_t *scan, const char *key, apr_pool_t *pool);
/** An age in a plain form ("45 month", "34 y 5 m f") in years; NAN where there is none. */
double btx_age_in(const btx_scan_t *scan, const char *key, apr_pool_t *pool);

#endif
