/* SPDX-License-Identifier: Apache-2.0
 * The running bloodtest-extract, as its client sees it: a process and a socket that are replaced
 * together when one dies. Only extract_client.c uses this.
 */
#ifndef BTW_EXTRACT_PROCESS_H
#define BTW_EXTRACT_PROCESS_H

#include <sys/types.h>
#include "../libbloodtest/error.h"
#include "extract/protocol.h"

typedef struct btw_extract_process_t btw_extract_process_t;

/** Start `program` (NULL: found by its name) with the site's knowledge (NULL or "": none) and wait
 * until it is warm.  BT_E_CONFIG where it does not come up. Ended with `pool`. */
bt_err_t *btw_extract_process_start(btw_extract_process_t **process, const char *program,
                                    const char *site, apr_pool_t *pool);

/** Send a request with its descriptors, starting the program anew where it has died.  *generation
 * says which one got it. *is_full is 1, and nothing was sent, where the socket has no room just
 * now. */
bt_err_t *btw_extract_process_send(unsigned *generation, int *is_full,
                                   btw_extract_process_t *process, const btx_request_t *request,
                                   const int fds[BTX_FD_COUNT], apr_pool_t *pool);

/** This generation is dead or stuck: make sure, so that the next request starts another. */
void btw_extract_process_drop(btw_extract_process_t *process, unsigned generation);

pid_t btw_extract_process_pid(btw_extract_process_t *process);

#endif
