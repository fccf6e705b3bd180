/* SPDX-License-Identifier: Apache-2.0
 * Finds the heading of a table and where its columns stand.  A heading is a line of little else
 * than column words of at least two kinds; the line below may go on with it.
 */
#include "table.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

enum { MAX_ODD_WORDS = 3 };
static const double next_line =
    1.9; /* of the font size: how near the second line of a heading stands */

static btx_column_kind_t kind_of(const char *means)
{
    static const struct {
        const char *name;
        btx_column_kind_t kind;
    } kinds[] = {{"label", BTX_COL_LABEL},       {"value", BTX_COL_VALUE},
                 {"unit", BTX_COL_UNIT},         {"reference", BTX_COL_REFERENCE},
                 {"flag", BTX_COL_FLAG},         {"low", BTX_COL_LOW},
                 {"high", BTX_COL_HIGH},         {"normal", BTX_COL_NORMAL},
                 {"abnormal", BTX_COL_ABNORMAL}, {"previous", BTX_COL_PREVIOUS},
                 {"ignore", BTX_COL_IGNORE},     {"antibiotic", BTX_COL_ANTIBIOTIC},
                 {"foreign", BTX_COL_FOREIGN},   {NULL, BTX_COL_NONE}};
    for (int i = 0; kinds[i].name; i++) {
        if (!strcmp(kinds[i].name, means))
            return kinds[i].kind;
    }
    return BTX_COL_NONE;
}

static btx_column_t *add_column(btx_table_t *table, btx_column_kind_t kind, const btx_line_t *line,
                                int first, int end)
{
    if (table->n == BTX_MAX_COLUMNS)
        return NULL;
    bt_box_t box = btx_line_box(line, first, end);
    btx_column_t *column = &table->column[table->n++];
    *column = (btx_column_t){.kind = kind,
                             .x0 = box.x0,
                             .x1 = box.x1,
                             .is_headed = 1,
                             .head_x0 = box.x0,
                             .head_x1 = box.x1};
    return column;
}

/* "0540" behind a date. */
static int is_clock(const char *text)
{
    return strlen(text) == 4 && strspn(text, "0123456789") == 4 && text[2] < '6' &&
           (*text < '2' || (*text == '2' && text[1] < '4'));
}

/* The end of the remark in brackets that begins at this word; `first` where none does. */
static int remark_end(const btx_line_t *line, int first, int end)
{
    if (*line->word[first]->text != '(')
        return first;
    for (int i = first; i < end; i++) {
        if (strchr(line->word[i]->text, ')'))
            return i + 1;
    }
    return first;
}

const char *btx_column_unit(const btx_column_t *column, apr_pool_t *pool)
{
    const char *text = column->unit;
    return text && *text == '(' ? apr_pstrmemdup(pool, text + 1, strlen(text) - 2) : text;
}

/* "Result (mg/dL)": the unit of all numbers below. */
static void note_unit(btx_column_t *column, const btx_scan_t *scan, const char *text)
{
    btx_column_t trial = {.unit = text};
    if (column->kind != BTX_COL_VALUE || column->unit ||
        (*text == '(' && (strlen(text) < 3 || text[strlen(text) - 1] != ')')))
        return;
    const char *bare = btx_column_unit(&trial, scan->scratch);
    if (strpbrk(bare, "/%") && btx_is_unit(scan, bare, scan->scratch))
        column->unit = text;
}

