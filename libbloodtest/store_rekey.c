/* SPDX-License-Identifier: Apache-2.0
 * Brings everything to the active key, a few rows in a transaction, while httpd and workers go on.
 * What is done already is passed over, so it can be stopped and begun again at any time.
 */
#include "store_cells.h"
#include "store_rows.h"

#include <string.h>
#include <apr_strings.h>
#include "text.h"

#define DIGEST_ROW "#digest"
enum { BATCH = 20 };

typedef struct batch_t {
    bt_rekey_t *rekey;
    bt_rows_t *rows;
    int changed, were_plain, unreadable, left_plain;
    const char *first_plain;
} batch_t;

/* What became of a row. */
typedef struct row_t {
    int changed, is_plain;
} row_t;

static const char *head_of(bt_db_t *db, apr_pool_t *pool)
{
    return apr_pstrcat(pool, "bt1:", bt_keys_active(bt_db_keys(db)), ":", NULL);
}

static int is_plain_text(const char *cell)
{
    return cell && *cell &&
           bt_seal_is_plain((bt_bytes_t){(const unsigned char *)cell, strlen(cell)});
}

static int is_plain_digest(const char *cell)
{
    return cell && strncmp(cell, "k:", 2) != 0;
}

static int is_plain_row(const char *const *cells)
{
    int n = 0;
    for (int i = 0; i < BT_COLUMN_COUNT; i++)
        n += is_plain_text(cells[i]);
    return n > 0 || is_plain_digest(cells[BT_COLUMN_COUNT]) ||
           is_plain_digest(cells[BT_COLUMN_COUNT + 1]);
}

/* Sealed columns first, then the two digests, as the statements have them. */
static bt_err_t *renew_analysis(row_t *row, bt_db_t *db, const char *id, apr_pool_t *pool)
{
    const char *key[] = {id}, *args[BT_COLUMN_COUNT + 3];
    bt_rows_t *rows;
    BT_TRY(bt_db_select(&rows, db, BT_Q_rekey_row, key, pool));
    if (!rows->n_rows)
        return NULL; /* deleted since */
    const char **cells = rows->cells[0];
    row->is_plain = is_plain_row(cells);
    if (row->is_plain && bt_keys_are_sealed_only(bt_db_keys(db)))
        return NULL;
    for (int i = 0; i < BT_COLUMN_COUNT; i++) {
        BT_TRY(bt_cell_open(&cells[i], db, (bt_column_t)i, id, pool));
        args[i] = bt_cell_seal(db, (bt_column_t)i, id, cells[i], pool);
    }
    args[BT_COLUMN_COUNT] = bt_cell_digest(db, BT_DIGEST_DOCUMENT, cells[BT_COLUMN_COUNT], pool);
    args[BT_COLUMN_COUNT + 1] =
        bt_cell_digest(db, BT_DIGEST_PATIENT, cells[BT_COLUMN_COUNT + 1], pool);
    args[BT_COLUMN_COUNT + 2] = id;
    return bt_db_exec(&row->changed, db, BT_Q_rekey_store, args, pool);
}

static bt_err_t *renew_chunk(row_t *row, bt_db_t *db, const char *const *key, apr_pool_t *pool)
{
    const char *id = key[0];
    const int seq = (int)bt_cell_int(key[1]);
    bt_rows_t *rows;
    bt_bytes_t plain;
    size_t length = 0;
    BT_TRY(bt_db_select(&rows, db, BT_Q_document_chunk, key, pool));
    if (!rows->n_rows)
        return NULL;
    unsigned char *bytes = bt_hex_decode(&length, rows->cells[0][0], pool);
    if (!bytes)
        return bt_error(pool, BT_E_SEAL_BROKEN, "row %d of a document is empty", seq);
    row->is_plain = bt_seal_is_plain((bt_bytes_t){bytes, length});
    if (row->is_plain && bt_keys_are_sealed_only(bt_db_keys(db)))
        return NULL;
    BT_TRY(bt_chunk_open(&plain, db, id, seq, (bt_bytes_t){bytes, length}, pool));
    const bt_bytes_t sealed = bt_chunk_seal(db, id, seq, plain, pool);
    const char *args[] = {(const char *)sealed.bytes,
                          apr_psprintf(pool, "%" APR_SIZE_T_FMT, sealed.length),
                          "",
                          "",
                          id,
                          key[1]};
    return bt_db_exec(&row->changed, db, BT_Q_rekey_chunk_store, args, pool);
}

