/* SPDX-License-Identifier: Apache-2.0
 * Holds a sentence that somebody else wrote (a language model) against the results of one report.
 *
 * The facts are the result of the rules (JSON of bt_interpret): observations (o1, o2, …), derived
 * values (d1, …, in their order) and statements of the rules (r1, …, in the order of claims).  A
 * claim names the ids it is about.  It is grounded where each number in it is a number of what it
 * names, each word of direction is true of the result it is said of, each test it speaks of is in
 * the report, and nothing in it is a diagnosis, a medicine, a course over time, or no plain English
 * sentence.  What a named statement of the rules says may be said again.  In doubt it is not
 * grounded: a lost sentence is better than a wrong one.
 *
 * All words are data (knowledge/grounding.tsv).  Pure: no clock, no files, no database.
 */
#ifndef BT_GROUND_H
#define BT_GROUND_H

#include "../catalogue.h"
#include "../json.h"

enum { BT_GROUND_MAX_IDS = 40, BT_GROUND_MAX_TEXT = 900 };

/* Why a claim is not grounded, and the slug of it. */
#define BT_GROUND_REASONS(REASON)                                                                  \
    REASON(FINE, "fine")                                                                           \
    REASON(FORM, "form")                                                                           \
    REASON(IDS, "ids")                                                                             \
    REASON(MARKUP, "markup")                                                                       \
    REASON(LANGUAGE, "language")                                                                   \
    REASON(NUMBER, "number")                                                                       \
    REASON(UNIT, "unit")                                                                           \
    REASON(ANALYTE, "analyte")                                                                     \
    REASON(DIRECTION, "direction")                                                                 \
    REASON(DEGREE, "degree")                                                                       \
    REASON(DRUG, "drug")                                                                           \
    REASON(DIAGNOSIS, "diagnosis")                                                                 \
    REASON(TREND, "trend")                                                                         \
    REASON(META, "meta")                                                                           \
    REASON(PERSON, "person")
typedef enum {
#define BT_GROUND_REASON(name, slug) BT_GROUND_##name,
    BT_GROUND_REASONS(BT_GROUND_REASON)
#undef BT_GROUND_REASON
} bt_ground_reason_t;
const char *bt_ground_slug(bt_ground_reason_t reason);

/* The words that claims are read with; made once, shared by threads. */
typedef struct bt_ground_words_t bt_ground_words_t;
bt_err_t *bt_ground_words_load(bt_ground_words_t **words, const bt_catalogue_t *catalogue,
                               apr_pool_t *pool);

/* The facts of one report; they live as long as `rules` and `pool`. */
typedef struct bt_ground_facts_t bt_ground_facts_t;
bt_ground_facts_t *bt_ground_facts(const bt_json_t *rules, const bt_ground_words_t *words,
                                   const bt_catalogue_t *catalogue, apr_pool_t *pool);

typedef struct bt_ground_claim_t {
    const char *text; /* in: as written; out: cleaned, to be shown only where FINE */
    const char *ids[BT_GROUND_MAX_IDS];
    int n_ids;
    bt_ground_reason_t reason; /* out */
    const char *word;          /* out: what it failed on, for tests; never to be shown */
} bt_ground_claim_t;

/** Judge one claim. */
void bt_ground_check(bt_ground_claim_t *claim, const bt_ground_facts_t *facts, apr_pool_t *pool);

/** Whether a text speaks as if to a program (instructions, roles, markup) and not of results. */
int bt_ground_is_instruction(const bt_ground_words_t *words, const char *text, apr_pool_t *pool);

/** Whether an id is known, and the ids (o…) of the results that it is about, at most `room`.
 * Returns how many; -1: unknown. */
int bt_ground_observations(const char **ids, int room, const bt_ground_facts_t *facts,
                           const char *id);

#endif
