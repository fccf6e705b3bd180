/* SPDX-License-Identifier: Apache-2.0
 * Finds the claims in what a model wrote and holds each against the facts.  Whatever stands around
 * them, and however the answer was cut off, each complete object with a text and ids is a claim of
 * its own.
 */
#include "private.h"

#include <string.h>
#include <apr_strings.h>

enum { MAX_DEPTH = 8, MAX_ID = 12 };

/* The object that begins at `open`: its end, or NULL where it is not complete. */
static const char *end_of(const char *open)
{
    int depth = 0, in_string = 0;
    for (const char *c = open; *c; c++) {
        if (in_string) {
            if (*c == '\\' && c[1])
                c++;
            else if (*c == '"')
                in_string = 0;
            continue;
        }
        in_string = *c == '"';
        depth += *c == '{' ? 1 : *c == '}' ? -1 : 0;
        if (depth == 0)
            return c + 1;
        if (depth > MAX_DEPTH)
            return NULL;
    }
    return NULL;
}

static const bt_json_t *ids_of(const bt_json_t *object)
{
    static const char *const names[] = {"ids", "observation_ids", "evidence", "sources"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const bt_json_t *ids = bt_json_get(object, names[i]);
        if (bt_json_is_array(ids))
            return ids;
    }
    return NULL;
}

static void add_claim(btw_answer_t *answer, const bt_json_t *object, const char *text,
                      apr_pool_t *pool)
{
    if (answer->n_claims >= BTW_LLM_MAX_CLAIMS)
        return;
    bt_ground_claim_t *claim = &answer->claims[answer->n_claims++];
    const bt_json_t *ids = ids_of(object);
    *claim = (bt_ground_claim_t){.text = apr_pstrdup(pool, text)};
    for (size_t i = 0; i < bt_json_size(ids) && claim->n_ids < BT_GROUND_MAX_IDS; i++) {
        const char *id = bt_json_string(bt_json_at(ids, i));
        claim->ids[claim->n_ids++] = id && strlen(id) <= MAX_ID ? apr_pstrdup(pool, id) : NULL;
    }
}

static void add_list(btw_answer_t *answer, const bt_json_t *claims, apr_pool_t *pool)
{
    for (size_t i = 0; i < bt_json_size(claims); i++) {
        const bt_json_t *object = bt_json_at(claims, i);
        const char *text = bt_json_get_string(object, "text");
        add_claim(answer, object, text ? text : "", pool);
    }
}

static int parse(bt_json_t **json, const char *from, const char *to, apr_pool_t *pool)
{
    return to && !bt_json_parse(json, from, (size_t)(to - from), pool);
}

/* Claims one by one where the whole cannot be read. */
static void salvage(btw_answer_t *answer, const char *content, apr_pool_t *pool)
{
    for (const char *at = strchr(content, '{'); at; at = strchr(at, '{')) {
        bt_json_t *object = NULL;
        const char *to = end_of(at);
        if (!parse(&object, at, to, pool)) {
            at++;
            continue;
        }
        const char *text = bt_json_get_string(object, "text");
        if (bt_json_is_array(bt_json_get(object, "claims")))
            add_list(answer, bt_json_get(object, "claims"), pool);
        else if (text)
            add_claim(answer, object, text, pool);
        at = to;
    }
}

void btw_answer_read(btw_answer_t *answer, const char *content, const bt_ground_facts_t *facts,
                     apr_pool_t *pool)
{
    bt_json_t *json = NULL;
    const char *open = strchr(content, '{');
    apr_pool_t *scratch = NULL;
    *answer = (btw_answer_t){0};
    if (open && parse(&json, open, end_of(open), pool) &&
        bt_json_is_array(bt_json_get(json, "claims")))
        add_list(answer, bt_json_get(json, "claims"), pool);
    else
        salvage(answer, content, pool);
    apr_pool_create(&scratch, pool);
    for (int i = 0; i < answer->n_claims; i++) {
        bt_ground_claim_t *claim = &answer->claims[i];
        apr_pool_clear(scratch);
        bt_ground_check(claim, facts, scratch);
        claim->text = claim->reason ? NULL : apr_pstrdup(pool, claim->text);
        claim->word = NULL;
        answer->n_kept += claim->reason == BT_GROUND_FINE;
    }
    apr_pool_destroy(scratch);
    if (answer->n_kept == 0)
        answer->problem = answer->n_claims ? BTW_PROBLEM_UNGROUNDED : BTW_PROBLEM_GARBAGE;
}
