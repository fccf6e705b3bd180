/* SPDX-License-Identifier: Apache-2.0
 * The claims of one report: kept once each, in the order of their urgency.  Every statement that
 * leaves the engine is one of these, so that each can be traced to a rule, a source and the results
 * it rests on.
 */
#include "engine.h"

#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

static int is_same(const bt_claim_t *a, const bt_claim_t *b)
{
    return a->n_used == b->n_used && a->urgency == b->urgency && !strcmp(a->rule_id, b->rule_id) &&
           !strcmp(a->role, b->role) && !strcmp(a->text, b->text) &&
           !memcmp(a->used, b->used, sizeof a->used[0] * (size_t)a->n_used);
}

const bt_claim_t *bt_claim_add(bt_engine_t *engine, const bt_claim_t *claim)
{
    if (!*claim->text || engine->claims->nelts >= BT_MAX_CLAIMS)
        return NULL;
    for (int i = 0; i < engine->claims->nelts; i++) {
        if (is_same(APR_ARRAY_IDX(engine->claims, i, bt_claim_t *), claim))
            return NULL;
    }
    bt_claim_t *kept = apr_pmemdup(engine->pool, claim, sizeof *claim);
    kept->order = engine->claims->nelts;
    for (int i = 0; i < kept->n_used; i++)
        kept->on_topic |= bt_is_on_topic(engine, kept->used[i]);
    APR_ARRAY_PUSH(engine->claims, bt_claim_t *) = kept;
    apr_hash_set(engine->fired, kept->rule_id, APR_HASH_KEY_STRING, kept);
    return kept;
}

/* The row of wording.tsv that begins with the id of the rule: "G01.high". */
void bt_claim_sentence(bt_engine_t *engine, const bt_fact_t *fact, const char *key, int urgency,
                       const char *const *pairs)
{
    bt_claim_t claim = {
        .level = "W0", .rule_version = "1", .urgency = urgency, .reviewed = 1, .n_used = 1};
    const char *dot = strchr(key, '.');
    claim.rule_id = apr_pstrmemdup(engine->pool, key, dot ? (apr_size_t)(dot - key) : strlen(key));
    claim.role = *key == 'V' && urgency < 3 ? "verifier" : "doctor";
    claim.text = bt_sentence(engine, key, pairs);
    const char *aside = apr_pstrcat(engine->pool, "aside_", key, NULL);
    claim.aside = *bt_sentence(engine, aside, pairs) ? bt_sentence(engine, aside, pairs) : NULL;
    claim.used[0] = fact;
    for (int i = 0; pairs && pairs[i]; i += 2) {
        if (!strcmp(pairs[i], "source"))
            claim.source = pairs[i + 1];
    }
    bt_claim_add(engine, &claim);
}

int bt_urgency(const bt_engine_t *engine)
{
    int urgency = 0;
    for (int i = 0; i < engine->claims->nelts; i++) {
        const bt_claim_t *claim = APR_ARRAY_IDX(engine->claims, i, const bt_claim_t *);
        urgency = claim->urgency > urgency ? claim->urgency : urgency;
    }
    return urgency;
}

/* Urgent first (asked or not), then what was asked, then the rest by urgency and order. */
static int by_rank(const void *a, const void *b)
{
    const bt_claim_t *x = *(const bt_claim_t *const *)a, *y = *(const bt_claim_t *const *)b;
    int urgent_x = x->urgency >= 3 ? x->urgency : 0, urgent_y = y->urgency >= 3 ? y->urgency : 0;
    if (urgent_x != urgent_y)
        return urgent_y - urgent_x;
    if (x->on_topic != y->on_topic)
        return y->on_topic - x->on_topic;
    return x->urgency != y->urgency ? y->urgency - x->urgency : x->order - y->order;
}

void bt_claims_sort(bt_engine_t *engine)
{
    qsort(engine->claims->elts, (size_t)engine->claims->nelts, sizeof(bt_claim_t *), by_rank);
}

void bt_fact_mark(const bt_engine_t *engine, const bt_fact_t *fact, const char *interpretation)
{
    engine->facts[fact - engine->facts].interpretation = interpretation;
}
