/* SPDX-License-Identifier: Apache-2.0
 * Tries in the sandbox what a document must never be able to do, so that an installation can be
 * checked on its own kernel.  Each act has a child of its own, for most of them end it.
 */
#ifndef BTX_PROBE_H
#define BTX_PROBE_H

#include <stddef.h>

/** Try all and print one JSON object on standard output: {"checked","allowed","acts":{name:
 * "killed", the name of the filter's errno, or "allowed", where the kernel was asked, with the name
 * of its own errno}}.  Returns how many were allowed, or -1 where the probe itself failed.  Without
 * the sandbox (to see that the probe can fail) where `is_open`. */
int btx_probe(int is_open);

/* ---- the acts (probe_acts.c) ---- */
/** To be called before the doors close. */
void btx_acts_prepare(void);
/** NULL behind the last. */
const char *btx_act_name(size_t index);
/** Do it: negative with errno where it was not done. */
long btx_act(size_t index);

#endif
