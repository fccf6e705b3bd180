/* SPDX-License-Identifier: Apache-2.0
 * Writes the result of an analysis by the model: what the rules have found stays, their red flags
 * and whatever is for a clinician soon stand first, then what the model said and could be held
 * against the results; the verification counts and names what was left out.
 */
#include "private.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "../../libbloodtest/text.h"

enum { MAX_TEXT = 256 * 1024, SOON = 2 };

static int urgency_of(const bt_json_t *claim)
{
    const char *text = bt_json_get_string(claim, "urgency");
    return text && text[0] == 'U' && text[1] >= '0' && text[1] <= '4' ? text[1] - '0' : 0;
}

static void add_line(bt_buffer_t *out, const char *text)
{
    if (*text)
        bt_buffer_addf(out, "%s%s", out->length ? "\n" : "", text);
}

static void add_claim(bt_buffer_t *out, const bt_ground_claim_t *claim)
{
    bt_buffer_addf(out, "%s- %s [", out->length ? "\n" : "", claim->text);
    for (int i = 0; i < claim->n_ids; i++)
        bt_buffer_addf(out, "%s%s", i ? ", " : "", claim->ids[i]);
    bt_buffer_add(out, "]");
}

static void add_rule(bt_buffer_t *out, const bt_json_t *claim)
{
    const bt_json_t *ids = bt_json_get(claim, "observation_ids");
    bt_buffer_addf(out, "%s- %s [%s", out->length ? "\n" : "", bt_json_get_string(claim, "text"),
                   bt_json_get_string(claim, "rule_id"));
    for (size_t i = 0; i < bt_json_size(ids); i++)
        bt_buffer_addf(out, "%s%s", i ? ", " : "; ", bt_json_string(bt_json_at(ids, i)));
    bt_buffer_add(out, "]");
}

/* The claims of the rules of one role that are at least this urgent. */
static int add_rules(bt_buffer_t *out, const bt_json_t *rules, const char *role, int least,
                     const char *heading)
{
    const bt_json_t *claims = bt_json_get(rules, "claims");
    int n = 0;
    for (size_t i = 0; i < bt_json_size(claims); i++) {
        const bt_json_t *claim = bt_json_at(claims, i);
        const char *its = bt_json_get_string(claim, "role");
        if (!its || strcmp(its, role) != 0 || urgency_of(claim) < least)
            continue;
        if (!n++)
            add_line(out, heading);
        add_rule(out, claim);
    }
    return n;
}

static void add_spoken(bt_buffer_t *out, const btw_answer_t *answer)
{
    for (int i = 0; i < answer->n_claims; i++) {
        if (answer->claims[i].reason == BT_GROUND_FINE)
            add_claim(out, &answer->claims[i]);
    }
}

static const char *first_line(const char *text, apr_pool_t *pool)
{
    return apr_pstrmemdup(pool, text, strcspn(text, "\n"));
}

static const char *field(const bt_json_t *rules, btw_role_t role)
{
    const char *text = bt_json_get_string(rules, btw_roles[role].field);
    return text ? text : "";
}

/* ---- the texts ---- */

static const char *doctor_text(const btw_spoken_t *spoken, apr_pool_t *pool)
{
    bt_buffer_t *out = bt_buffer_create(MAX_TEXT, pool);
    add_line(out, first_line(field(spoken->rules, BTW_ROLE_DOCTOR), pool));
    add_rules(out, spoken->rules, "doctor", SOON, btw_note("floor", NULL, pool));
    add_line(out, btw_note("by_model", NULL, pool));
    add_spoken(out, spoken->answers[BTW_ROLE_DOCTOR]);
    return out->text;
}

/* Advice: what the rules say stays, for it is about safety. */
static const char *advice_text(const btw_spoken_t *spoken, btw_role_t role, apr_pool_t *pool)
{
    bt_buffer_t *out = bt_buffer_create(MAX_TEXT, pool);
    if (add_rules(out, spoken->rules, btw_roles[role].name, 0, btw_note("floor", NULL, pool)))
        add_line(out, btw_note("by_model", NULL, pool));
    add_spoken(out, spoken->answers[role]);
    return out->text;
}

