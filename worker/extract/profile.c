/* SPDX-License-Identifier: Apache-2.0
 * What stands below a heading: the lines under it tell where its columns really are, and what a
 * column holds whose heading is missing or not known.  Only what no heading says is decided by
 * contents, and a column of numbers that nothing explains stays unexplained, so that its rows are
 * doubtful.
 */
#include "table.h"

#include <math.h>
#include <string.h>

enum {
    SAMPLE_LINES = 14,
    MOST_LINES = 30,
    ENOUGH_LINES = 4,
    MAX_PARTS = 240,
    WIDTH = 2000,
    MIN_PAIRS = 3,
    PROSE_WORDS = 12
};

/* A cell, or the number at its begin and the rest of it. */
typedef struct part_t {
    const btx_line_t *line;
    int first, end;
    double x0, x1;
} part_t;

typedef struct sample_t {
    part_t part[MAX_PARTS];
    int n, n_lines;
} sample_t;

typedef struct strip_t {
    double x0, x1;
    int column;   /* -1: none */
    int headings; /* over it: more than one where remarks fill the gaps between columns */
} strip_t;

static void add_part(sample_t *sample, const btx_line_t *line, int first, int end)
{
    if (sample->n == MAX_PARTS || first >= end)
        return;
    bt_box_t box = btx_line_box(line, first, end);
    sample->part[sample->n++] = (part_t){line, first, end, box.x0, box.x1};
}

static void add_cell(sample_t *sample, const btx_scan_t *scan, const btx_line_t *line,
                     const btx_cell_t *cell)
{
    btx_number_t number;
    const char *past = btx_scan_number(&number, line->word[cell->first]->text, scan->style);
    int is_split = cell->end - cell->first > 1 && past && !*past &&
                   btx_is_unit(scan, line->word[cell->first + 1]->text, scan->scratch);
    int at = cell->first + is_split;
    if (is_split)
        add_part(sample, line, cell->first, at);
    add_part(sample, line, at, cell->end);
}

static int has_kind(const btx_table_t *table, btx_column_kind_t kind)
{
    return btx_table_has(table, 0, kind);
}

/* Whether the line looks like a row: some cells, none of them prose. */
static int is_like_row(const btx_line_t *line)
{
    for (int i = 0; i < line->n_cells; i++) {
        if (line->cell[i].end - line->cell[i].first >= PROSE_WORDS)
            return 0;
    }
    return line->n_cells > 1;
}

/* Lines like rows, where is_short only those up to the next title: what stands below it may be set
 * otherwise. */
static void take_sample(sample_t *sample, const btx_scan_t *scan, const btx_lines_t *lines,
                        int first, int is_short)
{
    sample->n = sample->n_lines = 0;
    for (int i = first; i < lines->n && i < first + MOST_LINES; i++) {
        const btx_line_t *line = &lines->line[i];
        if (line->page != lines->line[first].page || sample->n_lines == SAMPLE_LINES)
            return;
        if (is_short && line->n_cells == 1 && sample->n_lines >= ENOUGH_LINES)
            return;
        if (!is_like_row(line))
            continue;
        if (btx_is_heading(scan, line))
            return;
        for (int k = 0; k < line->n_cells; k++)
            add_cell(sample, scan, line, &line->cell[k]);
        sample->n_lines++;
    }
}

static int clip(double x)
{
    return x < 0 ? 0 : x > WIDTH - 1 ? WIDTH - 1 : (int)x;
}

/* Where words stand in most lines: strips with (nearly) nothing between them. */
static int find_strips(strip_t *strips, const sample_t *sample)
{
    unsigned short covered[WIDTH] = {0};
    int n = 0, few = sample->n_lines / 10, is_open = 0;
    for (int i = 0; i < sample->n; i++) {
        for (int x = clip(sample->part[i].x0); x <= clip(sample->part[i].x1); x++)
            covered[x]++;
    }
    for (int x = 0; x < WIDTH; x++) {
        int is_in = covered[x] > few;
        if (is_in && !is_open) {
            if (n == BTX_MAX_COLUMNS)
                return 0;
            strips[n++] = (strip_t){x, x, -1, 0};
        }
        if (is_in)
            strips[n - 1].x1 = x + 1;
        is_open = is_in;
    }
    return n;
}

