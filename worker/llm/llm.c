/* SPDX-License-Identifier: Apache-2.0
 * One analysis by the model, from the facts to the result: two rounds of questions, each answer
 * held against the results before the next round hears of it.
 */
#include "llm.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "../../libbloodtest/ids.h"
#include "../../libbloodtest/log.h"
#include "private.h"

enum { URGENT = '3', ADULT = 18 };
#define PER_MILLION 1e6

bt_err_t *btw_llm_check(const btw_config_t *config, apr_pool_t *pool)
{
    btw_settings_t settings;
    return *config->llm_base_url ? btw_settings_read(&settings, config, pool) : NULL;
}

static const char *or_none(const char *text)
{
    return *text ? text : NULL;
}

bt_err_t *btw_llm_start(btw_llm_t **llm, const btw_config_t *config,
                        const bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    *llm = NULL;
    if (!*config->llm_base_url)
        return NULL;
    btw_llm_t *made = apr_pcalloc(pool, sizeof *made);
    bt_ground_words_t *words = NULL;
    BT_TRY(btw_settings_read(&made->settings, config, pool));
    BT_TRY(bt_ground_words_load(&words, catalogue, pool));
    made->catalogue = catalogue;
    made->words = words;
    btw_server_start(&made->server, config);
    const btw_http_options_t options = {.ca_file = or_none(config->llm_ca_file),
                                        .client_cert = or_none(config->llm_client_cert_file),
                                        .client_key = or_none(config->llm_client_key_file),
                                        .proxy = or_none(config->llm_proxy),
                                        .most_active = config->llm_concurrency,
                                        .connect_ms = BTW_LLM_CONNECT_MS,
                                        .max_answer = BTW_LLM_MAX_ANSWER};
    BT_TRY(btw_http_start(&made->http, &options, pool));
    *llm = made;
    return NULL;
}

/* The rules' result: made anew for each step, so that little is held while the server is waited
 * for.
 */
static const bt_json_t *rules_of(const btw_llm_job_t *job, apr_pool_t *pool)
{
    bt_json_t *rules = NULL;
    return bt_json_parse(&rules, job->rules, strlen(job->rules), pool) ? NULL : rules;
}

const char *btw_llm_key(const btw_llm_t *llm, const btw_llm_job_t *job, apr_pool_t *pool)
{
    bt_sha256_t sha;
    const btw_config_t *config = llm->settings.config;
    const char *facts =
        bt_json_dump(btw_facts(llm, rules_of(job, pool), job->query, pool), 0, pool);
    const char *parts[] = {facts,
                           btw_prompt_version(pool),
                           llm->settings.url,
                           llm->settings.model,
                           config->llm_temperature,
                           apr_psprintf(pool, "%d", config->llm_max_tokens)};
    bt_sha256_start(&sha);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        bt_sha256_add(&sha, parts[i], strlen(parts[i]) + 1);
    return bt_sha256_end(&sha, pool);
}

/* ---- one analysis ---- */

typedef struct analysis_t {
    btw_llm_t *llm;
    const btw_llm_job_t *job;
    const bt_json_t *cached; /* role -> content; NULL: nothing */
    btw_call_t calls[BTW_ROLE_COUNT];
    btw_answer_t *answers[BTW_ROLE_COUNT];
    apr_pool_t *pool;
} analysis_t;

/* Food and exercise are left to the rules where something urgent comes first, or for a child. */
static const char *why_not_asked(const btw_llm_job_t *job, apr_pool_t *parent)
{
    apr_pool_t *scratch = NULL;
    apr_pool_create(&scratch, parent);
    const bt_json_t *rules = rules_of(job, scratch);
    const char *urgency = bt_json_get_string(rules, "urgency");
    double age = bt_json_get_number(bt_json_get(rules, "patient"), "age_years", NAN);
    int is_urgent = urgency && urgency[0] == 'U' && urgency[1] >= URGENT;
    apr_pool_destroy(scratch);
    return is_urgent ? "urgent_first" : age < ADULT ? "child" : NULL;
}

