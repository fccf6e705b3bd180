/* SPDX-License-Identifier: Apache-2.0
 * The summary: at most five lines for a reader who has no time for more.  How urgent, what was
 * asked, what is outside, what has changed, what was not read.
 */
#include "texts.h"

#include <apr_strings.h>
#include <string.h>

enum { MAX_ITEMS = 8, MAX_OTHERS = 6 };

typedef int wanted_fn(const bt_engine_t *engine, const bt_fact_t *fact);

static int is_asked(const bt_engine_t *engine, const bt_fact_t *fact)
{
    return bt_is_on_topic(engine, fact);
}

static int is_outside(const bt_engine_t *engine, const bt_fact_t *fact)
{
    (void)engine;
    return bt_fact_is_abnormal(fact);
}

static int is_changed(const bt_engine_t *engine, const bt_fact_t *fact)
{
    (void)engine;
    return fact->change && fact->change->flag;
}

/* 0: at or beyond a critical limit, 1: outside, 2: the rest. */
static int rank_of(const bt_fact_t *fact)
{
    return !bt_fact_is_abnormal(fact) ? 2 : fact->interpretation[1] ? 0 : 1;
}

/* "Haemoglobin 6.2 g/dL (LL), …": the critical ones first, then those outside, and how many more.
 */
static const char *list_facts(int *n, const bt_engine_t *engine, wanted_fn *is_wanted)
{
    bt_buffer_t *out = bt_buffer_create(BT_MAX_TEXT, engine->pool);
    *n = 0;
    for (int rank = 0; rank <= 2; rank++) {
        for (int i = 0; i < engine->report->n_observations; i++) {
            const bt_fact_t *fact = &engine->facts[i];
            if (fact->state == BT_FACT_PREVIOUS || rank_of(fact) != rank ||
                !is_wanted(engine, fact) || ++*n > MAX_ITEMS)
                continue;
            bt_buffer_addf(out, "%s%s %s", *n > 1 ? ", " : "", bt_fact_name(engine, fact),
                           bt_fact_value(engine, fact));
            if (rank < 2)
                bt_buffer_addf(out, " (%s)", fact->interpretation);
        }
    }
    const char *pairs[] = {"n", apr_itoa(engine->pool, *n - MAX_ITEMS), NULL};
    if (*n > MAX_ITEMS)
        bt_buffer_add(out, bt_sentence(engine, "and_more", pairs));
    return out->text;
}

/* Results of what is as urgent as the first, each once. */
static const char *others_of(int *n, const bt_engine_t *engine, const bt_claim_t *first)
{
    const bt_fact_t *told[MAX_OTHERS];
    const char *list = "";
    int n_told = 0;
    *n = 0;
    for (int i = 0; i < engine->claims->nelts; i++) {
        const bt_claim_t *claim = bt_claim_at(engine, i);
        const bt_fact_t *fact = claim->n_used ? claim->used[0] : NULL;
        int is_told = !fact || (first->n_used && fact == first->used[0]);
        int is_as_urgent = claim->urgency >= BT_URGENT || claim->urgency == first->urgency;
        if (!is_as_urgent || bt_carrier_of(engine, claim))
            continue;
        ++*n;
        for (int k = 0; k < n_told; k++)
            is_told |= told[k] == fact;
        if (is_told || n_told == MAX_OTHERS)
            continue;
        told[n_told++] = fact;
        list = apr_pstrcat(engine->pool, list, *list ? ", " : "", bt_fact_name(engine, fact), " ",
                           bt_fact_value(engine, fact), NULL);
    }
    const char *pairs[] = {"list", list, NULL};
    return *list
               ? apr_pstrcat(engine->pool, " ", bt_sentence(engine, "summary_others", pairs), NULL)
               : "";
}

