/* SPDX-License-Identifier: Apache-2.0
 * JSON into a buffer.  Numbers with few decimals, which nearly all are, are printed by hand: the C
 * library takes longer for one than for the rest of a row.
 */
#include "json_text.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const double decimals = 1e6, largest = 1e9;

/* `,"key":` in one piece, and the quote that opens a text. */
static void begin(bt_buffer_t *json, const char *key, int is_text)
{
    enum { MAX_KEY = 40 };
    const char last = json->length ? json->text[json->length - 1] : '[';
    const size_t length = key ? strlen(key) : 0;
    char piece[MAX_KEY + 5], *at = piece;
    assert(length <= MAX_KEY);
    if (last != '{' && last != '[')
        *at++ = ',';
    if (key) {
        *at++ = '"';
        memcpy(at, key, length);
        at += length;
        *at++ = '"';
        *at++ = ':';
    }
    if (is_text)
        *at++ = '"';
    bt_buffer_addn(json, piece, (size_t)(at - piece));
}

void bt_json_text_open(bt_buffer_t *json, const char *key, char bracket)
{
    begin(json, key, 0);
    bt_buffer_addn(json, &bracket, 1);
}

void bt_json_text_close(bt_buffer_t *json, char bracket)
{
    bt_buffer_addn(json, &bracket, 1);
}

/* Bytes from `at` that need no escape. */
static size_t plain_length(const char *at, int *is_ascii)
{
    size_t n = 0;
    for (unsigned char c = (unsigned char)at[n]; c >= ' ' && c != '"' && c != '\\';
         c = (unsigned char)at[++n])
        *is_ascii &= c < 0x80;
    return n;
}

void bt_json_text_string(bt_buffer_t *json, const char *key, const char *value)
{
    int is_ascii = 1;
    if (!value)
        return;
    size_t length = strlen(value);
    if (plain_length(value, &is_ascii) < length || !is_ascii)
        value = bt_text_clean(value, length, json->pool);
    begin(json, key, 1);
    while (*value) {
        size_t n = plain_length(value, &is_ascii);
        bt_buffer_addn(json, value, n);
        value += n;
        if (*value)
            bt_buffer_addf(json, "\\u%04x", (unsigned)(unsigned char)*value++);
    }
    bt_buffer_addn(json, "\"", 1);
}

/* The number is `whole` millionths. */
static void add_decimal(bt_buffer_t *json, long long whole)
{
    char text[32], *at = text + sizeof text, *end = at;
    const int is_negative = whole < 0;
    unsigned long long left =
        is_negative ? 0ULL - (unsigned long long)whole : (unsigned long long)whole;
    for (double scale = decimals; scale > 1; scale /= 10, left /= 10) {
        if (left % 10 || at < end)
            *--at = (char)('0' + left % 10);
    }
    if (at < end)
        *--at = '.';
    do {
        *--at = (char)('0' + left % 10);
    } while (left /= 10);
    if (is_negative)
        *--at = '-';
    bt_buffer_addn(json, at, (size_t)(end - at));
}

void bt_json_text_number(bt_buffer_t *json, const char *key, double value)
{
    if (!isfinite(value))
        return;
    begin(json, key, 0);
    double whole = fabs(value) < largest ? round(value * decimals) : NAN;
    if (whole / decimals == value)
        add_decimal(json, (long long)whole);
    else
        bt_buffer_addf(json, "%.15g", value);
}

void bt_json_text_true(bt_buffer_t *json, const char *key, int value)
{
    if (!value)
        return;
    begin(json, key, 0);
    bt_buffer_addn(json, "true", 4);
}
