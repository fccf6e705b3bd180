/* SPDX-License-Identifier: Apache-2.0
 * What the columns of a heading are together: which of several holds the values of today, which
 * belong to a table of their own, and which say the same in other units.
 */
#include "table.h"

#include <math.h>
#include <string.h>

static const double word_space = 4; /* points: two words of one heading are no farther apart */

/* The column with the newest date, where days (order 0) or months (order 1) stand first; -1 where
 * there is none, or a date that this order does not allow; -2 where two are the same. */
static int newest_in_order(const btx_table_t *table, int order)
{
    int newest = -1, is_twice = 0;
    for (int i = 0; i < table->n; i++) {
        const btx_column_t *column = &table->column[i];
        if (column->kind != BTX_COL_PREVIOUS)
            continue;
        if (!column->date[order])
            return -1;
        int most = newest < 0 ? 0 : table->column[newest].date[order];
        is_twice = column->date[order] == most || (is_twice && column->date[order] < most);
        newest = column->date[order] > most ? i : newest;
    }
    return is_twice ? -2 : newest;
}

/* The column with the newest of all dates; -1 where they cannot be put in order beyond doubt. */
static int newest_date(const btx_table_t *table)
{
    int only = -1, n = 0;
    for (int i = 0; i < table->n; i++) {
        only = table->column[i].kind == BTX_COL_PREVIOUS ? i : only;
        n += table->column[i].kind == BTX_COL_PREVIOUS;
    }
    if (n < 2) { /* a column that is headed "previous" never holds the values */
        const int *date = only < 0 ? NULL : table->column[only].date;
        return date && (date[0] || date[1]) ? only : -1;
    }
    int day_first = newest_in_order(table, 0), month_first = newest_in_order(table, 1);
    if (day_first == -1 || month_first == -1)
        return day_first == -1 ? (month_first < 0 ? -1 : month_first)
                               : (day_first < 0 ? -1 : day_first);
    return day_first == month_first && day_first >= 0 ? day_first : -1;
}

static int is_percent(const char *unit)
{
    return unit && unit[strspn(unit, "(%)")] == '\0';
}

/* "Leukogram | % | /mm³ | Range": two columns that are headed by units, one of them per cent, are
 * share and count of the same name. */
static void settle_twins(btx_table_t *table)
{
    int of_units = 0, of_percent = 0, values = 0;
    for (int i = 0; i < table->n; i++) {
        const char *unit = table->column[i].unit;
        if (table->column[i].kind == BTX_COL_REFERENCE)
            continue; /* "Ref. %" beside "%" */
        of_units += unit != NULL;
        of_percent += is_percent(unit);
        values += table->column[i].kind == BTX_COL_VALUE && !unit;
    }
    if (of_units != 2 || of_percent != 1 || values)
        return;
    for (int i = 0; i < table->n; i++)
        if (table->column[i].unit && table->column[i].kind != BTX_COL_REFERENCE)
            table->column[i].kind = BTX_COL_VALUE;
}

static int count_kind(const btx_table_t *table, btx_column_kind_t kind)
{
    int n = 0;
    for (int i = 0; i < table->n; i++)
        n += table->column[i].kind == kind;
    return n;
}

/* "Result before", "Value of reference", "Result SI", "Range SI": two column words a blank apart
 * are one heading, where another column is that of the values. */
static void settle_phrases(btx_table_t *table)
{
    for (int i = 1; i < table->n; i++) {
        btx_column_t *a = &table->column[i - 1], *b = a + 1;
        if (b->x0 - a->x1 > word_space || count_kind(table, BTX_COL_VALUE) < 2)
            continue;
        int is_before = (a->kind == BTX_COL_PREVIOUS || a->kind == BTX_COL_REFERENCE) &&
                        b->kind == BTX_COL_VALUE;
        if (!is_before && (a->kind != BTX_COL_VALUE ||
                           (b->kind != BTX_COL_PREVIOUS && b->kind != BTX_COL_REFERENCE &&
                            b->kind != BTX_COL_VALUE)))
            continue;
        a->kind = is_before ? a->kind : b->kind;
        a->x1 = b->x1;
        memmove(b, b + 1, (size_t)(table->n - i - 1) * sizeof *b);
        table->n--;
    }
}

/* "HAEMATOLOGY | Result | Unit  CHEMISTRY | Result | Unit": an unknown heading before columns of
 * the same kinds as behind the first label heads the names of a second table. */
static void settle_titles(btx_table_t *table)
{
    int at = 1;
    while (at < table->n && table->column[at].kind != BTX_COL_NONE)
        at++;
    if (at < 2 || table->n != 2 * at || table->column[0].kind != BTX_COL_LABEL)
        return;
    for (int i = 1, values = 0; i < at; i++) {
        values += table->column[i].kind == BTX_COL_VALUE;
        if (table->column[i].kind != table->column[at + i].kind || (i == at - 1 && values != 1))
            return;
    }
    table->column[at].kind = BTX_COL_LABEL;
}

