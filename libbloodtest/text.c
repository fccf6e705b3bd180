/* SPDX-License-Identifier: Apache-2.0
 * Bounded text buffers, UTF-8 repair and strict numbers: what every parser and writer here would
 * otherwise write again.
 */
#include "text.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <apr_strings.h>

enum { FIRST_ROOM = 64, MAX_NUMBER_CHARS = 64 };

bt_buffer_t *bt_buffer_create(size_t limit, apr_pool_t *pool)
{
    bt_buffer_t *buffer = apr_pcalloc(pool, sizeof(*buffer));
    buffer->pool = pool;
    buffer->limit = limit;
    buffer->room = FIRST_ROOM;
    buffer->text = apr_palloc(pool, buffer->room);
    *buffer->text = '\0';
    return buffer;
}

void bt_buffer_reserve(bt_buffer_t *buffer, size_t room)
{
    if (room <= buffer->room)
        return;
    char *larger = apr_palloc(buffer->pool, room);
    memcpy(larger, buffer->text, buffer->length + 1);
    buffer->text = larger;
    buffer->room = room;
}

void bt_buffer_addn(bt_buffer_t *buffer, const char *text, size_t length)
{
    if (buffer->is_full)
        return;
    if (length > buffer->limit - buffer->length) {
        length = buffer->limit - buffer->length;
        while (length &&
               ((unsigned char)text[length] & 0xc0) == 0x80) /* not in the middle of a character */
            length--;
        buffer->is_full = 1;
    }
    if (buffer->length + length + 1 > buffer->room) {
        size_t room = buffer->room;
        while (room < buffer->length + length + 1)
            room *= 2;
        bt_buffer_reserve(buffer, room);
    }
    memcpy(buffer->text + buffer->length, text, length);
    buffer->length += length;
    buffer->text[buffer->length] = '\0';
}

void bt_buffer_add(bt_buffer_t *buffer, const char *text)
{
    if (text)
        bt_buffer_addn(buffer, text, strlen(text));
}

const char *bt_text_vformat(apr_pool_t *pool, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    size_t room = length > 0 ? (size_t)length + 1 : 1;
    char *text = apr_pcalloc(pool, room);
    vsnprintf(text, room, fmt, args);
    return text;
}

void bt_buffer_addf(bt_buffer_t *buffer, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    const char *text = bt_text_vformat(buffer->pool, fmt, args);
    va_end(args);
    bt_buffer_add(buffer, text);
}

void bt_buffer_add_html(bt_buffer_t *buffer, const char *text)
{
    for (const char *c = text ? text : ""; *c; c++) {
        switch (*c) {
        case '&':
            bt_buffer_addn(buffer, "&amp;", 5);
            break;
        case '<':
            bt_buffer_addn(buffer, "&lt;", 4);
            break;
        case '>':
            bt_buffer_addn(buffer, "&gt;", 4);
            break;
        case '"':
            bt_buffer_addn(buffer, "&quot;", 6);
            break;
        case '\'':
            bt_buffer_addn(buffer, "&#39;", 5);
            break;
        default: {
            size_t run = strcspn(c, "&<>\"'");
            bt_buffer_addn(buffer, c, run);
            c += run - 1;
        }
        }
    }
}

/* Length of the valid UTF-8 character at `at` (of `left` bytes), 0 where it is not one. */
static size_t utf8_length(const unsigned char *at, size_t left)
{
    if (at[0] < 0x80)
        return 1;
    size_t n = at[0] >= 0xc2 && at[0] <= 0xdf   ? 2
               : (at[0] & 0xf0) == 0xe0         ? 3
               : at[0] >= 0xf0 && at[0] <= 0xf4 ? 4
                                                : 0;
    if (!n || n > left)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    if ((at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xed && at[1] > 0x9f) ||
        (at[0] == 0xf0 && at[1] < 0x90) || (at[0] == 0xf4 && at[1] > 0x8f))
        return 0;
    return n;
}

const char *bt_text_clean(const char *text, size_t length, apr_pool_t *pool)
{
    char *clean = apr_palloc(pool, length * 3 + 1); /* a bad byte becomes three */
    char *to = clean;
    for (size_t i = 0; i < length;) {
        const unsigned char *at = (const unsigned char *)text + i;
        size_t n = utf8_length(at, length - i);
        if (!n) {
            memcpy(to, "\xef\xbf\xbd", 3);
            to += 3;
            i++;
        } else if (n == 1 && ((*at < 0x20 && *at != '\n' && *at != '\t') || *at == 0x7f)) {
            *to++ = ' ';
            i++;
        } else {
            memcpy(to, at, n);
            to += n;
            i += n;
        }
    }
    *to = '\0';
    return clean;
}

