/* SPDX-License-Identifier: Apache-2.0
 * Fields of a head ("Sex: F", names above values): words of a list, and the value behind or below
 * them.
 */
#include "fields.h"

#include <string.h>

enum { MAX_FIELD_BYTES = 60 };

int btx_has_mark(const btx_line_t *line, int end)
{
    const char *text = line->word[end - 1]->text;
    return text[strlen(text) - 1] == ':' || (end < line->n && *line->word[end]->text == ':');
}

int btx_starts_cell(const btx_line_t *line, int i)
{
    for (int k = 0; k < line->n_cells; k++) {
        if (line->cell[k].first == i)
            return 1;
    }
    return 0;
}

/* The field that begins at word i: known words, with a mark behind them or at the begin of a cell.
 */
int btx_is_field(btx_field_t *field, const btx_scan_t *scan, const btx_line_t *line, int i)
{
    int n = 0, end = line->n;
    for (int k = 0; k < line->n_cells; k++) {
        if (i >= line->cell[k].first && i < line->cell[k].end)
            end = line->cell[k].end;
    }
    const char *means = btx_lexicon_longest(&n, scan->lexicon, "field", line, i, end);
    if (!means || (!btx_has_mark(line, i + n) && !btx_starts_cell(line, i)))
        return 0;
    *field = (btx_field_t){means, i, i + n};
    return 1;
}

/* Words behind the field, up to the next field or a column away. */
const char *btx_value_behind(const btx_scan_t *scan, const btx_line_t *line,
                             const btx_field_t *field, apr_pool_t *pool)
{
    int first = field->end, end = 0;
    btx_field_t next;
    while (first < line->n && !*line->word[first]->key && strspn(line->word[first]->text, ":-=/."))
        first++;
    for (end = first; end < line->n; end++) {
        if (end > first && btx_starts_cell(line, end) &&
            (line->word[end]->box.x0 - line->word[end - 1]->box.x1 > 4 * line->size ||
             btx_is_field(&next, scan, line, end)))
            break;
        if (btx_is_field(&next, scan, line, end) && btx_has_mark(line, next.end))
            break;
    }
    if (first == end)
        return NULL;
    const char *text = btx_line_text(line, first, end, pool);
    while (*text && strchr(":- ", *text))
        text++;
    return *text && strlen(text) < MAX_FIELD_BYTES ? text : NULL;
}

/* The cell under the field, for heads that print names above values. */
const char *btx_value_below(const btx_lines_t *lines, int index, const btx_field_t *field,
                            apr_pool_t *pool)
{
    const btx_line_t *line = &lines->line[index], *below = line + 1;
    if (index + 1 >= lines->n || below->page != line->page ||
        below->box.y0 - line->box.y0 > 2.5 * line->size)
        return NULL;
    bt_box_t box = btx_line_box(line, field->first, field->end);
    for (int i = 0; i < below->n_cells; i++) {
        if (below->cell[i].x0 < box.x1 + line->size && below->cell[i].x1 > box.x0 - line->size)
            return btx_line_text(below, below->cell[i].first, below->cell[i].end, pool);
    }
    return NULL;
}