/* The first claim of the highest urgency with something of its own to say. */
static const bt_claim_t *first_claim(const bt_engine_t *engine, int urgency)
{
    for (int i = 0; i < engine->claims->nelts; i++) {
        const bt_claim_t *claim = bt_claim_at(engine, i);
        if (claim->urgency == urgency && !bt_carrier_of(engine, claim))
            return claim;
    }
    return NULL;
}

static const char *urgency_line(const bt_engine_t *engine)
{
    int urgency = bt_urgency(engine), n = 0;
    const bt_claim_t *first = first_claim(engine, urgency);
    const char *others = first && urgency > BT_ROUTINE ? others_of(&n, engine, first) : "";
    const char *pairs[] = {
        "n", apr_itoa(engine->pool, n), "first", first ? first->text : "", "others", others, NULL};
    return bt_sentence(engine, apr_psprintf(engine->pool, "summary_u%d", urgency), pairs);
}

static int has_reference(const bt_engine_t *engine, const bt_fact_t *fact)
{
    return bt_is_on_topic(engine, fact) && fact->interpretation != NULL;
}

static int is_asked_outside(const bt_engine_t *engine, const bt_fact_t *fact)
{
    return bt_is_on_topic(engine, fact) && bt_fact_is_abnormal(fact);
}

static const char *topic_line(const bt_engine_t *engine)
{
    int all = 0, known = 0, outside = 0;
    const char *list = list_facts(&all, engine, is_asked);
    list_facts(&known, engine, has_reference);
    list_facts(&outside, engine, is_asked_outside);
    const char *counts[] = {"n", apr_itoa(engine->pool, outside), "all",
                            apr_itoa(engine->pool, all), NULL};
    const char *answer = outside ? "answer_outside" : known ? "answer_normal" : "answer_unknown";
    const char *pairs[] = {"topic",  engine->topic ? engine->topic : "",  "list", list,
                           "answer", bt_sentence(engine, answer, counts), NULL};
    return !engine->topic
               ? ""
               : bt_sentence(engine, all ? "summary_topic" : "summary_topic_none", pairs);
}

static const char *changed_line(const bt_engine_t *engine)
{
    int n = 0;
    const char *pairs[] = {"list", list_facts(&n, engine, is_changed), NULL};
    return n ? bt_sentence(engine, "summary_changed", pairs) : "";
}

/* A sentence behind another one, where there is something to count. */
static const char *counted(const bt_engine_t *engine, const char *key, int n)
{
    const char *number = apr_itoa(engine->pool, n);
    const char *pairs[] = {"missed", number, "n", number, NULL};
    return n ? apr_pstrcat(engine->pool, " ", bt_sentence(engine, key, pairs), NULL) : "";
}

static const char *counts_line(const bt_engine_t *engine)
{
    int remarks = 0;
    for (int i = 0; i < engine->claims->nelts; i++)
        remarks += !strcmp(bt_claim_at(engine, i)->role, "verifier");
    const char *pairs[] = {
        "read",   apr_itoa(engine->pool, engine->report->n_observations),
        "missed", counted(engine, "summary_missed", engine->report->n_not_understood),
        "checks", counted(engine, "summary_checks", remarks),
        NULL};
    return bt_sentence(engine, "summary_counts", pairs);
}

const char *bt_text_summary(const bt_engine_t *engine)
{
    bt_buffer_t *out = bt_buffer_create(BT_MAX_TEXT, engine->pool);
    int outside = 0;
    const char *list = list_facts(&outside, engine, is_outside);
    const char *pairs[] = {"n", apr_itoa(engine->pool, outside), "list", list, NULL};
    bt_text_line(out, urgency_line(engine));
    bt_text_line(out, topic_line(engine));
    bt_text_line(out, bt_sentence(engine, outside ? "summary_abnormal" : "summary_normal", pairs));
    bt_text_line(out, changed_line(engine));
    bt_text_line(out, counts_line(engine));
    return bt_text_clean(out->text, out->length, engine->pool);
}
