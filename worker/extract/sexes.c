/* SPDX-License-Identifier: Apache-2.0
 * Intervals in one column for men and one for women: only that of this patient is read, and none
 * where the sex is not known.
 */
#include "reading.h"

#include <math.h>
#include <string.h>

/* The words for the two sexes in a heading. */
typedef struct sexes_t {
    int men, women; /* how many of each */
    bt_box_t man, woman;
    int others; /* words that are neither */
} sexes_t;

static void see_sexes(sexes_t *sexes, const btx_scan_t *scan, const btx_line_t *line)
{
    for (int i = 0; i < line->n; i++) {
        const char *means = btx_lexicon_find(scan->lexicon, "sex", line->word[i]->key);
        if (!means) {
            sexes->others += *line->word[i]->key != '\0';
        } else if (*means == 'M') {
            sexes->men++;
            sexes->man = line->word[i]->box;
        } else {
            sexes->women++;
            sexes->woman = line->word[i]->box;
        }
    }
}

static btx_column_t *interval_at(btx_table_t *table, const bt_box_t *box)
{
    int at = btx_table_at(table, 0, box->x0, box->x1);
    btx_column_t *column = at < 0 ? NULL : &table->column[at];
    return column && (column->kind == BTX_COL_REFERENCE || column->kind == BTX_COL_NONE) ? column
                                                                                         : NULL;
}

/* One column below each of the words, in place of the one that stands over both. */
static void split(btx_table_t *table, btx_column_t *column, const sexes_t *sexes,
                  btx_column_kind_t men, btx_column_kind_t women)
{
    const bt_box_t *left = &sexes->man, *right = &sexes->woman;
    int is_swapped = left->x0 > right->x0;
    if (is_swapped) {
        left = &sexes->woman;
        right = &sexes->man;
    }
    btx_column_t second = *column;
    column->kind = is_swapped ? women : men;
    second.kind = is_swapped ? men : women;
    column->x0 = column->head_x0 = left->x0;
    column->x1 = column->head_x1 = left->x1;
    second.x0 = second.head_x0 = right->x0;
    second.x1 = second.head_x1 = right->x1;
    btx_table_insert(table, &second);
}

int btx_sexes_settle(btx_table_t *table, const btx_reading_t *reading, int index, int n)
{
    const btx_line_t *line = &reading->lines->line[index];
    sexes_t sexes = {.men = 0};
    int more = 0;
    if (table->n_groups > 1 || table->n >= BTX_MAX_COLUMNS)
        return 0;
    for (int i = 0; i < n; i++)
        see_sexes(&sexes, &reading->scan, line + i);
    if (!sexes.men && !sexes.women && index + n < reading->lines->n && line[n].page == line->page) {
        sexes.others = 0;
        see_sexes(&sexes, &reading->scan, line + n);
        more = 1;
        if (sexes.others)
            return 0;
    }
    if (sexes.men != 1 || sexes.women != 1)
        return 0;
    btx_column_t *men = interval_at(table, &sexes.man), *women = interval_at(table, &sexes.woman);
    if (!men || !women ||
        (men->kind != BTX_COL_REFERENCE && women->kind != BTX_COL_REFERENCE &&
         btx_table_has(table, 0, BTX_COL_REFERENCE)))
        return 0;
    char sex = reading->report->sex;
    btx_column_kind_t of_men = sex == 'M' ? BTX_COL_REFERENCE : BTX_COL_IGNORE,
                      of_women = sex == 'F' ? BTX_COL_REFERENCE : BTX_COL_IGNORE;
    if (men == women && men->kind == BTX_COL_REFERENCE) {
        split(table, men, &sexes, of_men, of_women);
    } else if (men != women) {
        men->kind = of_men;
        women->kind = of_women;
    } else {
        return 0;
    }
    return more;
}
