/* SPDX-License-Identifier: Apache-2.0
 * Intervals of several lines whose value stands at their middle or at their end: which lines go
 * with which value is told by the gaps, where lines of one interval are nearer to each other than
 * to the next.  Where they are not, nothing is decided here.
 */
#include "reading.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

enum { MOST_LINES = 400, LEAST_STEPS = 2 };
static const double least_pitch = 0.8, same_pitch = 1.15, half_pitch = 0.75, other_size = 1.1;

/* What the cells of a line are by the columns over them. */
typedef enum { IS_OTHER, IS_NAME, IS_STEP, IS_ROW } holds_t;

/* The lines below a heading, up to the next one or the end of the page. */
typedef struct blocks_t {
    btx_reading_t *reading;
    int first, n;
    double size; /* of the letters of the first row */
    holds_t holds[MOST_LINES];
    double height[MOST_LINES];     /* of its middle */
    char has_interval[MOST_LINES]; /* something stands in the column of intervals */
    double pitch;                  /* of the lines of one interval */
} blocks_t;

static double middle(const blocks_t *blocks, int i)
{
    return blocks->height[i];
}

static double middle_of(const btx_line_t *line, int first, int end)
{
    bt_box_t box = btx_line_box(line, first, end);
    return (box.y0 + box.y1) / 2;
}

/* Its height is that of the interval, where it has one: what stands beside it may be smaller. */
static holds_t see_line(char *has_interval, double *height, const btx_table_t *table,
                        const btx_line_t *line)
{
    int values = 0, steps = 0, others = 0;
    *height = middle_of(line, 0, line->n);
    for (int i = 0; i < line->n_cells; i++) {
        const btx_cell_t *cell = &line->cell[i];
        const btx_column_t *over = btx_table_over(table, 0, cell->x0, cell->x1);
        btx_column_kind_t kind = over ? over->kind : BTX_COL_NONE;
        values += kind == BTX_COL_VALUE;
        if (kind == BTX_COL_REFERENCE && !steps++)
            *height = middle_of(line, cell->first, cell->end);
        others += kind != BTX_COL_REFERENCE && !(kind == BTX_COL_LABEL && !i);
    }
    *has_interval = steps > 0;
    return values ? IS_ROW : others || !line->n_cells ? IS_OTHER : steps ? IS_STEP : IS_NAME;
}

/* Letters of another size are those of a watermark, or of a remark. */
static int is_of_size(const blocks_t *blocks, const btx_line_t *line)
{
    return blocks->size <= 0 || fabs(line->size - blocks->size) < other_size;
}

static void see_lines(blocks_t *blocks, const btx_table_t *table, const btx_scan_t *scan)
{
    const btx_lines_t *lines = blocks->reading->lines;
    for (int i = blocks->first; i < lines->n && blocks->n < MOST_LINES; i++) {
        const btx_line_t *line = &lines->line[i];
        if (line->page != lines->line[blocks->first].page || btx_is_heading(scan, line))
            break;
        holds_t holds =
            see_line(&blocks->has_interval[blocks->n], &blocks->height[blocks->n], table, line);
        if (holds == IS_ROW && blocks->size <= 0)
            blocks->size = line->size;
        if (holds == IS_STEP && !is_of_size(blocks, line)) {
            holds = IS_OTHER;
            blocks->has_interval[blocks->n] = 0;
        }
        blocks->holds[blocks->n++] = holds;
    }
}

/* How far lines of one interval are apart: the least that any are, beside lines that hold nothing
 * else; 0 where there are too few. */
static double find_pitch(const blocks_t *blocks)
{
    double least = INFINITY;
    int last = -1, steps = 0;
    for (int i = 0; i < blocks->n; i++) {
        if (!blocks->has_interval[i])
            continue;
        double size = blocks->reading->lines->line[blocks->first + i].size;
        double far = last < 0 ? 0 : middle(blocks, i) - middle(blocks, last);
        int is_step = blocks->holds[i] == IS_STEP || (last >= 0 && blocks->holds[last] == IS_STEP);
        if (is_step && far > least_pitch * size)
            least = fmin(least, far);
        steps += blocks->holds[i] == IS_STEP;
        last = i;
    }
    return steps >= LEAST_STEPS && least < INFINITY ? least : 0;
}

/* The last line of the interval in this direction from height `at`; -1 where it runs into another
 * row. */
static int walk_steps(const blocks_t *blocks, int from, int direction, double at)
{
    int last = from;
    for (int i = from + direction; i >= 0 && i < blocks->n; i += direction) {
        if (fabs(middle(blocks, i) - at) > same_pitch * blocks->pitch)
            break;
        if (blocks->holds[i] == IS_ROW || blocks->holds[i] == IS_OTHER)
            return -1;
        if (blocks->holds[i] == IS_STEP) {
            last = i;
            at = middle(blocks, i);
        }
    }
    return last;
}

/* The nearest line of the interval of a row that has none of it on its own line. */
static int nearest_step(const blocks_t *blocks, int row, int direction)
{
    for (int i = row + direction; i >= 0 && i < blocks->n; i += direction) {
        if (blocks->holds[i] == IS_STEP)
            return fabs(middle(blocks, i) - middle(blocks, row)) < half_pitch * blocks->pitch ? i
                                                                                              : -1;
        if (blocks->holds[i] != IS_NAME)
            return -1;
    }
    return -1;
}

