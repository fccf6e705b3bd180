/* SPDX-License-Identifier: Apache-2.0
 * Asks several roles at once from one thread: sends, waits, tries again as the server asks or after
 * a random pause, until each has an answer or a reason why not.  Someone who wants it to stop is
 * heard several times a second.
 */
#include "private.h"

#include <stdint.h>
#include <string.h>
#include <apr_general.h>

enum { LOOK_MS = 200, FIRST_PAUSE_MS = 500, LONGEST_PAUSE_MS = 20000 };

typedef struct run_t {
    btw_llm_t *llm;
    btw_call_t *calls;
    int n;
    btw_http_group_t *group;
    apr_pool_t *pool, *scratch;
} run_t;

static int at_random(int limit)
{
    apr_uint32_t drawn = 0;
    if (limit <= 0 || apr_generate_random_bytes((unsigned char *)&drawn, sizeof drawn))
        return limit / 2;
    return (int)((double)limit * drawn / 4294967296.0);
}

static void end_call(run_t *run, btw_call_t *call, btw_problem_t problem)
{
    call->problem = problem;
    call->is_done = 1;
    btw_server_ended(&run->llm->server, call);
}

static void send_call(run_t *run, btw_call_t *call)
{
    const btw_settings_t *settings = &run->llm->settings;
    long long now = btw_now_ms();
    if (!btw_server_may_call(&run->llm->server, &call->is_probe)) {
        end_call(run, call, call->problem ? call->problem : BTW_PROBLEM_OPEN);
        return;
    }
    if (!call->deadline)
        call->deadline = now + settings->config->llm_deadline_seconds * 1000LL;
    long long left = call->deadline - now, most = settings->config->llm_timeout_seconds * 1000LL;
    btw_http_request_t request = {.url = settings->url,
                                  .headers = settings->headers,
                                  .timeout_ms = (int)(left < most ? left : most)};
    apr_pool_clear(run->scratch);
    request.body = btw_request_body(settings, call, run->scratch);
    request.length = strlen(request.body);
    call->again_at = 0;
    call->tries++;
    call->http = btw_http_begin(run->group, &request);
    if (!call->http) {
        btw_server_note(&run->llm->server, BTW_PROBLEM_BROKEN, 0, call->is_probe);
        end_call(run, call, BTW_PROBLEM_BROKEN);
    }
}

/* What the server asks for, and some more so that not all come back together; else full jitter. */
static int pause_before(const btw_call_t *call, long long retry_after_ms)
{
    if (retry_after_ms >= 0 && retry_after_ms < INT32_MAX / 2)
        return (int)retry_after_ms + at_random(FIRST_PAUSE_MS / 2);
    int limit = FIRST_PAUSE_MS;
    for (int i = 1; i < call->tries && limit < LONGEST_PAUSE_MS; i++)
        limit *= 2;
    return at_random(limit < LONGEST_PAUSE_MS ? limit : LONGEST_PAUSE_MS);
}

static void take_answer(run_t *run, btw_call_t *call, const btw_http_answer_t *answer)
{
    btw_server_t *server = &run->llm->server;
    btw_problem_t before = call->problem;
    btw_reply_t reply = btw_reply_read(call, answer, run->pool);
    if (reply == BTW_REPLY_OTHER_WORDS) {
        /* It answered: nothing is wrong with the server, and the try does not count. */
        btw_server_note(server, BTW_PROBLEM_NONE, call->status, call->is_probe);
        call->problem = before;
        call->tries--;
        call->again_at = btw_now_ms();
        return;
    }
    btw_server_note(server, call->problem, call->status, call->is_probe);
    if (call->problem == BTW_PROBLEM_NONE)
        btw_server_learn(server, &call->dialect);
    if (reply == BTW_REPLY_AGAIN && call->tries < run->llm->settings.config->llm_tries) {
        long long again_at = btw_now_ms() + pause_before(call, answer->retry_after_ms);
        if (again_at < call->deadline) {
            call->again_at = again_at;
            return;
        }
    }
    end_call(run, call, call->problem);
}

/* Move each call as far as it goes now.  Milliseconds until something is to be done again, -1 where
 * all are done. */
static int step(run_t *run)
{
    int left = -1;
    for (int i = 0; i < run->n; i++) {
        btw_call_t *call = &run->calls[i];
        btw_http_answer_t answer;
        if (call->http && btw_http_take(&answer, call->http, run->scratch)) {
            call->http = NULL;
            take_answer(run, call, &answer);
        }
        if (!call->is_done && !call->http && call->again_at <= btw_now_ms())
            send_call(run, call);
        if (call->is_done)
            continue;
        long long wait = call->http ? LOOK_MS : call->again_at - btw_now_ms();
        wait = wait < 0 ? 0 : wait > LOOK_MS ? LOOK_MS : wait;
        left = left < 0 || wait < left ? (int)wait : left;
    }
    return left;
}

static void give_up(run_t *run)
{
    for (int i = 0; i < run->n; i++) {
        if (!run->calls[i].http)
            continue;
        btw_http_abandon(run->calls[i].http);
        run->calls[i].http = NULL;
        if (run->calls[i].is_probe)
            btw_server_forget_probe(&run->llm->server);
    }
}

bt_err_t *btw_calls_run(btw_llm_t *llm, btw_call_t *calls, int n, const btw_llm_job_t *job,
                        apr_pool_t *pool)
{
    run_t run = {.llm = llm, .calls = calls, .n = n, .pool = pool};
    apr_pool_create(&run.scratch, pool);
    run.group = btw_http_group(llm->http, run.scratch);
    apr_pool_t *group_pool = run.scratch;
    apr_pool_create(&run.scratch, pool);
    for (int i = 0; i < n; i++)
        calls[i].dialect = btw_server_dialect(&llm->server);
    bt_err_t *err = NULL;
    for (int left; !err && (left = step(&run)) >= 0;) {
        if (job->should_stop && job->should_stop(job->baton))
            err = bt_error(pool, BT_E_CANCELLED, "stopped while waiting for the LLM server");
        else
            btw_http_wait(run.group, left);
    }
    give_up(&run);
    apr_pool_destroy(run.scratch);
    apr_pool_destroy(group_pool);
    return err;
}
