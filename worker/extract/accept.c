/* SPDX-License-Identifier: Apache-2.0
 * Decides whether a row is a result: unit, interval, known name and column each count.  What falls
 * short is noted as not understood where it looks like a result, and is never reported as one.
 */
#include "reading.h"

#include <apr_strings.h>
#include <ctype.h>
#include <math.h>
#include <string.h>

enum { ROWS_ABOVE = 3 }; /* as many say that a list of results goes on */

static int is_known_unit(const btx_reading_t *reading, const char *unit)
{
    return unit && (btx_is_unit(&reading->scan, unit, reading->scan.scratch) ||
                    btx_is_unit_note(&reading->scan, unit, reading->scan.scratch));
}

/* Whether the value stands where the values above it stood. */
static int is_aligned(const btx_row_t *row)
{
    const btx_table_t *table = row->table;
    double middle = (row->value_x0 + row->value_x1) / 2;
    return table->n_rows &&
           (fabs(row->value_x0 - table->value_x0) < 3 || fabs(middle - table->value_x1) < 3 ||
            fabs(row->value_x1 - table->value_right) < 3);
}

static int column_points(const btx_reading_t *reading, const btx_row_t *row)
{
    if (!row->table)
        return 0;
    int page = reading->lines->line[row->line].page;
    int column = btx_table_at(row->table, row->group, row->value_x0, row->value_x1);
    if (column < 0 || row->table->column[column].kind != BTX_COL_VALUE)
        return 0;
    int is_under = row->value_x0 < row->table->column[column].x1 &&
                   row->value_x1 > row->table->column[column].x0;
    return (page == row->table->page ? 1 + is_under : is_under) + is_aligned(row);
}

int btx_unit_fits(const btx_reading_t *reading, const btx_row_t *row)
{
    const bt_catalogue_t *catalogue = reading->scan.catalogue;
    const bt_label_t name = {row->label, row->unit, NULL, row->number.value};
    bt_match_t match = bt_catalogue_match(catalogue, &name, reading->scan.scratch);
    const char *unit = row->unit ? bt_catalogue_unit(catalogue, row->unit) : NULL;
    double value;
    if (!match.analyte || !row->unit || (unit && strchr(unit, '/')) ||
        btx_is_unit_note(&reading->scan, row->unit, reading->scan.scratch))
        return 1;
    return unit && !bt_analyte_to_canonical(&value, match.analyte, row->number.value, unit);
}

/* "INR   2.31": a ratio has no unit that could be printed.  Its name must be beyond doubt, the
 * number apart from it, written with decimals and possible. */
static int is_ratio(const btx_reading_t *reading, const btx_row_t *row)
{
    const bt_label_t name = {row->label, NULL, NULL, row->number.value};
    if (row->unit || row->word || !row->has_gap || !strpbrk(row->value, ".,"))
        return 0;
    bt_match_t match = bt_catalogue_match(reading->scan.catalogue, &name, reading->scan.scratch);
    return match.analyte && match.confidence >= 1 && *match.analyte->unit == '{' &&
           row->number.value >= match.analyte->plausible_low &&
           row->number.value <= match.analyte->plausible_high;
}

/* "CMV IgG: positive": a name that nobody knows, and a word that only tests have for an answer. */
static int is_polar(const btx_reading_t *reading, const btx_row_t *row)
{
    static const char *const words[] = {
        "negative",     "positive",     "reactive",     "non reactive",
        "nonreactive",  "not detected", "negativ",      "positiv",
        "negativo",     "positivo",     "negativa",     "positiva",
        "non reattivo", "no reactivo",  "nao reagente", NULL};
    static const char *const kinds[] = {"column",   "refword", "method", "field",
                                        "category", "word",    "flag",   NULL};
    enum { MOST_WORDS = 4 };
    const btx_line_t *line = &reading->lines->line[row->line];
    const char *value = btx_key(row->value, reading->scan.scratch);
    int is_answer = 0;
    for (int i = 0; words[i]; i++)
        is_answer |= !strcmp(words[i], value);
    if (!is_answer || !isalpha((unsigned char)*row->label) ||
        row->label_end - row->label_first > MOST_WORDS)
        return 0;
    /* "Strep A detected, reference: not detected" has its answer before */
    for (int i = row->label_first; i < row->label_end; i++) {
        for (int k = 0; kinds[k]; k++) {
            if (btx_lexicon_find(reading->scan.lexicon, kinds[k], line->word[i]->key))
                return 0;
        }
    }
    return 1;
}

