/* SPDX-License-Identifier: Apache-2.0
 * What the files of the grounding share: a sentence taken apart, the words and tests found in it,
 * and the facts that it is held against.  Nobody else includes this.
 */
#ifndef BT_GROUND_PRIVATE_H
#define BT_GROUND_PRIVATE_H

#include <apr_hash.h>
#include <apr_tables.h>
#include "ground.h"

enum {
    BT_MAX_SPAN = 9,   /* tokens of a name */
    BT_MAX_MEANT = 12, /* analytes that one name may mean */
    BT_MAX_SUBJECTS = 40,
    BT_MAX_SHARED = 16 /* results of one analyte */
};

/* Kinds of words in grounding.tsv, by their names there. */
#define BT_WORD_KINDS(KIND)                                                                        \
    KIND(up)                                                                                       \
    KIND(down)                                                                                     \
    KIND(over)                                                                                     \
    KIND(under) KIND(within) KIND(outside) KIND(range) KIND(normal) KIND(abnormal) KIND(positive)  \
        KIND(negative) KIND(not ) KIND(mild) KIND(severe) KIND(alarm) KIND(calm) KIND(drug)        \
            KIND(stem) KIND(dose) KIND(diagnosis) KIND(trend) KIND(vigour) KIND(meta) KIND(person) \
                KIND(food) KIND(nutrient) KIND(whole) KIND(these) KIND(others) KIND(mask)          \
                    KIND(may) KIND(link) KIND(level) KIND(stop) KIND(about) KIND(number)           \
                        KIND(count) KIND(times) KIND(foreign) KIND(english) KIND(exact)            \
                            KIND(ignore) KIND(alias) KIND(group) KIND(near) KIND(split)            \
                                KIND(compare) KIND(plural) KIND(noun) KIND(instruction) KIND(code)
typedef enum {
#define BT_WORD_KIND(name) BT_KIND_##name,
    BT_WORD_KINDS(BT_WORD_KIND)
#undef BT_WORD_KIND
        BT_KIND_COUNT
} bt_kind_t;

typedef enum { BT_TOKEN_WORD, BT_TOKEN_NUMBER, BT_TOKEN_SIGN } bt_token_kind_t;

typedef struct bt_token_t {
    bt_token_kind_t kind;
    const char *text; /* as written; of a sign ASCII where there is one */
    const char *low;  /* folded, lower case */
    double number;
    int decimals;
    int is_glued; /* no blank before it */
    int sentence, clause;
    int mention;  /* -1 */
    int is_spent; /* part of a name, or of something that is no statement */
} bt_token_t;

/* A phrase of the words, where it stands. */
typedef struct bt_found_t {
    bt_kind_t kind;
    int from, to;
    double value;
} bt_found_t;

typedef struct bt_names_t {
    int n;
    const char *ids[BT_MAX_MEANT]; /* of analytes */
    int is_group;
} bt_names_t;

typedef struct bt_mention_t {
    int from, to;
    bt_names_t names;
    int derived; /* index of a derived value, -1 */
    int is_food; /* speaks of what is eaten */
} bt_mention_t;

typedef struct bt_sentence_t {
    const bt_ground_words_t *words;
    int n_tokens, n_mentions, n_found;
    int most_tokens, most_mentions, most_found;
    bt_token_t *tokens;
    bt_mention_t *mentions;
    bt_found_t *found;
} bt_sentence_t;

typedef struct bt_phrase_t {
    struct bt_phrase_t *next; /* with the same first word; longer ones first */
    bt_kind_t kind;
    int n;
    const char **low;
    double value;
} bt_phrase_t;

struct bt_ground_words_t {
    apr_hash_t *phrases; /* first word -> bt_phrase_t */
    apr_hash_t *orders;  /* the same, of words that speak to a program */
    apr_hash_t *names;   /* letters and digits of a name, lower case -> bt_names_t */
    apr_hash_t *exact;   /* the same, case kept: short names that are words as well */
    apr_hash_t *nutrients, *exact_words;
    const char **stems;
    const bt_catalogue_t *catalogue;
};

typedef struct bt_ground_fact_t {
    const char *id, *interpretation, *unit, *unit_text, *word, *comparator;
    const bt_analyte_t *analyte;
    double value, low, high;
    int is_urgent; /* named by a red flag */
} bt_ground_fact_t;

typedef struct bt_ground_derived_t {
    const char *id, *name, *key, *unit;
    const char *analyte; /* whose name it bears, or NULL */
    double value, shown;
} bt_ground_derived_t;

