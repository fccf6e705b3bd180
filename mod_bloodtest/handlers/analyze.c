/* SPDX-License-Identifier: Apache-2.0
 * POST /analyze and POST /analyze_sync: take a report, and answer at once or when it was read.
 */
#include "../access.h"
#include "../backlog.h"
#include "../prefer.h"
#include "../rate.h"
#include "../respond.h"
#include "../submit.h"
#include "../upload.h"
#include "../wait.h"
#include "libbloodtest/render/render.h"

enum { LONGEST_RETRY = 10 /* seconds */ };

typedef struct accepted_t {
    const btm_upload_t *upload;
    const bt_submitted_t *submitted;
    const char *status; /* of the analysis */
    int seconds;        /* that it will probably take; 0: not known */
    int http;
} accepted_t;

static bt_err_t *accept_upload(accepted_t *accepted, btm_call_t *call)
{
    btm_upload_t *upload = NULL;
    bt_submitted_t *submitted = NULL;
    *accepted = (accepted_t){.http = HTTP_ACCEPTED};
    BT_TRY(btm_rate_begin_upload(call));
    BT_TRY(btm_backlog_check(call));
    BT_TRY(btm_upload_receive(&upload, call));
    BT_TRY(btm_submit(&submitted, &accepted->seconds, call, upload));
    accepted->upload = upload;
    accepted->submitted = submitted;
    accepted->status = submitted->status;
    if (submitted->is_cached)
        accepted->http = HTTP_OK;
    const char *path = apr_pstrcat(call->r->pool, "/status/", submitted->analysis_id, NULL);
    apr_table_setn(call->r->headers_out, "Location", btm_address(call, path));
    return NULL;
}

static const char *message_of(const accepted_t *accepted)
{
    if (strcmp(accepted->status, BT_COMPLETED) == 0)
        return "The analysis is complete; its results are ready.";
    if (btm_is_final(accepted->status))
        return "The analysis has ended without a result; its status says why.";
    return accepted->submitted->is_cached
               ? "This report was sent before; its analysis is under way."
               : "The report was accepted and is queued for analysis.";
}

/* When to ask first: jobs are often done before their estimate, so nobody is sent away for long. */
static int retry_after(int seconds)
{
    return seconds < 1 ? 1 : seconds > LONGEST_RETRY ? LONGEST_RETRY : seconds;
}

static void send_accepted(btm_call_t *call, const accepted_t *accepted)
{
    apr_pool_t *pool = call->r->pool;
    const char *id = accepted->submitted->analysis_id;
    int is_final = btm_is_final(accepted->status);
    bt_json_t *answer = bt_json_object(pool);
    bt_json_set_string(answer, "analysis_id", id);
    bt_json_set_string(answer, "task_id",
                       accepted->submitted->is_cached ? "cached" : accepted->submitted->task_id);
    bt_json_set_string(answer, "status", accepted->status);
    bt_json_set_string(answer, "message", message_of(accepted));
    if (is_final || accepted->seconds > 0)
        bt_json_set_int(answer, "estimated_completion_time", is_final ? 0 : accepted->seconds);
    else
        bt_json_set_null(answer, "estimated_completion_time");
    if (accepted->http == HTTP_ACCEPTED && btm_prefer_read(call).is_async)
        btm_prefer_applied(call, "respond-async");
    if (!is_final)
        apr_table_setn(call->r->headers_out, "Retry-After",
                       apr_itoa(pool, retry_after(accepted->seconds)));
    btm_respond_json(call, accepted->http, answer);
}

/* A browser's form goes on to the page of the result. */
static void send_browser_on(btm_call_t *call, const accepted_t *accepted)
{
    const char *path =
        apr_pstrcat(call->r->pool, "/results/", accepted->submitted->analysis_id, NULL);
    apr_table_setn(call->r->headers_out, "Location", btm_address(call, path));
    btm_respond_body(call, HTTP_SEE_OTHER, "text/plain; charset=utf-8",
                     "See the page of the result.\n");
}

bt_err_t *btm_handle_analyze(btm_call_t *call)
{
    accepted_t accepted;
    BT_TRY(accept_upload(&accepted, call));
    if (call->media == BTM_MEDIA_HTML) {
        send_browser_on(call, &accepted);
        return NULL;
    }
    int seconds = btm_prefer_read(call).wait;
    bt_analysis_t *analysis = NULL;
    if (seconds > 0 && !btm_wait_final(&analysis, call, seconds)) {
        accepted.status = analysis->status;
        if (btm_is_final(accepted.status))
            accepted.http = HTTP_OK;
    }
    send_accepted(call, &accepted);
    return NULL;
}

static bt_err_t *send_success(btm_call_t *call, const accepted_t *accepted)
{
    apr_pool_t *pool = call->r->pool;
    bt_analysis_t *analysis = NULL;
    bt_json_t *result = NULL;
    BT_TRY(btm_access_result(&analysis, call));
    if (!analysis->analysis_json)
        return btm_access_unfinished(call, analysis);
    BT_TRY(btm_access_stored(&result, call, analysis));
    bt_json_t *answer = bt_json_object(pool);
    bt_json_set_string(answer, "status", "success");
    bt_json_set_string(answer, "analysis_id", analysis->id);
    bt_json_set_string(answer, "query", analysis->query);
    bt_json_set_string(answer, "analysis", bt_render_text(result, pool));
    bt_json_set_string(answer, "file_processed", accepted->upload->file_name);
    bt_json_set_string(answer, "disclaimer", bt_json_get_string(result, "disclaimer"));
    btm_respond_json(call, HTTP_OK, answer);
    return NULL;
}

/* As long as may be, unless the client has less patience or none. */
static int sync_seconds(const btm_call_t *call)
{
    const btm_prefer_t prefer = btm_prefer_read(call);
    if (prefer.wait >= 0)
        return prefer.wait;
    return prefer.is_async ? 0 : call->dir->sync_timeout;
}

bt_err_t *btm_handle_analyze_sync(btm_call_t *call)
{
    accepted_t accepted;
    bt_analysis_t *analysis = NULL;
    BT_TRY(accept_upload(&accepted, call));
    bt_err_t *err = btm_wait_final(&analysis, call, sync_seconds(call));
    if (err || !btm_is_final(analysis->status)) { /* accepted: what follows is asked of /status */
        accepted.http = HTTP_ACCEPTED;
        send_accepted(call, &accepted);
        return NULL;
    }
    if (strcmp(analysis->status, BT_COMPLETED) != 0)
        return btm_access_unfinished(call, analysis);
    return send_success(call, &accepted);
}
