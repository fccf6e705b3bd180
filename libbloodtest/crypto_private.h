/* SPDX-License-Identifier: Apache-2.0
 * Between crypto.c, which uses keys, and crypto_keys.c, which reads them.
 */
#ifndef BT_CRYPTO_PRIVATE_H
#define BT_CRYPTO_PRIVATE_H

#include "crypto.h"

#define BT_SEALED_ONLY "sealed-only" /* the line of a key file */

typedef struct bt_key_t {
    char id[BT_KEY_ID_MAX + 1];
    unsigned char master[BT_KEY_BYTES];
    unsigned char seal[BT_KEY_BYTES];  /* derived: for cells */
    unsigned char token[BT_KEY_BYTES]; /* derived: for tokens */
} bt_key_t;

/* In memory of its own, with guard pages, not swapped where the system allows that, and left out of
 * core dumps. */
typedef struct bt_secrets_t {
    int n;
    bt_key_t keys[BT_KEYS_MAX];            /* the first is active */
    unsigned char digest[3][BT_KEY_BYTES]; /* by bt_digest_t */
} bt_secrets_t;

struct bt_keys_t {
    bt_secrets_t *secrets;
    const char *path;
    int is_sealed_only;
    int is_ready; /* the keys of digests are there; read and written with a barrier */
};

/** The key with this id, or NULL. */
const bt_key_t *bt_key_find(const bt_keys_t *keys, const char *id, size_t length);

/** The keys for cells and tokens out of a key of the file. */
void bt_key_derive(bt_key_t *key);

#endif
