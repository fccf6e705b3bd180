/* SPDX-License-Identifier: Apache-2.0
 * Takes hints from Redis, and looks into the database itself where Redis is away, or now and then,
 * so that a lost hint costs seconds and never a job.
 */
#include "loop.h"

#include "../libbloodtest/crash.h"
#include "../libbloodtest/log.h"
#include "../libbloodtest/queue.h"
#include "job.h"

enum {
    POLL_LIMIT = 16,
    STATS_IN_A_ROW = 3 /* then a routine job has its turn, where one waits */
};
static const apr_interval_time_t HINT_WAIT = APR_USEC_PER_SEC;
static const apr_interval_time_t POLL_PAUSE = APR_USEC_PER_SEC;
static const apr_interval_time_t POLL_ANYWAY = 10 * APR_USEC_PER_SEC;

typedef struct thread_t {
    btw_worker_t *worker;
    int slot;
    btw_link_t link;
    bt_queue_t *queue;
    apr_time_t polled;
    int stats;        /* that were done in a row */
    apr_pool_t *pool; /* of one round */
} thread_t;

/* A worker that stops has handed the job back: others shall know before the next sweep. */
static void pass_on(thread_t *thread, const bt_job_t *job, apr_pool_t *pool)
{
    bt_err_t *err = bt_queue_hint(thread->queue, job->id, 0, pool);
    if (err)
        bt_log(BT_LOG_DEBUG, "BT1031", "%s", bt_error_text(err, pool));
}

static void run_job(thread_t *thread, const bt_job_t *job, apr_pool_t *pool)
{
    btw_worker_t *worker = thread->worker;
    btw_job_run(worker, &thread->link, thread->slot, job, pool);
    btw_board_leave(worker->board, thread->slot);
    thread->stats = job->priority == 0 ? thread->stats + 1 : 0;
    if (btw_stop_is(&worker->stop, BTW_ABORT))
        pass_on(thread, job, pool);
}

/* Claim and run.  BT_E_DB_AWAY: whether it was claimed is unknown; the same claim again will tell.
 */
static bt_err_t *claim_and_run(int *was_due, thread_t *thread, bt_job_wish_t *claim,
                               const bt_hint_t *hint, apr_pool_t *pool)
{
    btw_worker_t *worker = thread->worker;
    bt_db_t *db = NULL;
    bt_job_t *job = NULL;
    BT_TRY(btw_link_get(&db, &thread->link, pool));
    BT_TRY(bt_job_claim(&job, db, claim, pool));
    *was_due = job != NULL;
    if (job) {
        BT_CRASH_POINT("after_claim_commit");
        /* Before Redis is spoken to: its lease runs, however long that takes. */
        btw_board_enter(worker->board, thread->slot, job);
    }
    if (hint) {
        BT_CRASH_POINT("before_ack");
        bt_err_t *err = bt_queue_ack(thread->queue, hint, pool);
        if (err)
            bt_log(BT_LOG_DEBUG, "BT1032", "hint not acknowledged: %s", bt_error_text(err, pool));
        else
            BT_CRASH_POINT("after_ack");
    }
    if (job)
        run_job(thread, job, pool);
    return NULL;
}

static void drop(thread_t *thread, const bt_hint_t *hint, apr_pool_t *pool)
{
    bt_err_t *err = bt_queue_ack(thread->queue, hint, pool);
    if (err)
        bt_log(BT_LOG_DEBUG, "BT1032", "hint not dropped: %s", bt_error_text(err, pool));
}

/* A job that is known is not given up while the database is away: it is tried until there is an
 * answer, for a commit whose answer was lost may have claimed it, and its lease would have to run
 * out.  A worker that stops drops the hint, for an entry that left with its consumer would count as
 * waiting for ever; the sweep sends another. */
static void follow(int *was_due, thread_t *thread, const char *task_id, const bt_hint_t *hint)
{
    bt_job_wish_t claim = {.task_id = task_id, .worker = thread->worker->id};
    apr_pool_t *round = NULL; /* an outage may last for days */
    apr_pool_create(&round, thread->pool);
    for (;;) {
        apr_pool_clear(round);
        bt_err_t *err = claim_and_run(was_due, thread, &claim, hint, round);
        int is_away = btw_link_is_away(&thread->link, err);
        if (err)
            bt_log(is_away ? BT_LOG_DEBUG : BT_LOG_WARNING, "BT1033", "claim: %s",
                   bt_error_text(err, round));
        if (!is_away)
            break;
        if (btw_link_rest(&thread->link, &thread->worker->stop, BTW_DRAIN)) {
            if (hint)
                drop(thread, hint, round);
            break;
        }
    }
    apr_pool_destroy(round);
}

