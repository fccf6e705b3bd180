/* SPDX-License-Identifier: Apache-2.0
 * Rows from lines: where the label ends and the values begin, with the columns of a table or
 * without.
 */
#include "table.h"

#include <apr_strings.h>
#include <ctype.h>
#include <math.h>
#include <string.h>

enum { MAX_LABEL_SPLIT = 15 };

void btx_row_start(btx_row_t *row)
{
    memset(row, 0, sizeof *row);
    row->confidence = 1;
    row->reason = "";
    row->interval = (bt_interval_t){NAN, NAN, 0, 0};
    row->number.value = NAN;
}

static void set_label(btx_row_t *row, const btx_line_t *line, int first, int end)
{
    row->label_first = first;
    row->label_end = end;
    row->label_box = btx_line_box(line, first, end);
    const char *last = line->word[end - 1]->text;
    row->has_label_mark = last[strlen(last) - 1] == ':' || !strcmp(last, "=");
}

/* A star and a number in the cell that it begins. */
static int is_starred_number(const btx_scan_t *scan, const btx_line_t *line, int i, int end)
{
    btx_number_t number;
    const char *text = line->word[i]->text;
    return i + 1 < end && *text == '*' && !text[strspn(text, "*")] &&
           btx_in_one_cell(line, i, i + 2) &&
           btx_scan_number(&number, line->word[i + 1]->text, scan->style);
}

/* Whether a word can begin a value: a number, or a number behind a sign. */
static int is_value_start(const btx_scan_t *scan, const btx_line_t *line, int i, int end)
{
    const char *text = line->word[i]->text;
    btx_number_t number;
    int n = 0;
    if (btx_scan_number(&number, text + strspn(text, ":*([<>="), scan->style))
        return 1;
    if (strchr("<>", *text) || !strncmp(text, "\xe2\x89", 2) ||
        is_starred_number(scan, line, i, end))
        return 1;
    return btx_lexicon_longest(&n, scan->lexicon, "word", line, i, end) != NULL;
}

static btx_column_kind_t kind_at(const btx_table_t *table, int group, double x0, double x1)
{
    int column = btx_table_at(table, group, x0, x1);
    return column < 0 ? BTX_COL_NONE : table->column[column].kind;
}

static int is_number_cell(const btx_scan_t *scan, const btx_line_t *line, int first, int end)
{
    btx_number_t number;
    const char *past = btx_scan_number(&number, line->word[first]->text, scan->style);
    return past && !*past && end - first == 1;
}

/* Whether the place is behind the column it is nearest to. */
static int is_behind(const btx_table_t *table, int group, double x0)
{
    int column = btx_table_at(table, group, x0, x0 + 1);
    return column >= 0 && x0 > table->column[column].x1;
}

/* Whether the cell begins with a value right under the heading of the values: in a table without a
 * column for names it is no name. */
static int is_value_cell(const btx_scan_t *scan, const btx_table_t *table, int group,
                         const btx_line_t *line, const int range[2])
{
    const bt_box_t box = line->word[range[0]]->box;
    int column = btx_table_at(table, group, box.x0, box.x1);
    return column >= 0 && !btx_table_has(table, group, BTX_COL_LABEL) &&
           table->column[column].kind == BTX_COL_VALUE && box.x0 < table->column[column].x1 &&
           box.x1 > table->column[column].x0 && is_value_start(scan, line, range[0], range[1]);
}

/* The end of the label: cells from the left that belong to the label column, and are not numbers
 * alone. */
static int label_end(const btx_scan_t *scan, const btx_table_t *table, int group,
                     const btx_line_t *line, const int range[2])
{
    int end = range[0], seen = 0;
    if (is_value_cell(scan, table, group, line, range))
        return end;
    for (int i = 0; i < line->n_cells; i++) {
        const btx_cell_t *cell = &line->cell[i];
        int first = cell->first > range[0] ? cell->first : range[0],
            last = cell->end < range[1] ? cell->end : range[1];
        if (first >= last)
            continue;
        double x0 = line->word[first]->box.x0, x1 = line->word[last - 1]->box.x1;
        btx_column_kind_t kind = kind_at(table, group, x0, x0 + 1),
                          whole = kind_at(table, group, x0, x1);
        if (!seen && (kind == BTX_COL_IGNORE || whole == BTX_COL_IGNORE || kind == BTX_COL_FLAG ||
                      is_number_cell(scan, line, first, last))) {
            end = last;
            continue;
        }
        if (kind != BTX_COL_LABEL && !(seen && whole == BTX_COL_LABEL) &&
            (seen || btx_table_has(table, group, BTX_COL_LABEL)))
            break;
        if (seen && is_number_cell(scan, line, first, last) &&
            (kind != BTX_COL_LABEL || is_behind(table, group, x0)))
            break;
        end = last;
        seen = 1;
        if (!btx_table_has(table, group, BTX_COL_LABEL))
            break;
    }
    return seen ? end : range[0];
}