static const char *summary_text(const btw_spoken_t *spoken, apr_pool_t *pool)
{
    bt_buffer_t *out = bt_buffer_create(MAX_TEXT, pool);
    add_line(out, field(spoken->rules, BTW_ROLE_SUMMARY));
    add_spoken(out, spoken->answers[BTW_ROLE_SUMMARY]);
    return out->text;
}

static int is_spoken(const btw_spoken_t *spoken, btw_role_t role)
{
    return spoken->answers[role] && spoken->answers[role]->n_kept > 0;
}

static const char *role_name(btw_role_t role, apr_pool_t *pool)
{
    return btw_note(apr_pstrcat(pool, "role_", btw_roles[role].name, NULL), NULL, pool);
}

/* "Doctor, statement 3: a number in it is not that of a result it names." */
static void add_dropped(bt_buffer_t *out, btw_role_t role, int n, const bt_ground_claim_t *claim,
                        apr_pool_t *pool)
{
    const char *reason =
        btw_note(apr_pstrcat(pool, "reason_", bt_ground_slug(claim->reason), NULL), NULL, pool);
    const char *pairs[] = {
        "role", role_name(role, pool), "n", apr_psprintf(pool, "%d", n), "reason", reason, NULL};
    bt_buffer_addf(out, "\n- %s", btw_note("dropped_one", pairs, pool));
}

static void count_claims(int *all, int *dropped, const btw_spoken_t *spoken)
{
    *all = *dropped = 0;
    for (int role = 0; role < BTW_ROLE_COUNT; role++) {
        const btw_answer_t *answer = spoken->answers[role];
        *all += answer ? answer->n_claims : 0;
        *dropped += answer ? answer->n_claims - answer->n_kept : 0;
    }
}

static void add_report(bt_buffer_t *out, const btw_spoken_t *spoken, int any, apr_pool_t *pool)
{
    int all = 0, dropped = 0;
    count_claims(&all, &dropped, spoken);
    const char *counts[] = {"all",     apr_psprintf(pool, "%d", all),
                            "dropped", apr_psprintf(pool, "%d", dropped),
                            "model",   spoken->model,
                            NULL};
    if (any)
        add_line(out, btw_note("spoken", counts, pool));
    if (all)
        add_line(out, btw_note("dropped", counts, pool));
    for (int role = 0; role < BTW_ROLE_COUNT; role++) {
        const btw_answer_t *answer = spoken->answers[role];
        for (int i = 0; answer && i < answer->n_claims; i++) {
            if (answer->claims[i].reason)
                add_dropped(out, (btw_role_t)role, i + 1, &answer->claims[i], pool);
        }
        const char *reason = answer
                                 ? btw_note(btw_problem_slug(answer->problem), NULL, pool)
                                 : btw_note(spoken->why_not ? spoken->why_not : "none", NULL, pool);
        const char *pairs[] = {"role", role_name((btw_role_t)role, pool), "reason", reason, NULL};
        if (any && !is_spoken(spoken, (btw_role_t)role))
            bt_buffer_addf(out, "\n- %s", btw_note("fell_back", pairs, pool));
    }
}

static const char *verifier_text(const btw_spoken_t *spoken, int any, apr_pool_t *pool)
{
    bt_buffer_t *out = bt_buffer_create(MAX_TEXT, pool);
    const char *pairs[] = {"reason", btw_note(btw_problem_slug(spoken->problem), NULL, pool), NULL};
    add_line(out, field(spoken->rules, BTW_ROLE_VERIFIER));
    if (!any)
        add_line(out, btw_note("all_rules", pairs, pool));
    if (is_spoken(spoken, BTW_ROLE_VERIFIER))
        add_spoken(out, spoken->answers[BTW_ROLE_VERIFIER]);
    add_report(out, spoken, any, pool);
    return out->text;
}

/* ---- the result ---- */

