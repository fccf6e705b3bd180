/* SPDX-License-Identifier: Apache-2.0
 * Command lines, parsed and explained from the rows of the commands, so that help and parser cannot
 * differ.
 */
#include <config.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include "ctl.h"

enum { HELP = 1000, HELP_COLUMN = 20 };

static int list_options(struct option *list, const ctl_command_t *command)
{
    int n = 0;
    for (; n < CTL_MAX_OPTIONS && command->options[n].name; n++)
        list[n] = (struct option){.name = command->options[n].name,
                                  .has_arg = command->options[n].argument != NULL,
                                  .val = n};
    list[n++] = (struct option){.name = "help", .val = HELP};
    list[n] = (struct option){0};
    return n;
}

ctl_exit_t ctl_parse(ctl_args_t *args, int *is_help, const ctl_command_t *command, int argc,
                     char **argv)
{
    struct option list[CTL_MAX_OPTIONS + 2];
    list_options(list, command);
    *args = (ctl_args_t){.command = command};
    *is_help = 0;
    opterr = 0;
    int found;
    while ((found = getopt_long(argc, argv, ":", list, NULL)) != -1) {
        if (found == HELP)
            *is_help = 1;
        else if (found == ':')
            return ctl_usage(args, "%s needs an argument", argv[optind - 1]);
        else if (found == '?')
            return ctl_usage(args, "there is no option %s, or it takes no argument",
                             argv[optind - 1]);
        else
            args->values[found] = optarg ? optarg : "";
    }
    if (*is_help)
        return CTL_DONE;
    const int n_operands = argc - optind;
    const int most = (command->takes_operand == CTL_MAYBE ? 1 : command->takes_operand) +
                     command->may_have_second;
    const char *name = command->operand ? command->operand : "FILE";
    if (n_operands > most)
        return ctl_usage(args, most ? "only one %s is expected" : "no %s is expected", name);
    if (n_operands < command->takes_operand)
        return ctl_usage(args, "exactly one %s is expected", name);
    args->operand = n_operands ? argv[optind] : NULL;
    args->second = n_operands > 1 ? argv[optind + 1] : NULL;
    return CTL_DONE;
}

const char *ctl_value(const ctl_args_t *args, const char *name)
{
    const ctl_option_t *options = args->command->options;
    for (int i = 0; i < CTL_MAX_OPTIONS && options[i].name; i++) {
        if (strcmp(options[i].name, name) == 0)
            return args->values[i];
    }
    return NULL;
}

static void print_option(const char *name, const char *argument, const char *help)
{
    int width = printf("  --%s%s%s", name, argument ? " " : "", argument ? argument : "");
    printf("%*s%s\n", width < HELP_COLUMN ? HELP_COLUMN - width : 1, "", help);
}

void ctl_print_help(const ctl_command_t *command)
{
    printf("Usage: bloodtestctl %s %s\n\n%s.\n\n", command->name, command->synopsis,
           command->summary);
    for (int i = 0; i < CTL_MAX_OPTIONS && command->options[i].name; i++)
        print_option(command->options[i].name, command->options[i].argument,
                     command->options[i].help);
    print_option("help", NULL, "this text");
    printf("\n%s", command->help);
}