static int has_digits(const blocks_t *blocks, int first, int end)
{
    for (int i = first; i < end; i++) {
        const btx_line_t *line = &blocks->reading->lines->line[blocks->first + i];
        for (int k = 0; k < line->n; k++) {
            if (blocks->holds[i] == IS_STEP && strpbrk(line->word[k]->text, "0123456789"))
                return 1;
        }
    }
    return 0;
}

/* Gives the lines around the row to it, where they are its own beyond doubt and some stand above
 * it: those that only stand below are found without this. */
static void mark_row(blocks_t *blocks, int row)
{
    int above = row, below = row;
    if (!blocks->has_interval[row]) {
        above = nearest_step(blocks, row, -1);
        below = nearest_step(blocks, row, 1);
        if (above < 0 || below < 0 ||
            middle(blocks, below) - middle(blocks, above) > same_pitch * blocks->pitch)
            return;
    }
    int first = walk_steps(blocks, above, -1, middle(blocks, above));
    int last = walk_steps(blocks, below, 1, middle(blocks, below));
    if (first < 0 || last < 0 || first == row || !has_digits(blocks, first, row))
        return;
    for (int i = first; i <= last; i++) {
        int line = blocks->first + i;
        if (i == row)
            continue;
        blocks->reading->block[line] = blocks->first + row;
        if (blocks->holds[i] == IS_STEP)
            blocks->reading->lines->line[line].is_used = 1;
    }
}

void btx_blocks_mark(btx_reading_t *reading, const btx_table_t *table, int first)
{
    if (table->n_groups > 1 || table->is_mirrored || first >= reading->lines->n ||
        !btx_table_has(table, 0, BTX_COL_REFERENCE) || !btx_table_has(table, 0, BTX_COL_LABEL))
        return;
    blocks_t *blocks = apr_pcalloc(reading->scan.scratch, sizeof *blocks);
    blocks->reading = reading;
    blocks->first = first;
    see_lines(blocks, table, &reading->scan);
    blocks->pitch = find_pitch(blocks);
    for (int i = 0; blocks->pitch > 0 && i < blocks->n; i++) {
        if (blocks->holds[i] == IS_ROW)
            mark_row(blocks, i);
    }
}

/* The part of the line that stands in the column of this kind, joined to what there is. */
static const char *join_part(const btx_reading_t *reading, const btx_table_t *table,
                             const btx_line_t *line, btx_column_kind_t kind, const char *text)
{
    for (int i = 0; i < line->n_cells; i++) {
        const btx_cell_t *cell = &line->cell[i];
        const btx_column_t *over = btx_table_over(table, 0, cell->x0, cell->x1);
        int n = 0;
        if (!over || over->kind != kind ||
            (kind == BTX_COL_LABEL && btx_lexicon_longest(&n, reading->scan.lexicon, "method", line,
                                                          cell->first, cell->end)))
            continue;
        const char *more = btx_line_text(line, cell->first, cell->end, reading->pool);
        text = text ? apr_pstrcat(reading->pool, text, " ", more, NULL) : more;
    }
    return text;
}

static int is_of(const btx_reading_t *reading, int line, int row)
{
    return line == row || (line >= 0 && line < reading->lines->n && reading->block[line] == row);
}

int btx_block_label(btx_reading_t *reading, btx_row_t *row)
{
    const char *label = NULL;
    int first = row->line, end = row->line + 1;
    while (is_of(reading, first - 1, row->line))
        first--;
    while (is_of(reading, end, row->line))
        end++;
    bt_box_t box = row->box;
    for (int i = first; i < end; i++) {
        label = join_part(reading, row->table, &reading->lines->line[i], BTX_COL_LABEL, label);
        box = btx_box_join(box, reading->lines->line[i].box);
    }
    if (!label || end - first < 2 ||
        bt_catalogue_label_likeness(reading->scan.catalogue, label, reading->scan.scratch) < 0.8)
        return 0;
    row->label = label;
    row->box = box;
    return 1;
}

int btx_block_join(btx_reading_t *reading, btx_row_t *row)
{
    const char *reference = NULL;
    int first = row->line, end = row->line + 1;
    if (!row->table)
        return 0;
    while (is_of(reading, first - 1, row->line))
        first--;
    while (is_of(reading, end, row->line))
        end++;
    if (end - first < 2)
        return 0;
    for (int i = first; i < end; i++) {
        const btx_line_t *line = &reading->lines->line[i];
        if (i == row->line && row->reference)
            reference = reference ? apr_pstrcat(reading->pool, reference, " ", row->reference, NULL)
                                  : row->reference;
        else if (i != row->line)
            reference = join_part(reading, row->table, line, BTX_COL_REFERENCE, reference);
        row->box = btx_box_join(row->box, line->box);
    }
    (void)btx_block_label(reading, row);
    row->reference = reference;
    btx_understand_reference(reading, row);
    return 1;
}
