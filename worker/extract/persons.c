/* SPDX-License-Identifier: Apache-2.0
 * Whether all pages speak of one patient.  What their heads say of name, number, day of birth and
 * sex is compared from page to page: two patients in one file must never become one.
 */
#include "fields.h"
#include "reading.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <math.h>
#include <string.h>

enum { MAX_NAMES = 8 };

/* What a field said first, and where. */
typedef struct said_t {
    const char *text, *key;
    int page;
} said_t;

/* Two days of birth.  Only what no order of day and month explains is a difference. */
static int births_differ(const char *one, const char *other)
{
    int a[3], b[3];
    if (!btx_skip_date(a, one) || !btx_skip_date(b, other))
        return 0;
    if (a[2] != b[2])
        return 1;
    int is_known = a[0] > 0 && a[1] > 0 && b[0] > 0 && b[1] > 0;
    return is_known && !(a[0] == b[0] && a[1] == b[1]) && !(a[0] == b[1] && a[1] == b[0]);
}

/* A patient's number up to its first blank, so that what stands behind it does not count. */
static int numbers_differ(const char *one, const char *other)
{
    size_t n = strcspn(one, " "), m = strcspn(other, " ");
    return n != m || strncmp(one, other, n) != 0;
}

/* The words of a name without titles; -1 where it is somebody else's (a doctor) or no name. */
static int split_name(const char *name[MAX_NAMES], const char *key, const btx_lexicon_t *lexicon,
                      apr_pool_t *pool)
{
    char *rest = NULL;
    int n = 0;
    if (strpbrk(key, "0123456789"))
        return -1;
    for (char *word = apr_strtok(apr_pstrdup(pool, key), " ", &rest); word;
         word = apr_strtok(NULL, " ", &rest)) {
        const char *means = btx_lexicon_find(lexicon, "person", word);
        if (means && !strcmp(means, "doctor"))
            return -1;
        if (means && !strcmp(means, "title"))
            continue;
        if (n == MAX_NAMES)
            return -1;
        name[n++] = word;
    }
    return n;
}

/* How many words of the one are not in the other, also not as an initial or cut short. */
static int count_others(const char *const *name, int n, const char *const *other, int m)
{
    int count = 0;
    for (int i = 0; i < n; i++) {
        int found = 0;
        for (int k = 0; k < m && !found; k++) {
            size_t a = strlen(name[i]), b = strlen(other[k]);
            found = !strncmp(name[i], other[k], a < b ? a : b);
        }
        count += !found;
    }
    return count;
}

/* Nothing in common, or the same family with another first name.  Longer names that share a word
 * may be one patient's: there the other fields decide. */
static int names_differ(const btx_reading_t *reading, const char *one, const char *other)
{
    const char *a[MAX_NAMES], *b[MAX_NAMES];
    apr_pool_t *pool = reading->scan.scratch;
    int n = split_name(a, one, reading->scan.lexicon, pool);
    int m = split_name(b, other, reading->scan.lexicon, pool);
    if (n < 1 || m < 1 || n + m < 3)
        return 0;
    int left = count_others(a, n, b, m), right = count_others(b, m, a, n);
    return (left == n && right == m) || (n == 2 && m == 2 && left && right);
}

static const char *sex_in(const btx_reading_t *reading, const char *key)
{
    char *rest = NULL;
    for (char *word = apr_strtok(apr_pstrdup(reading->scan.scratch, key), " ", &rest); word;
         word = apr_strtok(NULL, " ", &rest)) {
        const char *means = btx_lexicon_find(reading->scan.lexicon, "sex", word);
        if (means)
            return means;
    }
    return NULL;
}

static int sexes_differ(const btx_reading_t *reading, const char *one, const char *other)
{
    const char *a = sex_in(reading, one), *b = sex_in(reading, other);
    return a && b && strcmp(a, b) != 0;
}

