/* SPDX-License-Identifier: Apache-2.0
 * Printed units and what they mean in UCUM, and conversion to the unit that rules are written in.
 * A printed unit may have two readings ("G/L" is giga per litre or grams per litre in capitals):
 * the analyte decides between them.
 */
#include "catalogue_private.h"
#include "tsv.h"

#include <apr_strings.h>
#include <ctype.h>
#include <string.h>

/* "x 10^3/µL", "10E3/uL" and "10*3/uL" are all "103/uL": what is set in many ways is left out. */
static const char *plain_unit(const char *printed, apr_pool_t *pool)
{
    const char *folded = bt_label_fold(printed, BT_MAX_UNIT, 1, pool);
    char *plain = apr_palloc(pool, strlen(folded) + 1), *to = plain;
    for (const char *c = folded; *c; c++) {
        if (strchr(" ^*.,()[]{}~_'\"", *c))
            continue;
        *to++ = *c == '\\' ? '/' : *c;
    }
    *to = '\0';
    if ((*plain == 'x' || *plain == 'X') && plain[1] == '1')
        plain++;
    if (!strncmp(plain, "10", 2) && (plain[2] == 'e' || plain[2] == 'E') &&
        isdigit((unsigned char)plain[3]))
        memmove(plain + 2, plain + 3, strlen(plain + 3) + 1);
    return plain;
}

static void add_reading(apr_hash_t *units, const char *key, const char *ucum, apr_pool_t *pool)
{
    bt_readings_t *readings = apr_hash_get(units, key, APR_HASH_KEY_STRING);
    if (!readings) {
        readings = apr_pcalloc(pool, sizeof *readings);
        apr_hash_set(units, apr_pstrdup(pool, key), APR_HASH_KEY_STRING, readings);
    }
    for (int i = 0; i < readings->n; i++) {
        if (!strcmp(readings->ucum[i], ucum))
            return;
    }
    if (readings->n < BT_MAX_READINGS)
        readings->ucum[readings->n++] = ucum;
}

