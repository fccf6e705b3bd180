/* SPDX-License-Identifier: Apache-2.0
 * The texts of a report as JSON has them: name, place in the struct, bytes at most, whether there
 * must be one.  Shared by what writes and what reads them, so that both know the same.
 */
#ifndef BT_REPORT_FIELDS_H
#define BT_REPORT_FIELDS_H

#include "report.h"

enum { BT_MAX_ID_DIGITS = 6, BT_MAX_LINE_BYTES = 2000, BT_MAX_HEADING_BYTES = 400 };

typedef struct bt_text_field_t {
    const char *name; /* NULL behind the last one */
    size_t offset, limit;
    int required;
} bt_text_field_t;

extern const bt_text_field_t bt_observation_texts[], bt_line_texts[], bt_report_texts[];

#endif
