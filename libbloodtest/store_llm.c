/* SPDX-License-Identifier: Apache-2.0
 * Answers of the language model, kept for the same facts, prompts and model.  They hold results, so
 * they are sealed like these, their key is a keyed digest, and they go with their analysis.
 */
#include "store_cells.h"
#include "store_rows.h"

#include "log.h"

#define MICROSECONDS_A_DAY 86400000000LL

static bt_place_t place_of(const char *key)
{
    return (bt_place_t){"llm_answers", "content", key, 0};
}

bt_err_t *bt_llm_answers_get(const char **answers, bt_db_t *db, const char *key, int days,
                             apr_pool_t *pool)
{
    const char *digest = bt_cell_digest(db, BT_DIGEST_DOCUMENT, key, pool);
    const char *args[] = {digest, bt_arg_int(days * MICROSECONDS_A_DAY, pool)};
    const bt_place_t place = place_of(digest);
    bt_rows_t *rows;
    *answers = NULL;
    BT_TRY(bt_db_select(&rows, db, BT_Q_llm_answers_get, args, pool));
    bt_err_t *err = rows->n_rows
                        ? bt_open_text(answers, rows->cells[0][0], &place, bt_db_keys(db), pool)
                        : NULL;
    if (!err)
        return NULL;
    /* As if it were not there: the model is asked again, and its answer takes this place. */
    *answers = NULL;
    if (err->code == BT_E_SEAL_BROKEN) /* and not only of a key that is gone */
        bt_log(BT_LOG_ERROR, "BT1067", "a kept answer of the language model is left out: %s",
               bt_error_text(err, pool));
    return NULL;
}

bt_err_t *bt_llm_answers_put(bt_db_t *db, const char *key, const char *analysis_id,
                             const char *answers, apr_pool_t *pool)
{
    const char *digest = bt_cell_digest(db, BT_DIGEST_DOCUMENT, key, pool);
    const bt_place_t place = place_of(digest);
    const char *args[] = {digest, analysis_id, bt_seal_text(answers, &place, bt_db_keys(db), pool)};
    return bt_db_exec(NULL, db, BT_Q_llm_answers_put, args, pool);
}

bt_err_t *bt_llm_answers_expire(bt_db_t *db, int days, apr_pool_t *pool)
{
    const char *args[] = {bt_arg_int(days * MICROSECONDS_A_DAY, pool)};
    return bt_db_exec(NULL, db, BT_Q_llm_answers_expire, args, pool);
}
