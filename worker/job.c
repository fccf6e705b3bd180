/* SPDX-License-Identifier: Apache-2.0
 * Works on one job: document to a memory file, extractor, interpreter, result.  Each way it can go
 * wrong becomes a row that says what a client may read and whether another attempt can help; the
 * store keeps the budget.
 */
#include "job.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "../libbloodtest/crash.h"
#include "../libbloodtest/ids.h"
#include "../libbloodtest/interpret/interpret.h"
#include "../libbloodtest/log.h"
#include "context.h"
#include "park.h"

enum { BACKOFF_FIRST_SECONDS = 2, BACKOFF_LONGEST_SECONDS = 300 };
/* How long a finished job waits for a database that is away; its lease is extended as soon as that
 * is back. */
static const apr_interval_time_t STORE_PATIENCE = 600 * APR_USEC_PER_SEC;
/* Stages are told where somebody may be watching: the jobs of a fraction of a second need no
 * statement for it. */
static const apr_interval_time_t STAGE_AFTER = APR_USEC_PER_SEC / 2;

typedef struct work_t {
    btw_worker_t *worker;
    btw_link_t *link;
    int slot;
    const bt_job_t *job;
    apr_time_t started;
    btw_extract_outcome_t outcome;
    bt_json_t *result;
    apr_pool_t *pool;
} work_t;

static int should_stop(void *baton)
{
    const work_t *work = baton;
    return btw_board_is_lost(work->worker->board, work->slot) ||
           btw_stop_is(&work->worker->stop, BTW_ABORT);
}

/* Only a lost claim is an error here: a finished result is not thrown away because its stage could
 * not be told. */
static bt_err_t *enter_stage(work_t *work, const char *stage)
{
    if (apr_time_now() - work->started < STAGE_AFTER)
        return NULL;
    bt_db_t *db = NULL;
    bt_err_t *err = btw_link_get(&db, work->link, work->pool);
    if (!err)
        err = bt_job_stage(db, work->job, stage, work->pool);
    if (!err || err->code == BT_E_CLAIM_LOST)
        return err;
    bt_log(BT_LOG_DEBUG, "BT1025", "stage not told: %s", bt_error_text(err, work->pool));
    btw_link_is_away(work->link, err);
    return NULL;
}

static apr_status_t close_file(void *fd)
{
    close((int)(intptr_t)fd);
    return APR_SUCCESS;
}

static bt_err_t *fetch_document(int *document, work_t *work)
{
    int fd = memfd_create("report", MFD_CLOEXEC);
    if (fd < 0)
        return bt_error_apr(work->pool, BT_E_INTERNAL, errno, "no memory file");
    apr_pool_cleanup_register(work->pool, (void *)(intptr_t)fd, close_file, apr_pool_cleanup_null);
    bt_db_t *db = NULL;
    BT_TRY(btw_link_get(&db, work->link, work->pool));
    BT_TRY(bt_job_document(db, work->job, fd, work->pool));
    if (lseek(fd, 0, SEEK_SET) != 0)
        return bt_error_apr(work->pool, BT_E_INTERNAL, errno, "a memory file cannot be read");
    *document = fd;
    return NULL;
}

/* What earlier analyses of the same person found.  One that cannot be read is left out. */
static bt_err_t *read_earlier(bt_context_t *context, work_t *work)
{
    bt_db_t *db = NULL;
    bt_analysis_t *analyses = NULL;
    int n = 0;
    BT_TRY(btw_link_get(&db, work->link, work->pool));
    BT_TRY(bt_store_earlier(&analyses, &n, db, work->job->analysis_id, BT_MAX_EARLIER, work->pool));
    bt_earlier_t *earlier = apr_pcalloc(work->pool, (apr_size_t)(n + 1) * sizeof *earlier);
    context->sent = bt_time_iso(work->job->created_at, work->pool);
    context->earlier = earlier;
    for (int i = 0; i < n; i++) {
        const char *text = analyses[i].analysis_json;
        bt_json_t *result = NULL;
        if (!text || bt_json_parse(&result, text, strlen(text), work->pool))
            continue;
        bt_earlier_t *one = &earlier[context->n_earlier++];
        bt_earlier_read(one, result, work->worker->catalogue, work->pool);
        one->analysis_id = analyses[i].id;
        one->sent = bt_time_iso(analyses[i].created_at, work->pool);
    }
    return NULL;
}