int btx_is_judgement(const btx_row_t *row)
{
    return row->word && !row->has_label_mark && !strcmp(row->word, "normal");
}

/* A few words without digits: no sentence. */
static int is_short_name(const btx_row_t *row)
{
    enum { MOST_WORDS = 6 };
    return row->label_end - row->label_first <= MOST_WORDS && !strpbrk(row->label, "0123456789") &&
           !ispunct((unsigned char)*row->label);
}

/* Whether a row that was read stands right above. */
static int is_below_row(const btx_reading_t *reading, const btx_row_t *row)
{
    const btx_line_t *line = &reading->lines->line[row->line];
    return row->line && line[-1].is_used && line[-1].page == line->page &&
           line->box.y0 - line[-1].box.y0 < 2 * line->size;
}

btx_found_t btx_judge_row(const btx_reading_t *reading, const btx_row_t *row)
{
    double like =
        bt_catalogue_label_likeness(reading->scan.catalogue, row->label, reading->scan.scratch);
    int has_unit = is_known_unit(reading, row->unit) || is_ratio(reading, row), points = 0,
        known = like >= 0.8;
    int is_limit = *row->number.comparator != '\0', is_text;
    /* digits that may be read in two ways are no text */
    is_text = isnan(row->number.value) && !is_limit &&
              (row->word || !isdigit((unsigned char)*row->value));
    points += has_unit ? 2 : 0;
    points += row->has_interval ? 2 : row->reference != NULL;
    points += known ? 2 : like >= 0.5;
    points += column_points(reading, row);
    points += !row->table && row->has_label_mark;
    points += row->flag != NULL && !row->word;
    if (row->table) {
        if (is_text && row->word && points == 2 && column_points(reading, row) >= 2)
            return BTX_ROW; /* "Colour: Pale Yellow" */
        return points >= 3 ? BTX_ROW : points >= 2 && like >= 0.5 ? BTX_DOUBTFUL : BTX_NO_ROW;
    }
    if (is_text && btx_is_judgement(row))
        return BTX_NO_ROW;
    if (is_text && row->has_label_mark && is_polar(reading, row))
        return BTX_ROW;
    if (is_text)
        return known && (row->has_label_mark || row->has_gap) && row->word ? BTX_ROW : BTX_NO_ROW;
    if (is_limit && !row->has_interval && row->n_above >= ROWS_ABOVE && known && has_unit &&
        row->has_gap)
        return BTX_ROW; /* in a list of results the limit stands where the values do */
    if (is_limit && !row->has_interval)
        return known && has_unit && (row->has_label_mark || row->has_gap) ? BTX_DOUBTFUL
                                                                          : BTX_NO_ROW;
    if (!row->has_label_mark && !row->has_gap && !(known && has_unit) &&
        !(has_unit && row->has_interval && is_short_name(row) && is_below_row(reading, row)))
        return BTX_NO_ROW;
    if (known && has_unit && !row->has_interval && !btx_unit_fits(reading, row))
        return BTX_DOUBTFUL; /* "Calcium 1000 mg" is a dose */
    int wanted = has_unit || row->has_interval ? 4 : 3, is_in_line = row->n_above >= ROWS_ABOVE;
    points += is_in_line;
    if (is_in_line && has_unit && row->has_gap)
        return BTX_ROW; /* a name that nobody knows within a list of results */
    if (points >= wanted && (known || (has_unit && row->has_interval)))
        return BTX_ROW;
    return points >= 3 && (known || has_unit) ? BTX_DOUBTFUL : BTX_NO_ROW;
}

