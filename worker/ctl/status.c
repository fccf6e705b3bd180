/* SPDX-License-Identifier: Apache-2.0
 * bloodtestctl status: schema, Redis, queue and workers as they are now, for people and for
 * monitoring.
 */
#include <config.h>
#include <math.h>
#include <apr_strings.h>
#include "ctl.h"
#include "../../libbloodtest/ids.h"
#include "../../libbloodtest/store.h"
#include "../../libbloodtest/text.h"

enum { INDENT = 2, REDIS_TIMEOUT_MS = 1000, TEXT_LIMIT = 1024 * 1024 };

typedef struct state_t {
    int schema_code, schema_database;
    const char *redis; /* "ok", "away", "not named" */
    const char *key;   /* id of the newest that the database knows; NULL: stored in clear */
    bt_queue_counts_t counts;
    bt_worker_row_t *workers;
    int n_workers;
} state_t;

static bt_err_t *read_database(state_t *state, const ctl_servers_t *servers, apr_pool_t *pool)
{
    bt_db_t *db = NULL;
    BT_TRY(ctl_connect(&db, servers, pool));
    BT_TRY(bt_schema_versions(&state->schema_code, &state->schema_database, db, pool));
    BT_TRY(bt_schema_check(db, pool));
    BT_TRY(bt_keys_newest(&state->key, db, pool));
    BT_TRY(bt_store_counts(&state->counts, db, pool));
    return bt_store_workers(&state->workers, &state->n_workers, db, pool);
}

/* Redis away is no failure of the service, but monitoring wants to know. */
static bt_err_t *read_redis(state_t *state, const ctl_servers_t *servers, apr_pool_t *pool)
{
    bt_queue_t *queue = NULL;
    state->redis = "not named";
    if (!servers->redis)
        return NULL;
    BT_TRY(bt_queue_create(&queue, servers->redis, apr_time_from_msec(REDIS_TIMEOUT_MS), pool));
    state->redis = bt_queue_ping(queue, pool) ? "away" : "ok";
    return NULL;
}

static const char *as_json(const state_t *state, apr_pool_t *pool)
{
    const bt_queue_counts_t *counts = &state->counts;
    bt_json_t *json = bt_json_object(pool);
    bt_json_set_int(json, "schema_version", state->schema_database);
    bt_json_set_string(json, "redis", state->redis);
    bt_json_set_string(json, "encryption_key", state->key);
    bt_json_t *queue = bt_json_set_object(json, "queue");
    bt_json_set_int(queue, "queued", counts->queued);
    bt_json_set_int(queue, "delayed", counts->delayed);
    bt_json_set_int(queue, "processing", counts->processing);
    bt_json_set_int(queue, "completed_24h", counts->completed);
    bt_json_set_int(queue, "failed_24h", counts->failed);
    bt_json_set_int(queue, "cancelled_24h", counts->cancelled);
    bt_json_set_string(queue, "oldest_queued_at", bt_time_iso(counts->oldest_queued_at, pool));
    bt_json_set_number(queue, "recent_service_seconds", counts->recent_service_seconds);
    bt_json_t *workers = bt_json_set_array(json, "workers");
    for (int i = 0; i < state->n_workers; i++) {
        const bt_worker_row_t *row = &state->workers[i];
        bt_json_t *worker = bt_json_push_object(workers);
        bt_json_set_string(worker, "id", row->id);
        bt_json_set_string(worker, "host", row->host);
        bt_json_set_int(worker, "pid", row->pid);
        bt_json_set_bool(worker, "is_alive", row->is_alive);
        bt_json_set_int(worker, "threads", row->threads);
        bt_json_set_int(worker, "busy", row->busy);
        bt_json_set_int(worker, "done", row->done);
        bt_json_set_int(worker, "failed", row->failed);
        bt_json_set_string(worker, "started_at", bt_time_iso(row->started_at, pool));
        bt_json_set_string(worker, "seen_at", bt_time_iso(row->seen_at, pool));
    }
    return bt_json_dump(json, INDENT, pool);
}

static const char *as_text(const state_t *state, apr_pool_t *pool)
{
    const bt_queue_counts_t *counts = &state->counts;
    bt_buffer_t *text = bt_buffer_create(TEXT_LIMIT, pool);
    bt_buffer_addf(text, "schema   version %d\nredis    %s\n", state->schema_database,
                   state->redis);
    bt_buffer_addf(text, "storage  %s%s\n", state->key ? "encrypted with the key " : "in clear",
                   state->key ? state->key : "");
    bt_buffer_addf(text,
                   "queue    %" APR_INT64_T_FMT " queued, %" APR_INT64_T_FMT
                   " delayed, %" APR_INT64_T_FMT " processing\n",
                   (apr_int64_t)counts->queued, (apr_int64_t)counts->delayed,
                   (apr_int64_t)counts->processing);
    bt_buffer_addf(text,
                   "last day %" APR_INT64_T_FMT " completed, %" APR_INT64_T_FMT
                   " failed, %" APR_INT64_T_FMT " cancelled\n",
                   (apr_int64_t)counts->completed, (apr_int64_t)counts->failed,
                   (apr_int64_t)counts->cancelled);
    if (counts->oldest_queued_at)
        bt_buffer_addf(text, "oldest   queued at %s\n",
                       bt_time_iso(counts->oldest_queued_at, pool));
    if (!isnan(counts->recent_service_seconds))
        bt_buffer_addf(text, "service  %.2f s each\n", counts->recent_service_seconds);
    for (int i = 0; i < state->n_workers; i++) {
        const bt_worker_row_t *row = &state->workers[i];
        bt_buffer_addf(text,
                       "worker   %s %s: %d of %d threads busy, %" APR_INT64_T_FMT
                       " done, %" APR_INT64_T_FMT " failed, seen %s\n",
                       row->id, row->is_alive ? "alive" : "gone", row->busy, row->threads,
                       (apr_int64_t)row->done, (apr_int64_t)row->failed,
                       bt_time_iso(row->seen_at, pool));
    }
    bt_buffer_addf(text, "%d worker%s", state->n_workers, state->n_workers == 1 ? "" : "s");
    return text->text;
}

static ctl_exit_t run(const ctl_args_t *args, apr_pool_t *pool)
{
    state_t state = {0};
    ctl_servers_t servers;
    ctl_exit_t result = ctl_servers(&servers, args, pool);
    if (result != CTL_DONE)
        return result;
    bt_err_t *err = read_redis(&state, &servers, pool);
    if (!err)
        err = read_database(&state, &servers, pool);
    if (err)
        return ctl_failed(err, pool);
    result = ctl_print(ctl_value(args, "json") ? as_json(&state, pool) : as_text(&state, pool));
    if (result != CTL_DONE || state.redis[0] != 'a')
        return result;
    return ctl_failed(bt_error(pool, BT_E_QUEUE_AWAY, "Redis does not answer"), pool);
}

const ctl_command_t ctl_status = {
    .name = "status",
    .synopsis = "[--json] [--config FILE | --driver NAME --params TEXT [--redis URL]]",
    .summary = "Show queue, workers, schema and Redis",
    .run = run,
    .options = {{"json", NULL, "as JSON"},
                CTL_DATABASE_OPTIONS,
                {"redis", "URL", "where Redis is (or BLOODTEST_REDIS)"}},
    .help = "Options win over the file, the file wins over the environment.\n\n"
            "Exit status: 0 done, 1 internal failure or another schema, 2 wrong usage,\n"
            "4 the database or Redis is away (without Redis the rest is printed all the same).\n",
};
