/* SPDX-License-Identifier: Apache-2.0
 * What a scheduler would do, on the clock of each worker: every step is safe to be done by several
 * workers at once.  It is also the one that says when database or Redis go away and come back, so
 * that the log has each once.
 */
#include "house.h"

#include <time.h>
#include <unistd.h>
#include "../libbloodtest/crash.h"
#include "../libbloodtest/log.h"
#include "../libbloodtest/queue.h"
#include "../libbloodtest/store.h"
#include "link.h"
#include "worker.h"

enum {
    SWEEP_LIMIT = 1000, /* hints that wait in Redis: enough for a second of all workers */
    SEEN_SECONDS = 5,
    IDLE_SECONDS = 10, /* between a hint's reading and its acknowledgement are milliseconds */
    RETENTION_SECONDS = 600
};
static const apr_interval_time_t TICK = APR_USEC_PER_SEC;
/* After an outage: a heartbeat connects and tells within this, and a job whose worker died just
 * before still starts again in the promised time. */
enum { GRACE_SECONDS = 10 };

typedef struct house_t {
    btw_worker_t *worker;
    btw_link_t link;
    bt_queue_t *queue;
    int must_forget; /* Redis was emptied and the table does not know yet */
    int is_db_away, is_queue_away;
    time_t reap_at, seen_at, idle_at, retention_at; /* not before, on the monotonic clock */
    time_t round_at;                                /* end of the last round */
    apr_pool_t *pool;                               /* of one round */
} house_t;

static time_t seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* Whether the time has come; the next time is then set. */
static int is_due(time_t *at, int every)
{
    time_t now = seconds_now();
    if (now < *at)
        return 0;
    *at = now + every;
    return 1;
}

/* Say once that something is away or back. */
static void tell(int *is_away, const bt_err_t *err, const char *what, apr_pool_t *pool)
{
    if (err && !*is_away)
        bt_log(BT_LOG_WARNING, "BT1041", "%s is away: %s", what, bt_error_text(err, pool));
    if (!err && *is_away)
        bt_log(BT_LOG_NOTICE, "BT1042", "%s is back", what);
    *is_away = err != NULL;
}

/* ---- hints ---- */

static bt_err_t *check_epoch(house_t *house)
{
    int is_new = 0;
    bt_err_t *err = bt_queue_epoch(&is_new, house->queue, house->pool);
    tell(&house->is_queue_away, err, "Redis", house->pool);
    if (is_new)
        house->must_forget = 1;
    return err;
}

/* Send these hints.  Those that could not be sent are unmarked, for the next sweep of any worker.
 */
static bt_err_t *send_hints(house_t *house, bt_db_t *db, int priority, int limit)
{
    const char **task_ids = NULL;
    int n = 0;
    const int which[2] = {priority, limit};
    BT_TRY(bt_house_sweep(&task_ids, &n, db, which, house->pool));
    int sent = 0;
    for (; sent < n; sent++) {
        bt_err_t *err = bt_queue_hint(house->queue, task_ids[sent], priority, house->pool);
        if (err && err->code == BT_E_QUEUE_AWAY)
            break; /* any other is of this id alone: polling finds the job */
    }
    for (int i = sent; i < n; i++)
        BT_TRY(bt_house_unhint(db, task_ids[i], house->pool));
    return NULL;
}

/* Tops the streams up, no more: a long queue would otherwise be hinted again and again, and each
 * stale hint costs a claim. */
static bt_err_t *sweep(house_t *house, bt_db_t *db)
{
    if (BT_IS_SABOTAGED("no_sweep") || check_epoch(house))
        return NULL; /* without Redis the job threads look for themselves */
    if (house->must_forget) {
        BT_TRY(bt_house_forget_hints(db, house->pool));
        house->must_forget = 0;
        bt_log(BT_LOG_NOTICE, "BT1043", "Redis is new or was emptied: hints are sent again");
    }
    long long waiting[2] = {0, 0};
    if (bt_queue_lengths(waiting, house->queue, house->pool))
        return NULL;
    for (int priority = 0; priority < 2; priority++) {
        if (waiting[priority] < SWEEP_LIMIT)
            BT_TRY(send_hints(house, db, priority, SWEEP_LIMIT - (int)waiting[priority]));
    }
    return NULL;
}

/* Hints that a worker took and died with: the table decides anew whether they are needed. */
static bt_err_t *drop_idle(house_t *house, bt_db_t *db)
{
    bt_hint_t *hints = NULL;
    int n = 0;
    if (bt_queue_take_idle(&hints, &n, house->queue, house->worker->id,
                           apr_time_from_sec(IDLE_SECONDS), house->pool))
        return NULL;
    for (int i = 0; i < n; i++) {
        BT_TRY(bt_house_unhint(db, hints[i].task_id, house->pool));
        if (bt_queue_ack(house->queue, &hints[i], house->pool))
            return NULL;
    }
    return NULL;
}

/* ---- the rest ---- */

static bt_err_t *be_seen(house_t *house, bt_db_t *db)
{
    btw_worker_t *worker = house->worker;
    bt_worker_row_t row = {
        .id = worker->id,
        .host = worker->host,
        .pid = (int)getpid(),
        .threads = worker->threads,
        .busy = btw_board_busy(worker->board),
        .done = atomic_load(&worker->done),
        .failed = atomic_load(&worker->failed),
        .llm = worker->llm ? btw_llm_figures(worker->llm, house->pool) : NULL,
    };
    return bt_house_worker_seen(db, &row, house->pool);
}

