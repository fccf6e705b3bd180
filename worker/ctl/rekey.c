/* SPDX-License-Identifier: Apache-2.0
 * bloodtestctl rekey: encrypts everything with the active key, what was stored in clear too, while
 * httpd and workers go on.
 */
#include <config.h>
#include <stdio.h>
#include <apr_strings.h>
#include "ctl.h"
#include "../../libbloodtest/store.h"

static const apr_interval_time_t TELL = APR_USEC_PER_SEC;

static void tell(const bt_rekey_t *rekey)
{
    fprintf(stderr, "bloodtestctl: %lld analyses and %lld pieces of documents so far\n",
            rekey->analyses, rekey->chunks);
}

static bt_err_t *rekey_all(bt_rekey_t *rekey, bt_db_t *db, apr_pool_t *pool)
{
    apr_pool_t *step = NULL;
    apr_time_t told = apr_time_now();
    apr_pool_create(&step, pool);
    while (!rekey->is_done) {
        apr_pool_clear(step);
        bt_err_t *err = bt_rekey_step(rekey, db, step);
        if (err)
            return err; /* in step, which lives as long as pool */
        if (apr_time_now() - told < TELL)
            continue;
        tell(rekey);
        told = apr_time_now();
    }
    apr_pool_destroy(step);
    return NULL;
}

/* What was left as it is, and why; nothing where all is done. */
static void tell_what_is_left(const bt_rekey_t *rekey, const char *path)
{
    if (rekey->left_plain)
        fprintf(stderr,
                "bloodtestctl: %lld rows hold something in clear and were left alone, for %s says "
                "sealed-only; the first is of the analysis %s. Where they are from before the "
                "keys: take that line out, run this again, then add it again. Where nothing can "
                "be, somebody put them there: look at them first.\n",
                rekey->left_plain, path, rekey->first_plain);
    if (rekey->unreadable)
        fprintf(stderr,
                "bloodtestctl: %lld rows were left: they do not open with the keys of %s. No key "
                "is to be removed from it.\n",
                rekey->unreadable, path);
}

static ctl_exit_t tell_what_is_done(const bt_rekey_t *rekey, const bt_keys_t *keys,
                                    apr_pool_t *pool)
{
    const char *done = apr_psprintf(pool,
                                    "%" APR_INT64_T_FMT " analyses and %" APR_INT64_T_FMT
                                    " pieces of documents encrypted with the key %s.",
                                    (apr_int64_t)rekey->analyses, (apr_int64_t)rekey->chunks,
                                    bt_keys_active(keys));
    if (rekey->were_plain)
        done = apr_psprintf(pool, "%s\n%" APR_INT64_T_FMT " of these rows were in clear.", done,
                            (apr_int64_t)rekey->were_plain);
    if (!rekey->unreadable && !bt_keys_are_sealed_only(keys))
        done = apr_pstrcat(pool, done,
                           "\nNothing that is to be encrypted is in clear any more. A line "
                           "'sealed-only' in the key files of httpd and workers makes them refuse "
                           "what somebody else writes into the database in clear.",
                           NULL);
    return ctl_print(done);
}

static ctl_exit_t run(const ctl_args_t *args, apr_pool_t *pool)
{
    bt_rekey_t rekey = {.analyses = 0};
    bt_db_t *db = NULL;
    ctl_exit_t result = ctl_open(&db, args, pool);
    if (result != CTL_DONE)
        return result;
    if (!bt_db_keys(db))
        return ctl_usage(args, "there are no keys: name a readable file with --key-file, or with "
                               "key_file below [database] in worker.conf");
    bt_err_t *err = rekey_all(&rekey, db, pool);
    const int is_left = rekey.unreadable || rekey.left_plain;
    if (!err)
        err = bt_audit(db, "rekey", NULL, is_left ? "incomplete" : "ok", pool);
    if (err)
        return ctl_failed(err, pool);
    result = tell_what_is_done(&rekey, bt_db_keys(db), pool);
    if (result != CTL_DONE || !is_left)
        return result;
    tell_what_is_left(&rekey, bt_keys_path(bt_db_keys(db)));
    return CTL_FAILED;
}

const ctl_command_t ctl_rekey = {
    .name = "rekey",
    .synopsis = "[--key-file FILE] [--config FILE | --driver NAME --params TEXT]",
    .summary = "Encrypt everything with the active key",
    .run = run,
    .options = {CTL_DATABASE_OPTIONS},
    .help =
        "Before: put the new key into the first line of the key file of httpd and workers, below\n"
        "it the old ones, and restart both (httpd: graceful). Then run this, while they go on;\n"
        "it may be stopped and begun again at any time. When it has ended with exit status 0 no\n"
        "row is of another key or in clear, and the old lines may go from the files. A line\n"
        "'sealed-only' may be added then, here and there: from then on what is in clear in the\n"
        "database is refused, and left alone by this command, which says so.\n\n"
        "Exit status: 0 done, 1 internal failure, another schema, or some rows were left,\n"
        "2 wrong usage, 4 the database is away.\n",
};
