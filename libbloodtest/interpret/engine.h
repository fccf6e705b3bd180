/* SPDX-License-Identifier: Apache-2.0
 * What the parts of the deterministic engine share.  A fact is an observation with what was decided
 * about it; rules and formulas are rows of the knowledge whose conditions are expressions over
 * facts; what they say are claims.
 */
#ifndef BT_ENGINE_H
#define BT_ENGINE_H

#include <apr_hash.h>
#include <apr_tables.h>
#include "interpret.h"
#include "../tsv.h"

enum {
    BT_MAX_USED = 48, /* facts that one rule may name */
    BT_MAX_CLAIMS = 4000,
    BT_MAX_ROUNDS = 8,   /* results of one analyte that rules are tried on */
    BT_MAX_NAME = 80,    /* bytes of a printed label in a claim */
    BT_MAX_SHOWN = 40,   /* bytes of a printed value or unit in a claim */
    BT_MAX_CLAIM = 1200, /* bytes of a claim's text */
};

/* Why rules may not use a fact. */
typedef enum {
    BT_FACT_USABLE,
    BT_FACT_UNKNOWN,    /* not in the catalogue */
    BT_FACT_NO_VALUE,   /* neither a number nor a known word */
    BT_FACT_NO_UNIT,    /* unit missing or not recognised */
    BT_FACT_WRONG_UNIT, /* not a unit of the analyte */
    BT_FACT_IMPOSSIBLE, /* outside plausibility, or mislabelled */
    BT_FACT_UNSURE,     /* read with too little confidence */
    BT_FACT_PREVIOUS,   /* an earlier result of the same analyte */
} bt_fact_state_t;

typedef struct bt_fact_t {
    const bt_observation_t *row;
    bt_fact_state_t state;
    double canonical;       /* in the catalogue's unit; NAN */
    bt_interval_t interval; /* in force, in the unit of the row; both NAN where there is none */
    bt_interval_t generic;  /* the same in the catalogue's unit where it is not printed, else NAN */
    const char *interval_text;        /* as printed, or the generic one; NULL */
    const char *interval_source;      /* "printed", "site", "generic" or NULL */
    const char *interpretation;       /* "N", "L", "H", "LL", "HH", "A" or NULL */
    const char *collected;            /* ISO, NULL where it is not known */
    const bt_earlier_t *earlier;      /* the analysis it is from; NULL: this one */
    const struct bt_change_t *change; /* against the last earlier result, or NULL */
} bt_fact_t;

/* How a result differs from the last earlier one of the same analyte. */
typedef struct bt_change_t {
    const bt_fact_t *before;
    double before_value, difference, percent; /* in the unit of the row; percent NAN beside 0 */
    char flag; /* 'U' or 'D' where it is more than usual variation, else 0 */
} bt_change_t;

typedef struct bt_derived_t {
    const char *formula, *name, *title, *unit, *shown, *value_text, *source;
    int reviewed;
    const char *unit_of_value;
    double value;       /* in the unit of the formula */
    double shown_value; /* in `unit`, which follows the report */
    int n_used;
    const bt_fact_t *used[BT_MAX_USED];
} bt_derived_t;

typedef struct bt_claim_t {
    const char *role, *level, *text, *rule_id, *rule_version, *source;
    int urgency; /* 0 to 4 */
    int reviewed, order;
    int on_topic; /* about what the user asked */
    int n_used;
    const bt_fact_t *used[BT_MAX_USED];
    const char *aside; /* of a claim about an interval: the same, short, beside a claim that says
                          more of the same result; else NULL */
} bt_claim_t;

