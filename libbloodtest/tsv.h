/* SPDX-License-Identifier: Apache-2.0
 * Tables of the knowledge: tab-separated text with one line of column names, compiled into the
 * library.  A cell that is not what its column wants is an error that names file, line and column,
 * so that a site's own table is easy to mend.
 */
#ifndef BT_TSV_H
#define BT_TSV_H

#include "error.h"

enum { BT_TSV_MAX_COLUMNS = 64, BT_TSV_MAX_ROWS = 20000 };

typedef struct bt_tsv_t {
    const char *file;
    int n_columns, n_rows;
    const char **head;
    const char ***rows; /* rows[row][column]; missing cells at the end of a line are "" */
    const int *lines;   /* line in the file of each row, from 1 */
    /* Where a site's table is laid over this one (site.h), else NULL: */
    const char *site_file;
    const int *site_lines;                  /* line there of each row, 0: the site says nothing */
    const unsigned long long *site_columns; /* a bit for each column that the site gave */
    const char *site_off;                   /* keys of rows that it switched off, "R14 C01" */
} bt_tsv_t;

/** A file of the knowledge that was compiled in; NULL where there is none of that name. */
const char *bt_knowledge_file(const char *name);
/** The file at `index` (from 0): its name, and *content; NULL past the end. */
const char *bt_knowledge_at(const char **content, int index);

/** Read a compiled-in table.  Empty lines and lines that begin with '#' are no rows. */
bt_err_t *bt_tsv_read(bt_tsv_t **tsv, const char *file, apr_pool_t *pool);
/** The same for text from elsewhere. */
bt_err_t *bt_tsv_parse(bt_tsv_t **tsv, const char *file, const char *content, apr_pool_t *pool);

/** The index of a column, BT_E_CONFIG where the table has none of that name. */
bt_err_t *bt_tsv_column(int *column, const bt_tsv_t *tsv, const char *name, apr_pool_t *pool);
/** A number, NAN for an empty cell. */
bt_err_t *bt_tsv_number(double *number, const bt_tsv_t *tsv, int row, int column, apr_pool_t *pool);
/** Whether this cell is the site's. */
int bt_tsv_is_site(const bt_tsv_t *tsv, int row, int column);
/** "file:line" of a cell. */
const char *bt_tsv_place(const bt_tsv_t *tsv, int row, int column, apr_pool_t *pool);
/** The error for a cell that is wrong. */
bt_err_t *bt_tsv_error(const bt_tsv_t *tsv, int row, int column, const char *why, apr_pool_t *pool);

/** Whether a list of words with blanks between them holds the word. */
int bt_tsv_has_word(const char *list, const char *word);

/** The parts of a cell between `separator`, blanks around them cut off, empty parts left out;
 * NULL-terminated. */
const char **bt_tsv_split(int *n, const char *cell, char separator, apr_pool_t *pool);

#endif
