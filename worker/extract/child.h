/* SPDX-License-Identifier: Apache-2.0
 * The life of a child: take one document, give up every right, read it, write one JSON object,
 * exit. It is forked from a process that has all libraries warm and has never seen a document.
 */
#ifndef BTX_CHILD_H
#define BTX_CHILD_H

#include <sys/types.h>
#include "extract.h"
#include "sandbox.h"

enum { BTX_MAX_DOCUMENT = 256 * 1024 * 1024, BTX_MAX_DETAIL = 200 };

typedef struct btx_task_t {
    int document, output; /* descriptors */
    pid_t parent;
    btx_limits_t limits;
    const btx_reader_t *reader;
} btx_task_t;

/** Never returns: the exit status is 0 once JSON was written, else one of BTX_EXIT_. */
void btx_child_run(const btx_task_t *task, apr_pool_t *pool) __attribute__((noreturn));

#endif
