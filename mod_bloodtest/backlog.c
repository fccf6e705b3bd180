/* SPDX-License-Identifier: Apache-2.0
 * Whether there is room for one more job.  A small limit is counted exactly each time; far below a
 * large one, or far above it, the figures that a child has anyway are good enough.
 */
#include "backlog.h"
#include "dbpool.h"
#include "figures.h"
#include "libbloodtest/store.h"

#include <stdlib.h>

enum {
    COUNTED = 5000, /* rows of an index that are counted for each submission, at the most */
    MAX_RETRY = 60  /* seconds */
};

static bt_err_t *read_waiting(long long *waiting, btm_figures_t *figures, const btm_call_t *call)
{
    btm_lease_t lease;
    const int limit = call->dir->max_backlog;
    BT_TRY(btm_db_take(&lease, call));
    bt_err_t *err = btm_figures_read(figures, call, lease.db);
    *waiting = figures->counts.queued + figures->counts.delayed;
    if (!err && llabs(*waiting - limit) < COUNTED)
        err = bt_store_backlog(waiting, lease.db, limit, call->r->pool);
    return btm_db_give(&lease, call, err);
}

/* Seconds until so many jobs are done. */
static int seconds_for(long long jobs, const btm_figures_t *figures)
{
    double seconds = btm_figures_service(figures) * (double)jobs;
    if (figures->threads > 1)
        seconds /= figures->threads;
    return seconds < 1 ? 1 : seconds > MAX_RETRY ? MAX_RETRY : (int)seconds;
}

bt_err_t *btm_backlog_check(btm_call_t *call)
{
    const int limit = call->dir->max_backlog;
    btm_figures_t figures = {.read_at = 0};
    long long waiting = 0;
    if (limit == 0)
        return NULL;
    BT_TRY(read_waiting(&waiting, &figures, call));
    if (waiting < limit)
        return NULL;
    call->retry_after = apr_itoa(call->r->pool, seconds_for(waiting - limit + 1, &figures));
    return bt_error(call->r->pool, BT_E_BUSY, "%d jobs wait, as many as may", limit);
}
