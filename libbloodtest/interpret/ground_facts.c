/* SPDX-License-Identifier: Apache-2.0
 * The facts that sentences are held against, out of the result of the rules.
 */
#include "ground_private.h"

#include <apr_strings.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { URGENT = 3, MAX_STATEMENTS = 400 };

static int urgency_of(const char *text)
{
    return text && text[0] == 'U' && text[1] >= '0' && text[1] <= '4' ? text[1] - '0' : 0;
}

static void read_fact(bt_ground_fact_t *fact, const bt_json_t *row, const bt_catalogue_t *catalogue)
{
    const bt_json_t *reference = bt_json_get(row, "reference");
    fact->id = bt_json_get_string(row, "id");
    fact->analyte = bt_catalogue_by_id(catalogue, bt_json_get_string(row, "analyte"));
    fact->value = bt_json_get_number(row, "value", NAN);
    fact->low = bt_json_get_number(reference, "low", NAN);
    fact->high = bt_json_get_number(reference, "high", NAN);
    fact->unit = bt_json_get_string(row, "unit");
    fact->unit_text = bt_json_get_string(row, "unit_text");
    fact->word = bt_json_get_string(row, "value_word");
    fact->comparator = bt_json_get_string(row, "comparator");
    fact->interpretation = bt_json_get_string(row, "interpretation");
}

static void read_derived(bt_ground_derived_t *derived, const bt_json_t *row, int index,
                         const bt_ground_facts_t *facts)
{
    const char *name = bt_json_get_string(row, "name");
    apr_pool_t *pool = facts->pool;
    derived->id = apr_psprintf(pool, "d%d", index + 1);
    derived->name = name ? name : "";
    derived->unit = bt_json_get_string(row, "unit");
    derived->value = bt_json_get_number(row, "value", NAN);
    const char *text = bt_json_get_string(row, "value_text");
    derived->shown = text ? strtod(text, NULL) : derived->value;
    /* "eGFR (CKD-EPI 2021)" is called eGFR, which is the name of an analyte too. */
    const char *plain = apr_pstrmemdup(pool, derived->name, strcspn(derived->name, "(,"));
    bt_sentence_t *said = bt_ground_read(plain, facts->words, NULL, pool);
    derived->key = bt_ground_key(said, 0, said->n_tokens, 0, pool);
    const bt_mention_t *first = said->n_mentions ? &said->mentions[0] : NULL;
    if (first && first->from == 0 && first->to == said->n_tokens && first->names.n)
        derived->analyte = first->names.ids[0];
}

static int find_fact(const bt_ground_facts_t *facts, const char *id)
{
    for (int i = 0; id && i < facts->n_facts; i++) {
        if (facts->facts[i].id && !strcmp(facts->facts[i].id, id))
            return i;
    }
    return -1;
}

static void read_statement(bt_ground_statement_t *statement, const bt_json_t *row, int index,
                           bt_ground_facts_t *facts)
{
    const bt_json_t *ids = bt_json_get(row, "observation_ids");
    const char *text = bt_json_get_string(row, "text");
    statement->id = apr_psprintf(facts->pool, "r%d", index + 1);
    statement->text = text ? text : "";
    statement->urgency = urgency_of(bt_json_get_string(row, "urgency"));
    statement->facts = apr_palloc(facts->pool, (bt_json_size(ids) + 1) * sizeof(int));
    for (size_t i = 0; i < bt_json_size(ids); i++) {
        int fact = find_fact(facts, bt_json_string(bt_json_at(ids, i)));
        if (fact < 0)
            continue;
        statement->facts[statement->n_facts++] = fact;
        facts->facts[fact].is_urgent |= statement->urgency >= URGENT;
    }
    facts->urgency = statement->urgency > facts->urgency ? statement->urgency : facts->urgency;
}

