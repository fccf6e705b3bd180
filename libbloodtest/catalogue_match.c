/* SPDX-License-Identifier: Apache-2.0
 * Which analyte a printed label means.  Finding the alias is one thing, choosing between analytes
 * of the same name (percentages and counts, blood and urine) another: the unit decides, then
 * whether the value is possible at all.
 */
#include "catalogue_private.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

/* How sure each way of finding an alias is. */
#define SURE_EXACT            1.0
#define SURE_WORDS            0.95
#define SURE_BRACKETS         0.9
#define SURE_SPELLING         0.8
#define UNSURE_NO_UNIT        0.7
#define UNSURE_UNIT           0.5
#define UNSURE_SPECIMEN       0.45
#define MIN_LETTERS_ONE_SLIP  6
#define MIN_LETTERS_TWO_SLIPS 10

typedef struct found_t {
    const bt_alias_t *alias;
    double confidence;
    const char *reason;
} found_t;

static const bt_word_t *word_of(const bt_catalogue_t *catalogue, const char *word)
{
    return apr_hash_get(catalogue->words, word, APR_HASH_KEY_STRING);
}

static int is_kind(const bt_catalogue_t *catalogue, const char *word, bt_word_kind_t kind)
{
    const bt_word_t *known = word_of(catalogue, word);
    return known && known->kind == kind;
}

static const bt_alias_t *alias_of(const bt_catalogue_t *catalogue, const bt_words_t *words,
                                  apr_pool_t *pool)
{
    if (!words->n)
        return NULL;
    const bt_alias_t *alias =
        apr_hash_get(catalogue->aliases, bt_label_joined(words, pool), APR_HASH_KEY_STRING);
    if (!alias && words->n > 1)
        alias = apr_hash_get(catalogue->aliases, bt_label_sorted(words, pool), APR_HASH_KEY_STRING);
    return alias;
}

/* The words in or outside brackets; n is 0 where one of those left out changes the meaning. */
static void bracketed(bt_words_t *kept, const bt_catalogue_t *catalogue, const bt_words_t *words,
                      int inside)
{
    kept->n = 0;
    int left_out = 0;
    for (int i = 0; i < words->n; i++) {
        if (words->in_brackets[i] == inside) {
            kept->word[kept->n++] = words->word[i];
            continue;
        }
        left_out = 1;
        if (is_kind(catalogue, words->word[i], BT_WORD_KEEP)) {
            kept->n = 0;
            return;
        }
    }
    if (!left_out)
        kept->n = 0;
}

static int same_analytes(const bt_alias_t *a, const bt_alias_t *b)
{
    if (a->n != b->n)
        return 0;
    return !memcmp(a->analytes, b->analytes, sizeof a->analytes[0] * (size_t)a->n);
}

/* The one alias within a slip or two of the pen; NULL where several would do. */
static const bt_alias_t *misspelt(const bt_catalogue_t *catalogue, const bt_words_t *words,
                                  apr_pool_t *pool)
{
    const char *key = bt_label_joined(words, pool);
    int length = (int)strlen(key);
    const unsigned long long letters = bt_label_letters(key);
    int slips = length >= MIN_LETTERS_TWO_SLIPS ? 2 : length >= MIN_LETTERS_ONE_SLIP ? 1 : 0;
    for (int limit = 1; limit <= slips; limit++) {
        const bt_alias_t *only = NULL;
        int ambiguous = 0;
        for (int n = length - limit; n <= length + limit; n++) {
            bt_alias_t *const *alias =
                n >= MIN_LETTERS_ONE_SLIP - 1 && n <= BT_MAX_KEY ? catalogue->by_length[n] : NULL;
            for (; alias && *alias; alias++) {
                /* A slip puts one letter for another at most. */
                if (__builtin_popcountll(letters ^ (*alias)->letters) > 2 * limit ||
                    bt_label_distance(key, (*alias)->key, limit) > limit)
                    continue;
                ambiguous |= only && !same_analytes(only, *alias);
                only = *alias;
            }
        }
        if (only)
            return ambiguous ? NULL : only;
    }
    return NULL;
}

