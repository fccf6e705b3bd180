/* SPDX-License-Identifier: Apache-2.0
 * bloodtestctl cancel: ends an analysis that is queued or running, as POST /analysis/{id}/cancel
 * does; whoever works on it can store nothing afterwards.
 */
#include <config.h>
#include <apr_strings.h>
#include "ctl.h"
#include "../../libbloodtest/ids.h"
#include "../../libbloodtest/store.h"

static bt_err_t *cancel(const char **said, bt_db_t *db, const char *id, apr_pool_t *pool)
{
    int changed = 0;
    bt_analysis_t *analysis = NULL;
    BT_TRY(bt_store_cancel(&changed, db, id, pool));
    BT_TRY(bt_store_state(&analysis, db, id, pool));
    if (!analysis)
        return bt_error_hint(pool, BT_E_NOT_FOUND, "there is no analysis %s", id);
    if (!changed)
        return bt_error_hint(pool, BT_E_FIELD_INVALID, "analysis %s is %s already", id,
                             analysis->status);
    *said = apr_psprintf(pool, "Analysis %s is cancelled; no result will be stored.", id);
    return NULL;
}

static ctl_exit_t run(const ctl_args_t *args, apr_pool_t *pool)
{
    bt_db_t *db = NULL;
    const char *said = NULL;
    if (!bt_uuid_is_valid(args->operand))
        return ctl_usage(args, "ID is the id of an analysis");
    ctl_exit_t result = ctl_open(&db, args, pool);
    if (result != CTL_DONE)
        return result;
    bt_err_t *err = cancel(&said, db, args->operand, pool);
    return err ? ctl_failed(err, pool) : ctl_print(said);
}

const ctl_command_t ctl_cancel = {
    .name = "cancel",
    .synopsis = "ID [--config FILE | --driver NAME --params TEXT]",
    .summary = "End a queued or running analysis",
    .takes_operand = 1,
    .operand = "ID",
    .run = run,
    .options = {CTL_DATABASE_OPTIONS},
    .help = "ID is the id of the analysis. A running job is stopped within a heartbeat, and its\n"
            "result is refused. The document is erased.\n\n"
            "Exit status: 0 done, 1 internal failure or another schema, 2 wrong usage,\n"
            "3 there is no such analysis or it has ended already, 4 the database is away.\n",
};
