/* SPDX-License-Identifier: Apache-2.0
 * Goes through the lines once: headings of tables set the columns for the lines below them (over
 * the page, until the next heading), and each line is read with the columns, else by its shape.
 */
#include "reading.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

enum {
    MAX_CELLS_BY_SHAPE = 14,
    MAX_SECTION_WORDS = 10,
    MAX_SECTION_BYTES = 100,
    MAX_BELOW_TITLE = 5
};

/* What is carried from line to line. */
typedef struct walk_t {
    btx_reading_t *reading;
    btx_table_t *table; /* NULL: none yet */
    const char *section;
    int last;  /* the last line read with the table, or that goes on with its interval; -1: none */
    int title; /* the last line that may name the one result of a table; -1: none */
    int table_rows;      /* rows read with any table */
    btx_table_t foreign; /* a table of other things that has begun */
    int foreign_page;    /* where it has; 0: none */
    btx_table_t normal;  /* "Test | Normal": what is under it is no result */
    int normal_page;     /* where it has begun; 0: none */
    struct {
        int n, page;
        double x0, x1;
    } above;       /* rows read without columns, one below the other: where their values stand */
    int is_barred; /* the table is drawn with bars, and ends with them */
} walk_t;

/* How many rows in a row, read without columns, have their values at this place. */
static int count_above(const walk_t *walk, const btx_row_t *row)
{
    double left = row->value_x0 - walk->above.x0, right = row->value_x1 - walk->above.x1;
    int is_same = walk->reading->lines->line[row->line].page == walk->above.page &&
                  (fabs(left) < 3 || fabs(right) < 3 || fabs(left + right) < 6);
    return is_same ? walk->above.n : 0;
}

static void note_above(walk_t *walk, const btx_row_t *row)
{
    walk->above.n = count_above(walk, row) + 1;
    walk->above.page = walk->reading->lines->line[row->line].page;
    walk->above.x0 = row->value_x0;
    walk->above.x1 = row->value_x1;
}

/* Whether the value stands under the heading of normal values, in a list that has no others. */
static int is_normal_value(const walk_t *walk, const btx_row_t *row)
{
    const btx_column_t *over = walk->reading->lines->line[row->line].page == walk->normal_page
                                   ? btx_table_over(&walk->normal, 0, row->value_x0, row->value_x1)
                                   : NULL;
    return over && over->kind == BTX_COL_REFERENCE;
}

static void keep_row(walk_t *walk, btx_row_t *row)
{
    btx_reading_t *reading = walk->reading;
    if (reading->n_rows == BT_MAX_OBSERVATIONS || is_normal_value(walk, row))
        return;
    if (btx_is_sign_lost(reading, row)) {
        btx_not_understood(reading, row, "a sign beside the number may be its own");
        return;
    }
    if (!row->flag && row->sign && !btx_skip_dash(row->sign))
        row->flag = row->sign;
    if (!row->table)
        note_above(walk, row);
    btx_row_keep(row, reading->pool);
    reading->section[reading->n_rows] = walk->section;
    reading->row[reading->n_rows++] = *row;
    reading->lines->line[row->line].is_used = 1;
    if (row->table) {
        walk->last = row->line;
        walk->table->n_rows++;
        walk->table_rows++;
        walk->table->value_x0 = row->value_x0;
        walk->table->value_x1 = (row->value_x0 + row->value_x1) / 2;
        walk->table->value_right = row->value_x1;
    }
}

static int keep_rows(walk_t *walk, btx_row_t *rows, int n)
{
    for (int i = 0; i < n; i++)
        keep_row(walk, &rows[i]);
    return n;
}

/* Take the row, note it, or forget it.  Returns whether it was taken or noted. */
static int settle(walk_t *walk, btx_row_t *row, btx_found_t found)
{
    btx_complete(walk->reading, row, found);
    if (found == BTX_VALUE_ONLY)
        found =
            btx_label_around(walk->reading, row) || btx_label_title(walk->reading, row, walk->title)
                ? BTX_ROW
                : BTX_NO_ROW;
    if (found == BTX_NO_ROW)
        return 0;
    btx_found_t judged = found == BTX_ROW ? btx_judge_row(walk->reading, row) : BTX_DOUBTFUL;
    if (judged == BTX_ROW) {
        keep_row(walk, row);
        return 1;
    }
    if (judged == BTX_DOUBTFUL)
        btx_not_understood(walk->reading, row,
                           found == BTX_ROW ? "too little says that this is a result"
                                            : "more than one possible value");
    return judged == BTX_DOUBTFUL;
}