static const char *question_for(const analysis_t *analysis, int is_second)
{
    apr_pool_t *scratch = NULL; /* gone while the server is waited for */
    apr_pool_create(&scratch, analysis->pool);
    bt_json_t *json =
        btw_facts(analysis->llm, rules_of(analysis->job, scratch), analysis->job->query, scratch);
    if (is_second) {
        bt_json_t *said = bt_json_set_array(json, "said");
        for (int role = 0; role < BTW_NARRATORS; role++) {
            const btw_answer_t *answer = analysis->answers[role];
            for (int i = 0; answer && i < answer->n_claims; i++) {
                const bt_ground_claim_t *claim = &answer->claims[i];
                if (claim->reason)
                    continue;
                bt_json_t *made = bt_json_push_object(said);
                bt_json_set_string(made, "role", btw_roles[role].name);
                bt_json_set_string(made, "text", claim->text);
                bt_json_t *ids = bt_json_set_array(made, "ids");
                for (int k = 0; k < claim->n_ids; k++)
                    bt_json_push_string(ids, claim->ids[k]);
            }
        }
    }
    const char *text = bt_json_dump(json, 0, analysis->pool);
    apr_pool_destroy(scratch);
    return text;
}

/* What is cached needs no call. */
static void prepare(analysis_t *analysis, btw_role_t role, const char *question)
{
    btw_call_t *call = &analysis->calls[role];
    const char *name = btw_roles[role].name;
    call->role = name;
    call->content = bt_json_get_string(analysis->cached, name);
    call->is_done = call->content != NULL;
    call->user = question;
    call->system = apr_pstrcat(analysis->pool, btw_prompt("common.md"), "\n",
                               btw_prompt(apr_pstrcat(analysis->pool, name, ".md", NULL)), NULL);
}

/* Ask the roles from `first` to `last` at once, and judge what they say. */
static bt_err_t *ask(analysis_t *analysis, btw_role_t first, btw_role_t last)
{
    int is_second = (int)first >= (int)BTW_NARRATORS;
    const char *question = question_for(analysis, is_second);
    for (int role = first; role <= (int)last; role++)
        prepare(analysis, (btw_role_t)role, question);
    BT_TRY(btw_calls_run(analysis->llm, &analysis->calls[first], (int)(last - first) + 1,
                         analysis->job, analysis->pool));
    apr_pool_t *scratch = NULL;
    apr_pool_create(&scratch, analysis->pool);
    const bt_ground_facts_t *facts = bt_ground_facts(
        rules_of(analysis->job, scratch), analysis->llm->words, analysis->llm->catalogue, scratch);
    for (int role = first; role <= (int)last; role++) {
        const btw_call_t *call = &analysis->calls[role];
        btw_answer_t *answer = apr_pcalloc(analysis->pool, sizeof *answer);
        if (call->content)
            btw_answer_read(answer, call->content, facts, analysis->pool);
        else
            answer->problem = call->problem;
        analysis->answers[role] = answer;
    }
    apr_pool_destroy(scratch);
    return NULL;
}

static int has_spoken(const analysis_t *analysis)
{
    int n = 0;
    for (int role = 0; role < BTW_ROLE_COUNT; role++)
        n += analysis->answers[role] ? analysis->answers[role]->n_kept : 0;
    return n > 0;
}

static void sum_up(btw_spoken_t *spoken, const analysis_t *analysis, apr_pool_t *pool)
{
    const btw_settings_t *settings = &analysis->llm->settings;
    spoken->model = bt_json_get_string(analysis->cached, "model");
    for (int role = 0; role < BTW_ROLE_COUNT; role++) {
        const btw_call_t *call = &analysis->calls[role];
        const btw_answer_t *answer = analysis->answers[role];
        spoken->answers[role] = analysis->answers[role];
        spoken->tokens.prompt += call->tokens.prompt;
        spoken->tokens.completion += call->tokens.completion;
        spoken->calls += call->tries > 0;
        spoken->model = call->model ? call->model : spoken->model;
        if (answer && answer->problem && !spoken->problem)
            spoken->problem = answer->problem;
    }
    spoken->model = apr_pstrdup(pool, spoken->model ? spoken->model : settings->model);
    spoken->cached = analysis->cached != NULL;
    spoken->cost = ((double)spoken->tokens.prompt * settings->prompt_price +
                    (double)spoken->tokens.completion * settings->completion_price) /
                   PER_MILLION;
    spoken->prompt_version = btw_prompt_version(pool);
}