typedef struct bt_engine_t {
    apr_pool_t *pool;
    const bt_report_t *report;
    const bt_context_t *context; /* what was given, with what is printed filled in */
    const bt_catalogue_t *catalogue;
    bt_fact_t *facts; /* one for each observation, in their order, then earlier analyses' */
    int n_facts;
    apr_hash_t *bound; /* analyte id -> bt_fact_t: what its name means now */
    apr_hash_t *rounds[BT_MAX_ROUNDS];
    apr_hash_t *derived_rounds[BT_MAX_ROUNDS];
    int n_rounds;
    apr_hash_t *derived_by_name; /* what names of computed values mean now */
    apr_array_header_t *derived; /* bt_derived_t * */
    apr_hash_t *fired;           /* rule id -> itself */
    apr_array_header_t *claims;  /* bt_claim_t * */
    apr_hash_t *wording, *settings, *meanings, *pairs, *topic_ids;
    const bt_tsv_t *rules;
    int pregnant;      /* 0 or 1, as decided */
    const char *topic; /* what the user asked about, in our words; NULL for nothing known */
} bt_engine_t;

/* The value of an expression: a number, or truth as 1 and 0.  A result "< 5" is everything below 5.
 */
typedef struct bt_value_t {
    double low, high;            /* equal where exact; NAN: not known */
    int is_constant;             /* made of numbers only */
    const bt_fact_t *fact;       /* the one result it is, or NULL */
    const bt_derived_t *derived; /* the one computed value it is, or NULL */
} bt_value_t;

typedef struct bt_used_t {
    int n;
    const bt_fact_t *facts[BT_MAX_USED];
} bt_used_t;

/** What the expression says now; the facts it names that are there are added to `used`.  A mistake
 * in the expression is BT_E_CONFIG with the place. */
bt_err_t *bt_expression(bt_value_t *value, bt_used_t *used, const bt_engine_t *engine,
                        const char *text);

/* interpret.c */
/** An engine with a pool of its own below `pool` and nothing in it. */
bt_err_t *bt_engine_begin(bt_engine_t *engine, apr_pool_t *pool);

/* values.c */
/** -1, 0, 1 as the fact is below, at, above a limit of the catalogue's unit; 2 where its comparator
 * leaves that open. */
int bt_fact_compare(const bt_engine_t *engine, const bt_fact_t *fact, double limit);
/** A limit of the catalogue's unit in the unit of the row, as its source prints it where there is a
 * pair. */
double bt_limit_in_row(const bt_engine_t *engine, const bt_fact_t *fact, double limit);
/** The same of a computed value: in the unit in which it is shown where the source prints the limit
 * in that unit too. */
int bt_derived_compare(const bt_engine_t *engine, const bt_derived_t *derived, double limit);
/** The critical limit of a side ('-' or '+') in the unit of the row: that of the rule which names
 * the analyte (a multiple of the interval), else that of the catalogue; NAN where there is none. */
double bt_fact_critical(const bt_engine_t *engine, const bt_fact_t *fact, char side);
/** The bounds of what the row says, in its own unit. */
void bt_row_bounds(double *low, double *high, const bt_observation_t *row);
/** 'L', 'N', 'H' against an interval in the unit of the row; 0 where that is open. */
char bt_row_side(const bt_observation_t *row, const bt_interval_t *interval);
/** Hours since a day long ago, of "2026-11-20" or "2026-11-20T08:30…" with or without a zone; NAN
 * for anything else (and NULL). */
double bt_hours_of(const char *text);
/** The printed date as ISO, NULL where it can be read in more than one way.  *order: which of day
 * and month comes first ('d', 'm', 0 not known), learnt from clear dates. */
const char *bt_date_iso(char *order, const bt_engine_t *engine, const char *printed);
/** When the specimen of this report was collected, as ISO, or NULL. */
const char *bt_date_of_report(const bt_engine_t *engine);
/** How many facts there are with those of earlier analyses; and those, from facts[first] on. */
int bt_earlier_count(const bt_engine_t *engine);
void bt_earlier_facts(bt_engine_t *engine, int first);
/** Whether `earlier` is before `fact`: by the dates of collection, else of submission. */
int bt_fact_is_before(const bt_engine_t *engine, const bt_fact_t *earlier, const bt_fact_t *fact);
/** What has changed since earlier results, as claims (D01 to D04) and as changes of facts. */
bt_err_t *bt_changes_claims(bt_engine_t *engine);
/** 'L', 'N', 'H' beside the interval in force; 0 where that is open or there is none. */
char bt_fact_side(const bt_engine_t *engine, const bt_fact_t *fact);
/** Its bounds as multiples of the upper limit in force; NAN where there is none above 0. */
void bt_fact_times_upper(double *low, double *high, const bt_fact_t *fact);
/** The lowest earlier result of the same analyte at most `hours` before this one; NULL: none. */
const bt_fact_t *bt_fact_lowest_before(const bt_engine_t *engine, const bt_fact_t *fact,
                                       double hours);