/* Whether the words are the name of one analyte and nothing more. */
static int is_name(const btx_scan_t *scan, const btx_line_t *line, int first, int end)
{
    bt_label_t label = {btx_line_text(line, first, end, scan->scratch), NULL, NULL, NAN};
    bt_match_t match = bt_catalogue_match(scan->catalogue, &label, scan->scratch);
    return match.analyte && match.confidence >= 0.5;
}

/* A value that follows its label without a wide gap stands in the label's cell: cut it where the
 * value column begins. */
static int cut_label(const btx_scan_t *scan, const btx_table_t *table, int group,
                     const btx_line_t *line, const int range[2], int end)
{
    for (int i = range[0] + 1; i < end; i++) {
        const btx_word_t *word = line->word[i];
        int column = btx_table_at(table, group, word->box.x0, word->box.x1);
        if (column < 0 || table->column[column].kind != BTX_COL_VALUE ||
            word->box.x1 < table->column[column].x0)
            continue;
        if (is_value_start(scan, line, i, range[1]))
            return is_name(scan, line, range[0], i) ? i : end;
    }
    return end;
}

static void place_tokens(btx_tokens_t *tokens, const btx_table_t *table, int group,
                         const btx_line_t *line)
{
    for (int i = 0; i < tokens->n; i++) {
        btx_token_t *token = &tokens->token[i];
        /* a phrase belongs where it begins, however far it goes on */
        double right =
            token->kind == BTX_WORD ? fmin(token->x1, token->x0 + line->size) : token->x1;
        token->column = btx_table_at(table, group, token->x0, right);
    }
}

/* Where the label stands in a table that is written from right to left: cells from the right below
 * its heading, but for item numbers behind them. */
static void mirrored_label(int *start, int *end, const btx_table_t *table, const btx_line_t *line,
                           const int range[2])
{
    *start = *end = range[1];
    for (int i = line->n_cells - 1; i >= 0; i--) {
        const btx_cell_t *cell = &line->cell[i];
        btx_column_kind_t kind = kind_at(table, 0, cell->x0, cell->x1);
        if (cell->first < range[0] ||
            (kind != BTX_COL_LABEL && !(kind == BTX_COL_IGNORE && *start == *end)))
            break;
        *start = cell->first;
        *end = kind == BTX_COL_LABEL ? *end : cell->first;
    }
}

static btx_found_t row_mirrored(btx_row_t *row, const btx_scan_t *scan, const btx_line_t *line,
                                const int range[2], apr_pool_t *pool)
{
    btx_tokens_t tokens;
    int start = range[1], end = start;
    mirrored_label(&start, &end, row->table, line, range);
    if (start == range[0] || start == end)
        return BTX_NO_ROW;
    btx_tokens_make(&tokens, scan, line, range[0], start, pool);
    place_tokens(&tokens, row->table, row->group, line);
    btx_found_t found = btx_pick_by_columns(row, scan, row->table, line, &tokens, pool);
    if (found == BTX_NO_ROW)
        return found;
    row->box = btx_line_box(line, range[0], range[1]);
    set_label(row, line, start, end);
    row->has_gap = row->value && row->label_box.x0 - row->value_x1 > 0.75 * line->size;
    row->label = btx_label_clean(scan, line, start, end, pool);
    row->is_whole = 1; /* what goes on below it stands at sides that nothing else expects */
    return row->label ? found : BTX_NO_ROW;
}

btx_found_t btx_row_by_table(btx_row_t *row, const btx_scan_t *scan, const btx_line_t *line,
                             const int range[2], apr_pool_t *pool)
{
    btx_tokens_t tokens;
    const btx_table_t *table = row->table;
    int group = row->group;
    btx_row_start(row);
    row->table = table;
    row->group = group;
    if (table->is_mirrored)
        return row_mirrored(row, scan, line, range, pool);
    int end = label_end(scan, table, group, line, range), start = range[0], status_end = start;
    end = cut_label(scan, table, group, line, range, end);
    btx_tokens_make(&tokens, scan, line, end, range[1], pool);
    place_tokens(&tokens, table, group, line);
    btx_sexes_choose(&tokens, scan, line);
    btx_spoil_pairs(&tokens, scan, table, group);
    /* item numbers and codes in front of the label */
    for (; start < end; start++) {
        const btx_word_t *word = line->word[start];
        btx_column_kind_t kind = kind_at(table, group, word->box.x0, word->box.x1);
        if (kind == BTX_COL_FLAG)
            status_end = start + 1;
        else if (kind != BTX_COL_IGNORE &&
                 !(start + 1 < end && is_number_cell(scan, line, start, start + 1) &&
                   line->word[start + 1]->box.x0 - word->box.x1 > 0.75 * word->size))
            break;
    }
    btx_found_t found = btx_pick_by_columns(row, scan, table, line, &tokens, pool);
    if (found == BTX_NO_ROW)
        return found;
    row->box = btx_line_box(line, start, range[1]);
    if (!row->flag && status_end > range[0])
        row->flag = btx_line_text(line, range[0], status_end, pool);
    if (start >= end)
        return found == BTX_ROW ? BTX_VALUE_ONLY : BTX_NO_ROW;
    set_label(row, line, start, end);
    row->has_gap = row->value && row->value_x0 - row->label_box.x1 > 0.75 * line->size;
    row->label = btx_label_clean(scan, line, start, end, pool);
    if (row->label && btx_label_holds_value(scan, line, start, end))
        return BTX_DOUBTFUL;
    return row->label ? found : BTX_NO_ROW;
}

