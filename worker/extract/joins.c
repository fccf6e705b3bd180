/* SPDX-License-Identifier: Apache-2.0
 * Headings that are set in two lines: a cell over the rest of its words, or two of them above and
 * below the line in which all the others stand.
 */
#include "table.h"

#include <apr_strings.h>
#include <math.h>

static const double next_line = 1.9;   /* of the font size: how near the second line stands */
static const double half_a_line = 0.9; /* less than a line of its own would need */

int btx_begins_with_number(const btx_scan_t *scan, const btx_line_t *line, const btx_cell_t *cell)
{
    btx_number_t number;
    return btx_scan_number(&number, line->word[cell->first]->text, scan->style) != NULL;
}

/* The cell that this one stands under; -1 where it is none or several. */
static int cell_above(const btx_line_t *line, const btx_cell_t *below)
{
    int found = -1;
    for (int i = 0; i < line->n_cells; i++) {
        if (below->x0 >= line->cell[i].x1 || below->x1 <= line->cell[i].x0)
            continue;
        if (found >= 0)
            return -1;
        found = i;
    }
    return found;
}

int btx_join_below(btx_line_t *joined, const btx_scan_t *scan, const btx_lines_t *lines, int index,
                   apr_pool_t *pool)
{
    const btx_line_t *line = &lines->line[index], *below = line + 1;
    if (index + 1 >= lines->n || below->page != line->page || line->n_cells < 3 ||
        below->n_cells > line->n_cells || below->box.y0 - line->box.y0 > next_line * line->size)
        return 0;
    for (int i = 0; i < below->n_cells; i++) {
        if (cell_above(line, &below->cell[i]) < 0 ||
            btx_begins_with_number(scan, below, &below->cell[i]))
            return 0;
    }
    *joined = *line;
    joined->n = 0;
    joined->word = apr_palloc(pool, sizeof *line->word * (size_t)(line->n + below->n));
    joined->cell = apr_palloc(pool, sizeof *line->cell * (size_t)line->n_cells);
    for (int i = 0; i < line->n_cells; i++) {
        btx_cell_t *cell = &joined->cell[i];
        *cell = line->cell[i];
        cell->first = joined->n;
        for (int k = line->cell[i].first; k < line->cell[i].end; k++)
            joined->word[joined->n++] = line->word[k];
        for (int c = 0; c < below->n_cells; c++) {
            if (cell_above(line, &below->cell[c]) != i)
                continue;
            for (int k = below->cell[c].first; k < below->cell[c].end; k++)
                joined->word[joined->n++] = below->word[k];
            cell->x0 = fmin(cell->x0, below->cell[c].x0);
            cell->x1 = fmax(cell->x1, below->cell[c].x1);
        }
        cell->end = joined->n;
    }
    return 1;
}

/* Whether the line stands so near to the heading that both are parts of one: no row has the room.
 */
static int straddles(const btx_lines_t *lines, int index, int other)
{
    const btx_line_t *line = &lines->line[index];
    if (other < 0 || other >= lines->n || lines->line[other].page != line->page ||
        fabs(lines->line[other].box.y0 - line->box.y0) >= half_a_line * line->size)
        return 0;
    for (int i = 0; i < lines->line[other].n_cells; i++) {
        const btx_cell_t *cell = &lines->line[other].cell[i];
        for (int k = 0; k < line->n_cells; k++) {
            if (cell->x0 < line->cell[k].x1 && cell->x1 > line->cell[k].x0)
                return 0;
        }
    }
    return 1;
}

static void add_cell(btx_line_t *joined, const btx_line_t *line, const btx_cell_t *cell, int is_new)
{
    if (is_new)
        joined->cell[joined->n_cells++] = (btx_cell_t){joined->n, joined->n, cell->x0, cell->x1};
    btx_cell_t *last = &joined->cell[joined->n_cells - 1];
    for (int i = cell->first; i < cell->end; i++)
        joined->word[joined->n++] = line->word[i];
    last->end = joined->n;
    last->x0 = fmin(last->x0, cell->x0);
    last->x1 = fmax(last->x1, cell->x1);
}

/* The leftmost cell of the three lines that is not taken yet, the upper ones first where they share
 * a place. */
static int next_of(const btx_line_t *const *part, const int *at)
{
    int best = -1;
    for (int i = 0; i < 3; i++) {
        if (at[i] == part[i]->n_cells)
            continue;
        const btx_cell_t *cell = &part[i]->cell[at[i]];
        if (best < 0 || cell->x1 < part[best]->cell[at[best]].x0 ||
            (cell->x0 < part[best]->cell[at[best]].x0 && best == 1))
            best = i;
    }
    return best;
}

int btx_join_around(btx_line_t *joined, const btx_scan_t *scan, const btx_lines_t *lines, int index,
                    apr_pool_t *pool)
{
    if (!straddles(lines, index, index - 1) || !straddles(lines, index, index + 1))
        return 0;
    const btx_line_t *line = &lines->line[index];
    const btx_line_t *const part[3] = {line - 1, line, line + 1};
    int at[3] = {0, 0, 0}, n = 0, n_cells = 0;
    for (int i = 0; i < 3; i++) {
        n += part[i]->n;
        n_cells += part[i]->n_cells;
    }
    for (int i = 1; i < line->n_cells; i++) {
        if (btx_begins_with_number(scan, line, &line->cell[i]) &&
            !btx_is_date(line->word[line->cell[i].first]->text))
            return 0; /* a row */
    }
    *joined = *line;
    joined->n = joined->n_cells = 0;
    joined->word = apr_palloc(pool, sizeof *line->word * (size_t)n);
    joined->cell = apr_palloc(pool, sizeof *line->cell * (size_t)n_cells);
    for (int i = next_of(part, at); i >= 0; i = next_of(part, at)) {
        const btx_cell_t *cell = &part[i]->cell[at[i]++];
        int is_new = !joined->n_cells || cell->x0 >= joined->cell[joined->n_cells - 1].x1;
        add_cell(joined, part[i], cell, is_new);
    }
    return joined->n_cells > 1;
}
