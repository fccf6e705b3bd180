/* SPDX-License-Identifier: Apache-2.0
 * Accepting a submission: analysis, document and job in one transaction, or the id of the analysis
 * that it repeats.
 *
 * A row of submission_keys decides what is a repetition, under the lock of that row, so that ten
 * identical uploads at once give one analysis.  PostgreSQL does the usual case in one statement;
 * everything else is the same transaction on both databases.
 */
#include "store_cells.h"
#include "store_rows.h"

#include <string.h>
#include <errno.h>
#include <unistd.h>
#include <apr_strings.h>
#include "ids.h"
#include "log.h"

#define DUPLICATE_TTL   "86400000000" /* 24 h in microseconds */
#define IDEMPOTENCY_TTL "86400000000" /* as long: a client's retries are over by then */

typedef struct submit_t {
    const bt_submission_t *in;
    const char *user_id;
    const char *content_key;                  /* digest of what makes two submissions the same */
    const char *file_hash, *patient_ref_hash; /* keyed */
    const char *original_filename, *query, *options_json; /* sealed */
    const char *earlier_id; /* out: the analysis that this one repeats, or NULL */
} submit_t;

static void digest_add(bt_sha256_t *sha, const char *text)
{
    bt_sha256_add(sha, text ? text : "",
                  text ? strlen(text) + 1 : 1); /* with its NUL, so that fields stay apart */
}

static const char *digest_of(const char *const *parts, int n, apr_pool_t *pool)
{
    bt_sha256_t sha;
    bt_sha256_start(&sha);
    for (int i = 0; i < n; i++)
        digest_add(&sha, parts[i]);
    return bt_sha256_end(&sha, pool);
}

static void prepare_keys(submit_t *submit, bt_db_t *db, const bt_submission_t *in, apr_pool_t *pool)
{
    const char *content[] = {in->file_hash, in->query, in->options_json, in->patient_ref};
    submit->content_key =
        bt_cell_digest(db, BT_DIGEST_SUBMISSION, digest_of(content, 4, pool), pool);
    submit->file_hash = bt_cell_digest(db, BT_DIGEST_DOCUMENT, in->file_hash, pool);
    submit->patient_ref_hash = bt_store_person(db, in->login, in->patient_ref, pool);
}

const char *bt_store_person(bt_db_t *db, const char *login, const char *patient_ref,
                            apr_pool_t *pool)
{
    const char *person[] = {"patient_ref", login, patient_ref};
    return patient_ref ? bt_cell_digest(db, BT_DIGEST_PATIENT, digest_of(person, 3, pool), pool)
                       : NULL;
}

static const char *key_digest(bt_db_t *db, const char *idempotency_key, apr_pool_t *pool)
{
    return bt_cell_digest(db, BT_DIGEST_SUBMISSION, digest_of(&idempotency_key, 1, pool), pool);
}

static void seal_cells(submit_t *submit, bt_db_t *db, const bt_submission_t *in, apr_pool_t *pool)
{
    const char *id = in->analysis_id;
    submit->original_filename =
        bt_cell_seal(db, BT_COLUMN_original_filename, id, in->original_filename, pool);
    submit->query = bt_cell_seal(db, BT_COLUMN_query, id, in->query, pool);
    submit->options_json = bt_cell_seal(db, BT_COLUMN_options, id, in->options_json, pool);
}

/* Row `seq` of the document, as it is stored. */
static bt_err_t *read_chunk(bt_bytes_t *stored, bt_db_t *db, const bt_submission_t *in, int seq,
                            apr_pool_t *pool)
{
    const long long offset = (long long)seq * BT_CHUNK_BYTES;
    long long left = in->file_size - offset;
    size_t want = left > BT_CHUNK_BYTES ? BT_CHUNK_BYTES : (size_t)left, have = 0;
    char *chunk = apr_palloc(pool, want + 1);
    while (have < want) {
        ssize_t n =
            pread(in->document_fd, chunk + have, want - have, (off_t)(offset + (long long)have));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return bt_error(pool, BT_E_INTERNAL, "the spooled document ends early");
        have += (size_t)n;
    }
    const bt_bytes_t plain = {(const unsigned char *)chunk, want};
    *stored = bt_chunk_seal(db, in->analysis_id, seq, plain, pool);
    return NULL;
}

/* PostgreSQL, a document of one chunk, no idempotency key.  *was_done is 0 where the user is not
 * known yet. */
