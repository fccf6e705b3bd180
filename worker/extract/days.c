/* SPDX-License-Identifier: Apache-2.0
 * Headings of results of several days: columns that are headed by dates, in the line of the column
 * words or in one of their own above or below it.
 */
#include "table.h"

#include <math.h>
#include <string.h>

enum { MAX_DAY_LINES = 4, MAX_DAYS = 12, LINES_AROUND = 2 };
static const double near_lines = 3.4; /* of the font size: how far a line of dates may stand */

void btx_table_insert(btx_table_t *table, const btx_column_t *column)
{
    int at = table->n;
    if (table->n == BTX_MAX_COLUMNS)
        return;
    while (at > 0 && table->column[at - 1].x0 > column->x0)
        at--;
    memmove(table->column + at + 1, table->column + at,
            (size_t)(table->n - at) * sizeof table->column[0]);
    table->column[at] = *column;
    table->n++;
}

/* "Lab  03/02/24  03/03/24": whatever heads the first column, the others are results of days. */
static int is_day_table(const btx_table_t *table)
{
    for (int i = 1; i < table->n; i++) {
        if (!table->column[i].date[0] && !table->column[i].date[1])
            return 0;
    }
    return table->n > 2 && table->column[0].kind == BTX_COL_IGNORE;
}

/* "Date  12/01/20  15/02/21" over lines with times and numbers of requests, of which one has the
 * words for unit and interval: the heading of results of several days.  Returns how many lines
 * below belong to it. */
static int read_days(btx_table_t *table, const btx_scan_t *scan, const btx_lines_t *lines,
                     int index)
{
    const btx_line_t *line = &lines->line[index];
    int days = 0;
    for (int i = 1; i < table->n; i++)
        days += table->column[i].kind == BTX_COL_PREVIOUS && table->column[i].date[0];
    if (days < 2 || days + 1 != table->n || table->column[0].kind != BTX_COL_IGNORE)
        return 0;
    for (int k = 1; k <= MAX_DAY_LINES && index + k < lines->n; k++) {
        const btx_line_t *below = line + k;
        btx_table_t more = {.n = 0};
        int known = 0;
        for (int i = 0; below->page == line->page && i < below->n_cells; i++)
            (void)btx_heading_cell(&more, scan, below, &below->cell[i]);
        for (int i = 0; i < more.n; i++) {
            int is_wanted =
                more.column[i].kind == BTX_COL_UNIT || more.column[i].kind == BTX_COL_REFERENCE;
            int column = btx_table_at(table, 0, more.column[i].x0, more.column[i].x1);
            if (!is_wanted || more.column[i].x0 < table->column[column].x1)
                continue;
            btx_table_insert(table, &more.column[i]);
            known++;
        }
        if (known == 2) {
            table->column[0].kind = BTX_COL_LABEL;
            return k;
        }
        if (known)
            return 0;
    }
    return 0;
}

/* "Collected", "Date": what the dates behind it are. */
static int is_name_of_days(const btx_scan_t *scan, const btx_line_t *line, const btx_cell_t *cell)
{
    int n = 0;
    const char *means =
        btx_lexicon_longest(&n, scan->lexicon, "field", line, cell->first, cell->end);
    if (!means || strcmp(means, "collected"))
        means = btx_lexicon_longest(&n, scan->lexicon, "column", line, cell->first, cell->end);
    return means && n == cell->end - cell->first &&
           (!strcmp(means, "collected") || !strcmp(means, "ignore"));
}

/* A line of two dates or more and nothing else, but for what they are and the times of day behind
 * them. */
static int days_of(btx_column_t *days, const btx_scan_t *scan, const btx_line_t *line)
{
    int n = 0;
    for (int i = 0; i < line->n_cells; i++) {
        const btx_cell_t *cell = &line->cell[i];
        if (!i && is_name_of_days(scan, line, cell))
            continue;
        for (int at = cell->first, first = at; at < cell->end; first = at) {
            btx_column_t day = {.kind = BTX_COL_PREVIOUS, .is_day = 1};
            int words = btx_is_date_of_words(day.date, line, at, cell->end);
            if (!words && btx_is_date(line->word[at]->text)) {
                btx_date_read(day.date, line->word[at]->text);
                words = 1;
            }
            if (!words || n == MAX_DAYS)
                return 0;
            for (at += words; at < cell->end && btx_is_time(line->word[at]->text);)
                at++;
            bt_box_t box = btx_line_box(line, first, at);
            day.x0 = box.x0;
            day.x1 = box.x1;
            days[n++] = day;
        }
    }
    return n > 1 ? n : 0;
}

