/* SPDX-License-Identifier: Apache-2.0
 * JSON written straight into a buffer, for what is written once and read by another process: no
 * tree is made of it first.  Members without a value (NULL, not a number, false) are left out, so
 * readers must take absent for null.  A key is NULL in an array.
 */
#ifndef BT_JSON_TEXT_H
#define BT_JSON_TEXT_H

#include "text.h"

/** Begin an object '{' or an array '['. */
void bt_json_text_open(bt_buffer_t *json, const char *key, char bracket);
/** End it: '}' or ']'. */
void bt_json_text_close(bt_buffer_t *json, char bracket);
/** A text of UTF-8; what is none is repaired. */
void bt_json_text_string(bt_buffer_t *json, const char *key, const char *value);
/** A number of up to 15 digits. */
void bt_json_text_number(bt_buffer_t *json, const char *key, double value);
void bt_json_text_true(bt_buffer_t *json, const char *key, int value);

#endif
