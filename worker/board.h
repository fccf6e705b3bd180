/* SPDX-License-Identifier: Apache-2.0
 * The board of running jobs, one slot for each job thread.  The heartbeat reads it to extend
 * leases, and marks a slot whose claim is lost, which the reader of the document sees and stops.
 */
#ifndef BTW_BOARD_H
#define BTW_BOARD_H

#include <apr_pools.h>
#include "../libbloodtest/model.h"

typedef struct btw_board_t btw_board_t;

btw_board_t *btw_board_create(int slots, apr_pool_t *pool);

/** The thread of `slot` works on this job, which must stay as it is until it leaves. */
void btw_board_enter(btw_board_t *board, int slot, const bt_job_t *job);
void btw_board_leave(btw_board_t *board, int slot);

/** Whether the claim of the job in this slot was lost: cancelled, deleted, or taken by another. */
int btw_board_is_lost(btw_board_t *board, int slot);

/** Jobs that are running. */
int btw_board_busy(btw_board_t *board);

/** What the heartbeat needs of the job in `slot`, copied to `pool`; NULL where there is none, or it
 * was told within `age`. */
const bt_job_t *btw_board_due(btw_board_t *board, int slot, apr_interval_time_t age,
                              apr_pool_t *pool);

/** The lease of this claim was extended (or, is_lost, could not be). */
void btw_board_told(btw_board_t *board, int slot, const bt_job_t *job, int is_lost);

#endif
