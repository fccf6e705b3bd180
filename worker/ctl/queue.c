/* SPDX-License-Identifier: Apache-2.0
 * bloodtestctl queue: what waits, what runs and what failed last, each analysis a line; ids, times
 * and classes only, nothing of a patient.
 */
#include <config.h>
#include <apr_strings.h>
#include "ctl.h"
#include "../../libbloodtest/ids.h"
#include "../../libbloodtest/json.h"
#include "../../libbloodtest/store.h"
#include "../../libbloodtest/text.h"

enum { INDENT = 2, TEXT_LIMIT = 1024 * 1024, LIMIT = 20, N_LISTS = 3 };

typedef struct list_t {
    const char *name;
    bt_list_t page;
} list_t;

typedef struct queue_t {
    bt_queue_counts_t counts;
    list_t lists[N_LISTS];
} queue_t;

static bt_err_t *read_list(list_t *list, bt_db_t *db, const char *status, apr_pool_t *pool)
{
    const bt_list_filter_t filter = {.status = status, .limit = LIMIT};
    list->name = status;
    return bt_store_list(&list->page, db, &filter, pool);
}

static bt_err_t *read_queue(queue_t *queue, bt_db_t *db, apr_pool_t *pool)
{
    BT_TRY(bt_store_counts(&queue->counts, db, pool));
    BT_TRY(read_list(&queue->lists[0], db, BT_QUEUED, pool));
    BT_TRY(read_list(&queue->lists[1], db, BT_PROCESSING, pool));
    BT_TRY(read_list(&queue->lists[2], db, BT_FAILED, pool));
    return NULL;
}

static const char *as_json(const queue_t *queue, apr_pool_t *pool)
{
    bt_json_t *json = bt_json_object(pool);
    bt_json_set_int(json, "due", queue->counts.queued);
    bt_json_set_int(json, "delayed", queue->counts.delayed);
    bt_json_set_string(json, "oldest_queued_at", bt_time_iso(queue->counts.oldest_queued_at, pool));
    for (int i = 0; i < N_LISTS; i++) {
        const list_t *list = &queue->lists[i];
        bt_json_t *part = bt_json_set_object(json, list->name);
        bt_json_set_int(part, "total", list->page.total);
        bt_json_set_bool(part, "total_is_exact", list->page.is_total_exact);
        bt_json_t *newest = bt_json_set_array(part, "newest");
        for (int k = 0; k < list->page.n; k++) {
            bt_json_t *row = bt_json_push_object(newest);
            bt_json_set_string(row, "analysis_id", list->page.rows[k].id);
            bt_json_set_string(row, "task_id", list->page.rows[k].task_id);
            bt_json_set_string(row, "created_at", bt_time_iso(list->page.rows[k].created_at, pool));
            bt_json_set_string(row, "stage", list->page.rows[k].stage);
            bt_json_set_int(row, "retry_count", list->page.rows[k].retry_count);
            bt_json_set_string(row, "error_class", list->page.rows[k].error_class);
        }
    }
    return bt_json_dump(json, INDENT, pool);
}

static void add_row(bt_buffer_t *text, const bt_analysis_t *row, apr_pool_t *pool)
{
    const char *more = row->error_class ? row->error_class : row->stage ? row->stage : "";
    bt_buffer_addf(text, "  %s since %s%s%s", row->id, bt_time_iso(row->created_at, pool),
                   *more ? ", " : "", more);
    if (row->retry_count > 0)
        bt_buffer_addf(text, ", tried again %d times", row->retry_count);
    bt_buffer_add(text, "\n");
}

static const char *as_text(const queue_t *queue, apr_pool_t *pool)
{
    bt_buffer_t *text = bt_buffer_create(TEXT_LIMIT, pool);
    for (int i = 0; i < N_LISTS; i++) {
        const list_t *list = &queue->lists[i];
        bt_buffer_addf(text, "%s%lld %s%s\n", list->page.is_total_exact ? "" : "over ",
                       list->page.total, list->name,
                       list->page.has_more ? ", the newest of them:" : "");
        for (int k = 0; k < list->page.n; k++)
            add_row(text, &list->page.rows[k], pool);
    }
    if (queue->counts.oldest_queued_at)
        bt_buffer_addf(text, "The oldest waits since %s. ",
                       bt_time_iso(queue->counts.oldest_queued_at, pool));
    bt_buffer_addf(text, "%lld are due, %lld wait for their next attempt.", queue->counts.queued,
                   queue->counts.delayed);
    return text->text;
}

static ctl_exit_t run(const ctl_args_t *args, apr_pool_t *pool)
{
    bt_db_t *db = NULL;
    queue_t queue = {.lists = {{0}}};
    ctl_exit_t result = ctl_open(&db, args, pool);
    if (result != CTL_DONE)
        return result;
    bt_err_t *err = read_queue(&queue, db, pool);
    if (err)
        return ctl_failed(err, pool);
    return ctl_print(ctl_value(args, "json") ? as_json(&queue, pool) : as_text(&queue, pool));
}

const ctl_command_t ctl_queue = {
    .name = "queue",
    .synopsis = "[--json] [--config FILE | --driver NAME --params TEXT]",
    .summary = "List what waits, runs and has failed",
    .run = run,
    .options = {{"json", NULL, "as JSON"}, CTL_DATABASE_OPTIONS},
    .help =
        "The newest 20 of each state, read from the tables at this moment: Redis is not asked.\n\n"
        "Exit status: 0 done, 1 internal failure or another schema, 2 wrong usage,\n"
        "4 the database is away.\n",
};
