/* SPDX-License-Identifier: Apache-2.0
 * bloodtestctl migrate: brings a database to the schema of this program, or says how far it is.
 */
#include <config.h>
#include <apr_strings.h>
#include "ctl.h"
#include "../../libbloodtest/store.h"

/* How database and program stand to each other, as a sentence. */
static const char *describe(int code, int database, apr_pool_t *pool)
{
    if (database == code)
        return apr_psprintf(pool, "The database has schema version %d, which this program needs.",
                            database);
    if (database > code)
        return apr_psprintf(pool,
                            "The database has schema version %d, newer than this program's %d: "
                            "install the newer program.",
                            database, code);
    return apr_psprintf(pool,
                        "The database has schema version %d, this program needs %d: run "
                        "'bloodtestctl migrate'.",
                        database, code);
}

static bt_err_t *show_status(ctl_exit_t *result, bt_db_t *db, apr_pool_t *pool)
{
    int code = 0, database = 0, n = 0;
    BT_TRY(bt_schema_versions(&code, &database, db, pool));
    const char *text = describe(code, database, pool);
    if (code == database) {
        BT_TRY(bt_db_prepare_all(&n, db, pool));
        text = apr_psprintf(pool, "%s\nAll %d statements prepare.", text, n);
    }
    *result = ctl_print(text);
    if (*result == CTL_DONE && code != database)
        *result = CTL_FAILED;
    return NULL;
}

static bt_err_t *migrate(ctl_exit_t *result, bt_db_t *db, apr_pool_t *pool)
{
    int code = 0, database = 0, n_applied = 0;
    BT_TRY(bt_schema_migrate(&n_applied, db, pool));
    BT_TRY(bt_schema_versions(&code, &database, db, pool));
    *result =
        ctl_print(apr_psprintf(pool, "%d applied. %s", n_applied, describe(code, database, pool)));
    return NULL;
}

static ctl_exit_t run(const ctl_args_t *args, apr_pool_t *pool)
{
    ctl_servers_t servers;
    ctl_exit_t result = ctl_servers(&servers, args, pool);
    if (result != CTL_DONE)
        return result;
    bt_db_t *db = NULL;
    bt_err_t *err = ctl_connect(&db, &servers, pool);
    if (!err)
        err =
            ctl_value(args, "status") ? show_status(&result, db, pool) : migrate(&result, db, pool);
    return err ? ctl_failed(err, pool) : result;
}

const ctl_command_t ctl_migrate = {
    .name = "migrate",
    .synopsis = "[--status] [--config FILE | --driver NAME --params TEXT]",
    .summary = "Bring the database to the schema of this program",
    .run = run,
    .options = {{"status", NULL, "change nothing: say which version the database has"},
                CTL_DATABASE_OPTIONS},
    .help = "Each migration is one transaction; running it again does nothing. With --status the\n"
            "exit status is 0 where the schema fits and every statement prepares, else 1.\n\n"
            "Exit status: 0 done, 1 internal failure or another schema, 2 wrong usage,\n"
            "4 the database is away.\n",
};
