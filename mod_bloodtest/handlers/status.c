/* SPDX-License-Identifier: Apache-2.0
 * GET /status/{id}: how far an analysis is.  Polled by every client, so an unchanged one costs one
 * row and no body.
 */
#include "../access.h"
#include "../prefer.h"
#include "../respond.h"
#include "../wait.h"
#include "libbloodtest/ids.h"

static bt_json_t *status_of(const bt_analysis_t *analysis, apr_pool_t *pool)
{
    const char *stage = analysis->stage;
    bt_json_t *status = bt_json_object(pool);
    bt_json_set_string(status, "analysis_id", analysis->id);
    bt_json_set_string(status, "status", analysis->status);
    bt_json_set_string(status, "stage", stage && *stage ? stage : NULL);
    bt_json_set_string(status, "created_at", bt_time_iso(analysis->created_at, pool));
    bt_json_set_string(status, "query", analysis->query);
    bt_json_set_string(status, "original_filename", analysis->original_filename);
    bt_json_set_string(status, "completed_at", bt_time_iso(analysis->completed_at, pool));
    bt_json_set_number(status, "processing_time", analysis->processing_time);
    bt_json_set_int(status, "retry_count", analysis->retry_count);
    bt_json_set_string(status, "error_class", analysis->error_class);
    bt_json_set_string(status, "error_message", analysis->error_text);
    return status;
}

bt_err_t *btm_handle_status(btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    bt_analysis_t *analysis = NULL;
    int seconds = btm_prefer_read(call).wait;
    if (seconds > 0)
        BT_TRY(btm_wait_final(&analysis, call, seconds));
    else
        BT_TRY(btm_access_status(&analysis, call));
    if (!btm_is_final(analysis->status))
        apr_table_setn(call->r->headers_out, "Retry-After", "1");
    /* The stage and the retries are the job's; the version counts changes of the analysis only. */
    const char *stage = analysis->stage ? analysis->stage : "";
    if (btm_respond_not_modified(call,
                                 apr_psprintf(pool, "\"%s-%d-%d%s\"", analysis->id,
                                              analysis->version, analysis->retry_count, stage)))
        return NULL;
    btm_respond_json(call, HTTP_OK, status_of(analysis, pool));
    return NULL;
}
