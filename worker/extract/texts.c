/* SPDX-License-Identifier: Apache-2.0
 * Results in words that no list can hold: "Malarial parasite: P. falciparum seen", "Pus cells: 8 -
 * 10 /hpf".  Only names of examinations that are told in words are read so, and only where the text
 * is short, stands alone behind its name and does not go on below.
 */
#include "reading.h"

#include <apr_strings.h>
#include <ctype.h>
#include <math.h>
#include <string.h>

enum { MAX_WORDS = 6, MAX_BYTES = 60, MAX_NAME_WORDS = 7, MORE_WORDS = 3 };

int btx_is_finding(const btx_reading_t *reading, const char *label)
{
    apr_pool_t *scratch = reading->scan.scratch;
    const char *key = btx_key(label, scratch);
    bt_label_t name = {label, NULL, NULL, NAN};
    if (btx_lexicon_find(reading->scan.lexicon, "finding", key))
        return 1;
    bt_match_t match = bt_catalogue_match(reading->scan.catalogue, &name, scratch);
    if (match.analyte && match.confidence >= 0.8)
        return strcmp(match.analyte->scale, "Qn") != 0;
    /* "Salmonella typhi O", "HIV I & II" */
    const char *end = key + strlen(key);
    for (int words = 0; words < MORE_WORDS; words++) {
        while (end > key && end[-1] != ' ')
            end--;
        if (end == key)
            return 0;
        end--;
        if (btx_lexicon_find(reading->scan.lexicon, "finding",
                             apr_pstrmemdup(scratch, key, (size_t)(end - key))))
            return 1;
    }
    return 0;
}

static int is_mark_end(const char *word)
{
    const char *past = btx_skip_dash(word);
    return word[strlen(word) - 1] == ':' || (past && !*past);
}

static int is_under_intervals(const btx_table_t *table, const btx_line_t *line)
{
    const btx_cell_t *cell = &line->cell[1];
    int at = btx_table_at(table, 0, cell->x0, cell->x1);
    return at >= 0 && line->page == table->page && btx_table_has(table, 0, BTX_COL_VALUE) &&
           table->column[at].kind == BTX_COL_REFERENCE && cell->x0 < table->column[at].x1 &&
           cell->x1 > table->column[at].x0;
}

/* Where the name ends, and words [text[0], text[1]) of the result: behind a ':' or a dash, else in
 * the second of two cells.  A last cell under the heading of intervals is none of it. */
static int split(int text[2], const btx_line_t *line, const btx_table_t *table)
{
    int cells = line->n_cells;
    const btx_cell_t *last = &line->cell[cells - 1];
    int column = table && cells > 2 ? btx_table_at(table, 0, last->x0, last->x1) : -1;
    if (column >= 0 && table->column[column].kind == BTX_COL_REFERENCE)
        cells--;
    text[1] = line->cell[cells - 1].end;
    for (int i = 0; i < text[1] && i < MAX_NAME_WORDS; i++) {
        const char *word = line->word[i]->text;
        if (!is_mark_end(word))
            continue;
        text[0] = i + 1;
        int is_alone = !strcmp(word, ":") || btx_skip_dash(word);
        return text[0] >= line->cell[cells - 1].first ? i + !is_alone : 0;
    }
    /* what stands alone under the heading of intervals is no result */
    int is_interval = cells == 2 && table && is_under_intervals(table, line);
    text[0] = cells == 2 && !is_interval ? line->cell[1].first : 0;
    return text[0];
}

/* Whether the text is short, has no sentence in it and is no specimen, no method and nothing that
 * says that there is no result. */
static int is_short_text(const btx_reading_t *reading, const btx_line_t *line, const int range[2])
{
    int n = 0;
    const char *text = btx_line_text(line, range[0], range[1], reading->scan.scratch);
    size_t bytes = strlen(text);
    return bytes <= MAX_BYTES && text[bytes - 1] != '.' && !strpbrk(text, ";|=_@") &&
           !strstr(text, ": ") && text[bytes - 1] != ':' &&
           !btx_lexicon_longest(&n, reading->scan.lexicon, "novalue", line, range[0], range[1]) &&
           !btx_lexicon_longest(&n, reading->scan.lexicon, "specimen", line, range[0], range[1]) &&
           !btx_lexicon_longest(&n, reading->scan.lexicon, "method", line, range[0], range[1]);
}

