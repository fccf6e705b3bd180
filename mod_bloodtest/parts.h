/* SPDX-License-Identifier: Apache-2.0
 * Where the parts of a spooled multipart body begin and end: found in a small window that moves
 * over the file, so that neither many parts nor long headers can take memory.
 */
#ifndef BTM_PARTS_H
#define BTM_PARTS_H

#include "spool.h"

enum {
    BTM_MAX_PARTS = 32,
    BTM_MAX_PART_HEAD = 16 * 1024,
    BTM_MAX_BOUNDARY = 70 /* RFC 2046, 5.1.1 */
};

typedef struct btm_part_t {
    apr_off_t head, body, end; /* offsets: of the headers, of the content, behind the content */
} btm_part_t;

/** Find the parts (at most BTM_MAX_PARTS; more, no closing line, or headers too long:
 * BT_E_MALFORMED_BODY). */
bt_err_t *btm_parts_find(btm_part_t *parts, int *n, const btm_spool_t *spool, const char *boundary,
                         apr_pool_t *pool);

#endif
