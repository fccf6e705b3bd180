/* SPDX-License-Identifier: Apache-2.0
 * Reads the folder of a site's tables.  Nothing is guessed: what cannot be meant stops the start
 * with the place and what to write.
 */
#include "site.h"
#include "catalogue_private.h"
#include "ids.h"
#include "text.h"

#include <apr_file_io.h>
#include <apr_hash.h>
#include <apr_strings.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FILES = 200, NEAREST = 3 };

struct bt_site_t {
    apr_hash_t *tables; /* name -> bt_tsv_t */
    const char **names; /* sorted, NULL-terminated */
};

/* ---- names that are nearly right ---- */

typedef struct near_t {
    int distance;
    const char *name;
} near_t;

static int by_distance(const void *a, const void *b)
{
    const near_t *x = a, *y = b;
    return x->distance != y->distance ? x->distance - y->distance : strcmp(x->name, y->name);
}

static const char *nearest_of(const char *const *names, int n, const char *name, apr_pool_t *pool)
{
    enum { FAR = 12 };
    near_t *near = apr_pcalloc(pool, (apr_size_t)(n + 1) * sizeof *near);
    const char *list = "";
    for (int i = 0; i < n; i++)
        near[i] = (near_t){bt_label_distance(name, names[i], FAR), names[i]};
    qsort(near, (size_t)n, sizeof *near, by_distance);
    for (int i = 0, shown = 0; i < n && shown < NEAREST; i++) {
        if (!*near[i].name || (i && !strcmp(near[i].name, near[i - 1].name)))
            continue;
        list = apr_pstrcat(pool, list, *list ? ", " : "", near[i].name, NULL);
        shown++;
    }
    return list;
}

const char *bt_tsv_nearest(const bt_tsv_t *tsv, int column, const char *name, apr_pool_t *pool)
{
    const char **names = apr_pcalloc(pool, (apr_size_t)(tsv->n_rows + 1) * sizeof *names);
    for (int i = 0; i < tsv->n_rows; i++)
        names[i] = tsv->rows[i][column];
    return nearest_of(names, tsv->n_rows, name, pool);
}

/* ---- files ---- */

static bt_err_t *unusable(const char *path, apr_status_t status, apr_pool_t *pool)
{
    char text[120];
    apr_strerror(status, text, sizeof text);
    return bt_error_hint(pool, BT_E_CONFIG, "%s: cannot be read: %s", path, text);
}

static bt_err_t *read_file(const char **content, const char *path, apr_pool_t *pool)
{
    apr_file_t *file = NULL;
    apr_size_t length = 0;
    char *text = apr_palloc(pool, BT_SITE_MAX_FILE + 1);
    apr_status_t status = apr_file_open(&file, path, APR_FOPEN_READ, APR_OS_DEFAULT, pool);
    if (status)
        return unusable(path, status, pool);
    status = apr_file_read_full(file, text, BT_SITE_MAX_FILE + 1, &length);
    apr_file_close(file);
    if (status && !APR_STATUS_IS_EOF(status))
        return unusable(path, status, pool);
    if (length > BT_SITE_MAX_FILE)
        return bt_error_hint(pool, BT_E_CONFIG, "%s: longer than 1 MB, the limit", path);
    text[length] = '\0';
    for (size_t i = 0, line = 1; i < length; line += text[i++] == '\n') {
        unsigned char c = (unsigned char)text[i];
        if ((c < ' ' && c != '\n' && c != '\t' && c != '\r') || c == 0x7f)
            return bt_error_hint(pool, BT_E_CONFIG, "%s:%d: a control character; write plain text",
                                 path, (int)line);
    }
    if (strcmp(bt_text_clean(text, length, pool), text) && !strchr(text, '\r'))
        return bt_error_hint(pool, BT_E_CONFIG, "%s: not UTF-8; save it as UTF-8", path);
    *content = strncmp(text, "\xEF\xBB\xBF", 3) ? text : text + 3;
    return NULL;
}

static int is_table_name(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && *name != '.' && !strcmp(name + length - 4, ".tsv");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bt_err_t *list_folder(const char ***names, int *n, const char *directory, apr_pool_t *pool)
{
    apr_dir_t *dir = NULL;
    apr_finfo_t info;
    *names = apr_pcalloc(pool, (MAX_FILES + 1) * sizeof **names);
    *n = 0;
    apr_status_t status = apr_dir_open(&dir, directory, pool);
    if (status)
        return unusable(directory, status, pool);
    while (apr_dir_read(&info, APR_FINFO_NAME, dir) == APR_SUCCESS && *n < MAX_FILES) {
        if (is_table_name(info.name))
            (*names)[(*n)++] = apr_pstrdup(pool, info.name);
    }
    apr_dir_close(dir);
    qsort(*names, (size_t)*n, sizeof **names, by_name);
    return NULL;
}

bt_err_t *bt_site_read(bt_site_t **site, const char *directory, apr_pool_t *pool)
{
    bt_site_t *made = apr_pcalloc(pool, sizeof *made);
    bt_tsv_t *known = NULL;
    int n = 0;
    made->tables = apr_hash_make(pool);
    BT_TRY(bt_tsv_read(&known, "tables.tsv", pool));
    BT_TRY(list_folder(&made->names, &n, directory, pool));
    for (int i = 0; i < n; i++) {
        const char *path = apr_pstrcat(pool, directory, "/", made->names[i], NULL), *content = NULL;
        bt_tsv_t *tsv = NULL;
        int is_known = 0;
        for (int k = 0; k < known->n_rows; k++)
            is_known |= !strcmp(known->rows[k][0], made->names[i]);
        if (!is_known)
            return bt_error_hint(pool, BT_E_CONFIG,
                                 "%s: not a table that a site may give; name it one of: %s", path,
                                 bt_tsv_nearest(known, 0, made->names[i], pool));
        BT_TRY(read_file(&content, path, pool));
        BT_TRY(bt_tsv_parse(&tsv, path, content, pool));
        apr_hash_set(made->tables, made->names[i], APR_HASH_KEY_STRING, tsv);
    }
    *site = made;
    return NULL;
}

const bt_tsv_t *bt_site_table(const bt_site_t *site, const char *file)
{
    return apr_hash_get(site->tables, file, APR_HASH_KEY_STRING);
}

static void add_cells(bt_sha256_t *sha, const char *const *cells, int n)
{
    for (int i = 0; i < n; i++)
        bt_sha256_add(sha, cells[i], strlen(cells[i]) + 1);
    bt_sha256_add(sha, "\n", 1);
}

const char *bt_site_hash(const bt_site_t *site, apr_pool_t *pool)
{
    bt_sha256_t sha;
    bt_sha256_start(&sha);
    for (const char **name = site->names; *name; name++) {
        const bt_tsv_t *tsv = bt_site_table(site, *name);
        bt_sha256_add(&sha, *name, strlen(*name) + 1);
        add_cells(&sha, tsv->head, tsv->n_columns);
        for (int i = 0; i < tsv->n_rows; i++)
            add_cells(&sha, tsv->rows[i], tsv->n_columns);
    }
    return bt_sha256_end(&sha, pool);
}