int btx_heading_cell(btx_table_t *table, const btx_scan_t *scan, const btx_line_t *line,
                     const btx_cell_t *cell)
{
    int odd = 0;
    btx_column_t *last = NULL;
    for (int i = cell->first; i < cell->end;) {
        int n = 1, date[2] = {0, 0};
        const char *means = btx_lexicon_longest(&n, scan->lexicon, "column", line, i, cell->end);
        int is_their_day = last && !last->date[0] && !last->date[1] &&
                           (last->kind == BTX_COL_PREVIOUS || last->kind == BTX_COL_VALUE);
        int date_words = means ? 0 : btx_is_date_of_words(date, line, i, cell->end);
        if (means && last && last->kind == kind_of(means) && i > cell->first &&
            !strcmp(line->word[i - 1]->text, "/")) {
            last->x1 = fmax(last->x1, line->word[i + n - 1]->box.x1); /* "Unité / Eenheid" */
        } else if (means) {
            last = add_column(table, kind_of(means), line, i, i + n);
            if (last && i == cell->first + odd && odd)
                last->x0 = fmin(last->x0, cell->x0);
        } else if (date_words || btx_is_date(line->word[i]->text)) {
            if (date_words)
                n = date_words;
            else
                btx_date_read(date, line->word[i]->text);
            if (!is_their_day) { /* "Previous 04/05/2026", "Result 04/05/2026" is one heading */
                last = add_column(table, BTX_COL_PREVIOUS, line, i, i + n);
                if (last)
                    last->is_day = 1;
            }
            if (last && (!is_their_day || last->kind == BTX_COL_VALUE))
                memcpy(last->date, date, sizeof date);
        } else if (last && remark_end(line, i, cell->end) > i) {
            n = remark_end(line, i, cell->end) - i;
        } else if (*line->word[i]->key && !btx_is_time(line->word[i]->text) &&
                   !(last && last->date[0] && is_clock(line->word[i]->text)) &&
                   !btx_is_unit(scan, line->word[i]->text, scan->scratch)) {
            odd++;
        }
        if (last) {
            last->x1 = fmax(last->x1, line->word[i + n - 1]->box.x1);
            note_unit(last, scan, line->word[i + n - 1]->text);
        }
        i += n;
    }
    return odd;
}

int btx_table_has(const btx_table_t *table, int group, btx_column_kind_t kind)
{
    for (int i = 0; i < table->n; i++) {
        if (table->column[i].kind == kind && table->column[i].group == group)
            return 1;
    }
    return 0;
}

static int is_unit_alone(const btx_scan_t *scan, const btx_line_t *line, const btx_cell_t *cell)
{
    return cell->end - cell->first == 1 &&
           btx_is_unit(scan, line->word[cell->first]->text, scan->scratch);
}

static void add_unknown(btx_table_t *table, const btx_scan_t *scan, const btx_line_t *line,
                        const btx_cell_t *cell)
{
    btx_column_t *column = add_column(table, BTX_COL_NONE, line, cell->first, cell->end);
    if (column && is_unit_alone(scan, line, cell))
        column->unit = line->word[cell->first]->text;
}

/* Whether the lines below have to tell which column holds the values: all else has its heading. */
static int is_open(const int *has)
{
    int unit = has[BTX_COL_UNIT], reference = has[BTX_COL_REFERENCE];
    return (reference && has[BTX_COL_PREVIOUS]) ||
           (has[BTX_COL_LABEL] && unit && reference && has[BTX_COL_NONE]);
}

static int is_enough(const btx_table_t *table)
{
    int has[BTX_COL_FOREIGN + 1] = {0}, far = 0;
    for (int i = 0; i < table->n; i++) {
        has[table->column[i].kind] = 1;
        far |= i && table->column[i].x0 - table->column[i - 1].x1 > 6;
    }
    int value = has[BTX_COL_VALUE], label = has[BTX_COL_LABEL];
    int other =
        has[BTX_COL_UNIT] + has[BTX_COL_REFERENCE] + (has[BTX_COL_LOW] && has[BTX_COL_HIGH]);
    if (far && !value && is_open(has))
        return 1;
    return far && value && (label || other) && label + value + other + has[BTX_COL_FLAG] >= 2;
}

