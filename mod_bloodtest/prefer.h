/* SPDX-License-Identifier: Apache-2.0
 * The Prefer header (RFC 7240) as far as it is heard here: `wait=N` and `respond-async`.
 */
#ifndef BTM_PREFER_H
#define BTM_PREFER_H

#include "mod_bloodtest.h"

typedef struct btm_prefer_t {
    int wait;     /* seconds, within BloodtestSyncTimeout; -1: not said */
    int is_async; /* an answer at once is wanted: 202, with where to ask */
} btm_prefer_t;

/** What the client prefers.  The first of two that contradict each other counts; what is malformed
 * or unknown is as if it were not there. */
btm_prefer_t btm_prefer_read(const btm_call_t *call);

/** Tell the client that this was done as it preferred. */
void btm_prefer_applied(const btm_call_t *call, const char *preference);

#endif
