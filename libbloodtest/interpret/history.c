/* SPDX-License-Identifier: Apache-2.0
 * Earlier results of the same analyte.  Some limits are about change, and change is only seen
 * against what came with a date before.
 */
#include "engine.h"

#include <math.h>
#include <string.h>

enum { DATE_LENGTH = 10, CLOCK_LENGTH = 6, HOURS_A_DAY = 24 };

/* The digits of `text` from `at`, or -1. */
static int digits(const char *text, int at, int n)
{
    int value = 0;
    for (int i = at; i < at + n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

/* The hours by which a zone ("Z", "+02:00", "-0500", or nothing) is ahead; NAN where it is none. */
static double zone_of(const char *text)
{
    if (!*text || !strcmp(text, "Z") || !strcmp(text, "z"))
        return 0;
    size_t length = strlen(text);
    int has_colon = length == 6 && text[3] == ':', is_short = length == 3;
    if ((*text != '+' && *text != '-') || (length != 5 && !has_colon && !is_short))
        return NAN;
    int hours = digits(text, 1, 2), minutes = is_short ? 0 : digits(text, has_colon ? 4 : 3, 2);
    return hours < 0 || minutes < 0 ? NAN : (*text == '-' ? -1 : 1) * (hours + minutes / 60.0);
}

/* Of what follows "2026-11-20": "T08:30", with seconds and zone where there are any. */
static double hours_in_day(const char *text)
{
    size_t length = strlen(text);
    int hour = length >= CLOCK_LENGTH ? digits(text, 1, 2) : -1;
    int minute = length >= CLOCK_LENGTH ? digits(text, 4, 2) : -1;
    if (hour < 0 || minute < 0 || hour > HOURS_A_DAY || minute > 59 || text[3] != ':' ||
        (text[0] != 'T' && text[0] != 't' && text[0] != ' '))
        return NAN;
    text += CLOCK_LENGTH;
    double second = 0;
    if (*text == ':') {
        if (strlen(text) < 3 || digits(text, 1, 2) < 0)
            return NAN;
        second = digits(text, 1, 2);
        text += 3;
        text += *text == '.' ? 1 + strspn(text + 1, "0123456789") : 0;
    }
    return hour + minute / 60.0 + second / 3600.0 - zone_of(text);
}

double bt_hours_of(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    if (length < DATE_LENGTH || text[4] != '-' || text[7] != '-')
        return NAN;
    int year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
    if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31)
        return NAN;
    /* Days of the civil calendar, the year beginning in March. */
    year -= month <= 2;
    int in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    double days = 365.0 * year + year / 4 - year / 100 + year / 400 + in_year;
    return length == DATE_LENGTH ? days * HOURS_A_DAY
                                 : days * HOURS_A_DAY + hours_in_day(text + DATE_LENGTH);
}

const bt_fact_t *bt_fact_lowest_before(const bt_engine_t *engine, const bt_fact_t *fact,
                                       double hours)
{
    const bt_fact_t *lowest = NULL;
    double now = bt_hours_of(fact->collected);
    for (int i = 0; !isnan(now) && i < engine->n_facts; i++) {
        const bt_fact_t *other = &engine->facts[i];
        if (other->state != BT_FACT_PREVIOUS || other->row->analyte != fact->row->analyte ||
            other->row->comparator[0] || isnan(other->canonical))
            continue;
        double before = now - bt_hours_of(other->collected);
        /* A minute has no exact share of an hour. */
        if (before > 0 && before <= hours + 1e-6 &&
            (!lowest || other->canonical < lowest->canonical))
            lowest = other;
    }
    return lowest;
}
