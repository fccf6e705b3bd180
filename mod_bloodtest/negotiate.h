/* SPDX-License-Identifier: Apache-2.0
 * Which media type a client wants: the Accept header with its weights (RFC 9110, 12.5.1).
 */
#ifndef BTM_NEGOTIATE_H
#define BTM_NEGOTIATE_H

#include <apr_pools.h>
#include "routes.h"

/** The best of `media` (several btm_media_t) for an Accept header (NULL: none), 0 where it takes
 * none of them. */
btm_media_t btm_negotiate(const char *accept, unsigned int media, apr_pool_t *pool);

/** The Content-Type of answers in this form. */
const char *btm_media_type(btm_media_t media);

#endif
