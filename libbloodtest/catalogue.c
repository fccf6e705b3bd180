/* SPDX-License-Identifier: Apache-2.0
 * Loads the catalogue of analytes and answers what is asked by id.  The version is a digest over
 * every file of the knowledge, so that a stored analysis says exactly what it was made with.
 */
#include "catalogue_private.h"
#include "ids.h"
#include "site.h"
#include "text.h"
#include "tsv.h"

#include <apr_strings.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION_DIGITS = 12, MAX_DECIMALS = 6 };

/* Columns that are read as they are, and where they go. */
typedef struct text_column_t {
    const char *name;
    size_t offset;
} text_column_t;
static const text_column_t text_columns[] = {
    {"id", offsetof(bt_analyte_t, id)},
    {"name_en", offsetof(bt_analyte_t, name)},
    {"group", offsetof(bt_analyte_t, group)},
    {"specimen", offsetof(bt_analyte_t, specimen)},
    {"scale", offsetof(bt_analyte_t, scale)},
    {"loinc", offsetof(bt_analyte_t, loinc)},
    {"ucum", offsetof(bt_analyte_t, unit)},
    {"ri_kind", offsetof(bt_analyte_t, interval_kind)},
    {"ri_source", offsetof(bt_analyte_t, interval_source)},
    {"crit_source", offsetof(bt_analyte_t, critical_source)},
};
static const text_column_t number_columns[] = {
    {"ri_m_low", offsetof(bt_analyte_t, low_m)},
    {"ri_m_high", offsetof(bt_analyte_t, high_m)},
    {"ri_f_low", offsetof(bt_analyte_t, low_f)},
    {"ri_f_high", offsetof(bt_analyte_t, high_f)},
    {"crit_low", offsetof(bt_analyte_t, critical_low)},
    {"crit_high", offsetof(bt_analyte_t, critical_high)},
    {"plaus_low", offsetof(bt_analyte_t, plausible_low)},
    {"plaus_high", offsetof(bt_analyte_t, plausible_high)},
};
#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))

/* "mmol/mol=0.09148+2.152": unit, factor and maybe an offset. */
static int read_alt_unit(bt_alt_unit_t *alt, const char *text, apr_pool_t *pool)
{
    const char *equals = strrchr(text, '=');
    if (!equals || equals == text)
        return -1;
    alt->unit = apr_pstrmemdup(pool, text, (apr_size_t)(equals - text));
    const char *plus = strchr(equals, '+');
    alt->offset = 0;
    if (plus && bt_text_to_double(&alt->offset, plus + 1))
        return -1;
    const char *factor =
        plus ? apr_pstrmemdup(pool, equals + 1, (apr_size_t)(plus - equals - 1)) : equals + 1;
    return bt_text_to_double(&alt->factor, factor) || alt->factor <= 0 ? -1 : 0;
}

static bt_err_t *read_alt_units(bt_analyte_t *analyte, const bt_tsv_t *tsv, int row,
                                apr_pool_t *pool)
{
    int column = 0, n = 0;
    BT_TRY(bt_tsv_column(&column, tsv, "alt_units", pool));
    const char **parts = bt_tsv_split(&n, tsv->rows[row][column], ';', pool);
    bt_alt_unit_t *alts = apr_pcalloc(pool, (apr_size_t)(n + 1) * sizeof *alts);
    for (int i = 0; i < n; i++) {
        if (read_alt_unit(&alts[i], parts[i], pool))
            return bt_tsv_error(tsv, row, column, "not unit=factor or unit=factor+offset", pool);
    }
    analyte->alt_units = alts;
    analyte->n_alt_units = n;
    return NULL;
}

/* Whether one of these columns is the site's; it is the source then, unless the site names one. */
static int mark_site(const char **source, const bt_tsv_t *tsv, int row, const char *names)
{
    int is_site = 0;
    for (int i = 0; i < tsv->n_columns; i++) {
        if (bt_tsv_has_word(names, tsv->head[i]))
            is_site |= bt_tsv_is_site(tsv, row, i);
    }
    if (is_site && (!**source || !strstr(*source, "site")))
        *source = "site table";
    return is_site;
}