/* Gives the days to the columns that they stand over or under, and makes columns of the others.  A
 * day over the label, the unit or the interval is of something else: then nothing is changed.
 * Numbers of requests, or of samples, stand below all days or below none. */
static int take_days(btx_table_t *table, const btx_scan_t *scan, const btx_line_t *line)
{
    btx_column_t day[MAX_DAYS];
    btx_table_t dated = *table;
    int n = days_of(day, scan, line), numbered = 0;
    for (int i = 0; i < n; i++) {
        int over = -1;
        for (int k = 0; k < dated.n; k++) {
            if (day[i].x0 < dated.column[k].x1 && day[i].x1 > dated.column[k].x0)
                over = k;
        }
        btx_column_t *column = over < 0 ? NULL : &dated.column[over];
        if (!column) {
            btx_table_insert(&dated, &day[i]);
        } else if (column->kind == BTX_COL_NONE || column->kind == BTX_COL_PREVIOUS ||
                   column->kind == BTX_COL_IGNORE) {
            numbered += column->kind == BTX_COL_IGNORE;
            day[i].x0 = fmin(day[i].x0, column->x0);
            day[i].x1 = fmax(day[i].x1, column->x1);
            *column = day[i];
        } else if (column->kind != BTX_COL_VALUE) {
            return 0;
        }
    }
    if (numbered && numbered != n)
        return 0;
    if (n)
        *table = dated;
    return n > 0;
}

/* The line of dates around a heading that names no values: how many lines below the heading belong
 * to it. */
static int take_days_around(btx_table_t *table, const btx_scan_t *scan, const btx_lines_t *lines,
                            int index)
{
    const btx_line_t *line = &lines->line[index];
    for (int distance = 1; distance <= LINES_AROUND; distance++) {
        for (int side = -1; side <= 1; side += 2) {
            int at = index + side * distance;
            const btx_line_t *other = at < 0 || at >= lines->n ? NULL : &lines->line[at];
            if (other && other->page == line->page &&
                fabs(other->box.y0 - line->box.y0) < near_lines * line->size &&
                take_days(table, scan, other))
                return side > 0 ? distance : 0;
        }
    }
    return 0;
}

/* Whether the line has a cell at [x0, x1] that says "previous" and nothing else. */
static int says_previous(const btx_scan_t *scan, const btx_line_t *line, double x0, double x1)
{
    for (int i = 0; i < line->n_cells; i++) {
        const btx_cell_t *cell = &line->cell[i];
        int n = 0;
        if (cell->x0 >= x1 || cell->x1 <= x0)
            continue;
        const char *means =
            btx_lexicon_longest(&n, scan->lexicon, "column", line, cell->first, cell->end);
        return means && n == cell->end - cell->first && !strcmp(means, "previous");
    }
    return 0;
}

/* "Previous" right above or below a day in the heading: the day is not that of the values, however
 * alone it stands. */
static void forget_earlier_days(btx_table_t *table, const btx_scan_t *scan,
                                const btx_lines_t *lines, int index)
{
    const btx_line_t *line = &lines->line[index];
    for (int side = -1; side <= 1; side += 2) {
        int at = index + side;
        if (at < 0 || at >= lines->n || lines->line[at].page != line->page ||
            fabs(lines->line[at].box.y0 - line->box.y0) > near_lines * line->size)
            continue;
        for (int i = 0; i < table->n; i++) {
            btx_column_t *column = &table->column[i];
            if (column->kind == BTX_COL_PREVIOUS &&
                says_previous(scan, &lines->line[at], column->x0, column->x1))
                column->date[0] = column->date[1] = 0;
        }
    }
}

int btx_is_request(const btx_scan_t *scan, const btx_line_t *line, const btx_cell_t *cell)
{
    enum { LEAST_DIGITS = 4 };
    const char *number = line->word[cell->end - 1]->text;
    return cell->end - cell->first == 2 && strlen(number) >= LEAST_DIGITS &&
           strspn(number, "0123456789") == strlen(number) &&
           btx_lexicon_find(scan->lexicon, "laboratory", line->word[cell->first]->key) != NULL;
}

int btx_days_settle(btx_table_t *table, const btx_scan_t *scan, const btx_lines_t *lines, int index)
{
    forget_earlier_days(table, scan, lines, index);
    int days = read_days(table, scan, lines, index);
    if (is_day_table(table))
        table->column[0].kind = BTX_COL_LABEL;
    int names = btx_table_has(table, 0, BTX_COL_LABEL);
    int others =
        btx_table_has(table, 0, BTX_COL_UNIT) || btx_table_has(table, 0, BTX_COL_REFERENCE);
    if (!days && names && others && !btx_table_has(table, 0, BTX_COL_VALUE))
        days = take_days_around(table, scan, lines, index);
    return days;
}
