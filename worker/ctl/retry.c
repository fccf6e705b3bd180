/* SPDX-License-Identifier: Apache-2.0
 * bloodtestctl retry: failed analyses queued again with a new budget, one by its id or all that a
 * filter names; what a repaired upstream or a new version makes possible.
 */
#include <config.h>
#include <stdio.h>
#include <string.h>
#include <apr_strings.h>
#include "ctl.h"
#include "../../libbloodtest/ids.h"
#include "../../libbloodtest/store.h"

static ctl_exit_t parse(bt_failed_t *filter, const ctl_args_t *args, apr_pool_t *pool)
{
    const char *class = ctl_value(args, "class"), *since = ctl_value(args, "since");
    const int is_all = ctl_value(args, "failed") != NULL;
    *filter = (bt_failed_t){.error_class = class};
    if (is_all == (args->operand != NULL))
        return ctl_usage(args, "give either an ID or --failed");
    if (args->operand && (class || since))
        return ctl_usage(args, "--class and --since go with --failed");
    if (args->operand && !bt_uuid_is_valid(args->operand))
        return ctl_usage(args, "ID is the id of an analysis");
    if (class && strcmp(bt_code_slug(bt_code_from_slug(class)), class) != 0)
        return ctl_usage(args, "--class is one of the classes of a failed analysis");
    if (since && ctl_parse_since(&filter->since, since, pool))
        return ctl_usage(args, "--since is " CTL_SINCE_FORMS);
    return CTL_DONE;
}

static bt_err_t *retry_one(int *is_queued, bt_db_t *db, const char *id, apr_pool_t *pool)
{
    const char *task_id = NULL;
    BT_TRY(bt_store_retry(&task_id, db, id, pool));
    *is_queued = task_id != NULL;
    return NULL;
}

static bt_err_t *retry_id(const char **said, bt_db_t *db, const char *id, apr_pool_t *pool)
{
    bt_analysis_t *analysis = NULL;
    int is_queued = 0;
    BT_TRY(bt_store_state(&analysis, db, id, pool));
    if (!analysis)
        return bt_error_hint(pool, BT_E_NOT_FOUND, "there is no analysis %s", id);
    BT_TRY(retry_one(&is_queued, db, id, pool));
    if (!is_queued)
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "analysis %s is %s; only a failed one whose document is kept can be "
                             "tried again",
                             id, analysis->status);
    *said = apr_psprintf(pool, "Analysis %s is queued again.", id);
    return NULL;
}

static bt_err_t *retry_all(const char **said, bt_db_t *db, bt_failed_t *filter, apr_pool_t *pool)
{
    const char **ids = NULL;
    int n = 0, queued = 0, refused = 0;
    apr_pool_t *iteration = NULL;
    apr_pool_create(&iteration, pool);
    BT_TRY(bt_store_failed(&ids, &n, filter, db, pool));
    while (n > 0) {
        for (int i = 0; i < n; i++) {
            int is_queued = 0;
            apr_pool_clear(iteration);
            BT_TRY(retry_one(&is_queued, db, ids[i], iteration));
            queued += is_queued;
            refused += !is_queued;
        }
        BT_TRY(bt_store_failed(&ids, &n, filter, db, pool));
    }
    apr_pool_destroy(iteration);
    *said =
        apr_psprintf(pool, "%d queued again, %d left (their documents are gone).", queued, refused);
    return NULL;
}

static ctl_exit_t run(const ctl_args_t *args, apr_pool_t *pool)
{
    bt_failed_t filter;
    bt_db_t *db = NULL;
    const char *said = NULL;
    ctl_exit_t result = parse(&filter, args, pool);
    if (result == CTL_DONE)
        result = ctl_open(&db, args, pool);
    if (result != CTL_DONE)
        return result;
    bt_err_t *err = args->operand ? retry_id(&said, db, args->operand, pool)
                                  : retry_all(&said, db, &filter, pool);
    return err ? ctl_failed(err, pool) : ctl_print(said);
}

const ctl_command_t ctl_retry = {
    .name = "retry",
    .synopsis = "ID | --failed [--class C] [--since T] "
                "[--config FILE | --driver NAME --params TEXT]",
    .summary = "Queue failed analyses again, with a new budget",
    .takes_operand = CTL_MAYBE,
    .operand = "ID",
    .run = run,
    .options = {{"failed", NULL, "all failed analyses"},
                {"class", "C", "only those of this class: timeout, upstream, internal, poison, …"},
                {"since", "T", "only those that failed since: 90m, 24h, 7d, a date, a UTC time"},
                CTL_DATABASE_OPTIONS},
    .help = "A failed analysis keeps its document until retention, so that it can be tried again.\n"
            "Workers find the jobs within seconds.\n\n"
            "Exit status: 0 done, 1 internal failure or another schema, 2 wrong usage,\n"
            "3 there is no such analysis or it cannot be tried again, 4 the database is away.\n",
};
