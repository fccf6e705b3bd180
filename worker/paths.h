/* SPDX-License-Identifier: Apache-2.0
 * Where the programs of this project are: beside the one that runs (a build tree), else where they
 * were installed.
 */
#ifndef BTW_PATHS_H
#define BTW_PATHS_H

#include "../libbloodtest/error.h"

/** Path of a helper program by its name, e.g. "bloodtest-extract".  BT_E_CONFIG names the places
 * looked at. */
bt_err_t *btw_path_program(const char **path, const char *name, apr_pool_t *pool);

#endif