/* A lower limit above its upper one would make everything abnormal, or nothing. */
static bt_err_t *check_limits(const bt_tsv_t *tsv, int row, apr_pool_t *pool)
{
    static const char *const pairs[][2] = {{"ri_m_low", "ri_m_high"},
                                           {"ri_f_low", "ri_f_high"},
                                           {"crit_low", "crit_high"},
                                           {"plaus_low", "plaus_high"}};
    for (int i = 0; i < COUNT(pairs); i++) {
        double low = NAN, high = NAN;
        int low_column = 0, high_column = 0;
        BT_TRY(bt_tsv_column(&low_column, tsv, pairs[i][0], pool));
        BT_TRY(bt_tsv_column(&high_column, tsv, pairs[i][1], pool));
        BT_TRY(bt_tsv_number(&low, tsv, row, low_column, pool));
        BT_TRY(bt_tsv_number(&high, tsv, row, high_column, pool));
        if (low > high)
            return bt_tsv_error(tsv, row,
                                bt_tsv_is_site(tsv, row, high_column) ? high_column : low_column,
                                apr_psprintf(pool, "%s is above %s; write the lower limit lower",
                                             pairs[i][0], pairs[i][1]),
                                pool);
    }
    return NULL;
}

static bt_err_t *read_analyte(bt_analyte_t *analyte, const bt_tsv_t *tsv, int row, apr_pool_t *pool)
{
    int column = 0;
    for (int i = 0; i < COUNT(text_columns); i++) {
        BT_TRY(bt_tsv_column(&column, tsv, text_columns[i].name, pool));
        memcpy((char *)analyte + text_columns[i].offset, &tsv->rows[row][column],
               sizeof(const char *));
    }
    for (int i = 0; i < COUNT(number_columns); i++) {
        double number = NAN;
        BT_TRY(bt_tsv_column(&column, tsv, number_columns[i].name, pool));
        BT_TRY(bt_tsv_number(&number, tsv, row, column, pool));
        memcpy((char *)analyte + number_columns[i].offset, &number, sizeof number);
    }
    double decimals = 0;
    BT_TRY(bt_tsv_column(&column, tsv, "decimals", pool));
    BT_TRY(bt_tsv_number(&decimals, tsv, row, column, pool));
    decimals = isnan(decimals) ? 0 : decimals;
    if (!(decimals >= 0 && decimals <= MAX_DECIMALS))
        return bt_tsv_error(tsv, row, column, "not a number of decimals from 0 to 6", pool);
    analyte->decimals = (int)decimals;
    BT_TRY(bt_tsv_column(&column, tsv, "ri_high_open", pool));
    analyte->high_excluded = !strcmp(tsv->rows[row][column], "1");
    BT_TRY(bt_tsv_column(&column, tsv, "confidence", pool));
    analyte->data_confidence = tsv->rows[row][column][0];
    if (analyte->data_confidence < 'A' || analyte->data_confidence > 'C')
        return bt_tsv_error(tsv, row, column, "not A, B or C", pool);
    if (!*analyte->id || !*analyte->name)
        return bt_error(pool, BT_E_CONFIG, "%s: no id or no name_en",
                        bt_tsv_place(tsv, row, column, pool));
    analyte->interval_is_site = mark_site(&analyte->interval_source, tsv, row,
                                          "ri_m_low ri_m_high ri_f_low ri_f_high ri_high_open");
    analyte->critical_is_site =
        mark_site(&analyte->critical_source, tsv, row, "crit_low crit_high");
    BT_TRY(check_limits(tsv, row, pool));
    return read_alt_units(analyte, tsv, row, pool);
}

static bt_err_t *load_analytes(bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    const bt_tsv_t *tsv = NULL;
    int loinc_alt = 0;
    BT_TRY(bt_catalogue_need(&tsv, catalogue, "analytes.tsv", pool));
    BT_TRY(bt_tsv_column(&loinc_alt, tsv, "loinc_alt", pool));
    const char **alts = apr_pcalloc(pool, (apr_size_t)(tsv->n_rows + 1) * sizeof *alts);
    catalogue->analytes =
        apr_pcalloc(pool, (apr_size_t)(tsv->n_rows + 1) * sizeof *catalogue->analytes);
    catalogue->n_analytes = tsv->n_rows;
    catalogue->by_id = apr_hash_make(pool);
    catalogue->loinc_alts = alts;
    for (int i = 0; i < tsv->n_rows; i++) {
        bt_analyte_t *analyte = &catalogue->analytes[i];
        BT_TRY(read_analyte(analyte, tsv, i, pool));
        if (apr_hash_get(catalogue->by_id, analyte->id, APR_HASH_KEY_STRING))
            return bt_tsv_error(tsv, i, 0, "this id is there twice", pool);
        apr_hash_set(catalogue->by_id, analyte->id, APR_HASH_KEY_STRING, analyte);
        alts[i] = tsv->rows[i][loinc_alt];
    }
    bt_catalogue_code_units(catalogue, pool);
    return NULL;
}

