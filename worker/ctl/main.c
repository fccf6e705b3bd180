/* SPDX-License-Identifier: Apache-2.0
 * bloodtestctl: the command line of mod_bloodtest.  Each command is a file of its own; this one
 * finds it in the table.
 */
#include <config.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <apr_general.h>
#include "ctl.h"
#include "../../libbloodtest/core_dump.h"

static const ctl_command_t *const commands[] = {
    &ctl_analyze, &ctl_interpret, &ctl_knowledge, &ctl_migrate, &ctl_status,
    &ctl_queue,   &ctl_workers,   &ctl_retry,     &ctl_cancel,  &ctl_drain,
    &ctl_audit,   &ctl_rekey,     &ctl_user};
enum { COUNT_COMMANDS = sizeof(commands) / sizeof(*commands) };

static void print_overview(FILE *out)
{
    fputs("Usage: bloodtestctl COMMAND [OPTION]... [FILE | ID]\n\nCommands:\n", out);
    for (int i = 0; i < COUNT_COMMANDS; i++)
        fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n'bloodtestctl COMMAND --help' explains a command; 'bloodtestctl --version' says the "
          "version.\n\n"
          "Exit status: 0 done, 1 internal failure, 2 wrong usage, 3 the input was refused, "
          "4 a server is away.\n",
          out);
}

static const ctl_command_t *find_command(const char *name)
{
    for (int i = 0; i < COUNT_COMMANDS; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

static ctl_exit_t run(const ctl_command_t *command, int argc, char **argv)
{
    ctl_args_t args;
    int is_help = 0;
    ctl_exit_t result = ctl_parse(&args, &is_help, command, argc, argv);
    if (result != CTL_DONE)
        return result;
    if (is_help) {
        ctl_print_help(command);
        return CTL_DONE;
    }
    apr_pool_t *pool;
    if (apr_initialize() != APR_SUCCESS || apr_pool_create(&pool, NULL) != APR_SUCCESS) {
        fputs("bloodtestctl: APR could not be started\n", stderr);
        return CTL_FAILED;
    }
    result = command->run(&args, pool);
    apr_pool_destroy(pool);
    apr_terminate();
    return result;
}

int main(int argc, char **argv)
{
    bt_core_dump_prevent();
    if (argc < 2) {
        print_overview(stderr);
        return CTL_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_overview(stdout);
        return CTL_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("bloodtestctl " PACKAGE_VERSION);
        return CTL_DONE;
    }
    const ctl_command_t *command = find_command(argv[1]);
    if (!command) {
        fprintf(stderr, "bloodtestctl: there is no command '%s'\n\n", argv[1]);
        print_overview(stderr);
        return CTL_USAGE;
    }
    return run(command, argc - 1, argv + 1);
}
