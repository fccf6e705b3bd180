/* SPDX-License-Identifier: Apache-2.0
 * What the files of bloodtestctl knowledge share.
 */
#ifndef BTW_CTL_KNOWLEDGE_H
#define BTW_CTL_KNOWLEDGE_H

#include "../../libbloodtest/catalogue.h"

/** Print what the site's tables in the catalogue change; *n gets how many cells and rows. */
bt_err_t *ctl_knowledge_diff(int *n, const bt_catalogue_t *catalogue, apr_pool_t *pool);

/** Whether an expression names this word. */
int ctl_names(const char *expression, const char *word);

#endif