static bt_err_t *make_result(work_t *work)
{
    const btw_worker_t *worker = work->worker;
    btw_document_t document = {.fd = -1, .should_stop = should_stop, .baton = work};
    BT_TRY(fetch_document(&document.fd, work));
    bt_report_t *report = NULL;
    BT_TRY(btw_extract(&report, &work->outcome, worker->extractor, &document, worker->catalogue,
                       work->pool));
    BT_CRASH_POINT("after_read");
    BT_TRY(enter_stage(work, "interpreting"));
    bt_context_t context = btw_context_of(work->job, work->pool);
    context.for_patient = !strcmp(worker->config->knowledge_audience, "patient");
    BT_TRY(read_earlier(&context, work));
    BT_TRY(bt_interpret(&work->result, report, &context, worker->catalogue, work->pool));
    return enter_stage(work, "writing");
}

/* ---- ends ---- */

typedef bt_err_t *end_fn(bt_db_t *db, work_t *work, const bt_failure_t *failure);

static bt_err_t *end_complete(bt_db_t *db, work_t *work, const bt_failure_t *failure)
{
    (void)failure;
    BT_CRASH_POINT("before_complete_commit");
    BT_TRY(bt_job_complete(db, work->job, work->result, work->pool));
    BT_CRASH_POINT("after_complete_commit");
    return NULL;
}

static bt_err_t *end_fail(bt_db_t *db, work_t *work, const bt_failure_t *failure)
{
    return bt_job_fail(db, work->job, failure, work->pool);
}

static bt_err_t *end_release(bt_db_t *db, work_t *work, const bt_failure_t *failure)
{
    (void)failure;
    return bt_job_release(db, work->job, work->pool);
}

/* Until the database took it, the claim is lost, or there is no time left: an end may be sent
 * twice, the token decides.  Without an answer the lease runs out and the job is done again. */
static bt_err_t *end_attempt(work_t *work, end_fn *end, const bt_failure_t *failure)
{
    apr_time_t until = apr_time_now() + STORE_PATIENCE;
    for (;;) {
        bt_db_t *db = NULL;
        bt_err_t *err = btw_link_get(&db, work->link, work->pool);
        if (!err)
            err = end(db, work, failure);
        if (!btw_link_is_away(work->link, err) || apr_time_now() > until)
            return err;
        if (btw_board_is_lost(work->worker->board, work->slot))
            return err;
        if (btw_link_rest(work->link, &work->worker->stop, BTW_ABORT))
            return err;
    }
}

/* Full jitter: at random from nothing to the doubled wait, so that what failed together does not
 * come back together. */
static apr_interval_time_t backoff(int failures)
{
    int seconds = BACKOFF_FIRST_SECONDS;
    for (int i = 0; i < failures && seconds < BACKOFF_LONGEST_SECONDS; i++)
        seconds *= 2;
    if (seconds > BACKOFF_LONGEST_SECONDS)
        seconds = BACKOFF_LONGEST_SECONDS;
    return btw_random_time(apr_time_from_sec(seconds));
}

/* The class a client sees.  What is no class of a failed analysis is our own trouble, and another
 * machine or moment may do. */
static bt_failure_t failure_of(const work_t *work, const bt_err_t *err)
{
    bt_code_t code = err->code >= BT_E_DAMAGED ? err->code : BT_E_INTERNAL;
    bt_failure_t failure = {
        .error_class = bt_code_slug(code),
        .error_text = code == err->code && err->hint ? err->hint : bt_code_public(code),
        .detail = bt_error_text(err, work->pool),
        .signal = work->outcome.signal,
        .is_crash = work->outcome.is_crash,
        .is_retryable = bt_code_is_retryable(err->code) || work->outcome.is_crash,
        .delay = backoff(work->job->failures),
    };
    if (code == BT_E_INTERNAL && err->code != BT_E_NOT_FOUND)
        failure.is_retryable = 1;
    return failure;
}

static void log_end(const work_t *work, const char *what, const bt_err_t *stored)
{
    const bt_job_t *job = work->job;
    if (stored && stored->code == BT_E_CLAIM_LOST) {
        bt_log(BT_LOG_NOTICE, "BT1021",
               "job %s attempt %d: %s, but the claim is lost: nothing stored", job->id,
               job->attempt, what);
        return;
    }
    if (stored) {
        bt_log(BT_LOG_ERROR, "BT1023", "job %s attempt %d: %s, but this could not be stored: %s",
               job->id, job->attempt, what, bt_error_text(stored, work->pool));
        return;
    }
    bt_log(BT_LOG_INFO, "BT1020", "job %s attempt %d: %s after %d ms", job->id, job->attempt, what,
           (int)apr_time_as_msec(apr_time_now() - work->started));
}

