/* SPDX-License-Identifier: Apache-2.0
 * GET /results/{id} and GET /download/{id}: what was found, in the form the client reads.
 */
#include "../access.h"
#include "../negotiate.h"
#include "../page.h"
#include "../respond.h"
#include "libbloodtest/ids.h"
#include "libbloodtest/render/render.h"

static bt_err_t *fetch(bt_analysis_t **analysis, bt_json_t **result, btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    BT_TRY(btm_access_result(analysis, call));
    if (strcmp((*analysis)->status, BT_COMPLETED) != 0 || !(*analysis)->analysis_json)
        return btm_access_unfinished(call, *analysis);
    bt_json_t *stored = NULL;
    BT_TRY(btm_access_stored(&stored, call, *analysis));
    *result = bt_json_object(pool);
    bt_json_set_string(*result, "analysis_id", (*analysis)->id);
    bt_json_set_string(*result, "status", (*analysis)->status);
    bt_json_set_string(*result, "query", (*analysis)->query);
    bt_json_set_string(*result, "original_filename", (*analysis)->original_filename);
    bt_json_set_string(*result, "created_at", bt_time_iso((*analysis)->created_at, pool));
    bt_json_set_string(*result, "completed_at", bt_time_iso((*analysis)->completed_at, pool));
    bt_json_set_number(*result, "processing_time", (*analysis)->processing_time);
    for (const char **key = bt_json_keys(stored, pool); *key; key++) {
        if (!bt_json_get(*result, *key))
            bt_json_set_copy(*result, *key, bt_json_get(stored, *key));
    }
    return NULL;
}

static void send_page(btm_call_t *call, const bt_analysis_t *analysis, const bt_json_t *result)
{
    bt_buffer_t *page = btm_page_begin(call, analysis->original_filename);
    bt_buffer_add(page, "<p class=\"query\">");
    bt_buffer_add_html(page, analysis->query);
    bt_buffer_add(page, "</p>\n<p>");
    btm_page_link(page, call, apr_pstrcat(call->r->pool, "/download/", analysis->id, NULL),
                  "Download as text");
    bt_buffer_add(page, "</p>\n");
    bt_buffer_add(page, bt_render_html(result, call->r->pool));
    btm_page_send(call, HTTP_OK, page);
}

/* A browser that asks too early waits on a page that asks again by itself. */
static bt_err_t *unfinished_page(btm_call_t *call, const bt_analysis_t *analysis)
{
    bt_buffer_t *page = btm_page_begin(call, analysis->original_filename);
    apr_table_setn(call->r->err_headers_out, "Refresh", "2");
    apr_table_setn(call->r->err_headers_out, "Retry-After", "1");
    bt_buffer_addf(page,
                   "<p>This report is <strong>%s</strong>. The page asks again by itself.</p>\n",
                   analysis->status);
    btm_page_send(call, HTTP_CONFLICT, page);
    return NULL;
}

bt_err_t *btm_handle_results(btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    bt_analysis_t *analysis = NULL;
    bt_json_t *result = NULL;
    bt_err_t *err = fetch(&analysis, &result, call);
    if (err && err->code == BT_E_NOT_FINISHED && call->media == BTM_MEDIA_HTML)
        return unfinished_page(call, analysis);
    BT_TRY(err);
    if (btm_respond_not_modified(call, apr_psprintf(pool, "\"%s-%d-%d\"", analysis->id,
                                                    analysis->version, (int)call->media)))
        return NULL;
    if (call->media == BTM_MEDIA_HTML)
        send_page(call, analysis, result);
    else if (call->media == BTM_MEDIA_JSON)
        btm_respond_json(call, HTTP_OK, result);
    else
        btm_respond_body(call, HTTP_OK, btm_media_type(call->media),
                         call->media == BTM_MEDIA_TEXT ? bt_render_text(result, pool)
                                                       : bt_render_fhir(result, pool));
    return NULL;
}

bt_err_t *btm_handle_download(btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    bt_analysis_t *analysis = NULL;
    bt_json_t *result = NULL;
    BT_TRY(fetch(&analysis, &result, call));
    apr_table_setn(call->r->headers_out, "Content-Disposition",
                   apr_psprintf(pool, "attachment; filename=\"blood_test_%s.txt\"", analysis->id));
    btm_respond_body(call, HTTP_OK, btm_media_type(BTM_MEDIA_TEXT), bt_render_text(result, pool));
    return NULL;
}
