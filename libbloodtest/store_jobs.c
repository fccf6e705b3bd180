/* SPDX-License-Identifier: Apache-2.0
 * Ends of an attempt: completed, failed, queued again, handed back, reaped.  Each is one
 * transaction, guarded by the token of the claim; what finds no row changes nothing and is
 * BT_E_CLAIM_LOST.
 */
#include "store_jobs.h"

#include <apr_strings.h>
#include "store_cells.h"
#include "store_rows.h"

#define ANY_LEASE "9223372036854775807"

typedef struct end_t {
    const bt_job_t *job;
    const bt_json_t *result;     /* complete */
    const bt_failure_t *failure; /* fail */
    const char *lease_seen;      /* microseconds, or ANY_LEASE */
    const char *outcome;
} end_t;

static bt_err_t *lost(apr_pool_t *pool)
{
    return bt_error(pool, BT_E_CLAIM_LOST,
                    "the claim is another's now, or the job was cancelled or deleted");
}

static bt_err_t *end_attempt(bt_db_t *db, const end_t *end, apr_pool_t *pool)
{
    const bt_failure_t *failure = end->failure;
    const char *args[] = {
        end->outcome, failure && failure->signal ? bt_arg_int(failure->signal, pool) : NULL,
        failure ? failure->detail : NULL, end->job->id, bt_arg_int(end->job->attempt, pool)};
    return bt_db_exec(NULL, db, BT_Q_attempt_end, args, pool);
}

static bt_err_t *complete_body(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    const end_t *end = baton;
    const bt_job_t *job = end->job;
    const bt_json_t *result = end->result;
    const char *guard[] = {job->id, job->claim_token};
    int n;
    BT_TRY(bt_db_exec(&n, db, BT_Q_job_complete, guard, pool));
    if (!n)
        return lost(pool);
#define SEALED(column, text) bt_cell_seal(db, BT_COLUMN_##column, job->analysis_id, text, pool)
#define FIELD(column)        SEALED(column, bt_json_get_string(result, #column))
    const char *args[] = {
        SEALED(analysis_json, bt_json_dump(result, 0, pool)),
        FIELD(summary),
        FIELD(doctor_analysis),
        FIELD(nutrition_analysis),
        FIELD(exercise_analysis),
        FIELD(verification_analysis),
        bt_json_get_string(result, "engine"),
        bt_json_get_string(result, "knowledge_version"),
        bt_arg_int(job->claimed_at, pool),
        job->analysis_id,
    };
#undef FIELD
#undef SEALED
    BT_TRY(bt_db_exec(NULL, db, BT_Q_analysis_complete, args, pool));
    const char *analysis[] = {job->analysis_id};
    BT_TRY(bt_db_exec(NULL, db, BT_Q_document_delete, analysis, pool));
    return end_attempt(db, end, pool);
}

bt_err_t *bt_job_complete(bt_db_t *db, const bt_job_t *job, const bt_json_t *result,
                          apr_pool_t *pool)
{
    end_t end = {.job = job, .result = result, .outcome = BT_COMPLETED};
    return bt_db_transaction(db, complete_body, &end, pool);
}

static bt_err_t *again(bt_db_t *db, const end_t *end, apr_pool_t *pool)
{
    const bt_job_t *job = end->job;
    const apr_interval_time_t delay = end->failure->delay;
    const char *args[] = {delay < 0 ? NULL : bt_arg_int(delay, pool),
                          end->failure->is_crash ? "1" : "0", job->id, job->claim_token,
                          end->lease_seen};
    int n;
    BT_TRY(bt_db_exec(&n, db, BT_Q_job_again, args, pool));
    if (!n)
        return lost(pool);
    const char *analysis[] = {job->analysis_id};
    return bt_db_exec(NULL, db, BT_Q_analysis_requeue, analysis, pool);
}

static bt_err_t *for_good(bt_db_t *db, const end_t *end, const char *error_class, apr_pool_t *pool)
{
    const bt_job_t *job = end->job;
    const char *args[] = {end->failure->is_crash ? "1" : "0", job->id, job->claim_token,
                          end->lease_seen};
    int n;
    BT_TRY(bt_db_exec(&n, db, BT_Q_job_fail, args, pool));
    if (!n)
        return lost(pool);
    const char *text = end->failure->error_text;
    if (error_class != end->failure->error_class)
        text = bt_code_public(bt_code_from_slug(error_class));
    const char *analysis[] = {error_class,
                              bt_cell_seal(db, BT_COLUMN_error_text, job->analysis_id, text, pool),
                              bt_arg_int(job->claimed_at, pool), job->analysis_id};
    BT_TRY(bt_db_exec(NULL, db, BT_Q_analysis_fail, analysis, pool));
    /* The same file sent again is a new analysis, not this failure. */
    const char *id[] = {job->analysis_id};
    return bt_db_exec(NULL, db, BT_Q_duplicate_forget, id, pool);
}

static bt_err_t *fail_body(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    end_t *end = baton;
    const bt_failure_t *failure = end->failure;
    int crashes = end->job->crashes + (failure->is_crash ? 1 : 0);
    int is_poison = failure->is_crash && crashes >= BT_MAX_CRASHES;
    int has_budget = end->job->failures + 1 < BT_MAX_FAILURES;
    if ((failure->is_retryable || failure->is_crash) && !is_poison && has_budget) {
        BT_TRY(again(db, end, pool));
        end->outcome = "retried";
    } else {
        BT_TRY(
            for_good(db, end, is_poison ? bt_code_slug(BT_E_POISON) : failure->error_class, pool));
        end->outcome = BT_FAILED;
    }
    return end_attempt(db, end, pool);
}

bt_err_t *bt_job_fail(bt_db_t *db, const bt_job_t *job, const bt_failure_t *failure,
                      apr_pool_t *pool)
{
    end_t end = {.job = job, .failure = failure, .lease_seen = ANY_LEASE};
    return bt_db_transaction(db, fail_body, &end, pool);
}

bt_err_t *bt_job_expire(bt_db_t *db, const bt_job_t *job, const char *lease_seen, apr_pool_t *pool)
{
    bt_failure_t failure = {
        .error_class = bt_code_slug(BT_E_INTERNAL),
        .error_text = bt_code_public(BT_E_INTERNAL),
        .detail = "the lease ran out: the worker died, froze or lost the database",
        .is_retryable = 1,
        .delay = -1, /* it was interrupted, and goes on before those that came later */
    };
    end_t end = {.job = job, .failure = &failure, .lease_seen = lease_seen};
    return bt_db_transaction(db, fail_body, &end, pool);
}

static bt_err_t *release_body(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    const end_t *end = baton;
    const char *guard[] = {end->job->id, end->job->claim_token};
    int n;
    BT_TRY(bt_db_exec(&n, db, BT_Q_job_release, guard, pool));
    if (!n)
        return lost(pool);
    const char *analysis[] = {end->job->analysis_id};
    BT_TRY(bt_db_exec(NULL, db, BT_Q_analysis_requeue, analysis, pool));
    return end_attempt(db, end, pool);
}

bt_err_t *bt_job_release(bt_db_t *db, const bt_job_t *job, apr_pool_t *pool)
{
    end_t end = {.job = job, .outcome = "released"};
    return bt_db_transaction(db, release_body, &end, pool);
}
