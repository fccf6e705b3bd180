/* SPDX-License-Identifier: Apache-2.0
 * An answer while it arrives: a body that never grows beyond its limit, and what a server means
 * with Retry-After.  Knows nothing of curl.
 */
#ifndef BTW_HTTP_ANSWER_H
#define BTW_HTTP_ANSWER_H

#include <stddef.h>

typedef struct btw_body_t {
    char *text; /* NUL-terminated; NULL: nothing yet.  To be freed */
    size_t length, room, most;
    int is_too_large;
} btw_body_t;

/** Add bytes.  0, or -1 where they are too many or there is no memory. */
int btw_body_add(btw_body_t *body, const char *bytes, size_t length);

/** Milliseconds from now of a value, seconds or an HTTP date, or (is_ms) milliseconds; at most a
 * day; -1 where it is none of those. */
long long btw_retry_after_ms(const char *value, int is_ms);

/** Look at one header line: *ms changes where it is Retry-After, or retry-after-ms, which is the
 * more exact of two. */
void btw_retry_after_line(long long *ms, const char *line, size_t length);

#endif
