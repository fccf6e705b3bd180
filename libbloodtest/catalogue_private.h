/* SPDX-License-Identifier: Apache-2.0
 * What the files of the catalogue share: its tables, and the plain form of labels and units that
 * they are keyed by. Nobody else includes this.
 */
#ifndef BT_CATALOGUE_PRIVATE_H
#define BT_CATALOGUE_PRIVATE_H

#include <apr_hash.h>
#include "catalogue.h"

enum {
    BT_MAX_LABEL = 240,   /* bytes of a label that are looked at */
    BT_MAX_WORDS = 24,    /* words of it */
    BT_MAX_NAMESAKES = 8, /* analytes that may share one alias */
    BT_MAX_READINGS = 6,  /* meanings of one printed unit */
    BT_MAX_KEY = 128,     /* bytes of an alias key; longer ones are cut */
    BT_MAX_UNIT = 48,     /* bytes of a printed unit */
};

/* One alias key and the analytes it may mean, in the order of the file. */
typedef struct bt_alias_t {
    const char *key;
    int length;
    unsigned long long letters; /* that the key is made of, as bt_label_letters() has them */
    int n;
    const bt_analyte_t *analytes[BT_MAX_NAMESAKES];
} bt_alias_t;

/* What one printed form of a unit may mean, the usual first. */
typedef struct bt_readings_t {
    int n;
    const char *ucum[BT_MAX_READINGS];
} bt_readings_t;

typedef enum { BT_WORD_DROP = 1, BT_WORD_KEEP, BT_WORD_SPECIMEN } bt_word_kind_t;
typedef struct bt_word_t {
    bt_word_kind_t kind;
    const char *value; /* of a specimen */
} bt_word_t;

struct bt_catalogue_t {
    bt_analyte_t *analytes;
    int n_analytes;
    const char *const *loinc_alts; /* per analyte: the cell with the codes of other units */
    apr_hash_t *by_id;
    apr_hash_t *aliases; /* key -> bt_alias_t; sorted keys begin with '~' */
    bt_alias_t *
        *by_length[BT_MAX_KEY + 1]; /* joined keys only, NULL-terminated: for the tolerant search */
    apr_hash_t *words;              /* word -> bt_word_t */
    apr_hash_t *units;              /* UCUM as it is -> itself */
    apr_hash_t *units_cased;        /* plain form, case kept -> bt_readings_t */
    apr_hash_t *units_folded;       /* plain form, lower case -> bt_readings_t */
    apr_hash_t *tables;             /* file -> bt_tsv_t, the site's rows laid over it */
    const struct bt_site_t *site;   /* NULL: none */
    const char *version;
};

/* A label taken apart. */
typedef struct bt_words_t {
    int n;
    const char *word[BT_MAX_WORDS];
    unsigned char in_brackets[BT_MAX_WORDS];
} bt_words_t;

/** Text in plain ASCII: accents off, Greek letters and superscripts written out; lower case unless
 * `keep_case`. */
const char *bt_label_fold(const char *text, size_t limit, int keep_case, apr_pool_t *pool);
void bt_label_words(bt_words_t *words, const char *label, apr_pool_t *pool);
/** The words without those that only name a tube or a method. */
void bt_label_essential(bt_words_t *kept, const bt_catalogue_t *catalogue, const bt_words_t *words);
/** The words joined: the key of an alias. */
const char *bt_label_joined(const bt_words_t *words, apr_pool_t *pool);
/** The words sorted, joined by blanks, behind '~': the key that does not know their order. */
const char *bt_label_sorted(const bt_words_t *words, apr_pool_t *pool);
/** A bit for each letter and digit that the key is made of. */
unsigned long long bt_label_letters(const char *key);
/** Edit distance, or `limit` + 1 where it is more than `limit`. */
int bt_label_distance(const char *a, const char *b, int limit);

/** A table that must be there. */
bt_err_t *bt_catalogue_need(const struct bt_tsv_t **tsv, const bt_catalogue_t *catalogue,
                            const char *file, apr_pool_t *pool);
/** Move the limits that rules name to where the site's table puts them (site_limits.c). */
bt_err_t *bt_site_limits(bt_catalogue_t *catalogue, apr_pool_t *pool);
bt_err_t *bt_catalogue_load_units(bt_catalogue_t *catalogue, apr_pool_t *pool);
bt_err_t *bt_catalogue_load_labels(bt_catalogue_t *catalogue, apr_pool_t *pool);
void bt_catalogue_readings(bt_readings_t *readings, const bt_catalogue_t *catalogue,
                           const char *printed, apr_pool_t *scratch_pool);

/** Whether values of the analyte have no unit (a ratio, a pH). */
int bt_unit_is_plain(const char *ucum);
/** Note beside each alternative unit the LOINC code of its own. */
void bt_catalogue_code_units(bt_catalogue_t *catalogue, apr_pool_t *pool);
/** The code for the analyte in this unit, NULL where none is known. */
const char *bt_analyte_loinc(const bt_analyte_t *analyte, const char *ucum);

#endif
