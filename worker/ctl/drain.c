/* SPDX-License-Identifier: Apache-2.0
 * bloodtestctl drain: asks the workers of this host to stop in order (finish, hand back, claim
 * nothing more) and waits until they have, before the host is updated or shut down.
 */
#include <config.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <apr_strings.h>
#include "ctl.h"
#include "../../libbloodtest/store.h"
#include "../../libbloodtest/text.h"

enum { MAX_HOST = 64, MAX_LINK = 4096, WAIT_SECONDS = 60, MOST_SECONDS = 86400 };
static const apr_interval_time_t LOOK = APR_USEC_PER_SEC / 5;
static const char program[] = "bloodtest-worker";

/* Whether the pid is (still) a worker: it may be somebody else's by now. */
static int is_worker(int pid, apr_pool_t *pool)
{
    char target[MAX_LINK];
    const char *link = apr_psprintf(pool, "/proc/%d/exe", pid);
    const ssize_t length = pid > 0 ? readlink(link, target, sizeof target - 1) : -1;
    if (length < 0)
        return 0;
    target[length] = '\0';
    const char *slash = strrchr(target, '/');
    return slash && strncmp(slash + 1, program, strlen(program)) == 0;
}

static bt_err_t *ask(int **pids, int *n, bt_db_t *db, apr_pool_t *pool)
{
    bt_worker_row_t *workers = NULL;
    int count = 0;
    char host[MAX_HOST + 1] = "";
    if (gethostname(host, MAX_HOST))
        return bt_error_apr(pool, BT_E_INTERNAL, errno, "the name of this host is unknown");
    BT_TRY(bt_store_workers(&workers, &count, db, pool));
    *pids = apr_pcalloc(pool, sizeof **pids * (size_t)(count + 1));
    *n = 0;
    for (int i = 0; i < count; i++) {
        if (strcmp(workers[i].host, host) != 0 || !is_worker(workers[i].pid, pool))
            continue;
        if (kill(workers[i].pid, SIGTERM))
            return bt_error_hint(pool, BT_E_INTERNAL,
                                 "worker %s (pid %d) cannot be asked: %s; run this as its user or "
                                 "as root",
                                 workers[i].id, workers[i].pid, strerror(errno));
        (*pids)[(*n)++] = workers[i].pid;
    }
    return NULL;
}

static int count_left(const int *pids, int n, apr_pool_t *pool)
{
    int left = 0;
    for (int i = 0; i < n; i++)
        left += is_worker(pids[i], pool);
    return left;
}

static ctl_exit_t run(const ctl_args_t *args, apr_pool_t *pool)
{
    bt_db_t *db = NULL;
    int *pids = NULL;
    int n = 0;
    long long seconds = WAIT_SECONDS;
    const char *wait = ctl_value(args, "wait");
    if (wait && (bt_text_to_int64(&seconds, wait) || seconds < 0 || seconds > MOST_SECONDS))
        return ctl_usage(args, "--wait is a number of seconds up to %d", MOST_SECONDS);
    ctl_exit_t result = ctl_open(&db, args, pool);
    if (result != CTL_DONE)
        return result;
    bt_err_t *err = ask(&pids, &n, db, pool);
    if (err)
        return ctl_failed(err, pool);
    int left = count_left(pids, n, pool);
    const apr_time_t end = apr_time_now() + apr_time_from_sec(seconds);
    for (; left > 0 && apr_time_now() < end; left = count_left(pids, n, pool))
        apr_sleep(LOOK);
    result = ctl_print(
        apr_psprintf(pool, "%d workers of this host asked to stop, %d still run.", n, left));
    return result == CTL_DONE && left ? CTL_FAILED : result;
}

const ctl_command_t ctl_drain = {
    .name = "drain",
    .synopsis = "[--wait SECONDS] [--config FILE | --driver NAME --params TEXT]",
    .summary = "Stop the workers of this host in order",
    .run = run,
    .options = {{"wait", "SECONDS", "how long to wait for them (default 60; 0: do not wait)"},
                CTL_DATABASE_OPTIONS},
    .help =
        "The workers claim nothing more, finish their jobs within their grace time and hand\n"
        "the rest back, which uses no attempt; workers of other hosts go on. A service manager\n"
        "that starts them again must be told first (systemctl stop does the same as this).\n\n"
        "Exit status: 0 all have stopped, 1 some still run, or an internal failure, 2 wrong\n"
        "usage, 4 the database is away.\n",
};
