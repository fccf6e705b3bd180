/* SPDX-License-Identifier: Apache-2.0
 * Housekeeping, one thread in each worker and no leader: hints for jobs that have none, attempts of
 * dead workers, retention, and this worker's row.
 */
#ifndef BTW_HOUSE_H
#define BTW_HOUSE_H

/** Body of the thread; `worker` is a btw_worker_t.  Ends at BTW_END, taking this worker off the
 * lists. */
void *btw_house_run(void *worker);

#endif
