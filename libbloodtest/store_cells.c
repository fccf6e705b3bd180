/* SPDX-License-Identifier: Apache-2.0
 * Seals and opens cells where they belong: each is bound to its table, column and analysis, a row
 * of a document to its number too.
 */
#include "store_cells.h"

static const char *const columns[] = {
#define BT_COLUMN(name) #name,
    BT_SEALED_COLUMNS(BT_COLUMN)
#undef BT_COLUMN
};

static bt_place_t place_of(bt_column_t column, const char *id)
{
    return (bt_place_t){"analysis_results", columns[column], id, 0};
}

static bt_place_t place_of_chunk(const char *id, int seq)
{
    return (bt_place_t){"report_documents", "content", id, seq};
}

const char *bt_cell_seal(bt_db_t *db, bt_column_t column, const char *id, const char *text,
                         apr_pool_t *pool)
{
    const bt_place_t place = place_of(column, id);
    return bt_seal_text(text, &place, bt_db_keys(db), pool);
}

bt_err_t *bt_cell_open(const char **cell, bt_db_t *db, bt_column_t column, const char *id,
                       apr_pool_t *pool)
{
    const bt_place_t place = place_of(column, id);
    return bt_open_text(cell, *cell, &place, bt_db_keys(db), pool);
}

int bt_cell_is_unreadable(const bt_err_t *err)
{
    return err && (err->code == BT_E_SEAL_BROKEN || err->code == BT_E_KEY_MISSING);
}

void bt_analysis_open(bt_analysis_t *analysis, bt_db_t *db, apr_pool_t *pool)
{
    const struct {
        const char **cell;
        bt_column_t column;
    } cells[] = {{&analysis->original_filename, BT_COLUMN_original_filename},
                 {&analysis->query, BT_COLUMN_query},
                 {&analysis->error_text, BT_COLUMN_error_text},
                 {&analysis->analysis_json, BT_COLUMN_analysis_json}};
    const size_t n = sizeof(cells) / sizeof(*cells);
    for (size_t i = 0; i < n && !analysis->problem; i++)
        analysis->problem = bt_cell_open(cells[i].cell, db, cells[i].column, analysis->id, pool);
    for (size_t i = 0; i < n && analysis->problem; i++)
        *cells[i].cell = NULL;
}

bt_bytes_t bt_chunk_seal(bt_db_t *db, const char *id, int seq, bt_bytes_t plain, apr_pool_t *pool)
{
    const bt_place_t place = place_of_chunk(id, seq);
    return bt_seal_bytes(plain, &place, bt_db_keys(db), pool);
}

bt_err_t *bt_chunk_open(bt_bytes_t *plain, bt_db_t *db, const char *id, int seq, bt_bytes_t cell,
                        apr_pool_t *pool)
{
    const bt_place_t place = place_of_chunk(id, seq);
    return bt_open_bytes(plain, cell, &place, bt_db_keys(db), pool);
}

const char *bt_cell_digest(bt_db_t *db, bt_digest_t what, const char *sha256, apr_pool_t *pool)
{
    return bt_digest_keyed(sha256, what, bt_db_keys(db), pool);
}
