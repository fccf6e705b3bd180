/* SPDX-License-Identifier: Apache-2.0
 * The life of a worker process: start what threads share, check the database, run the threads, stop
 * in order.
 */
#ifndef BTW_RUN_H
#define BTW_RUN_H

#include "config.h"

/* How the process ends. */
enum {
    BTW_EXIT_DONE = 0,
    BTW_EXIT_FAILED = 1, /* could not start, or threads did not end in time */
    BTW_EXIT_USAGE = 2,  /* arguments or configuration */
    BTW_EXIT_SCHEMA = 3  /* the database needs bloodtestctl migrate, or newer software */
};

/** Check what can be checked without starting anything: the address of Redis, the compiled-in
 * knowledge. */
bt_err_t *btw_run_check(const btw_config_t *config, apr_pool_t *pool);

/** Run until SIGTERM or SIGINT.  The exit code. */
int btw_run(const btw_config_t *config, apr_pool_t *pool);

#endif
