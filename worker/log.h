/* SPDX-License-Identifier: Apache-2.0
 * Where the worker's log lines go: standard error, one line each, with time and level or in the
 * form the journal reads.
 */
#ifndef BTW_LOG_H
#define BTW_LOG_H

#include "../libbloodtest/log.h"

/** Receive the library's log from `level` (a name of options.def) on; call once, before any thread.
 */
void btw_log_start(const char *level);

#endif