static found_t find_alias(const bt_catalogue_t *catalogue, const bt_words_t *words, int tolerant,
                          apr_pool_t *pool)
{
    bt_words_t kept, outside, inside;
    const bt_alias_t *alias = alias_of(catalogue, words, pool);
    if (alias)
        return (found_t){alias, SURE_EXACT, ""};
    bt_label_essential(&kept, catalogue, words);
    if ((alias = alias_of(catalogue, &kept, pool)))
        return (found_t){alias, SURE_WORDS, ""};
    bracketed(&outside, catalogue, &kept, 0);
    bracketed(&inside, catalogue, &kept, 1);
    const bt_alias_t *within = alias_of(catalogue, &inside, pool);
    alias = alias_of(catalogue, &outside, pool);
    if (alias && within && alias->analytes[0] == within->analytes[0])
        return (found_t){alias, SURE_EXACT, ""};
    if (alias)
        return (found_t){alias, SURE_BRACKETS, "words in brackets set aside"};
    if (within)
        return (found_t){within, SURE_BRACKETS, "only the words in brackets are known"};
    if (!tolerant)
        return (found_t){NULL, 0, ""};
    if ((alias = misspelt(catalogue, words, pool)) || (alias = misspelt(catalogue, &kept, pool)))
        return (found_t){alias, SURE_SPELLING, "spelling differs"};
    return (found_t){NULL, 0, ""};
}

/* What a heading or the label itself says about the specimen, NULL for nothing. */
static const char *specimen_of(const bt_catalogue_t *catalogue, const char *text, apr_pool_t *pool)
{
    bt_words_t words;
    if (!text)
        return NULL;
    bt_label_words(&words, text, pool);
    for (int i = 0; i < words.n; i++) {
        const bt_word_t *word = word_of(catalogue, words.word[i]);
        if (word && word->kind == BT_WORD_SPECIMEN)
            return word->value;
    }
    return NULL;
}

/* "Ser/Plas" is no "Urine"; "BldA" is blood, but it is the better answer where the heading says
 * arterial. */
static int specimen_fits(const bt_analyte_t *analyte, const char *specimen)
{
    if (!specimen)
        return 1;
    if (strstr(analyte->specimen, specimen))
        return 2;
    return !strncmp(specimen, "Bld", 3) && !strstr(analyte->specimen, "Urine");
}

typedef struct candidate_t {
    const bt_analyte_t *analyte;
    const char *unit;
    int specimen, unit_fits, possible;
    double distance; /* from the usual values */
} candidate_t;

/* 0 inside the generic interval, else how many times off; large where there is no interval. */
static double distance_from_usual(const bt_analyte_t *analyte, double value)
{
    double low = fmin(analyte->low_m, analyte->low_f),
           high = fmax(analyte->high_m, analyte->high_f);
    if (isnan(low) && isnan(high))
        return HUGE_VAL;
    if (!isnan(high) && value > high)
        return high > 0 ? value / high : value;
    if (!isnan(low) && value < low)
        return value > 0 ? low / value : low;
    return 0;
}

static int is_possible(const bt_analyte_t *analyte, double value)
{
    return !(value < analyte->plausible_low) && !(value > analyte->plausible_high);
}

/* The reading of the unit under which the value is likeliest, for this analyte. */
static void read_unit(candidate_t *candidate, const bt_readings_t *readings, double value)
{
    double canonical = value;
    candidate->distance = HUGE_VAL;
    if (!readings->n) {
        candidate->unit_fits = bt_unit_is_plain(candidate->analyte->unit) ? 2 : 1;
        candidate->possible = isnan(value) || is_possible(candidate->analyte, value);
        candidate->distance =
            isnan(value) ? HUGE_VAL : distance_from_usual(candidate->analyte, value);
        return;
    }
    for (int i = 0; i < readings->n; i++) {
        if (bt_analyte_to_canonical(&canonical, candidate->analyte, value, readings->ucum[i]))
            continue;
        int possible = isnan(value) || is_possible(candidate->analyte, canonical);
        if (candidate->unit_fits && candidate->possible >= possible)
            continue;
        candidate->unit_fits = 2;
        candidate->possible = possible;
        candidate->unit = readings->ucum[i];
        candidate->distance =
            isnan(value) ? HUGE_VAL : distance_from_usual(candidate->analyte, canonical);
    }
    if (!candidate->unit_fits)
        candidate->unit = readings->ucum[0];
}

static int is_better(const candidate_t *a, const candidate_t *b)
{
    if (a->unit_fits != b->unit_fits)
        return a->unit_fits > b->unit_fits;
    if (a->possible != b->possible)
        return a->possible > b->possible;
    if (a->specimen != b->specimen)
        return a->specimen > b->specimen;
    return a->distance < b->distance;
}

static int is_tie_of_specimens(const candidate_t *a, const candidate_t *b)
{
    return a->specimen == 1 && b->specimen == 1 && a->unit_fits == b->unit_fits &&
           a->possible == b->possible &&
           !strcmp(a->analyte->specimen, "Urine") != !strcmp(b->analyte->specimen, "Urine");
}

/* Without a unit, per cent and count of the same name are told apart by the value, and only where
 * it is usual for one of them. */
