/* SPDX-License-Identifier: Apache-2.0
 * Content streams as items: numbers, names, strings, operators.  Nothing is copied, and a stream
 * that breaks the rules gives other items, never an error: poppler is as lenient.
 */
#include "pdf_paint.h"

#include <stdlib.h>
#include <string.h>

enum { BLANK = 1, BRACKET = 2 };
static const unsigned char kinds[256] = {
    ['\0'] = BLANK,  ['\t'] = BLANK,  ['\n'] = BLANK,  ['\f'] = BLANK,
    ['\r'] = BLANK,  [' '] = BLANK,   ['('] = BRACKET, [')'] = BRACKET,
    ['<'] = BRACKET, ['>'] = BRACKET, ['['] = BRACKET, [']'] = BRACKET,
    ['{'] = BRACKET, ['}'] = BRACKET, ['/'] = BRACKET, ['%'] = BRACKET,
};

static int is_blank(char c)
{
    return kinds[(unsigned char)c] == BLANK;
}

static int is_regular(char c)
{
    return !kinds[(unsigned char)c];
}

static void skip_blanks(btx_stream_t *stream)
{
    while (stream->at < stream->end) {
        if (*stream->at == '%') {
            while (stream->at < stream->end && *stream->at != '\n' && *stream->at != '\r')
                stream->at++;
        } else if (is_blank(*stream->at)) {
            stream->at++;
        } else {
            return;
        }
    }
}

/* Up to the bracket that closes the string; escaped ones do not count. */
static btx_item_t take_string(btx_stream_t *stream)
{
    btx_item_t item = {.kind = BTX_ITEM_STRING, .text = ++stream->at};
    int depth = 1;
    for (; stream->at < stream->end; stream->at++) {
        if (*stream->at == '\\' && stream->at + 1 < stream->end)
            stream->at++;
        else if (*stream->at == '(')
            depth++;
        else if (*stream->at == ')' && --depth == 0)
            break;
    }
    item.length = (size_t)(stream->at - item.text);
    stream->at += stream->at < stream->end;
    return item;
}

static btx_item_t take_hex(btx_stream_t *stream)
{
    btx_item_t item = {.kind = BTX_ITEM_HEX, .text = ++stream->at};
    while (stream->at < stream->end && *stream->at != '>')
        stream->at++;
    item.length = (size_t)(stream->at - item.text) / 2;
    stream->at += stream->at < stream->end;
    return item;
}

/* Nearly all numbers are a sign and a few digits with a point: 1 where it is no more than that. */
static int read_plain(double *number, const char *text, size_t length)
{
    static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10};
    enum { MOST = sizeof tens / sizeof *tens };
    const char *at = text, *end = text + length, *point = NULL;
    long whole = 0;
    at += *at == '-';
    if (at == end || end - at > MOST || *at == '.')
        return 0;
    for (; at < end; at++) {
        if (*at >= '0' && *at <= '9')
            whole = whole * 10 + (*at - '0');
        else if (*at == '.' && !point)
            point = at;
        else
            return 0;
    }
    *number = (double)(*text == '-' ? -whole : whole) / tens[point ? end - point - 1 : 0];
    return 1;
}

/* Any other that readers of PDF take for a number. */
static int read_odd(double *number, const char *text, size_t length)
{
    char copy[64];
    int digits = 0;
    if (length >= sizeof copy)
        return 0;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c >= '0' && c <= '9')
            digits++;
        else if (c != '.' && c != '-' && !(c == '+' && i == 0))
            return 0;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    *number = strtod(copy, NULL);
    return digits > 0;
}

static btx_item_t take_word(btx_stream_t *stream)
{
    btx_item_t item = {.kind = BTX_ITEM_OPERATOR, .text = stream->at};
    while (stream->at < stream->end && is_regular(*stream->at))
        stream->at++;
    item.length = (size_t)(stream->at - item.text);
    if (item.length && (read_plain(&item.number, item.text, item.length) ||
                        read_odd(&item.number, item.text, item.length)))
        item.kind = BTX_ITEM_NUMBER;
    return item;
}

btx_item_t btx_item_next(btx_stream_t *stream)
{
    skip_blanks(stream);
    if (stream->at >= stream->end)
        return (btx_item_t){.kind = BTX_ITEM_END};
    char c = *stream->at, after = stream->at + 1 < stream->end ? stream->at[1] : '\0';
    if (c == '(')
        return take_string(stream);
    if (c == '<' && after != '<')
        return take_hex(stream);
    if (c == '/') {
        stream->at++;
        btx_item_t name = take_word(stream);
        name.kind = BTX_ITEM_NAME;
        return name;
    }
    if (is_regular(c))
        return take_word(stream);
    stream->at += (c == '<' || c == '>') && after == c ? 2 : 1;
    return (btx_item_t){.kind = BTX_ITEM_OTHER, .text = stream->at - 1, .length = 1};
}

void btx_item_skip_image(btx_stream_t *stream)
{
    for (; stream->at + 3 < stream->end; stream->at++) {
        if (is_blank(stream->at[0]) && stream->at[1] == 'E' && stream->at[2] == 'I' &&
            is_blank(stream->at[3])) {
            stream->at += 3;
            return;
        }
    }
    stream->at = stream->end;
}
