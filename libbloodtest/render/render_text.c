/* SPDX-License-Identifier: Apache-2.0
 * A result as plain text of at most 100 columns.  What is urgent stands on top, then the table of
 * results, then the texts, so that the first screen is the one that matters.
 */
#include "render.h"
#include "render_common.h"

#include <apr_strings.h>
#include <string.h>

enum { WIDTH = 100 };

typedef struct column_t {
    const char *word; /* its heading */
    int width;
} column_t;
static const column_t columns[] = {{"result", 33},    {"value", 14}, {"unit", 15},
                                   {"reference", 22}, {NULL, 3},     {"page", 4}};
enum { N_COLUMNS = sizeof columns / sizeof columns[0] };

/* Bytes of the character at `text`, and the columns it takes on a terminal. */
static size_t character(int *width, const char *text)
{
    unsigned char first = (unsigned char)*text;
    size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    unsigned code = length == 1 ? first : first & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        if (!text[i]) {
            *width = 1;
            return i;
        }
        code = code << 6 | ((unsigned char)text[i] & 0x3Fu);
    }
    int is_mark = code >= 0x300 && code <= 0x36F;
    int is_wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
                  (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
                  (code >= 0xFF01 && code <= 0xFF60) || code >= 0x1F300;
    *width = is_mark ? 0 : is_wide ? 2 : 1;
    return length;
}

static int columns_of(const char *text)
{
    int all = 0, width = 0;
    while (*text) {
        text += character(&width, text);
        all += width;
    }
    return all;
}

/* A cell filled up or cut to its width. */
static void add_cell(bt_buffer_t *out, const char *text, int width, int is_last)
{
    int used = 0, one = 0, cut = columns_of(text) > width;
    while (*text) {
        size_t length = character(&one, text);
        if (used + one > width - cut)
            break;
        bt_buffer_addn(out, text, length);
        used += one;
        text += length;
    }
    if (cut) {
        bt_buffer_add(out, "…");
        used++;
    }
    for (; !is_last && used < width + 1; used++)
        bt_buffer_add(out, " ");
}

/* One paragraph, wrapped between words; lines after the first are indented by two more columns. */
static void add_wrapped(bt_buffer_t *out, const char *text, int indent)
{
    int used = 0;
    for (const char *end; *text; text = end) {
        while (*text == ' ')
            text++;
        end = text + strcspn(text, " ");
        int width = 0, one = 0;
        for (const char *c = text; c < end; width += one)
            c += character(&one, c);
        if (!width)
            break;
        if (used && used + 1 + width > WIDTH) {
            bt_buffer_add(out, "\n");
            used = 0;
            indent += indent % 4 ? 0 : 2;
        }
        if (!used)
            bt_buffer_addf(out, "%*s", indent, "");
        else
            bt_buffer_add(out, " ");
        used = used ? used + 1 + width : indent + width;
        bt_buffer_addn(out, text, (size_t)(end - text));
    }
    bt_buffer_add(out, "\n");
}

static void add_underlined(bt_buffer_t *out, const char *text, const char *line)
{
    bt_buffer_addf(out, "%s\n", text);
    for (int i = columns_of(text); i > 0; i--)
        bt_buffer_add(out, line);
    bt_buffer_add(out, "\n");
}

static void add_heading(bt_buffer_t *out, const char *heading)
{
    bt_buffer_add(out, "\n");
    add_underlined(out, heading, "-");
}

static void add_red_flags(bt_buffer_t *out, const bt_json_t *result, apr_pool_t *pool)
{
    const bt_json_t *flags = bt_json_get(result, "red_flags");
    if (!bt_json_size(flags))
        return;
    add_heading(out, apr_pstrcat(pool, "!! ", bt_render_word(result, "red_flags", pool), NULL));
    for (size_t i = 0; i < bt_json_size(flags); i++) {
        const bt_json_t *flag = bt_json_at(flags, i);
        const char *urgency = bt_render_urgency(flag);
        bt_buffer_addf(out, "!! [%s: %s]\n", urgency,
                       bt_render_urgency_words(result, urgency, pool));
        add_wrapped(out, bt_render_cell(flag, "text", pool), 3);
    }
}

static void add_row(bt_buffer_t *out, const bt_json_t *result, const bt_json_t *row,
                    apr_pool_t *pool)
{
    char page[24] = "";
    bt_buffer_t *number = bt_buffer_create(sizeof page, pool);
    long long at = bt_json_get_int(row, "page", 0);
    if (at > 0)
        bt_buffer_addf(number, "%lld", at);
    const char *interpretation = bt_render_interpretation(row);
    const char *cells[N_COLUMNS] = {bt_render_label(row, pool),
                                    bt_render_cell(row, "value_text", pool),
                                    bt_render_cell(row, "unit_text", pool),
                                    bt_render_reference(result, row, pool),
                                    !strcmp(interpretation, "N") ? "" : interpretation,
                                    number->text};
    for (int i = 0; i < N_COLUMNS; i++)
        add_cell(out, cells[i], columns[i].width, i == N_COLUMNS - 1);
    bt_buffer_add(out, "\n");
}