double bt_rounded(double value, int decimals);
int bt_is_power_of_ten(double factor);
/** The unit of the row where it is not the catalogue's (or only another name of it), else NULL. */
const bt_alt_unit_t *bt_fact_alt_unit(const bt_fact_t *fact);
bt_err_t *bt_facts_make(bt_engine_t *engine);
int bt_is_child(const bt_engine_t *engine);

/* wording.c */
bt_err_t *bt_table(const bt_tsv_t **tsv, const bt_engine_t *engine, const char *file);
bt_err_t *bt_tables_load(bt_engine_t *engine);
/** What the expression under this key says now; NAN where there is none or it is not known. */
double bt_setting_value(const bt_engine_t *engine, const char *key);
double bt_setting(const bt_engine_t *engine, const char *key, double otherwise);
/** Whether the setting is the site's. */
int bt_setting_is_site(const bt_engine_t *engine, const char *key);
/** Whether the setting, a list of words, holds the word. */
int bt_setting_has(const bt_engine_t *engine, const char *key, const char *word);
const char *bt_meaning(const bt_engine_t *engine, const char *kind, const char *word);
/** The sentence of wording.tsv, with pairs of name and text (NULL-terminated) put in for {name}. */
const char *bt_sentence(const bt_engine_t *engine, const char *key, const char *const *pairs);
/** What a row of rules.tsv says, before anything is put in. */
const char *bt_rule_text(const bt_engine_t *engine, int row);
const char *bt_fill(const bt_engine_t *engine, const char *text, const char *const *pairs);
/** "Haemoglobin", or the printed label, cleaned and bounded. */
const char *bt_fact_name(const bt_engine_t *engine, const bt_fact_t *fact);
const char *bt_fact_value(const bt_engine_t *engine, const bt_fact_t *fact);
/** "%.{digits}g" as C writes it (APR drops the 0 of 0.5). */
const char *bt_number_text(double number, int digits, apr_pool_t *pool);
const char *bt_printed(const bt_engine_t *engine, const char *text, size_t limit);

/* claims.c */
/** Add a claim unless the same rule has said the same of the same results; NULL where it was not
 * added. */
const bt_claim_t *bt_claim_add(bt_engine_t *engine, const bt_claim_t *claim);
/** A claim of a rule whose sentence is in wording.tsv, about one fact. */
void bt_claim_sentence(bt_engine_t *engine, const bt_fact_t *fact, const char *key, int urgency,
                       const char *const *pairs);
void bt_claims_sort(bt_engine_t *engine);
/** The highest urgency so far. */
int bt_urgency(const bt_engine_t *engine);
void bt_fact_mark(const bt_engine_t *engine, const bt_fact_t *fact, const char *interpretation);

/* general.c: what holds for every result; rules.c: formulas and rules */
bt_err_t *bt_general_claims(bt_engine_t *engine);
bt_err_t *bt_formulas_run(bt_engine_t *engine);
/** Run the rules of a phase (a column of the table), in their order. */
bt_err_t *bt_rules_run(bt_engine_t *engine, const char *phase);
/** Whether a rule of its own that may speak of this person names this side ('-' or '+') of the
 * analyte's critical limits. */
bt_err_t *bt_rule_covers(int *covers, const bt_engine_t *engine, const char *analyte, char side);
/** Say what each name means in each round, and begin with the first. */
void bt_facts_rounds(bt_engine_t *engine);

/* topics.c, texts.c, result.c */
bt_err_t *bt_topics_find(bt_engine_t *engine);
int bt_is_on_topic(const bt_engine_t *engine, const bt_fact_t *fact);
void bt_texts_write(bt_json_t *result, bt_engine_t *engine);
void bt_result_write(bt_json_t *result, bt_engine_t *engine);

#endif