static int read_by_table(walk_t *walk, int index)
{
    const btx_line_t *line = &walk->reading->lines->line[index];
    const btx_table_t *table = walk->table;
    int taken = 0, at = 0;
    for (int group = 0; group < table->n_groups; group++) {
        double right = group + 1 < table->n_groups ? table->split[group + 1] : INFINITY;
        int range[2] = {at, at};
        while (range[1] < line->n && line->word[range[1]]->box.x0 < right)
            range[1]++;
        at = range[1];
        if (range[0] == range[1])
            continue;
        btx_row_t row = {.table = table, .group = group};
        btx_found_t found =
            btx_row_by_table(&row, &walk->reading->scan, line, range, walk->reading->scan.scratch);
        row.line = index;
        taken += settle(walk, &row, found);
    }
    return taken;
}

/* Whether the heading says of the place where the value stands that it holds something else. */
static int is_under_other(const walk_t *walk, const btx_row_t *row, const btx_line_t *line)
{
    const btx_column_t *over =
        btx_table_over(walk->table, row->group, row->value_x0, row->value_x1);
    return over && over->is_headed && line->page == walk->table->page &&
           over->kind != BTX_COL_VALUE && over->kind != BTX_COL_LABEL;
}

/* Below a heading that did not fit, only a whole row counts; beside earlier results, none does. */
static int may_stand_alone(const walk_t *walk, const btx_row_t *row, const btx_line_t *line)
{
    if (!walk->table || line->n_cells < 2)
        return 1;
    if (!row->has_label_mark && is_under_other(walk, row, line))
        return 0;
    for (int group = 0; group < walk->table->n_groups; group++) {
        if (btx_table_has(walk->table, group, BTX_COL_PREVIOUS))
            return 0;
    }
    return row->unit && row->has_interval;
}

/* The longest part of the line from this cell that makes a row: the cell behind it, or 0. */
static int row_from(walk_t *walk, btx_row_t *row, btx_row_t *doubtful, int index, int cell)
{
    const btx_line_t *line = &walk->reading->lines->line[index];
    for (int last = line->n_cells - 1; last >= cell; last--) {
        if (last > cell && btx_is_next_name(&walk->reading->scan, line, last))
            continue;
        int range[2] = {line->cell[cell].first, line->cell[last].end};
        btx_found_t found =
            btx_row_by_shape(row, &walk->reading->scan, line, range, walk->reading->scan.scratch);
        row->line = index;
        row->n_above = count_above(walk, row);
        btx_complete(walk->reading, row, found);
        int is_bare = found == BTX_ROW && !row->reference && last == line->n_cells - 1;
        int below = is_bare && !cell ? btx_reference_below(walk->reading, row) : 0;
        if (below)
            btx_complete(walk->reading, row, found);
        if (below && !row->unit && row->has_interval)
            row->unit = btx_tail_unit(&walk->reading->scan, row->reference, walk->reading->pool);
        if (found == BTX_ROW && btx_judge_row(walk->reading, row) == BTX_ROW &&
            may_stand_alone(walk, row, line))
            return last + 1;
        for (int i = 1; i <= below; i++)
            walk->reading->lines->line[index + i].is_used = 0; /* not its own after all */
        if (found != BTX_NO_ROW && !doubtful->label && !btx_is_judgement(row))
            *doubtful = *row;
    }
    return 0;
}

/* Whether the cell begins with a number: beside a row that was read it could be the result as well.
 */
static int is_stray_number(const walk_t *walk, const btx_line_t *line, int cell)
{
    btx_number_t number;
    const char *text = line->word[line->cell[cell].first]->text;
    return btx_scan_number(&number, text + strspn(text, "*(["), walk->reading->scan.style) != NULL;
}

