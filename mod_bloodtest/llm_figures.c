/* SPDX-License-Identifier: Apache-2.0
 * Reads the figures that workers tell of the language model; counters of one worker begin anew when
 * it does.
 */
#include "llm_figures.h"

#include <string.h>

static const struct {
    const char *key, *metric, *help;
} sums[] = {
    {"analyses", "bloodtest_llm_analyses", "Analyses that the model was asked for."},
    {"fallbacks", "bloodtest_llm_fallbacks", "Analyses with roles that fell back to the rules."},
    {"cached", "bloodtest_llm_cached", "Analyses answered from kept answers."},
    {"calls", "bloodtest_llm_calls", "Calls to the server."},
    {"tries", "bloodtest_llm_tries", "Requests, repeated ones included."},
    {"on_the_wire", "bloodtest_llm_active", "Requests on the wire now."},
    {"queued", "bloodtest_llm_waiting", "Requests that wait for their turn."},
    {"claims", "bloodtest_llm_claims", "Statements of the model."},
    {"dropped_claims", "bloodtest_llm_dropped_claims", "Statements that were left out."},
    {"prompt_tokens", "bloodtest_llm_prompt_tokens", "Tokens sent."},
    {"completion_tokens", "bloodtest_llm_completion_tokens", "Tokens received."},
};
enum { N_SUMS = sizeof sums / sizeof sums[0] };

static const bt_json_t *figures_of(const bt_worker_row_t *worker, apr_pool_t *pool)
{
    bt_json_t *json = NULL;
    if (!worker->is_alive || !worker->llm ||
        bt_json_parse(&json, worker->llm, strlen(worker->llm), pool))
        return NULL;
    return json;
}

void btm_llm_add(bt_json_t *row, const bt_worker_row_t *worker, apr_pool_t *pool)
{
    bt_json_set_copy(row, "llm", figures_of(worker, pool));
}

static void add_problems(bt_json_t *total, const bt_json_t *figures, apr_pool_t *pool)
{
    const bt_json_t *problems = bt_json_get(figures, "problems");
    const char **keys = problems ? bt_json_keys(problems, pool) : NULL;
    for (; keys && *keys; keys++)
        bt_json_set_int(total, *keys,
                        bt_json_get_int(total, *keys, 0) + bt_json_get_int(problems, *keys, 0));
}

void btm_llm_metrics(bt_buffer_t *text, const bt_worker_row_t *workers, int n, apr_pool_t *pool)
{
    long long total[N_SUMS] = {0}, open = 0, asking = 0;
    bt_json_t *problems = bt_json_object(pool);
    for (int i = 0; i < n; i++) {
        const bt_json_t *figures = figures_of(&workers[i], pool);
        const char *circuit = bt_json_get_string(figures, "circuit");
        asking += figures != NULL;
        open += circuit && strcmp(circuit, "closed") != 0;
        for (int k = 0; k < N_SUMS; k++)
            total[k] += bt_json_get_int(figures, sums[k].key, 0);
        add_problems(problems, figures, pool);
    }
    if (!asking)
        return;
    bt_buffer_addf(text,
                   "# HELP bloodtest_llm_workers Workers that ask a language model.\n"
                   "# TYPE bloodtest_llm_workers gauge\nbloodtest_llm_workers %lld\n"
                   "# HELP bloodtest_llm_circuits_open Workers that leave its server alone.\n"
                   "# TYPE bloodtest_llm_circuits_open gauge\nbloodtest_llm_circuits_open %lld\n",
                   asking, open);
    for (int k = 0; k < N_SUMS; k++)
        bt_buffer_addf(text, "# HELP %s %s\n# TYPE %s gauge\n%s %lld\n", sums[k].metric,
                       sums[k].help, sums[k].metric, sums[k].metric, total[k]);
    bt_buffer_add(text, "# HELP bloodtest_llm_problems Tries and roles that failed, by reason.\n"
                        "# TYPE bloodtest_llm_problems gauge\n");
    for (const char **key = bt_json_keys(problems, pool); *key; key++)
        bt_buffer_addf(text, "bloodtest_llm_problems{reason=\"%s\"} %lld\n", *key,
                       bt_json_get_int(problems, *key, 0));
}

void btm_llm_page(bt_buffer_t *page, const bt_worker_row_t *workers, int n, apr_pool_t *pool)
{
    int rows = 0;
    for (int i = 0; i < n; i++) {
        const bt_json_t *figures = figures_of(&workers[i], pool);
        if (!figures)
            continue;
        if (!rows++)
            bt_buffer_add(page, "<h2>Language model</h2>\n<table>\n<tr><th>Worker</th>"
                                "<th>Model</th><th>Circuit</th><th>Analyses</th>"
                                "<th>By rules</th><th>Last problem</th></tr>\n");
        const char *problem = bt_json_get_string(figures, "last_problem");
        bt_buffer_add(page, "<tr><td>");
        bt_buffer_add_html(page, workers[i].id);
        bt_buffer_add(page, "</td><td>");
        bt_buffer_add_html(page, bt_json_get_string(figures, "model"));
        bt_buffer_add(page, "</td><td>");
        bt_buffer_add_html(page, bt_json_get_string(figures, "circuit"));
        bt_buffer_addf(
            page, "</td><td class=\"number\">%lld</td><td class=\"number\">%lld</td><td>",
            bt_json_get_int(figures, "analyses", 0), bt_json_get_int(figures, "fallbacks", 0));
        bt_buffer_add_html(page, problem ? problem : "none");
        bt_buffer_add(page, "</td></tr>\n");
    }
    if (rows)
        bt_buffer_add(page, "</table>\n");
}
