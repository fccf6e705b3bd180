/* SPDX-License-Identifier: Apache-2.0
 * Small things with text that several layers need: bounded buffers, escaping, UTF-8 repair,
 * numbers.
 */
#ifndef BT_TEXT_H
#define BT_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <apr_pools.h>

/** A text that grows in its pool and never beyond `limit` bytes (then `is_full` is set and the rest
 * is dropped). */
typedef struct bt_buffer_t {
    apr_pool_t *pool;
    char *text; /* always NUL-terminated */
    size_t length, room, limit;
    int is_full;
} bt_buffer_t;

bt_buffer_t *bt_buffer_create(size_t limit, apr_pool_t *pool);
/** Room for so many bytes, where about that many will come. */
void bt_buffer_reserve(bt_buffer_t *buffer, size_t room);
void bt_buffer_add(bt_buffer_t *buffer, const char *text);
void bt_buffer_addn(bt_buffer_t *buffer, const char *text, size_t length);
void bt_buffer_addf(bt_buffer_t *buffer, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void bt_buffer_add_html(bt_buffer_t *buffer,
                        const char *text); /* with & < > " ' escaped; NULL adds nothing */

/** As apr_pvsprintf, but with the C library's formats: APR's knows no %lld and no %zu. */
const char *bt_text_vformat(apr_pool_t *pool, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

/** Valid UTF-8 in `pool`: bad sequences become U+FFFD, control characters but \n and \t a space. */
const char *bt_text_clean(const char *text, size_t length, apr_pool_t *pool);

/** The same as one line for trails and logs: whatever a reader could take for the end of a line or
 * for a terminal's command (all of C0 and C1, U+2028, U+2029) becomes '?'.  NULL for NULL. */
const char *bt_text_one_line(const char *text, apr_pool_t *pool);

/** Characters (code points) of valid UTF-8. */
size_t bt_text_length(const char *text);

/** A number as C writes it, whatever the locale: 0 and *value, or -1 where `text` is anything else,
 * or out of range. */
int bt_text_to_double(double *value, const char *text);
int bt_text_to_int64(long long *value, const char *text);

/** `length` bytes as lower-case hexadecimal, and back (*length gets the bytes; NULL where it is no
 * hexadecimal). */
const char *bt_hex_encode(const unsigned char *bytes, size_t length, apr_pool_t *pool);
unsigned char *bt_hex_decode(size_t *length, const char *hex, apr_pool_t *pool);

#endif