/* An outage need not fail a call: where database or host stood still as long as a heartbeat, living
 * workers could not extend their leases either, and get the same grace. */
static bt_err_t *reap(house_t *house, bt_db_t *db)
{
    const char **task_ids = NULL;
    int n = 0;
    if (BT_IS_SABOTAGED("no_reaper"))
        return NULL;
    BT_TRY(be_seen(house, db)); /* so that the database has just answered */
    if (seconds_now() - house->round_at > BT_HEARTBEAT_SECONDS) {
        house->reap_at = seconds_now() + GRACE_SECONDS;
        return NULL;
    }
    bt_err_t *err = bt_house_reap(&task_ids, &n, db, house->pool);
    if (n > 0)
        bt_log(BT_LOG_WARNING, "BT1044", "%d attempts ended: their worker was not heard of in time",
               n);
    /* Among the urgent: they have waited for a lease already.  A hint that is not sent is swept. */
    for (int i = 0; i < n && !bt_queue_hint(house->queue, task_ids[i], 0, house->pool); i++)
        ;
    return err;
}

static bt_err_t *keep(house_t *house, bt_db_t *db)
{
    int n = 0;
    const bt_actor_t actor = {house->worker->id, house->worker->host};
    bt_db_act_as(db, &actor);
    bt_err_t *err =
        bt_house_retention(&n, db, house->worker->config->worker_keep_days, house->pool);
    bt_db_act_as(db, NULL);
    BT_TRY(err);
    if (n > 0)
        bt_log(BT_LOG_NOTICE, "BT1045", "%d analyses erased, older than %d days", n,
               house->worker->config->worker_keep_days);
    return bt_llm_answers_expire(db, house->worker->config->llm_cache_days, house->pool);
}

typedef bt_err_t *step_fn(house_t *house, bt_db_t *db);

/* Every step is tried, whatever became of those before it, unless the database is away.  Returns
 * the first error. */
static bt_err_t *keep_house(house_t *house)
{
    const struct {
        step_fn *run;
        time_t *at; /* NULL: each round */
        int every;
    } steps[] = {
        {be_seen, &house->seen_at, SEEN_SECONDS},
        /* Before Redis is waited for: it looks how late it is. */
        {reap, &house->reap_at, BT_REAP_SECONDS},
        {sweep, NULL, 0},
        {drop_idle, &house->idle_at, SEEN_SECONDS},
        {keep, &house->retention_at, RETENTION_SECONDS},
    };
    bt_db_t *db = NULL;
    bt_err_t *first = NULL;
    BT_TRY(btw_link_get(&db, &house->link, house->pool));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        if (steps[i].at && !is_due(steps[i].at, steps[i].every))
            continue;
        bt_err_t *err = steps[i].run(house, db);
        if (err && err->code == BT_E_DB_AWAY)
            return err;
        if (!first)
            first = err;
    }
    return first;
}

static void after_round(house_t *house, bt_err_t *err)
{
    int is_away = btw_link_is_away(&house->link, err);
    if (err && !is_away)
        bt_log(BT_LOG_ERROR, "BT1046", "housekeeping: %s", bt_error_text(err, house->pool));
    tell(&house->is_db_away, is_away ? err : NULL, "the database", house->pool);
    /* After an outage living workers must first extend their leases, or it would end the attempts
     * of all. */
    if (is_away) {
        house->reap_at = seconds_now() + GRACE_SECONDS;
        house->seen_at = 0;
    }
}

static void say_goodbye(house_t *house)
{
    bt_db_t *db = NULL;
    bt_err_t *err = btw_link_get(&db, &house->link, house->pool);
    if (!err)
        err = bt_house_worker_gone(db, house->worker->id, house->pool);
    if (err)
        bt_log(BT_LOG_INFO, "BT1047", "leaving: %s", bt_error_text(err, house->pool));
    err = bt_queue_leave(house->queue, house->worker->id, house->pool);
    if (err)
        bt_log(BT_LOG_INFO, "BT1047", "leaving: %s", bt_error_text(err, house->pool));
}

void *btw_house_run(void *baton)
{
    btw_worker_t *worker = baton;
    house_t house = {.worker = worker};
    apr_pool_t *pool = btw_thread_pool();
    house.link = (btw_link_t){.config = worker->config, .keys = worker->keys, .pool = pool};
    apr_pool_create(&house.pool, pool);
    house.round_at = seconds_now();
    house.reap_at = house.round_at + BT_REAP_SECONDS;
    house.retention_at =
        house.reap_at + (time_t)apr_time_sec(btw_random_time(60 * APR_USEC_PER_SEC));
    bt_err_t *err = bt_queue_create(&house.queue, worker->config->redis_url,
                                    apr_time_from_msec(worker->config->redis_timeout_ms), pool);
    if (err) { /* main checked the address: a bug of ours */
        bt_log(BT_LOG_ERROR, "BT1035", "%s", bt_error_text(err, pool));
        return NULL;
    }
    do {
        apr_pool_clear(house.pool);
        after_round(&house, keep_house(&house));
        house.round_at = seconds_now();
    } while (!btw_stop_sleep(&worker->stop, TICK, BTW_END));
    apr_pool_clear(house.pool);
    say_goodbye(&house);
    apr_pool_destroy(pool);
    return NULL;
}
