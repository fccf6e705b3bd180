/* SPDX-License-Identifier: Apache-2.0
 * Extends leases every BT_HEARTBEAT_SECONDS on a connection of its own, so that neither a slow
 * statement of a job nor housekeeping delays them.  While the database is away it tries again each
 * second.
 */
#include "heartbeat.h"

#include <string.h>

#include "../libbloodtest/log.h"
#include "../libbloodtest/store.h"
#include "link.h"
#include "worker.h"

static const apr_interval_time_t TICK = APR_USEC_PER_SEC / 2;
static const apr_interval_time_t AFTER_FAILURE = APR_USEC_PER_SEC;

static bt_err_t *beat(btw_worker_t *worker, btw_link_t *link, int slot, const bt_job_t *job,
                      apr_pool_t *pool)
{
    bt_db_t *db = NULL;
    BT_TRY(btw_link_get(&db, link, pool));
    bt_err_t *err = bt_job_heartbeat(db, job, pool);
    if (err && err->code != BT_E_CLAIM_LOST)
        return err;
    btw_board_told(worker->board, slot, job, err != NULL);
    if (err)
        bt_log(BT_LOG_NOTICE, "BT1021", "job %s: claim lost or cancelled, stopping it", job->id);
    return NULL;
}

/* All slots that are due.  What is wrong with one claim is no reason to lose the others; only a
 * database that is away ends the round.  Returns the first error. */
static bt_err_t *beat_all(btw_worker_t *worker, btw_link_t *link, apr_pool_t *pool)
{
    bt_err_t *first = NULL;
    for (int slot = 0; slot < worker->slots; slot++) {
        const bt_job_t *job =
            btw_board_due(worker->board, slot, apr_time_from_sec(BT_HEARTBEAT_SECONDS), pool);
        bt_err_t *err = job ? beat(worker, link, slot, job, pool) : NULL;
        if (err && err->code == BT_E_DB_AWAY)
            return err;
        if (!first)
            first = err;
    }
    return first;
}

/* Jobs that are no longer this worker's, found sooner than by their next heartbeat: somebody waits
 * for his cancel. */
static bt_err_t *look_for_lost(btw_worker_t *worker, btw_link_t *link, apr_pool_t *pool)
{
    bt_db_t *db = NULL;
    const char **tokens = NULL;
    int n = 0, running = 0;
    const bt_job_t **jobs = apr_pcalloc(pool, (apr_size_t)worker->slots * sizeof *jobs);
    for (int slot = 0; slot < worker->slots; slot++)
        running += (jobs[slot] = btw_board_due(worker->board, slot, 0, pool)) != NULL;
    if (running == 0)
        return NULL;
    BT_TRY(btw_link_get(&db, link, pool));
    BT_TRY(bt_jobs_held(&tokens, &n, db, worker->id, pool));
    for (int slot = 0; slot < worker->slots; slot++) {
        int is_held = 0;
        for (int i = 0; jobs[slot] && i < n && !is_held; i++)
            is_held = tokens[i] && !strcmp(tokens[i], jobs[slot]->claim_token);
        if (jobs[slot] && !is_held)
            BT_TRY(beat(worker, link, slot, jobs[slot], pool)); /* it says so */
    }
    return NULL;
}

void *btw_heartbeat_run(void *baton)
{
    btw_worker_t *worker = baton;
    btw_link_t link = {.config = worker->config, .pool = btw_thread_pool()};
    apr_pool_t *round = NULL;
    apr_pool_create(&round, link.pool);
    apr_interval_time_t pause = TICK;
    while (!btw_stop_sleep(&worker->stop, pause, BTW_END)) {
        apr_pool_clear(round);
        bt_err_t *err = beat_all(worker, &link, round);
        if (!err)
            err = look_for_lost(worker, &link, round);
        if (err)
            bt_log(BT_LOG_INFO, "BT1022", "heartbeat: %s", bt_error_text(err, round));
        pause = err ? AFTER_FAILURE : TICK;
        btw_link_is_away(&link, err);
    }
    apr_pool_destroy(link.pool);
    return NULL;
}
