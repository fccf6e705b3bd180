/* SPDX-License-Identifier: Apache-2.0
 * Seals and opens cells, and makes keyed digests.  The only file that knows how data is encrypted.
 */
#include "crypto_private.h"

#include <assert.h>
#include <string.h>
#include <apr_strings.h>
#include <sodium.h>
#include "text.h"

#define SEALED  "bt1:"
#define ESCAPED "bt0:"
enum {
    HEAD = sizeof(SEALED) - 1,
    NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    BASE64 = sodium_base64_VARIANT_ORIGINAL_NO_PADDING
};

_Static_assert(BT_KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "size of a key");
_Static_assert(BT_KEY_BYTES == crypto_kdf_KEYBYTES, "size of a key");
_Static_assert(BT_KEY_BYTES == crypto_generichash_KEYBYTES, "size of a key");
_Static_assert(BT_KEY_BYTES == crypto_auth_KEYBYTES, "size of a key");
_Static_assert(BT_SEAL_OVERHEAD >= HEAD + BT_KEY_ID_MAX + 1 + NONCE + TAG, "overhead of a seal");

void bt_key_derive(bt_key_t *key)
{
    crypto_kdf_derive_from_key(key->seal, BT_KEY_BYTES, 1, "bt-cells", key->master);
    crypto_kdf_derive_from_key(key->token, BT_KEY_BYTES, 1, "bt-token", key->master);
}

void bt_keys_set_digest(bt_keys_t *keys, const unsigned char secret[BT_KEY_BYTES])
{
    unsigned char made[3][BT_KEY_BYTES];
    if (bt_keys_are_ready(keys))
        return;
    for (int what = 0; what < 3; what++)
        crypto_kdf_derive_from_key(made[what], BT_KEY_BYTES, (uint64_t)what + 1, "bt-digst",
                                   secret);
    /* Threads that come here at the same time write the same bytes. */
    memcpy(keys->secrets->digest, made, sizeof(made));
    sodium_memzero(made, sizeof(made));
    __atomic_store_n(&keys->is_ready, 1, __ATOMIC_RELEASE);
}

int bt_keys_are_ready(const bt_keys_t *keys)
{
    return __atomic_load_n(&keys->is_ready, __ATOMIC_ACQUIRE);
}

void bt_key_random(unsigned char secret[BT_KEY_BYTES])
{
    randombytes_buf(secret, BT_KEY_BYTES);
}

/* No part holds the sign between them: names of ours, UUIDs, ids of keys. */
static bt_bytes_t place_bytes(const bt_place_t *place, apr_pool_t *pool)
{
    const char *text =
        apr_psprintf(pool, "%s|%s|%s|%d", place->table, place->column, place->row, place->seq);
    return (bt_bytes_t){(const unsigned char *)text, strlen(text)};
}

/* Begins like something that this file wrote: "bt1:", "bt0:", or what a later version may write. */
static int has_head(bt_bytes_t cell)
{
    return cell.length >= HEAD && cell.bytes[0] == 'b' && cell.bytes[1] == 't' &&
           cell.bytes[HEAD - 1] == ':';
}

static int begins(bt_bytes_t cell, const char *head)
{
    return cell.length >= HEAD && memcmp(cell.bytes, head, HEAD) == 0;
}

static bt_bytes_t behind(const char *head, bt_bytes_t rest, apr_pool_t *pool)
{
    const size_t length = strlen(head);
    unsigned char *whole = apr_palloc(pool, length + rest.length + 1);
    memcpy(whole, head, length);
    memcpy(whole + length, rest.bytes, rest.length);
    whole[length + rest.length] = '\0';
    return (bt_bytes_t){whole, length + rest.length};
}

