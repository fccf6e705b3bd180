/* SPDX-License-Identifier: Apache-2.0
 * Rows whose cells are stacks: below each number, in a line of smaller type, its unit, and below an
 * earlier number its day.  The lower tier is read for the row above it and makes no row itself.
 */
#include "reading.h"

#include <math.h>
#include <string.h>

static const double near_tier = 1.7; /* of the font size: how far the lower tier stands */
static const double small_type = 0.95, clearly_nearer = 0.75;
static const double edge = 4; /* points */

static double pitch(const btx_line_t *above, const btx_line_t *below)
{
    return (below->box.y0 + below->box.y1 - above->box.y0 - above->box.y1) / 2;
}

static int is_day(const btx_line_t *line, const btx_cell_t *cell)
{
    int date[2], n = btx_is_date_of_words(date, line, cell->first, cell->end);
    return n ? cell->first + n == cell->end
             : btx_is_date(line->word[cell->first]->text) && cell->end - cell->first == 1;
}

static int is_unit_cell(const btx_reading_t *reading, const btx_line_t *line,
                        const btx_cell_t *cell)
{
    const char *text = btx_line_text(line, cell->first, cell->end, reading->scan.scratch);
    return btx_is_unit(&reading->scan, text, reading->scan.scratch);
}

/* Whether the line holds nothing but units, days and words without numbers. */
static int holds_no_values(const btx_reading_t *reading, const btx_line_t *line)
{
    for (int i = 0; i < line->n_cells; i++) {
        const btx_cell_t *cell = &line->cell[i];
        btx_number_t number;
        if (is_day(line, cell) || is_unit_cell(reading, line, cell))
            continue;
        for (int k = cell->first; k < cell->end; k++) {
            if (btx_scan_number(&number, line->word[k]->text, reading->scan.style))
                return 0;
        }
    }
    return 1;
}

/* The lower tier of lines[index], or NULL. */
static btx_line_t *tier_below(const btx_reading_t *reading, int index)
{
    const btx_line_t *line = &reading->lines->line[index];
    btx_line_t *below = &reading->lines->line[index + 1];
    if (index + 1 >= reading->lines->n || below->page != line->page || below->is_used)
        return NULL;
    double down = pitch(line, below);
    if (down <= 0 || down > near_tier * line->size || !holds_no_values(reading, below))
        return NULL;
    return below;
}

/* Whether the cell of the lower tier is plainly part of the row above it: in smaller type, or much
 * nearer to it than to the row below. */
static int is_theirs(const btx_reading_t *reading, const btx_line_t *below, const btx_cell_t *cell)
{
    const btx_line_t *line = below - 1, *next = below + 1;
    int is_last = next - reading->lines->line >= reading->lines->n || next->page != below->page;
    return below->word[cell->first]->size < small_type * line->size || is_last ||
           pitch(line, below) < clearly_nearer * pitch(below, next);
}

static const btx_cell_t *cell_under(const btx_line_t *below, double x0, double x1)
{
    for (int i = 0; i < below->n_cells; i++) {
        if (below->cell[i].x0 < x1 && below->cell[i].x1 > x0)
            return &below->cell[i];
    }
    return NULL;
}

/* The unit in the lower tier under the value, or NULL. */
static const char *unit_below(const btx_reading_t *reading, const btx_row_t *row)
{
    const btx_line_t *below = tier_below(reading, row->line);
    const btx_cell_t *cell = below ? cell_under(below, row->value_x0, row->value_x1) : NULL;
    if (!cell || !is_unit_cell(reading, below, cell) || !is_theirs(reading, below, cell))
        return NULL;
    return btx_line_text(below, cell->first, cell->end, reading->pool);
}

