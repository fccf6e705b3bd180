/* SPDX-License-Identifier: Apache-2.0
 * From an upload to a job: one transaction, then a hint that may be lost.
 */
#ifndef BTM_SUBMIT_H
#define BTM_SUBMIT_H

#include "libbloodtest/model.h"
#include "upload.h"

/** Accept the upload for the caller (or for user_id, where he may).  call->id gets the analysis;
 * *seconds, how long it will probably take (0 where it is not known). */
bt_err_t *btm_submit(bt_submitted_t **submitted, int *seconds, btm_call_t *call,
                     const btm_upload_t *upload);

/** Hint workers at a job that is in the database; where that fails the next sweep of a worker does
 * it.  No connection may be held. */
void btm_submit_hint(const btm_call_t *call, const char *task_id, int priority);

#endif
