/* SPDX-License-Identifier: Apache-2.0
 * GET /queue, /queue/status and /queue/metrics: the queue as a page, as JSON, and for Prometheus.
 * Figures only; ids of analyses are shown to those who may see every analysis.
 */
#include <math.h>

#include "../access.h"
#include "../figures.h"
#include "../llm_figures.h"
#include "../page.h"
#include "../redis.h"
#include "../respond.h"
#include "libbloodtest/ids.h"
#include "libbloodtest/store.h"

enum { SHOWN_FAILURES = 20, MAX_METRICS_BYTES = 64 * 1024 };

typedef struct queue_t {
    bt_queue_counts_t counts;
    bt_worker_row_t *workers;
    bt_analysis_t *failures;
    int n_workers, n_failures;
    int alive, threads, busy;
    long long hints; /* -1: Redis is away or not configured */
} queue_t;

static bt_err_t *read_rows(queue_t *queue, const btm_call_t *call, bt_db_t *db)
{
    apr_pool_t *pool = call->r->pool;
    if (call->login)
        BT_TRY(btm_access_caller(call, db));
    BT_TRY(bt_store_counts(&queue->counts, db, pool));
    BT_TRY(bt_store_workers(&queue->workers, &queue->n_workers, db, pool));
    return bt_store_failures(&queue->failures, &queue->n_failures, db, SHOWN_FAILURES, pool);
}

static bt_err_t *read_queue(queue_t *queue, const btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    btm_lease_t lease;
    *queue = (queue_t){.hints = -1};
    BT_TRY(btm_db_take(&lease, call));
    BT_TRY(btm_db_give(&lease, call, read_rows(queue, call, lease.db)));
    for (int i = 0; i < queue->n_workers; i++) {
        if (!queue->workers[i].is_alive)
            continue;
        queue->alive++;
        queue->threads += queue->workers[i].threads;
        queue->busy += queue->workers[i].busy;
    }
    long long hints = 0;
    if (call->dir->redis && !btm_redis_length(&hints, call->dir->redis, pool))
        queue->hints = hints;
    return NULL;
}

/* Jobs that wait, those for their next attempt among them. */
static long long waiting(const queue_t *queue)
{
    return queue->counts.queued + queue->counts.delayed;
}

/* Seconds that the oldest queued job has waited; 0 where there is none. */
static double oldest_age(const queue_t *queue)
{
    apr_time_t since = queue->counts.oldest_queued_at;
    double age = since ? (double)(apr_time_now() - since) / APR_USEC_PER_SEC : 0;
    return age > 0 ? age : 0;
}

static void add_worker(bt_json_t *list, const bt_worker_row_t *worker, apr_pool_t *pool)
{
    bt_json_t *row = bt_json_push_object(list);
    bt_json_set_string(row, "worker", worker->id);
    bt_json_set_string(row, "host", worker->host);
    bt_json_set_bool(row, "alive", worker->is_alive);
    bt_json_set_int(row, "threads", worker->threads);
    bt_json_set_int(row, "busy", worker->busy);
    bt_json_set_int(row, "done", worker->done);
    bt_json_set_int(row, "failed", worker->failed);
    bt_json_set_string(row, "started_at", bt_time_iso(worker->started_at, pool));
    bt_json_set_string(row, "seen_at", bt_time_iso(worker->seen_at, pool));
    btm_llm_add(row, worker, pool);
}

