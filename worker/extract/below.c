/* SPDX-License-Identifier: Apache-2.0
 * The interval of a row on lines of its own below it, behind words that say that it is one:
 * "Reference range: 30 - 100", or "V.R.:" and a line for each phase or age.
 */
#include "reading.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

enum { MAX_STEPS = 12 };
static const double near_below = 2.2, aligned = 4; /* of the font size; points */

static int is_near(const btx_line_t *above, const btx_line_t *below)
{
    double pitch = (below->box.y0 + below->box.y1 - above->box.y0 - above->box.y1) / 2;
    return above->page == below->page && pitch > 0 && pitch < near_below * above->size;
}

/* Whether the line stands plainly nearer to one right below it: then it may lead that one. */
static int is_nearer_below(const btx_reading_t *reading, int index)
{
    const btx_line_t *line = &reading->lines->line[index];
    if (index + 1 >= reading->lines->n || line[1].page != line->page ||
        line[1].box.x0 > line->box.x1 || line[1].box.x1 < line->box.x0)
        return 0;
    double up = line->box.y0 - line[-1].box.y0, down = line[1].box.y0 - line->box.y0;
    return down > 0 && down < 0.8 * up;
}

/* Past a method in the cells before: "Method: Jaffe    Reference: 0.5 - 0.9". */
static int past_method(const btx_reading_t *reading, const btx_line_t *line)
{
    int n = 0;
    return line->n_cells == 2 && btx_lexicon_longest(&n, reading->scan.lexicon, "method", line, 0,
                                                     line->cell[0].end)
               ? line->cell[1].first
               : 0;
}

/* Where the interval begins in a line that says of itself that it holds one; 0 where it does not.
 */
static int interval_start(const btx_reading_t *reading, const btx_line_t *line)
{
    int n = 0, first = past_method(reading, line);
    const char *means =
        btx_lexicon_longest(&n, reading->scan.lexicon, "column", line, first, line->n);
    if (!(means && !strcmp(means, "reference")) &&
        !btx_lexicon_longest(&n, reading->scan.lexicon, "refword", line, first, line->n))
        return 0;
    n += first;
    int has_colon = strchr(line->word[n - 1]->text, ':') != NULL;
    while (n < line->n && !*line->word[n]->key && strspn(line->word[n]->text, ":.-") > 0)
        has_colon |= *line->word[n++]->text == ':';
    if (n >= line->n || (!has_colon && n < first + 2))
        return 0;
    /* "Reference range 4.0 - 11.0": without a mark, nothing else may follow */
    bt_interval_t interval;
    int has_two = 0;
    const char *rest = btx_line_text(line, n, line->n, reading->scan.scratch);
    return has_colon ||
                   btx_is_interval(&interval, &has_two, &reading->scan, rest, reading->scan.scratch)
               ? n
               : 0;
}

/* Numbers in cells of their own behind the interval are its ends again, below the picture of a
 * scale: the end of what is not. */
static int scale_start(const btx_reading_t *reading, const btx_line_t *line, int first)
{
    int end = line->n;
    for (int i = line->n_cells - 1; i > 0; i--) {
        const btx_cell_t *cell = &line->cell[i];
        btx_number_t number;
        const char *past =
            btx_scan_number(&number, line->word[cell->first]->text, reading->scan.style);
        if (cell->first <= first || cell->end - cell->first != 1 || !past || *past)
            break;
        end = cell->first;
    }
    return end;
}

int btx_is_step(const btx_reading_t *reading, const btx_table_t *table, int last, int index)
{
    const btx_line_t *line = &reading->lines->line[index];
    int steps = 0;
    if (last < 0 || last + 1 != index || table->n_groups > 1 ||
        line->page != reading->lines->line[last].page ||
        line->box.y0 - reading->lines->line[last].box.y0 > 3 * line->size)
        return 0;
    for (int i = 0; i < line->n_cells; i++) {
        const btx_cell_t *cell = &line->cell[i];
        const btx_column_t *over = btx_table_over(table, 0, cell->x0, cell->x1);
        int is_label_end = !i && over && over->kind == BTX_COL_LABEL &&
                           *line->word[cell->first]->text == '('; /* "(ESR)" */
        if (!is_label_end && !(over && over->kind == BTX_COL_REFERENCE))
            return 0;
        steps += !is_label_end;
    }
    return steps > 0;
}