/* Nonce, ciphertext, tag. */
static bt_bytes_t encrypt(bt_bytes_t plain, const bt_place_t *place, const bt_key_t *key,
                          apr_pool_t *pool)
{
    const bt_bytes_t bound = place_bytes(place, pool);
    unsigned char *made = apr_palloc(pool, NONCE + plain.length + TAG);
    randombytes_buf(made, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(made + NONCE, NULL, plain.bytes, plain.length,
                                               bound.bytes, bound.length, NULL, made, key->seal);
    return (bt_bytes_t){made, NONCE + plain.length + TAG};
}

static bt_err_t *broken(const bt_place_t *place, apr_pool_t *pool)
{
    return bt_error(pool, BT_E_SEAL_BROKEN,
                    "%s.%s of %s does not open: it was changed, or moved from another place, or "
                    "the key with that id is another one",
                    place->table, place->column, place->row);
}

static bt_err_t *decrypt(bt_bytes_t *plain, bt_bytes_t sealed, const bt_place_t *place,
                         const bt_key_t *key, apr_pool_t *pool)
{
    const bt_bytes_t bound = place_bytes(place, pool);
    if (sealed.length < NONCE + TAG)
        return broken(place, pool);
    unsigned char *made = apr_palloc(pool, sealed.length - NONCE - TAG + 1);
    unsigned long long length = 0;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(made, &length, NULL, sealed.bytes + NONCE,
                                                   sealed.length - NONCE, bound.bytes, bound.length,
                                                   sealed.bytes, key->seal))
        return broken(place, pool);
    made[length] = '\0';
    *plain = (bt_bytes_t){made, (size_t)length};
    return NULL;
}

/* The id in the head of a sealed cell: its length, 0 where there is none. */
static size_t id_length(bt_bytes_t cell)
{
    const size_t room = cell.length - HEAD;
    const unsigned char *id = cell.bytes + HEAD;
    const unsigned char *colon =
        memchr(id, ':', room > BT_KEY_ID_MAX + 1 ? BT_KEY_ID_MAX + 1 : room);
    return colon ? (size_t)(colon - id) : 0;
}

const char *bt_seal_key_id(bt_bytes_t cell, apr_pool_t *pool)
{
    if (!begins(cell, SEALED) || !id_length(cell))
        return NULL;
    return apr_pstrmemdup(pool, (const char *)cell.bytes + HEAD, id_length(cell));
}

/* The key of a sealed cell, and what stands behind its head. */
static bt_err_t *key_of(const bt_key_t **key, bt_bytes_t *rest, bt_bytes_t cell,
                        const bt_place_t *place, const bt_keys_t *keys, apr_pool_t *pool)
{
    const char *id = bt_seal_key_id(cell, pool);
    if (!id)
        return broken(place, pool);
    *key = keys ? bt_key_find(keys, id, strlen(id)) : NULL;
    if (!*key)
        return bt_error(
            pool, BT_E_KEY_MISSING, "%s.%s of %s is encrypted with the key %s, which %s%s",
            place->table, place->column, place->row, id,
            keys ? "is not in " : "is not here: no key file is configured", keys ? keys->path : "");
    const size_t head = HEAD + strlen(id) + 1;
    *rest = (bt_bytes_t){cell.bytes + head, cell.length - head};
    return NULL;
}

static const char *head_of(const bt_key_t *key, apr_pool_t *pool)
{
    return apr_pstrcat(pool, SEALED, key->id, ":", NULL);
}

bt_bytes_t bt_seal_bytes(bt_bytes_t plain, const bt_place_t *place, const bt_keys_t *keys,
                         apr_pool_t *pool)
{
    if (!keys)
        return has_head(plain) ? behind(ESCAPED, plain, pool) : plain;
    const bt_key_t *key = &keys->secrets->keys[0];
    return behind(head_of(key, pool), encrypt(plain, place, key, pool), pool);
}

int bt_seal_is_plain(bt_bytes_t cell)
{
    return !begins(cell, SEALED);
}

/* NULL where a plain cell may stand there. */
static bt_err_t *check_plain(const bt_place_t *place, const bt_keys_t *keys, apr_pool_t *pool)
{
    if (!bt_keys_are_sealed_only(keys))
        return NULL;
    return bt_error(pool, BT_E_SEAL_BROKEN,
                    "%s.%s of %s is in clear, and %s says " BT_SEALED_ONLY
                    ": somebody put it there, or 'bloodtestctl rekey' has not been run",
                    place->table, place->column, place->row, keys->path);
}