static int read_stacks(walk_t *walk, int index)
{
    btx_row_t rows[BTX_MAX_STACKS];
    return keep_rows(walk, rows, btx_stacks_read(rows, walk->reading, index));
}

/* One row, or several side by side; a number that is left over makes all of them doubtful. */
static int read_by_shape(walk_t *walk, int index)
{
    const btx_line_t *line = &walk->reading->lines->line[index];
    btx_row_t row[MAX_CELLS_BY_SHAPE], doubtful = {.label = NULL};
    int taken = 0, stray = 0;
    if (line->n_cells > MAX_CELLS_BY_SHAPE)
        return 0;
    for (int cell = 0; cell < line->n_cells;) {
        int next = row_from(walk, &row[taken], &doubtful, index, cell);
        if (next && cell && !row[taken].flag) /* "L   25-OH Vitamin D" */
            row[taken].flag = btx_lone_mark(&walk->reading->scan, line, cell - 1);
        stray |= !next && is_stray_number(walk, line, cell);
        taken += next > 0;
        cell = next ? next : cell + 1;
    }
    if (taken && stray)
        return settle(walk, &row[0], BTX_DOUBTFUL);
    for (int i = 0; i < taken; i++)
        keep_row(walk, &row[i]);
    /* "Vitamin D - 25 hydroxy" alone may be a name that has its result below */
    if (!taken && doubtful.label && line->n_cells == 1)
        taken = read_stacks(walk, index);
    return taken || !doubtful.label ? taken : settle(walk, &doubtful, BTX_DOUBTFUL);
}

static int read_twins(walk_t *walk, int index)
{
    btx_row_t rows[2];
    return keep_rows(walk, rows, btx_twins_read(rows, walk->reading, walk->table, index));
}

static int read_flow(walk_t *walk, int index)
{
    btx_row_t rows[BTX_MAX_COLUMNS];
    return keep_rows(walk, rows, btx_flow_read(rows, walk->reading, index));
}

static int read_sentence(walk_t *walk, int index)
{
    btx_row_t rows[BTX_MAX_SENTENCE];
    return keep_rows(walk, rows, btx_sentence_read(rows, walk->reading, index));
}

/* A short line without values is the heading of what follows. */
static void note_section(walk_t *walk, const btx_line_t *line)
{
    if (line->n > MAX_SECTION_WORDS || line->n_cells > 1)
        return;
    const char *text = btx_line_text(line, 0, line->n, walk->reading->pool);
    if (*text == '(' || strlen(text) >= MAX_SECTION_BYTES ||
        !btx_label_clean(&walk->reading->scan, line, 0, line->n, walk->reading->scan.scratch))
        return;
    walk->section = text;
    if (!strchr(text, ':'))
        walk->title = (int)(line - walk->reading->lines->line);
}

/* A table drawn with bars is one of results where its heading names the label, the value and more;
 * all others are tables of categories. */
static void read_barred(walk_t *walk, int index)
{
    btx_line_t *line = &walk->reading->lines->line[index];
    btx_table_t table;
    if (btx_strip_bars(line) >= 2 && line->n) {
        int heading = btx_table_read(&table, &walk->reading->scan, walk->reading->lines, index,
                                     walk->reading->scan.scratch);
        if (heading && btx_table_has(&table, 0, BTX_COL_LABEL) &&
            btx_table_has(&table, 0, BTX_COL_VALUE) &&
            (btx_table_has(&table, 0, BTX_COL_UNIT) ||
             btx_table_has(&table, 0, BTX_COL_REFERENCE))) {
            walk->table = apr_pmemdup(walk->reading->pool, &table, sizeof table);
            walk->is_barred = 1;
        } else if (walk->is_barred) {
            (void)read_by_table(walk, index);
        }
    }
    line->is_used = 1;
}

/* Below antibiotics or prices a whole row of a known name is a result again, unless its number
 * stands in the column of prices; what only looks like one is noted. */
