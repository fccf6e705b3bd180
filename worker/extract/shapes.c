/* SPDX-License-Identifier: Apache-2.0
 * Chooses value, unit, interval and flag where no heading says which column is which.  Every part
 * must be told by its shape, each at most once, and nothing may be left over.
 */
#include "table.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

/* A word that only introduces an interval: "(Normal:", "Ref.". */
static int is_reference_word(const btx_scan_t *scan, const btx_line_t *line,
                             const btx_token_t *token)
{
    int n = 0;
    const char *key = line->word[token->first]->key;
    /* the second word of "Normal value" */
    if (token->first &&
        btx_lexicon_longest(&n, scan->lexicon, "refword", line, token->first - 1, line->n) && n > 1)
        return 1;
    return !*key ||
           btx_lexicon_longest(&n, scan->lexicon, "refword", line, token->first, line->n) ||
           btx_lexicon_find(scan->lexicon, "refword", key) ||
           btx_lexicon_find(scan->lexicon, "to", key);
}

/* "Normal range: 4 - 6" judges nothing. */
static int leads_interval(const btx_scan_t *scan, const btx_line_t *line, const btx_token_t *token)
{
    int n = 0;
    (void)btx_lexicon_longest(&n, scan->lexicon, "refword", line, token->first, line->n);
    return n > token->end - token->first || (n && btx_names_band(line, token));
}

const char *btx_bare_interval(const char *text, apr_pool_t *pool)
{
    size_t n = strlen(text);
    int opened = 0;
    while (*text == '(' || *text == '[' || *text == ' ') {
        opened += *text != ' ';
        text++;
        n--;
    }
    while (n && (strchr(")] ", text[n - 1])) && (opened || !strpbrk(text, "([")))
        n--;
    return apr_pstrmemdup(pool, text, n);
}

btx_found_t btx_pick_by_shape(btx_row_t *row, const btx_scan_t *scan, const btx_line_t *line,
                              btx_tokens_t *tokens, apr_pool_t *pool)
{
    const btx_token_t *value = NULL, *unit = NULL, *interval = NULL, *flag = NULL, *sign = NULL;
    int n_numbers = 0, n_other = 0;
    for (int i = 0; i < tokens->n; i++) {
        const btx_token_t *token = &tokens->token[i];
        if (i && value == token - 1 && value->kind != BTX_WORD && !sign && btx_is_sign(token)) {
            sign = token;
        } else if (token->kind == BTX_NUMBER || (token->kind == BTX_LIMIT && !value)) {
            n_numbers++;
            n_other +=
                value != NULL && value->kind != BTX_WORD && i > 0 && token->kind == BTX_LIMIT;
            n_other += value != NULL && value->kind == BTX_WORD ? 2 : 0;
            value = token;
        } else if (token->kind == BTX_LIMIT || token->kind == BTX_INTERVAL) {
            n_other += interval != NULL;
            interval = token;
        } else if (token->kind == BTX_UNIT) {
            n_other += unit && interval == NULL;
            unit = unit ? unit : token;
        } else if (token->kind == BTX_FLAG && !leads_interval(scan, line, token)) {
            n_other += flag != NULL;
            flag = token;
        } else if (token->kind == BTX_WORD && !value) {
            value = token;
        } else if (token->kind == BTX_WORD && !flag && !leads_interval(scan, line, token) &&
                   btx_lexicon_text(scan->lexicon, "flag", token->text, pool)) {
            flag = token;
        } else if (token->kind != BTX_DASH && token->kind != BTX_DATE && token->kind != BTX_MARK) {
            n_other += !is_reference_word(scan, line, token);
        }
    }
    if (tokens->is_full || !value)
        return BTX_NO_ROW;
    if (n_numbers > 1 || n_other)
        return n_numbers && n_other <= 2 ? BTX_DOUBTFUL : BTX_NO_ROW;
    btx_fill_value(row, value, line);
    row->unit = unit ? unit->text : NULL;
    row->flag = flag ? flag->text : NULL;
    if (interval) {
        row->reference = btx_bare_interval(interval->text, pool);
        row->interval = interval->interval;
        row->has_interval = 1;
        if (!row->unit)
            row->unit = btx_tail_unit(scan, row->reference, pool);
    }
    btx_fill_sign(row, sign);
    /* "5 +" that is not too high says something else */
    return sign && sign->kind == BTX_WORD && row->flag != sign->text ? BTX_DOUBTFUL : BTX_ROW;
}
