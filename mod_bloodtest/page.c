/* SPDX-License-Identifier: Apache-2.0
 * Pages for browsers.  The style sheet is an address of its own, so that the policy can forbid
 * everything inline.
 */
#include "negotiate.h"
#include "page.h"
#include "respond.h"

#define POLICY                                                                                     \
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "                   \
    "base-uri 'none'; frame-ancestors 'none'"

typedef struct www_file_t {
    const char *name, *text;
} www_file_t;

static const www_file_t www_files[] = {
#define BT_FILE(name, text) {name, text},
#include "mod_bloodtest/www.inc"
#undef BT_FILE
};

const char *btm_www_file(const char *name)
{
    for (size_t i = 0; i < sizeof(www_files) / sizeof(www_files[0]); i++) {
        if (strcmp(www_files[i].name, name) == 0)
            return www_files[i].text;
    }
    return NULL;
}

void btm_page_link(bt_buffer_t *page, const btm_call_t *call, const char *path, const char *text)
{
    bt_buffer_add(page, "<a href=\"");
    bt_buffer_add_html(page, btm_address(call, path));
    bt_buffer_add(page, "\">");
    bt_buffer_add_html(page, text);
    bt_buffer_add(page, "</a>");
}

bt_buffer_t *btm_page_begin(const btm_call_t *call, const char *title)
{
    bt_buffer_t *page = bt_buffer_create(BTM_MAX_PAGE_BYTES, call->r->pool);
    bt_buffer_add(
        page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>");
    bt_buffer_add_html(page, title);
    bt_buffer_add(page, " – Blood test reports</title>\n<link rel=\"stylesheet\" href=\"");
    bt_buffer_add_html(page, btm_address(call, "/assets/style.css"));
    bt_buffer_add(page,
                  "\">\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">To the content</a>\n"
                  "<nav aria-label=\"Pages\">");
    btm_page_link(page, call, "/", "Blood test reports");
    if (call->is_admin)
        btm_page_link(page, call, "/queue", "Queue");
    bt_buffer_add(page, "</nav>\n<main id=\"main\">\n<h1>");
    bt_buffer_add_html(page, title);
    bt_buffer_add(page, "</h1>\n");
    return page;
}

void btm_page_send(btm_call_t *call, int status, bt_buffer_t *page)
{
    bt_buffer_add(page, "</main>\n</body>\n</html>\n");
    apr_table_t *headers = call->r->err_headers_out;
    apr_table_setn(headers, "Content-Security-Policy", POLICY);
    /* Not no-referrer: browsers then send the page's own forms with 'Origin: null'. */
    apr_table_setn(headers, "Referrer-Policy", "same-origin");
    btm_respond_body(call, status, btm_media_type(BTM_MEDIA_HTML), page->text);
}
