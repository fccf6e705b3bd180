/* SPDX-License-Identifier: Apache-2.0
 * Results whose name stands in the title above them: the only row of a table without names, and
 * "Result: 94 mg/dL" below "GLUCOSE".
 */
#include "reading.h"

#include <math.h>
#include <string.h>

enum { MAX_BELOW_TITLE = 5 };
static const double near_reference = 2.7; /* of the font size */

static int is_near(const btx_line_t *above, const btx_line_t *below, double times)
{
    double pitch = (below->box.y0 + below->box.y1 - above->box.y0 - above->box.y1) / 2;
    return above->page == below->page && pitch > 0 && pitch < times * above->size;
}

static btx_column_kind_t cell_kind(const btx_row_t *row, const btx_cell_t *cell)
{
    int column = row->table ? btx_table_at(row->table, row->group, cell->x0, cell->x1) : -1;
    return column < 0 ? BTX_COL_NONE : row->table->column[column].kind;
}

static int is_nameless(const btx_reading_t *reading, const btx_row_t *row, const btx_line_t *line)
{
    btx_number_t number;
    return cell_kind(row, &line->cell[0]) == BTX_COL_VALUE &&
           btx_scan_number(&number, line->word[0]->text, reading->scan.style) != NULL;
}

/* Whether a number stands under the headings right above or below the row: another result without a
 * name, or one of another day, and which of them the title names is not certain. */
static int has_second(const btx_reading_t *reading, const btx_row_t *row)
{
    const btx_line_t *line = &reading->lines->line[row->line];
    return (row->line && is_near(line - 1, line, near_reference) &&
            is_nameless(reading, row, line - 1)) ||
           (row->line + 1 < reading->lines->n && is_near(line, line + 1, near_reference) &&
            is_nameless(reading, row, line + 1));
}

/* The title at lines[index] as the name of the row, where it is a known one. */
static int take_title(btx_reading_t *reading, btx_row_t *row, int index)
{
    btx_line_t *title = index < 0 ? NULL : &reading->lines->line[index];
    int n = 0;
    if (!title || title->is_used || row->line - index > MAX_BELOW_TITLE ||
        title->page != reading->lines->line[row->line].page || !(row->unit || row->word))
        return 0;
    row->label = btx_label_clean(&reading->scan, title, 0, title->n, reading->pool);
    if (!row->label ||
        bt_catalogue_label_likeness(reading->scan.catalogue, row->label, reading->scan.scratch) <
            0.8 ||
        btx_lexicon_longest(&n, reading->scan.lexicon, "specimen", title, 0, title->n))
        return 0;
    row->label_box = title->box;
    row->box = btx_box_join(row->box, title->box);
    row->confidence *= 0.9;
    row->reason = "the name stands in the title";
    title->is_used = 1;
    return 1;
}

/* "GLUCOSE" above "Result | Reference" and "101 mg/dL": a table without names has that of its
 * title, for one result. */
int btx_label_title(btx_reading_t *reading, btx_row_t *row, int index)
{
    if (!row->table || row->table->n_rows || btx_table_has(row->table, row->group, BTX_COL_LABEL) ||
        has_second(reading, row))
        return 0;
    return take_title(reading, row, index);
}

/* Where the words "Result" and the marks behind them end; 0 where the line does not begin so. */
static int past_result_word(const btx_reading_t *reading, const btx_line_t *line)
{
    int n = 0;
    const char *means = btx_lexicon_longest(&n, reading->scan.lexicon, "column", line, 0, line->n);
    if (!means || strcmp(means, "value") != 0)
        return 0;
    const char *last = line->word[n - 1]->text;
    int has_mark = strchr(":.", last[strlen(last) - 1]) != NULL;
    while (n < line->n && !line->word[n]->text[strspn(line->word[n]->text, ":.")]) {
        has_mark = 1;
        n++;
    }
    return has_mark && n < line->n ? n : 0;
}

int btx_titled_read(btx_row_t *row, btx_reading_t *reading, int index, int title)
{
    const btx_line_t *line = &reading->lines->line[index];
    btx_tokens_t tokens;
    int first = past_result_word(reading, line);
    if (!first)
        return 0;
    btx_row_start(row);
    btx_tokens_make(&tokens, &reading->scan, line, first, line->n, reading->scan.scratch);
    if (btx_pick_by_shape(row, &reading->scan, line, &tokens, reading->scan.scratch) != BTX_ROW)
        return 0;
    row->line = index;
    row->box = btx_line_box(line, 0, line->n);
    row->has_label_mark = row->has_gap = 1;
    return take_title(reading, row, title);
}