/* "DEFICIENCY : <20 ng/ml": a band with its limits, and nothing else. */
static int is_band(const btx_reading_t *reading, const btx_line_t *line)
{
    const char *text = btx_line_text(line, 0, line->n, reading->scan.scratch);
    const char *at = text + strcspn(text, "0123456789<>\xe2");
    bt_interval_t interval;
    int has_two;
    return line->n_cells == 1 &&
           btx_is_interval(&interval, &has_two, &reading->scan, at, reading->scan.scratch);
}

/* "Reference Range :" alone on its line, and the bands in lines of their own below it: how many
 * lines. */
static int list_below(btx_reading_t *reading, btx_row_t *row)
{
    btx_line_t *line = &reading->lines->line[row->line + 1];
    int words = 0, n = 1;
    const char *means =
        btx_lexicon_longest(&words, reading->scan.lexicon, "column", line, 0, line->n);
    int has_colon = strchr(line->word[line->n - 1]->text, ':') != NULL;
    words += words == line->n - 1 && !strcmp(line->word[line->n - 1]->text, ":");
    if (!means || strcmp(means, "reference") != 0 || !has_colon || words != line->n)
        return 0;
    const char *text = NULL;
    for (; n <= MAX_STEPS && row->line + n + 1 < reading->lines->n; n++) {
        const btx_line_t *step = line + n;
        if (step->is_used || !is_near(step - 1, step) ||
            fabs(step->box.x0 - line->box.x0) > aligned || !is_band(reading, step))
            break;
        const char *more = btx_line_text(step, 0, step->n, reading->pool);
        text = text ? apr_pstrcat(reading->pool, text, " ", more, NULL) : more;
    }
    if (!text)
        return 0;
    row->reference = text;
    btx_understand_reference(reading, row);
    for (int i = 0; i < n; i++) {
        line[i].is_used = 1;
        row->box = btx_box_join(row->box, line[i].box);
    }
    return n;
}

int btx_reference_below(btx_reading_t *reading, btx_row_t *row)
{
    btx_line_t *line = &reading->lines->line[row->line + 1];
    if (row->line + 1 >= reading->lines->n || line->is_used || !is_near(line - 1, line))
        return 0;
    int listed = list_below(reading, row);
    if (listed || is_nearer_below(reading, row->line + 1))
        return listed;
    int first = interval_start(reading, line), has_two = 0, n = 1;
    int end = first ? scale_start(reading, line, first) : 0;
    if (first >= end)
        return 0;
    const char *text = btx_line_text(line, first, end, reading->pool);
    int is_interval =
        btx_is_interval(&row->interval, &has_two, &reading->scan, text, reading->scan.scratch);
    double left = line->word[first]->box.x0;
    for (; !is_interval && n < MAX_STEPS && row->line + n + 1 < reading->lines->n; n++) {
        btx_line_t *step = line + n;
        if (step->is_used || step->n_cells != 1 || !is_near(step - 1, step) ||
            fabs(step->box.x0 - left) > aligned)
            break;
        text = apr_pstrcat(reading->pool, text, " ", btx_line_text(step, 0, step->n, reading->pool),
                           NULL);
    }
    bt_interval_t found; /* "Desirable: less than 200" says one in words */
    int is_in_words = !is_interval && n == 1 &&
                      btx_find_interval(&found, &reading->scan, text, reading->report->sex,
                                        reading->scan.scratch);
    if (!is_interval && !is_in_words && (n == 1 || !strpbrk(text, "0123456789"))) {
        row->interval = (bt_interval_t){NAN, NAN, 0, 0};
        return 0;
    }
    row->reference = text;
    row->has_interval = is_interval;
    if (!is_interval)
        btx_understand_reference(reading, row);
    for (int i = 0; i < n; i++) {
        line[i].is_used = 1;
        row->box = btx_box_join(row->box, line[i].box);
    }
    return n;
}
