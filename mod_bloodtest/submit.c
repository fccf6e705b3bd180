/* SPDX-License-Identifier: Apache-2.0
 * From an upload to a job.  What the database has committed is accepted; Redis only makes it
 * quicker.
 */
#include "access.h"
#include "dbpool.h"
#include "figures.h"
#include "identity.h"
#include "libbloodtest/crash.h"
#include "libbloodtest/ids.h"
#include "redis.h"
#include "libbloodtest/store.h"
#include "submit.h"

static bt_err_t *store(bt_submitted_t **submitted, btm_figures_t *figures, btm_call_t *call,
                       const bt_submission_t *submission)
{
    apr_pool_t *pool = call->r->pool;
    btm_lease_t lease;
    BT_TRY(btm_db_take(&lease, call));
    int is_for_another = strcmp(submission->login, call->login) != 0;
    bt_err_t *err = is_for_another ? btm_access_caller(call, lease.db) : NULL;
    if (!err && btm_figures_read(figures, call, lease.db))
        figures->read_at = 0; /* the estimate is left out */
    if (!err)
        err = bt_store_submit(submitted, lease.db, submission, pool);
    if (!err)
        call->id = (*submitted)->analysis_id;
    if (!err && !(*submitted)->is_cached)
        btm_figures_add(call, submission->priority);
    return btm_db_give(&lease, call, err);
}

/* The hint was not sent: let the next sweep of a worker send it. */
static void unhint(const btm_call_t *call, const char *task_id)
{
    btm_lease_t lease;
    bt_err_t *err = btm_db_take(&lease, call);
    if (!err)
        err = btm_db_give(&lease, call, bt_house_unhint(lease.db, task_id, call->r->pool));
    if (err)
        ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, call->r,
                      "BT2103: job %s has no hint, its worker will find it later: %s", task_id,
                      bt_error_text(err, call->r->pool));
}

void btm_submit_hint(const btm_call_t *call, const char *task_id, int priority)
{
    apr_pool_t *pool = call->r->pool;
    bt_err_t *err = NULL;
    if (call->dir->redis)
        err = btm_redis_hint(call->dir->redis, task_id, priority, pool);
    if (err)
        ap_log_rerror(APLOG_MARK, APLOG_WARNING, 0, call->r, "BT2102: no hint was sent: %s",
                      bt_error_text(err, pool));
    if (err || !call->dir->redis)
        unhint(call, task_id);
}

bt_err_t *btm_submit(bt_submitted_t **submitted, int *seconds, btm_call_t *call,
                     const btm_upload_t *upload)
{
    apr_pool_t *pool = call->r->pool;
    bt_submission_t submission = {
        .analysis_id = bt_uuid_create(pool),
        .task_id = bt_uuid_create(pool),
        .original_filename = upload->file_name,
        .query = upload->query,
        .options_json = upload->options_json,
        .patient_ref = upload->patient_ref,
        .priority = upload->priority,
        .document_fd = upload->fd,
        .file_size = upload->size,
        .file_hash = upload->hash,
        .idempotency_key = upload->idempotency_key,
    };
    btm_figures_t figures = {.read_at = 0};
    BT_TRY(btm_owner_of(&submission.login, call, upload->user_id));
    bt_crash_point("after_spool");
    bt_err_t *err = store(submitted, &figures, call, &submission);
    if (err && bt_is_sabotaged("early_ack")) {
        *submitted = apr_pcalloc(pool, sizeof **submitted);
        **submitted = (bt_submitted_t){submission.analysis_id, submission.task_id, BT_QUEUED, 0};
        return NULL;
    }
    BT_TRY(err);
    bt_crash_point("after_submit_commit");
    if (!(*submitted)->is_cached)
        btm_submit_hint(call, (*submitted)->task_id, upload->priority);
    bt_crash_point("before_answer");
    *seconds = figures.read_at ? btm_figures_estimate(&figures, upload->priority) : 0;
    return NULL;
}
