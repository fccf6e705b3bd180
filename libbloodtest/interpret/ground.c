/* SPDX-License-Identifier: Apache-2.0
 * Judges one claim: its form, the ids it names, then what it says, in the order in which reasons
 * are worth telling.
 */
#include "ground_private.h"

#include <apr_strings.h>
#include <string.h>

bt_ground_reason_t bt_fail(bt_judged_t *judged, bt_ground_reason_t reason, int token)
{
    judged->claim->word = judged->said->tokens[token].text;
    return reason;
}

static int name_statement(bt_judged_t *judged, int index)
{
    const bt_ground_statement_t *statement = &judged->facts->statements[index];
    judged->has_statement[index] = 1;
    for (int i = 0; i < statement->n_facts; i++) {
        int fact = statement->facts[i];
        judged->has_fact[fact] = 1;
    }
    return 1;
}

/* Note what one id names; 0: it is unknown. */
static int name_id(bt_judged_t *judged, const char *id)
{
    const bt_ground_facts_t *facts = judged->facts;
    for (int i = 0; i < facts->n_facts; i++) {
        if (facts->facts[i].id && !strcmp(facts->facts[i].id, id)) {
            judged->n_named += !judged->has_fact[i];
            return judged->has_fact[i] = 1;
        }
    }
    for (int i = 0; i < facts->n_derived; i++) {
        if (!strcmp(facts->derived[i].id, id)) {
            judged->n_named += !judged->has_derived[i];
            return judged->has_derived[i] = 1;
        }
    }
    for (int i = 0; i < facts->n_statements; i++) {
        if (!strcmp(facts->statements[i].id, id))
            return name_statement(judged, i);
    }
    return 0;
}

static bt_ground_reason_t judge(bt_judged_t *judged)
{
    bt_ground_claim_t *claim = judged->claim;
    const bt_ground_facts_t *facts = judged->facts;
    bt_ground_reason_t reason;
    const char *clean = bt_ground_clean(&reason, claim->text, judged->pool);
    if (!clean)
        return reason;
    claim->text = clean;
    judged->has_fact = apr_pcalloc(judged->pool, (apr_size_t)facts->n_facts + 1);
    judged->has_derived = apr_pcalloc(judged->pool, (apr_size_t)facts->n_derived + 1);
    judged->has_statement = apr_pcalloc(judged->pool, (apr_size_t)facts->n_statements + 1);
    if (claim->n_ids == 0)
        return BT_GROUND_IDS;
    for (int i = 0; i < claim->n_ids; i++) {
        if (!claim->ids[i] || !name_id(judged, claim->ids[i]))
            return BT_GROUND_IDS;
    }
    judged->said = bt_ground_read(clean, facts->words, facts, judged->pool);
    if (judged->said->n_tokens == 0)
        return BT_GROUND_FORM;
    reason = bt_ground_forbidden(judged);
    if (!reason)
        reason = bt_ground_numbers(judged);
    return reason ? reason : bt_ground_directions(judged);
}

void bt_ground_check(bt_ground_claim_t *claim, const bt_ground_facts_t *facts, apr_pool_t *pool)
{
    bt_judged_t judged = {.facts = facts, .claim = claim, .pool = pool};
    claim->word = "";
    claim->reason = judge(&judged);
}

int bt_ground_is_instruction(const bt_ground_words_t *words, const char *text, apr_pool_t *pool)
{
    bt_ground_reason_t reason;
    const char *clean = bt_ground_clean(&reason, text, pool);
    if (!clean)
        return 1;
    const bt_sentence_t *said = bt_ground_read(clean, words, NULL, pool);
    for (int i = 0; i < said->n_tokens; i++) {
        const bt_phrase_t *phrase =
            apr_hash_get(words->orders, said->tokens[i].low, APR_HASH_KEY_STRING);
        for (; phrase; phrase = phrase->next) {
            if (bt_phrase_stands(said, phrase, i))
                return 1;
        }
    }
    return 0;
}