typedef struct bt_ground_statement_t {
    const char *id, *text;
    int urgency;
    int n_facts, *facts;
    bt_sentence_t *said; /* taken apart when first needed */
} bt_ground_statement_t;

struct bt_ground_facts_t {
    const bt_ground_words_t *words;
    const bt_catalogue_t *catalogue;
    int n_facts, n_derived, n_statements;
    bt_ground_fact_t *facts;
    bt_ground_derived_t *derived;
    bt_ground_statement_t *statements;
    int urgency;
    apr_pool_t *pool;
};

/* A claim under judgement. */
typedef struct bt_judged_t {
    const bt_ground_facts_t *facts;
    bt_ground_claim_t *claim;
    bt_sentence_t *said;
    unsigned char *has_fact, *has_derived, *has_statement; /* what it names */
    int n_named;                                           /* results named by o ids */
    apr_pool_t *pool;
} bt_judged_t;

/* What is said, before it is asked of whom. */
typedef struct bt_saying_t {
    bt_kind_t kind; /* up, down, normal, abnormal, positive, negative, near */
    int is_not;
    int from, to;
    double bound; /* "below 13": the number, else NAN */
    int n_mentions;
    const bt_mention_t *mentions[BT_MAX_SUBJECTS];
} bt_saying_t;

/* ---- ground_text.c ---- */
/** The text on one line, typographic signs in ASCII, harmless emphasis off; NULL, with *reason,
 * where it is no plain sentence. */
const char *bt_ground_clean(bt_ground_reason_t *reason, const char *text, apr_pool_t *pool);
/** Take a clean text apart into tokens, sentences and clauses. */
void bt_ground_tokens(bt_sentence_t *said, const char *text, apr_pool_t *pool);
/** Letters and digits of tokens [from, to) as one key. */
const char *bt_ground_key(const bt_sentence_t *said, int from, int to, int keep_case,
                          apr_pool_t *pool);

/* ---- ground_names.c ---- */
/** Find the names of tests; `facts` (may be NULL) adds those of derived values. */
void bt_ground_mentions(bt_sentence_t *said, const bt_ground_facts_t *facts, apr_pool_t *pool);
/** Find the phrases of the words outside names. */
void bt_ground_phrases(bt_sentence_t *said);
int bt_phrase_stands(const bt_sentence_t *said, const bt_phrase_t *phrase, int at);
const bt_found_t *bt_found_at(const bt_sentence_t *said, bt_kind_t kind, int token);
int bt_has_kind(const bt_sentence_t *said, bt_kind_t kind, int from, int to);
/** All three steps. */
bt_sentence_t *bt_ground_read(const char *text, const bt_ground_words_t *words,
                              const bt_ground_facts_t *facts, apr_pool_t *pool);

/* ---- ground_facts.c ---- */
/** Results (indices) that a mention may mean: those that the claim names, else all of the report.
 */
int bt_ground_meant(int *facts, const bt_judged_t *judged, const bt_mention_t *mention);
int bt_mention_means(const bt_mention_t *mention, const char *analyte);
int bt_mentions_meet(const bt_mention_t *a, const bt_mention_t *b);
const bt_sentence_t *bt_statement_said(const bt_ground_facts_t *facts, int statement,
                                       apr_pool_t *pool);
int bt_ground_is_abnormal(const bt_ground_fact_t *fact);

/* ---- ground_numbers.c, ground_sayings.c, ground_directions.c, ground_forbidden.c ---- */
bt_ground_reason_t bt_ground_numbers(bt_judged_t *judged);
bt_ground_reason_t bt_ground_directions(bt_judged_t *judged);
bt_ground_reason_t bt_ground_forbidden(bt_judged_t *judged);
/** What a phrase says of whom; 0 where it judges nothing. */
int bt_saying_read(bt_saying_t *saying, const bt_sentence_t *said, const bt_found_t *found);
/** The names that it is about; 0: none was found, it is about what the claim names. */
int bt_saying_subjects(bt_saying_t *saying, const bt_sentence_t *said);
/** The mention that a number belongs to; NULL: none in its sentence. */
const bt_mention_t *bt_number_owner(const bt_sentence_t *said, int token);
/** Remember the token that a claim fails on. */
bt_ground_reason_t bt_fail(bt_judged_t *judged, bt_ground_reason_t reason, int token);

#endif
