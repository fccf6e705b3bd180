/* SPDX-License-Identifier: Apache-2.0
 * Words to lines, lines to cells.  Lines are found by the height at which words stand, not by the
 * order of the file, for programs that write a column at a time are common.
 */
#include "layout.h"

#include "../../libbloodtest/text.h"
#include <apr_strings.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TEXT = 4000, MAX_IN_GAP = 6 };
static const double large_times = 1.8, large_number_times = 4;
static const double most_overlap = 0.2; /* of the font size: more than kerning moves letters */
static const double cell_gap = 0.75;    /* of the font size: a word space is 0.25 to 0.6 */

bt_box_t btx_line_box(const btx_line_t *line, int first, int end)
{
    bt_box_t box = line->word[first]->box;
    for (int i = first + 1; i < end; i++)
        box = btx_box_join(box, line->word[i]->box);
    return box;
}

/* By how much the word lies over the one before it, or does not reach it (negative). */
static double overlap(const btx_line_t *line, int i)
{
    return line->word[i - 1]->box.x1 - line->word[i]->box.x0;
}

int btx_is_overprinted(const btx_line_t *line, int first, int end)
{
    for (int i = first + 1; i < end; i++) {
        if (overlap(line, i) > most_overlap * line->word[i - 1]->size)
            return 1;
    }
    return 0;
}

const char *btx_line_text(const btx_line_t *line, int first, int end, apr_pool_t *pool)
{
    bt_buffer_t *text = bt_buffer_create(MAX_TEXT, pool);
    for (int i = first; i < end; i++) {
        if (i > first && (overlap(line, i) < -0.04 * line->word[i - 1]->size ||
                          btx_is_overprinted(line, i - 1, i + 1)))
            bt_buffer_add(text, " ");
        bt_buffer_add(text, line->word[i]->text);
    }
    return text->text;
}

static double middle(const btx_word_t *word)
{
    return (word->box.y0 + word->box.y1) / 2;
}

static int by_height(const void *a, const void *b)
{
    const btx_word_t *x = *(btx_word_t *const *)a, *y = *(btx_word_t *const *)b;
    if (x->page != y->page)
        return x->page < y->page ? -1 : 1;
    double dy = middle(x) - middle(y);
    return dy < 0 ? -1 : dy > 0 ? 1 : x < y ? -1 : x > y;
}

static int by_left(const void *a, const void *b)
{
    const btx_word_t *x = *(btx_word_t *const *)a, *y = *(btx_word_t *const *)b;
    return x->box.x0 < y->box.x0 ? -1 : x->box.x0 > y->box.x0 ? 1 : x < y ? -1 : x > y;
}

/* The same letters twice at one place are a bold face made by printing twice. */
static int is_double(const btx_word_t *a, const btx_word_t *b)
{
    return fabs(a->box.x0 - b->box.x0) < 0.15 * a->size &&
           fabs(a->box.x1 - b->box.x1) < 0.15 * a->size && !strcmp(a->text, b->text);
}

/* Letters far larger than the text (titles, a mark behind the page) make lines of their own; a
 * large number may be a result with its unit in small type behind it. */
static int is_large(const btx_word_t *word, double body_size)
{
    int is_number = isdigit((unsigned char)word->text[strspn(word->text, "<>=")]);
    return word->size > (is_number ? large_number_times : large_times) * body_size;
}

static void make_cells(btx_line_t *line, apr_pool_t *pool)
{
    line->cell = apr_pcalloc(pool, (size_t)line->n * sizeof *line->cell);
    for (int i = 0; i < line->n; i++) {
        const btx_word_t *word = line->word[i], *before = i ? line->word[i - 1] : NULL;
        if (!before || word->box.x0 - before->box.x1 > cell_gap * fmin(word->size, before->size))
            line->cell[line->n_cells++] = (btx_cell_t){i, i, word->box.x0, word->box.x1};
        btx_cell_t *cell = &line->cell[line->n_cells - 1];
        cell->end = i + 1;
        cell->x1 = fmax(cell->x1, word->box.x1);
    }
}

static void finish_line(btx_lines_t *lines, btx_word_t **words, int n, apr_pool_t *pool)
{
    if (lines->n == BTX_MAX_LINES || !n)
        return;
    qsort(words, (size_t)n, sizeof *words, by_left);
    btx_line_t *line = &lines->line[lines->n++];
    memset(line, 0, sizeof *line);
    line->word = words;
    line->page = words[0]->page;
    for (int i = 0; i < n && line->n < BTX_MAX_LINE_WORDS; i++) {
        if (line->n && is_double(line->word[line->n - 1], words[i]))
            line->word[line->n - 1]->is_bold = 1;
        else
            line->word[line->n++] = words[i];
        line->size = fmax(line->size, words[i]->size);
    }
    line->box = btx_line_box(line, 0, line->n);
    make_cells(line, pool);
}

