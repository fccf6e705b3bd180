/* SPDX-License-Identifier: Apache-2.0
 * Finds helper programs, so that a build tree needs no installation and an installation no
 * environment.
 */
#include <config.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>
#include <apr_strings.h>
#include "paths.h"

/* The folder of the running program, NULL where it cannot be told. */
static const char *own_folder(apr_pool_t *pool)
{
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof(path));
    if (length <= 0 || (size_t)length == sizeof(path))
        return NULL;
    const char *slash = memrchr(path, '/', (size_t)length);
    return slash ? apr_pstrmemdup(pool, path, (apr_size_t)(slash - path)) : NULL;
}

bt_err_t *btw_path_program(const char **path, const char *name, apr_pool_t *pool)
{
    const char *folder = own_folder(pool);
    if (folder) {
        *path = apr_pstrcat(pool, folder, "/", name, NULL);
        if (access(*path, X_OK) == 0)
            return NULL;
    }
    *path = apr_pstrcat(pool, BT_LIBEXECDIR "/", name, NULL);
    if (access(*path, X_OK) == 0)
        return NULL;
    return bt_error(pool, BT_E_CONFIG, "%s was not found, neither in %s nor in %s", name,
                    folder ? folder : "the program's own folder", BT_LIBEXECDIR);
}