static bt_err_t *make_version(bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    bt_sha256_t sha;
    const bt_tsv_t *tsv = NULL;
    const char *content = NULL, *name = NULL;
    BT_TRY(bt_catalogue_need(&tsv, catalogue, "release.tsv", pool));
    if (tsv->n_rows != 1 || tsv->n_columns != 2)
        return bt_error(pool, BT_E_CONFIG, "release.tsv: not one row of key and value");
    bt_sha256_start(&sha);
    for (int i = 0; (name = bt_knowledge_at(&content, i)); i++) {
        bt_sha256_add(&sha, name, strlen(name) + 1);
        bt_sha256_add(&sha, content, strlen(content) + 1);
    }
    catalogue->version =
        apr_psprintf(pool, "%s-%.*s", tsv->rows[0][1], VERSION_DIGITS, bt_sha256_end(&sha, pool));
    if (catalogue->site)
        catalogue->version = apr_psprintf(pool, "%s+%.*s", catalogue->version, VERSION_DIGITS,
                                          bt_site_hash(catalogue->site, pool));
    return NULL;
}

/* All of them: a mistake in one shows when a program starts. */
static bt_err_t *load_tables(bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    const char *content = NULL, *name = NULL;
    catalogue->tables = apr_hash_make(pool);
    for (int i = 0; (name = bt_knowledge_at(&content, i)); i++) {
        bt_tsv_t *tsv = NULL;
        BT_TRY(bt_tsv_parse(&tsv, name, content, pool));
        BT_TRY(bt_site_merge(&tsv, catalogue->site, tsv, pool));
        apr_hash_set(catalogue->tables, name, APR_HASH_KEY_STRING, tsv);
    }
    return NULL;
}

bt_err_t *bt_catalogue_need(const bt_tsv_t **tsv, const bt_catalogue_t *catalogue, const char *file,
                            apr_pool_t *pool)
{
    *tsv = bt_catalogue_table(catalogue, file);
    return *tsv ? NULL : bt_error(pool, BT_E_CONFIG, "%s: no such file of the knowledge", file);
}

const bt_tsv_t *bt_catalogue_table(const bt_catalogue_t *catalogue, const char *file)
{
    return apr_hash_get(catalogue->tables, file, APR_HASH_KEY_STRING);
}

bt_err_t *bt_catalogue_load_site(bt_catalogue_t **catalogue, const char *directory,
                                 apr_pool_t *pool)
{
    bt_catalogue_t *made = apr_pcalloc(pool, sizeof *made);
    bt_site_t *site = NULL;
    if (directory && *directory)
        BT_TRY(bt_site_read(&site, directory, pool));
    made->site = site;
    BT_TRY(load_tables(made, pool));
    BT_TRY(load_analytes(made, pool));
    if (site)
        BT_TRY(bt_site_limits(made, pool));
    BT_TRY(bt_catalogue_load_units(made, pool));
    BT_TRY(bt_catalogue_load_labels(made, pool));
    BT_TRY(make_version(made, pool));
    *catalogue = made;
    return NULL;
}

bt_err_t *bt_catalogue_load(bt_catalogue_t **catalogue, apr_pool_t *pool)
{
    return bt_catalogue_load_site(catalogue, NULL, pool);
}

const char *bt_catalogue_version(const bt_catalogue_t *catalogue)
{
    return catalogue->version;
}

int bt_catalogue_size(const bt_catalogue_t *catalogue)
{
    return catalogue->n_analytes;
}

const bt_analyte_t *bt_catalogue_at(const bt_catalogue_t *catalogue, int index)
{
    return index >= 0 && index < catalogue->n_analytes ? &catalogue->analytes[index] : NULL;
}

const bt_analyte_t *bt_catalogue_by_id(const bt_catalogue_t *catalogue, const char *id)
{
    return id ? apr_hash_get(catalogue->by_id, id, APR_HASH_KEY_STRING) : NULL;
}

typedef struct near_t {
    int distance, index;
} near_t;

static int by_distance(const void *a, const void *b)
{
    const near_t *x = a, *y = b;
    return x->distance != y->distance ? x->distance - y->distance : x->index - y->index;
}

int bt_catalogue_nearest(const char **ids, int room, const bt_catalogue_t *catalogue,
                         const char *id)
{
    enum { FAR = 12 };
    near_t *near = calloc((size_t)catalogue->n_analytes + 1, sizeof *near);
    if (!near)
        return 0;
    for (int i = 0; i < catalogue->n_analytes; i++) {
        const char *known = catalogue->analytes[i].id;
        int distance = 2 * bt_label_distance(id, known, FAR);
        if (*id && (strstr(known, id) || strstr(id, known)))
            distance = 1;
        near[i] = (near_t){distance, i};
    }
    qsort(near, (size_t)catalogue->n_analytes, sizeof *near, by_distance);
    int n = room < catalogue->n_analytes ? room : catalogue->n_analytes;
    for (int i = 0; i < n; i++)
        ids[i] = catalogue->analytes[near[i].index].id;
    free(near);
    return n;
}