static void add_table(bt_buffer_t *out, const bt_json_t *result, apr_pool_t *pool)
{
    const bt_json_t *rows = bt_json_get(result, "observations");
    apr_pool_t *iteration = NULL;
    add_heading(out, bt_render_word(result, "results", pool));
    if (!bt_json_size(rows) || apr_pool_create(&iteration, pool) != APR_SUCCESS) {
        bt_buffer_addf(out, "%s\n", bt_render_word(result, "none", pool));
        return;
    }
    for (int i = 0; i < N_COLUMNS; i++)
        add_cell(out, columns[i].word ? bt_render_word(result, columns[i].word, pool) : "",
                 columns[i].width, i == N_COLUMNS - 1);
    bt_buffer_add(out, "\n");
    for (size_t i = 0; i < bt_json_size(rows); i++) {
        apr_pool_clear(iteration);
        add_row(out, result, bt_json_at(rows, i), iteration);
    }
    const bt_json_t *derived = bt_json_get(result, "derived");
    for (size_t i = 0; i < bt_json_size(derived); i++) {
        const bt_json_t *one = bt_json_at(derived, i);
        if (bt_render_is_conversion(one))
            continue;
        add_cell(out, bt_render_cell(one, "name", pool), columns[0].width, 0);
        add_cell(out, bt_render_cell(one, "value_text", pool), columns[1].width, 0);
        add_cell(out, bt_render_cell(one, "unit_text", pool), columns[2].width, 0);
        bt_buffer_addf(out, "%s (%s)\n", bt_render_word(result, "computed", pool),
                       bt_render_cell(one, "formula", pool));
    }
    add_wrapped(out, bt_render_word(result, "letters", pool), 0);
}

static void add_lines(bt_buffer_t *out, const char *lines, apr_pool_t *pool)
{
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        add_wrapped(out, bt_text_clean(lines, length, pool), 0);
        lines += length + (lines[length] == '\n');
    }
}

static void add_not_understood(bt_buffer_t *out, const bt_json_t *result, apr_pool_t *pool)
{
    const bt_json_t *lines = bt_json_get(result, "not_understood");
    if (!bt_json_size(lines))
        return;
    const char *page = bt_render_word(result, "page", pool);
    add_heading(out, bt_render_word(result, "not_understood", pool));
    for (size_t i = 0; i < bt_json_size(lines); i++) {
        const bt_json_t *line = bt_json_at(lines, i);
        bt_buffer_addf(out, "%s %lld:", page, bt_json_get_int(line, "page", 0));
        add_wrapped(out, bt_render_cell(line, "text", pool), 1);
    }
}

const char *bt_render_text(const bt_json_t *result, apr_pool_t *pool)
{
    bt_buffer_t *out = bt_buffer_create(BT_RENDER_MAX, pool);
    add_underlined(out, bt_render_word(result, "report", pool), "=");
    const bt_json_t *patient = bt_json_get(result, "patient");
    const char *urgency = bt_render_urgency(result);
    if (*urgency)
        bt_buffer_addf(out, "%s: %s (%s)\n", bt_render_word(result, "urgency", pool), urgency,
                       bt_render_urgency_words(result, urgency, pool));
    if (*bt_render_cell(patient, "sex", pool))
        bt_buffer_addf(out, "%s: %s\n", bt_render_word(result, "sex", pool),
                       bt_render_cell(patient, "sex", pool));
    if (bt_json_is_number(bt_json_get(patient, "age_years")))
        bt_buffer_addf(out, "%s: %.4g\n", bt_render_word(result, "age", pool),
                       bt_json_get_number(patient, "age_years", 0));
    const char *collected = bt_render_cell(bt_json_get(result, "specimen"), "collected", pool);
    if (*collected)
        bt_buffer_addf(out, "%s: %s\n", bt_render_word(result, "collected", pool), collected);
    if (*bt_render_cell(result, "laboratory", pool))
        add_wrapped(out, bt_render_cell(result, "laboratory", pool), 0);
    add_red_flags(out, result, pool);
    for (const char *const *part = bt_render_parts; *part; part++) {
        const char *lines = bt_render_lines(result, *part, pool);
        if (part == bt_render_parts + 1) /* behind the summary, as on the page */
            add_table(out, result, pool);
        if (!*lines)
            continue;
        add_heading(out, bt_render_word(result, *part, pool));
        add_lines(out, lines, pool);
    }
    add_not_understood(out, result, pool);
    bt_buffer_add(out, "\n");
    add_lines(out, bt_render_lines(result, "disclaimer", pool), pool);
    return out->text;
}
