/* SPDX-License-Identifier: Apache-2.0
 * What a site's tables change: each cell that differs from the one compiled in, rows that are new,
 * rules that are off.
 */
#include <config.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <apr_strings.h>
#include "knowledge.h"
#include "../../libbloodtest/tsv.h"

int ctl_names(const char *expression, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = expression; (at = strstr(at, word)); at += length) {
        int begins = at == expression || (!isalnum((unsigned char)at[-1]) && at[-1] != '_');
        if (begins && !isalnum((unsigned char)at[length]) && at[length] != '_')
            return 1;
    }
    return 0;
}

/* "id" or, where a key is more than one word, all cells before the first that is long. */
static const char *name_of(const bt_tsv_t *tsv, int row, apr_pool_t *pool)
{
    int number = 0, n = 0;
    for (int i = 0; i < tsv->n_rows; i++) {
        int is_same = !strcmp(tsv->rows[i][0], tsv->rows[row][0]);
        number += is_same && i <= row;
        n += is_same;
    }
    return n > 1 ? apr_psprintf(pool, "%s row %d", tsv->rows[row][0], number) : tsv->rows[row][0];
}

static const char *quoted(const char *cell)
{
    return *cell ? cell : "(empty)";
}

static int print_cells(const bt_tsv_t *was, int was_row, const bt_tsv_t *is, int is_row,
                       apr_pool_t *pool)
{
    int n = 0;
    for (int i = 0; i < was->n_columns; i++) {
        const char *before = was->rows[was_row][i], *now = is->rows[is_row][i];
        if (!strcmp(before, now))
            continue;
        printf("%s %s: %s: %s -> %s  (%s)\n", was->file, name_of(was, was_row, pool), was->head[i],
               quoted(before), quoted(now),
               bt_tsv_is_site(is, is_row, i) ? bt_tsv_place(is, is_row, i, pool)
                                             : "follows the critical limit");
        n++;
    }
    return n;
}

/* The row of the merged table that stands for a built-in one; -1: it is off. */
static int row_of(const bt_tsv_t *is, int line)
{
    for (int i = 0; i < is->n_rows; i++) {
        if (is->lines[i] == line)
            return i;
    }
    return -1;
}

static int diff_table(const bt_tsv_t *was, const bt_tsv_t *is, apr_pool_t *pool)
{
    int n = 0;
    for (int i = 0; i < was->n_rows; i++) {
        int row = row_of(is, was->lines[i]);
        if (row >= 0) {
            n += print_cells(was, i, is, row, pool);
            continue;
        }
        printf("%s %s: off\n", was->file, name_of(was, i, pool));
        n++;
    }
    for (int i = 0; i < is->n_rows; i++) {
        if (is->lines[i] != 0)
            continue;
        printf("%s %s: new  (%s)\n", was->file, is->rows[i][0], bt_tsv_place(is, i, 0, pool));
        n++;
    }
    return n;
}

bt_err_t *ctl_knowledge_diff(int *n, const bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    const char *content = NULL, *name = NULL;
    *n = 0;
    for (int i = 0; (name = bt_knowledge_at(&content, i)); i++) {
        bt_tsv_t *was = NULL;
        BT_TRY(bt_tsv_parse(&was, name, content, pool));
        *n += diff_table(was, bt_catalogue_table(catalogue, name), pool);
    }
    return NULL;
}