static void read_below_foreign(walk_t *walk, int index)
{
    btx_reading_t *reading = walk->reading;
    const btx_line_t *line = &reading->lines->line[index];
    btx_row_t row;
    int range[2] = {0, line->n};
    btx_found_t found = btx_row_by_shape(&row, &reading->scan, line, range, reading->scan.scratch);
    row.line = index;
    if (found == BTX_NO_ROW || !(row.unit || row.has_interval) ||
        bt_catalogue_label_likeness(reading->scan.catalogue, row.label, reading->scan.scratch) <
            0.8)
        return;
    const btx_column_t *over = btx_table_over(&walk->foreign, 0, row.value_x0, row.value_x1);
    int is_theirs = over && over->kind == BTX_COL_FOREIGN;
    if (found == BTX_ROW && row.unit && row.has_interval && !is_theirs)
        keep_row(walk, &row);
    else
        btx_not_understood(reading, &row, "it stands below a table of other things");
}

/* Each way of reading in turn, the surest first.  Returns whether the line is settled. */
static int read_line(walk_t *walk, int index)
{
    if (walk->table && btx_is_step(walk->reading, walk->table, walk->last, index)) {
        walk->last = index; /* for the row that its interval is of */
        return 1;
    }
    btx_row_t row;
    int taken = keep_rows(walk, &row, btx_titled_read(&row, walk->reading, index, walk->title));
    if (!taken)
        taken = read_sentence(walk, index);
    if (!taken)
        taken = read_twins(walk, index);
    if (!taken)
        taken = keep_rows(walk, &row, btx_text_read(&row, walk->reading, walk->table, index));
    if (!taken && walk->table && !btx_is_prose(&walk->reading->lines->line[index]))
        taken = read_by_table(walk, index);
    return taken || read_by_shape(walk, index) || read_stacks(walk, index);
}

void btx_find_rows(btx_reading_t *reading)
{
    walk_t walk = {.reading = reading, .title = -1, .last = -1};
    for (int i = 0; i < reading->lines->n; i++) {
        btx_line_t *line = &reading->lines->line[i];
        btx_table_t table;
        apr_pool_clear(reading->scan.scratch);
        if (walk.table && i && line->page != line[-1].page)
            btx_blocks_mark(reading, walk.table, i);
        if (line->is_used)
            continue; /* a part of a stack above, or of the interval of a row */
        btx_strip_graph(line);
        btx_strip_dated(reading, i);
        if (btx_is_drawn(line)) {
            read_barred(&walk, i);
            continue;
        }
        if (walk.is_barred)
            walk.table = NULL;
        walk.is_barred = 0;
        if (read_flow(&walk, i))
            continue;
        if (btx_is_foreign_heading(&walk.foreign, &reading->scan, line)) {
            walk.table = NULL;
            walk.foreign_page = line->page;
            continue;
        }
        int heading =
            btx_table_read(&table, &reading->scan, reading->lines, i, reading->scan.scratch);
        btx_sexes_note(&reading->scan, reading->lines, i, heading);
        if (heading)
            walk.normal_page = 0;
        else if (btx_table_is_normal(&table, &reading->scan, line)) {
            walk.normal = table;
            walk.normal_page = line->page;
        }
        if (!heading && walk.foreign_page == line->page) {
            read_below_foreign(&walk, i);
            continue;
        }
        walk.foreign_page = 0;
        if (heading)
            heading += btx_sexes_settle(&table, reading, i, heading);
        if (heading)
            btx_table_profile(&table, &reading->scan, reading->lines, i + heading);
        if (heading && btx_table_has(&table, 0, BTX_COL_VALUE)) {
            walk.table = apr_pmemdup(reading->pool, &table, sizeof table);
            for (int k = 0; k < heading; k++)
                reading->lines->line[i + k].is_used = 1;
            btx_blocks_mark(reading, walk.table, i + heading);
            i += heading - 1;
            continue;
        }
        int is_settled = read_line(&walk, i);
        if (!line->is_used) /* a doubt about words that look like no result leaves no note */
            btx_note_unread(reading, walk.table, i);
        if (!is_settled)
            note_section(&walk, line);
    }
}