/* Lines of these words, which are in order of height. */
static void group(btx_lines_t *lines, btx_word_t **order, int n, apr_pool_t *pool)
{
    int first = 0;
    double sum = 0;
    for (int i = 0; i < n; i++) {
        const btx_word_t *word = order[i], *head = order[first];
        double mean = i > first ? sum / (i - first) : middle(word);
        double reach = 0.45 * fmin(word->size, i > first ? order[i - 1]->size : word->size);
        if (word->page != head->page || middle(word) - mean > reach) {
            finish_line(lines, order + first, i - first, pool);
            first = i;
            sum = 0;
        }
        sum += middle(word);
    }
    finish_line(lines, order + first, n - first, pool);
}

static int by_place(const void *a, const void *b)
{
    const btx_line_t *x = a, *y = b;
    double dy = x->box.y0 + x->box.y1 - y->box.y0 - y->box.y1;
    if (x->page != y->page)
        return x->page < y->page ? -1 : 1;
    return dy < 0 ? -1 : dy > 0 ? 1 : x->box.x0 < y->box.x0 ? -1 : x->box.x0 > y->box.x0;
}

/* A few words that stand level with the line, in a gap of it: they are in larger type, or a raised
 * mark has moved the others' middle. */
static int is_in_gap(const btx_line_t *line, const btx_line_t *few)
{
    double level = fmin(line->box.y1, few->box.y1) - fmax(line->box.y0, few->box.y0);
    double height = fmin(line->box.y1 - line->box.y0, few->box.y1 - few->box.y0);
    if (few->page != line->page || few->n > MAX_IN_GAP || few->size < 0.8 * line->size ||
        level < 0.6 * height || line->n + few->n > BTX_MAX_LINE_WORDS)
        return 0;
    for (int i = 0; i < few->n; i++) {
        for (int k = 0; k < line->n; k++) {
            const bt_box_t *a = &few->word[i]->box, *b = &line->word[k]->box;
            if (a->x0 < b->x1 + 0.25 * line->size && a->x1 > b->x0 - 0.25 * line->size)
                return 0;
        }
    }
    return 1;
}

/* Puts the second line into the first. */
static void merge(btx_line_t *line, const btx_line_t *few, apr_pool_t *pool)
{
    btx_lines_t made = {line, 0};
    btx_line_t both[2] = {*line, *few};
    int n = 0;
    btx_word_t **words = apr_palloc(pool, (size_t)(line->n + few->n) * sizeof *words);
    for (int side = 0; side < 2; side++) {
        for (int i = 0; i < both[side].n; i++)
            words[n++] = both[side].word[i];
    }
    finish_line(&made, words, n, pool);
}

static void merge_gaps(btx_lines_t *lines, apr_pool_t *pool)
{
    int kept = 0;
    for (int i = 0; i < lines->n; i++) {
        btx_line_t *line = &lines->line[i], *before = kept ? &lines->line[kept - 1] : NULL;
        if (before && is_in_gap(before, line)) {
            merge(before, line, pool);
        } else if (before && is_in_gap(line, before)) {
            merge(line, before, pool);
            *before = *line;
        } else {
            lines->line[kept++] = *line;
        }
    }
    lines->n = kept;
}

btx_lines_t *btx_lines_make(const btx_words_t *words, apr_pool_t *pool)
{
    btx_lines_t *lines = apr_pcalloc(pool, sizeof *lines);
    btx_word_t **order = apr_palloc(pool, ((size_t)words->n + 1) * sizeof *order);
    int n_body = 0, n_large = 0;
    for (int i = 0; i < words->n; i++) {
        if (is_large(&words->word[i], words->body_size))
            order[words->n - ++n_large] = &words->word[i];
        else
            order[n_body++] = &words->word[i];
    }
    qsort(order, (size_t)n_body, sizeof *order, by_height);
    qsort(order + n_body, (size_t)n_large, sizeof *order, by_height);
    int most = words->n < BTX_MAX_LINES ? words->n : BTX_MAX_LINES;
    lines->line = apr_palloc(pool, ((size_t)most + 1) * sizeof *lines->line);
    group(lines, order, n_body, pool);
    group(lines, order + n_body, n_large, pool);
    qsort(lines->line, (size_t)lines->n, sizeof *lines->line, by_place);
    merge_gaps(lines, pool);
    return lines;
}
