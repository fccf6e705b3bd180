/* SPDX-License-Identifier: Apache-2.0
 * Lays a site's table over the one compiled in.  tables.tsv says which columns are the key of a
 * row, which hold lists that a site adds to, and whether it may add rows.
 */
#include "site.h"

#include <apr_strings.h>
#include <string.h>

enum { MAX_KEYS = 4, ROWS_COLUMN = -2, SWITCH_COLUMN = -3 };

/* What tables.tsv says of one table, and where its columns are. */
typedef struct schema_t {
    int n_keys, key[MAX_KEYS];
    char separator[BT_TSV_MAX_COLUMNS]; /* of a list; 0: no list */
    const char *added;                  /* "first", "last" or "no" */
    const char *extra;                  /* columns that only a site has */
    const char *needs;                  /* columns that an added row must fill */
} schema_t;

/* One merging: the result grows row by row. */
typedef struct merge_t {
    const bt_tsv_t *built_in, *site;
    const schema_t *schema;
    int column[BT_TSV_MAX_COLUMNS]; /* of the result, or one of the extra ones */
    int row_column, switch_column;  /* of the site's table, -1: none */
    bt_tsv_t *made;
    int *lines, *site_lines;
    unsigned long long *site_columns;
    unsigned char *is_off;
    apr_pool_t *pool;
} merge_t;

static int column_of(const bt_tsv_t *tsv, const char *name)
{
    for (int i = 0; i < tsv->n_columns; i++) {
        if (!strcmp(tsv->head[i], name))
            return i;
    }
    return -1;
}

static bt_err_t *read_schema(schema_t *schema, const bt_tsv_t *built_in, apr_pool_t *pool)
{
    enum { KEY = 1, LISTS, ADDED, EXTRA, NEEDS };
    bt_tsv_t *tables = NULL;
    int row = 0;
    BT_TRY(bt_tsv_read(&tables, "tables.tsv", pool));
    while (row < tables->n_rows && strcmp(tables->rows[row][0], built_in->file))
        row++;
    if (row == tables->n_rows)
        return bt_error(pool, BT_E_CONFIG, "%s is not in tables.tsv", built_in->file);
    const char **keys = bt_tsv_split(NULL, tables->rows[row][KEY], ' ', pool);
    for (schema->n_keys = 0; *keys && schema->n_keys < MAX_KEYS; keys++)
        BT_TRY(bt_tsv_column(&schema->key[schema->n_keys++], built_in, *keys, pool));
    const char **lists = bt_tsv_split(NULL, tables->rows[row][LISTS], ' ', pool);
    for (; *lists; lists++) {
        const char *colon = strchr(*lists, ':');
        int column = column_of(built_in, apr_pstrmemdup(pool, *lists, strcspn(*lists, ":")));
        if (!colon || column < 0)
            return bt_tsv_error(tables, row, LISTS, "not column:separator", pool);
        schema->separator[column] = colon[1] == 'b' ? ' ' : colon[1];
    }
    schema->added = tables->rows[row][ADDED];
    schema->extra = tables->rows[row][EXTRA];
    schema->needs = tables->rows[row][NEEDS];
    return NULL;
}

/* ---- the site's columns ---- */

static bt_err_t *unknown_column(const merge_t *merge, int i)
{
    const char *list = *merge->schema->extra ? merge->schema->extra : "";
    for (int k = 0; k < merge->built_in->n_columns; k++)
        list = apr_pstrcat(merge->pool, list, *list ? " " : "", merge->built_in->head[k], NULL);
    return bt_error(merge->pool, BT_E_CONFIG, "%s:1: there is no column '%s'; write one of: %s",
                    merge->site->file, merge->site->head[i], list);
}

