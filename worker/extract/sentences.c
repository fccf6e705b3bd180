/* SPDX-License-Identifier: Apache-2.0
 * Results that are listed in a sentence, as in a summary of a stay: "Hb - 12.8 gm/dl, TLC - 3,200
 * /cumm, Platelets - 48,000 /cumm".  Every part must be a result by itself, with a known name and a
 * unit that goes with it, else nothing of the sentence is read.
 */
#include "reading.h"

#include <apr_strings.h>
#include <ctype.h>
#include <math.h>
#include <string.h>

enum { MAX_LINES = 6, MIN_ROWS = 2, MANY_ROWS = 4 };
static const double line_pitch = 1.8; /* of the font size: lines of one sentence */

/* The words of the lines of a sentence in one, as one cell. */
typedef struct sentence_t {
    btx_line_t line;
    btx_cell_t cell;
    int origin[BTX_MAX_LINE_WORDS]; /* by word: the line it came from */
    int n_lines;
} sentence_t;

static int ends_part(const char *text)
{
    char last = text[strlen(text) - 1];
    return last == ',' || last == ';';
}

static int has_part_end(const btx_line_t *line)
{
    for (int i = 0; i + 1 < line->n; i++) {
        if (ends_part(line->word[i]->text) && isalpha((unsigned char)*line->word[i + 1]->text))
            return 1;
    }
    return 0;
}

/* Whether the sentence of `line` goes on in the line below: with the same left edge, behind a comma
 * or a part that has no value yet. */
static int goes_on(const btx_line_t *line, const btx_line_t *below)
{
    return below->page == line->page && below->n_cells == 1 && !below->is_used &&
           below->box.y0 - line->box.y0 < line_pitch * line->size &&
           below->box.x0 - line->box.x0 < 1 && line->box.x0 - below->box.x0 < 1;
}

/* Words in pool memory, for a comma at the end is taken off. */
static void add_words(sentence_t *sentence, const btx_line_t *line, int origin, apr_pool_t *pool)
{
    for (int i = 0; i < line->n && sentence->line.n < BTX_MAX_LINE_WORDS; i++) {
        sentence->origin[sentence->line.n] = origin;
        sentence->line.word[sentence->line.n++] =
            apr_pmemdup(pool, line->word[i], sizeof *line->word[i]);
    }
    sentence->n_lines++;
}

static void gather(sentence_t *sentence, const btx_reading_t *reading, int index, int is_long)
{
    apr_pool_t *pool = reading->scan.scratch;
    const btx_line_t *line = &reading->lines->line[index];
    sentence->line = *line;
    sentence->line.n = sentence->n_lines = 0;
    sentence->line.word = apr_palloc(pool, BTX_MAX_LINE_WORDS * sizeof *line->word);
    add_words(sentence, line, index, pool);
    for (int i = index + 1; i < reading->lines->n && i < index + MAX_LINES &&
                            goes_on(line, line + 1) && (is_long || has_part_end(line + 1));
         i++, line++)
        add_words(sentence, line + 1, i, pool);
    sentence->cell = (btx_cell_t){0, sentence->line.n, line->box.x0, line->box.x1};
    sentence->line.cell = &sentence->cell;
    sentence->line.n_cells = 1;
}

static int has_digit(const btx_line_t *line, int first, int end)
{
    for (int i = first; i < end; i++) {
        if (strpbrk(line->word[i]->text, "0123456789"))
            return 1;
    }
    return 0;
}

/* The end of the part that begins at word `first`: behind a comma that follows a value. */
static int part_end(const btx_line_t *line, int first)
{
    for (int i = first; i + 1 < line->n; i++) {
        if (ends_part(line->word[i]->text) && isalpha((unsigned char)*line->word[i + 1]->text) &&
            has_digit(line, first, i + 1))
            return i + 1;
    }
    return line->n;
}

