/* SPDX-License-Identifier: Apache-2.0
 * Back-pressure: more work than BloodtestMaxBacklog is refused before a body is read.
 */
#ifndef BTM_BACKLOG_H
#define BTM_BACKLOG_H

#include "mod_bloodtest.h"

/** BT_E_BUSY, with a Retry-After from the backlog, where as many jobs wait as may. */
bt_err_t *btm_backlog_check(btm_call_t *call);

#endif
