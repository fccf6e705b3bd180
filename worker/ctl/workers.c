/* SPDX-License-Identifier: Apache-2.0
 * bloodtestctl workers: the worker processes of all hosts as they last reported themselves, for
 * people and for monitoring.
 */
#include <config.h>
#include <apr_strings.h>
#include "ctl.h"
#include "../../libbloodtest/ids.h"
#include "../../libbloodtest/json.h"
#include "../../libbloodtest/store.h"
#include "../../libbloodtest/text.h"

enum { INDENT = 2, TEXT_LIMIT = 1024 * 1024 };

static const char *as_json(const bt_worker_row_t *workers, int n, apr_pool_t *pool)
{
    bt_json_t *json = bt_json_object(pool);
    bt_json_t *list = bt_json_set_array(json, "workers");
    for (int i = 0; i < n; i++) {
        bt_json_t *worker = bt_json_push_object(list);
        bt_json_set_string(worker, "id", workers[i].id);
        bt_json_set_string(worker, "host", workers[i].host);
        bt_json_set_int(worker, "pid", workers[i].pid);
        bt_json_set_bool(worker, "is_alive", workers[i].is_alive);
        bt_json_set_int(worker, "threads", workers[i].threads);
        bt_json_set_int(worker, "busy", workers[i].busy);
        bt_json_set_int(worker, "done", workers[i].done);
        bt_json_set_int(worker, "failed", workers[i].failed);
        bt_json_set_string(worker, "started_at", bt_time_iso(workers[i].started_at, pool));
        bt_json_set_string(worker, "seen_at", bt_time_iso(workers[i].seen_at, pool));
    }
    return bt_json_dump(json, INDENT, pool);
}

static const char *as_text(const bt_worker_row_t *workers, int n, apr_pool_t *pool)
{
    int alive = 0;
    bt_buffer_t *text = bt_buffer_create(TEXT_LIMIT, pool);
    for (int i = 0; i < n; i++) {
        const bt_worker_row_t *row = &workers[i];
        alive += row->is_alive;
        bt_buffer_addf(text,
                       "%-5s %s on %s: %d of %d threads busy, %lld done, %lld failed, seen %s\n",
                       row->is_alive ? "alive" : "gone", row->id, row->host, row->busy,
                       row->threads, row->done, row->failed, bt_time_iso(row->seen_at, pool));
    }
    bt_buffer_addf(text, "%d alive, %d gone", alive, n - alive);
    return text->text;
}

static ctl_exit_t run(const ctl_args_t *args, apr_pool_t *pool)
{
    bt_db_t *db = NULL;
    bt_worker_row_t *workers = NULL;
    int n = 0;
    ctl_exit_t result = ctl_open(&db, args, pool);
    if (result != CTL_DONE)
        return result;
    bt_err_t *err = bt_store_workers(&workers, &n, db, pool);
    if (err)
        return ctl_failed(err, pool);
    return ctl_print(ctl_value(args, "json") ? as_json(workers, n, pool)
                                             : as_text(workers, n, pool));
}

const ctl_command_t ctl_workers = {
    .name = "workers",
    .synopsis = "[--json] [--config FILE | --driver NAME --params TEXT]",
    .summary = "List the workers of all hosts",
    .run = run,
    .options = {{"json", NULL, "as JSON"}, CTL_DATABASE_OPTIONS},
    .help = "A worker reports itself every 5 seconds; after 30 seconds without it counts as gone,\n"
            "and its jobs have been given to others. Rows of the gone are kept for an hour.\n\n"
            "Exit status: 0 done, 1 internal failure or another schema, 2 wrong usage,\n"
            "4 the database is away.\n",
};
