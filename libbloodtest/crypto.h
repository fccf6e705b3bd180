/* SPDX-License-Identifier: Apache-2.0
 * Encryption at rest: the keys of a site, and cells of the database sealed with them.
 *
 * A cell is sealed with XChaCha20-Poly1305 under a random nonce, and the place where it stands
 * (table, column, row, sequence) is authenticated with it, so that a cell moved to another row or
 * column does not open.  It names the key that sealed it: "bt1:ID:…", so that several keys can be
 * in use while data goes from an old one to a new one.  A cell without that head is plain text, as
 * it is stored where no key is configured; plain text that happens to begin like a head is stored
 * behind "bt0:".  NULL and the empty text are not sealed.
 *
 * Whoever can write to the database can put plain text where a sealed cell was.  It opens, for a
 * site that goes from clear to encrypted has both; one that has nothing in clear any more says so
 * with the line "sealed-only" in its key file, and then no plain cell opens.
 *
 * What must be found again (documents, patients, idempotency keys) is stored as a keyed digest.
 * The key of digests is made at random once, kept in the database sealed with the active key
 * (store_keys.c), and stays the same when keys change, so that digests stay comparable.
 */
#ifndef BT_CRYPTO_H
#define BT_CRYPTO_H

#include <stddef.h>
#include "error.h"

enum {
    BT_KEY_BYTES = 32,
    BT_KEY_ID_MAX = 32, /* characters of an id */
    BT_KEYS_MAX = 16,   /* keys in a file */
    BT_SEAL_OVERHEAD = 4 + BT_KEY_ID_MAX + 1 + 24 + 16
};

typedef struct bt_keys_t bt_keys_t;

/** Read a key file: lines "ID KEY", the key 32 bytes as hexadecimal or base64, the first one
 * active; or "sealed-only"; '#' begins a comment.  BT_E_CONFIG, in a sentence for administrators,
 * where it cannot be read, others than its owner and group may read it, or a line is wrong.  Freed,
 * and wiped, with `pool`. */
bt_err_t *bt_keys_load(bt_keys_t **keys, const char *path, apr_pool_t *pool);

/** The same from text; `path` is for messages. */
bt_err_t *bt_keys_parse(bt_keys_t **keys, const char *text, const char *path, apr_pool_t *pool);

/** Where they were read from. */
const char *bt_keys_path(const bt_keys_t *keys);
/** The id of the key that new data is sealed with. */
const char *bt_keys_active(const bt_keys_t *keys);
int bt_keys_has(const bt_keys_t *keys, const char *id);
/** Whether nothing that is stored may be plain; 0 for NULL. */
int bt_keys_are_sealed_only(const bt_keys_t *keys);

/** The key of digests: set once (later calls change nothing), by bt_keys_check() of store.h. */
void bt_keys_set_digest(bt_keys_t *keys, const unsigned char secret[BT_KEY_BYTES]);
int bt_keys_are_ready(const bt_keys_t *keys);

/* Where a cell stands. */
typedef struct bt_place_t {
    const char *table, *column, *row;
    int seq;
} bt_place_t;

/** The cell to store for a text: sealed with the active key, or plain where `keys` is NULL. */
const char *bt_seal_text(const char *text, const bt_place_t *place, const bt_keys_t *keys,
                         apr_pool_t *pool);

/** The text of a stored cell; NULL for NULL.  BT_E_KEY_MISSING: sealed with a key that is not
 * configured.  BT_E_SEAL_BROKEN: changed, moved here from another place, or another key of that
 * id; or plain where the keys are sealed-only. */
bt_err_t *bt_open_text(const char **text, const char *cell, const bt_place_t *place,
                       const bt_keys_t *keys, apr_pool_t *pool);

typedef struct bt_bytes_t {
    const unsigned char *bytes;
    size_t length;
} bt_bytes_t;

/** The same for bytes, which are stored as bytes. */
bt_bytes_t bt_seal_bytes(bt_bytes_t plain, const bt_place_t *place, const bt_keys_t *keys,
                         apr_pool_t *pool);
bt_err_t *bt_open_bytes(bt_bytes_t *plain, bt_bytes_t cell, const bt_place_t *place,
                        const bt_keys_t *keys, apr_pool_t *pool);

/** The id of the key that a cell is sealed with, in `pool`; NULL where it is plain. */
const char *bt_seal_key_id(bt_bytes_t cell, apr_pool_t *pool);

/** Whether it was stored without a key, or by somebody who has none. */
int bt_seal_is_plain(bt_bytes_t cell);

/* What a digest is of: each has a key of its own, so that they cannot be compared. */
typedef enum { BT_DIGEST_DOCUMENT, BT_DIGEST_PATIENT, BT_DIGEST_SUBMISSION } bt_digest_t;

/** The digest to store for a plain SHA-256 (hexadecimal): keyed, "k:…", or as it is where `keys` is
 * NULL or it is keyed already.  The keys must be ready. */
const char *bt_digest_keyed(const char *sha256, bt_digest_t what, const bt_keys_t *keys,
                            apr_pool_t *pool);

/** A token for a text (a login, say) that only who has the keys can make: hexadecimal, of the
 * active key, and the same each time. */
const char *bt_token_make(const char *text, const bt_keys_t *keys, apr_pool_t *pool);

/** Whether a token was made for this text, with any of the keys.  Takes as long for a wrong one. */
int bt_token_fits(const char *token, const char *text, const bt_keys_t *keys);

/** Random bytes for a key. */
void bt_key_random(unsigned char secret[BT_KEY_BYTES]);

#endif
