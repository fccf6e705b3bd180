/* SPDX-License-Identifier: Apache-2.0
 * Per cent and count of one name in one row: two results.  Each needs its unit, from the row or
 * from the heading of its column, and one of the two must be per cent; nothing may be left over.
 */
#include "reading.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

enum { MAX_CELLS = 12 };
static const double same_result = 0.03; /* how far rounding may part the two units */
static const double far_off = 4; /* times an interval: what lies there belongs to another result */

/* One of the two: number, unit, interval, and perhaps a flag before or behind the number. */
typedef struct twin_t {
    const btx_token_t *value, *interval, *flag;
    const char *unit;
} twin_t;

typedef struct twins_t {
    twin_t twin[2];
    int n;                   /* numbers so far */
    int n_odd;               /* what has no place in such a row */
    int is_headed;           /* the heading has a unit over each of them */
    const btx_token_t *flag; /* before the number it belongs to */
} twins_t;

static void take_value(twins_t *twins, const btx_token_t *token)
{
    twin_t *twin = &twins->twin[twins->n];
    twin->value = token;
    twin->flag = twins->flag;
    twins->flag = NULL;
    twins->n++;
}

/* "58 % or 4.1 G/L": the word between the two. */
static int is_joining(const btx_scan_t *scan, const btx_line_t *line, const btx_token_t *token)
{
    return token->kind == BTX_MARK || token->kind == BTX_DASH ||
           btx_lexicon_find(scan->lexicon, "also", line->word[token->first]->key) != NULL;
}

static void take_token(twins_t *twins, const btx_scan_t *scan, const btx_line_t *line,
                       const btx_token_t *token)
{
    twin_t *twin = twins->n ? &twins->twin[twins->n - 1] : NULL;
    if (token->kind == BTX_NUMBER && twins->n < 2)
        take_value(twins, token);
    else if (token->kind == BTX_UNIT && twin && !twin->unit && !twin->interval)
        twin->unit = token->text;
    else if (token->kind == BTX_INTERVAL && token->has_two && twin && !twin->interval)
        twin->interval = token;
    else if (token->kind == BTX_INTERVAL && token->has_two && twins->n == 2 &&
             !twins->twin[0].interval && twin->interval == token - 1) {
        twins->twin[0].interval = twin->interval; /* both intervals behind both numbers */
        twin->interval = token;
    } else if (token->kind == BTX_FLAG && twin && !twin->flag && !twins->flag &&
               twin->value == token - 1)
        twin->flag = token;
    else if (token->kind == BTX_FLAG && twins->n < 2 && !twins->flag)
        twins->flag = token;
    else
        twins->n_odd += !(twins->n == 1 && is_joining(scan, line, token)) &&
                        !(!twins->n && token->kind == BTX_MARK);
}

/* Under the heading of earlier results, or behind it where it is the last one. */
static int is_earlier(const btx_table_t *table, const btx_token_t *token)
{
    int column = table ? btx_table_at(table, 0, token->x0, token->x1) : -1;
    const btx_column_t *over = column < 0 ? NULL : &table->column[column];
    return over && over->kind == BTX_COL_PREVIOUS && token->x1 > over->x0 &&
           (token->x0 < over->x1 || column + 1 == table->n);
}

/* The unit in the heading over the number. */
static const char *unit_over(const twin_t *twin, const btx_table_t *table, apr_pool_t *pool)
{
    const btx_column_t *over =
        table ? btx_table_over(table, 0, twin->value->x0, twin->value->x1) : NULL;
    return over ? btx_column_unit(over, pool) : NULL;
}

static int is_far_off(const bt_interval_t *interval, double value)
{
    return value < interval->low / far_off || value > interval->high * far_off;
}

/* The only interval of both stands behind the second, which it must fit better than the first. */
static int is_misplaced(const twins_t *twins)
{
    const twin_t *first = &twins->twin[0], *second = &twins->twin[1];
    if (first->interval || !second->interval)
        return 0;
    const bt_interval_t *interval = &second->interval->interval;
    return is_far_off(interval, second->value->number.value) &&
           !is_far_off(interval, first->value->number.value);
}

/* "2450 /mm3  47 %  (1500 - 7700)/mm3": the only interval, behind both, has the unit of the first.
 */
