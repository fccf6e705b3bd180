/* SPDX-License-Identifier: Apache-2.0
 * GET /analyses: the caller's analyses, newest first; an operator's view goes over all owners.
 */
#include "../access.h"
#include "../identity.h"
#include "../query.h"
#include "../respond.h"
#include "libbloodtest/ids.h"
#include "libbloodtest/text.h"

enum { USUAL_LIMIT = 100, MAX_SKIP = 10 * 1000 * 1000, MAX_Q_BYTES = 64, MAX_CURSOR_BYTES = 128 };

#define CURSOR_VERSION "1"

static bt_err_t *read_number(int *number, const btm_call_t *call, const char *name, int most)
{
    const char *text = btm_query_get(call->r, name);
    long long value = 0;
    if (!text || !*text)
        return NULL;
    if (bt_text_to_int64(&value, text) < 0 || value < 0)
        return bt_error_hint(call->r->pool, BT_E_FIELD_INVALID,
                             "'%s' takes a whole number, 0 or more.", name);
    *number = value > most ? most : (int)value;
    return NULL;
}

/* Where a page ended, for the client to give back: the version, time and id of its last row, as
 * hexadecimal.  It names a place among rows, not what may be seen: that the filters decide. */
static const char *cursor_behind(const bt_analysis_t *row, apr_pool_t *pool)
{
    const char *place =
        apr_psprintf(pool, CURSOR_VERSION ":%" APR_TIME_T_FMT ":%s", row->created_at, row->id);
    return bt_hex_encode((const unsigned char *)place, strlen(place), pool);
}

/* Only what cursor_behind() writes, byte for byte. */
static int cursor_read(bt_list_filter_t *filter, const char *cursor, apr_pool_t *pool)
{
    size_t length = 0;
    if (strlen(cursor) > MAX_CURSOR_BYTES)
        return 0;
    const char *bytes = (const char *)bt_hex_decode(&length, cursor, pool);
    if (!bytes)
        return 0;
    const char *place = apr_pstrmemdup(pool, bytes, length);
    const char *head = CURSOR_VERSION ":";
    const char *at = strncmp(place, head, strlen(head)) == 0 ? place + strlen(head) : NULL;
    const char *colon = at ? strchr(at, ':') : NULL;
    long long time = 0;
    if (!colon || bt_text_to_int64(&time, apr_pstrmemdup(pool, at, (size_t)(colon - at))) < 0 ||
        time < 0 || !bt_uuid_is_valid(colon + 1))
        return 0;
    const char *id = colon + 1;
    filter->before_at = time;
    filter->before_id = id;
    bt_analysis_t row = {.created_at = time, .id = id};
    return strcmp(cursor_behind(&row, pool), cursor) == 0;
}

static bt_err_t *read_place(bt_list_filter_t *filter, const btm_call_t *call)
{
    const char *cursor = btm_query_get(call->r, "cursor");
    BT_TRY(read_number(&filter->skip, call, "skip", MAX_SKIP));
    BT_TRY(read_number(&filter->limit, call, "limit", BT_LIST_MAX));
    if (!cursor || !*cursor)
        return NULL;
    if (!cursor_read(filter, cursor, call->r->pool))
        return bt_error_hint(call->r->pool, BT_E_FIELD_INVALID,
                             "'cursor' is none that this list gave out.");
    if (filter->skip > 0)
        return bt_error_hint(call->r->pool, BT_E_FIELD_INVALID,
                             "'cursor' and 'skip' exclude each other.");
    return NULL;
}

