/* SPDX-License-Identifier: Apache-2.0
 * Bytes kept in a file without a name: bodies while they are received, and the document that is
 * taken out of a form. Memory does not grow with their size, and nothing is left behind, whatever
 * becomes of the process.
 */
#ifndef BTM_SPOOL_H
#define BTM_SPOOL_H

#include "mod_bloodtest.h"

typedef struct btm_spool_t btm_spool_t;

/** An empty file, in memory up to 256 KB and in BloodtestSpoolFolder beyond; closed with the
 * request.  `is_hashed`: SHA-256 is taken of what is written. */
bt_err_t *btm_spool_create(btm_spool_t **spool, const btm_call_t *call, int is_hashed);

/** Append.  More than `limit` bytes in all: BT_E_UPLOAD_TOO_LARGE. */
bt_err_t *btm_spool_write(btm_spool_t *spool, const void *bytes, size_t length, apr_off_t limit);

/** Receive the body of the request, chunked or not, up to `limit` bytes.  call->http_result is set
 * where an input filter has answered already. */
bt_err_t *btm_spool_body(btm_spool_t *spool, btm_call_t *call, apr_off_t limit);

/** Up to `room` bytes from `offset`; *length is less at the end of the file only. */
bt_err_t *btm_spool_read(size_t *length, const btm_spool_t *spool, char *bytes, size_t room,
                         apr_off_t offset);

int btm_spool_fd(const btm_spool_t *spool);
apr_off_t btm_spool_size(const btm_spool_t *spool);
const char *btm_spool_hash(btm_spool_t *spool); /* hexadecimal; once, after the last write */

#endif