static bt_err_t *find_columns(merge_t *merge)
{
    const bt_tsv_t *site = merge->site;
    merge->row_column = merge->switch_column = -1;
    for (int i = 0; i < site->n_columns; i++) {
        const char *name = site->head[i];
        int is_extra = bt_tsv_has_word(merge->schema->extra, name);
        merge->column[i] = is_extra ? (!strcmp(name, "row") ? ROWS_COLUMN : SWITCH_COLUMN)
                                    : column_of(merge->built_in, name);
        if (merge->column[i] == -1)
            return unknown_column(merge, i);
        for (int k = 0; k < i; k++) {
            if (merge->column[k] == merge->column[i])
                return bt_error(merge->pool, BT_E_CONFIG, "%s:1: the column '%s' is there twice",
                                site->file, name);
        }
        if (merge->column[i] == ROWS_COLUMN)
            merge->row_column = i;
        if (merge->column[i] == SWITCH_COLUMN)
            merge->switch_column = i;
    }
    for (int k = 0; k < merge->schema->n_keys; k++) {
        const char *key = merge->built_in->head[merge->schema->key[k]];
        if (column_of(site, key) < 0)
            return bt_error(merge->pool, BT_E_CONFIG,
                            "%s:1: the column '%s' is missing; it says which row is meant",
                            site->file, key);
    }
    return NULL;
}

/* ---- rows ---- */

static const char *site_cell(const merge_t *merge, int row, int built_in_column)
{
    return merge->site->rows[row][column_of(merge->site, merge->built_in->head[built_in_column])];
}

static int has_key(const merge_t *merge, const char *const *cells, int row)
{
    for (int k = 0; k < merge->schema->n_keys; k++) {
        int column = merge->schema->key[k];
        if (strcmp(cells[column], site_cell(merge, row, column)))
            return 0;
    }
    return 1;
}

static bt_err_t *check_key(const merge_t *merge, int row)
{
    const bt_tsv_t *site = merge->site;
    int row_column = merge->row_column;
    for (int k = 0; k < merge->schema->n_keys; k++) {
        const char *head = merge->built_in->head[merge->schema->key[k]];
        if (!*site_cell(merge, row, merge->schema->key[k]) && strcmp(head, "language"))
            return bt_tsv_error(site, row, column_of(site, head),
                                "it says which row is meant and must not be empty", merge->pool);
    }
    for (int before = 0; before < row; before++) {
        int is_same =
            row_column < 0 || !strcmp(site->rows[before][row_column], site->rows[row][row_column]);
        for (int k = 0; k < merge->schema->n_keys; k++)
            is_same = is_same && !strcmp(site_cell(merge, before, merge->schema->key[k]),
                                         site_cell(merge, row, merge->schema->key[k]));
        if (is_same)
            return bt_error(merge->pool, BT_E_CONFIG,
                            "%s:%d: '%s' is there twice (line %d); keep one of them", site->file,
                            site->lines[row], site_cell(merge, row, merge->schema->key[0]),
                            site->lines[before]);
    }
    return NULL;
}

/* What a cell is with the site's text: "-" empties it, a list grows, "=" in front replaces it. */
static const char *changed(const merge_t *merge, int column, const char *was, const char *text)
{
    char separator = merge->schema->separator[column];
    if (!strcmp(text, "-"))
        return "";
    if (!separator || !*was)
        return separator && *text == '=' ? text + 1 : text;
    return *text == '=' ? text + 1 : apr_psprintf(merge->pool, "%s%c%s", was, separator, text);
}

static bt_err_t *switch_row(merge_t *merge, int made_row, int site_row)
{
    const char *text =
        merge->switch_column < 0 ? "" : merge->site->rows[site_row][merge->switch_column];
    if (*text && strcmp(text, "on") && strcmp(text, "off"))
        return bt_tsv_error(merge->site, site_row, merge->switch_column, "write on or off",
                            merge->pool);
    merge->is_off[made_row] = !strcmp(text, "off");
    return NULL;
}

static bt_err_t *change_row(merge_t *merge, int made_row, int site_row)
{
    const char **cells = merge->made->rows[made_row];
    merge->site_lines[made_row] = merge->site->lines[site_row];
    for (int i = 0; i < merge->site->n_columns; i++) {
        const char *text = merge->site->rows[site_row][i];
        int column = merge->column[i];
        if (column < 0 || !*text)
            continue;
        const char *now = changed(merge, column, cells[column], text);
        if (strcmp(now, cells[column]) || merge->lines[made_row] == 0)
            merge->site_columns[made_row] |= 1ULL << column;
        cells[column] = now;
    }
    return switch_row(merge, made_row, site_row);
}

