/* SPDX-License-Identifier: Apache-2.0
 * The catalogue: analytes and units as data (libbloodtest/knowledge/, compiled into the library so
 * that code and data cannot disagree).  Loading makes plain, read-only structs that threads may
 * share.
 */
#ifndef BT_CATALOGUE_H
#define BT_CATALOGUE_H

#include "error.h"

typedef struct bt_catalogue_t bt_catalogue_t;

/* A unit other than the canonical one, and what to multiply a value in it by to get the canonical
 * one. */
typedef struct bt_alt_unit_t {
    const char *unit; /* UCUM */
    double factor;
    double offset;     /* canonical = value * factor + offset */
    const char *loinc; /* where this unit has a LOINC code of its own, else NULL */
} bt_alt_unit_t;

typedef struct bt_analyte_t {
    const char *id;       /* "hb" */
    const char *name;     /* "Haemoglobin" */
    const char *group;    /* "haematology" */
    const char *specimen; /* "Bld", "Ser/Plas", "Urine", … */
    const char *scale;    /* "Qn", "Ord", … */
    const char *loinc;    /* for the canonical unit; may be "" */
    const char *unit;     /* canonical, UCUM; "" where it has none */
    int decimals;
    const bt_alt_unit_t *alt_units;
    int n_alt_units;
    double low_m, high_m, low_f, high_f; /* generic interval, canonical unit; NAN: none */
    int high_excluded;                   /* the upper limit itself is outside ("< 200") */
    const char *interval_kind;           /* "ref" or "decision" */
    const char *interval_source;
    int interval_is_site, critical_is_site; /* a site's table gave them */
    double critical_low, critical_high;     /* canonical unit, inclusive; NAN: none */
    const char *critical_source;
    double plausible_low, plausible_high; /* canonical unit; NAN: none */
    char data_confidence;                 /* 'A' to 'C', from the data file */
} bt_analyte_t;

/** Load what is compiled in.  A malformed row is an error that names file, line and column
 * (BT_E_CONFIG). */
bt_err_t *bt_catalogue_load(bt_catalogue_t **catalogue, apr_pool_t *pool);
/** The same with a site's own tables (site.h) over it; NULL and "" are no folder. */
bt_err_t *bt_catalogue_load_site(bt_catalogue_t **catalogue, const char *directory,
                                 apr_pool_t *pool);

/** The version stored with each analysis: release and 12 digits of a digest over all tables
 * ("2026.11-0123456789ab"); behind a plus sign 12 digits over the site's, where it has some. */
const char *bt_catalogue_version(const bt_catalogue_t *catalogue);

/** A table of the knowledge, read once when the catalogue was loaded; NULL where there is none of
 * that name. */
struct bt_tsv_t;
const struct bt_tsv_t *bt_catalogue_table(const bt_catalogue_t *catalogue, const char *file);

int bt_catalogue_size(const bt_catalogue_t *catalogue);
const bt_analyte_t *bt_catalogue_at(const bt_catalogue_t *catalogue, int index);
const bt_analyte_t *bt_catalogue_by_id(const bt_catalogue_t *catalogue, const char *id);

/** Text in plain ASCII: accents off, Greek letters and superscripts written out; lower case unless
 * `keep_case`. */
const char *bt_label_fold(const char *text, size_t limit, int keep_case, apr_pool_t *pool);

/** UCUM for a printed unit ("mg/dl", "x10^3/µl", "Lakhs/cumm"), NULL where not recognised.  Static
 * lifetime. */
const char *bt_catalogue_unit(const bt_catalogue_t *catalogue, const char *printed);

/* What a label can be matched with.  NULL where unknown. */
typedef struct bt_label_t {
    const char *label;     /* as printed */
    const char *unit_text; /* as printed */
    const char *section;   /* heading, e.g. "URINE ROUTINE": decides the specimen */
    double value;          /* NAN; with the unit missing plausibility helps to choose */
} bt_label_t;

typedef struct bt_match_t {
    const bt_analyte_t *analyte; /* NULL: none */
    const char *unit;            /* UCUM or NULL */
    const char *loinc;           /* or NULL */
    double
        confidence; /* 1 exact alias and unit fits; lower for spelling tolerance, missing unit, … */
    const char *reason; /* static text, "" at full confidence */
} bt_match_t;

/** Which analyte a printed label means (aliases of all languages, case, accents and punctuation
 * aside; the unit decides between namesakes such as % and absolute counts).  A unit that the
 * analyte cannot have lowers the confidence. */
bt_match_t bt_catalogue_match(const bt_catalogue_t *catalogue, const bt_label_t *label,
                              apr_pool_t *scratch_pool);

/** Whether the text is, or begins or ends with, an alias of any analyte: for telling labels from
 * prose.  0 to 1. */
double bt_catalogue_label_likeness(const bt_catalogue_t *catalogue, const char *label,
                                   apr_pool_t *scratch_pool);

/** Convert to the canonical unit of the analyte: 0, or -1 where the unit is not one of the
 * analyte's. */
int bt_analyte_to_canonical(double *canonical, const bt_analyte_t *analyte, double value,
                            const char *ucum);

/** The nearest analyte ids (at most `room`) to an unknown one, for error messages.  Returns how
 * many. */
int bt_catalogue_nearest(const char **ids, int room, const bt_catalogue_t *catalogue,
                         const char *id);

#endif
