/* SPDX-License-Identifier: Apache-2.0
 * What the head of a report says of the patient: sex, age, dates, and who made the report.  Fields
 * are words of a list with their value behind them or below.
 */
#include "fields.h"
#include "reading.h"
#include "../../libbloodtest/text.h"

#include <apr_strings.h>
#include <ctype.h>
#include <math.h>
#include <string.h>

enum { HEAD_LINES = 60, MAX_LABORATORY_BYTES = 120 };

static void read_sex(btx_reading_t *reading, const char *key)
{
    char *copy = apr_pstrdup(reading->pool, key), *rest = NULL;
    if (reading->report->sex)
        return;
    for (char *word = apr_strtok(copy, " ", &rest); word; word = apr_strtok(NULL, " ", &rest)) {
        const char *means = btx_lexicon_find(reading->scan.lexicon, "sex", word);
        if (means) {
            reading->report->sex = *means;
            return;
        }
    }
}

/* Whether a word of a sex stands alone in the text. */
static int names_sex(const btx_scan_t *scan, const char *key, apr_pool_t *pool)
{
    char *rest = NULL;
    for (char *word = apr_strtok(apr_pstrdup(pool, key), " ", &rest); word;
         word = apr_strtok(NULL, " ", &rest)) {
        if (btx_lexicon_find(scan->lexicon, "sex", word))
            return 1;
    }
    return 0;
}

const char *btx_age_key(const btx_scan_t *scan, const char *key, apr_pool_t *pool)
{
    const char *at = key, *made = "";
    int n_numbers = 0;
    while (*at) {
        size_t digits = strspn(at, "0123456789"), n = 0;
        const char *word = at + digits + strspn(at + digits, " ");
        n = digits ? strcspn(word, " 0123456789") : 0;
        const char *month =
            n ? btx_lexicon_find(scan->lexicon, "agemonth", apr_pstrmemdup(pool, word, n)) : NULL;
        n_numbers += digits > 0;
        if (month && (n_numbers > 1 || names_sex(scan, word + n, pool))) {
            made = apr_pstrcat(pool, made, apr_pstrmemdup(pool, at, digits), " ", month, NULL);
            at = word + n;
            continue;
        }
        n = digits ? digits : 1;
        made = apr_pstrcat(pool, made, apr_pstrmemdup(pool, at, n), NULL);
        at += n;
    }
    return made;
}

double btx_age_in(const btx_scan_t *scan, const char *key, apr_pool_t *pool)
{
    double years = 0;
    int found = 0;
    const char *at = key;
    while (*at) {
        btx_number_t number;
        const char *end =
            isdigit((unsigned char)*at) ? btx_scan_number(&number, at, BTX_STYLE_POINT) : NULL;
        if (!end || !(number.value >= 0 && number.value < 1500)) {
            at++;
            continue;
        }
        at = btx_skip_blanks(end);
        size_t n = strcspn(at, " 0123456789");
        const char *factor = btx_lexicon_find(scan->lexicon, "age", apr_pstrmemdup(pool, at, n));
        if (!factor && found)
            break;
        double times = 1;
        if (factor && bt_text_to_double(&times, factor))
            times = 1;
        years += number.value * times;
        found = 1;
        at += n;
    }
    return found && years <= 125 ? years : NAN;
}

/* "14/5/2023", "03:11": two numbers with a mark between them. */
int btx_has_marked_date(const char *text)
{
    for (const char *at = text; *at; at++) {
        if (isdigit((unsigned char)*at) && strchr("/.:-", at[1] ? at[1] : ' ') &&
            isdigit((unsigned char)at[2]))
            return 1;
    }
    return 0;
}

/* The same, or "02 Dec". */
static int has_date(const char *text)
{
    if (btx_has_marked_date(text))
        return 1;
    for (const char *at = text; *at; at++) {
        if (!isdigit((unsigned char)*at))
            continue;
        if ((at[1] == ' ' || at[1] == '-') && isalpha((unsigned char)at[2]) &&
            isalpha((unsigned char)at[3]) && isalpha((unsigned char)at[4]) && at - text < 24)
            return 1;
    }
    return 0;
}

/* Past a date with its year ("14/5/2023", "14 May 2023"), and its parts: day and month in the order
 * of the text, and the year.  NULL where it is none. */
const char *btx_skip_date(int part[3], const char *text)
{
    const char *at = text;
    for (int n = 0; n < 3; n++) {
        size_t digits = strspn(at, "0123456789"), letters = 0;
        part[n] = 0;
        for (size_t i = 0; i < digits && i < 5; i++)
            part[n] = part[n] * 10 + at[i] - '0';
        while (n == 1 && !digits && (isalpha((unsigned char)at[letters]) || at[letters] & 0x80))
            letters++;
        if (!digits && letters < 3)
            return NULL;
        part[n] = digits ? part[n] : -1; /* a name: told apart from days, not read */
        at += digits + letters;
        if (n < 2 && !(*at && strchr("/.- ", *at)))
            return NULL;
        at += n < 2;
        at += n < 2 && *at == ' ';
    }
    if (part[0] > 1000) {
        int year = part[0];
        part[0] = part[2];
        part[2] = year;
    }
    return part[2] >= 1900 && part[2] < 2200 ? at : NULL;
}

