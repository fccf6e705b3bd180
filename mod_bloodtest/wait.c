/* SPDX-License-Identifier: Apache-2.0
 * Waiting for the end of an analysis.  Each place of the shared table holds the process that waits
 * in it; the place of a process that died is taken over, so that a crash cannot use the table up.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>
#include <ap_mpm.h>
#include <apr_atomic.h>
#include <apr_portable.h>
#include <apr_shm.h>

#include "access.h"
#include "prefer.h"
#include "wait.h"

#define TABLE_KEY "mod_bloodtest wait"

enum {
    SHARE_OF_THREADS = 4, /* one in so many may wait */
    MAX_PLACES = 4096,
    FIRST_PAUSE_MS = 30,
    LONGEST_PAUSE_MS = 500
};

typedef struct table_t {
    apr_uint32_t n;
    apr_uint32_t pids[]; /* 0: free */
} table_t;

static table_t *table_of(const btm_call_t *call)
{
    void *table = NULL;
    apr_pool_userdata_get(&table, TABLE_KEY, call->r->server->process->pconf);
    return table;
}

int btm_wait_post_config(apr_pool_t *pconf, server_rec *s)
{
    int threads = 1, children = 1;
    ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    ap_mpm_query(AP_MPMQ_MAX_DAEMONS, &children);
    int places = (threads > 1 ? threads : 1) * (children > 1 ? children : 1) / SHARE_OF_THREADS;
    places = places < 1 ? 1 : places > MAX_PLACES ? MAX_PLACES : places;
    size_t size = sizeof(table_t) + (size_t)places * sizeof(apr_uint32_t);
    apr_shm_t *memory;
    apr_status_t status = apr_shm_create(&memory, size, NULL, pconf);
    if (status != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, status, s,
                     "BT2002: no shared memory of %" APR_SIZE_T_FMT " bytes", size);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    table_t *table = apr_shm_baseaddr_get(memory);
    memset(table, 0, size);
    table->n = (apr_uint32_t)places;
    apr_pool_userdata_setn(table, TABLE_KEY, NULL, pconf);
    return OK;
}

/* A place of our own, or NULL where all are taken by processes that live. */
static apr_uint32_t *take_place(table_t *table)
{
    apr_uint32_t own = (apr_uint32_t)getpid();
    for (apr_uint32_t i = 0; i < table->n; i++) {
        if (apr_atomic_cas32(&table->pids[i], own, 0) == 0)
            return &table->pids[i];
    }
    for (apr_uint32_t i = 0; i < table->n; i++) {
        apr_uint32_t pid = apr_atomic_read32(&table->pids[i]);
        int is_dead = pid && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
        if (is_dead && apr_atomic_cas32(&table->pids[i], own, pid) == pid)
            return &table->pids[i];
    }
    return NULL;
}

/* Sleep, but wake when the client hangs up.  0 where the waiting is to end. */
static int pause_for(const btm_call_t *call, int milliseconds)
{
    struct pollfd watched = {.fd = -1, .events = POLLRDHUP};
    apr_socket_t *socket = ap_get_conn_socket(call->r->connection);
    apr_os_sock_t fd;
    if (socket && apr_os_sock_get(&fd, socket) == APR_SUCCESS)
        watched.fd = fd;
    int state = AP_MPMQ_RUNNING;
    int woken = poll(&watched, 1, milliseconds);
    ap_mpm_query(AP_MPMQ_MPM_STATE, &state);
    return woken <= 0 && state != AP_MPMQ_STOPPING && !call->r->connection->aborted;
}

bt_err_t *btm_wait_final(bt_analysis_t **analysis, btm_call_t *call, int seconds)
{
    apr_time_t end = apr_time_now() + apr_time_from_sec(seconds);
    BT_TRY(btm_access_status(analysis, call));
    table_t *table = table_of(call);
    apr_uint32_t *place =
        table && seconds > 0 && !btm_is_final((*analysis)->status) ? take_place(table) : NULL;
    if ((place || btm_is_final((*analysis)->status)) && btm_prefer_read(call).wait > 0)
        btm_prefer_applied(call, apr_psprintf(call->r->pool, "wait=%d", seconds));
    if (!place)
        return NULL;
    bt_err_t *err = NULL;
    int pause = FIRST_PAUSE_MS;
    while (!err && !btm_is_final((*analysis)->status)) {
        apr_interval_time_t left = end - apr_time_now();
        int milliseconds =
            left < apr_time_from_msec(pause) ? (int)apr_time_as_msec(left) + 1 : pause;
        if (left <= 0 || !pause_for(call, milliseconds))
            break;
        pause = pause * 3 / 2 > LONGEST_PAUSE_MS ? LONGEST_PAUSE_MS : pause * 3 / 2;
        err = btm_access_status(analysis, call);
    }
    apr_atomic_set32(place, 0);
    return err;
}
