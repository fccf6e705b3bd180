/* SPDX-License-Identifier: Apache-2.0
 * The one place through which the library logs; the host decides where lines go.
 */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>

enum { MAX_LINE = 1000 };

static bt_log_fn *receiver;
static void *receiver_baton;

void bt_log_to(bt_log_fn *fn, void *baton)
{
    receiver = fn;
    receiver_baton = baton;
}

void bt_log(bt_log_level_t level, const char *tag, const char *fmt, ...)
{
    char line[MAX_LINE + 1];
    va_list args;
    va_start(args, fmt);
    vsnprintf(line, sizeof(line), fmt, args);
    va_end(args);
    for (char *c = line; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    }
    if (receiver)
        receiver(receiver_baton, level, tag, line);
    else if (level <= BT_LOG_WARNING)
        fprintf(stderr, "%s %s\n", tag, line);
}
