/* SPDX-License-Identifier: Apache-2.0
 * Named places to die at: a test sets BLOODTEST_CRASH_AT to a name and the process kills itself
 * there, as a power cut would.  Built with --enable-crash-points only; otherwise the macro is
 * nothing.
 */
#ifndef BT_CRASH_H
#define BT_CRASH_H

/* The headers of httpd bring a configuration that ours would redefine: the module calls the
 * function itself, which is empty in an ordinary build. */
#if defined(HAVE_CONFIG_H) && !defined(APACHE_HTTPD_H)
#include <config.h>
#endif

#ifdef BT_CRASH_POINTS
#define BT_CRASH_POINT(name) bt_crash_point(name)
#else
#define BT_CRASH_POINT(name) ((void)0)
#endif

#ifdef BT_CRASH_POINTS
#define BT_IS_SABOTAGED(name) bt_is_sabotaged(name)
#else
#define BT_IS_SABOTAGED(name) 0
#endif

/** Whether a test wants this part of the protocol broken (BLOODTEST_SABOTAGE), to see that its
 * checks find out: no_token, no_sweep, no_reaper, early_ack.  Never in an ordinary build. */
int bt_is_sabotaged(const char *name);

/** SIGKILL for this process where the environment's BLOODTEST_CRASH_AT equals the name. */
void bt_crash_point(const char *name);

#endif
