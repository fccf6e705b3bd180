/* SPDX-License-Identifier: Apache-2.0
 * What a child that reads a document may still do: compute, allocate up to a limit, and write to
 * one pipe. Limits come from the kernel (rlimits, no-new-privs, a seccomp allow-list), so that they
 * hold whatever the document does.
 *
 * Looking for files fails softly (EACCES), for poppler looks for fonts and goes on without them.
 * Questions about the machine fail with EPERM.  Everything else ends the process with SIGSYS.
 */
#ifndef BTX_SANDBOX_H
#define BTX_SANDBOX_H

enum {
    BTX_OUTPUT_FD = 3,     /* the only descriptor that is left */
    BTX_EXIT_MEMORY = 71,  /* an allocation failed in the sandbox */
    BTX_EXIT_SANDBOX = 72, /* the sandbox could not be entered */
    BTX_CPU_GRACE = 2      /* seconds between SIGXCPU and SIGKILL */
};

typedef struct btx_limits_t {
    unsigned seconds;   /* of processor time */
    unsigned memory_mb; /* address space; of live allocations where sanitizers need address space */
} btx_limits_t;

/** Make the filter; once, in the process that forks, so that a child installs it with one call.  0
 * or -1. */
int btx_sandbox_prepare(void);

/** Enter, for good: `output` becomes BTX_OUTPUT_FD and all other descriptors are closed.  NULL, or
 * the name of the step that failed (errno says why); the caller must then exit. */
const char *btx_sandbox_enter(const btx_limits_t *limits, int output);

/** From here on a failed allocation ends the process with BTX_EXIT_MEMORY; under sanitizers, also
 * more than `limit_mb` of live ones.  Called by btx_sandbox_enter(). */
void btx_memory_limit(unsigned limit_mb);

#endif
