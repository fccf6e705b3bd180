/* SPDX-License-Identifier: Apache-2.0
 * Cells that go on in the next line: a label over two lines, a unit broken in the middle, an
 * interval of several lines. Only lines that hold nothing else are joined, so that no value changes
 * its row.
 */
#include "reading.h"

#include <apr_strings.h>
#include <ctype.h>
#include <math.h>
#include <string.h>

enum { MAX_MORE_LINES = 12, MAX_REFERENCE_BYTES = 600, MAX_UNIT_BYTES = 16 };
static const double max_reference_width = 320;
static const double near_line = 1.55, near_reference = 2.7;

static double pitch(const btx_line_t *above, const btx_line_t *below)
{
    return ((below->box.y0 + below->box.y1) - (above->box.y0 + above->box.y1)) / 2;
}

static int is_near(const btx_line_t *above, const btx_line_t *below, double times)
{
    return above->page == below->page && pitch(above, below) > 0 &&
           pitch(above, below) < times * above->size;
}

static btx_column_kind_t cell_kind(const btx_row_t *row, const btx_cell_t *cell)
{
    int column = row->table ? btx_table_at(row->table, row->group, cell->x0, cell->x1) : -1;
    return column < 0 ? BTX_COL_NONE : row->table->column[column].kind;
}

/* Whether the cell belongs to the row's own group of columns. */
static int in_group(const btx_row_t *row, const btx_cell_t *cell)
{
    const btx_table_t *table = row->table;
    double right = row->group + 1 < table->n_groups ? table->split[row->group + 1] : INFINITY;
    return cell->x0 >= table->split[row->group] && cell->x0 < right;
}

static int is_open(const char *label)
{
    int depth = 0;
    for (; *label; label++)
        depth += *label == '(' ? 1 : *label == ')' ? -1 : 0;
    return depth > 0;
}

static double likeness(const btx_reading_t *reading, const char *label)
{
    return bt_catalogue_label_likeness(reading->scan.catalogue, label, reading->scan.scratch);
}

/* Whether text `more` of line `at` goes on with the label. */
static int goes_on(const btx_reading_t *reading, const char *label, const char *more,
                   const btx_line_t *line, const btx_cell_t *cell, const bt_box_t *label_box)
{
    const btx_word_t *word = line->word[cell->first];
    int n = 0;
    if (cell->end - cell->first > 6 || word->box.x0 < label_box->x0 - 4 ||
        word->box.x0 > label_box->x0 + 30 ||
        btx_lexicon_longest(&n, reading->scan.lexicon, "method", line, cell->first, cell->end))
        return 0;
    if (is_open(label))
        return strchr(more, ')') != NULL;
    if (*more == '(' || strchr("-*|", *more))
        return 0;
    const char *joined = apr_pstrcat(reading->scan.scratch, label, " ", more, NULL);
    if (islower((unsigned char)*more))
        return likeness(reading, joined) >= likeness(reading, label);
    return likeness(reading, label) < 0.8 && likeness(reading, joined) >= 0.8;
}

/* A value on the second line of its label. */
static void join_label_above(btx_reading_t *reading, btx_row_t *row)
{
    btx_line_t *line = &reading->lines->line[row->line], *above = line - 1;
    if (!row->line || above->is_used || above->n_cells != 1 || !is_near(above, line, near_line) ||
        fabs(above->size - line->size) > 1.1 || fabs(above->box.x0 - row->label_box.x0) > 12)
        return;
    const char *first = btx_label_clean(&reading->scan, above, 0, above->n, reading->pool);
    if (!first || (likeness(reading, row->label) >= 0.8 && !is_open(first) && *row->label != '('))
        return;
    const char *joined = apr_pstrcat(reading->pool, first, " ", row->label, NULL);
    if (!(is_open(first) && strchr(row->label, ')')) && likeness(reading, joined) < 0.8)
        return;
    row->label = joined;
    row->box = btx_box_join(row->box, above->box);
    above->is_used = 1;
}

/* A method or remark in the label column, beside an interval that goes on. */
static int is_side_note(const btx_reading_t *reading, const btx_row_t *row, const btx_line_t *line,
                        const char *text)
{
    const btx_cell_t *cell = &line->cell[0];
    int n = 0;
    int is_stepped = row->reference && strpbrk(row->reference, ":;") != NULL;
    return *text == '(' || (is_stepped && likeness(reading, text) < 0.5) ||
           btx_lexicon_longest(&n, reading->scan.lexicon, "method", line, cell->first, cell->end);
}

/* What a line that goes on with a row holds. */
typedef struct more_t {
    const char *label, *reference, *unit, *grade;
} more_t;

/* A number below a whole interval is the scale of a picture. */
static int is_scale(const btx_reading_t *reading, const btx_row_t *row, const char *text)
{
    btx_number_t number;
    const char *past = btx_scan_number(&number, text, reading->scan.style);
    return row->has_interval && past && !*past && !*number.comparator;
}

