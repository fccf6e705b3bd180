/* SPDX-License-Identifier: Apache-2.0
 * GET / and GET /health: what the service is, and whether it can work.
 */
#include "../access.h"
#include "../csrf.h"
#include "../figures.h"
#include "libbloodtest/ids.h"
#include "../page.h"
#include "../redis.h"
#include "../respond.h"

enum { RECENT = 10 };

#define UNREADABLE "(what is stored of it cannot be opened)"

static const char *const features[] = {
    "Reads blood test reports (PDF): each result with unit, reference interval and place",
    "Interprets them for doctor, nutrition and exercise, and verifies every statement",
    "Critical values first",
    "Results as JSON, text, HTML and FHIR",
    "A durable queue: what was accepted is finished",
};

enum { N_FEATURES = sizeof(features) / sizeof(features[0]) };

static void home_json(btm_call_t *call)
{
    bt_json_t *home = bt_json_object(call->r->pool);
    bt_json_set_string(home, "message", "The blood test report service is running.");
    bt_json_t *list = bt_json_set_array(home, "features");
    for (int i = 0; i < N_FEATURES; i++)
        bt_json_push_string(list, features[i]);
    bt_json_t *endpoints = bt_json_set_object(home, "endpoints");
    int n = 0;
    const btm_route_t *routes = btm_routes(&n);
    for (int i = 0; i < n; i++) {
        const char *name = apr_pstrcat(call->r->pool, routes[i].method, " ", routes[i].path, NULL);
        bt_json_set_string(endpoints, name, btm_address(call, routes[i].path));
    }
    btm_respond_json(call, HTTP_OK, home);
}

static void add_recent(bt_buffer_t *page, const btm_call_t *call, const bt_analysis_t *analyses,
                       int n)
{
    bt_buffer_add(page, "<h2>Your latest reports</h2>\n");
    if (n == 0)
        bt_buffer_add(page, "<p>None yet.</p>\n");
    else
        bt_buffer_add(page,
                      "<div class=\"scroll\"><table>\n<thead><tr><th scope=\"col\">Report</th>"
                      "<th scope=\"col\">Sent (UTC)</th><th scope=\"col\">State</th></tr>"
                      "</thead>\n");
    for (int i = 0; i < n; i++) {
        const char *path = apr_pstrcat(call->r->pool, "/results/", analyses[i].id, NULL);
        bt_buffer_add(page, "<tr><td>");
        btm_page_link(page, call, path,
                      analyses[i].problem ? UNREADABLE : analyses[i].original_filename);
        bt_buffer_addf(page, "</td><td>%.16s</td><td class=\"%s\">%s</td></tr>\n",
                       bt_time_iso(analyses[i].created_at, call->r->pool), analyses[i].status,
                       analyses[i].status);
    }
    if (n > 0)
        bt_buffer_add(page, "</table></div>\n");
}

static bt_err_t *home_page(btm_call_t *call)
{
    const bt_list_filter_t filter = {.login = call->login, .limit = RECENT};
    bt_list_t recent = {0};
    BT_TRY(btm_access_list(&recent, call, &filter));
    bt_buffer_t *page = btm_page_begin(call, "Send a report");
    bt_buffer_add(page, "<form method=\"post\" enctype=\"multipart/form-data\" action=\"");
    bt_buffer_add_html(page, btm_address(call, "/analyze"));
    bt_buffer_add(page, "\">\n");
    btm_csrf_add_field(page, call);
    bt_buffer_add(page, btm_www_file("form.html"));
    bt_buffer_add(page, "</form>\n");
    add_recent(page, call, recent.rows, recent.n);
    btm_page_send(call, HTTP_OK, page);
    return NULL;
}

bt_err_t *btm_handle_home(btm_call_t *call)
{
    if (call->media == BTM_MEDIA_HTML)
        return home_page(call);
    BT_TRY(btm_access_enter(call));
    home_json(call);
    return NULL;
}

static bt_err_t *ask_database(btm_figures_t *figures, const btm_call_t *call)
{
    btm_lease_t lease;
    BT_TRY(btm_db_take(&lease, call));
    return btm_db_give(&lease, call, btm_figures_workers(figures, lease.db, call->r->pool));
}

static const char *ask_redis(const btm_call_t *call)
{
    long long length = 0;
    if (!call->dir->redis)
        return "not configured";
    return btm_redis_length(&length, call->dir->redis, call->r->pool) ? "unavailable" : "ok";
}

bt_err_t *btm_handle_health(btm_call_t *call)
{
    apr_pool_t *pool = call->r->pool;
    btm_figures_t figures = {.read_at = 0};
    bt_err_t *err = ask_database(&figures, call);
    const char *redis = ask_redis(call);
    int is_degraded = strcmp(redis, "unavailable") == 0 || figures.workers == 0;
    bt_json_t *health = bt_json_object(pool);
    bt_json_set_string(health, "status", err ? "unavailable" : is_degraded ? "degraded" : "ok");
    bt_json_set_string(health, "database", err ? bt_code_slug(err->code) : "ok");
    bt_json_set_string(health, "redis", redis);
    bt_json_t *workers = bt_json_set_object(health, "workers");
    bt_json_set_int(workers, "alive", figures.workers);
    bt_json_set_int(workers, "threads", figures.threads);
    bt_json_set_int(workers, "busy", figures.busy);
    bt_json_set_string(health, "timestamp", bt_time_iso(apr_time_now(), pool));
    if (err) {
        apr_table_setn(call->r->err_headers_out, "Retry-After", "2");
        btm_respond_log(call, err);
    }
    btm_respond_json(call, err ? HTTP_SERVICE_UNAVAILABLE : HTTP_OK, health);
    return NULL;
}
