/* SPDX-License-Identifier: Apache-2.0
 * What was sent with a report, as the interpreter takes it.
 */
#ifndef BTW_CONTEXT_H
#define BTW_CONTEXT_H

#include "../libbloodtest/interpret/interpret.h"
#include "../libbloodtest/model.h"

/** Context of a job: its query and the options that were checked when it was submitted; what is not
 * understood is unknown. */
bt_context_t btw_context_of(const bt_job_t *job, apr_pool_t *pool);

#endif
