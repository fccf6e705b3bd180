/* SPDX-License-Identifier: Apache-2.0
 * UUIDs, SHA-256 (libsodium) and ISO times.
 */
#include "ids.h"

#include <string.h>
#include <apr_strings.h>
#include <sodium.h>
#include "text.h"

_Static_assert(sizeof(crypto_hash_sha256_state) <= sizeof(bt_sha256_t), "state does not fit");

const char *bt_uuid_create(apr_pool_t *pool)
{
    unsigned char bytes[16];
    randombytes_buf(bytes, sizeof(bytes));
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    const char *hex = bt_hex_encode(bytes, sizeof(bytes), pool);
    return apr_psprintf(pool, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
                        hex + 20);
}

int bt_uuid_is_valid(const char *text)
{
    if (!text || strlen(text) != BT_UUID_LENGTH)
        return 0;
    for (int i = 0; i < BT_UUID_LENGTH; i++) {
        int is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_dash ? text[i] != '-' : !strchr("0123456789abcdef", text[i]))
            return 0;
    }
    return 1;
}

void bt_sha256_start(bt_sha256_t *sha)
{
    crypto_hash_sha256_init((crypto_hash_sha256_state *)(void *)sha->state);
}

void bt_sha256_add(bt_sha256_t *sha, const void *bytes, size_t length)
{
    crypto_hash_sha256_update((crypto_hash_sha256_state *)(void *)sha->state, bytes, length);
}

const char *bt_sha256_end(bt_sha256_t *sha, apr_pool_t *pool)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_final((crypto_hash_sha256_state *)(void *)sha->state, digest);
    return bt_hex_encode(digest, sizeof(digest), pool);
}

const char *bt_time_iso(apr_time_t time, apr_pool_t *pool)
{
    apr_time_exp_t t;
    if (!time || apr_time_exp_gmt(&t, time))
        return NULL;
    return apr_psprintf(pool, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", t.tm_year + 1900, t.tm_mon + 1,
                        t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, t.tm_usec / 1000);
}
