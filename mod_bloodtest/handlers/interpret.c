/* SPDX-License-Identifier: Apache-2.0
 * POST /interpret: facts in, their interpretation out, in one request and without a document.
 * Nothing of it is stored; the audit log says that it was asked, never what.
 */
#include "../access.h"
#include "../negotiate.h"
#include "../page.h"
#include "../respond.h"
#include "../spool.h"
#include "../upload.h"
#include "libbloodtest/interpret/interpret.h"
#include "libbloodtest/render/render.h"

static bt_err_t *check_type(const btm_call_t *call)
{
    static const char wanted[] = "application/json";
    const char *type = apr_table_get(call->r->headers_in, "Content-Type");
    size_t length = type ? strcspn(type, "; \t") : 0;
    if (length != sizeof(wanted) - 1 || strncasecmp(type, wanted, length) != 0)
        return bt_error(call->r->pool, BT_E_NOT_JSON, "the body is no application/json");
    return NULL;
}

static bt_err_t *check_caller(const btm_call_t *call)
{
    btm_lease_t lease;
    BT_TRY(btm_db_take(&lease, call));
    return btm_db_give(&lease, call, btm_access_caller(call, lease.db));
}

static apr_off_t limit_of(const btm_call_t *call)
{
    return call->dir->max_upload < BT_MAX_FACTS_BYTES ? call->dir->max_upload : BT_MAX_FACTS_BYTES;
}

static bt_err_t *receive(bt_json_t **facts, btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    btm_spool_t *body = NULL;
    size_t length = 0;
    BT_TRY(btm_spool_create(&body, call, 0));
    BT_TRY(btm_spool_body(body, call, limit_of(call)));
    size_t size = (size_t)btm_spool_size(body);
    char *text = apr_palloc(pool, size + 1);
    BT_TRY(btm_spool_read(&length, body, text, size, 0));
    text[length] = '\0';
    return bt_json_parse(facts, text, length, pool);
}

static bt_err_t *interpret(bt_json_t **result, const bt_json_t *facts, const btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    const bt_catalogue_t *knowledge =
        call->dir->knowledge ? call->dir->knowledge : btm_server_of(call->r->server)->knowledge;
    bt_report_t *report = NULL;
    bt_context_t context;
    BT_TRY(bt_facts_read(&report, &context, facts, knowledge, pool));
    context.for_patient = call->dir->for_patient;
    return bt_interpret(result, report, &context, knowledge, pool);
}

static void audit(const btm_call_t *call, const char *outcome)
{
    btm_lease_t lease;
    bt_err_t *err = btm_db_take(&lease, call);
    if (!err) {
        err = bt_audit(lease.db, "interpret", NULL, outcome, call->r->pool);
        btm_db_give(&lease, call, NULL);
    }
    if (err)
        btm_respond_log(call, err);
}

static void send_result(btm_call_t *call, const bt_json_t *result)
{
    apr_pool_t *pool = call->r->pool;
    if (call->media == BTM_MEDIA_JSON) {
        btm_respond_json(call, HTTP_OK, result);
    } else if (call->media == BTM_MEDIA_HTML) {
        bt_buffer_t *page = btm_page_begin(call, "Interpretation");
        bt_buffer_add(page, bt_render_html(result, pool));
        btm_page_send(call, HTTP_OK, page);
    } else {
        btm_respond_body(call, HTTP_OK, btm_media_type(call->media),
                         call->media == BTM_MEDIA_TEXT ? bt_render_text(result, pool)
                                                       : bt_render_fhir(result, pool));
    }
}

bt_err_t *btm_handle_interpret(btm_call_t *call)
{
    bt_json_t *facts = NULL, *result = NULL;
    BT_TRY(btm_upload_check_length(call, limit_of(call)));
    BT_TRY(check_type(call));
    BT_TRY(check_caller(call));
    BT_TRY(receive(&facts, call));
    bt_err_t *err = interpret(&result, facts, call);
    audit(call, err ? "refused" : "ok");
    BT_TRY(err);
    send_result(call, result);
    return NULL;
}