/* How many words say of which day results are: "on admission", "(11.05.2026):". */
static int when_words(const btx_reading_t *reading, const btx_line_t *line, int first, int end)
{
    int n = 0, date[2];
    const char *text = line->word[first]->text + strspn(line->word[first]->text, "([");
    if (btx_lexicon_longest(&n, reading->scan.lexicon, "when", line, first, end))
        return n;
    n = btx_is_date_of_words(date, line, first, end);
    text = apr_pstrmemdup(reading->scan.scratch, text, strcspn(text, ")]:,;"));
    return n ? n : btx_is_date(text);
}

static int says_when(const btx_reading_t *reading, const btx_line_t *line, int first, int end)
{
    for (int i = first; i < end; i++) {
        if (when_words(reading, line, i, end))
            return 1;
    }
    return 0;
}

/* Whether another list of the document says when it was. */
static int has_other_day(const btx_reading_t *reading, int first, int end)
{
    for (int i = 0; i < reading->lines->n; i++) {
        const btx_line_t *line = &reading->lines->line[i];
        if ((i < first || i >= end) && has_part_end(line) && says_when(reading, line, 0, line->n))
            return 1;
    }
    return 0;
}

/* "Investigations: Hb - 12.8": what stands before the mark names no result.  Whether it says more
 * ("Urine:", "Goal:", "Previous:") is only known of the words that say nothing, or when it was. */
static int skip_lead(int *is_strange, const btx_reading_t *reading, const btx_line_t *line,
                     int first, int end)
{
    for (int i = first; i + 2 < end; i++) {
        const char *text = line->word[i]->text;
        int n = 0, more = 1;
        if (text[strlen(text) - 1] != ':' || !isalpha((unsigned char)*line->word[i + 1]->text))
            continue;
        (void)btx_lexicon_longest(&n, reading->scan.lexicon, "lead", line, first, i + 1);
        for (int at = first + n; n && more && at <= i; at += more)
            more = strcmp(line->word[at]->text, ":") ? when_words(reading, line, at, i + 1) : 1;
        *is_strange |= !n || !more;
        return i + 1;
    }
    return first;
}

static void trim(btx_word_t *word, apr_pool_t *pool)
{
    size_t n = strlen(word->text);
    while (n > 1 && strchr(",;.", word->text[n - 1]))
        n--;
    word->text = apr_pstrmemdup(pool, word->text, n);
}

static const bt_analyte_t *analyte_of(const btx_reading_t *reading, const char *label)
{
    const bt_label_t name = {label, NULL, NULL, NAN};
    return bt_catalogue_match(reading->scan.catalogue, &name, reading->scan.scratch).analyte;
}

/* "INR 1.0": an analyte whose values have no unit. */
static int is_unitless(const btx_reading_t *reading, const char *label)
{
    const bt_analyte_t *analyte = analyte_of(reading, label);
    return analyte && (!*analyte->unit || !strcmp(analyte->unit, "1") || *analyte->unit == '{');
}

/* "Urine sodium 40, potassium 30": a specimen other than blood that is named of one part may be
 * meant of those behind it. */
static int names_other_specimen(const btx_reading_t *reading, const btx_line_t *line, int first,
                                const btx_row_t *row)
{
    static const char *const of_blood[] = {"Bld", "Ser", "Plas", "PPP", NULL};
    int n = 0;
    if (!btx_lexicon_longest(&n, reading->scan.lexicon, "specimen", line, first, line->n))
        return 0;
    const bt_analyte_t *analyte = row ? analyte_of(reading, row->label) : NULL;
    for (int i = 0; analyte && of_blood[i]; i++) {
        if (btx_starts(analyte->specimen, of_blood[i]))
            return 0;
    }
    return 1;
}