bt_ground_facts_t *bt_ground_facts(const bt_json_t *rules, const bt_ground_words_t *words,
                                   const bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    const bt_json_t *rows = bt_json_get(rules, "observations");
    const bt_json_t *derived = bt_json_get(rules, "derived"),
                    *claims = bt_json_get(rules, "claims");
    bt_ground_facts_t *facts = apr_pcalloc(pool, sizeof *facts);
    facts->words = words;
    facts->catalogue = catalogue;
    facts->pool = pool;
    facts->n_facts = (int)bt_json_size(rows);
    facts->n_derived = (int)bt_json_size(derived);
    facts->n_statements = (int)bt_json_size(claims);
    if (facts->n_statements > MAX_STATEMENTS)
        facts->n_statements = MAX_STATEMENTS;
    facts->facts = apr_pcalloc(pool, (apr_size_t)(facts->n_facts + 1) * sizeof *facts->facts);
    facts->derived = apr_pcalloc(pool, (apr_size_t)(facts->n_derived + 1) * sizeof *facts->derived);
    facts->statements =
        apr_pcalloc(pool, (apr_size_t)(facts->n_statements + 1) * sizeof *facts->statements);
    for (int i = 0; i < facts->n_facts; i++)
        read_fact(&facts->facts[i], bt_json_at(rows, (size_t)i), catalogue);
    for (int i = 0; i < facts->n_derived; i++)
        read_derived(&facts->derived[i], bt_json_at(derived, (size_t)i), i, facts);
    for (int i = 0; i < facts->n_statements; i++)
        read_statement(&facts->statements[i], bt_json_at(claims, (size_t)i), i, facts);
    return facts;
}

int bt_ground_observations(const char **ids, int room, const bt_ground_facts_t *facts,
                           const char *id)
{
    int fact = find_fact(facts, id), n = 0;
    if (fact >= 0 && room > 0) {
        ids[0] = facts->facts[fact].id;
        return 1;
    }
    for (int i = 0; i < facts->n_derived; i++) {
        if (!strcmp(facts->derived[i].id, id))
            return 0;
    }
    for (int i = 0; i < facts->n_statements; i++) {
        const bt_ground_statement_t *statement = &facts->statements[i];
        if (strcmp(statement->id, id) != 0)
            continue;
        for (int k = 0; k < statement->n_facts && n < room; k++)
            ids[n++] = facts->facts[statement->facts[k]].id;
        return n;
    }
    return -1;
}

int bt_mention_means(const bt_mention_t *mention, const char *analyte)
{
    for (int i = 0; analyte && i < mention->names.n; i++) {
        if (!strcmp(mention->names.ids[i], analyte))
            return 1;
    }
    return 0;
}

int bt_mentions_meet(const bt_mention_t *a, const bt_mention_t *b)
{
    if (a->derived >= 0 && a->derived == b->derived)
        return 1;
    for (int i = 0; i < a->names.n; i++) {
        if (bt_mention_means(b, a->names.ids[i]))
            return 1;
    }
    return 0;
}

int bt_ground_meant(int *facts, const bt_judged_t *judged, const bt_mention_t *mention)
{
    const bt_ground_facts_t *all = judged->facts;
    for (int only_named = 1; only_named >= 0; only_named--) {
        int n = 0;
        for (int i = 0; i < all->n_facts && n < BT_MAX_SUBJECTS; i++) {
            if (all->facts[i].analyte && bt_mention_means(mention, all->facts[i].analyte->id) &&
                (!only_named || judged->has_fact[i]))
                facts[n++] = i;
        }
        if (n)
            return n;
    }
    return 0;
}

const bt_sentence_t *bt_statement_said(const bt_ground_facts_t *facts, int statement,
                                       apr_pool_t *pool)
{
    (void)pool;
    bt_ground_statement_t *at = &facts->statements[statement];
    if (!at->said)
        at->said = bt_ground_read(at->text, facts->words, facts, facts->pool);
    return at->said;
}

int bt_ground_is_abnormal(const bt_ground_fact_t *fact)
{
    return fact->interpretation && strcmp(fact->interpretation, "N") != 0;
}
