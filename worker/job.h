/* SPDX-License-Identifier: Apache-2.0
 * One job, from its claim to the end of the attempt.
 */
#ifndef BTW_JOB_H
#define BTW_JOB_H

#include "../libbloodtest/store.h"
#include "link.h"
#include "worker.h"

/** Read the document, interpret it, store the result; or end the attempt with what went wrong.  The
 * job is on the board, in `slot`, while this runs.
 * Whatever happens, the job is finished, queued again, another's, or will be reaped when this
 * returns. */
void btw_job_run(btw_worker_t *worker, btw_link_t *link, int slot, const bt_job_t *job,
                 apr_pool_t *pool);

#endif
