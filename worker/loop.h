/* SPDX-License-Identifier: Apache-2.0
 * A job thread: finds a due job, claims it, works on it, until the worker stops.
 */
#ifndef BTW_LOOP_H
#define BTW_LOOP_H

#include "worker.h"

typedef struct btw_loop_t {
    btw_worker_t *worker;
    int slot;
} btw_loop_t;

/** Body of the thread; `loop` is a btw_loop_t.  Ends at BTW_DRAIN, when its job has ended. */
void *btw_loop_run(void *loop);

#endif
