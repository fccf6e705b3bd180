/* SPDX-License-Identifier: Apache-2.0
 * The heartbeat: a thread that extends the leases of all running jobs, whatever the others wait
 * for.
 */
#ifndef BTW_HEARTBEAT_H
#define BTW_HEARTBEAT_H

/** Body of the thread; `worker` is a btw_worker_t.  Ends at BTW_END. */
void *btw_heartbeat_run(void *worker);

#endif