/* "Below low reference limit" alone below the row or its interval, not left of its value. */
static const char *judgement_below(const btx_reading_t *reading, const btx_row_t *row)
{
    enum { SHORT = 2 }; /* letters that are flags beside a number say too little alone */
    const btx_lines_t *lines = reading->lines;
    int has_range = row->line + 1 < lines->n && lines->line[row->line + 1].is_used;
    btx_line_t *below = tier_below(reading, row->line + has_range);
    if (!below || below->n_cells != 1 || below->box.x1 < row->value_x0 ||
        below->box.x0 < row->label_box.x0 + SHORT || !is_theirs(reading, below, &below->cell[0]))
        return NULL;
    const char *text = btx_line_text(below, 0, below->n, reading->pool);
    if (strlen(text) <= SHORT ||
        !btx_lexicon_text(reading->scan.lexicon, "flag", text, reading->scan.scratch))
        return NULL;
    below->is_used = 1;
    return text;
}

/* Intervals below the cells of a row in smaller type, "(136-145)" under "Na 141": that which stands
 * under the name of this one. */
static void take_range_below(const btx_reading_t *reading, btx_row_t *row)
{
    const btx_line_t *line = &reading->lines->line[row->line], *below = line + 1;
    bt_interval_t interval = {NAN, NAN, 0, 0};
    int has_two = 0;
    const char *range = NULL;
    if (row->line + 1 >= reading->lines->n || below->page != line->page || below->is_used ||
        pitch(line, below) <= 0 || pitch(line, below) > near_tier * line->size)
        return;
    for (int i = 0; i < below->n_cells; i++) {
        const btx_cell_t *cell = &below->cell[i];
        bt_interval_t one;
        const char *text = btx_line_text(below, cell->first, cell->end, reading->pool);
        if (!btx_is_interval(&one, &has_two, &reading->scan, text, reading->scan.scratch) ||
            !has_two || !is_theirs(reading, below, cell))
            return;
        if (fabs(cell->x0 - row->label_box.x0) < edge) {
            range = btx_bare_interval(text, reading->pool);
            interval = one;
        }
    }
    if (!range)
        return;
    row->reference = range;
    row->interval = interval;
    row->has_interval = row->has_gap = 1;
}

void btx_complete(const btx_reading_t *reading, btx_row_t *row, btx_found_t found)
{
    if (found != BTX_ROW || row->word)
        return;
    if (!row->unit)
        row->unit = unit_below(reading, row);
    if (!row->reference && !row->table)
        take_range_below(reading, row);
    if (!row->flag)
        row->flag = judgement_below(reading, row);
}

/* Whether the cell is a number and nothing more, but for a sign that stands as well before limits.
 */
static int is_number(int *has_sign, const btx_reading_t *reading, const btx_line_t *line,
                     const btx_cell_t *cell)
{
    btx_number_t number;
    const char *text = btx_line_text(line, cell->first, cell->end, reading->scan.scratch);
    const char *past = btx_scan_number(&number, text, reading->scan.style);
    *has_sign = past && *number.comparator;
    return past && !*past;
}

static void drop_cell(btx_line_t *line, int at)
{
    int first = line->cell[at].first, n = line->cell[at].end - first;
    memmove(line->word + first, line->word + first + n,
            (size_t)(line->n - first - n) * sizeof *line->word);
    memmove(line->cell + at, line->cell + at + 1,
            (size_t)(line->n_cells - at - 1) * sizeof *line->cell);
    line->n -= n;
    line->n_cells--;
    for (int i = at; i < line->n_cells; i++) {
        line->cell[i].first -= n;
        line->cell[i].end -= n;
    }
}

void btx_strip_dated(btx_reading_t *reading, int index)
{
    btx_line_t *line = &reading->lines->line[index];
    const btx_line_t *below = tier_below(reading, index);
    int n = 0, others = 0;
    for (int i = 1; below && i < line->n_cells; i++) {
        const btx_cell_t *cell = &line->cell[i], *under = cell_under(below, cell->x0, cell->x1);
        int has_sign = 0, is_alone = is_number(&has_sign, reading, line, cell);
        if (is_alone && under && is_day(below, under) && is_theirs(reading, below, under))
            n++;
        else if (n)
            return; /* what is of today would stand before them */
        else
            others += is_alone && !has_sign;
    }
    for (; n && others == 1; n--)
        drop_cell(line, line->n_cells - 1);
}
