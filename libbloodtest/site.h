/* SPDX-License-Identifier: Apache-2.0
 * A site's own knowledge: a folder of tables that are named as those compiled in
 * (libbloodtest/knowledge/) and hold only what differs.  A row whose key is known changes that row,
 * cell by cell; another one is added.  Everything is read and checked once, when a program starts.
 */
#ifndef BT_SITE_H
#define BT_SITE_H

#include "tsv.h"

enum { BT_SITE_MAX_FILE = 1024 * 1024 };

typedef struct bt_site_t bt_site_t;

/** Read the folder.  A file ending in .tsv that is no table of the knowledge, or a bad line, is
 * BT_E_CONFIG with file, line and what to write instead; other files are left alone. */
bt_err_t *bt_site_read(bt_site_t **site, const char *directory, apr_pool_t *pool);

/** The table as it holds with the site's rows: `built_in` itself where the site has no such file.
 */
bt_err_t *bt_site_merge(bt_tsv_t **merged, const bt_site_t *site, bt_tsv_t *built_in,
                        apr_pool_t *pool);

/** SHA-256 (hexadecimal) over what the tables say, whatever their line ends and blanks. */
const char *bt_site_hash(const bt_site_t *site, apr_pool_t *pool);

/** The site's own table of that name, NULL where it has none. */
const bt_tsv_t *bt_site_table(const bt_site_t *site, const char *file);

/** "a, b, c": the names nearest to one that is unknown, out of a column of the table. */
const char *bt_tsv_nearest(const bt_tsv_t *tsv, int column, const char *name, apr_pool_t *pool);

#endif