/* An unknown key is a new row only where the row can stand for itself; else it is misspelt. */
static bt_err_t *check_new(const merge_t *merge, int site_row)
{
    int key = merge->schema->key[0], is_complete = strcmp(merge->schema->added, "no") != 0;
    const char **needs = bt_tsv_split(NULL, merge->schema->needs, ' ', merge->pool);
    for (; is_complete && *needs; needs++) {
        int column = column_of(merge->site, *needs);
        is_complete = column >= 0 && *merge->site->rows[site_row][column];
    }
    if (is_complete)
        return NULL;
    const char *name = site_cell(merge, site_row, key);
    const char *more = !strcmp(merge->schema->added, "no")
                           ? ""
                           : apr_pstrcat(merge->pool, "; a new one needs the columns ",
                                         merge->schema->needs, NULL);
    return bt_error(merge->pool, BT_E_CONFIG, "%s:%d: there is no '%s'; the nearest are: %s%s",
                    merge->site->file, merge->site->lines[site_row], name,
                    bt_tsv_nearest(merge->built_in, key, name, merge->pool), more);
}

static bt_err_t *add_row(merge_t *merge, int made_row, int site_row)
{
    BT_TRY(check_new(merge, site_row));
    const char **cells = apr_pcalloc(merge->pool, BT_TSV_MAX_COLUMNS * sizeof *cells);
    for (int i = 0; i < BT_TSV_MAX_COLUMNS; i++)
        cells[i] = "";
    merge->made->rows[made_row] = cells;
    merge->site_columns[made_row] = ~0ULL;
    return change_row(merge, made_row, site_row);
}

/* Which of the rows with this key is meant: 0 all, else the n-th. */
static bt_err_t *wanted_row(int *wanted, const merge_t *merge, int site_row, int n)
{
    double number = 0;
    *wanted = 0;
    if (merge->row_column < 0 || !*merge->site->rows[site_row][merge->row_column])
        return NULL;
    BT_TRY(bt_tsv_number(&number, merge->site, site_row, merge->row_column, merge->pool));
    for (*wanted = 1; *wanted <= n; (*wanted)++) {
        if (*wanted >= number && *wanted <= number)
            return NULL;
    }
    return bt_error(merge->pool, BT_E_CONFIG,
                    "%s:%d: column 'row': '%s' has %d rows; write a number from 1 to %d, or "
                    "nothing for all",
                    merge->site->file, merge->site->lines[site_row],
                    site_cell(merge, site_row, merge->schema->key[0]), n, n);
}

/* Text of its own for several rows at once would make them say the same. */
static bt_err_t *check_several(const merge_t *merge, int site_row, int wanted, int n)
{
    static const char *const single[] = {"when", "text", "expression", "covers"};
    for (size_t i = 0; n > 1 && !wanted && i < sizeof single / sizeof single[0]; i++) {
        int column = column_of(merge->site, single[i]);
        if (column >= 0 && *merge->site->rows[site_row][column])
            return bt_error(merge->pool, BT_E_CONFIG,
                            "%s:%d: column '%s': '%s' has %d rows; say which one in the column "
                            "'row' (bloodtestctl knowledge show %s numbers them)",
                            merge->site->file, merge->site->lines[site_row], single[i],
                            site_cell(merge, site_row, merge->schema->key[0]), n,
                            site_cell(merge, site_row, merge->schema->key[0]));
    }
    return NULL;
}

