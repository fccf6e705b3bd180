/* SPDX-License-Identifier: Apache-2.0
 * The keys that a database knows: their ids, each with a proof that only the key opens, and the key
 * of digests.  So a wrong key, a missing one, and sides that are configured differently are noticed
 * at start and not at the first report.
 */
#include "store_cells.h"
#include "store_rows.h"

#include <string.h>
#include <apr_strings.h>
#include "log.h"
#include "text.h"

#define DIGEST_ROW "#digest" /* no id of a key holds '#' */
#define PROOF      "this key opens it"

static bt_place_t place_of_proof(const char *id)
{
    return (bt_place_t){"encryption_keys", "proof", id, 0};
}

static bt_err_t *no_key_file(const bt_rows_t *rows, apr_pool_t *pool)
{
    const char *id = rows->cells[0][0];
    for (int i = 0; i < rows->n_rows && *id == '#'; i++)
        id = rows->cells[i][0];
    return bt_error(pool, BT_E_KEY_MISSING,
                    "the database holds reports encrypted with the key %s, and no key file is "
                    "configured: name it with BloodtestKeyFile in httpd and key_file below "
                    "[database] in worker.conf",
                    id);
}

/* Whether this row of encryption_keys belongs to the file: its proof opens. */
static bt_err_t *check_row(const char **value, const char *id, const char *proof,
                           const bt_keys_t *keys, apr_pool_t *pool)
{
    const bt_place_t place = place_of_proof(id);
    const bt_bytes_t cell = {(const unsigned char *)proof, proof ? strlen(proof) : 0};
    const char *key = bt_seal_key_id(cell, pool);
    if (!key)
        return bt_error(pool, BT_E_SEAL_BROKEN, "encryption_keys.proof of %s is damaged", id);
    if (!bt_keys_has(keys, key))
        return bt_error(pool, BT_E_KEY_MISSING,
                        "the database holds reports encrypted with the key %s, which is not in %s: "
                        "add its line below the active one; httpd and workers need the same keys",
                        key, bt_keys_path(keys));
    if (bt_open_text(value, proof, &place, keys, pool))
        return bt_error(pool, BT_E_KEY_MISSING,
                        "the key %s in %s is not the one that this database was encrypted with: "
                        "put the right one there, or another id before a new one",
                        key, bt_keys_path(keys));
    return NULL;
}

/* Digests of submissions live for a day: plain ones become keyed, so that what was sent before the
 * first key came is still known.  Where nothing of that time is left, a plain one is of somebody
 * who wants an upload to be answered with another analysis. */
bt_err_t *bt_keys_rehash(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    bt_rows_t *rows;
    (void)baton;
    if (bt_keys_are_sealed_only(bt_db_keys(db)))
        return NULL;
    BT_TRY(bt_db_select(&rows, db, BT_Q_keys_plain, NULL, pool));
    for (int i = 0; i < rows->n_rows; i++) {
        const char **cells = rows->cells[i];
        const char *args[] = {bt_cell_digest(db, BT_DIGEST_SUBMISSION, cells[2], pool),
                              bt_cell_digest(db, BT_DIGEST_SUBMISSION, cells[3], pool), cells[0],
                              cells[1], cells[2]};
        BT_TRY(bt_db_exec(NULL, db, BT_Q_key_rehash, args, pool));
    }
    return NULL;
}

static bt_err_t *read_digest_key(int *is_there, bt_db_t *db, apr_pool_t *pool)
{
    bt_rows_t *rows;
    const char *hex = NULL;
    size_t length = 0;
    *is_there = 0;
    BT_TRY(bt_db_select(&rows, db, BT_Q_ring_read, NULL, pool));
    for (int i = 0; i < rows->n_rows; i++) {
        if (strcmp(rows->cells[i][0], DIGEST_ROW) == 0)
            BT_TRY(check_row(&hex, DIGEST_ROW, rows->cells[i][1], bt_db_keys(db), pool));
    }
    if (!hex)
        return NULL;
    unsigned char *secret = bt_hex_decode(&length, hex, pool);
    if (!secret || length != BT_KEY_BYTES)
        return bt_error(pool, BT_E_SEAL_BROKEN, "the key of digests is damaged");
    bt_keys_set_digest(bt_db_keys(db), secret);
    *is_there = 1;
    return NULL;
}

