/* SPDX-License-Identifier: Apache-2.0
 * Dates as reports print them ("14/5/2023 11:03", "02 Dec 2025 03:11 PM", "2024-01-15"), as ISO.  A
 * date that can be read in two ways is no date: a change over the wrong time is worse than none.
 */
#include "engine.h"

#include <apr_strings.h>
#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

enum { MAX_TOKENS = 8, MAX_TOKEN = 12, MAX_DATE = 60, CENTURY = 2000, NOON = 12 };

/* A number or a word of a date. */
typedef struct token_t {
    char text[MAX_TOKEN + 1];
    int number; /* -1: a word */
    int digits;
    char after; /* what follows it: '.', '/', ':', … */
} token_t;

typedef struct moment_t {
    int year, month, day;
} moment_t;

static int tokens_of(token_t *tokens, const char *text)
{
    int n = 0;
    while (*text && n < MAX_TOKENS) {
        int is_digit = isdigit((unsigned char)*text);
        size_t length = is_digit ? strspn(text, "0123456789") : 0;
        while (!is_digit &&
               (isalpha((unsigned char)text[length]) || (unsigned char)text[length] >= 0x80))
            length++;
        if (!length || length > MAX_TOKEN) {
            text += length ? length : 1;
            continue;
        }
        token_t *token = &tokens[n++];
        memcpy(token->text, text, length);
        token->text[length] = '\0';
        token->digits = is_digit ? (int)length : 0;
        token->number = is_digit && length <= 4 ? 0 : -1;
        for (size_t i = 0; token->number >= 0 && i < length; i++)
            token->number = token->number * 10 + (text[i] - '0');
        text += length;
        token->after = *text;
    }
    return n;
}

static int month_named(const bt_engine_t *engine, const token_t *token)
{
    const char *folded = bt_label_fold(token->text, MAX_TOKEN, 0, engine->pool);
    const char *month = token->digits ? NULL : bt_meaning(engine, "month", folded);
    int number = 0;
    for (; month && *month; month++)
        number = number * 10 + (*month - '0');
    return number;
}

static int year_of(const token_t *token)
{
    return token->digits == 4 ? token->number : token->digits == 2 ? CENTURY + token->number : 0;
}

/* Day and month as two numbers: clear where one cannot be a month, or where the order is known. */
static int set_two(moment_t *moment, char *order, const token_t *a, const token_t *b)
{
    char here = a->number > 12 || a->after == '.' ? 'd' : b->number > 12 ? 'm' : *order;
    if (a->number == b->number)
        here = here ? here : 'd';
    else if (here)
        *order = here;
    moment->day = here == 'm' ? b->number : a->number;
    moment->month = here == 'm' ? a->number : b->number;
    return here != 0;
}

/* The first three tokens as a date. */
static int read_day(moment_t *moment, char *order, const bt_engine_t *engine, const token_t *t)
{
    int named = month_named(engine, &t[0]), second = month_named(engine, &t[1]);
    if (t[0].digits == 4) {
        *moment = (moment_t){t[0].number, second ? second : t[1].number, t[2].number};
        return 1;
    }
    moment->year = year_of(&t[2]);
    if (named || second) {
        moment->month = named ? named : second;
        moment->day = named ? t[1].number : t[0].number;
        return 1;
    }
    return t[0].digits && t[1].digits && set_two(moment, order, &t[0], &t[1]);
}

/* "T08:30" of the tokens behind the date, "" where there is no time. */
static const char *time_of(const bt_engine_t *engine, const token_t *t, int n)
{
    int at = 3;
    while (at < n && !t[at].digits)
        at++;
    if (at + 1 >= n || t[at].after != ':' || t[at].number > 23 || t[at + 1].number > 59)
        return "";
    int hour = t[at].number, minute = t[at + 1].number;
    for (int i = at + 2; i < n; i++) {
        if (!strcasecmp(t[i].text, "pm") && hour < NOON)
            hour += NOON;
        else if (!strcasecmp(t[i].text, "am") && hour == NOON)
            hour = 0;
    }
    return apr_psprintf(engine->pool, "T%02d:%02d", hour, minute);
}

const char *bt_date_iso(char *order, const bt_engine_t *engine, const char *printed)
{
    token_t tokens[MAX_TOKENS];
    moment_t moment = {0, 0, 0};
    if (!printed || strlen(printed) > MAX_DATE)
        return NULL;
    int n = tokens_of(tokens, printed);
    if (n < 3 || !read_day(&moment, order, engine, tokens) || moment.month < 1 ||
        moment.month > 12 || moment.day < 1 || moment.day > 31 || moment.year < 1900)
        return NULL;
    return apr_psprintf(engine->pool, "%04d-%02d-%02d%s", moment.year, moment.month, moment.day,
                        time_of(engine, tokens, n));
}

const char *bt_date_of_report(const bt_engine_t *engine)
{
    const bt_report_t *report = engine->report;
    char order = 0;
    bt_date_iso(&order, engine, report->reported);
    bt_date_iso(&order, engine, report->received);
    return bt_date_iso(&order, engine, report->collected);
}
