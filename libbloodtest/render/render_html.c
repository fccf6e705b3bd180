/* SPDX-License-Identifier: Apache-2.0
 * A result as a fragment of HTML for the pages of the module: meaning in elements, looks in classes
 * that begin with bt-.  No style or script, for the pages forbid both; everything of the result is
 * escaped.
 */
#include "render.h"
#include "render_common.h"

#include <apr_strings.h>
#include <ctype.h>
#include <string.h>

static void add_cell(bt_buffer_t *out, const char *class_name, const char *text)
{
    bt_buffer_addf(out, "<td class=\"bt-%s\">", class_name);
    bt_buffer_add_html(out, text);
    bt_buffer_add(out, "</td>");
}

static void add_lower(bt_buffer_t *out, const char *text)
{
    for (; *text; text++)
        bt_buffer_addf(out, "%c", tolower((unsigned char)*text));
}

static void add_word(bt_buffer_t *out, const char *before, const bt_json_t *result, const char *key,
                     const char *behind, apr_pool_t *pool)
{
    bt_buffer_add(out, before);
    bt_buffer_add_html(out, bt_render_word(result, key, pool));
    bt_buffer_add(out, behind);
}

/* Words for what a reader cannot see in a colour. */
static const char *words_of(const bt_json_t *result, const char *interpretation, apr_pool_t *pool)
{
    char *key = apr_pstrcat(pool, "is_", *interpretation ? interpretation : "unknown", NULL);
    for (char *c = key; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return bt_render_word(result, key, pool);
}

/* An id as the engine makes them ("o12"): nothing else may become part of a link. */
static int is_row_id(const char *id)
{
    enum { MAX_ID = 8 };
    size_t length = id ? strlen(id) : 0;
    return length > 1 && length <= MAX_ID && *id == 'o' &&
           strspn(id + 1, "0123456789") == length - 1;
}

/* Links to the rows of the table that a statement rests on. */
static void add_links(bt_buffer_t *out, const bt_json_t *ids, const bt_json_t *rows,
                      apr_pool_t *pool)
{
    int n = 0;
    for (size_t i = 0; i < bt_json_size(rows); i++) {
        const bt_json_t *row = bt_json_at(rows, i);
        const char *id = bt_json_get_string(row, "id");
        for (size_t k = 0; is_row_id(id) && k < bt_json_size(ids); k++) {
            const char *used = bt_json_string(bt_json_at(ids, k));
            if (!used || strcmp(used, id))
                continue;
            bt_buffer_addf(out, "%s<a href=\"#%s\">", n++ ? ", " : " <span class=\"bt-rests\">",
                           id);
            bt_buffer_add_html(out, bt_render_label(row, pool));
            bt_buffer_add(out, "</a>");
        }
    }
    bt_buffer_add(out, n ? "</span>" : "");
}

static void add_red_flags(bt_buffer_t *out, const bt_json_t *result, apr_pool_t *pool)
{
    const bt_json_t *flags = bt_json_get(result, "red_flags");
    if (!bt_json_size(flags))
        return;
    add_word(out, "<section class=\"bt-red-flags\" role=\"alert\"><h2>", result, "red_flags",
             "</h2><ul>\n", pool);
    for (size_t i = 0; i < bt_json_size(flags); i++) {
        const bt_json_t *flag = bt_json_at(flags, i);
        const char *urgency = bt_render_urgency(flag);
        bt_buffer_add(out, "<li class=\"bt-urgency-");
        add_lower(out, urgency);
        bt_buffer_add(out, "\"><strong>");
        bt_buffer_add_html(out, bt_render_urgency_words(result, urgency, pool));
        bt_buffer_add(out, "</strong> ");
        bt_buffer_add_html(out, bt_render_cell(flag, "text", pool));
        add_links(out, bt_json_get(flag, "observation_ids"), bt_json_get(result, "observations"),
                  pool);
        bt_buffer_add(out, "</li>\n");
    }
    bt_buffer_add(out, "</ul></section>\n");
}

/* "12.3 on 2026-01-10, changed by more than usual" */
static void add_change(bt_buffer_t *out, const bt_json_t *result, const bt_json_t *row,
                       apr_pool_t *pool)
{
    const bt_json_t *change = bt_json_get(row, "change");
    const char *day = bt_render_day(change, "previous_collected", pool);
    bt_buffer_add(out, "<td class=\"bt-change\">");
    if (bt_json_is_number(bt_json_get(change, "previous_value"))) {
        bt_buffer_addf(out, "%.6g", bt_json_get_number(change, "previous_value", 0));
        bt_buffer_add(out, *day ? " (" : "");
        bt_buffer_add_html(out, day);
        bt_buffer_add(out, *day ? ")" : "");
        int has_risen = bt_json_get_number(change, "difference", 0) > 0;
        if (bt_json_get_string(change, "flag"))
            add_word(out, " <strong>", result, has_risen ? "risen" : "fallen", "</strong>", pool);
    }
    bt_buffer_add(out, "</td>");
}

/* Columns that are only shown where one of the rows has something in them. */
typedef struct columns_t {
    int flag, change, page;
} columns_t;

static columns_t columns_of(const bt_json_t *rows)
{
    columns_t columns = {0, 0, 0};
    for (size_t i = 0; i < bt_json_size(rows); i++) {
        const bt_json_t *row = bt_json_at(rows, i);
        const char *flag = bt_json_get_string(row, "flag_text");
        columns.flag |= flag && *flag;
        columns.change |= bt_json_size(bt_json_get(row, "change")) > 0;
        columns.page |= bt_json_get_int(row, "page", 0) > 0;
    }
    return columns;
}

static void add_row(bt_buffer_t *out, const bt_json_t *result, const bt_json_t *row,
                    const columns_t *columns, apr_pool_t *pool)
{
    const char *interpretation = bt_render_interpretation(row);
    bt_buffer_add(out, "<tr class=\"bt-row bt-is-");
    add_lower(out, *interpretation ? interpretation : "unknown");
    bt_buffer_add(out, "\"");
    if (is_row_id(bt_json_get_string(row, "id")))
        bt_buffer_addf(out, " id=\"%s\"", bt_json_get_string(row, "id"));
    bt_buffer_add(out, "><th scope=\"row\">");
    bt_buffer_add_html(out, bt_render_label(row, pool));
    bt_buffer_add(out, "</th>");
    add_cell(out, "value", bt_render_cell(row, "value_text", pool));
    add_cell(out, "unit", bt_render_cell(row, "unit_text", pool));
    add_cell(out, "reference", bt_render_reference(result, row, pool));
    if (columns->flag)
        add_cell(out, "flag", bt_render_cell(row, "flag_text", pool));
    add_cell(out, "interpretation", words_of(result, interpretation, pool));
    if (columns->change)
        add_change(out, result, row, pool);
    long long page = bt_json_get_int(row, "page", 0);
    if (columns->page)
        add_cell(out, "page", page > 0 ? apr_psprintf(pool, "%d", (int)page) : "");
    bt_buffer_add(out, "</tr>\n");
}

static void add_head(bt_buffer_t *out, const bt_json_t *result, const columns_t *columns,
                     apr_pool_t *pool)
{
    const struct {
        const char *key, *attribute;
        int is_shown;
    } heads[] = {{"result", "", 1},
                 {"value", " class=\"bt-value\"", 1},
                 {"unit", "", 1},
                 {"reference", "", 1},
                 {"flag", " class=\"bt-flag\"", columns->flag},
                 {"reading", "", 1},
                 {"before", "", columns->change},
                 {"page", " class=\"bt-page\"", columns->page}};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        if (!heads[i].is_shown)
            continue;
        bt_buffer_addf(out, "<th scope=\"col\"%s", heads[i].attribute);
        add_word(out, ">", result, heads[i].key, "</th>", pool);
    }
}

