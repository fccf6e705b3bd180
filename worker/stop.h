/* SPDX-License-Identifier: Apache-2.0
 * How the worker ends: a level that only rises, asked by all threads, raised by signals and the
 * grace time.
 */
#ifndef BTW_STOP_H
#define BTW_STOP_H

#include <pthread.h>
#include <stdatomic.h>
#include <apr_time.h>
#include "../libbloodtest/error.h"

typedef enum {
    BTW_RUN,   /* as usual */
    BTW_DRAIN, /* claim nothing more, finish what runs */
    BTW_ABORT, /* hand back what runs */
    BTW_END    /* no job is running: heartbeat and housekeeping end too */
} btw_stop_level_t;

typedef struct btw_stop_t {
    pthread_mutex_t mutex;
    pthread_cond_t risen;
    atomic_int level;
    int signals; /* descriptor that SIGTERM and SIGINT arrive on */
} btw_stop_t;

/** Block SIGTERM and SIGINT for this thread and all it starts, and have them arrive here; SIGPIPE
 * is ignored.  The extractor inherits the block, so that a Ctrl-C does not end a reading that may
 * still finish. */
bt_err_t *btw_stop_start(btw_stop_t *stop, apr_pool_t *pool);

/** Whether the level is reached. */
int btw_stop_is(btw_stop_t *stop, btw_stop_level_t level);
void btw_stop_raise(btw_stop_t *stop, btw_stop_level_t level);

/** Sleep, at most until the level is reached.  Returns whether it is. */
int btw_stop_sleep(btw_stop_t *stop, apr_interval_time_t time, btw_stop_level_t level);

/** Wait for SIGTERM or SIGINT, at most `time`: the signal, or 0. */
int btw_stop_signal(btw_stop_t *stop, apr_interval_time_t time);

#endif