/* Below a whole interval: a heading, a name or a sentence, which are no more of it.  A unit, words
 * in brackets and what goes on in small letters may be. */
static int is_other_text(const btx_reading_t *reading, const btx_row_t *row, const char *text)
{
    const char *last = row->reference ? row->reference + strlen(row->reference) - 1 : NULL;
    if (!row->has_interval || !last || strchr("-,;:(/", *last) || *text == '(' ||
        islower((unsigned char)*text))
        return 0;
    return !strpbrk(text, "0123456789") &&
           !btx_is_unit(&reading->scan, text, reading->scan.scratch);
}

/* Whether the cell covers a column of names, values or units as well: a remark that is written
 * across the table. */
static int lies_across(const btx_row_t *row, const btx_cell_t *cell)
{
    for (int i = 0; i < row->table->n; i++) {
        const btx_column_t *column = &row->table->column[i];
        int is_other = column->kind == BTX_COL_LABEL || column->kind == BTX_COL_VALUE ||
                       column->kind == BTX_COL_UNIT;
        if (is_other && column->group == row->group && cell->x0 <= column->x0 &&
            cell->x1 >= column->x1)
            return 1;
    }
    return 0;
}

/* "(L): below the interval", "H = high": the meaning of a flag. */
static int is_legend(const btx_reading_t *reading, const btx_line_t *line, const btx_cell_t *cell)
{
    const btx_word_t *word = line->word[cell->first];
    const char *next = cell->first + 1 < cell->end ? line->word[cell->first + 1]->text : "";
    if (strlen(word->key) > 2 || (!strchr(word->text, ':') && strcmp(next, "=")) ||
        !btx_lexicon_find(reading->scan.lexicon, "flag", word->key))
        return 0;
    for (int i = cell->first; i < cell->end; i++) {
        if (strpbrk(line->word[i]->text, "0123456789"))
            return 0; /* "H: 13 - 17" is of men */
    }
    return 1;
}

/* The parts of the line that belong to the row; 0 where it holds anything else. */
static int read_more(more_t *more, const btx_reading_t *reading, const btx_row_t *row,
                     const btx_line_t *line, const btx_line_t *last)
{
    memset(more, 0, sizeof *more);
    for (int i = 0; i < line->n_cells; i++) {
        const btx_cell_t *cell = &line->cell[i];
        const char *text = btx_line_text(line, cell->first, cell->end, reading->pool);
        btx_column_kind_t kind = cell_kind(row, cell);
        if (row->table && (!in_group(row, cell) || is_legend(reading, line, cell) ||
                           (kind == BTX_COL_REFERENCE &&
                            (is_scale(reading, row, text) || lies_across(row, cell) ||
                             is_other_text(reading, row, text)))))
            return 0;
        if (kind == BTX_COL_REFERENCE && cell->x0 > row->label_box.x0 + 8 &&
            cell->x1 - cell->x0 < max_reference_width)
            more->reference = more->reference
                                  ? apr_pstrcat(reading->pool, more->reference, " ", text, NULL)
                                  : text;
        else if (kind == BTX_COL_UNIT && !more->unit && strlen(text) < MAX_UNIT_BYTES &&
                 row->unit &&
                 btx_is_unit(&reading->scan, apr_pstrcat(reading->pool, row->unit, " ", text, NULL),
                             reading->pool))
            more->unit = text;
        else if (kind == BTX_COL_VALUE && row->word && btx_bracketed_grade(text))
            more->grade = text; /* "Present" over "(++)" */
        else if (i || cell->x0 > row->label_box.x1 + 30)
            return 0;
        else if (is_near(last, line, near_line) && fabs(line->size - last->size) < 1.1 &&
                 goes_on(reading, row->label, text, line, cell, &row->label_box))
            more->label = text;
        else if (line->n_cells == 1 || !is_side_note(reading, row, line, text))
            return 0;
    }
    return more->label || more->reference || more->unit || more->grade;
}

/* Lines that stand nearer to the next row than to this one are the begin of the next. */
static int belongs_below(const btx_reading_t *reading, int index)
{
    const btx_line_t *line = reading->lines->line;
    int end = index;
    while (end + 1 < reading->lines->n && !line[end + 1].is_used &&
           is_near(&line[end], &line[end + 1], near_reference) && end - index < MAX_MORE_LINES)
        end++;
    if (end + 1 >= reading->lines->n || !line[end + 1].is_used ||
        line[end + 1].page != line[index].page)
        return 0;
    return pitch(&line[index - 1], &line[index]) > 1.2 * pitch(&line[end], &line[end + 1]);
}