/* The date without what stands behind it, its time kept: "04/10/2022 11-334455" is "04/10/2022". */
static const char *cut_date(const char *text, apr_pool_t *pool)
{
    int part[3];
    const char *end = btx_skip_date(part, text);
    if (!end)
        return text;
    while (*end == ' ' || *end == ',' || *end == 'T') {
        const char *word = end + 1 + strspn(end + 1, " ");
        size_t digits = strspn(word, "0123456789:"), letters = 0;
        while (isalpha((unsigned char)word[letters]))
            letters++;
        int is_time = memchr(word, ':', digits) != NULL;
        if (!is_time && (!letters || letters > 4 || (word[letters] && word[letters] != ' ')))
            break;
        end = word + (is_time ? digits : letters);
    }
    return apr_pstrmemdup(pool, text, (size_t)(end - text));
}

/* Whole years between two dates; -1 where the order of day and month leaves more than one answer.
 */
static int years_between(const char *birth, const char *date)
{
    int a[3], b[3];
    if (!btx_skip_date(a, birth) || !btx_skip_date(b, date) || a[2] > b[2])
        return -1;
    int years[2];
    for (int k = 0; k < 2; k++) {
        int month = a[1 - k], day = a[k], month_now = b[1 - k], day_now = b[k];
        int is_known = month > 0 && month_now > 0 && day > 0 && day_now > 0;
        if (is_known && (month > 12 || month_now > 12))
            years[k] = -1;
        else if (is_known)
            years[k] = b[2] - a[2] - (month_now < month || (month_now == month && day_now < day));
        else
            return -1;
    }
    return years[0] < 0 ? years[1] : years[1] < 0 || years[0] == years[1] ? years[0] : -1;
}

static int has_digit(const char *text)
{
    return strpbrk(text, "0123456789") != NULL;
}

/* Whether a text that only follows a field without a mark can be its value. */
static int is_value_of(const btx_reading_t *reading, const btx_field_t *field, const char *text)
{
    if (strcmp(field->means, "sex"))
        return has_digit(text);
    return btx_lexicon_find(reading->scan.lexicon, "sex", btx_key(text, reading->scan.scratch)) !=
           NULL;
}

static void take_field(btx_reading_t *reading, const btx_field_t *field, const char *text)
{
    bt_report_t *report = reading->report;
    const char *key = btx_key(text, reading->pool);
    const char **date = !strcmp(field->means, "collected")  ? &report->collected
                        : !strcmp(field->means, "received") ? &report->received
                        : !strcmp(field->means, "reported") ? &report->reported
                                                            : NULL;
    if (date && !*date && has_date(text))
        *date = cut_date(text, reading->pool);
    if (!strcmp(field->means, "sex") || !strcmp(field->means, "age") ||
        !strcmp(field->means, "agesex")) {
        key = has_digit(key) ? btx_age_key(&reading->scan, key, reading->pool) : key;
        if (has_digit(key) && !btx_has_marked_date(text))
            report->age_years = isnan(report->age_years)
                                    ? btx_age_in(&reading->scan, key, reading->pool)
                                    : report->age_years;
        read_sex(reading, key);
    }
}

/* The first large line that names a laboratory. */
static void read_laboratory(btx_reading_t *reading, double *size, const btx_line_t *line)
{
    int n = 0;
    for (int i = 0; i < line->n_cells; i++) {
        const btx_cell_t *cell = &line->cell[i];
        double here = line->word[cell->first]->size;
        if (btx_lexicon_longest(&n, reading->scan.lexicon, "field", line, cell->first, cell->end))
            continue;
        for (int k = cell->first; k < cell->end && here > *size + 0.5; k++) {
            if (!btx_lexicon_longest(&n, reading->scan.lexicon, "laboratory", line, k, cell->end) ||
                (btx_lexicon_longest(&n, reading->scan.lexicon, "field", line, k, cell->end) &&
                 n > 1))
                continue; /* "Lab No." names no laboratory */
            const char *text = btx_line_text(line, cell->first, cell->end, reading->pool);
            if (strlen(text) < MAX_LABORATORY_BYTES && cell->end - cell->first <= 9 &&
                !strchr(text, ':')) {
                reading->report->laboratory = text;
                *size = here;
            }
        }
    }
}

/* The age of a patient of whom only the day of birth is printed, on the first date of the report.
 */
static void age_from_birth(btx_reading_t *reading, const char *birth)
{
    bt_report_t *report = reading->report;
    const char *date = report->collected  ? report->collected
                       : report->received ? report->received
                                          : report->reported;
    if (!isnan(report->age_years) || !birth || !date)
        return;
    int years = years_between(birth, date);
    if (years >= 0 && years <= 125)
        report->age_years = years;
}

void btx_read_patient(btx_reading_t *reading)
{
    const char *date = NULL, *birth = NULL;
    double size = 0;
    for (int i = 0; i < reading->lines->n && i < HEAD_LINES; i++) {
        const btx_line_t *line = &reading->lines->line[i];
        btx_field_t field;
        if (line->page == 1)
            read_laboratory(reading, &size, line);
        for (int k = 0; k < line->n; k++) {
            if (!btx_is_field(&field, &reading->scan, line, k))
                continue;
            const char *text = btx_value_behind(&reading->scan, line, &field, reading->pool);
            if (text && !btx_has_mark(line, field.end) && !is_value_of(reading, &field, text))
                text = NULL;
            text = text ? text : btx_value_below(reading->lines, i, &field, reading->pool);
            if (text && !strcmp(field.means, "date") && !date && has_date(text))
                date = text;
            if (text && !strcmp(field.means, "birth") && !birth)
                birth = text;
            if (text)
                take_field(reading, &field, text);
            k = field.end - 1;
        }
    }
    if (!reading->report->collected)
        reading->report->collected = date ? cut_date(date, reading->pool) : NULL;
    age_from_birth(reading, birth);
}
