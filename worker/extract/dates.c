/* SPDX-License-Identifier: Apache-2.0
 * Dates and times as they stand between results: recognised, so that their digits are never taken
 * for a value, and put in order, so that the newest of several columns can be told.
 */
#include "scan.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* "14/5/2023", "2023-05-14", "14-May-23": the same mark twice, so that "13.0-17.0" is none. */
int btx_is_date(const char *text)
{
    size_t a = strspn(text, "0123456789"), b = 0;
    if (!a || a > 4 || !text[a] || !strchr("./-", text[a]))
        return 0;
    b = strcspn(text + a + 1, "./-");
    if (isdigit((unsigned char)text[a + 1]) && b > 2)
        return 0; /* "4.850.000" */
    return b >= 1 && b <= 9 && text[a + 1 + b] == text[a] &&
           isdigit((unsigned char)text[a + 2 + b]);
}

int btx_is_time(const char *text)
{
    size_t hours = strspn(text, "0123456789");
    if (hours != 2 || text[2] != ':' || strspn(text + 3, "0123456789") != 2 || text[3] > '5')
        return 0;
    const char *rest = text + 5;
    if (*rest == ':' && strspn(rest + 1, "0123456789") == 2)
        rest += 3;
    return !*rest || !strcasecmp(rest, "am") || !strcasecmp(rest, "pm");
}

/* The month of a name by its first letters, 0 where it is none. */
static int month_of(const char *text)
{
    static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                         "jul", "aug", "sep", "oct", "nov", "dec"};
    for (int i = 0; i < 12; i++) {
        if (!strncasecmp(text, months[i], 3))
            return i + 1;
    }
    return 0;
}

void btx_date_read(int date[2], const char *text)
{
    int part[3] = {0, 0, 0}, n = 0;
    for (const char *at = text; *at && n < 3; n++) {
        size_t digits = strspn(at, "0123456789"), run = strcspn(at, "./-");
        for (size_t i = 0; i < digits && i < 4; i++)
            part[n] = part[n] * 10 + at[i] - '0';
        if (!digits)
            part[n] = month_of(at);
        at += run + (at[run] != '\0');
    }
    if (part[0] > 31) { /* year first */
        date[0] = date[1] = (part[0] * 13 + part[1]) * 32 + part[2];
        return;
    }
    int year = part[2] < 100 ? part[2] + 2000 : part[2];
    char mark = text[strcspn(text, "./-")];
    int is_named = !isdigit((unsigned char)text[strcspn(text, "./-") + 1]);
    date[0] = part[1] <= 12 ? (year * 13 + part[1]) * 32 + part[0] : 0;
    date[1] = is_named ? date[0] : 0;
    if (mark != '.' && !is_named && part[0] <= 12)
        date[1] = (year * 13 + part[0]) * 32 + part[1];
}

int btx_is_date_of_words(int date[2], const btx_line_t *line, int first, int end)
{
    enum { MAX_PART = 12 };
    char text[2 * MAX_PART + 8];
    if (first + 3 > end)
        return 0;
    const char *day = line->word[first]->text, *month = line->word[first + 1]->text,
               *year = line->word[first + 2]->text;
    size_t digits = strspn(day, "0123456789"), letters = strcspn(month, "0123456789.,");
    size_t years = strlen(year);
    if (!digits || digits > 2 || (day[digits] && strcmp(day + digits, ".")) || letters < 3 ||
        letters > MAX_PART || (years != 4 && years != 2) || strspn(year, "0123456789") != years ||
        !month_of(month))
        return 0;
    memcpy(text, day, digits);
    text[digits] = '-';
    memcpy(text + digits + 1, month, letters);
    text[digits + 1 + letters] = '-';
    memcpy(text + digits + 2 + letters, year, years + 1);
    btx_date_read(date, text);
    return 3;
}

btx_order_t btx_order_of(const btx_words_t *words)
{
    int days = 0, months = 0;
    for (int i = 0; i < words->n; i++) {
        int date[2] = {0, 0};
        const char *text = words->word[i].text;
        if (!btx_is_date(text) || strspn(text, "0123456789/-") != strlen(text))
            continue;
        btx_date_read(date, text);
        days += date[0] && !date[1];
        months += date[1] && !date[0];
    }
    return days && !months ? BTX_DAY_FIRST : months && !days ? BTX_MONTH_FIRST : BTX_ORDER_UNKNOWN;
}

void btx_date_settle(int date[2], btx_order_t order)
{
    if (order == BTX_DAY_FIRST && date[0])
        date[1] = date[0];
    else if (order == BTX_MONTH_FIRST && date[1])
        date[0] = date[1];
}
