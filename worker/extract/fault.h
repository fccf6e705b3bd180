/* SPDX-License-Identifier: Apache-2.0
 * Documents that misbehave on demand: a build for tests obeys the line `%BTFAULT:name` among a
 * document's first bytes, so that what the sandbox promises can be tried without an exploit.  An
 * ordinary build knows nothing of it.
 */
#ifndef BTX_FAULT_H
#define BTX_FAULT_H

#include <stddef.h>

enum { BTX_FAULT_WITHIN = 1024 };

/** Do what the document's marker says (crash, hang, memory, fork, flood, garbage, open); returns
 * where there is none. */
void btx_fault_obey(const void *document, size_t length);

#endif
