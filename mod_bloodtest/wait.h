/* SPDX-License-Identifier: Apache-2.0
 * Waiting for the end of an analysis: `Prefer: wait=N` and /analyze_sync.  A waiting call holds a
 * thread, but no database connection, and at most a quarter of the threads of all children wait at
 * a time.
 */
#ifndef BTM_WAIT_H
#define BTM_WAIT_H

#include "mod_bloodtest.h"

/** Make the table of places to wait in, shared by all children. */
int btm_wait_post_config(apr_pool_t *pconf, server_rec *s);

/** Wait until the analysis of call->id is final, `seconds` are over, the client has gone, or the
 * server stops.  Answers at once where all places are taken.  *analysis is what was seen last. */
bt_err_t *btm_wait_final(bt_analysis_t **analysis, btm_call_t *call, int seconds);

#endif