static bt_err_t *add_row(bt_db_t *db, const char *id, const char *value, apr_pool_t *pool)
{
    const bt_place_t place = place_of_proof(id);
    const char *args[] = {id, bt_seal_text(value, &place, bt_db_keys(db), pool)};
    return bt_db_exec(NULL, db, BT_Q_ring_add, args, pool);
}

/* The active key is new to this database.  Several processes may come here at the same time: the
 * first row counts, whoever wrote it. */
static bt_err_t *register_body(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    unsigned char secret[BT_KEY_BYTES];
    int is_there = 0;
    (void)baton;
    const char *active = bt_keys_active(bt_db_keys(db));
    BT_TRY(add_row(db, active, PROOF, pool));
    bt_key_random(secret);
    BT_TRY(add_row(db, DIGEST_ROW, bt_hex_encode(secret, sizeof(secret), pool), pool));
    BT_TRY(read_digest_key(&is_there, db, pool));
    if (!is_there)
        return bt_error(pool, BT_E_DB_ERROR, "the key of digests was stored and is not there");
    return bt_keys_rehash(db, NULL, pool);
}

/* A database that knows no key holds nothing that is sealed. */
static bt_err_t *check_begin(bt_db_t *db, apr_pool_t *pool)
{
    bt_rows_t *rows;
    if (!bt_keys_are_sealed_only(bt_db_keys(db)))
        return NULL;
    BT_TRY(bt_db_select(&rows, db, BT_Q_any_analysis, NULL, pool));
    if (!rows->n_rows)
        return NULL;
    return bt_error(pool, BT_E_SEAL_BROKEN,
                    "%s says sealed-only, and the database was never encrypted and holds reports: "
                    "take that line out, run 'bloodtestctl rekey', then add it again",
                    bt_keys_path(bt_db_keys(db)));
}

bt_err_t *bt_keys_check(bt_db_t *db, apr_pool_t *pool)
{
    bt_rows_t *rows;
    bt_keys_t *keys = bt_db_keys(db);
    int is_known = 0, is_there = 0;
    BT_TRY(bt_db_select(&rows, db, BT_Q_ring_read, NULL, pool));
    if (!keys)
        return rows->n_rows ? no_key_file(rows, pool) : NULL;
    if (!rows->n_rows)
        BT_TRY(check_begin(db, pool));
    for (int i = 0; i < rows->n_rows; i++) {
        const char *value = NULL;
        BT_TRY(check_row(&value, rows->cells[i][0], rows->cells[i][1], keys, pool));
        is_known = is_known || strcmp(rows->cells[i][0], bt_keys_active(keys)) == 0;
    }
    if (is_known)
        BT_TRY(read_digest_key(&is_there, db, pool));
    if (is_there)
        return NULL;
    BT_TRY(bt_db_transaction(db, register_body, NULL, pool));
    bt_log(BT_LOG_NOTICE, "BT0104", "reports are encrypted with the key %s from now on",
           bt_keys_active(keys));
    return NULL;
}

bt_err_t *bt_keys_warn(bt_db_t *db, apr_pool_t *pool)
{
    bt_rows_t *rows;
    if (!bt_keys_are_sealed_only(bt_db_keys(db)))
        return NULL;
    BT_TRY(bt_db_select(&rows, db, BT_Q_oldest_plain, NULL, pool));
    const long long n = rows->n_rows ? bt_cell_int(rows->cells[0][0]) : 0;
    if (n > 0)
        bt_log(BT_LOG_WARNING, "BT0105",
               "%s says sealed-only, and of the 100 oldest analyses %lld hold text in clear, which "
               "is not shown: where it is from before the keys, take that line out, run "
               "'bloodtestctl rekey', then add it again",
               bt_keys_path(bt_db_keys(db)), n);
    return NULL;
}

bt_err_t *bt_keys_newest(const char **id, bt_db_t *db, apr_pool_t *pool)
{
    bt_rows_t *rows;
    BT_TRY(bt_db_select(&rows, db, BT_Q_ring_newest, NULL, pool));
    *id = rows->n_rows ? rows->cells[0][0] : NULL;
    return NULL;
}
