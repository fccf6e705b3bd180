/* SPDX-License-Identifier: Apache-2.0
 * Between the stores: cells that are sealed on their way into the tables and opened on their way
 * out, with the keys of the connection.  Which columns those are is said in one list.
 */
#ifndef BT_STORE_CELLS_H
#define BT_STORE_CELLS_H

#include "store.h"

/* Columns of analysis_results that are sealed, in the order of the statements rekey_row and
 * rekey_store. */
#define BT_SEALED_COLUMNS(COLUMN)                                                                  \
    COLUMN(original_filename)                                                                      \
    COLUMN(query)                                                                                  \
    COLUMN(options)                                                                                \
    COLUMN(analysis_json)                                                                          \
    COLUMN(summary)                                                                                \
    COLUMN(doctor_analysis)                                                                        \
    COLUMN(nutrition_analysis)                                                                     \
    COLUMN(exercise_analysis)                                                                      \
    COLUMN(verification_analysis)                                                                  \
    COLUMN(error_text)

typedef enum {
#define BT_COLUMN(name) BT_COLUMN_##name,
    BT_SEALED_COLUMNS(BT_COLUMN)
#undef BT_COLUMN
        BT_COLUMN_COUNT
} bt_column_t;

/** The cell to store for a text of the analysis `id`. */
const char *bt_cell_seal(bt_db_t *db, bt_column_t column, const char *id, const char *text,
                         apr_pool_t *pool);

/** Open the stored cell in place. */
bt_err_t *bt_cell_open(const char **cell, bt_db_t *db, bt_column_t column, const char *id,
                       apr_pool_t *pool);

/** Whether that failed for what the one cell holds, and not for the whole database. */
int bt_cell_is_unreadable(const bt_err_t *err);

/** Open what a row of the statement analysis_status or analysis_result holds, or note why not. */
void bt_analysis_open(bt_analysis_t *analysis, bt_db_t *db, apr_pool_t *pool);

/** A row of report_documents, sealed; and opened again. */
bt_bytes_t bt_chunk_seal(bt_db_t *db, const char *id, int seq, bt_bytes_t plain, apr_pool_t *pool);
bt_err_t *bt_chunk_open(bt_bytes_t *plain, bt_db_t *db, const char *id, int seq, bt_bytes_t cell,
                        apr_pool_t *pool);

/** Make plain digests of submissions keyed ones; the body of a transaction. */
bt_err_t *bt_keys_rehash(bt_db_t *db, void *baton, apr_pool_t *pool);

/** The digest to store for a plain one. */
const char *bt_cell_digest(bt_db_t *db, bt_digest_t what, const char *sha256, apr_pool_t *pool);

#endif