/* Change the rows with this key, between `first` and the end of the built-in ones. */
static bt_err_t *apply_row(int *found, merge_t *merge, int first, int site_row)
{
    int n = 0, wanted = 0;
    BT_TRY(check_key(merge, site_row));
    for (int i = 0; i < merge->built_in->n_rows; i++)
        n += has_key(merge, merge->built_in->rows[i], site_row);
    *found = n > 0;
    if (!n)
        return NULL;
    BT_TRY(wanted_row(&wanted, merge, site_row, n));
    BT_TRY(check_several(merge, site_row, wanted, n));
    for (int i = 0, count = 0; i < merge->built_in->n_rows; i++) {
        if (has_key(merge, merge->built_in->rows[i], site_row) && (++count == wanted || !wanted))
            BT_TRY(change_row(merge, first + i, site_row));
    }
    return NULL;
}

static void drop_rows_off(merge_t *merge)
{
    int n = 0;
    for (int i = 0; i < merge->made->n_rows; i++) {
        if (merge->is_off[i]) {
            const char *key = merge->made->rows[i][merge->schema->key[0]],
                       *off = merge->made->site_off;
            if (!off || !bt_tsv_has_word(off, key))
                merge->made->site_off =
                    apr_pstrcat(merge->pool, off ? off : "", off ? " " : "", key, NULL);
            continue;
        }
        merge->made->rows[n] = merge->made->rows[i];
        merge->lines[n] = merge->lines[i];
        merge->site_lines[n] = merge->site_lines[i];
        merge->site_columns[n++] = merge->site_columns[i];
    }
    merge->made->n_rows = n;
}

static void begin(merge_t *merge)
{
    apr_pool_t *pool = merge->pool;
    const bt_tsv_t *built_in = merge->built_in;
    apr_size_t room = (apr_size_t)(built_in->n_rows + merge->site->n_rows + 1);
    bt_tsv_t *made = apr_pmemdup(pool, built_in, sizeof *made);
    made->rows = apr_pcalloc(pool, room * sizeof *made->rows);
    made->lines = merge->lines = apr_pcalloc(pool, room * sizeof *merge->lines);
    made->site_lines = merge->site_lines = apr_pcalloc(pool, room * sizeof *merge->site_lines);
    made->site_columns = merge->site_columns =
        apr_pcalloc(pool, room * sizeof *merge->site_columns);
    made->site_file = merge->site->file;
    merge->is_off = apr_pcalloc(pool, room);
    merge->made = made;
}

/* Added rows stand before or after the built-in ones, as tables.tsv says. */
static bt_err_t *merge_rows(merge_t *merge)
{
    const bt_tsv_t *built_in = merge->built_in, *site = merge->site;
    int first = 0, found = 0, n = 0;
    int is_first = !strcmp(merge->schema->added, "first");
    for (int i = 0; is_first && i < site->n_rows; i++) {
        BT_TRY(check_key(merge, i));
        for (found = 0, n = 0; n < built_in->n_rows && !found; n++)
            found = has_key(merge, built_in->rows[n], i);
        if (!found)
            BT_TRY(add_row(merge, first++, i));
    }
    for (int i = 0; i < built_in->n_rows; i++) {
        merge->made->rows[first + i] = apr_pmemdup(merge->pool, built_in->rows[i],
                                                   BT_TSV_MAX_COLUMNS * sizeof *built_in->rows[i]);
        merge->lines[first + i] = built_in->lines[i];
    }
    merge->made->n_rows = first + built_in->n_rows;
    for (int i = 0; i < site->n_rows; i++) {
        BT_TRY(apply_row(&found, merge, first, i));
        if (!found && !is_first)
            BT_TRY(add_row(merge, merge->made->n_rows++, i));
    }
    drop_rows_off(merge);
    return NULL;
}

bt_err_t *bt_site_merge(bt_tsv_t **merged, const bt_site_t *site, bt_tsv_t *built_in,
                        apr_pool_t *pool)
{
    schema_t schema = {0};
    merge_t merge = {.built_in = built_in, .schema = &schema, .pool = pool};
    *merged = built_in;
    merge.site = site ? bt_site_table(site, built_in->file) : NULL;
    if (!merge.site)
        return NULL;
    BT_TRY(read_schema(&schema, built_in, pool));
    BT_TRY(find_columns(&merge));
    begin(&merge);
    BT_TRY(merge_rows(&merge));
    *merged = merge.made;
    return NULL;
}