static double shared(const strip_t *strip, const btx_column_t *column)
{
    return fmin(strip->x1, column->x1) - fmax(strip->x0, column->x0);
}

/* What the parts of a strip are, by kind of token; texts that hold an interval count as one. */
typedef enum { IS_NUMBER, IS_INTERVAL, IS_UNIT, IS_FLAG, IS_DATE, IS_TEXT, IS_MANY } content_t;

static content_t content_of(const btx_scan_t *scan, const part_t *part)
{
    btx_tokens_t tokens;
    int has[BTX_OTHER + 1] = {0};
    btx_tokens_make(&tokens, scan, part->line, part->first, part->end, scan->scratch);
    for (int i = 0; i < tokens.n; i++) {
        const btx_token_t *token = &tokens.token[i];
        int is_sign = token->kind == BTX_DASH || !token->text[strspn(token->text, "+<>")];
        has[is_sign ? BTX_FLAG : token->kind] = 1;
    }
    if (has[BTX_INTERVAL])
        return IS_INTERVAL;
    if (has[BTX_OTHER])
        return IS_TEXT;
    if (has[BTX_NUMBER] || has[BTX_LIMIT])
        return IS_NUMBER;
    return has[BTX_DATE] ? IS_DATE : has[BTX_UNIT] ? IS_UNIT : has[BTX_FLAG] ? IS_FLAG : IS_TEXT;
}

/* What most parts in [x0, x1] are; IS_MANY where no kind has two thirds. */
static content_t most_of(const sample_t *sample, const btx_scan_t *scan, double x0, double x1)
{
    int count[IS_MANY + 1] = {0}, n = 0;
    for (int i = 0; i < sample->n; i++) {
        const part_t *part = &sample->part[i];
        if (part->x0 < x1 && part->x1 > x0) {
            count[content_of(scan, part)]++;
            n++;
        }
    }
    for (int kind = 0; kind < IS_MANY; kind++) {
        if (count[kind] * 3 >= n * 2 && count[kind])
            return (content_t)kind;
    }
    /* "6.8 g/L" in one column: numbers, each with its unit */
    int is_pairs =
        count[IS_NUMBER] * 5 >= n * 2 && (count[IS_NUMBER] + count[IS_UNIT]) * 10 >= n * 9;
    return is_pairs && n ? IS_NUMBER : IS_MANY;
}

/* Whether a column of this kind can hold such contents. */
static int can_hold(btx_column_kind_t kind, content_t content)
{
    switch (kind) {
    case BTX_COL_VALUE:
    case BTX_COL_PREVIOUS:
        return content != IS_FLAG && content != IS_UNIT && content != IS_DATE;
    case BTX_COL_UNIT:
        return content == IS_UNIT || content == IS_MANY;
    case BTX_COL_REFERENCE:
        return content != IS_FLAG && content != IS_DATE && content != IS_UNIT;
    case BTX_COL_LABEL:
        return content == IS_TEXT || content == IS_MANY;
    case BTX_COL_FLAG:
        return content == IS_FLAG || content == IS_TEXT || content == IS_MANY;
    default:
        return 1;
    }
}

/* A strip goes with the heading over it. */
static void match_headings(strip_t *strips, int n, const btx_table_t *table, int *taken)
{
    for (int i = 0; i < n; i++) {
        double best = 0;
        for (int k = 0; k < table->n; k++) {
            double here = shared(&strips[i], &table->column[k]);
            strips[i].headings += here > 0;
            if (here > best) {
                best = here;
                strips[i].column = k;
            }
        }
        if (strips[i].column >= 0)
            taken[strips[i].column] = 1;
    }
}

