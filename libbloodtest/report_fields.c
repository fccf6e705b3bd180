/* SPDX-License-Identifier: Apache-2.0
 * The texts of a report and how long each may be: a row of a table each.
 */
#include "report_fields.h"

#include <stddef.h>

enum {
    MAX_LABEL = 400,
    MAX_VALUE = 400,
    MAX_UNIT = 120,
    MAX_REFERENCE = 4000,
    MAX_FLAG = 120,
    MAX_DATE = 80,
    MAX_REASON = 300,
    MAX_WORD = 60,
    MAX_LOINC = 12,
};

const bt_text_field_t bt_observation_texts[] = {
    {"id", offsetof(bt_observation_t, id), BT_MAX_ID_DIGITS + 1, 1},
    {"label", offsetof(bt_observation_t, label), MAX_LABEL, 1},
    {"value_text", offsetof(bt_observation_t, value_text), MAX_VALUE, 0},
    {"unit_text", offsetof(bt_observation_t, unit_text), MAX_UNIT, 0},
    {"reference_text", offsetof(bt_observation_t, reference_text), MAX_REFERENCE, 0},
    {"flag_text", offsetof(bt_observation_t, flag_text), MAX_FLAG, 0},
    {"section", offsetof(bt_observation_t, section), BT_MAX_HEADING_BYTES, 0},
    {"collected", offsetof(bt_observation_t, collected), MAX_DATE, 0},
    {"loinc", offsetof(bt_observation_t, loinc), MAX_LOINC, 0},
    {"value_word", offsetof(bt_observation_t, value_word), MAX_WORD, 0},
    {"unit", offsetof(bt_observation_t, unit), MAX_UNIT, 0},
    {"confidence_reason", offsetof(bt_observation_t, confidence_reason), MAX_REASON, 0},
    {NULL, 0, 0, 0},
};
const bt_text_field_t bt_line_texts[] = {
    {"text", offsetof(bt_line_t, text), BT_MAX_LINE_BYTES, 1},
    {"reason", offsetof(bt_line_t, reason), MAX_REASON, 0},
    {NULL, 0, 0, 0},
};
const bt_text_field_t bt_report_texts[] = {
    {"collected", offsetof(bt_report_t, collected), MAX_DATE, 0},
    {"received", offsetof(bt_report_t, received), MAX_DATE, 0},
    {"reported", offsetof(bt_report_t, reported), MAX_DATE, 0},
    {"laboratory", offsetof(bt_report_t, laboratory), BT_MAX_HEADING_BYTES, 0},
    {NULL, 0, 0, 0},
};
