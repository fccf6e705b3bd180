/* SPDX-License-Identifier: Apache-2.0
 * Between store_jobs.c, store_analyses.c and the housekeeping in store_house.c.
 */
#ifndef BT_STORE_JOBS_H
#define BT_STORE_JOBS_H

#include "store.h"

/** End an attempt whose lease ran out, unless the lease was extended since it was seen.
 * BT_E_CLAIM_LOST: it was. */
bt_err_t *bt_job_expire(bt_db_t *db, const bt_job_t *job, const char *lease_seen, apr_pool_t *pool);

/** bt_store_delete(), unless the analysis has been queued again since its age was seen: retention
 * must not take what a retry was just promised for. */
bt_err_t *bt_store_delete_final(int *was_there, bt_db_t *db, const char *id, apr_pool_t *pool);

#endif