bt_err_t *btm_handle_queue_status(btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    queue_t queue;
    BT_TRY(read_queue(&queue, call));
    bt_json_t *answer = bt_json_object(pool);
    bt_json_set_int(answer, "active_tasks", queue.counts.processing);
    bt_json_t *info = bt_json_set_object(answer, "queue_info");
    bt_json_set_int(info, "queued", waiting(&queue));
    bt_json_set_int(info, "delayed", queue.counts.delayed);
    bt_json_set_int(info, "processing", queue.counts.processing);
    bt_json_set_int(info, "completed_24h", queue.counts.completed);
    bt_json_set_int(info, "failed_24h", queue.counts.failed);
    bt_json_set_int(info, "cancelled_24h", queue.counts.cancelled);
    bt_json_set_string(info, "oldest_queued_at", bt_time_iso(queue.counts.oldest_queued_at, pool));
    bt_json_set_number(info, "recent_service_seconds", queue.counts.recent_service_seconds);
    if (queue.hints >= 0)
        bt_json_set_int(info, "hints_waiting", queue.hints);
    else
        bt_json_set_null(info, "hints_waiting");
    bt_json_t *workers = bt_json_set_object(answer, "worker_stats");
    bt_json_set_int(workers, "alive", queue.alive);
    bt_json_set_int(workers, "threads", queue.threads);
    bt_json_set_int(workers, "busy", queue.busy);
    bt_json_t *list = bt_json_set_array(workers, "workers");
    for (int i = 0; i < queue.n_workers; i++)
        add_worker(list, &queue.workers[i], pool);
    const char *key = call->dir->keys ? bt_keys_active(call->dir->keys) : NULL;
    bt_json_set_string(answer, "encryption_key", key); /* its id; null: stored in clear */
    bt_json_set_string(answer, "timestamp", bt_time_iso(apr_time_now(), pool));
    btm_respond_json(call, HTTP_OK, answer);
    return NULL;
}

static void add_figure(bt_buffer_t *page, const char *name, double value)
{
    bt_buffer_addf(page, "<tr><th scope=\"row\">%s</th><td class=\"number\">%.15g</td></tr>\n",
                   name, value);
}

static void add_workers(bt_buffer_t *page, const queue_t *queue, apr_pool_t *pool)
{
    bt_buffer_add(page, "<h2>Workers</h2>\n<div class=\"scroll\"><table>\n<thead><tr>"
                        "<th scope=\"col\">Worker</th><th scope=\"col\">Host</th>"
                        "<th scope=\"col\" class=\"number\">Busy</th>"
                        "<th scope=\"col\" class=\"number\">Done</th>"
                        "<th scope=\"col\" class=\"number\">Failed</th>"
                        "<th scope=\"col\">Last seen (UTC)</th></tr></thead>\n");
    for (int i = 0; i < queue->n_workers; i++) {
        const bt_worker_row_t *worker = &queue->workers[i];
        bt_buffer_addf(page, "<tr class=\"%s\"><td>", worker->is_alive ? "alive" : "failed");
        bt_buffer_add_html(page, worker->id);
        bt_buffer_add(page, "</td><td>");
        bt_buffer_add_html(page, worker->host);
        bt_buffer_addf(page,
                       "</td><td class=\"number\">%d of %d</td><td class=\"number\">%.15g</td>"
                       "<td class=\"number\">%.15g</td><td>%.19s%s</td></tr>\n",
                       worker->busy, worker->threads, (double)worker->done, (double)worker->failed,
                       bt_time_iso(worker->seen_at, pool), worker->is_alive ? "" : " (gone)");
    }
    bt_buffer_add(page, "</table></div>\n");
    if (queue->alive == 0)
        bt_buffer_add(page,
                      "<p class=\"error\">No worker is alive: jobs are accepted and wait.</p>\n");
}

static void add_failures(bt_buffer_t *page, const btm_call_t *call, const queue_t *queue)
{
    apr_pool_t *pool = call->r->pool;
    int shows_ids = call->is_operator || call->dir->is_anonymous;
    bt_buffer_add(page, "<h2>Latest failures</h2>\n");
    if (queue->n_failures == 0) {
        bt_buffer_add(page, "<p>None.</p>\n");
        return;
    }
    bt_buffer_add(page,
                  "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">When (UTC)</th>"
                  "<th scope=\"col\">Class</th><th scope=\"col\" class=\"number\">Retries</th>"
                  "<th scope=\"col\">Analysis</th></tr></thead>\n");
    for (int i = 0; i < queue->n_failures; i++) {
        const bt_analysis_t *failure = &queue->failures[i];
        const char *when = bt_time_iso(failure->completed_at, pool);
        bt_buffer_addf(page, "<tr><td>%.19s</td><td>", when ? when : "");
        bt_buffer_add_html(page, failure->error_class);
        bt_buffer_addf(page, "</td><td class=\"number\">%d</td><td>", failure->retry_count);
        if (shows_ids)
            btm_page_link(page, call, apr_pstrcat(pool, "/results/", failure->id, NULL),
                          failure->id);
        bt_buffer_add(page, "</td></tr>\n");
    }
    bt_buffer_add(page, "</table></div>\n");
}