int btx_is_sign_lost(const btx_reading_t *reading, const btx_row_t *row)
{
    const bt_label_t name = {row->label, row->unit, NULL, row->number.value};
    const double value = row->number.value;
    if (!row->sign || isnan(value))
        return 0;
    if (*row->sign == '<' || !strcmp(row->sign, "\xe2\x89\xa4"))
        return !(row->has_interval && value < row->interval.low);
    if (*row->sign == '>' || !strcmp(row->sign, "\xe2\x89\xa5"))
        return !(row->has_interval && value > row->interval.high);
    const bt_analyte_t *analyte =
        bt_catalogue_match(reading->scan.catalogue, &name, reading->scan.scratch).analyte;
    return (row->has_interval && row->interval.low < 0) || (analyte && analyte->plausible_low < 0);
}

void btx_not_understood(btx_reading_t *reading, const btx_row_t *row, const char *reason)
{
    bt_report_t *report = reading->report;
    btx_line_t *line = &reading->lines->line[row->line];
    double like =
        bt_catalogue_label_likeness(reading->scan.catalogue, row->label, reading->scan.scratch);
    if (report->n_not_understood == BT_MAX_NOT_UNDERSTOOD ||
        (like < 0.5 && !is_known_unit(reading, row->unit) && !btx_is_finding(reading, row->label)))
        return;
    bt_line_t *note = &report->not_understood[report->n_not_understood++];
    note->text = btx_line_text(line, 0, line->n, reading->pool);
    note->page = line->page;
    note->box = btx_box_on_page(reading->words, line->page, line->box);
    note->reason = reason;
    line->is_used = 1; /* it goes on with no row above it */
}

/* "101 mg/dL" where the name should be. */
static int is_amount(const char **unit, const btx_reading_t *reading, const btx_line_t *line)
{
    btx_tokens_t tokens;
    btx_tokens_make(&tokens, &reading->scan, line, 0, line->cell[0].end, reading->scan.scratch);
    const btx_token_t *token = tokens.token;
    if (tokens.n != 2 || token[1].kind != BTX_UNIT)
        return 0;
    *unit = token[1].text;
    return token[0].kind == BTX_NUMBER || token[0].kind == BTX_LIMIT;
}

/* Digits that are not those of ASCII: Arabic, Persian, of India or wide ones. */
static int has_other_digits(const char *text)
{
    static const char *const noughts[] = {"\xd9\xa0",     "\xdb\xb0",     "\xe0\xa5\xa6",
                                          "\xe0\xa7\xa6", "\xef\xbc\x90", NULL};
    for (; *text; text++) {
        for (int i = 0; noughts[i]; i++) {
            size_t before = strlen(noughts[i]) - 1; /* bytes that all ten share */
            unsigned last = (unsigned char)noughts[i][before];
            if (!strncmp(text, noughts[i], before) && (unsigned char)text[before] - last < 10)
                return 1;
        }
    }
    return 0;
}

/* A number under the heading of the values, with a known unit and an interval behind or before it:
 * a result, whatever stands where its name should be. */
static int is_whole_value(const char **unit, const btx_reading_t *reading, const btx_table_t *table,
                          const btx_line_t *line)
{
    btx_tokens_t tokens;
    int is_value = 0, is_interval = 0;
    btx_tokens_make(&tokens, &reading->scan, line, 0, line->n, reading->scan.scratch);
    *unit = NULL;
    for (int i = 0; i < tokens.n; i++) {
        const btx_token_t *token = &tokens.token[i];
        bt_box_t box = btx_line_box(line, token->first, token->end);
        const btx_column_t *over = btx_table_over(table, 0, box.x0, box.x1);
        int is_under_values = over && over->kind == BTX_COL_VALUE;
        is_value |= token->kind == BTX_NUMBER && is_under_values;
        is_interval |=
            token->kind == BTX_INTERVAL || (token->kind == BTX_LIMIT && !is_under_values);
        if (token->kind == BTX_UNIT && is_known_unit(reading, token->text))
            *unit = token->text;
    }
    return is_value && is_interval && *unit;
}

