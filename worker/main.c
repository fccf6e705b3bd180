/* SPDX-License-Identifier: Apache-2.0
 * bloodtest-worker: takes queued analyses, reads and interprets the reports, stores the results.
 * This file knows the command line only; run.c is the life of the process.
 */
#include "config.h"

#include <locale.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <apr_general.h>
#include "../libbloodtest/core_dump.h"
#include "log.h"
#include "run.h"

#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#define STANDARD_FILE BT_SYSCONFDIR "/bloodtest/worker.conf"

static const char help[] =
    "usage: bloodtest-worker [--config FILE] [--check]\n"
    "       bloodtest-worker --print-options | --version | --help\n"
    "\n"
    "Takes queued blood-test analyses from the database, reads and interprets the reports,\n"
    "and stores the results. Stops on SIGTERM: running jobs finish within the grace time,\n"
    "the rest is handed back; a second SIGTERM hands back at once.\n"
    "\n"
    "  --config FILE     configuration (default " STANDARD_FILE ")\n"
    "  --check           read the configuration, say whether it is good, and end\n"
    "  --print-options   reference of all options\n"
    "\n"
    "exit: 0 stopped as asked, 1 could not start or stop, 2 arguments or configuration,\n"
    "      3 the schema of the database does not fit (bloodtestctl migrate)\n";

enum { MALLOC_ARENAS = 2 };

typedef struct arguments_t {
    const char *file;
    int is_check, is_reference, is_version, is_help;
} arguments_t;

/* NULL, or what is wrong. */
static const char *read_arguments(arguments_t *arguments, int argc, const char *const *argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--config") == 0 && i + 1 < argc)
            arguments->file = argv[++i];
        else if (strcmp(argv[i], "--check") == 0)
            arguments->is_check = 1;
        else if (strcmp(argv[i], "--print-options") == 0)
            arguments->is_reference = 1;
        else if (strcmp(argv[i], "--version") == 0)
            arguments->is_version = 1;
        else if (strcmp(argv[i], "--help") == 0)
            arguments->is_help = 1;
        else
            return argv[i];
    }
    return NULL;
}

static int run(const arguments_t *arguments, apr_pool_t *pool)
{
    btw_config_t *config = NULL;
    bt_err_t *err = btw_config_load(&config, arguments->file, pool);
    if (!err && arguments->is_check)
        err = btw_run_check(config, pool);
    if (err) {
        fprintf(stderr, "bloodtest-worker: %s\n", bt_error_text(err, pool));
        return BTW_EXIT_USAGE;
    }
    if (arguments->is_check) {
        printf("%s is good\n", arguments->file);
        return BTW_EXIT_DONE;
    }
    btw_log_start(config->log_level);
    return btw_run(config, pool);
}

int main(int argc, const char *const *argv)
{
    arguments_t arguments = {.file = STANDARD_FILE};
    bt_core_dump_prevent();
    /* Analyses that wait have threads of their own: an arena for each would cost more than they do.
     */
    mallopt(M_ARENA_MAX, MALLOC_ARENAS);
    setlocale(LC_CTYPE, "C.UTF-8"); /* numbers stay as C writes them */
    if (apr_app_initialize(&argc, &argv, NULL))
        return BTW_EXIT_FAILED;
    const char *wrong = read_arguments(&arguments, argc, argv);
    if (wrong) {
        fprintf(stderr, "bloodtest-worker: '%s' is not understood\n%s", wrong, help);
        return BTW_EXIT_USAGE;
    }
    apr_pool_t *pool = NULL;
    apr_pool_create(&pool, NULL);
    int code = BTW_EXIT_DONE;
    int n = 0;
    if (arguments.is_help)
        fputs(help, stdout);
    else if (arguments.is_version)
        puts("bloodtest-worker " PACKAGE_VERSION);
    else if (arguments.is_reference)
        fputs(btw_config_reference(&n, pool), stdout);
    else
        code = run(&arguments, pool);
    apr_pool_destroy(pool);
    apr_terminate();
    return code;
}