static int read_part(btx_row_t *row, const btx_reading_t *reading, const sentence_t *sentence,
                     int first, int end)
{
    const btx_line_t *line = &sentence->line;
    int range[2] = {first, end};
    trim(line->word[end - 1], reading->pool);
    if (btx_row_by_shape(row, &reading->scan, line, range, reading->pool) != BTX_ROW)
        return 0;
    double like =
        bt_catalogue_label_likeness(reading->scan.catalogue, row->label, reading->scan.scratch);
    if (like < 0.8 || row->word || (!row->unit && !is_unitless(reading, row->label)))
        return 0;
    if (row->unit && (!btx_is_unit(&reading->scan, row->unit, reading->scan.scratch) ||
                      !btx_unit_fits(reading, row)))
        return 0;
    row->line = sentence->origin[end - 1];
    row->is_whole = 1;
    row->confidence = 0.85;
    row->reason = "the result stands in a sentence";
    return 1;
}

/* The rows of the parts.  *is_strange gets 1 where they may be no results of this blood: of another
 * day or specimen, or goals. */
static int read_parts(int *n_failed, int *is_strange, btx_row_t *rows, const btx_reading_t *reading,
                      const sentence_t *sentence)
{
    const btx_line_t *line = &sentence->line;
    int n = 0, failed = 0, is_other = 0;
    int lead = skip_lead(is_strange, reading, line, 0, part_end(line, 0));
    *is_strange |= says_when(reading, line, lead, line->n);
    if (says_when(reading, line, 0, lead))
        *is_strange |=
            has_other_day(reading, sentence->origin[0], sentence->origin[0] + sentence->n_lines);
    for (int first = 0; first < line->n;) {
        int end = part_end(line, first);
        if (end == line->n && !has_digit(line, first, end))
            break; /* "…, rest normal" */
        int start = skip_lead(is_strange, reading, line, first, end);
        if (n == BTX_MAX_SENTENCE)
            return 0;
        int is_read = read_part(&rows[n], reading, sentence, start, end);
        int names_it = names_other_specimen(reading, line, start, is_read ? &rows[n] : NULL);
        *is_strange |= (is_other && !names_it) || (!first && !is_read);
        is_other |= names_it;
        n += is_read;
        failed += !is_read;
        first = end;
    }
    *n_failed = failed;
    /* one part that is none is forgiven to a long list, not to a short one */
    return n >= MIN_ROWS && (!failed || (n >= MANY_ROWS && failed * MANY_ROWS <= n)) ? n : 0;
}

/* All lines of the paragraph, else those alone that are lists themselves. */
int btx_sentence_read(btx_row_t *rows, btx_reading_t *reading, int index)
{
    sentence_t sentence;
    const btx_line_t *line = &reading->lines->line[index];
    int n = 0, failed = 0, is_strange = 0;
    if (line->n_cells > 2 || !has_part_end(line))
        return 0;
    for (int is_long = 1; !n && is_long >= 0; is_long--) {
        gather(&sentence, reading, index, is_long);
        is_strange = 0;
        n = read_parts(&failed, &is_strange, rows, reading, &sentence);
    }
    for (int i = 0; n && i < sentence.n_lines; i++) {
        btx_row_t note = {.label = rows[0].label, .unit = rows[0].unit, .line = index + i};
        if (is_strange)
            btx_not_understood(reading, &note, "a list in a sentence, perhaps not of this blood");
        reading->lines->line[index + i].is_used = 1;
    }
    if (n && failed && !is_strange)
        btx_not_understood(reading, &rows[0], "a part of a list in a sentence was not read");
    return is_strange && n ? -1 : n;
}

int btx_sentence_is_there(btx_row_t *row, const btx_reading_t *reading, int index)
{
    sentence_t sentence;
    const btx_line_t *line = &reading->lines->line[index];
    int n = 0, is_strange = 0;
    if (line->n_cells > 2 || !has_part_end(line))
        return 0;
    gather(&sentence, reading, index, 0);
    for (int first = 0; first < line->n && n < MIN_ROWS;) {
        int end = part_end(&sentence.line, first);
        int start = skip_lead(&is_strange, reading, &sentence.line, first, end);
        n += read_part(row, reading, &sentence, start, end);
        first = end;
    }
    row->line = index;
    return n == MIN_ROWS;
}