/* A birthday may lie between two pages. */
static int ages_differ(const btx_reading_t *reading, const said_t *one, const said_t *other)
{
    static const double most = 1.1;
    if (btx_has_marked_date(one->text) || btx_has_marked_date(other->text))
        return 0;
    double a = btx_age_in(&reading->scan, one->key, reading->scan.scratch);
    double b = btx_age_in(&reading->scan, other->key, reading->scan.scratch);
    return !isnan(a) && !isnan(b) && fabs(a - b) > most;
}

/* Under which name a field of the person is kept, NULL where it is no such field.  Numbers are kept
 * by their words: a hospital's is not a laboratory's. */
static const char *person_field(const btx_reading_t *reading, const btx_line_t *line,
                                const btx_field_t *field)
{
    static const char *const own[] = {"birth", "sex", "age", "agesex"};
    char key[BTX_MAX_KEY];
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (!strcmp(field->means, own[i]))
            return own[i];
    }
    if (!btx_starts_cell(line, field->first) || !btx_words_key(key, line, field->first, field->end))
        return NULL;
    const char *means = btx_lexicon_find(reading->scan.lexicon, "person", key);
    if (!means || (strcmp(means, "name") && strcmp(means, "id")))
        return NULL;
    return !strcmp(means, "name") ? "name" : apr_pstrcat(reading->pool, "id ", key, NULL);
}

static int differ(const btx_reading_t *reading, const char *kind, const said_t *one,
                  const said_t *other)
{
    if (!strcmp(kind, "birth"))
        return births_differ(one->text, other->text);
    if (!strcmp(kind, "name"))
        return names_differ(reading, one->key, other->key);
    if (!strncmp(kind, "id", 2))
        return numbers_differ(one->key, other->key);
    return !strcmp(kind, "sex") ? sexes_differ(reading, one->key, other->key)
                                : ages_differ(reading, one, other);
}

/* Whether the field contradicts what an earlier page said.  Within one page it may speak of a
 * mother beside her child, or a doctor beside the patient. */
static int contradicts(apr_hash_t *said, const btx_reading_t *reading, const char *kind,
                       const said_t *now)
{
    const said_t *before = apr_hash_get(said, kind, APR_HASH_KEY_STRING);
    if (before)
        return before->page != now->page && differ(reading, kind, before, now);
    if (!strncmp(kind, "id", 2) && !strpbrk(now->key, "0123456789"))
        return 0;
    apr_hash_set(said, kind, APR_HASH_KEY_STRING, apr_pmemdup(reading->pool, now, sizeof *now));
    return 0;
}

/* The value of a field of the person, NULL where the words are no field.  Only "Age / Sex" and a
 * day of birth are known without a mark: "Age 0 - 5" may stand in a table of intervals. */
static const char *value_of(const btx_reading_t *reading, const btx_line_t *line,
                            const btx_field_t *field)
{
    int is_plain = strcmp(field->means, "agesex") && strcmp(field->means, "birth");
    if (!btx_has_mark(line, field->end) && is_plain)
        return NULL;
    return btx_value_behind(&reading->scan, line, field, reading->pool);
}

int btx_has_several_patients(const btx_reading_t *reading)
{
    apr_hash_t *said = apr_hash_make(reading->pool);
    for (int i = 0; i < reading->lines->n; i++) {
        const btx_line_t *line = &reading->lines->line[i];
        btx_field_t field;
        for (int k = 0; k < line->n; k++) {
            if (!btx_is_field(&field, &reading->scan, line, k))
                continue;
            const char *kind = person_field(reading, line, &field);
            const char *text = kind ? value_of(reading, line, &field) : NULL;
            const char *key = text ? btx_key(text, reading->pool) : NULL;
            if (text && !strncmp(kind, "age", 3))
                key = btx_age_key(&reading->scan, key, reading->pool);
            const said_t now = {text, key, line->page};
            int is_both = text && !strcmp(kind, "agesex");
            if (text && (contradicts(said, reading, is_both ? "sex" : kind, &now) ||
                         (is_both && contradicts(said, reading, "age", &now))))
                return 1;
            k = field.end - 1;
        }
    }
    return 0;
}
