/* SPDX-License-Identifier: Apache-2.0
 * Charts of a stay: names side by side, a line for each day below them.  The line of the newest day
 * is read; which one that is must be beyond doubt, whether days or months stand first in the dates.
 */
#include "reading.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

enum { MIN_NAMES = 3, MAX_DAYS = 40 };

/* A chart: its heading, and the lines of days below it. */
typedef struct chart_t {
    const btx_line_t *heading;
    int first, end; /* lines of days */
    int newest;
} chart_t;

static int date_of(int date[2], const btx_line_t *line)
{
    int words = btx_is_date_of_words(date, line, 0, line->n);
    if (words || !btx_is_date(line->word[0]->text))
        return words;
    btx_date_read(date, line->word[0]->text);
    return 1;
}

/* A name and the unit in brackets behind it. */
static const char *name_of(const char **unit, const btx_reading_t *reading, const btx_line_t *line,
                           const btx_cell_t *cell)
{
    const char *text = btx_label_clean(&reading->scan, line, cell->first, cell->end, reading->pool);
    const char *open = text ? strrchr(text, '(') : NULL;
    *unit = NULL;
    if (!open || open == text || text[strlen(text) - 1] != ')')
        return text;
    const char *inner = apr_pstrmemdup(reading->pool, open + 1, strlen(open) - 2);
    if (!btx_is_unit(&reading->scan, inner, reading->scan.scratch))
        return text;
    *unit = inner;
    while (open > text && open[-1] == ' ')
        open--;
    return apr_pstrmemdup(reading->pool, text, (size_t)(open - text));
}

/* Whether all cells behind the first are names, nearly all of them known. */
static int is_heading(const btx_reading_t *reading, const btx_line_t *line)
{
    int known = 0;
    for (int i = 1; i < line->n_cells; i++) {
        const char *unit, *name = name_of(&unit, reading, line, &line->cell[i]);
        if (!name)
            return 0;
        known += bt_catalogue_label_likeness(reading->scan.catalogue, name,
                                             reading->scan.scratch) >= 0.8;
    }
    return known >= MIN_NAMES && known * 5 >= (line->n_cells - 1) * 4;
}

/* The newest of the days where part `order` of the dates decides; -1 where none does, or two do. */
static int newest_line(const chart_t *chart, const btx_reading_t *reading, int order)
{
    int newest = -1, most = 0;
    for (int i = chart->first; i < chart->end; i++) {
        int date[2] = {0, 0};
        (void)date_of(date, &reading->lines->line[i]);
        if (!date[order] || date[order] == most)
            return -1;
        newest = date[order] > most ? i : newest;
        most = date[order] > most ? date[order] : most;
    }
    return newest;
}

/* The heading and its days; 0 where there is no chart at lines[index]. */
static int find_chart(chart_t *chart, const btx_reading_t *reading, int index)
{
    int date[2];
    const btx_line_t *line = &reading->lines->line[index];
    if (line->n_cells <= MIN_NAMES || index + 1 >= reading->lines->n || !date_of(date, line + 1) ||
        line[1].page != line->page || date_of(date, line) || !is_heading(reading, line))
        return 0;
    *chart = (chart_t){line, index + 1, index + 1, -1};
    while (chart->end < reading->lines->n && chart->end - chart->first < MAX_DAYS &&
           reading->lines->line[chart->end].page == line->page &&
           date_of(date, &reading->lines->line[chart->end]))
        chart->end++;
    int by_day = newest_line(chart, reading, 0), by_month = newest_line(chart, reading, 1);
    chart->newest = by_day < 0 ? by_month : by_month < 0 || by_day == by_month ? by_day : -1;
    return 1;
}

/* The name that the cell stands under: the one that shares most of its width, or none. */
static int heading_over(const btx_line_t *heading, const btx_cell_t *cell)
{
    int best = -1;
    double most = 0;
    for (int i = 1; i < heading->n_cells; i++) {
        double left = fmax(heading->cell[i].x0, cell->x0),
               right = fmin(heading->cell[i].x1, cell->x1);
        if (right - left > most) {
            most = right - left;
            best = i;
        }
    }
    return best;
}

static int read_cell(btx_row_t *row, const chart_t *chart, const btx_reading_t *reading,
                     const btx_cell_t *cell, int name)
{
    const btx_line_t *line = &reading->lines->line[chart->newest];
    const btx_cell_t *over = &chart->heading->cell[name];
    btx_tokens_t *tokens = apr_palloc(reading->scan.scratch, sizeof *tokens);
    btx_tokens_make(tokens, &reading->scan, line, cell->first, cell->end, reading->pool);
    const btx_token_t *value = &tokens->token[0];
    int has_flag = tokens->n == 2 && value[1].kind == BTX_FLAG;
    if (tokens->is_full || !(tokens->n == 1 || has_flag) ||
        (value->kind != BTX_NUMBER && value->kind != BTX_LIMIT))
        return 0;
    btx_row_start(row);
    row->label = name_of(&row->unit, reading, chart->heading, over);
    btx_fill_value(row, value, line);
    row->flag = has_flag ? value[1].text : NULL;
    row->label_box = btx_line_box(chart->heading, over->first, over->end);
    row->box = btx_line_box(line, cell->first, cell->end);
    row->line = chart->newest;
    row->has_gap = row->is_whole = 1;
    row->confidence = 0.85;
    row->reason = "the name stands above the values of several days";
    return 1;
}

/* The cells of the newest day under the names; 0 where one is no plain number or two stand under
 * one name. */
static int read_day(btx_row_t *rows, const chart_t *chart, const btx_reading_t *reading)
{
    const btx_line_t *line = &reading->lines->line[chart->newest];
    int n = 0, before = 0, date[2];
    int words = date_of(date, line);
    for (int i = 0; i < line->n_cells; i++) {
        const btx_cell_t *cell = &line->cell[i];
        if (cell->first < words || btx_is_time(line->word[cell->first]->text))
            continue;
        int name = heading_over(chart->heading, cell);
        if (name <= before || n == BTX_MAX_COLUMNS ||
            !read_cell(&rows[n], chart, reading, cell, name))
            return 0;
        before = name;
        n++;
    }
    return n;
}

int btx_flow_read(btx_row_t *rows, btx_reading_t *reading, int index)
{
    chart_t chart;
    if (!find_chart(&chart, reading, index))
        return 0;
    int n = chart.newest < 0 ? 0 : read_day(rows, &chart, reading);
    for (int i = chart.first; i < chart.end; i++) {
        if (!n) {
            btx_row_t row = {.line = i};
            row.label = btx_line_text(chart.heading, chart.heading->cell[1].first,
                                      chart.heading->cell[1].end, reading->pool);
            btx_not_understood(reading, &row, "which of several days is the newest is not certain");
        }
        reading->lines->line[i].is_used = 1;
    }
    return n;
}