bt_err_t *btm_handle_queue(btm_call_t *call)
{
    queue_t queue;
    BT_TRY(read_queue(&queue, call));
    bt_buffer_t *page = btm_page_begin(call, "Queue");
    apr_table_setn(call->r->err_headers_out, "Refresh", "5");
    bt_buffer_add(page, "<h2>Jobs</h2>\n<table class=\"figures\">\n");
    add_figure(page, "Waiting", (double)waiting(&queue));
    add_figure(page, "of these, to be tried again later", (double)queue.counts.delayed);
    add_figure(page, "Oldest waiting, seconds", floor(oldest_age(&queue)));
    add_figure(page, "In work", (double)queue.counts.processing);
    add_figure(page, "Completed in 24 hours", (double)queue.counts.completed);
    add_figure(page, "Failed in 24 hours", (double)queue.counts.failed);
    add_figure(page, "Cancelled in 24 hours", (double)queue.counts.cancelled);
    if (!isnan(queue.counts.recent_service_seconds))
        add_figure(page, "Seconds for a job, of late",
                   round(queue.counts.recent_service_seconds * 100) / 100);
    bt_buffer_add(page, "</table>\n");
    if (queue.hints < 0)
        bt_buffer_add(page, "<p>Redis is away or not configured; workers ask the database.</p>\n");
    add_workers(page, &queue, call->r->pool);
    btm_llm_page(page, queue.workers, queue.n_workers, call->r->pool);
    add_failures(page, call, &queue);
    btm_page_send(call, HTTP_OK, page);
    return NULL;
}

/* One metric without labels; `help` ends with its unit where it has one. */
static void add_metric(bt_buffer_t *text, const char *name, const char *help, double value)
{
    bt_buffer_addf(text, "# HELP %s %s\n# TYPE %s gauge\n%s %.15g\n", name, help, name, name,
                   value);
}

bt_err_t *btm_handle_metrics(btm_call_t *call)
{
    queue_t queue;
    BT_TRY(read_queue(&queue, call));
    const bt_queue_counts_t *counts = &queue.counts;
    bt_buffer_t *text = bt_buffer_create(MAX_METRICS_BYTES, call->r->pool);
    bt_buffer_add(text, "# HELP bloodtest_jobs Jobs by state.\n# TYPE bloodtest_jobs gauge\n");
    bt_buffer_addf(text, "bloodtest_jobs{state=\"queued\"} %.15g\n", (double)waiting(&queue));
    bt_buffer_addf(text, "bloodtest_jobs{state=\"processing\"} %.15g\n",
                   (double)counts->processing);
    add_metric(text, "bloodtest_jobs_delayed", "Queued jobs that are not due yet.",
               (double)counts->delayed);
    add_metric(text, "bloodtest_completed_24h", "Analyses completed in 24 hours.",
               (double)counts->completed);
    add_metric(text, "bloodtest_failed_24h", "Analyses failed in 24 hours.",
               (double)counts->failed);
    add_metric(text, "bloodtest_cancelled_24h", "Analyses cancelled in 24 hours.",
               (double)counts->cancelled);
    add_metric(text, "bloodtest_oldest_queued_seconds", "Age of the oldest queued job.",
               oldest_age(&queue));
    if (!isnan(counts->recent_service_seconds))
        add_metric(text, "bloodtest_service_seconds", "Mean time of the last jobs.",
                   counts->recent_service_seconds);
    add_metric(text, "bloodtest_workers", "Workers that are alive.", queue.alive);
    add_metric(text, "bloodtest_worker_threads", "Threads of these workers.", queue.threads);
    add_metric(text, "bloodtest_worker_busy", "Threads with a job.", queue.busy);
    add_metric(text, "bloodtest_redis_up", "Whether Redis answers.", queue.hints >= 0);
    if (queue.hints >= 0)
        add_metric(text, "bloodtest_hints_waiting", "Hints waiting in Redis.", (double)queue.hints);
    btm_llm_metrics(text, queue.workers, queue.n_workers, call->r->pool);
    btm_respond_body(call, HTTP_OK, "text/plain; version=0.0.4; charset=utf-8", text->text);
    return NULL;
}