/* Bytes of what ends a line or commands a terminal, at `at` of valid UTF-8; 0: something else. */
static size_t control_length(const unsigned char *at)
{
    if (at[0] < 0x20 || at[0] == 0x7f)
        return 1;
    if (at[0] == 0xc2 && at[1] < 0xa0)
        return 2;
    return at[0] == 0xe2 && at[1] == 0x80 && (at[2] == 0xa8 || at[2] == 0xa9) ? 3 : 0;
}

const char *bt_text_one_line(const char *text, apr_pool_t *pool)
{
    if (!text)
        return NULL;
    char *line = apr_pstrdup(pool, bt_text_clean(text, strlen(text), pool));
    char *to = line;
    for (const char *at = line; *at;) {
        const size_t length = control_length((const unsigned char *)at);
        *to++ = length ? '?' : *at;
        at += length ? length : 1;
    }
    *to = '\0';
    return line;
}

size_t bt_text_length(const char *text)
{
    size_t n = 0;
    for (const char *c = text; *c; c++)
        n += ((unsigned char)*c & 0xc0) != 0x80;
    return n;
}

/* Locale-free: the library never calls setlocale, yet a host may have, so the decimal point is
 * checked by hand. */
int bt_text_to_double(double *value, const char *text)
{
    size_t digits = 0, i = 0, length = text ? strlen(text) : 0;
    if (!length || length > MAX_NUMBER_CHARS)
        return -1;
    double sign = text[0] == '-' ? -1 : 1, mantissa = 0;
    int scale = 0, exponent = 0;
    i += text[0] == '-' || text[0] == '+';
    for (int after_point = 0; i < length; i++) {
        if (text[i] == '.' && !after_point) {
            after_point = 1;
        } else if (text[i] >= '0' && text[i] <= '9') {
            mantissa = mantissa * 10 + (text[i] - '0');
            scale -= after_point;
            digits++;
        } else {
            break;
        }
    }
    if (!digits)
        return -1;
    if (i < length && (text[i] == 'e' || text[i] == 'E')) {
        int negative = text[++i] == '-', any = 0;
        i += text[i] == '-' || text[i] == '+';
        for (; i < length && text[i] >= '0' && text[i] <= '9' && exponent < 1000; i++, any = 1)
            exponent = exponent * 10 + (text[i] - '0');
        if (!any)
            return -1;
        exponent = negative ? -exponent : exponent;
    }
    if (i != length)
        return -1;
    scale += exponent;
    /* Dividing by a power of ten keeps 5.4 exact to the last bit, where multiplying by 0.1 would
     * not. */
    double result = sign * (scale < 0 ? mantissa / pow(10, -scale) : mantissa * pow(10, scale));
    if (!isfinite(result))
        return -1;
    *value = result;
    return 0;
}

int bt_text_to_int64(long long *value, const char *text)
{
    if (!text || !*text || strlen(text) > 20)
        return -1;
    for (const char *c = text + (*text == '-'); c == text + (*text == '-') || *c; c++) {
        if (*c < '0' || *c > '9')
            return -1;
    }
    errno = 0;
    apr_int64_t parsed = apr_strtoi64(text, NULL, 10);
    if (errno)
        return -1;
    *value = parsed;
    return 0;
}

const char *bt_hex_encode(const unsigned char *bytes, size_t length, apr_pool_t *pool)
{
    static const char digits[] = "0123456789abcdef";
    char *hex = apr_palloc(pool, length * 2 + 1);
    for (size_t i = 0; i < length; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    hex[2 * length] = '\0';
    return hex;
}

/* One more than the value of each digit, 0 for what is none: every document comes out of PostgreSQL
 * in hexadecimal, and branches on random digits are mispredicted. */
static const unsigned char digit_values[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

static int digit_of(char c)
{
    return digit_values[(unsigned char)c] - 1;
}

unsigned char *bt_hex_decode(size_t *length, const char *hex, apr_pool_t *pool)
{
    size_t digits = hex ? strlen(hex) : 1;
    if (digits % 2)
        return NULL;
    unsigned char *bytes = apr_palloc(pool, digits / 2 + 1);
    for (size_t i = 0; i < digits / 2; i++) {
        int high = digit_of(hex[2 * i]), low = digit_of(hex[2 * i + 1]);
        if (high < 0 || low < 0)
            return NULL;
        bytes[i] = (unsigned char)(high << 4 | low);
    }
    *length = digits / 2;
    return bytes;
}
