/* SPDX-License-Identifier: Apache-2.0
 * Reads the tables of the knowledge.  One reader for all of them keeps their errors alike.
 */
#include "tsv.h"
#include "text.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

typedef struct knowledge_file_t {
    const char *name, *content;
} knowledge_file_t;

static const knowledge_file_t knowledge_files[] = {
#define BT_FILE(name, content) {name, content},
#include "knowledge.inc"
#undef BT_FILE
    {NULL, NULL},
};

const char *bt_knowledge_file(const char *name)
{
    for (const knowledge_file_t *file = knowledge_files; file->name; file++) {
        if (!strcmp(file->name, name))
            return file->content;
    }
    return NULL;
}

const char *bt_knowledge_at(const char **content, int index)
{
    int n = (int)(sizeof knowledge_files / sizeof knowledge_files[0]) - 1;
    if (index < 0 || index >= n)
        return NULL;
    *content = knowledge_files[index].content;
    return knowledge_files[index].name;
}

static const char *trimmed(const char *from, const char *to, apr_pool_t *pool)
{
    while (from < to && (*from == ' ' || *from == '\r'))
        from++;
    while (to > from && (to[-1] == ' ' || to[-1] == '\r'))
        to--;
    return apr_pstrmemdup(pool, from, (apr_size_t)(to - from));
}

/* Cells of one line, at most `room`; returns how many there are, or -1 for too many. */
static int cells_of(const char **cells, int room, const char *line, const char *end,
                    apr_pool_t *pool)
{
    int n = 0;
    for (;;) {
        const char *tab = memchr(line, '\t', (size_t)(end - line));
        if (n == room)
            return -1;
        cells[n++] = trimmed(line, tab ? tab : end, pool);
        if (!tab)
            return n;
        line = tab + 1;
    }
}

static int count_lines(const char *content)
{
    int n = 1;
    for (; *content; content++)
        n += *content == '\n';
    return n;
}

bt_err_t *bt_tsv_parse(bt_tsv_t **tsv, const char *file, const char *content, apr_pool_t *pool)
{
    int room = count_lines(content);
    if (room > BT_TSV_MAX_ROWS)
        return bt_error(pool, BT_E_CONFIG, "%s: more than %d lines", file, BT_TSV_MAX_ROWS);
    bt_tsv_t *table = apr_pcalloc(pool, sizeof *table);
    int *lines = apr_pcalloc(pool, (apr_size_t)room * sizeof *lines);
    table->file = file;
    table->rows = apr_pcalloc(pool, (apr_size_t)room * sizeof *table->rows);
    table->lines = lines;
    int number = 0;
    for (const char *line = content; *line; number++) {
        const char *end = strchr(line, '\n');
        end = end ? end : line + strlen(line);
        const char *next = *end ? end + 1 : end;
        if (end > line && *line != '#') {
            const char **cells = apr_pcalloc(pool, BT_TSV_MAX_COLUMNS * sizeof *cells);
            int n = cells_of(cells, BT_TSV_MAX_COLUMNS, line, end, pool);
            if (n < 0 || (table->head && n > table->n_columns))
                return bt_error(pool, BT_E_CONFIG, "%s:%d: too many columns", file, number + 1);
            for (int i = n; i < BT_TSV_MAX_COLUMNS; i++)
                cells[i] = "";
            if (!table->head) {
                table->head = cells;
                table->n_columns = n;
            } else {
                lines[table->n_rows] = number + 1;
                table->rows[table->n_rows++] = cells;
            }
        }
        line = next;
    }
    if (!table->head)
        return bt_error(pool, BT_E_CONFIG, "%s: no line of column names", file);
    *tsv = table;
    return NULL;
}

bt_err_t *bt_tsv_read(bt_tsv_t **tsv, const char *file, apr_pool_t *pool)
{
    const char *content = bt_knowledge_file(file);
    if (!content)
        return bt_error(pool, BT_E_CONFIG, "%s: no such file of the knowledge", file);
    return bt_tsv_parse(tsv, file, content, pool);
}

bt_err_t *bt_tsv_column(int *column, const bt_tsv_t *tsv, const char *name, apr_pool_t *pool)
{
    for (int i = 0; i < tsv->n_columns; i++) {
        if (!strcmp(tsv->head[i], name)) {
            *column = i;
            return NULL;
        }
    }
    return bt_error(pool, BT_E_CONFIG, "%s:1: no column '%s'", tsv->file, name);
}

int bt_tsv_is_site(const bt_tsv_t *tsv, int row, int column)
{
    return tsv->site_columns && (tsv->site_columns[row] >> column & 1);
}

const char *bt_tsv_place(const bt_tsv_t *tsv, int row, int column, apr_pool_t *pool)
{
    int is_site = bt_tsv_is_site(tsv, row, column);
    return apr_psprintf(pool, "%s:%d", is_site ? tsv->site_file : tsv->file,
                        is_site ? tsv->site_lines[row] : tsv->lines[row]);
}

bt_err_t *bt_tsv_error(const bt_tsv_t *tsv, int row, int column, const char *why, apr_pool_t *pool)
{
    return bt_error(pool, BT_E_CONFIG, "%s: column '%s': %s: '%s'",
                    bt_tsv_place(tsv, row, column, pool), tsv->head[column], why,
                    tsv->rows[row][column]);
}

bt_err_t *bt_tsv_number(double *number, const bt_tsv_t *tsv, int row, int column, apr_pool_t *pool)
{
    const char *cell = tsv->rows[row][column];
    *number = NAN;
    if (*cell && bt_text_to_double(number, cell))
        return bt_tsv_error(tsv, row, column, "not a number", pool);
    return NULL;
}

const char **bt_tsv_split(int *n, const char *cell, char separator, apr_pool_t *pool)
{
    size_t room = 2;
    for (const char *c = cell; *c; c++)
        room += *c == separator;
    const char **parts = apr_pcalloc(pool, room * sizeof *parts);
    int count = 0;
    for (const char *from = cell;;) {
        const char *to = strchr(from, separator);
        const char *part = trimmed(from, to ? to : from + strlen(from), pool);
        if (*part)
            parts[count++] = part;
        if (!to)
            break;
        from = to + 1;
    }
    if (n)
        *n = count;
    return parts;
}

int bt_tsv_has_word(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at += length) {
        if ((at == list || at[-1] == ' ') && (!at[length] || at[length] == ' '))
            return 1;
    }
    return 0;
}