/* The second line of a heading: nothing but column words, or single words under a column. */
static int read_below(btx_table_t *table, const btx_scan_t *scan, const btx_lines_t *lines,
                      int index)
{
    const btx_line_t *line = &lines->line[index], *below = line + 1;
    btx_table_t more = {.n = 0};
    if (index + 1 >= lines->n || below->page != line->page || below->n > 8 ||
        below->box.y0 - line->box.y0 > next_line * line->size)
        return 0;
    for (int i = 0; i < below->n_cells; i++) {
        if (btx_heading_cell(&more, scan, below, &below->cell[i]))
            return 0;
    }
    for (int i = 0; i < more.n; i++) {
        int is_new = 1;
        for (int k = 0; k < table->n; k++) {
            btx_column_t *column = &table->column[k];
            if (more.column[i].x0 < column->x1 && more.column[i].x1 > column->x0) {
                column->x0 = fmin(column->x0, more.column[i].x0);
                column->x1 = fmax(column->x1, more.column[i].x1);
                is_new = 0;
            }
        }
        if (is_new)
            return 0;
    }
    return more.n > 0;
}

int btx_is_heading(const btx_scan_t *scan, const btx_line_t *line)
{
    btx_table_t table = {.n = 0};
    int odd = 0;
    for (int i = 0; i < line->n_cells; i++)
        odd += btx_heading_cell(&table, scan, line, &line->cell[i]);
    return table.n > 1 && odd <= MAX_ODD_WORDS && is_enough(&table);
}

int btx_is_foreign_heading(btx_table_t *table, const btx_scan_t *scan, const btx_line_t *line)
{
    btx_table_t seen = {.n = 0};
    int odd = 0, foreign = 0;
    if (line->n_cells < 2 || line->n > 40)
        return 0;
    for (int i = 0; i < line->n_cells; i++) {
        if (btx_begins_with_number(scan, line, &line->cell[i]))
            return 0;
        odd += btx_heading_cell(&seen, scan, line, &line->cell[i]);
    }
    for (int i = 0; i < seen.n; i++)
        foreign += seen.column[i].kind >= BTX_COL_ANTIBIOTIC;
    if (!foreign || seen.n < 2 || odd > MAX_ODD_WORDS || odd >= seen.n)
        return 0;
    *table = seen;
    return 1;
}

/* A name, words and a date are a row of a list, and no heading. */
static int is_dated_row(const btx_table_t *table)
{
    int is_date = 0;
    for (int i = 0; i < table->n; i++) {
        const btx_column_t *column = &table->column[i];
        if (column->kind == BTX_COL_UNIT || column->kind == BTX_COL_REFERENCE)
            return 0;
        is_date |= column->kind == BTX_COL_VALUE && (column->date[0] || column->date[1]);
    }
    return is_date;
}

/* "Normal Value | Unit | Result | Test", perhaps with item numbers behind: as lands print it whose
 * script runs to the left. */
static int is_mirrored(const btx_table_t *table)
{
    int labels = 0, last = table->n - 1;
    for (int i = 0; i < table->n; i++)
        labels += table->column[i].kind == BTX_COL_LABEL;
    while (last > 0 && table->column[last].kind == BTX_COL_IGNORE)
        last--;
    return labels == 1 && last > 1 && table->column[last].kind == BTX_COL_LABEL &&
           (table->column[0].kind == BTX_COL_REFERENCE || table->column[0].kind == BTX_COL_UNIT ||
            table->column[0].kind == BTX_COL_VALUE);
}