/* Else with one beside it that has none and can hold it. */
static void match_beside(strip_t *strips, int n, const btx_table_t *table, int *taken,
                         const sample_t *sample, const btx_scan_t *scan)
{
    for (int i = 0; i < n; i++) {
        int left = -1;
        if (strips[i].column >= 0)
            continue;
        content_t content = most_of(sample, scan, strips[i].x0, strips[i].x1);
        for (int k = 0; k < table->n && table->column[k].x1 <= strips[i].x0; k++)
            left = k;
        int right = left + 1;
        int is_left = left >= 0 && !taken[left] && can_hold(table->column[left].kind, content);
        int is_right =
            right < table->n && !taken[right] && can_hold(table->column[right].kind, content);
        if (is_left && is_right)
            is_left =
                strips[i].x0 - table->column[left].x1 < table->column[right].x0 - strips[i].x1;
        strips[i].column = is_left ? left : is_right ? right : -1;
        if (strips[i].column >= 0)
            taken[strips[i].column] = 1;
    }
}

/* "Result" printed over the units of its numbers: the numbers beside them, which have no heading,
 * are the values. */
static void move_value(strip_t *strips, int n, btx_table_t *table, const sample_t *sample,
                       const btx_scan_t *scan)
{
    for (int i = 0; i < n; i++) {
        const int over = strips[i].column;
        if (over < 0 || table->column[over].kind != BTX_COL_VALUE || strips[i].headings > 1 ||
            most_of(sample, scan, strips[i].x0, strips[i].x1) != IS_UNIT)
            continue;
        int is_left = i && strips[i - 1].column < 0 &&
                      most_of(sample, scan, strips[i - 1].x0, strips[i - 1].x1) == IS_NUMBER;
        int is_right = i + 1 < n && strips[i + 1].column < 0 &&
                       most_of(sample, scan, strips[i + 1].x0, strips[i + 1].x1) == IS_NUMBER;
        if (is_left == is_right || has_kind(table, BTX_COL_UNIT))
            continue;
        strip_t *value = &strips[is_left ? i - 1 : i + 1];
        value->column = over;
        strips[i].column = -1;
        table->column[over].x0 = value->x0;
        table->column[over].x1 = value->x1;
    }
}

/* Numbers under the heading of the intervals, and numbers right behind them under none: lower and
 * upper limit, where no row has them the other way round. */
static void pair_limits(strip_t *strips, int n, btx_table_t *table, const sample_t *sample,
                        const btx_scan_t *scan)
{
    int last = n - 1, over = last > 0 ? strips[last - 1].column : -1, pairs = 0;
    if (over < 0 || strips[last].column >= 0 || over != table->n - 1 ||
        table->column[over].kind != BTX_COL_REFERENCE || has_kind(table, BTX_COL_LOW) ||
        has_kind(table, BTX_COL_HIGH))
        return;
    for (int i = 0; i + 1 < sample->n; i++) {
        const part_t *low = &sample->part[i], *high = low + 1;
        btx_number_t a, b;
        if (low->line != high->line || low->x0 < strips[last - 1].x0 || high->x0 < strips[last].x0)
            continue;
        const char *past = btx_scan_number(&a, low->line->word[low->first]->text, scan->style);
        const char *end = btx_scan_number(&b, high->line->word[high->first]->text, scan->style);
        if (!past || *past || !end || *end || !(a.value < b.value) || *a.comparator ||
            *b.comparator || low->end - low->first != 1 || high->end - high->first != 1)
            return;
        pairs++;
    }
    if (pairs < MIN_PAIRS)
        return;
    table->column[over].kind = BTX_COL_LOW;
    btx_table_insert(
        table, &(btx_column_t){.kind = BTX_COL_HIGH, .x0 = strips[last].x0, .x1 = strips[last].x1});
    strips[last].column = table->n - 1;
}