static bt_err_t *submit_once(int *was_done, bt_db_t *db, submit_t *submit, apr_pool_t *pool)
{
    const bt_submission_t *in = submit->in;
    const bt_actor_t *actor = bt_db_actor(db);
    bt_bytes_t chunk;
    BT_TRY(read_chunk(&chunk, db, in, 0, pool));
    const char *args[] = {
        in->login,
        submit->content_key,
        in->analysis_id,
        submit->original_filename,
        bt_arg_int(in->file_size, pool),
        submit->file_hash,
        submit->query,
        submit->options_json,
        submit->patient_ref_hash,
        in->analysis_id,
        (const char *)chunk.bytes,
        bt_arg_int((long long)chunk.length, pool),
        "",
        "",
        in->task_id,
        bt_arg_int(in->priority, pool),
        actor ? actor->who : NULL,
        actor ? actor->address : NULL,
        in->analysis_id,
        actor ? actor->who : NULL,
    };
    bt_rows_t *rows;
    BT_TRY(bt_db_select(&rows, db, BT_Q_submit_once, args, pool));
    *was_done = rows->n_rows == 1 && rows->cells[0][0];
    if (*was_done && strcmp(rows->cells[0][0], in->analysis_id))
        submit->earlier_id = rows->cells[0][0];
    return NULL;
}

static bt_err_t *take_key(bt_db_t *db, submit_t *submit, const char *kind, const char *key_hash,
                          apr_pool_t *pool)
{
    const char *ttl = !strcmp(kind, "duplicate") ? DUPLICATE_TTL : IDEMPOTENCY_TTL;
    const char *args[] = {submit->user_id,         kind, key_hash, submit->content_key,
                          submit->in->analysis_id, ttl};
    bt_rows_t *rows;
    BT_TRY(bt_db_select(&rows, db, BT_Q_key_take, args, pool));
    if (rows->n_rows != 1 || !rows->cells[0][0])
        return bt_error(pool, BT_E_DB_ERROR, "key_take answered no row");
    if (!strcmp(rows->cells[0][0], submit->in->analysis_id))
        return NULL;
    if (!rows->cells[0][1] || strcmp(rows->cells[0][1], submit->content_key)) {
        if (!strcmp(kind, "idempotency"))
            return bt_error(pool, BT_E_KEY_REUSED, "idempotency key used for another body");
    }
    submit->earlier_id = rows->cells[0][0];
    return NULL;
}

static bt_err_t *insert_chunks(bt_db_t *db, const bt_submission_t *in, apr_pool_t *pool)
{
    apr_pool_t *iteration;
    apr_pool_create(&iteration, pool);
    for (int seq = 0; (long long)seq * BT_CHUNK_BYTES < in->file_size; seq++) {
        apr_pool_clear(iteration);
        bt_bytes_t chunk;
        BT_TRY(read_chunk(&chunk, db, in, seq, iteration));
        const char *args[] = {in->analysis_id,
                              bt_arg_int(seq, iteration),
                              (const char *)chunk.bytes,
                              bt_arg_int((long long)chunk.length, iteration),
                              "",
                              ""};
        BT_TRY(bt_db_exec(NULL, db, BT_Q_submit_chunk, args, iteration));
    }
    apr_pool_destroy(iteration);
    return NULL;
}

static bt_err_t *submit_body(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    submit_t *submit = baton;
    const bt_submission_t *in = submit->in;
    submit->earlier_id = NULL;
    if (in->idempotency_key) {
        BT_TRY(
            take_key(db, submit, "idempotency", key_digest(db, in->idempotency_key, pool), pool));
        if (submit->earlier_id)
            return bt_audit(db, "submit", submit->earlier_id, "cached", pool);
    }
    BT_TRY(take_key(db, submit, "duplicate", submit->content_key, pool));
    if (submit->earlier_id) {
        BT_TRY(bt_audit(db, "submit", submit->earlier_id, "cached", pool));
        if (!in->idempotency_key)
            return NULL;
        /* The idempotency key was taken for our id a moment ago: let it mean the earlier analysis.
         */
        const char *forget[] = {in->analysis_id};
        BT_TRY(bt_db_exec(NULL, db, BT_Q_keys_delete_of, forget, pool));
        const char *args[] = {
            submit->user_id,     "idempotency",      key_digest(db, in->idempotency_key, pool),
            submit->content_key, submit->earlier_id, IDEMPOTENCY_TTL};
        bt_rows_t *rows;
        return bt_db_select(&rows, db, BT_Q_key_take, args, pool);
    }
    const char *analysis[] = {in->analysis_id,           submit->user_id,
                              submit->original_filename, bt_arg_int(in->file_size, pool),
                              submit->file_hash,         submit->query,
                              submit->options_json,      submit->patient_ref_hash};
    BT_TRY(bt_db_exec(NULL, db, BT_Q_submit_analysis, analysis, pool));
    BT_TRY(insert_chunks(db, in, pool));
    const char *job[] = {in->task_id, in->analysis_id, bt_arg_int(in->priority, pool)};
    BT_TRY(bt_db_exec(NULL, db, BT_Q_submit_job, job, pool));
    return bt_audit(db, "submit", in->analysis_id, "ok", pool);
}