/* Where label and value stand together, the mark between them ("Hb - 12.5") belongs to neither. */
static int is_joint(const char *text)
{
    const char *past = btx_skip_dash(text);
    return (past && !*past) || !strcmp(text, ":") || !strcmp(text, "=");
}

static int starts_number_cell(const btx_scan_t *scan, const btx_line_t *line, int i)
{
    btx_number_t number;
    for (int k = 0; k < line->n_cells; k++) {
        const char *text = line->word[i]->text;
        if (line->cell[k].first == i)
            return btx_scan_number(&number, text, scan->style) != NULL ||
                   !text[strspn(text, "+")] || /* "+++" is a grade */
                   is_starred_number(scan, line, i, line->n);
    }
    return 0;
}

/* A flag in a cell of its own between label and value: taken off the label. */
static const char *cut_flag(const btx_scan_t *scan, const btx_line_t *line, int first, int *end,
                            apr_pool_t *pool)
{
    btx_tokens_t tokens;
    for (int k = 1; k < line->n_cells; k++) {
        const btx_cell_t *cell = &line->cell[k];
        if (cell->first <= first || cell->end != *end || cell->end - cell->first > 1)
            continue;
        btx_tokens_make(&tokens, scan, line, cell->first, cell->end, pool);
        if (tokens.n != 1 || tokens.token[0].kind != BTX_FLAG)
            return NULL;
        *end = cell->first;
        return tokens.token[0].text;
    }
    return NULL;
}

/* An arrow in front of the name is the flag. */
static int is_arrow(const char *text)
{
    return !strcmp(text, "\xe2\x86\x91") || !strcmp(text, "\xe2\x86\x93") ||
           !strcmp(text, "\xe2\x96\xb2") || !strcmp(text, "\xe2\x96\xbc");
}

/* "^" and "v" in front of a name are arrows where the interval says the same. */
static const char *written_arrow(const btx_row_t *row, const btx_line_t *line, int first, int end)
{
    const char *text = line->word[first]->text;
    if (first + 1 >= end || row->flag || !row->has_interval)
        return NULL;
    int is_up = !strcmp(text, "^") && row->number.value > row->interval.high;
    int is_down = !strcmp(text, "v") && row->number.value < row->interval.low;
    return is_up || is_down ? text : NULL;
}

btx_found_t btx_row_by_shape(btx_row_t *row, const btx_scan_t *scan, const btx_line_t *line,
                             const int range[2], apr_pool_t *pool)
{
    btx_found_t best = BTX_NO_ROW;
    btx_tokens_t tokens;
    btx_row_t trial;
    int last = range[1] < range[0] + MAX_LABEL_SPLIT ? range[1] : range[0] + MAX_LABEL_SPLIT;
    for (int i = range[0] + 1, is_past = 0; i < last && !is_past; i++) {
        if (!is_value_start(scan, line, i, range[1]))
            continue;
        /* a cell that begins with a number is no part of a label */
        is_past = starts_number_cell(scan, line, i);
        int end = i, first = range[0] + is_arrow(line->word[range[0]]->text);
        if (first == end)
            continue;
        btx_row_start(&trial);
        set_label(&trial, line, first, end);
        while (end > first + 1 && is_joint(line->word[end - 1]->text)) {
            trial.has_label_mark |= !btx_skip_dash(line->word[end - 1]->text);
            end--;
        }
        const char *flag = cut_flag(scan, line, first, &end, pool);
        if (!flag && first > range[0])
            flag = line->word[range[0]]->text;
        trial.label = btx_label_clean(scan, line, first, end, pool);
        if (!trial.label)
            continue;
        btx_tokens_make(&tokens, scan, line, i, range[1], pool);
        btx_sexes_choose(&tokens, scan, line);
        btx_found_t found = btx_pick_by_shape(&trial, scan, line, &tokens, pool);
        const char *arrow =
            flag || found != BTX_ROW ? NULL : written_arrow(&trial, line, first, end);
        if (arrow) {
            flag = arrow;
            set_label(&trial, line, first + 1, end);
            trial.label = btx_label_clean(scan, line, first + 1, end, pool);
        }
        if (!trial.label)
            continue;
        if (flag && found == BTX_ROW)
            found = trial.flag ? BTX_DOUBTFUL : BTX_ROW;
        trial.flag = trial.flag ? trial.flag : flag;
        if (found == BTX_ROW && btx_label_holds_value(scan, line, first, end))
            found = BTX_DOUBTFUL;
        if (found == BTX_NO_ROW || (found == BTX_DOUBTFUL && best != BTX_NO_ROW))
            continue;
        trial.label_end = end;
        trial.box = btx_line_box(line, range[0], range[1]);
        trial.has_gap =
            line->word[i]->box.x0 - line->word[end - 1]->box.x1 > 0.75 * line->word[i]->size;
        *row = trial;
        best = found;
        if (best == BTX_ROW)
            return best;
    }
    return best;
}
