/* SPDX-License-Identifier: Apache-2.0
 * Starts the extractor before any thread (it forks), waits for the database, runs the threads, and
 * ends them in order: no new claims, a time of grace, hand-back, and only then heartbeat and
 * housekeeping.
 */
#include "run.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>
#include <apr_network_io.h>
#include <apr_strings.h>
#include "../libbloodtest/ids.h"
#include "../libbloodtest/interpret/interpret.h"
#include "../libbloodtest/log.h"
#include "../libbloodtest/queue.h"
#include "../libbloodtest/store.h"
#include "heartbeat.h"
#include "house.h"
#include "link.h"
#include "loop.h"
#include "park.h"
#include "worker.h"

enum { MAX_NAME = 64 };
static const apr_interval_time_t LOOK = APR_USEC_PER_SEC / 10;
/* After the hand-back was asked for: how long a thread may hang in the database before the process
 * ends regardless. */
static const apr_interval_time_t HARD_END = 10 * APR_USEC_PER_SEC;

bt_err_t *btw_run_check(const btw_config_t *config, apr_pool_t *pool)
{
    bt_queue_t *queue = NULL;
    BT_TRY(bt_queue_create(&queue, config->redis_url, apr_time_from_msec(config->redis_timeout_ms),
                           pool));
    bt_catalogue_t *catalogue = NULL;
    BT_TRY(btw_llm_check(config, pool));
    bt_keys_t *keys = NULL;
    if (*config->database_key_file)
        BT_TRY(bt_keys_load(&keys, config->database_key_file, pool));
    BT_TRY(bt_catalogue_load_site(&catalogue, config->knowledge_site_directory, pool));
    return bt_knowledge_check(catalogue, pool);
}

static void name_worker(btw_worker_t *worker, apr_pool_t *pool)
{
    char host[MAX_NAME + 1] = "worker";
    if (gethostname(host, MAX_NAME))
        bt_log(BT_LOG_INFO, "BT1007", "the name of this host is unknown");
    worker->host = apr_pstrdup(pool, host);
    const char *name = *worker->config->worker_name ? worker->config->worker_name : worker->host;
    worker->id =
        apr_psprintf(pool, "%.*s:%d:%.4s", MAX_NAME, name, (int)getpid(), bt_uuid_create(pool));
}

static bt_err_t *prepare(btw_worker_t *worker, apr_pool_t *pool)
{
    const btw_config_t *config = worker->config;
    BT_TRY(btw_run_check(config, pool));
    bt_catalogue_t *catalogue = NULL;
    BT_TRY(bt_catalogue_load_site(&catalogue, config->knowledge_site_directory, pool));
    worker->catalogue = catalogue;
    if (*config->database_key_file)
        BT_TRY(bt_keys_load(&worker->keys, config->database_key_file, pool));
    else
        bt_log(BT_LOG_NOTICE, "BT1009",
               "reports are stored in clear; key_file below [database] encrypts them");
    BT_TRY(btw_stop_start(&worker->stop, pool));
    btw_extract_limits_t limits = {.seconds = config->extract_seconds,
                                   .memory_mb = config->extract_memory_mb,
                                   .max_output = 16LL * 1024 * 1024,
                                   .site = config->knowledge_site_directory};
    const char *program = *config->extract_program ? config->extract_program : NULL;
    BT_TRY(btw_extractor_start(&worker->extractor, program, &limits, pool));
    BT_TRY(bt_db_init(pool));
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    worker->threads =
        config->worker_threads ? config->worker_threads : (int)(cores > 0 ? cores : 1);
    BT_TRY(btw_llm_start(&worker->llm, config, catalogue, pool));
    worker->slots = worker->threads + (worker->llm ? config->llm_waiting : 0);
    worker->board = btw_board_create(worker->slots, pool);
    if (worker->llm)
        worker->park = btw_park_create(worker, worker->threads, config->llm_waiting, pool);
    name_worker(worker, pool);
    return NULL;
}

static bt_err_t *check_schema(btw_link_t *link, apr_pool_t *pool)
{
    bt_db_t *db = NULL;
    BT_TRY(btw_link_get(&db, link, pool));
    BT_TRY(bt_schema_check(db, pool));
    BT_TRY(bt_keys_check(db, pool));
    return bt_keys_warn(db, pool);
}

/* Until the database answers.  BT_E_CANCELLED: a signal came first. */
static bt_err_t *wait_for_schema(btw_worker_t *worker, apr_pool_t *pool)
{
    btw_link_t link = {.config = worker->config, .keys = worker->keys, .pool = pool};
    for (int is_told = 0;; is_told = 1) {
        apr_pool_t *round = NULL;
        apr_pool_create(&round, pool);
        bt_err_t *err = check_schema(&link, round);
        if (!btw_link_is_away(&link, err)) {
            if (link.opened)
                apr_pool_destroy(link.opened);
            return err;
        }
        if (!is_told) {
            bt_log(BT_LOG_WARNING, "BT1003", "the database is away, trying on: %s",
                   bt_error_text(err, round));
        }
        apr_pool_destroy(round);
        if (btw_stop_signal(&worker->stop, APR_USEC_PER_SEC))
            return bt_error(pool, BT_E_CANCELLED, "stopped before the database answered");
    }
}