static const char *joined(const char *text, const char *more, apr_pool_t *pool)
{
    return text && more ? apr_pstrcat(pool, text, " ", more, NULL) : text ? text : more;
}

static void take_more(btx_reading_t *reading, btx_row_t *row, btx_line_t *line, const more_t *more)
{
    row->label = joined(row->label, more->label, reading->pool);
    row->reference = joined(row->reference, more->reference, reading->pool);
    row->unit = joined(row->unit, more->unit, reading->pool);
    row->value = joined(row->value, more->grade, reading->pool);
    row->box = btx_box_join(row->box, line->box);
    line->is_used = 1;
}

void btx_understand_reference(btx_reading_t *reading, btx_row_t *row)
{
    row->has_interval = btx_find_interval(&row->interval, &reading->scan, row->reference,
                                          reading->report->sex, reading->scan.scratch);
    if (!row->has_interval)
        row->interval = (bt_interval_t){NAN, NAN, 0, 0};
}

static void join_below(btx_reading_t *reading, btx_row_t *row)
{
    const char *before = row->reference;
    for (int i = 1; i <= MAX_MORE_LINES && row->line + i < reading->lines->n; i++) {
        btx_line_t *line = &reading->lines->line[row->line + i];
        more_t more;
        if (line->is_used || !is_near(line - 1, line, near_reference) ||
            (row->reference && strlen(row->reference) > MAX_REFERENCE_BYTES) ||
            (i == 1 && belongs_below(reading, row->line + i)) ||
            !read_more(&more, reading, row, line, line - 1))
            break;
        take_more(reading, row, line, &more);
    }
    if (row->reference != before)
        btx_understand_reference(reading, row);
}

/* An interval of several lines whose middle one stands beside the value. */
static void join_above(btx_reading_t *reading, btx_row_t *row)
{
    more_t after;
    const btx_line_t *next = &reading->lines->line[row->line + 1];
    if (row->line + 1 >= reading->lines->n || next->is_used ||
        !is_near(next - 1, next, near_reference) ||
        !read_more(&after, reading, row, next, next - 1) || !after.reference)
        return;
    const char *above = NULL;
    for (int i = 1; i <= MAX_MORE_LINES && row->line - i >= 0; i++) {
        btx_line_t *line = &reading->lines->line[row->line - i];
        more_t more;
        if (line->is_used || !is_near(line, line + 1, near_reference) ||
            !read_more(&more, reading, row, line, line) || !more.reference || more.label ||
            more.unit)
            break;
        above = joined(more.reference, above, reading->pool);
        line->is_used = 1;
        row->box = btx_box_join(row->box, line->box);
    }
    if (!above)
        return;
    row->reference = joined(above, row->reference, reading->pool);
    btx_understand_reference(reading, row);
}

void btx_join_wraps(btx_reading_t *reading, btx_row_t *row)
{
    if (row->is_whole || btx_block_join(reading, row))
        return;
    join_label_above(reading, row);
    if (row->table)
        join_above(reading, row);
    join_below(reading, row);
    if (!row->reference)
        (void)btx_reference_below(reading, row);
}

int btx_label_around(btx_reading_t *reading, btx_row_t *row)
{
    btx_line_t *line = &reading->lines->line[row->line], *above = line - 1, *below = line + 1;
    const char *first = NULL, *second = NULL;
    int n = 0;
    if (!row->line || !row->table)
        return 0;
    if (btx_block_label(reading, row))
        return 1;
    if (!above->is_used && above->n_cells == 1 && is_near(above, line, near_line) &&
        cell_kind(row, &above->cell[0]) == BTX_COL_LABEL)
        first = btx_label_clean(&reading->scan, above, 0, above->n, reading->pool);
    if (!first)
        return 0;
    if (row->line + 1 < reading->lines->n && below->n_cells == 1 && is_near(line, below, 0.9) &&
        cell_kind(row, &below->cell[0]) == BTX_COL_LABEL &&
        !btx_lexicon_longest(&n, reading->scan.lexicon, "method", below, 0, below->n))
        second = btx_line_text(below, 0, below->n, reading->pool);
    double up = pitch(above, line), down = second ? pitch(line, below) : 0;
    /* the value of a label of two lines stands level with the gap between them */
    int is_centred = second && fabs(up - down) < 0.15 * line->size && up < 0.9 * line->size;
    const char *joined = second ? apr_pstrcat(reading->pool, first, " ", second, NULL) : first;
    if ((!is_centred && likeness(reading, joined) < 0.8) ||
        (second && likeness(reading, second) >= 0.8))
        return 0; /* a name of its own below: the value may be that one's */
    row->label = joined;
    row->label_box = above->box;
    row->box = btx_box_join(row->box, above->box);
    above->is_used = 1;
    if (second)
        below->is_used = 1;
    row->confidence *= 0.75;
    row->reason = "label and value stand on different lines";
    return 1;
}
