/* SPDX-License-Identifier: Apache-2.0
 * Reads key files.  Every mistake stops the start with the line and what to write, and no message
 * holds a part of a key.
 */
#include "crypto_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <apr_strings.h>
#include <sodium.h>

enum { MAX_FILE = 16 * 1024 };

/* The file being read: what messages need. */
typedef struct source_t {
    const char *path;
    int line;
    apr_pool_t *pool;
} source_t;

static bt_err_t *refuse(const source_t *source, const char *what)
{
    return bt_error_hint(source->pool, BT_E_CONFIG, "key file %s line %d: %s", source->path,
                         source->line, what);
}

const bt_key_t *bt_key_find(const bt_keys_t *keys, const char *id, size_t length)
{
    for (int i = 0; i < keys->secrets->n; i++) {
        const char *known = keys->secrets->keys[i].id;
        if (strlen(known) == length && memcmp(known, id, length) == 0)
            return &keys->secrets->keys[i];
    }
    return NULL;
}

int bt_keys_has(const bt_keys_t *keys, const char *id)
{
    return bt_key_find(keys, id, strlen(id)) != NULL;
}

const char *bt_keys_active(const bt_keys_t *keys)
{
    return keys->secrets->keys[0].id;
}

const char *bt_keys_path(const bt_keys_t *keys)
{
    return keys->path;
}

int bt_keys_are_sealed_only(const bt_keys_t *keys)
{
    return keys && keys->is_sealed_only;
}

static int is_id(const char *id, size_t length)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    return length > 0 && length <= BT_KEY_ID_MAX && strspn(id, letters) >= length;
}

static int read_secret(unsigned char secret[BT_KEY_BYTES], const char *text, size_t length)
{
    size_t n = 0;
    const char *end = NULL;
    int failed = length == 2 * BT_KEY_BYTES
                     ? sodium_hex2bin(secret, BT_KEY_BYTES, text, length, NULL, &n, &end)
                     : sodium_base642bin(secret, BT_KEY_BYTES, text, length, NULL, &n, &end,
                                         sodium_base64_VARIANT_ORIGINAL);
    return failed || n != BT_KEY_BYTES || end != text + length ? -1 : 0;
}

static bt_err_t *read_line(bt_keys_t *keys, const char *line, size_t length, const source_t *source)
{
    bt_secrets_t *secrets = keys->secrets;
    size_t end = length;
    while (end > 0 && strchr(" \t\r", line[end - 1]))
        end--;
    const size_t id = strcspn(line, " \t\r\n");
    const size_t gap = id + strspn(line + id, " \t");
    if (id == strlen(BT_SEALED_ONLY) && memcmp(line, BT_SEALED_ONLY, id) == 0) {
        keys->is_sealed_only = 1;
        return end == id ? NULL : refuse(source, "'" BT_SEALED_ONLY "' stands alone in its line");
    }
    if (!is_id(line, id))
        return refuse(source, "write 'ID KEY'; an ID is 1 to 32 letters, digits, '.', '_' or '-'");
    if (bt_key_find(keys, line, id))
        return refuse(source, "this id is there already; each key needs an id of its own");
    if (secrets->n == BT_KEYS_MAX)
        return refuse(source, "more than 16 keys; remove those that 'bloodtestctl rekey' freed");
    bt_key_t *key = &secrets->keys[secrets->n];
    if (gap >= end || read_secret(key->master, line + gap, end - gap))
        return refuse(source, "behind the id there must be a key of 32 bytes, as 64 hexadecimal "
                              "digits ('openssl rand -hex 32' makes one) or as base64");
    if (sodium_is_zero(key->master, BT_KEY_BYTES))
        return refuse(source, "a key of zeros is no key; 'openssl rand -hex 32' makes one");
    memcpy(key->id, line, id);
    bt_key_derive(key);
    secrets->n++;
    return NULL;
}

static apr_status_t wipe(void *secrets)
{
    sodium_free(secrets);
    return APR_SUCCESS;
}

bt_err_t *bt_keys_parse(bt_keys_t **keys, const char *text, const char *path, apr_pool_t *pool)
{
    source_t source = {.path = apr_pstrdup(pool, path), .pool = pool};
    if (sodium_init() < 0)
        return bt_error(pool, BT_E_CONFIG, "libsodium cannot start");
    bt_keys_t *made = apr_pcalloc(pool, sizeof(*made));
    made->path = source.path;
    made->secrets = sodium_malloc(sizeof(*made->secrets));
    if (!made->secrets)
        return bt_error(pool, BT_E_CONFIG, "no memory for keys");
    apr_pool_cleanup_register(pool, made->secrets, wipe, apr_pool_cleanup_null);
    memset(made->secrets, 0, sizeof(*made->secrets));
    for (const char *line = text; *line; line += *line == '\n') {
        source.line++;
        line += strspn(line, " \t\r");
        const size_t length = strcspn(line, "\n");
        if (length > 0 && *line != '#')
            BT_TRY(read_line(made, line, length, &source));
        line += length;
    }
    if (made->secrets->n == 0)
        return bt_error_hint(pool, BT_E_CONFIG,
                             "key file %s: there is no key in it; write a line 'ID KEY', the key "
                             "made with 'openssl rand -hex 32'",
                             path);
    *keys = made;
    return NULL;
}

static bt_err_t *check_file(int fd, const char *path, apr_pool_t *pool)
{
    struct stat about;
    if (fstat(fd, &about) != 0)
        return bt_error_apr(pool, BT_E_CONFIG, errno, "key file %s", path);
    if (!S_ISREG(about.st_mode))
        return bt_error_hint(pool, BT_E_CONFIG, "key file %s: it is no file", path);
    if (about.st_mode & (S_IWGRP | S_IRWXO))
        return bt_error_hint(pool, BT_E_CONFIG,
                             "key file %s: others may read or change it (mode %04o); run 'chmod "
                             "0600 %s', or 0640 where its group is to read it",
                             path, (unsigned)about.st_mode & 07777, path);
    if (about.st_uid != 0 && about.st_uid != geteuid() && geteuid() != 0)
        return bt_error_hint(pool, BT_E_CONFIG,
                             "key file %s: it belongs to another user (%u), who could change it; "
                             "give it to root",
                             path, (unsigned)about.st_uid);
    if (about.st_size > MAX_FILE)
        return bt_error_hint(pool, BT_E_CONFIG, "key file %s: longer than 16 KB", path);
    return NULL;
}

/* At most MAX_FILE bytes with a NUL behind them. */
static bt_err_t *read_file(char *text, int fd, const char *path, apr_pool_t *pool)
{
    size_t have = 0;
    while (have < MAX_FILE) {
        ssize_t n = read(fd, text + have, MAX_FILE - have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return bt_error_apr(pool, BT_E_CONFIG, errno, "key file %s cannot be read", path);
        if (n == 0)
            break;
        have += (size_t)n;
    }
    text[have] = '\0';
    return NULL;
}

bt_err_t *bt_keys_load(bt_keys_t **keys, const char *path, apr_pool_t *pool)
{
    char text[MAX_FILE + 1];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return bt_error_hint(pool, BT_E_CONFIG, "key file %s: %s", path, strerror(errno));
    bt_err_t *err = check_file(fd, path, pool);
    if (!err)
        err = read_file(text, fd, path, pool);
    close(fd);
    if (!err)
        err = bt_keys_parse(keys, text, path, pool);
    sodium_memzero(text, sizeof(text));
    return err;
}
