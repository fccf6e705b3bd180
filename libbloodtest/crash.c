/* SPDX-License-Identifier: Apache-2.0
 * What is behind BT_CRASH_POINT: SIGKILL, so that nothing is flushed, closed or told.  In
 * an ordinary build it does nothing and nobody calls it.
 */
#include "crash.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static int is_wanted(const char *variable, const char *name)
{
#ifdef BT_CRASH_POINTS
    const char *wanted = getenv(variable);
    return wanted && strcmp(wanted, name) == 0;
#else
    (void)variable;
    (void)name;
    return 0;
#endif
}

int bt_is_sabotaged(const char *name)
{
    return is_wanted("BLOODTEST_SABOTAGE", name);
}

void bt_crash_point(const char *name)
{
    if (is_wanted("BLOODTEST_CRASH_AT", name))
        raise(SIGKILL);
}