/* A line below that begins under the text goes on with it. */
static int goes_on(const btx_reading_t *reading, int index, double x0)
{
    const btx_line_t *line = &reading->lines->line[index], *below = line + 1;
    return index + 1 < reading->lines->n && below->page == line->page &&
           below->box.y0 - line->box.y0 < 1.8 * line->size && below->box.x0 > x0 - 8;
}

/* "No parasites seen in" and, right below it, "smears examined": a capital begins a text, and small
 * letters under it go on, though the name beside them may go on as well. */
static int goes_on_beside(const btx_reading_t *reading, int index, int first)
{
    const btx_line_t *line = &reading->lines->line[index], *below = line + 1;
    const btx_word_t *word = line->word[first];
    if (index + 1 >= reading->lines->n || below->page != line->page || below->is_used ||
        below->box.y0 - line->box.y0 > 1.8 * line->size || !isupper((unsigned char)*word->text))
        return 0;
    for (int i = 1; i < below->n_cells; i++) {
        const char *text = below->word[below->cell[i].first]->text;
        if (fabs(below->cell[i].x0 - word->box.x0) < 4 && islower((unsigned char)*text))
            return 1;
    }
    return 0;
}

/* The second and last line of a text, a few words right under its begin: NULL where there is none.
 */
static btx_line_t *second_line(const btx_reading_t *reading, int index, double x0)
{
    btx_line_t *below = &reading->lines->line[index + 1];
    if (!goes_on(reading, index, x0) || below->is_used || below->n_cells != 1 ||
        below->n > MORE_WORDS || fabs(below->box.x0 - x0) > 4 || goes_on(reading, index + 1, x0))
        return NULL;
    for (int i = 0; i < below->n; i++) {
        if (strpbrk(below->word[i]->text, ":0123456789"))
            return NULL;
    }
    return below;
}

/* "Hazy HI", "H 1:160", "oxalate *": a flag at either end of the text is taken off it. */
static const char *cut_flag(int range[2], const btx_reading_t *reading, const btx_line_t *line)
{
    enum { LONGEST = 4 };
    int n = 0;
    (void)btx_lexicon_longest(&n, reading->scan.lexicon, "word", line, range[0], range[1]);
    if (range[1] - range[0] < 2 || n == range[1] - range[0])
        return NULL;
    const char *last = line->word[range[1] - 1]->text, *first = line->word[range[0]]->text;
    if (strlen(last) <= LONGEST && btx_flag_means(&reading->scan, last, reading->scan.scratch)) {
        range[1]--;
        return last;
    }
    if (strlen(first) < LONGEST && btx_flag_means(&reading->scan, first, reading->scan.scratch)) {
        range[0]++;
        return first;
    }
    return NULL;
}

static void fill(btx_row_t *row, const btx_reading_t *reading, const btx_line_t *line,
                 const int range[2])
{
    int n = 0;
    bt_box_t box = btx_line_box(line, range[0], range[1]);
    row->value = btx_line_text(line, range[0], range[1], reading->pool);
    row->word = btx_lexicon_longest(&n, reading->scan.lexicon, "word", line, range[0], range[1]);
    row->word = n == range[1] - range[0] ? row->word : NULL;
    row->is_bold = line->word[range[0]]->is_bold;
    row->value_x0 = box.x0;
    row->value_x1 = box.x1;
}

/* "8 - 10 /hpf": a span, or a word, and the unit of counts in a field. */
static int fill_counted(btx_row_t *row, const btx_reading_t *reading, const btx_line_t *line,
                        const int range[2])
{
    btx_tokens_t *tokens = apr_palloc(reading->scan.scratch, sizeof *tokens);
    btx_tokens_make(tokens, &reading->scan, line, range[0], range[1], reading->pool);
    const btx_token_t *token = tokens->token;
    int has_unit = tokens->n == 2 && token[1].kind == BTX_UNIT;
    int is_span = token[0].kind == BTX_INTERVAL && token[0].has_two;
    if (tokens->is_full || !(tokens->n == 1 || has_unit) || !(is_span || token[0].kind == BTX_WORD))
        return 0;
    btx_fill_value(row, &token[0], line);
    row->number.value = NAN;
    if (has_unit)
        row->unit = token[1].text;
    else if (is_span)
        btx_split_span(row, &reading->scan, reading->pool);
    return 1;
}

