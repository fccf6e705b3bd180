/* SPDX-License-Identifier: Apache-2.0
 * Figures of the queue.  Counting costs the database more than a submission does, so a child counts
 * once and shares.
 */
#include <math.h>

#include "figures.h"
#include "libbloodtest/store.h"

enum { FRESH_SECONDS = 2, MAX_ESTIMATE = 24 * 3600 };

#define USUAL_SERVICE_SECONDS 2.0 /* while nothing has been measured yet */

bt_err_t *btm_figures_workers(btm_figures_t *figures, bt_db_t *db, apr_pool_t *pool)
{
    bt_worker_row_t *workers = NULL;
    int n = 0;
    *figures = (btm_figures_t){.read_at = apr_time_now()};
    BT_TRY(bt_store_workers(&workers, &n, db, pool));
    for (int i = 0; i < n; i++) {
        if (!workers[i].is_alive)
            continue;
        figures->workers++;
        figures->threads += workers[i].threads;
        figures->busy += workers[i].busy;
    }
    return NULL;
}

static bt_err_t *read_now(btm_figures_t *figures, bt_db_t *db, apr_pool_t *pool)
{
    BT_TRY(btm_figures_workers(figures, db, pool));
    return bt_store_counts(&figures->counts, db, pool);
}

bt_err_t *btm_figures_read(btm_figures_t *figures, const btm_call_t *call, bt_db_t *db)
{
    btm_server_t *server = btm_server_of(call->r->server);
    if (!server->lock)
        return read_now(figures, db, call->r->pool);
    apr_time_t now = apr_time_now(), oldest = now - apr_time_from_sec(FRESH_SECONDS);
    apr_thread_mutex_lock(server->lock);
    *figures = server->figures;
    int is_fresh = figures->read_at > oldest && figures->read_at <= now;
    if (!is_fresh && figures->read_at)
        server->figures.read_at = now; /* the others take the old ones while we count */
    apr_thread_mutex_unlock(server->lock);
    if (is_fresh)
        return NULL;
    BT_TRY(read_now(figures, db, call->r->pool));
    apr_thread_mutex_lock(server->lock);
    server->figures = *figures;
    apr_thread_mutex_unlock(server->lock);
    return NULL;
}

void btm_figures_add(const btm_call_t *call, int priority)
{
    btm_server_t *server = btm_server_of(call->r->server);
    if (!server->lock)
        return;
    apr_thread_mutex_lock(server->lock);
    server->figures.counts.queued++;
    server->figures.counts.queued_stat += priority == 0;
    apr_thread_mutex_unlock(server->lock);
}

double btm_figures_service(const btm_figures_t *figures)
{
    double service = figures->counts.recent_service_seconds;
    return isnan(service) || service <= 0 ? USUAL_SERVICE_SECONDS : service;
}

int btm_figures_estimate(const btm_figures_t *figures, int priority)
{
    const bt_queue_counts_t *counts = &figures->counts;
    double service = btm_figures_service(figures);
    double before =
        (double)((priority == 0 ? counts->queued_stat : counts->queued) + counts->processing);
    int threads = figures->threads > 0 ? figures->threads : 1;
    double seconds = ceil(service * (1 + floor(before / threads)));
    return seconds < 1 ? 1 : seconds > MAX_ESTIMATE ? MAX_ESTIMATE : (int)seconds;
}
