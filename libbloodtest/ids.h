/* SPDX-License-Identifier: Apache-2.0
 * Identifiers, digests and times: random UUIDs, SHA-256 over libsodium, and the microsecond clock
 * that the tables use.
 */
#ifndef BT_IDS_H
#define BT_IDS_H

#include <stddef.h>
#include <apr_pools.h>
#include <apr_time.h>

enum { BT_UUID_LENGTH = 36, BT_SHA256_HEX = 64 };

/** A random UUID (version 4), lower case, in `pool`. */
const char *bt_uuid_create(apr_pool_t *pool);
/** Whether `text` is a UUID in the form bt_uuid_create() writes (any version digit). */
int bt_uuid_is_valid(const char *text);

/** SHA-256, fed in pieces; the state is plain data (104 bytes used of the room given). */
typedef struct bt_sha256_t {
    unsigned char state[128] __attribute__((aligned(8)));
} bt_sha256_t;
void bt_sha256_start(bt_sha256_t *sha);
void bt_sha256_add(bt_sha256_t *sha, const void *bytes, size_t length);
const char *bt_sha256_end(bt_sha256_t *sha, apr_pool_t *pool); /* 64 hexadecimal digits */

/** Microseconds since 1970 as ISO 8601 UTC with milliseconds, "2026-11-23T19:07:07.123Z"; NULL for
 * 0. */
const char *bt_time_iso(apr_time_t time, apr_pool_t *pool);

#endif