static void move_interval(twins_t *twins, const btx_scan_t *scan, apr_pool_t *pool)
{
    twin_t *first = &twins->twin[0], *second = &twins->twin[1];
    if (twins->n != 2 || first->interval || !second->interval || !first->unit || !second->unit ||
        !strcmp(first->unit, second->unit))
        return;
    const char *unit = btx_tail_unit(scan, second->interval->text, pool);
    if (!unit || strcmp(unit, first->unit))
        return;
    first->interval = second->interval;
    second->interval = NULL;
}

/* Whether one of them can be per cent at all, or, where no heading is, both have units of amounts.
 */
static int may_be_twins(const btx_table_t *table, const btx_line_t *line, int first)
{
    int amounts = 0;
    for (int i = first; i < line->n; i++) {
        if (strchr(line->word[i]->text, '%'))
            return 1;
        amounts += strchr(line->word[i]->text, '/') != NULL;
    }
    if (!table && amounts > 1)
        return 1;
    for (int i = 0; table && i < table->n; i++) {
        if (table->column[i].unit && strchr(table->column[i].unit, '%'))
            return 1;
    }
    return 0;
}

static int read_twins(twins_t *twins, const btx_reading_t *reading, const btx_table_t *table,
                      const btx_line_t *line, int first)
{
    btx_tokens_t *tokens = apr_palloc(reading->scan.scratch, sizeof *tokens);
    memset(twins, 0, sizeof *twins);
    btx_tokens_make(tokens, &reading->scan, line, first, line->n, reading->pool);
    for (int i = 0; i < tokens->n; i++) {
        if (!is_earlier(table, &tokens->token[i]))
            take_token(twins, &reading->scan, line, &tokens->token[i]);
    }
    move_interval(twins, &reading->scan, reading->pool);
    if (tokens->is_full || twins->n != 2 || twins->n_odd || twins->flag || is_misplaced(twins))
        return 0;
    twin_t *twin = twins->twin;
    twins->is_headed = 1;
    for (int i = 0; i < 2; i++) {
        const char *over = unit_over(&twin[i], table, reading->pool);
        twins->is_headed &= over != NULL;
        twin[i].unit = twin[i].unit ? twin[i].unit : over;
    }
    return twin[0].unit && twin[1].unit;
}

static void fill(btx_row_t *row, const twin_t *twin, const char *label, const btx_line_t *line,
                 int first)
{
    btx_row_start(row);
    row->label = label;
    row->label_box = btx_line_box(line, 0, first);
    row->label_end = first;
    row->box = btx_line_box(line, 0, line->n);
    btx_fill_value(row, twin->value, line);
    row->unit = twin->unit;
    row->flag = twin->flag ? twin->flag->text : NULL;
    if (twin->interval) {
        row->reference = twin->interval->text;
        row->interval = twin->interval->interval;
        row->has_interval = 1;
    }
    row->has_gap = row->is_whole = 1;
    row->confidence = 0.9;
}

/* The value in the unit of the catalogue, NAN where its unit is none of the analyte; unknown names
 * and units are no reason for doubt. */
static int in_canonical(double *value, const btx_reading_t *reading, const twin_t *twin,
                        const char *label)
{
    const bt_label_t name = {label, twin->unit, NULL, twin->value->number.value};
    bt_match_t match = bt_catalogue_match(reading->scan.catalogue, &name, reading->scan.scratch);
    const char *unit = bt_catalogue_unit(reading->scan.catalogue, twin->unit);
    *value = NAN;
    if (!match.analyte || !unit)
        return 1;
    return !bt_analyte_to_canonical(value, match.analyte, twin->value->number.value, unit);
}

/* Per cent and count, 2; the same in two units, 1; or neither, 0. */
static int count_results(const btx_reading_t *reading, const twins_t *twins, const char *label)
{
    double value[2];
    int fits[2];
    for (int i = 0; i < 2; i++)
        fits[i] = in_canonical(&value[i], reading, &twins->twin[i], label);
    /* the share of a fraction is known by none of its names */
    if (!strcmp(twins->twin[0].unit, "%") != !strcmp(twins->twin[1].unit, "%"))
        return (fits[0] && fits[1]) || (twins->is_headed && (fits[0] || fits[1])) ? 2 : 0;
    if (!fits[0] || !fits[1])
        return 0;
    return fabs(value[0] - value[1]) <= same_result * fabs(value[0]);
}

