/* SPDX-License-Identifier: Apache-2.0
 * The five texts and the disclaimer, made of claims and nothing else.  A line says the rule it
 * rests on; the results are named with their values.
 */
#include "texts.h"

#include <apr_strings.h>
#include <ctype.h>
#include <string.h>

#define MARK "*"

void bt_text_line(bt_buffer_t *out, const char *text)
{
    if (*text)
        bt_buffer_addf(out, "%s%s", out->length ? "\n" : "", text);
}

int bt_fact_is_abnormal(const bt_fact_t *fact)
{
    return fact->interpretation && strcmp(fact->interpretation, "N");
}

/* ---- one result, one line ---- */

/* Whether a reader finds this result in the sentence.  One on what was computed from it does not
 * name it, and "above its range" would be taken for the computed value's. */
static int is_named_in(const bt_engine_t *engine, const bt_claim_t *claim, const bt_fact_t *fact)
{
    return strstr(claim->text, apr_pstrcat(engine->pool, bt_fact_name(engine, fact), " ",
                                           bt_fact_value(engine, fact), NULL)) != NULL;
}

/* Changes have a line of their own; what is only for information carries nothing of more weight,
 * unless both are about that one result. */
static int can_carry(const bt_engine_t *engine, const bt_claim_t *claim, const bt_claim_t *aside)
{
    if (claim->aside || strcmp(claim->role, aside->role) || !claim->n_used ||
        claim->used[0] != aside->used[0] || *claim->rule_id == 'D' ||
        !is_named_in(engine, claim, aside->used[0]))
        return 0;
    return claim->urgency >= aside->urgency || (aside->urgency == BT_ROUTINE && claim->n_used == 1);
}

const bt_claim_t *bt_carrier_of(const bt_engine_t *engine, const bt_claim_t *aside)
{
    for (int i = 0; aside->aside && i < engine->claims->nelts; i++) {
        if (can_carry(engine, bt_claim_at(engine, i), aside))
            return bt_claim_at(engine, i);
    }
    /* Of two asides about the same result the more urgent one stands for itself. */
    for (int i = 0; aside->aside && i < engine->claims->nelts; i++) {
        const bt_claim_t *claim = bt_claim_at(engine, i);
        if (claim->aside && claim->urgency > aside->urgency && claim->used[0] == aside->used[0] &&
            !bt_carrier_of(engine, claim))
            return claim;
    }
    return NULL;
}

/* The next claim said within the line of this one, from index *i on; NULL: no more. */
static const bt_claim_t *next_aside(int *i, const bt_engine_t *engine, const bt_claim_t *carrier)
{
    for (; *i < engine->claims->nelts; (*i)++) {
        const bt_claim_t *claim = bt_claim_at(engine, *i);
        if (claim->aside && claim->used[0] == carrier->used[0] &&
            bt_carrier_of(engine, claim) == carrier) {
            (*i)++;
            return claim;
        }
    }
    return NULL;
}

int bt_carries(const bt_engine_t *engine, const bt_claim_t *claim)
{
    int i = 0;
    return claim->n_used && next_aside(&i, engine, claim) != NULL;
}

/* Beside several results the aside names its own. */
static void add_aside(bt_buffer_t *out, const bt_engine_t *engine, const bt_claim_t *aside,
                      int is_named)
{
    char *text = apr_pstrdup(engine->pool, aside->aside);
    if (is_named) {
        bt_buffer_addf(out, " %s:", bt_fact_name(engine, aside->used[0]));
        *text = (char)tolower((unsigned char)*text);
    }
    bt_buffer_addf(out, " %s.", text);
}

void bt_text_claim(bt_buffer_t *out, const bt_engine_t *engine, const bt_claim_t *claim)
{
    const bt_claim_t *aside = NULL;
    const char *rules = "", *mark = claim->reviewed ? "" : MARK;
    int is_told = claim->aside != NULL; /* how far outside it is: once is enough */
    bt_buffer_addf(out, "%s- %s", out->length ? "\n" : "", claim->text);
    for (int i = 0; claim->n_used && (aside = next_aside(&i, engine, claim));) {
        if (!is_told)
            add_aside(out, engine, aside, claim->n_used > 1);
        is_told = 1;
        rules = apr_pstrcat(engine->pool, rules, ", ", aside->rule_id, NULL);
    }
    if (engine->context->for_patient)
        bt_buffer_addf(out, "%s%s", *mark ? " " : "", mark);
    else
        bt_buffer_addf(out, " [%s%s%s]", claim->rule_id, mark, rules);
}

const char *bt_text_end(bt_buffer_t *out, const bt_engine_t *engine)
{
    if (strstr(out->text, MARK "]") || strstr(out->text, MARK ",") ||
        strstr(out->text, " " MARK "\n") ||
        (out->length > 1 && !strcmp(out->text + out->length - 2, " " MARK)))
        bt_text_line(out, bt_sentence(engine, "legend_mark", NULL));
    return bt_text_clean(out->text, out->length, engine->pool);
}