static int is_routine_turn(const thread_t *thread)
{
    return thread->stats >= STATS_IN_A_ROW;
}

/* Rows that are due; the routine ones alone where it is their turn and there are any. */
static bt_err_t *find_due(const char ***task_ids, int *n, thread_t *thread)
{
    bt_db_t *db = NULL;
    bt_due_t wanted = {.least_priority = is_routine_turn(thread), .limit = POLL_LIMIT};
    BT_TRY(btw_link_get(&db, &thread->link, thread->pool));
    BT_TRY(bt_job_due(task_ids, n, db, &wanted, thread->pool));
    if (*n > 0 || wanted.least_priority == 0)
        return NULL;
    wanted.least_priority = 0;
    return bt_job_due(task_ids, n, db, &wanted, thread->pool);
}

/* One job that is due, found in the database.  A row that cannot be claimed does not hold up those
 * behind it. */
static bt_err_t *poll_once(int *was_due, thread_t *thread)
{
    *was_due = 0;
    thread->polled = apr_time_now();
    const char **task_ids = NULL;
    int n = 0;
    BT_TRY(find_due(&task_ids, &n, thread));
    for (int i = 0; i < n && !*was_due && !btw_stop_is(&thread->worker->stop, BTW_DRAIN); i++)
        follow(was_due, thread, task_ids[i], NULL);
    return NULL;
}

static void poll_jobs(thread_t *thread)
{
    int was_due = 0;
    bt_err_t *err = poll_once(&was_due, thread);
    if (btw_link_is_away(&thread->link, err)) {
        btw_link_rest(&thread->link, &thread->worker->stop, BTW_DRAIN);
        return;
    }
    if (err)
        bt_log(BT_LOG_WARNING, "BT1034", "poll: %s", bt_error_text(err, thread->pool));
    if (!was_due) {
        btw_stop_sleep(&thread->worker->stop, POLL_PAUSE / 2 + btw_random_time(POLL_PAUSE / 2),
                       BTW_DRAIN);
    }
}

static int is_poll_due(const thread_t *thread)
{
    apr_time_t now = apr_time_now();
    if (BT_IS_SABOTAGED("no_sweep"))
        return 0;
    return now < thread->polled || now - thread->polled > POLL_ANYWAY;
}

static void take_turn(thread_t *thread)
{
    bt_hint_t *hints = NULL;
    int n = 0;
    /* One at a time: a hint that is read and not worked on would wait with this consumer. */
    const bt_hint_wish_t wish = {thread->worker->id, 1, HINT_WAIT, is_routine_turn(thread)};
    bt_err_t *err = bt_queue_read(&hints, &n, thread->queue, &wish, thread->pool);
    if (err) {
        bt_log(BT_LOG_DEBUG, "BT1031", "%s", bt_error_text(err, thread->pool));
        poll_jobs(thread);
        return;
    }
    for (int i = 0; i < n; i++) {
        int was_due = 0;
        follow(&was_due, thread, hints[i].task_id, &hints[i]);
    }
    if (is_poll_due(thread)) {
        int was_due = 0;
        btw_link_is_away(&thread->link, poll_once(&was_due, thread));
    }
}

void *btw_loop_run(void *baton)
{
    const btw_loop_t *loop = baton;
    btw_worker_t *worker = loop->worker;
    thread_t thread = {.worker = worker, .slot = loop->slot, .polled = apr_time_now()};
    thread.polled -= btw_random_time(POLL_ANYWAY); /* threads look at different times */
    apr_pool_t *pool = btw_thread_pool();
    thread.link = (btw_link_t){.config = worker->config, .keys = worker->keys, .pool = pool};
    apr_pool_create(&thread.pool, pool);
    bt_err_t *err = bt_queue_create(&thread.queue, worker->config->redis_url,
                                    apr_time_from_msec(worker->config->redis_timeout_ms), pool);
    if (err) /* main checked the address: a bug of ours */
        bt_log(BT_LOG_ERROR, "BT1035", "%s", bt_error_text(err, pool));
    while (!err && !btw_stop_is(&worker->stop, BTW_DRAIN)) {
        apr_pool_clear(thread.pool);
        take_turn(&thread);
    }
    apr_pool_destroy(pool);
    atomic_fetch_sub(&worker->running, 1);
    return NULL;
}