/* The line at lines[index], or what was joined of it and the one above, as a heading. */
static int read_heading(btx_table_t *table, const btx_scan_t *scan, const btx_line_t *line,
                        const btx_lines_t *lines, int index)
{
    int odd = 0, odd_first = 0, marks = 0;
    memset(table, 0, sizeof *table);
    if (line->n > 40)
        return 0;
    for (int i = 0; i < line->n; i++) {
        const char *text = line->word[i]->text;
        marks += text[strlen(text) - 1] == ':';
    }
    for (int i = 0; i < line->n_cells; i++) {
        int n = table->n, here = btx_heading_cell(table, scan, line, &line->cell[i]);
        if (btx_is_request(scan, line, &line->cell[i]))
            here = 0;
        if (!i && table->n == n)
            odd_first = here; /* a title in the place of "Test": the label column all the same */
        else
            odd += here;
        if (btx_is_time(line->word[line->cell[i].first]->text))
            continue; /* of the day above it */
        if (i && table->n == n && btx_begins_with_number(scan, line, &line->cell[i]) &&
            !is_unit_alone(scan, line, &line->cell[i])) /* "10^9/L" */
            return 0;                                   /* a row */
        if (i && table->n == n)                         /* what stands below it tells what it is */
            add_unknown(table, scan, line, &line->cell[i]);
    }
    if (marks > 1 || odd > MAX_ODD_WORDS || odd > table->n || odd_first > 8)
        return 0;
    if (odd_first && table->n + 1 < BTX_MAX_COLUMNS && !btx_table_has(table, 0, BTX_COL_LABEL)) {
        if (table->n < 2)
            return 0;
        memmove(table->column + 1, table->column, (size_t)table->n * sizeof table->column[0]);
        table->column[0] =
            (btx_column_t){.kind = BTX_COL_LABEL, .x0 = line->cell[0].x0, .x1 = line->cell[0].x1};
        table->n++;
    } else if (odd_first > MAX_ODD_WORDS) {
        return 0;
    }
    int days = btx_days_settle(table, scan, lines, index);
    btx_settle_kinds(table, scan);
    if (!is_enough(table) || (odd_first && is_dated_row(table)))
        return 0;
    table->is_mirrored = !odd_first && is_mirrored(table);
    int taken = 1 + (days ? days : read_below(table, scan, lines, index));
    btx_settle_groups(table);
    table->page = line->page;
    return taken;
}

/* Headings of which nothing is known, and those of values beside the first: "Values of" may go on
 * in the next line. */
static int count_open(const btx_table_t *table)
{
    int unknown = 0, values = 0;
    for (int i = 0; i < table->n; i++) {
        unknown += table->column[i].kind == BTX_COL_NONE;
        values += table->column[i].kind == BTX_COL_VALUE;
    }
    return unknown + (values > 1 ? values - 1 : 0);
}

int btx_table_read(btx_table_t *table, const btx_scan_t *scan, const btx_lines_t *lines, int index,
                   apr_pool_t *pool)
{
    btx_line_t joined;
    btx_table_t both;
    int taken = btx_join_around(&joined, scan, lines, index, pool)
                    ? read_heading(table, scan, &joined, lines, index + 1)
                    : 0;
    if (taken)
        return taken + 1;
    taken = read_heading(table, scan, &lines->line[index], lines, index);
    int open = taken ? count_open(table) : BTX_MAX_COLUMNS;
    if (!open || table->n < 2 || !btx_join_below(&joined, scan, lines, index, pool))
        return taken;
    int more = read_heading(&both, scan, &joined, lines, index + 1);
    if (!more || count_open(&both) >= open)
        return taken;
    *table = both;
    return more + 1;
}

int btx_table_at(const btx_table_t *table, int group, double x0, double x1)
{
    int best = -1;
    double best_score = -INFINITY;
    for (int i = 0; i < table->n; i++) {
        const btx_column_t *column = &table->column[i];
        double overlap = fmin(x1, column->x1) - fmax(x0, column->x0);
        if (column->group == group && overlap > best_score) {
            best = i;
            best_score = overlap;
        }
    }
    return best;
}

const btx_column_t *btx_table_over(const btx_table_t *table, int group, double x0, double x1)
{
    int column = btx_table_at(table, group, x0, x1);
    const btx_column_t *over = column < 0 ? NULL : &table->column[column];
    return over && x0 < over->x1 && x1 > over->x0 ? over : NULL;
}