static void finish(work_t *work, bt_err_t *err)
{
    if (!err) {
        bt_err_t *stored = end_attempt(work, end_complete, NULL);
        if (!stored || stored->code == BT_E_CLAIM_LOST || stored->code == BT_E_DB_AWAY) {
            if (!stored)
                atomic_fetch_add(&work->worker->done, 1);
            log_end(work, "completed", stored);
            return;
        }
        err = stored; /* the database refused it: this attempt failed */
    }
    if (err->code == BT_E_CLAIM_LOST || btw_board_is_lost(work->worker->board, work->slot)) {
        log_end(work, "stopped", err->code == BT_E_CLAIM_LOST ? err : NULL);
        return;
    }
    if (err->code == BT_E_DB_AWAY || err->code == BT_E_CANCELLED) {
        const char *what = err->code == BT_E_CANCELLED ? "handed back, the worker stops"
                                                       : "handed back, the database was away";
        log_end(work, what, end_attempt(work, end_release, NULL));
        return;
    }
    bt_failure_t failure = failure_of(work, err);
    bt_log(failure.is_crash || failure.is_retryable ? BT_LOG_WARNING : BT_LOG_INFO, "BT1024",
           "job %s attempt %d: %s: %s", work->job->id, work->job->attempt, failure.error_class,
           failure.detail);
    atomic_fetch_add(&work->worker->failed, 1);
    log_end(work, failure.error_class, end_attempt(work, end_fail, &failure));
}

/* ---- the model's words ---- */

/* A worker that stops does not wait for the model: another one asks again. */
static int should_not_wait(void *baton)
{
    const work_t *work = baton;
    return should_stop(baton) || btw_stop_is(&work->worker->stop, BTW_DRAIN);
}

/* What the model has said of the same facts; NULL also where the database cannot tell. */
static const char *recall(work_t *work, const char *key)
{
    const char *answers = NULL;
    bt_db_t *db = NULL;
    int days = work->worker->config->llm_cache_days;
    if (days == 0)
        return NULL;
    work->link = btw_park_link(work->worker->park);
    bt_err_t *err = btw_link_get(&db, work->link, work->pool);
    if (!err)
        err = bt_llm_answers_get(&answers, db, key, days, work->pool);
    if (err)
        bt_log(BT_LOG_DEBUG, "BT1065", "answers not found: %s", bt_error_text(err, work->pool));
    btw_link_is_away(work->link, err);
    btw_park_give(work->worker->park);
    return answers;
}

static void remember(work_t *work, const char *key, const char *answers)
{
    bt_db_t *db = NULL;
    if (work->worker->config->llm_cache_days == 0)
        return;
    bt_err_t *err = btw_link_get(&db, work->link, work->pool);
    if (!err)
        err = bt_llm_answers_put(db, key, work->job->analysis_id, answers, work->pool);
    if (err)
        bt_log(BT_LOG_DEBUG, "BT1065", "answers not kept: %s", bt_error_text(err, work->pool));
    btw_link_is_away(work->link, err);
}

/* The rest of a job whose rules have spoken, in a thread of its own or that of the job. */
static void speak(btw_worker_t *worker, int slot, const bt_job_t *job, const char *rules,
                  apr_pool_t *pool)
{
    work_t work = {
        .worker = worker, .slot = slot, .job = job, .started = apr_time_now(), .pool = pool};
    btw_llm_job_t asked = {
        .rules = rules, .query = job->query, .should_stop = should_not_wait, .baton = &work};
    btw_llm_outcome_t outcome;
    const char *key = btw_llm_key(worker->llm, &asked, pool);
    asked.cached = recall(&work, key);
    bt_err_t *err = btw_llm_run(&outcome, worker->llm, &asked, pool);
    work.result = outcome.result;
    work.link = btw_park_link(worker->park);
    if (outcome.answers)
        remember(&work, key, outcome.answers);
    finish(&work, err);
    btw_park_give(worker->park);
}

void btw_job_run(btw_worker_t *worker, btw_link_t *link, int slot, const bt_job_t *job,
                 apr_pool_t *pool)
{
    work_t work = {.worker = worker,
                   .link = link,
                   .slot = slot,
                   .job = job,
                   .started = apr_time_now(),
                   .pool = pool};
    bt_err_t *err = make_result(&work);
    if (err || !worker->llm) {
        finish(&work, err);
        return;
    }
    const char *rules = bt_json_dump(work.result, 0, pool);
    if (btw_park(worker->park, speak, job, rules, should_not_wait, &work))
        speak(worker, slot, job, rules, pool);
}