static bt_err_t *look_up(bt_submitted_t **submitted, bt_db_t *db, const char *id, apr_pool_t *pool)
{
    const char *args[] = {id};
    bt_rows_t *rows;
    *submitted = NULL;
    BT_TRY(bt_db_select(&rows, db, BT_Q_submitted, args, pool));
    if (!rows->n_rows)
        return NULL;
    bt_submitted_t *found = apr_pcalloc(pool, sizeof(*found));
    found->analysis_id = rows->cells[0][0];
    found->task_id = rows->cells[0][1];
    found->status = rows->cells[0][2];
    *submitted = found;
    return NULL;
}

/* Everything but the usual case, or the usual case of a user who is not known yet. */
static bt_err_t *submit_in_transaction(bt_db_t *db, submit_t *submit, apr_pool_t *pool)
{
    bt_user_t *user;
    BT_TRY(bt_user_ensure(&user, db, submit->in->login, pool));
    if (!user->is_active)
        return bt_error(pool, BT_E_FORBIDDEN, "the user is not active");
    submit->user_id = user->id;
    return bt_db_transaction(db, submit_body, submit, pool);
}

static bt_err_t *find_earlier(bt_submitted_t **submitted, bt_db_t *db, const submit_t *submit,
                              apr_pool_t *pool)
{
    BT_TRY(look_up(submitted, db, submit->earlier_id, pool));
    if (*submitted)
        (*submitted)->is_cached = 1;
    return NULL;
}

static bt_err_t *accept_or_find(bt_db_t *db, submit_t *submit, apr_pool_t *pool)
{
    const bt_submission_t *in = submit->in;
    int was_done = 0;
    submit->earlier_id = NULL;
    if (bt_db_kind(db) == BT_DB_PGSQL && !in->idempotency_key && in->file_size <= BT_CHUNK_BYTES)
        BT_TRY(submit_once(&was_done, db, submit, pool));
    return was_done ? NULL : submit_in_transaction(db, submit, pool);
}

bt_err_t *bt_store_submit(bt_submitted_t **submitted, bt_db_t *db, const bt_submission_t *in,
                          apr_pool_t *pool)
{
    submit_t submit = {.in = in};
    prepare_keys(&submit, db, in, pool);
    seal_cells(&submit, db, in, pool);
    bt_err_t *err = accept_or_find(db, &submit, pool);
    if (!err && submit.earlier_id) {
        BT_TRY(find_earlier(submitted, db, &submit, pool));
        if (*submitted)
            return NULL;
        /* Deleted, and this key with it or, where it was taken in the same moment, left behind: it
         * would answer for an analysis that is gone until it expires. */
        const char *gone[] = {submit.earlier_id};
        BT_TRY(bt_db_exec(NULL, db, BT_Q_keys_delete_of, gone, pool));
        err = accept_or_find(db, &submit, pool);
    }
    if (err && err->code == BT_E_DB_AWAY && !look_up(submitted, db, in->analysis_id, pool) &&
        *submitted) {
        bt_log(BT_LOG_NOTICE, "BT0103", "a commit of unknown outcome had succeeded");
        return NULL;
    }
    BT_TRY(err);
    if (submit.earlier_id) {
        BT_TRY(find_earlier(submitted, db, &submit, pool));
        return *submitted
                   ? NULL
                   : bt_error(pool, BT_E_DB_AWAY,
                              "the analysis that this submission repeats has just been deleted");
    }
    *submitted = apr_pcalloc(pool, sizeof(**submitted));
    (*submitted)->analysis_id = in->analysis_id;
    (*submitted)->task_id = in->task_id;
    (*submitted)->status = BT_QUEUED;
    return NULL;
}
