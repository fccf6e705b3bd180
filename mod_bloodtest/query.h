/* SPDX-License-Identifier: Apache-2.0
 * Parameters of the query string, decoded and repaired, for routes and raw bodies that take some.
 */
#ifndef BTM_QUERY_H
#define BTM_QUERY_H

#include "mod_bloodtest.h"

enum { BTM_MAX_QUERY_STRING = 8190 * 2 };

/** Whether every escape is one of a byte other than NUL: a filter that cannot be read must not be
 * as if it were not there. */
int btm_query_is_sound(const request_rec *r);

/** The same of a text of this form. */
int btm_query_text_is_sound(const char *text);

/** The value of a field in a text of this form; NULL where it is absent or the escapes are wrong.
 */
const char *btm_query_find(const char *text, const char *name, apr_pool_t *pool);

/** The value of a parameter as clean UTF-8; NULL where it is absent or the escapes are wrong. */
const char *btm_query_get(const request_rec *r, const char *name);

#endif
