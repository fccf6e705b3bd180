/* SPDX-License-Identifier: Apache-2.0
 * What is known of the server: how it wants to be spoken to, whether it is worth asking at all, and
 * the figures that operators see.  After some failures in a row the circuit opens, and nothing is
 * asked for a while; then one call tries.
 */
#include "private.h"

#include <time.h>
#include <apr_time.h>
#include "../../libbloodtest/log.h"

static const char *const slugs[] = {
#define BTW_PROBLEM(name, slug) slug,
    BTW_PROBLEMS(BTW_PROBLEM)
#undef BTW_PROBLEM
};

const char *btw_problem_slug(btw_problem_t problem)
{
    return slugs[problem];
}

long long btw_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void btw_server_start(btw_server_t *server, const btw_config_t *config)
{
    pthread_mutex_init(&server->mutex, NULL);
    server->failures_to_open = config->llm_breaker_failures;
    server->open_ms = config->llm_breaker_seconds * 1000;
}

int btw_server_may_call(btw_server_t *server, int *is_probe)
{
    pthread_mutex_lock(&server->mutex);
    int is_open = server->open_until != 0;
    *is_probe = is_open && btw_now_ms() >= server->open_until && !server->is_probing;
    if (*is_probe)
        server->is_probing = 1;
    int may = !is_open || *is_probe;
    pthread_mutex_unlock(&server->mutex);
    return may;
}

int btw_server_is_open(btw_server_t *server)
{
    pthread_mutex_lock(&server->mutex);
    int is_open =
        server->open_until != 0 && (server->is_probing || btw_now_ms() < server->open_until);
    pthread_mutex_unlock(&server->mutex);
    return is_open;
}

void btw_server_forget_probe(btw_server_t *server)
{
    pthread_mutex_lock(&server->mutex);
    server->is_probing = 0;
    pthread_mutex_unlock(&server->mutex);
}

btw_dialect_t btw_server_dialect(btw_server_t *server)
{
    pthread_mutex_lock(&server->mutex);
    btw_dialect_t dialect = server->dialect;
    pthread_mutex_unlock(&server->mutex);
    return dialect;
}

void btw_server_learn(btw_server_t *server, const btw_dialect_t *dialect)
{
    pthread_mutex_lock(&server->mutex);
    btw_dialect_t *known = &server->dialect;
    int is_new = dialect->format > known->format || dialect->limit > known->limit ||
                 dialect->no_temperature > known->no_temperature;
    known->format = dialect->format > known->format ? dialect->format : known->format;
    known->limit = dialect->limit > known->limit ? dialect->limit : known->limit;
    known->no_temperature |= dialect->no_temperature;
    btw_dialect_t now = *known;
    pthread_mutex_unlock(&server->mutex);
    static const char *const formats[] = {"json_schema", "json_object", "no response format"};
    static const char *const limits[] = {"max_completion_tokens", "max_tokens", "no limit"};
    if (is_new)
        bt_log(BT_LOG_NOTICE, "BT1062", "LLM server refuses something: it is asked with %s, %s%s",
               formats[now.format], limits[now.limit],
               now.no_temperature ? ", without temperature" : "");
}

/* Whether a problem says that the server itself is in trouble, or will not answer us. */
static int is_of_server(btw_problem_t problem)
{
    switch (problem) {
    case BTW_PROBLEM_NONE:
    case BTW_PROBLEM_TOO_LONG:
    case BTW_PROBLEM_GARBAGE:
    case BTW_PROBLEM_CUT:
    case BTW_PROBLEM_REFUSED:
    case BTW_PROBLEM_FILTERED:
    case BTW_PROBLEM_OPEN:
    case BTW_PROBLEM_RATE:
    case BTW_PROBLEM_UNGROUNDED:
        return 0;
    default:
        return 1;
    }
}

/* What no second try will change. */
static int is_lasting(btw_problem_t problem)
{
    return problem == BTW_PROBLEM_AUTH || problem == BTW_PROBLEM_QUOTA ||
           problem == BTW_PROBLEM_TLS || problem == BTW_PROBLEM_NOT_FOUND ||
           problem == BTW_PROBLEM_REDIRECT;
}