static void push_claim(bt_json_t *claims, btw_role_t role, const bt_ground_claim_t *claim,
                       const btw_spoken_t *spoken, const bt_ground_facts_t *facts)
{
    bt_json_t *made = bt_json_push_object(claims);
    bt_json_set_string(made, "role", btw_roles[role].name);
    bt_json_set_string(made, "text", claim->text);
    bt_json_set_string(made, "urgency", "U0");
    bt_json_t *ids = bt_json_set_array(made, "observation_ids");
    for (int i = 0; i < claim->n_ids; i++) {
        const char *meant[BT_GROUND_MAX_IDS];
        int n = bt_ground_observations(meant, BT_GROUND_MAX_IDS, facts, claim->ids[i]);
        for (int k = 0; k < n; k++) {
            int is_there = 0;
            for (size_t m = 0; m < bt_json_size(ids); m++)
                is_there |= !strcmp(bt_json_string(bt_json_at(ids, m)), meant[k]);
            if (!is_there)
                bt_json_push_string(ids, meant[k]);
        }
    }
    bt_json_set_string(made, "rule_id", "LLM");
    bt_json_set_string(made, "rule_version", spoken->prompt_version);
    bt_json_set_string(made, "level", "LLM");
    bt_json_set_string(made, "source", spoken->model);
    bt_json_set_bool(made, "reviewed", 0);
}

static void add_usage(bt_json_t *result, const btw_spoken_t *spoken)
{
    bt_json_t *usage = bt_json_set_object(result, "usage");
    bt_json_set_int(usage, "prompt_tokens", spoken->tokens.prompt);
    bt_json_set_int(usage, "completion_tokens", spoken->tokens.completion);
    bt_json_set_int(usage, "total_tokens", spoken->tokens.prompt + spoken->tokens.completion);
    bt_json_set_int(usage, "calls", spoken->calls);
    bt_json_set_bool(usage, "cached", spoken->cached);
    bt_json_set_number(usage, "cost", spoken->cost);
}

static void add_roles(bt_json_t *result, const btw_spoken_t *spoken)
{
    int all = 0, dropped = 0;
    count_claims(&all, &dropped, spoken);
    bt_json_t *grounding = bt_json_set_object(result, "grounding");
    bt_json_set_int(grounding, "claims", all);
    bt_json_set_int(grounding, "dropped", dropped);
    bt_json_t *roles = bt_json_set_object(grounding, "roles");
    for (int role = 0; role < BTW_ROLE_COUNT; role++)
        bt_json_set_string(roles, btw_roles[role].name,
                           is_spoken(spoken, (btw_role_t)role) ? "llm" : "rules");
}

bt_json_t *btw_compose(const btw_spoken_t *spoken, const bt_ground_facts_t *facts, apr_pool_t *pool)
{
    bt_json_t *result = bt_json_object(pool);
    const char **keys = bt_json_keys(spoken->rules, pool);
    int any = 0;
    for (; *keys; keys++)
        bt_json_set_copy(result, *keys, bt_json_get(spoken->rules, *keys));
    bt_json_t *claims = bt_json_set_array(result, "claims");
    const bt_json_t *before = bt_json_get(spoken->rules, "claims");
    for (size_t i = 0; i < bt_json_size(before); i++)
        bt_json_push_copy(claims, bt_json_at(before, i));
    for (int role = 0; role < BTW_ROLE_COUNT; role++) {
        const btw_answer_t *answer = spoken->answers[role];
        for (int i = 0; answer && i < answer->n_claims; i++) {
            if (answer->claims[i].reason == BT_GROUND_FINE)
                push_claim(claims, (btw_role_t)role, &answer->claims[i], spoken, facts);
        }
        any |= is_spoken(spoken, (btw_role_t)role);
    }
    bt_json_set_string(result, "engine", any ? "llm" : "rules");
    bt_json_set_string(result, "model", spoken->model);
    bt_json_set_string(result, "prompt_version", spoken->prompt_version);
    add_usage(result, spoken);
    add_roles(result, spoken);
    if (spoken->problem)
        bt_json_set_string(result, "engine_problem", btw_problem_slug(spoken->problem));
    if (is_spoken(spoken, BTW_ROLE_DOCTOR))
        bt_json_set_string(result, "doctor_analysis", doctor_text(spoken, pool));
    for (int role = BTW_ROLE_NUTRITION; role <= BTW_ROLE_EXERCISE; role++) {
        if (is_spoken(spoken, (btw_role_t)role))
            bt_json_set_string(result, btw_roles[role].field,
                               advice_text(spoken, (btw_role_t)role, pool));
    }
    if (is_spoken(spoken, BTW_ROLE_SUMMARY))
        bt_json_set_string(result, "summary", summary_text(spoken, pool));
    bt_json_set_string(result, "verification_analysis", verifier_text(spoken, any, pool));
    return result;
}