/* Whether each cell is a name of the catalogue, and the line has some. */
static int is_line_of_names(const btx_reading_t *reading, const btx_line_t *line)
{
    int known = 0;
    for (int i = 0; i < line->n_cells; i++) {
        const char *label = btx_label_clean(&reading->scan, line, line->cell[i].first,
                                            line->cell[i].end, reading->scan.scratch);
        known += label && bt_catalogue_label_likeness(reading->scan.catalogue, label,
                                                      reading->scan.scratch) >= 0.8;
    }
    return known > 1 && known == line->n_cells;
}

/* Names side by side over as many numbers, perhaps with limits between: the names and the last of
 * the numbers are noted. */
static int note_stack(btx_reading_t *reading, int index)
{
    enum { MOST_BELOW = 3 };
    const btx_line_t *line = &reading->lines->line[index];
    btx_row_t row = {.line = index};
    int last = 0;
    if (line->n_cells < 2 || !is_line_of_names(reading, line))
        return 0;
    for (int k = index + 1; k < reading->lines->n && k <= index + MOST_BELOW; k++) {
        const btx_line_t *below = &reading->lines->line[k];
        int numbers = 0;
        for (int i = 0; i < below->n_cells; i++)
            numbers += btx_begins_with_number(&reading->scan, below, &below->cell[i]);
        if (below->page != line->page || below->is_used || below->n_cells != line->n_cells)
            break;
        last = numbers == line->n_cells ? k : last; /* limits are written in many ways */
    }
    if (!last)
        return 0;
    row.label = btx_label_clean(&reading->scan, line, 0, line->cell[0].end, reading->scan.scratch);
    for (int k = index; k <= last; k++) {
        row.line = k;
        if (k == index || k == last)
            btx_not_understood(reading, &row, "names over numbers, but no result was certain");
    }
    return 1;
}

void btx_note_unread(btx_reading_t *reading, const btx_table_t *table, int index)
{
    const btx_line_t *line = &reading->lines->line[index];
    btx_tokens_t tokens;
    int numbers = 0;
    btx_row_t listed;
    if (btx_sentence_is_there(&listed, reading, index)) {
        btx_not_understood(reading, &listed, "a list in a sentence that is not read whole");
        return;
    }
    if (line->n_cells < 2 || btx_is_prose(line) || note_stack(reading, index))
        return;
    btx_row_t row = {.line = index};
    int first = line->cell[1].first;
    row.label = btx_label_clean(&reading->scan, line, 0, first, reading->scan.scratch);
    if (row.label && btx_text_is_there(reading, table, index)) {
        btx_not_understood(reading, &row, "a finding in words that may go on");
        return;
    }
    int is_known = row.label && bt_catalogue_label_likeness(reading->scan.catalogue, row.label,
                                                            reading->scan.scratch) >= 0.8;
    if (!is_known && table &&
        ((!row.label && is_amount(&row.unit, reading, line)) ||
         is_whole_value(&row.unit, reading, table, line))) {
        row.label = "";
        btx_not_understood(reading, &row, "a value without its name");
        return;
    }
    if (!is_known)
        return;
    btx_tokens_make(&tokens, &reading->scan, line, first, line->n, reading->scan.scratch);
    for (int i = 0; i < tokens.n; i++)
        numbers += tokens.token[i].kind == BTX_NUMBER || has_other_digits(tokens.token[i].text);
    if (numbers)
        btx_not_understood(reading, &row, "a name and a number, but no result was certain");
}

void btx_row_keep(btx_row_t *row, apr_pool_t *pool)
{
    const char **texts[] = {&row->label,     &row->value, &row->unit,
                            &row->reference, &row->flag,  &row->reason};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        *texts[i] = *texts[i] ? apr_pstrdup(pool, *texts[i]) : NULL;
}