/* The kind of a column that no heading explains. */
static btx_column_kind_t kind_by_content(const btx_table_t *table, content_t content, int is_first)
{
    switch (content) {
    case IS_FLAG:
        return BTX_COL_FLAG;
    case IS_UNIT:
        return has_kind(table, BTX_COL_UNIT) ? BTX_COL_NONE : BTX_COL_UNIT;
    case IS_INTERVAL:
        return has_kind(table, BTX_COL_REFERENCE) ? BTX_COL_NONE : BTX_COL_REFERENCE;
    case IS_DATE:
        return BTX_COL_IGNORE;
    case IS_TEXT:
        return is_first && !has_kind(table, BTX_COL_LABEL) ? BTX_COL_LABEL : BTX_COL_IGNORE;
    default:
        return BTX_COL_NONE;
    }
}

/* Whether columns are headed by dates: any of them could hold the values. */
static int has_dates(const btx_table_t *table)
{
    for (int i = 0; i < table->n; i++) {
        if (table->column[i].kind == BTX_COL_PREVIOUS &&
            (table->column[i].date[0] || table->column[i].date[1]))
            return 1;
    }
    return 0;
}

/* The only column of numbers is that of the values, where no heading names another. */
static void settle_value(btx_table_t *table, const content_t *content)
{
    int only = -1, numbers = 0;
    for (int i = 0; i < table->n; i++) {
        if (table->column[i].kind == BTX_COL_NONE && content[i] == IS_NUMBER) {
            only = i;
            numbers++;
        }
    }
    if (numbers == 1 && !has_kind(table, BTX_COL_VALUE) && !has_dates(table))
        table->column[only].kind = BTX_COL_VALUE;
}

static void profile(btx_table_t *table, const btx_scan_t *scan, const btx_lines_t *lines, int first,
                    int is_short)
{
    sample_t sample;
    strip_t strips[BTX_MAX_COLUMNS];
    content_t content[BTX_MAX_COLUMNS];
    int taken[BTX_MAX_COLUMNS] = {0};
    take_sample(&sample, scan, lines, first, is_short);
    int n = find_strips(strips, &sample);
    match_headings(strips, n, table, taken);
    move_value(strips, n, table, &sample, scan);
    match_beside(strips, n, table, taken, &sample, scan);
    pair_limits(strips, n, table, &sample, scan);
    btx_table_t named = *table;
    for (int i = 0; i < n; i++) {
        btx_column_t *column = strips[i].column < 0 ? NULL : &table->column[strips[i].column];
        if (column && strips[i].headings < 2) {
            column->x0 = fmin(column->x0, strips[i].x0);
            column->x1 = fmax(column->x1, strips[i].x1);
        }
    }
    for (int i = 0; i < n; i++) {
        if (strips[i].column < 0)
            btx_table_insert(
                table,
                &(btx_column_t){.kind = BTX_COL_NONE, .x0 = strips[i].x0, .x1 = strips[i].x1});
    }
    for (int i = 0; i < table->n; i++) {
        btx_column_t *column = &table->column[i];
        int is_open = column->kind == BTX_COL_NONE ||
                      (!i && column->kind == BTX_COL_IGNORE && !has_kind(&named, BTX_COL_LABEL));
        content[i] = is_open ? most_of(&sample, scan, column->x0, column->x1) : IS_MANY;
        if (is_open)
            column->kind = kind_by_content(table, content[i], !i);
    }
    settle_value(table, content);
}

void btx_table_profile(btx_table_t *table, const btx_scan_t *scan, const btx_lines_t *lines,
                       int first)
{
    btx_table_t named = *table;
    if (table->n_groups > 1 || first >= lines->n)
        return;
    profile(table, scan, lines, first, 0);
    if (has_kind(table, BTX_COL_VALUE))
        return;
    *table = named;
    profile(table, scan, lines, first, 1);
}
