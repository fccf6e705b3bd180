/* SPDX-License-Identifier: Apache-2.0
 * Collects bodies and reads Retry-After.  A date in the past is "now"; what cannot be read is
 * nothing.
 */
#include "http_answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <apr_date.h>
#include <apr_time.h>

enum { FIRST_ROOM = 8192, MAX_VALUE = 80 };
#define MOST_MS (24.0 * 3600 * 1000)

int btw_body_add(btw_body_t *body, const char *bytes, size_t length)
{
    if (length > body->most || body->length > body->most - length) {
        body->is_too_large = 1;
        return -1;
    }
    size_t room = body->room ? body->room : FIRST_ROOM;
    while (room < body->length + length + 1)
        room *= 2;
    char *text = room > body->room ? realloc(body->text, room) : body->text;
    if (!text)
        return -1;
    body->text = text;
    body->room = room;
    memcpy(text + body->length, bytes, length);
    body->length += length;
    text[body->length] = '\0';
    return 0;
}

static long long bounded(double ms)
{
    return ms < 0 ? 0 : ms > MOST_MS ? (long long)MOST_MS : (long long)ms;
}

long long btw_retry_after_ms(const char *value, int is_ms)
{
    char *end = NULL;
    double number = strtod(value, &end);
    if (end != value && strspn(end, " \t") == strlen(end))
        return number >= 0 ? bounded(is_ms ? number : number * 1000) : -1;
    apr_time_t date = is_ms ? 0 : apr_date_parse_http(value);
    return date ? bounded((double)(date - apr_time_now()) / 1000) : -1;
}

void btw_retry_after_line(long long *ms, const char *line, size_t length)
{
    static const char plain[] = "retry-after:", exact[] = "retry-after-ms:";
    int is_ms = length >= sizeof exact && strncasecmp(line, exact, sizeof exact - 1) == 0;
    int is_plain = length >= sizeof plain && strncasecmp(line, plain, sizeof plain - 1) == 0;
    if (!is_ms && (!is_plain || *ms >= 0))
        return;
    size_t from = is_ms ? sizeof exact - 1 : sizeof plain - 1;
    while (from < length && (line[from] == ' ' || line[from] == '\t'))
        from++;
    char value[MAX_VALUE] = "";
    size_t kept = length - from < MAX_VALUE - 1 ? length - from : MAX_VALUE - 1;
    memcpy(value, line + from, kept);
    value[strcspn(value, "\r\n")] = '\0';
    long long told = btw_retry_after_ms(value, is_ms);
    if (told >= 0)
        *ms = told;
}