static void tell(int opened, int closed, btw_problem_t problem, int status, int seconds)
{
    if (opened)
        bt_log(BT_LOG_WARNING, "BT1060",
               "LLM server: circuit open for %d s (%s, status %d); analyses are made by rules",
               seconds, btw_problem_slug(problem), status);
    if (closed)
        bt_log(BT_LOG_NOTICE, "BT1061", "LLM server: circuit closed, it answers again");
}

void btw_server_note(btw_server_t *server, btw_problem_t problem, int status, int was_probe)
{
    int opened = 0, closed = 0;
    pthread_mutex_lock(&server->mutex);
    server->tries++;
    if (was_probe)
        server->is_probing = 0;
    if (problem != BTW_PROBLEM_NONE) {
        server->problems[problem]++;
        server->last_problem = problem;
        server->last_status = status;
        server->last_problem_at = apr_time_now();
    }
    if (!is_of_server(problem)) {
        closed = server->open_until != 0 && problem != BTW_PROBLEM_RATE;
        if (closed || server->open_until == 0)
            server->open_until = 0;
        server->failures = problem == BTW_PROBLEM_RATE ? server->failures : 0;
    } else {
        server->failures++;
        if (was_probe || is_lasting(problem) || server->failures >= server->failures_to_open) {
            opened = server->open_until == 0;
            server->open_until = btw_now_ms() + server->open_ms;
        }
    }
    pthread_mutex_unlock(&server->mutex);
    tell(opened, closed, problem, status, server->open_ms / 1000);
}

void btw_server_ended(btw_server_t *server, const btw_call_t *call)
{
    pthread_mutex_lock(&server->mutex);
    server->calls++;
    server->tokens.prompt += call->tokens.prompt;
    server->tokens.completion += call->tokens.completion;
    if (call->problem == BTW_PROBLEM_OPEN)
        server->problems[BTW_PROBLEM_OPEN]++;
    pthread_mutex_unlock(&server->mutex);
}

const char *btw_llm_figures(btw_llm_t *llm, apr_pool_t *pool)
{
    bt_json_t *json = bt_json_object(pool);
    int active = 0, waiting = 0, is_open = btw_server_is_open(&llm->server);
    btw_http_load(&active, &waiting, llm->http);
    pthread_mutex_lock(&llm->server.mutex);
    btw_server_t now = llm->server;
    pthread_mutex_unlock(&llm->server.mutex);
    bt_json_set_string(json, "model", llm->settings.model);
    bt_json_set_string(json, "circuit", is_open ? "open" : now.open_until ? "half_open" : "closed");
    bt_json_set_int(json, "on_the_wire", active);
    bt_json_set_int(json, "queued", waiting);
    bt_json_set_int(json, "calls", now.calls);
    bt_json_set_int(json, "tries", now.tries);
    bt_json_set_int(json, "cached", now.cached);
    bt_json_set_int(json, "analyses", now.analyses);
    bt_json_set_int(json, "fallbacks", now.fallbacks);
    bt_json_set_int(json, "claims", now.claims);
    bt_json_set_int(json, "dropped_claims", now.dropped);
    bt_json_set_int(json, "prompt_tokens", now.tokens.prompt);
    bt_json_set_int(json, "completion_tokens", now.tokens.completion);
    bt_json_t *problems = bt_json_set_object(json, "problems");
    for (int i = 1; i < BTW_PROBLEM_COUNT; i++) {
        if (now.problems[i])
            bt_json_set_int(problems, slugs[i], now.problems[i]);
    }
    if (now.last_problem) {
        bt_json_set_string(json, "last_problem", slugs[now.last_problem]);
        bt_json_set_int(json, "last_status", now.last_status);
        bt_json_set_int(json, "last_problem_at", now.last_problem_at);
    }
    return bt_json_dump(json, 0, pool);
}