static bt_err_t *renew_batch(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    batch_t *batch = baton;
    apr_pool_t *iteration;
    apr_pool_create(&iteration, pool);
    const int is_sealed_only = bt_keys_are_sealed_only(bt_db_keys(db));
    batch->changed = batch->were_plain = batch->unreadable = batch->left_plain = 0;
    for (int i = 0; i < batch->rows->n_rows; i++) {
        const char **key = batch->rows->cells[i];
        row_t row = {0, 0};
        apr_pool_clear(iteration);
        bt_err_t *err = batch->rekey->is_chunks ? renew_chunk(&row, db, key, iteration)
                                                : renew_analysis(&row, db, key[0], iteration);
        if (err && !bt_cell_is_unreadable(err))
            return err;
        batch->unreadable += err != NULL;
        batch->changed += row.changed;
        batch->were_plain += row.changed && row.is_plain;
        if (!row.is_plain || !is_sealed_only)
            continue;
        batch->first_plain = batch->left_plain++ ? batch->first_plain : key[0];
    }
    apr_pool_destroy(iteration);
    return NULL;
}

/* Rows behind the cursor that are not of the active key. */
static bt_err_t *next_rows(bt_rows_t **rows, const bt_rekey_t *rekey, bt_db_t *db, apr_pool_t *pool)
{
    const char *limit = apr_itoa(pool, BATCH), *seq = apr_itoa(pool, rekey->seq);
    const char *after = rekey->after;
    const char *analyses[] = {head_of(db, pool), after, limit};
    const char *chunks[] = {head_of(db, pool), after, after, seq, limit};
    return rekey->is_chunks ? bt_db_select(rows, db, BT_Q_rekey_chunks, chunks, pool)
                            : bt_db_select(rows, db, BT_Q_rekey_analyses, analyses, pool);
}

static void move(bt_rekey_t *rekey, const char *after, int seq)
{
    apr_cpystrn(rekey->after, after, sizeof(rekey->after));
    rekey->seq = seq;
}

/* Nothing is left of other keys: the key of digests goes under the active one, the others are
 * forgotten. */
static bt_err_t *forget_others(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    const bt_place_t place = {"encryption_keys", "proof", DIGEST_ROW, 0};
    bt_rows_t *rows;
    const char *secret = NULL;
    (void)baton;
    BT_TRY(bt_db_select(&rows, db, BT_Q_ring_digest, NULL, pool));
    if (rows->n_rows != 1)
        return bt_error(pool, BT_E_DB_ERROR, "the key of digests is gone");
    BT_TRY(bt_open_text(&secret, rows->cells[0][0], &place, bt_db_keys(db), pool));
    /* Answers that were kept to save a call: they are made again. */
    const char *head[] = {head_of(db, pool), head_of(db, pool)};
    BT_TRY(bt_db_exec(NULL, db, BT_Q_llm_answers_rekey, head, pool));
    const char *store[] = {bt_seal_text(secret, &place, bt_db_keys(db), pool)};
    BT_TRY(bt_db_exec(NULL, db, BT_Q_ring_renew, store, pool));
    const char *active[] = {bt_keys_active(bt_db_keys(db))};
    return bt_db_exec(NULL, db, BT_Q_ring_forget, active, pool);
}

/* The end of a table.  A pass over both that finds nothing is the last one: servers may have
 * written with the old key meanwhile. */
static bt_err_t *end_of_table(bt_rekey_t *rekey, bt_db_t *db, apr_pool_t *pool)
{
    move(rekey, "", -1);
    if (!rekey->is_chunks) {
        rekey->is_chunks = 1;
        return NULL;
    }
    rekey->is_chunks = 0;
    if (rekey->changed_in_pass == 0) {
        rekey->is_done = 1;
        return rekey->unreadable || rekey->left_plain
                   ? NULL
                   : bt_db_transaction(db, forget_others, NULL, pool);
    }
    rekey->changed_in_pass = 0;
    rekey->unreadable = rekey->left_plain = 0;
    return NULL;
}

bt_err_t *bt_rekey_step(bt_rekey_t *rekey, bt_db_t *db, apr_pool_t *pool)
{
    batch_t batch = {.rekey = rekey};
    if (!rekey->is_begun) {
        BT_TRY(bt_keys_check(db, pool));
        BT_TRY(bt_db_transaction(db, bt_keys_rehash, NULL, pool));
        move(rekey, "", -1);
        rekey->is_begun = 1;
    }
    BT_TRY(next_rows(&batch.rows, rekey, db, pool));
    if (!batch.rows->n_rows)
        return end_of_table(rekey, db, pool);
    BT_TRY(bt_db_transaction(db, renew_batch, &batch, pool));
    rekey->changed_in_pass += batch.changed;
    rekey->were_plain += batch.were_plain;
    rekey->unreadable += batch.unreadable;
    if (batch.left_plain && !rekey->left_plain)
        apr_cpystrn(rekey->first_plain, batch.first_plain, sizeof(rekey->first_plain));
    rekey->left_plain += batch.left_plain;
    *(rekey->is_chunks ? &rekey->chunks : &rekey->analyses) += batch.changed;
    const char **last = batch.rows->cells[batch.rows->n_rows - 1];
    move(rekey, last[0], rekey->is_chunks ? (int)bt_cell_int(last[1]) : -1);
    return NULL;
}
