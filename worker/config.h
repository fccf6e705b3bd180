/* SPDX-License-Identifier: Apache-2.0
 * worker.conf: read once before anything starts; a mistake stops the start and says in which line,
 * and what to write.
 */
#ifndef BTW_CONFIG_H
#define BTW_CONFIG_H

#include "../libbloodtest/error.h"

/* One field for each row of options.def: group_key. */
typedef struct btw_config_t {
#define BTW_TEXT(group, key, standard, choices, text)             const char *group##_##key;
#define BTW_NUMBER(group, key, standard, least, most, unit, text) int group##_##key;
#include "options.def"
#undef BTW_TEXT
#undef BTW_NUMBER
} btw_config_t;

/** Read the file.  BT_E_CONFIG names file, line and what to write; every text is set, every number
 * in its range. */
bt_err_t *btw_config_load(btw_config_t **config, const char *path, apr_pool_t *pool);

/** The same from text; `path` is for messages. */
bt_err_t *btw_config_parse(btw_config_t **config, const char *text, const char *path,
                           apr_pool_t *pool);

/** The reference of all options as Markdown; *n gets how many there are. */
const char *btw_config_reference(int *n, apr_pool_t *pool);

#endif
