/* SPDX-License-Identifier: Apache-2.0
 * The process that forks: it takes requests from its client, gives each a child, a deadline and a
 * status, and never looks into a document itself.
 */
#ifndef BTX_SERVE_H
#define BTX_SERVE_H

#include "extract.h"

enum {
    BTX_MAX_CHILDREN = 256, /* at one time; more requests wait in the socket */
    BTX_MAX_SECONDS = 3600,
    BTX_MIN_MEMORY_MB = 64,
    BTX_MAX_MEMORY_MB = 1024 * 1024
};

/** Whether a child can enter the sandbox on this machine: NULL, or what failed. */
const char *btx_serve_try_sandbox(apr_pool_t *pool);

/** Serve until the client closes the socket: 0, or -1 where serving is impossible. */
int btx_serve(int control, const btx_reader_t *reader, apr_pool_t *pool);

#endif
