/* SPDX-License-Identifier: Apache-2.0
 * Keeps memory out of core dumps.  PR_SET_DUMPABLE would do it as well, but would also hide the
 * process from the commands of its own user, which look for workers in /proc.
 */
#include "core_dump.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

void bt_core_dump_prevent(void)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    /* The limit says nothing about a pipe in core_pattern; this does: of no mapping, anything. */
    int fd = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t written = write(fd, "0", 1);
    (void)written; /* a system without it has the limit */
    close(fd);
}