static void add_table(bt_buffer_t *out, const bt_json_t *result, apr_pool_t *pool)
{
    const bt_json_t *rows = bt_json_get(result, "observations");
    apr_pool_t *iteration = NULL;
    if (apr_pool_create(&iteration, pool) != APR_SUCCESS)
        return;
    columns_t columns = columns_of(rows);
    add_word(out, "<section class=\"bt-results\"><h2>", result, "results", "</h2>", pool);
    add_word(out, "<div class=\"bt-scroll\" tabindex=\"0\" role=\"group\" aria-label=\"", result,
             "table", "\"><table class=\"bt-table\">", pool);
    add_word(out, "<caption>", result, "as_printed", ": ", pool);
    bt_buffer_addf(out, "%lu</caption>\n<thead><tr>", (unsigned long)bt_json_size(rows));
    add_head(out, result, &columns, pool);
    bt_buffer_add(out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < bt_json_size(rows); i++) {
        apr_pool_clear(iteration);
        add_row(out, result, bt_json_at(rows, i), &columns, iteration);
    }
    bt_buffer_add(out, "</tbody></table></div></section>\n");
}

static void add_derived(bt_buffer_t *out, const bt_json_t *result, apr_pool_t *pool)
{
    const bt_json_t *derived = bt_json_get(result, "derived");
    if (!bt_json_size(derived))
        return;
    add_word(out, "<section class=\"bt-derived\"><h2>", result, "derived", "</h2><dl>\n", pool);
    for (size_t i = 0; i < bt_json_size(derived); i++) {
        const bt_json_t *one = bt_json_at(derived, i);
        if (bt_render_is_conversion(one))
            continue;
        bt_buffer_add(out, "<dt>");
        bt_buffer_add_html(out, bt_render_cell(one, "name", pool));
        bt_buffer_add(out, "</dt><dd>");
        bt_buffer_add_html(out, bt_render_cell(one, "value_text", pool));
        bt_buffer_add(out, " ");
        bt_buffer_add_html(out, bt_render_cell(one, "unit_text", pool));
        bt_buffer_add(out, "</dd>\n");
    }
    bt_buffer_add(out, "</dl></section>\n");
}