/* Whether the text stands under a heading of this page that is not that of the results. */
static int is_elsewhere(const btx_table_t *table, const btx_line_t *line, int first)
{
    const bt_box_t box = line->word[first]->box;
    const btx_column_t *over =
        table && table->page == line->page ? btx_table_over(table, 0, box.x0, box.x1) : NULL;
    return over && over->kind != BTX_COL_VALUE;
}

/* Whether a value stands right below the name: what stands beside it is the judgement on that. */
static int has_value_below(const btx_reading_t *reading, int index)
{
    const btx_line_t *line = &reading->lines->line[index], *below = line + 1;
    btx_tokens_t *tokens = apr_palloc(reading->scan.scratch, sizeof *tokens);
    if (index + 1 >= reading->lines->n || below->page != line->page ||
        fabs(below->box.x0 - line->box.x0) > 4 ||
        below->box.y0 - line->box.y0 > 2.2 * fmax(line->size, below->size))
        return 0;
    int n = 0; /* "Result: Reactive" */
    const char *means =
        btx_lexicon_longest(&n, reading->scan.lexicon, "column", below, 0, below->n);
    int first = means && !strcmp(means, "value") ? n : 0;
    btx_tokens_make(tokens, &reading->scan, below, first, below->n, reading->scan.scratch);
    return tokens->n && (tokens->token[0].kind == BTX_NUMBER ||
                         tokens->token[0].kind == BTX_LIMIT || tokens->token[0].kind == BTX_WORD);
}

/* "Normal", "Abnormal": how a value is judged, unless nothing else is printed. */
static int is_judgement(const btx_reading_t *reading, const btx_row_t *row)
{
    const btx_scan_t *scan = &reading->scan;
    return (row->word && !strcmp(row->word, "normal")) ||
           btx_lexicon_text(scan->lexicon, "flag", row->value, scan->scratch) != NULL;
}

int btx_text_is_there(const btx_reading_t *reading, const btx_table_t *table, int index)
{
    const btx_line_t *line = &reading->lines->line[index];
    int text[2], n = 0, end = split(text, line, table);
    const char *label =
        end ? btx_label_clean(&reading->scan, line, 0, end, reading->scan.scratch) : NULL;
    return label && text[0] > 0 && text[0] < text[1] && btx_is_finding(reading, label) &&
           isalpha((unsigned char)*line->word[text[0]]->text) &&
           !btx_lexicon_longest(&n, reading->scan.lexicon, "novalue", line, text[0], text[1]);
}

int btx_text_read(btx_row_t *row, const btx_reading_t *reading, const btx_table_t *table, int index)
{
    const btx_line_t *line = &reading->lines->line[index];
    int text[2], end = split(text, line, table);
    if (!end || text[0] <= 0 || text[0] >= text[1] || text[1] - text[0] > MAX_WORDS ||
        !is_short_text(reading, line, text) || is_elsewhere(table, line, text[0]))
        return 0;
    const double left = line->word[text[0]]->box.x0;
    btx_line_t *more = second_line(reading, index, left);
    if (!more && (goes_on(reading, index, left) || goes_on_beside(reading, index, text[0])))
        return 0;
    btx_row_start(row);
    row->label = btx_label_clean(&reading->scan, line, 0, end, reading->pool);
    if (!row->label)
        return 0;
    int is_counted = !more && fill_counted(row, reading, line, text);
    if (!btx_is_finding(reading, row->label) &&
        !(is_counted && row->unit && btx_is_per_field(row->unit)))
        return 0;
    if (!is_counted) {
        if (!isalpha((unsigned char)*line->word[text[0]]->text) &&
            *line->word[text[0]]->text != '"')
            return 0; /* a number says more than is read here */
        int value[2] = {text[0], text[1]};
        row->flag = cut_flag(value, reading, line);
        fill(row, reading, line, value);
    }
    if (is_judgement(reading, row) && has_value_below(reading, index))
        return 0;
    if (more) {
        row->value = apr_pstrcat(reading->pool, row->value, " ",
                                 btx_line_text(more, 0, more->n, reading->pool), NULL);
        row->word = NULL;
        more->is_used = 1;
    }
    if (text[1] < line->n)
        row->reference = btx_line_text(line, text[1], line->n, reading->pool);
    row->line = index;
    row->label_end = end;
    row->label_box = btx_line_box(line, 0, end);
    row->box = line->box;
    row->has_gap = row->is_whole = 1;
    row->confidence = 0.85;
    row->reason = "the result is a text";
    return 1;
}
