/* SPDX-License-Identifier: Apache-2.0
 * Intervals for men and for women side by side: where the headings say that each stands, and which
 * of two in a row is that of this patient.  Where nothing says so, neither is.
 */
#include "table.h"

#include <math.h>
#include <string.h>

static const double apart = 20, beside = 10; /* points */

static double middle(double x0, double x1)
{
    return (x0 + x1) / 2;
}

/* The places of the only word for men and the only one for women; 0 where there are others. */
static int find_words(double x[2], const btx_scan_t *scan, const btx_line_t *line)
{
    int n[2] = {0, 0};
    for (int i = 0; i < line->n; i++) {
        const btx_word_t *word = line->word[i];
        const char *means = btx_lexicon_find(scan->lexicon, "sex", word->key);
        if (!means)
            means = btx_lexicon_find(scan->lexicon, "sexhead", word->key);
        if (!means)
            continue;
        int at = *means == 'F';
        x[at] = middle(word->box.x0, word->box.x1);
        n[at]++;
    }
    return n[0] == 1 && n[1] == 1 && fabs(x[0] - x[1]) > apart;
}

static void note_line(btx_scan_t *scan, const btx_line_t *line)
{
    btx_table_t table = {.n = 0};
    btx_sexes_t sexes = {.page = line->page, .patient = scan->sexes.patient};
    int odd = 0;
    if (!find_words(sexes.x, scan, line))
        return;
    for (int i = 0; i < line->n_cells; i++)
        odd += btx_heading_cell(&table, scan, line, &line->cell[i]);
    if (odd <= 2) /* the two words themselves */
        scan->sexes = sexes;
}

void btx_sexes_note(btx_scan_t *scan, const btx_lines_t *lines, int index, int heading)
{
    int first = heading && index ? index - 1 : index;
    if (heading)
        scan->sexes.page = 0;
    for (int i = first; i < index + (heading ? heading : 1); i++)
        note_line(scan, &lines->line[i]);
}

static void drop(btx_tokens_t *tokens, int at)
{
    tokens->n--;
    memmove(tokens->token + at, tokens->token + at + 1,
            sizeof tokens->token[0] * (size_t)(tokens->n - at));
}

static int is_same(const btx_token_t *a, const btx_token_t *b)
{
    const bt_interval_t *one = &a->interval, *other = &b->interval;
    return !(one->low < other->low || one->low > other->low || one->high < other->high ||
             one->high > other->high);
}

/* The intervals around the places of both words, from left to right, at most two and one more. */
static int find_intervals(int found[3], const btx_tokens_t *tokens, const btx_sexes_t *sexes)
{
    double reach = fabs(sexes->x[0] - sexes->x[1]) / 2 + beside;
    double left = fmin(sexes->x[0], sexes->x[1]) - reach,
           right = fmax(sexes->x[0], sexes->x[1]) + reach;
    int n = 0, has_value = 0;
    for (int i = 0; i < tokens->n && n < 3; i++) {
        const btx_token_t *token = &tokens->token[i];
        double x = middle(token->x0, token->x1);
        int is_interval = token->kind == BTX_INTERVAL || (token->kind == BTX_LIMIT && has_value);
        has_value |=
            token->kind == BTX_NUMBER || token->kind == BTX_LIMIT || token->kind == BTX_WORD;
        if (is_interval && x > left && x < right)
            found[n++] = i;
    }
    return n;
}

void btx_sexes_choose(btx_tokens_t *tokens, const btx_scan_t *scan, const btx_line_t *line)
{
    const btx_sexes_t *sexes = &scan->sexes;
    int found[3], own = sexes->patient == 'F', other = !own;
    if (sexes->page != line->page || !sexes->patient)
        return;
    int n = find_intervals(found, tokens, sexes);
    if (n == 1) {
        /* one for both stands between them */
        const btx_token_t *only = &tokens->token[found[0]];
        double x = middle(only->x0, only->x1);
        if (fabs(x - sexes->x[other]) < fabs(sexes->x[0] - sexes->x[1]) / 4)
            drop(tokens, found[0]);
    } else if (n == 2) {
        drop(tokens, found[sexes->x[other] > sexes->x[own]]);
    }
}

/* Whether the interval belongs to the row as its reference, by its column. */
static int is_reference(const btx_table_t *table, const btx_token_t *token)
{
    btx_column_kind_t kind = token->column < 0 ? BTX_COL_NONE : table->column[token->column].kind;
    return token->kind == BTX_INTERVAL && token->has_two &&
           (kind == BTX_COL_NONE || kind == BTX_COL_REFERENCE);
}

static int reference_column(const btx_table_t *table, int group)
{
    for (int i = 0; i < table->n; i++) {
        if (table->column[i].kind == BTX_COL_REFERENCE && table->column[i].group == group)
            return i;
    }
    return -1;
}

void btx_spoil_pairs(btx_tokens_t *tokens, const btx_scan_t *scan, const btx_table_t *table,
                     int group)
{
    int column = reference_column(table, group);
    for (int i = 0; column >= 0 && i + 1 < tokens->n; i++) {
        btx_token_t *a = &tokens->token[i], *b = a + 1;
        if (!is_reference(table, a) || !is_reference(table, b))
            continue;
        const char *unit = btx_tail_unit(scan, a->text, scan->scratch),
                   *next = btx_tail_unit(scan, b->text, scan->scratch);
        if (is_same(a, b)) {
            drop(tokens, i + 1);
        } else if (!unit || !next || !strcmp(unit, next)) {
            a->kind = b->kind = BTX_OTHER;
            a->column = b->column = column;
        }
    }
}