bt_err_t *bt_open_bytes(bt_bytes_t *plain, bt_bytes_t cell, const bt_place_t *place,
                        const bt_keys_t *keys, apr_pool_t *pool)
{
    const bt_key_t *key = NULL;
    bt_bytes_t sealed;
    if (bt_seal_is_plain(cell)) {
        const size_t head = begins(cell, ESCAPED) ? HEAD : 0;
        *plain = (bt_bytes_t){NULL, 0};
        BT_TRY(check_plain(place, keys, pool));
        *plain = (bt_bytes_t){cell.bytes + head, cell.length - head};
        return NULL;
    }
    *plain = cell;
    BT_TRY(key_of(&key, &sealed, cell, place, keys, pool));
    return decrypt(plain, sealed, place, key, pool);
}

static bt_bytes_t bytes_of(const char *text)
{
    return (bt_bytes_t){(const unsigned char *)text, strlen(text)};
}

const char *bt_seal_text(const char *text, const bt_place_t *place, const bt_keys_t *keys,
                         apr_pool_t *pool)
{
    if (!text || !*text)
        return text;
    if (!keys)
        return (const char *)bt_seal_bytes(bytes_of(text), place, NULL, pool).bytes;
    const bt_key_t *key = &keys->secrets->keys[0];
    const bt_bytes_t sealed = encrypt(bytes_of(text), place, key, pool);
    const size_t room = sodium_base64_ENCODED_LEN(sealed.length, BASE64);
    char *code = apr_palloc(pool, room);
    sodium_bin2base64(code, room, sealed.bytes, sealed.length, BASE64);
    return apr_pstrcat(pool, head_of(key, pool), code, NULL);
}

bt_err_t *bt_open_text(const char **text, const char *cell, const bt_place_t *place,
                       const bt_keys_t *keys, apr_pool_t *pool)
{
    const bt_key_t *key = NULL;
    bt_bytes_t code, plain;
    *text = cell;
    if (!cell || !*cell)
        return NULL;
    if (bt_seal_is_plain(bytes_of(cell))) {
        *text = NULL;
        BT_TRY(check_plain(place, keys, pool));
        *text = begins(bytes_of(cell), ESCAPED) ? cell + HEAD : cell;
        return NULL;
    }
    BT_TRY(key_of(&key, &code, bytes_of(cell), place, keys, pool));
    unsigned char *sealed = apr_palloc(pool, code.length + 1);
    size_t length = 0;
    const char *end = NULL;
    if (sodium_base642bin(sealed, code.length, (const char *)code.bytes, code.length, NULL, &length,
                          &end, BASE64) ||
        end != (const char *)code.bytes + code.length)
        return broken(place, pool);
    BT_TRY(decrypt(&plain, (bt_bytes_t){sealed, length}, place, key, pool));
    *text = (const char *)plain.bytes;
    return NULL;
}

const char *bt_digest_keyed(const char *sha256, bt_digest_t what, const bt_keys_t *keys,
                            apr_pool_t *pool)
{
    unsigned char made[crypto_generichash_BYTES];
    if (!sha256 || !keys || strncmp(sha256, "k:", 2) == 0)
        return sha256;
    assert(bt_keys_are_ready(keys));
    crypto_generichash(made, sizeof(made), (const unsigned char *)sha256, strlen(sha256),
                       keys->secrets->digest[what], BT_KEY_BYTES);
    return apr_pstrcat(pool, "k:", bt_hex_encode(made, sizeof(made), pool), NULL);
}

/* HMAC-SHA-512-256 of the text as hexadecimal digits. */
static void token_of(char made[2 * crypto_auth_BYTES + 1], const char *text, const bt_key_t *key)
{
    unsigned char mac[crypto_auth_BYTES];
    crypto_auth(mac, (const unsigned char *)text, strlen(text), key->token);
    sodium_bin2hex(made, 2 * crypto_auth_BYTES + 1, mac, sizeof(mac));
}

const char *bt_token_make(const char *text, const bt_keys_t *keys, apr_pool_t *pool)
{
    char *made = apr_palloc(pool, 2 * crypto_auth_BYTES + 1);
    token_of(made, text, &keys->secrets->keys[0]);
    return made;
}

int bt_token_fits(const char *token, const char *text, const bt_keys_t *keys)
{
    char made[2 * crypto_auth_BYTES + 1];
    int fits = 0;
    if (strlen(token) != sizeof(made) - 1)
        return 0;
    for (int i = 0; i < keys->secrets->n; i++) {
        token_of(made, text, &keys->secrets->keys[i]);
        fits |= sodium_memcmp(made, token, sizeof(made) - 1) == 0;
    }
    return fits;
}
