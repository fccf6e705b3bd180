/* SPDX-License-Identifier: Apache-2.0
 * What bloodtestctl says on standard error and with its exit status.  The one map of errors to exit
 * statuses is here.
 */
#include <config.h>
#include <stdarg.h>
#include <stdio.h>
#include "ctl.h"

ctl_exit_t ctl_usage(const ctl_args_t *args, const char *fmt, ...)
{
    va_list values;
    va_start(values, fmt);
    fputs("bloodtestctl: ", stderr);
    vfprintf(stderr, fmt, values);
    va_end(values);
    fprintf(stderr, "\nUsage: bloodtestctl %s %s\n('bloodtestctl %s --help' explains it)\n",
            args->command->name, args->command->synopsis, args->command->name);
    return CTL_USAGE;
}

static ctl_exit_t exit_of(bt_code_t code)
{
    switch (code) {
    case BT_E_DB_AWAY:
    case BT_E_QUEUE_AWAY:
    case BT_E_UPSTREAM:
        return CTL_AWAY;
    case BT_E_NOT_FOUND:
    case BT_E_MALFORMED_JSON:
    case BT_E_UPLOAD_TOO_LARGE:
    case BT_E_NOT_PDF:
    case BT_E_FILE_EMPTY:
    case BT_E_QUERY_TOO_LONG:
    case BT_E_FIELD_INVALID:
    case BT_E_DAMAGED:
    case BT_E_ENCRYPTED:
    case BT_E_NO_TEXT:
    case BT_E_NOT_A_REPORT:
    case BT_E_TOO_LARGE:
    case BT_E_TIMEOUT:
    case BT_E_POISON:
        return CTL_REFUSED;
    default:
        return CTL_FAILED;
    }
}

ctl_exit_t ctl_failed(const bt_err_t *err, apr_pool_t *pool)
{
    const ctl_exit_t result = exit_of(err->code);
    if (err->hint)
        fprintf(stderr, "bloodtestctl: %s\n", err->hint);
    else if (result == CTL_REFUSED)
        fprintf(stderr, "bloodtestctl: %s (%s: %s)\n", bt_code_public(err->code),
                bt_code_slug(err->code), bt_error_text(err, pool));
    else
        fprintf(stderr, "bloodtestctl: %s: %s\n", bt_code_slug(err->code),
                bt_error_text(err, pool));
    return result;
}

ctl_exit_t ctl_print(const char *text)
{
    if (fputs(text, stdout) != EOF && fputc('\n', stdout) != EOF && fflush(stdout) == 0)
        return CTL_DONE;
    perror("bloodtestctl: standard output");
    return CTL_FAILED;
}