/* The interval of a number on the line below, right under it. */
static void take_below(btx_row_t *row, const btx_reading_t *reading, int index)
{
    btx_line_t *below = &reading->lines->line[index + 1];
    bt_interval_t interval;
    int has_two;
    if (row->reference || index + 1 >= reading->lines->n || below->page != below[-1].page ||
        below->box.y0 - below[-1].box.y0 > 2.2 * below[-1].size)
        return;
    for (int i = 0; i < below->n_cells; i++) {
        const btx_cell_t *cell = &below->cell[i];
        const char *text = btx_line_text(below, cell->first, cell->end, reading->pool);
        if (cell->x0 > row->value_x1 || cell->x1 < row->value_x0 ||
            !btx_is_interval(&interval, &has_two, &reading->scan, text, reading->scan.scratch))
            continue;
        row->reference = btx_bare_interval(text, reading->pool);
        row->interval = interval;
        row->has_interval = below->is_used = 1;
    }
}

static int is_number_at(const btx_scan_t *scan, const btx_line_t *line, int i)
{
    btx_number_t number;
    return btx_scan_number(&number, line->word[i]->text, scan->style) != NULL;
}

/* The first word behind the label: the number that begins the values, or the next cell.  The number
 * of "Alpha 1" ends its cell, and the next one begins with a number of its own. */
static int values_begin(const btx_scan_t *scan, const btx_line_t *line)
{
    for (int i = 1; i < line->n; i++) {
        int is_last = line->n_cells > 1 && i + 1 == line->cell[1].first;
        if (is_last && is_number_at(scan, line, i) && is_number_at(scan, line, i + 1))
            continue;
        if ((line->n_cells > 1 && i == line->cell[1].first) || is_number_at(scan, line, i))
            return i;
    }
    return 0;
}

/* The label, whose last word may stand on the line below; where share and count are sure, any
 * label. */
static const char *label_of(const btx_reading_t *reading, int index, int first, int is_sure)
{
    btx_line_t *line = &reading->lines->line[index], *below = line + 1;
    const bt_catalogue_t *catalogue = reading->scan.catalogue;
    const char *label = btx_label_clean(&reading->scan, line, 0, first, reading->pool);
    if (!label)
        return NULL;
    int is_known = bt_catalogue_label_likeness(catalogue, label, reading->scan.scratch) >= 0.8;
    if (index + 1 < reading->lines->n && below->page == line->page && below->n_cells == 1 &&
        fabs(below->box.x0 - line->box.x0) < 1 && below->box.y0 - line->box.y0 < 1.5 * line->size) {
        const char *more = btx_line_text(below, 0, below->n, reading->pool);
        const char *whole = apr_pstrcat(reading->pool, label, " ", more, NULL);
        if ((!is_known ||
             bt_catalogue_label_likeness(catalogue, more, reading->scan.scratch) < 0.8) &&
            bt_catalogue_label_likeness(catalogue, whole, reading->scan.scratch) >= 0.8) {
            below->is_used = 1;
            return whole;
        }
    }
    return is_known || is_sure ? label : NULL;
}

/* Whether they stand under the heading of values. */
static int is_under_value(const btx_table_t *table, const twins_t *twins)
{
    const btx_token_t *value = twins->twin[0].value;
    const btx_column_t *over = table ? btx_table_over(table, 0, value->x0, value->x1) : NULL;
    return over && over->kind == BTX_COL_VALUE && over->is_headed;
}

int btx_twins_read(btx_row_t rows[2], const btx_reading_t *reading, const btx_table_t *table,
                   int index)
{
    const btx_line_t *line = &reading->lines->line[index];
    twins_t twins;
    if (line->n_cells < 2 || line->n_cells > MAX_CELLS)
        return 0;
    int first = values_begin(&reading->scan, line);
    if (!first || !may_be_twins(table, line, first) ||
        !read_twins(&twins, reading, table, line, first))
        return 0;
    /* the heading names both, or the values, or each has its unit and its interval */
    int is_sure = twins.is_headed || is_under_value(table, &twins) ||
                  (twins.twin[0].interval && twins.twin[1].interval);
    const char *label = label_of(reading, index, first, is_sure);
    if (!label)
        return 0;
    int n = count_results(reading, &twins, label);
    for (int i = 0; i < n; i++) {
        fill(&rows[i], &twins.twin[i], label, line, first);
        rows[i].line = index;
        rows[i].reason = n == 2 ? "per cent and count stand in one row" : "stands in two units";
    }
    if (n == 1)
        take_below(&rows[0], reading, index);
    return n;
}
