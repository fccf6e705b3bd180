/* SPDX-License-Identifier: Apache-2.0
 * Signals as something to read, and a level that threads sleep on.  Nothing runs inside a signal
 * handler.
 */
#include "stop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void stop_set(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
}

bt_err_t *btw_stop_start(btw_stop_t *stop, apr_pool_t *pool)
{
    sigset_t set;
    stop_set(&set);
    signal(SIGPIPE, SIG_IGN);
    int status = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (status)
        return bt_error_apr(pool, BT_E_INTERNAL, status, "signals cannot be blocked");
    stop->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (stop->signals < 0)
        return bt_error_apr(pool, BT_E_INTERNAL, errno, "signals cannot be read");
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&stop->mutex, NULL);
    pthread_cond_init(&stop->risen, &attributes);
    pthread_condattr_destroy(&attributes);
    atomic_init(&stop->level, BTW_RUN);
    return NULL;
}

int btw_stop_is(btw_stop_t *stop, btw_stop_level_t level)
{
    return atomic_load(&stop->level) >= (int)level;
}

void btw_stop_raise(btw_stop_t *stop, btw_stop_level_t level)
{
    pthread_mutex_lock(&stop->mutex);
    if (atomic_load(&stop->level) < (int)level)
        atomic_store(&stop->level, level);
    pthread_cond_broadcast(&stop->risen);
    pthread_mutex_unlock(&stop->mutex);
}

int btw_stop_sleep(btw_stop_t *stop, apr_interval_time_t time, btw_stop_level_t level)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)apr_time_sec(time);
    until.tv_nsec += (long)apr_time_usec(time) * 1000;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_sec++;
        until.tv_nsec -= 1000000000L;
    }
    pthread_mutex_lock(&stop->mutex);
    while (!btw_stop_is(stop, level)) {
        if (pthread_cond_timedwait(&stop->risen, &stop->mutex, &until))
            break;
    }
    pthread_mutex_unlock(&stop->mutex);
    return btw_stop_is(stop, level);
}

int btw_stop_signal(btw_stop_t *stop, apr_interval_time_t time)
{
    struct pollfd waited = {.fd = stop->signals, .events = POLLIN};
    if (poll(&waited, 1, (int)apr_time_as_msec(time)) <= 0)
        return 0;
    struct signalfd_siginfo info;
    if (read(stop->signals, &info, sizeof info) != (ssize_t)sizeof info)
        return 0;
    return (int)info.ssi_signo;
}