static int is_open_between(const candidate_t *a, const candidate_t *b)
{
    return a->unit_fits == 1 && b->unit_fits == 1 && a->possible && b->possible && a->specimen &&
           b->specimen && strcmp(a->analyte->unit, b->analyte->unit) &&
           fmin(a->distance, b->distance) > 0;
}

static bt_match_t choose(const found_t *found, const bt_label_t *label,
                         const bt_readings_t *readings, const char *specimen)
{
    candidate_t best = {0};
    int tie = 0, is_open = 0;
    for (int i = 0; i < found->alias->n; i++) {
        candidate_t one = {.analyte = found->alias->analytes[i]};
        one.specimen = specimen_fits(one.analyte, specimen);
        if (!one.specimen)
            continue;
        read_unit(&one, readings, label->value);
        is_open |= best.analyte && !readings->n && is_open_between(&one, &best);
        if (!best.analyte || is_better(&one, &best)) {
            tie = best.analyte && is_tie_of_specimens(&one, &best);
            best = one;
        } else {
            tie |= is_tie_of_specimens(&one, &best);
        }
    }
    bt_match_t match = {best.analyte, best.unit, NULL, found->confidence, found->reason};
    if (!match.analyte)
        return (bt_match_t){NULL, NULL, NULL, 0, "not an analyte of this specimen"};
    if (is_open && !isnan(label->value))
        return (bt_match_t){NULL, NULL, NULL, 0, "per cent or count is not stated"};
    match.loinc = bt_analyte_loinc(best.analyte, best.unit);
    if (tie) {
        match.confidence = UNSURE_SPECIMEN;
        match.reason = "the specimen is not stated";
    } else if (!best.unit_fits) {
        match.confidence = fmin(match.confidence, UNSURE_UNIT);
        match.reason = "the unit is not one of this analyte";
        match.loinc = NULL;
    } else if (best.unit_fits == 1 && !strcmp(best.analyte->scale, "Qn")) {
        match.confidence = fmin(match.confidence, UNSURE_NO_UNIT);
        match.reason = label->unit_text && *label->unit_text ? "the unit was not recognised"
                                                             : "no unit is printed";
        match.loinc = NULL;
    }
    return match;
}

bt_match_t bt_catalogue_match(const bt_catalogue_t *catalogue, const bt_label_t *label,
                              apr_pool_t *scratch_pool)
{
    bt_words_t words;
    bt_readings_t readings;
    bt_match_t none = {NULL, NULL, NULL, 0, ""};
    bt_catalogue_readings(&readings, catalogue, label->unit_text, scratch_pool);
    none.unit = readings.n ? readings.ucum[0] : NULL;
    if (!label->label)
        return none;
    bt_label_words(&words, label->label, scratch_pool);
    const char *own = specimen_of(catalogue, label->label, scratch_pool);
    const char *specimen = own ? own : specimen_of(catalogue, label->section, scratch_pool);
    found_t found = {NULL, 0, ""};
    if (specimen && !own && words.n < BT_MAX_WORDS) {
        /* Under a heading "urine" the label "pH" means what "urine pH" means. */
        bt_words_t full = words;
        full.in_brackets[full.n] = 0;
        full.word[full.n++] = bt_label_fold(specimen, BT_MAX_LABEL, 0, scratch_pool);
        found = find_alias(catalogue, &full, 0, scratch_pool);
    }
    if (!found.alias)
        found = find_alias(catalogue, &words, 1, scratch_pool);
    if (!found.alias)
        return none;
    bt_match_t match = choose(&found, label, &readings, specimen);
    if (!match.unit)
        match.unit = none.unit;
    return match;
}

double bt_catalogue_label_likeness(const bt_catalogue_t *catalogue, const char *label,
                                   apr_pool_t *scratch_pool)
{
    enum { MIN_LETTERS = 3, MAX_ALIAS_WORDS = 8 };
    bt_words_t words, part;
    if (!label)
        return 0;
    bt_label_words(&words, label, scratch_pool);
    if (find_alias(catalogue, &words, 0, scratch_pool).alias)
        return 1;
    double best = 0;
    size_t all = strlen(bt_label_joined(&words, scratch_pool));
    for (int n = 1; n < words.n && n <= MAX_ALIAS_WORDS; n++) {
        for (int from = 0; from <= words.n - n; from += words.n - n) {
            part.n = n;
            memcpy(part.word, words.word + from, sizeof part.word[0] * (size_t)n);
            const char *key = bt_label_joined(&part, scratch_pool);
            size_t letters = strlen(key);
            double likeness = 0.4 + 0.5 * (double)letters / (double)(all ? all : 1);
            if (letters >= MIN_LETTERS && likeness > best &&
                apr_hash_get(catalogue->aliases, key, APR_HASH_KEY_STRING))
                best = likeness;
        }
    }
    return best;
}