static bt_err_t *read_filter(bt_list_filter_t *filter, const btm_call_t *call)
{
    static const char *const states[] = {BT_QUEUED, BT_PROCESSING, BT_COMPLETED, BT_FAILED,
                                         BT_CANCELLED};
    apr_pool_t *pool = call->r->pool;
    const char *user_id = btm_query_get(call->r, "user_id");
    const char *status = btm_query_get(call->r, "status"), *q = btm_query_get(call->r, "q");
    *filter = (bt_list_filter_t){.limit = USUAL_LIMIT};
    BT_TRY(btm_owner_of(&filter->login, call, user_id));
    if (call->is_operator && (!user_id || !*user_id))
        filter->login = NULL;
    BT_TRY(read_place(filter, call));
    for (size_t i = 0; status && *status && i < sizeof(states) / sizeof(states[0]); i++) {
        if (strcmp(status, states[i]) == 0)
            filter->status = states[i];
    }
    if (status && *status && !filter->status)
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "'status' takes queued, processing, completed, failed or cancelled.");
    if (q && strlen(q) > MAX_Q_BYTES)
        return bt_error_hint(pool, BT_E_FIELD_INVALID, "'q' takes at most 64 bytes.");
    filter->q = q && *q ? q : NULL;
    return NULL;
}

static void add_row(bt_json_t *list, const bt_analysis_t *analysis, apr_pool_t *pool)
{
    bt_json_t *row = bt_json_push_object(list);
    bt_json_set_string(row, "analysis_id", analysis->id);
    bt_json_set_string(row, "status", analysis->status);
    bt_json_set_string(row, "original_filename", analysis->original_filename);
    bt_json_set_string(row, "query", analysis->query);
    bt_json_set_string(row, "created_at", bt_time_iso(analysis->created_at, pool));
    bt_json_set_string(row, "completed_at", bt_time_iso(analysis->completed_at, pool));
    bt_json_set_number(row, "processing_time", analysis->processing_time);
    bt_json_set_string(row, "problem",
                       analysis->problem ? bt_code_slug(analysis->problem->code) : NULL);
}

/* "&name=value" of a parameter that was given, as it was given. */
static const char *again(const btm_call_t *call, const char *name)
{
    const char *value = btm_query_get(call->r, name);
    apr_pool_t *pool = call->r->pool;
    return value && *value ? apr_psprintf(pool, "&%s=%s", name, ap_escape_urlencoded(pool, value))
                           : "";
}

/* `place` is "", or where the page begins: "&skip=N" or "&cursor=…". */
static void add_link(btm_call_t *call, int limit, const char *place, const char *relation)
{
    const char *link = apr_psprintf(
        call->r->pool, "<%s?limit=%d%s%s%s%s>; rel=\"%s\"", btm_address(call, "/analyses"), limit,
        place, again(call, "user_id"), again(call, "status"), again(call, "q"), relation);
    apr_table_mergen(call->r->headers_out, "Link", link);
}

/* The next page always begins behind a row, also after one that was skipped to. */
static const char *add_links(btm_call_t *call, const bt_list_filter_t *filter,
                             const bt_list_t *list)
{
    apr_pool_t *pool = call->r->pool;
    int skip = filter->skip, limit = filter->limit;
    const char *next =
        list->has_more && list->n > 0 ? cursor_behind(&list->rows[list->n - 1], pool) : NULL;
    if (limit == 0)
        return NULL;
    add_link(call, limit, "", "first");
    if (skip > 0)
        add_link(call, limit, apr_psprintf(pool, "&skip=%d", skip > limit ? skip - limit : 0),
                 "prev");
    if (next)
        add_link(call, limit, apr_pstrcat(pool, "&cursor=", next, NULL), "next");
    return next;
}

bt_err_t *btm_handle_list(btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    bt_list_filter_t filter;
    bt_list_t page = {0};
    BT_TRY(read_filter(&filter, call));
    BT_TRY(btm_access_list(&page, call, &filter));
    bt_json_t *answer = bt_json_object(pool);
    bt_json_t *list = bt_json_set_array(answer, "analyses");
    for (int i = 0; i < page.n; i++)
        add_row(list, &page.rows[i], pool);
    bt_json_set_int(answer, "total", page.total);
    bt_json_set_bool(answer, "total_is_exact", page.is_total_exact);
    bt_json_set_int(answer, "skip", filter.skip);
    bt_json_set_int(answer, "limit", filter.limit);
    bt_json_set_string(answer, "next_cursor", add_links(call, &filter, &page));
    btm_respond_json(call, HTTP_OK, answer);
    return NULL;
}