/* All roles that were asked have answered: worth keeping. */
static const char *answers_of(const analysis_t *analysis, const btw_spoken_t *spoken,
                              apr_pool_t *pool)
{
    bt_json_t *kept = bt_json_object(pool);
    if (analysis->cached)
        return NULL;
    for (int role = 0; role < BTW_ROLE_COUNT; role++) {
        const btw_call_t *call = &analysis->calls[role];
        if (!analysis->answers[role])
            continue;
        if (!call->content || call->is_cut || !analysis->answers[role]->n_kept)
            return NULL;
        bt_json_set_string(kept, btw_roles[role].name, call->content);
    }
    bt_json_set_string(kept, "model", spoken->model);
    return bt_json_dump(kept, 0, pool);
}

static void count(btw_llm_t *llm, const btw_spoken_t *spoken)
{
    btw_server_t *server = &llm->server;
    pthread_mutex_lock(&server->mutex);
    server->analyses++;
    server->cached += spoken->cached;
    server->fallbacks += spoken->problem != BTW_PROBLEM_NONE;
    for (int role = 0; role < BTW_ROLE_COUNT; role++) {
        const btw_answer_t *answer = spoken->answers[role];
        server->claims += answer ? answer->n_claims : 0;
        server->dropped += answer ? answer->n_claims - answer->n_kept : 0;
        server->problems[BTW_PROBLEM_UNGROUNDED] +=
            answer && answer->problem == BTW_PROBLEM_UNGROUNDED;
    }
    pthread_mutex_unlock(&server->mutex);
}

bt_err_t *btw_llm_run(btw_llm_outcome_t *outcome, btw_llm_t *llm, const btw_llm_job_t *job,
                      apr_pool_t *pool)
{
    analysis_t analysis = {.llm = llm, .job = job};
    btw_spoken_t spoken = {0};
    bt_json_t *cached = NULL;
    *outcome = (btw_llm_outcome_t){0};
    apr_pool_create(&analysis.pool, pool);
    spoken.why_not = why_not_asked(job, analysis.pool);
    if (job->cached && !bt_json_parse(&cached, job->cached, strlen(job->cached), analysis.pool))
        analysis.cached = cached;
    bt_err_t *err =
        ask(&analysis, BTW_ROLE_DOCTOR, spoken.why_not ? BTW_ROLE_DOCTOR : BTW_ROLE_EXERCISE);
    /* Where nobody has said anything there is nothing to verify. */
    if (!err && has_spoken(&analysis))
        err = ask(&analysis, BTW_ROLE_VERIFIER, BTW_ROLE_SUMMARY);
    if (err) {
        err = bt_error(pool, err->code, "%s", err->detail);
        apr_pool_destroy(analysis.pool);
        return err;
    }
    spoken.rules = rules_of(job, analysis.pool);
    sum_up(&spoken, &analysis, pool);
    outcome->result = btw_compose(
        &spoken, bt_ground_facts(spoken.rules, llm->words, llm->catalogue, analysis.pool), pool);
    outcome->answers = answers_of(&analysis, &spoken, pool);
    outcome->problem = spoken.problem ? btw_problem_slug(spoken.problem) : NULL;
    count(llm, &spoken);
    if (spoken.problem)
        bt_log(BT_LOG_NOTICE, "BT1063", "LLM: roles fell back to the rules (%s)", outcome->problem);
    apr_pool_destroy(analysis.pool);
    return NULL;
}