static int start_threads(btw_worker_t *worker, pthread_t *helpers, apr_pool_t *pool)
{
    btw_loop_t *loops = apr_pcalloc(pool, (size_t)worker->threads * sizeof *loops);
    pthread_attr_t detached;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    int status = pthread_create(&helpers[0], NULL, btw_heartbeat_run, worker);
    if (!status)
        status = pthread_create(&helpers[1], NULL, btw_house_run, worker);
    for (int i = 0; i < worker->threads && !status; i++) {
        loops[i] = (btw_loop_t){worker, i};
        atomic_fetch_add(&worker->running, 1);
        pthread_t thread;
        status = pthread_create(&thread, &detached, btw_loop_run, &loops[i]);
    }
    pthread_attr_destroy(&detached);
    return status;
}

/* Wait until no job thread runs, at most `time`; another signal ends the waiting.  Whether they all
 * ended. */
static int wait_for_jobs(btw_worker_t *worker, apr_interval_time_t time)
{
    for (apr_interval_time_t waited = 0; waited < time; waited += LOOK) {
        if (atomic_load(&worker->running) == 0)
            return 1;
        if (btw_stop_signal(&worker->stop, LOOK))
            break;
    }
    return atomic_load(&worker->running) == 0;
}

static int stop_threads(btw_worker_t *worker, const pthread_t *helpers)
{
    int grace = worker->config->worker_grace_seconds;
    int busy = btw_board_busy(worker->board);
    bt_log(BT_LOG_NOTICE, "BT1004", "stopping: %d jobs have %d seconds to finish", busy, grace);
    btw_stop_raise(&worker->stop, BTW_DRAIN);
    if (!wait_for_jobs(worker, apr_time_from_sec(grace))) {
        bt_log(BT_LOG_NOTICE, "BT1005", "stopping: handing back %d jobs",
               btw_board_busy(worker->board));
        btw_stop_raise(&worker->stop, BTW_ABORT);
        if (!wait_for_jobs(worker, HARD_END)) {
            bt_log(BT_LOG_ERROR, "BT1006", "stopping: threads hang; their leases will run out");
            return BTW_EXIT_FAILED;
        }
    }
    btw_stop_raise(&worker->stop, BTW_END);
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += (time_t)apr_time_sec(HARD_END);
    for (int i = 0; i < 2; i++) {
        if (pthread_timedjoin_np(helpers[i], NULL, &until)) {
            bt_log(BT_LOG_ERROR, "BT1006", "stopping: a helper hangs in database or Redis");
            return BTW_EXIT_FAILED;
        }
    }
    bt_log(BT_LOG_NOTICE, "BT1002", "worker %s stopped: %lld done, %lld failed", worker->id,
           atomic_load(&worker->done), atomic_load(&worker->failed));
    return BTW_EXIT_DONE;
}

int btw_run(const btw_config_t *config, apr_pool_t *pool)
{
    btw_worker_t *worker = apr_pcalloc(pool, sizeof *worker);
    worker->config = config;
    bt_err_t *err = prepare(worker, pool);
    if (!err)
        err = wait_for_schema(worker, pool);
    if (err && err->code == BT_E_CANCELLED)
        return BTW_EXIT_DONE;
    if (err) {
        bt_log(BT_LOG_ERROR, "BT1008", "cannot start: %s", bt_error_text(err, pool));
        int is_usage = err->code == BT_E_CONFIG || err->code == BT_E_KEY_MISSING ||
                       err->code == BT_E_SEAL_BROKEN;
        return err->code == BT_E_SCHEMA ? BTW_EXIT_SCHEMA
               : is_usage               ? BTW_EXIT_USAGE
                                        : BTW_EXIT_FAILED;
    }
    pthread_t helpers[2];
    int status = start_threads(worker, helpers, pool);
    if (status) {
        bt_log(BT_LOG_ERROR, "BT1008", "cannot start a thread (error %d)", status);
        _exit(BTW_EXIT_FAILED);
    }
    bt_log(BT_LOG_NOTICE, "BT1001", "worker %s ready: %d threads, %s database, extractor pid %d",
           worker->id, worker->threads, config->database_driver,
           btw_extractor_pid(worker->extractor));
    while (!btw_stop_signal(&worker->stop, APR_USEC_PER_SEC))
        ;
    int code = stop_threads(worker, helpers);
    if (code)
        _exit(code); /* threads still use what exit would take down */
    return code;
}