/* ---- verifier, nutrition, exercise ---- */

/* The claims of one role under its opening sentence. */
static const char *text_of(const bt_engine_t *engine, const char *role, const char *opening,
                           const char *nothing)
{
    bt_buffer_t *out = bt_buffer_create(BT_MAX_TEXT, engine->pool);
    int n = 0;
    bt_text_line(out, opening);
    for (int i = 0; i < engine->claims->nelts; i++) {
        const bt_claim_t *claim = bt_claim_at(engine, i);
        if (strcmp(claim->role, role))
            continue;
        bt_text_claim(out, engine, claim);
        n++;
    }
    if (!n)
        bt_text_line(out, bt_sentence(engine, nothing, NULL));
    return bt_text_end(out, engine);
}

static const char *verifier_opening(const bt_engine_t *engine)
{
    int known = 0, usable = 0;
    for (int i = 0; i < engine->report->n_observations; i++) {
        known += engine->facts[i].row->analyte != NULL;
        usable += engine->facts[i].state == BT_FACT_USABLE;
    }
    apr_pool_t *pool = engine->pool;
    const char *pairs[] = {"read",   apr_itoa(pool, engine->report->n_observations),
                           "known",  apr_itoa(pool, known),
                           "usable", apr_itoa(pool, usable),
                           "missed", apr_itoa(pool, engine->report->n_not_understood),
                           NULL};
    return bt_sentence(engine, "verifier_opening", pairs);
}

/* Which intervals are not the laboratory's, and what the site does not want to be said. */
static const char *verifier_rests(const bt_engine_t *engine, const char *source, const char *key)
{
    enum { MAX_NAMES = 12 };
    const char *list = "";
    int n = 0;
    for (int i = 0; i < engine->report->n_observations; i++) {
        const bt_fact_t *fact = &engine->facts[i];
        if (fact->state != BT_FACT_USABLE || !fact->interval_source ||
            strcmp(fact->interval_source, source) || ++n > MAX_NAMES)
            continue;
        list = apr_pstrcat(engine->pool, list, n > 1 ? ", " : "", bt_fact_name(engine, fact), NULL);
    }
    const char *more[] = {"n", apr_itoa(engine->pool, n - MAX_NAMES), NULL};
    if (n > MAX_NAMES)
        list = apr_pstrcat(engine->pool, list, bt_sentence(engine, "and_more", more), NULL);
    const char *pairs[] = {"n", apr_itoa(engine->pool, n), "list", list, NULL};
    return n ? bt_sentence(engine, key, pairs) : "";
}

static const char *verifier_start(const bt_engine_t *engine)
{
    bt_buffer_t *out = bt_buffer_create(BT_MAX_TEXT, engine->pool);
    const char *off[] = {"list", engine->rules->site_off ? engine->rules->site_off : "", NULL};
    bt_text_line(out, verifier_opening(engine));
    bt_text_line(out, verifier_rests(engine, "generic", "verifier_generic"));
    bt_text_line(out, verifier_rests(engine, "site", "verifier_site"));
    bt_text_line(out, engine->rules->site_off ? bt_sentence(engine, "verifier_off", off) : "");
    return out->text;
}

/* What stands where a role has nothing to say; for a child it has nothing in general. */
static const char *nothing_of(const bt_engine_t *engine, const char *role)
{
    return apr_pstrcat(engine->pool, role, bt_is_child(engine) ? "_child" : "_nothing", NULL);
}

/* A result keeps the words for its parts, so that it can be shown later in its own language. */
static void write_labels(bt_json_t *result, const bt_engine_t *engine)
{
    static const char start[] = "label.";
    const bt_tsv_t *wording = bt_catalogue_table(engine->catalogue, "wording.tsv");
    bt_json_t *labels = bt_json_set_object(result, "labels");
    for (int i = 0; wording && i < wording->n_rows; i++) {
        const char *key = wording->rows[i][0];
        if (!strncmp(key, start, strlen(start)))
            bt_json_set_string(labels, key + strlen(start), bt_sentence(engine, key, NULL));
    }
}

void bt_texts_write(bt_json_t *result, bt_engine_t *engine)
{
    write_labels(result, engine);
    bt_json_set_string(result, "summary", bt_text_summary(engine));
    bt_json_set_string(result, "doctor_analysis", bt_text_doctor(engine));
    bt_json_set_string(result, "nutrition_analysis",
                       text_of(engine, "nutrition", "", nothing_of(engine, "nutrition")));
    bt_json_set_string(result, "exercise_analysis",
                       text_of(engine, "exercise", "", nothing_of(engine, "exercise")));
    bt_json_set_string(result, "verification_analysis",
                       text_of(engine, "verifier", verifier_start(engine), "verifier_nothing"));
    bt_json_set_string(result, "disclaimer", bt_sentence(engine, "disclaimer", NULL));
}