/* A line like "Kidney:" above a list is its heading. */
static int is_heading(const char *line, size_t length)
{
    return length > 1 && line[length - 1] == ':' && !strncmp(line + length, "\n- ", 3);
}

/* Lines that begin with "- " are a list, the others headings of one or paragraphs. */
static void add_lines(bt_buffer_t *out, const char *lines, apr_pool_t *pool)
{
    int in_list = 0;
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        int is_item = !strncmp(lines, "- ", 2);
        const char *text =
            bt_text_clean(lines + (is_item ? 2 : 0), length - (is_item ? 2 : 0), pool);
        if (is_item != in_list)
            bt_buffer_add(out, is_item ? "<ul>\n" : "</ul>\n");
        in_list = is_item;
        const char *element = is_item ? "li" : is_heading(lines, length) ? "h3" : "p";
        if (*element == 'h')
            text = apr_pstrndup(pool, text, strlen(text) - 1);
        if (*text) {
            bt_buffer_addf(out, "<%s>", element);
            bt_buffer_add_html(out, text);
            bt_buffer_addf(out, "</%s>\n", element);
        }
        lines += length + (lines[length] == '\n');
    }
    if (in_list)
        bt_buffer_add(out, "</ul>\n");
}

static void add_not_understood(bt_buffer_t *out, const bt_json_t *result, apr_pool_t *pool)
{
    const bt_json_t *lines = bt_json_get(result, "not_understood");
    if (!bt_json_size(lines))
        return;
    add_word(out, "<section class=\"bt-not-understood\"><h2>", result, "not_understood",
             "</h2><ul>\n", pool);
    for (size_t i = 0; i < bt_json_size(lines); i++) {
        const bt_json_t *line = bt_json_at(lines, i);
        add_word(out, "<li>", result, "page", " ", pool);
        bt_buffer_addf(out, "%lld: <q>", bt_json_get_int(line, "page", 0));
        bt_buffer_add_html(out, bt_render_cell(line, "text", pool));
        bt_buffer_add(out, "</q></li>\n");
    }
    bt_buffer_add(out, "</ul></section>\n");
}

const char *bt_render_html(const bt_json_t *result, apr_pool_t *pool)
{
    bt_buffer_t *out = bt_buffer_create(BT_RENDER_MAX, pool);
    const char *urgency = bt_render_urgency(result);
    bt_buffer_add(out, "<article class=\"bt-report\">\n");
    add_red_flags(out, result, pool);
    if (*urgency) {
        add_word(out, "<p class=\"bt-urgency\">", result, "urgency", ": ", pool);
        bt_buffer_addf(out, "%s (", urgency);
        bt_buffer_add_html(out, bt_render_urgency_words(result, urgency, pool));
        bt_buffer_add(out, ")</p>\n");
    }
    for (const char *const *part = bt_render_parts; *part; part++) {
        if (part == bt_render_parts + 1) {
            add_table(out, result, pool);
            add_derived(out, result, pool);
        }
        bt_buffer_addf(out, "<section class=\"bt-%s\">", *part);
        add_word(out, "<h2>", result, *part, "</h2>\n", pool);
        add_lines(out, bt_render_lines(result, *part, pool), pool);
        bt_buffer_add(out, "</section>\n");
    }
    add_not_understood(out, result, pool);
    bt_buffer_add(out, "<footer class=\"bt-disclaimer\">\n");
    add_lines(out, bt_render_lines(result, "disclaimer", pool), pool);
    bt_buffer_add(out, "</footer></article>\n");
    return out->text;
}
