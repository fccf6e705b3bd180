/* SPDX-License-Identifier: Apache-2.0
 * Which database and Redis a command means, and the connection to the former.
 */
#include <config.h>
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>
#include <apr_strings.h>
#include "ctl.h"
#include "../config.h"
#include "../../libbloodtest/store.h"

enum { MAX_HOST = 64 };

static const char *first_of(const char *one, const char *two, const char *three)
{
    if (one)
        return one;
    return two ? two : three;
}

ctl_exit_t ctl_servers(ctl_servers_t *servers, const ctl_args_t *args, apr_pool_t *pool)
{
    btw_config_t *config = NULL;
    const char *path = ctl_value(args, "config");
    if (path) {
        bt_err_t *err = btw_config_load(&config, path, pool);
        if (err)
            return ctl_failed(err, pool);
    }
    servers->driver = first_of(ctl_value(args, "driver"), config ? config->database_driver : NULL,
                               getenv("BLOODTEST_DB_DRIVER"));
    servers->params = first_of(ctl_value(args, "params"), config ? config->database_params : NULL,
                               getenv("BLOODTEST_DB_PARAMS"));
    servers->redis = first_of(ctl_value(args, "redis"), config ? config->redis_url : NULL,
                              getenv("BLOODTEST_REDIS"));
    servers->key_file =
        first_of(ctl_value(args, "key-file"),
                 config && *config->database_key_file ? config->database_key_file : NULL,
                 getenv("BLOODTEST_KEY_FILE"));
    if (servers->driver && servers->params)
        return CTL_DONE;
    return ctl_usage(args,
                     "the database is not named: give --config FILE, or --driver and --params, or "
                     "set BLOODTEST_DB_DRIVER and BLOODTEST_DB_PARAMS");
}

static const bt_actor_t *who_runs_this(apr_pool_t *pool)
{
    char host[MAX_HOST + 1] = "";
    if (gethostname(host, MAX_HOST))
        host[0] = '\0';
    const struct passwd *user = getpwuid(getuid());
    bt_actor_t *actor = apr_palloc(pool, sizeof(*actor));
    actor->who = user ? apr_pstrcat(pool, "bloodtestctl:", user->pw_name, NULL)
                      : apr_psprintf(pool, "bloodtestctl:%d", (int)getuid());
    actor->address = apr_pstrdup(pool, host);
    return actor;
}

/* SQLite makes files beside the database.  Those that root makes belong to root until they are
 * given away; were it killed before that, httpd and workers could not write any more.  So root
 * makes them as the owner of the database. */
static void make_files_as_owner(const ctl_servers_t *servers)
{
    struct stat info;
    if (geteuid() != 0 || strcmp(servers->driver, "sqlite3") != 0 ||
        stat(servers->params, &info) != 0)
        return;
    setfsgid(info.st_gid);
    setfsuid(info.st_uid);
}

bt_err_t *ctl_connect(bt_db_t **db, const ctl_servers_t *servers, apr_pool_t *pool)
{
    bt_keys_t *keys = NULL;
    BT_TRY(bt_db_init(pool));
    /* Most commands look at states and figures, for which nobody needs to be able to read keys. */
    if (servers->key_file && (access(servers->key_file, R_OK) == 0 || errno != EACCES))
        BT_TRY(bt_keys_load(&keys, servers->key_file, pool));
    make_files_as_owner(servers);
    BT_TRY(bt_db_open(db, servers->driver, servers->params, pool));
    bt_db_use_keys(*db, keys);
    bt_db_act_as(*db, who_runs_this(pool));
    return NULL;
}

ctl_exit_t ctl_open(bt_db_t **db, const ctl_args_t *args, apr_pool_t *pool)
{
    ctl_servers_t servers;
    ctl_exit_t result = ctl_servers(&servers, args, pool);
    if (result != CTL_DONE)
        return result;
    bt_err_t *err = ctl_connect(db, &servers, pool);
    if (!err)
        err = bt_schema_check(*db, pool);
    return err ? ctl_failed(err, pool) : CTL_DONE;
}