/* "Result 10/01/2024 | 12/03/2024": a day behind the word for results is one of several, and the
 * newest decides. */
static void open_dated_value(btx_table_t *table)
{
    int dated = 0;
    for (int i = 0; i < table->n; i++)
        dated +=
            (table->column[i].kind == BTX_COL_PREVIOUS || table->column[i].kind == BTX_COL_VALUE) &&
            (table->column[i].date[0] || table->column[i].date[1]);
    for (int i = 0; dated > 1 && i < table->n; i++) {
        btx_column_t *column = &table->column[i];
        if (column->kind == BTX_COL_VALUE && (column->date[0] || column->date[1]))
            column->kind = BTX_COL_PREVIOUS;
    }
}

/* "Normal | Abnormal" are two places for the value; "Normal" alone is the reference.  Columns
 * headed by dates beside a value column are earlier results; without one, the newest date is where
 * the values are. */
void btx_settle_kinds(btx_table_t *table, const btx_scan_t *scan)
{
    settle_phrases(table);
    settle_twins(table);
    settle_titles(table);
    int normal = btx_table_has(table, 0, BTX_COL_NORMAL),
        abnormal = btx_table_has(table, 0, BTX_COL_ABNORMAL);
    for (int i = 0; i < table->n; i++) {
        btx_column_t *column = &table->column[i];
        if (column->kind == BTX_COL_NORMAL)
            column->kind = abnormal ? BTX_COL_VALUE : BTX_COL_REFERENCE;
        else if (column->kind == BTX_COL_ABNORMAL) {
            column->kind = normal ? BTX_COL_VALUE : BTX_COL_FLAG;
            column->is_abnormal = 1;
        }
    }
    open_dated_value(table);
    if (btx_table_has(table, 0, BTX_COL_VALUE))
        return;
    for (int i = 0; i < table->n; i++)
        btx_date_settle(table->column[i].date, scan->order);
    int newest = newest_date(table);
    if (newest >= 0)
        table->column[newest].kind = BTX_COL_VALUE;
}

/* "Result Unit Range | Result Unit Range" behind one label, or without the units: the same result
 * in two systems of units, of which the first is read. */
static void settle_systems(btx_table_t *table)
{
    int at = 0, n = 1;
    while (at < table->n && table->column[at].kind != BTX_COL_VALUE)
        at++;
    while (at + n < table->n && table->column[at + n].kind != BTX_COL_VALUE)
        n++;
    if (n < 2 || at > 2 || at + 2 * n > table->n || table->n_groups > 1 ||
        (at && !btx_table_has(table, 0, BTX_COL_LABEL)) ||
        is_percent(table->column[at].unit) != is_percent(table->column[at + n].unit))
        return; /* share and count are two results */
    for (int i = 0; i < n; i++) {
        btx_column_kind_t kind = table->column[at + i].kind;
        int is_part = !i || kind == BTX_COL_UNIT || kind == BTX_COL_REFERENCE;
        if (!is_part || table->column[at + n + i].kind != kind)
            return;
    }
    for (int i = at + n; i < at + 2 * n; i++) {
        table->column[i].again = table->column[i].kind;
        table->column[i].kind = BTX_COL_IGNORE;
    }
}

/* A label column behind a value column begins a table of its own. */
void btx_settle_groups(btx_table_t *table)
{
    int group = 0, has_value = 0;
    table->split[0] = -INFINITY;
    for (int i = 0; i < table->n; i++) {
        btx_column_t *column = &table->column[i];
        if (column->kind == BTX_COL_LABEL && has_value && !table->is_mirrored &&
            group + 1 < BTX_MAX_GROUPS) {
            group++;
            table->split[group] = (table->column[i - 1].x1 + column->x0) / 2;
            has_value = 0;
        }
        has_value |= column->kind == BTX_COL_VALUE;
        column->group = group;
    }
    table->n_groups = group + 1;
    settle_systems(table);
}

int btx_table_is_normal(const btx_table_t *table, const btx_scan_t *scan, const btx_line_t *line)
{
    /* "Urobilinogen | Normal | Normal" is a row, "Assay range 20 - 1000" a remark */
    for (int i = 0; i < line->n_cells; i++) {
        int n = 0;
        const btx_cell_t *cell = &line->cell[i];
        btx_lexicon_longest(&n, scan->lexicon, "column", line, cell->first, cell->end);
        if (n != cell->end - cell->first)
            return 0;
    }
    return line->n_cells > 1 && table->n > 1 && table->n >= line->n_cells && table->n_groups < 2 &&
           !btx_table_has(table, 0, BTX_COL_VALUE) && !btx_table_has(table, 0, BTX_COL_NONE) &&
           btx_table_has(table, 0, BTX_COL_LABEL) && btx_table_has(table, 0, BTX_COL_REFERENCE);
}