static const char *lower(const char *text, apr_pool_t *pool)
{
    char *copy = apr_pstrdup(pool, text);
    for (char *c = copy; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return copy;
}

static void add_unit(bt_catalogue_t *catalogue, const char *printed, const char *ucum,
                     apr_pool_t *pool)
{
    const char *plain = plain_unit(printed, pool);
    add_reading(catalogue->units_cased, plain, ucum, pool);
    add_reading(catalogue->units_folded, lower(plain, pool), ucum, pool);
    apr_hash_set(catalogue->units, ucum, APR_HASH_KEY_STRING, ucum);
}

bt_err_t *bt_catalogue_load_units(bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    const bt_tsv_t *tsv = NULL;
    int printed = 0, ucum = 0;
    catalogue->units = apr_hash_make(pool);
    catalogue->units_cased = apr_hash_make(pool);
    catalogue->units_folded = apr_hash_make(pool);
    BT_TRY(bt_catalogue_need(&tsv, catalogue, "units.tsv", pool));
    BT_TRY(bt_tsv_column(&printed, tsv, "printed", pool));
    BT_TRY(bt_tsv_column(&ucum, tsv, "ucum", pool));
    for (int i = 0; i < tsv->n_rows; i++) {
        if (!*tsv->rows[i][printed] || !*tsv->rows[i][ucum])
            return bt_tsv_error(tsv, i, ucum, "a unit needs its printed and its UCUM form", pool);
        add_unit(catalogue, tsv->rows[i][printed], tsv->rows[i][ucum], pool);
    }
    for (int i = 0; i < catalogue->n_analytes; i++) {
        const bt_analyte_t *analyte = &catalogue->analytes[i];
        if (*analyte->unit)
            add_unit(catalogue, analyte->unit, analyte->unit, pool);
        for (int j = 0; j < analyte->n_alt_units; j++)
            add_unit(catalogue, analyte->alt_units[j].unit, analyte->alt_units[j].unit, pool);
    }
    return NULL;
}

static void take_readings(bt_readings_t *readings, const bt_readings_t *more)
{
    for (int i = 0; more && i < more->n && readings->n < BT_MAX_READINGS; i++) {
        int known = 0;
        for (int j = 0; j < readings->n; j++)
            known |=
                readings->ucum[j] == more->ucum[i] || !strcmp(readings->ucum[j], more->ucum[i]);
        if (!known)
            readings->ucum[readings->n++] = more->ucum[i];
    }
}

void bt_catalogue_readings(bt_readings_t *readings, const bt_catalogue_t *catalogue,
                           const char *printed, apr_pool_t *scratch_pool)
{
    readings->n = 0;
    if (!printed || !*printed || strlen(printed) > BT_MAX_UNIT)
        return;
    const char *ucum = apr_hash_get(catalogue->units, printed, APR_HASH_KEY_STRING);
    if (ucum)
        readings->ucum[readings->n++] = ucum;
    const char *plain = plain_unit(printed, scratch_pool);
    take_readings(readings, apr_hash_get(catalogue->units_cased, plain, APR_HASH_KEY_STRING));
    take_readings(readings, apr_hash_get(catalogue->units_folded, lower(plain, scratch_pool),
                                         APR_HASH_KEY_STRING));
    const char *bracket = strpbrk(printed, "([");
    if (!readings->n && bracket && bracket > printed)
        bt_catalogue_readings(
            readings, catalogue,
            apr_pstrmemdup(scratch_pool, printed, (apr_size_t)(bracket - printed)), scratch_pool);
}

const char *bt_catalogue_unit(const bt_catalogue_t *catalogue, const char *printed)
{
    bt_readings_t readings;
    apr_pool_t *pool = NULL;
    if (!printed || apr_pool_create(&pool, NULL) != APR_SUCCESS)
        return NULL;
    bt_catalogue_readings(&readings, catalogue, printed, pool);
    apr_pool_destroy(pool);
    return readings.n ? readings.ucum[0] : NULL;
}

int bt_unit_is_plain(const char *ucum)
{
    return !*ucum || (*ucum == '{' && ucum[1]) || !strcmp(ucum, "[pH]") || !strcmp(ucum, "1");
}

int bt_analyte_to_canonical(double *canonical, const bt_analyte_t *analyte, double value,
                            const char *ucum)
{
    if (bt_unit_is_plain(analyte->unit) && (!ucum || bt_unit_is_plain(ucum))) {
        *canonical = value;
        return 0;
    }
    if (!ucum)
        return -1;
    if (!strcmp(ucum, analyte->unit)) {
        *canonical = value;
        return 0;
    }
    for (int i = 0; i < analyte->n_alt_units; i++) {
        const bt_alt_unit_t *alt = &analyte->alt_units[i];
        if (!strcmp(alt->unit, ucum)) {
            *canonical = value * alt->factor + alt->offset;
            return 0;
        }
    }
    return -1;
}

/* LOINC codes one property: substance, arbitrary or enzyme units, mass, or neither. */
static char property_of(const char *unit)
{
    if (strstr(unit, "mol") || strstr(unit, "eq/"))
        return 'M';
    if (strstr(unit, "[IU]") || strstr(unit, "U/") || strstr(unit, "'U]") || strstr(unit, "kat"))
        return 'U';
    return strstr(unit, "g/") ? 'g' : 'n';
}

/* A part of the cell is "key:code:status"; a key is a unit, or words such as "mass" or "AM". */
static const char *coded_for(const char **parts, int n, const char *ucum, apr_pool_t *pool)
{
    for (int exact = 1; exact >= 0; exact--) {
        for (int i = 0; i < n; i++) {
            const char *colon = strchr(parts[i], ':');
            const char *key =
                colon ? apr_pstrmemdup(pool, parts[i], (apr_size_t)(colon - parts[i])) : "";
            int fits = exact ? !strcmp(key, ucum)
                             : (property_of(key) == property_of(ucum) && property_of(key) != 'n' &&
                                !strchr(key, ' ')) ||
                                   (!strcmp(key, "mass") && property_of(ucum) == 'g');
            const char *end = colon ? strchr(colon + 1, ':') : NULL;
            if (fits && end)
                return apr_pstrmemdup(pool, colon + 1, (apr_size_t)(end - colon - 1));
        }
    }
    return NULL;
}

void bt_catalogue_code_units(bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    for (int i = 0; i < catalogue->n_analytes; i++) {
        bt_analyte_t *analyte = &catalogue->analytes[i];
        int n = 0;
        const char **parts = bt_tsv_split(&n, catalogue->loinc_alts[i], ';', pool);
        bt_alt_unit_t *alts = apr_pmemdup(pool, analyte->alt_units,
                                          (apr_size_t)(analyte->n_alt_units + 1) * sizeof *alts);
        for (int j = 0; j < analyte->n_alt_units; j++)
            alts[j].loinc = coded_for(parts, n, alts[j].unit, pool);
        analyte->alt_units = alts;
    }
}

const char *bt_analyte_loinc(const bt_analyte_t *analyte, const char *ucum)
{
    const char *own = analyte->loinc && *analyte->loinc ? analyte->loinc : NULL;
    if (!ucum || !strcmp(ucum, analyte->unit) || bt_unit_is_plain(analyte->unit))
        return own;
    for (int i = 0; i < analyte->n_alt_units; i++) {
        if (strcmp(analyte->alt_units[i].unit, ucum))
            continue;
        if (analyte->alt_units[i].loinc)
            return analyte->alt_units[i].loinc;
        return property_of(ucum) == property_of(analyte->unit) ? own : NULL;
    }
    return NULL;
}
