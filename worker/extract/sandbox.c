/* SPDX-License-Identifier: Apache-2.0
 * The sandbox of a reading child: rlimits, no-new-privs, closed descriptors, and a seccomp filter
 * that libseccomp compiles once.  The lists below are what reading the corpus was seen to need, and
 * what it may ask for in vain.
 */
#include "config.h"
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "sandbox.h"

/* Computing and memory. */
static const int allowed[] = {
    SCMP_SYS(brk),          SCMP_SYS(munmap),        SCMP_SYS(mremap),
    SCMP_SYS(madvise),      SCMP_SYS(futex),         SCMP_SYS(getrandom),
    SCMP_SYS(exit_group),   SCMP_SYS(rt_sigaction),  SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn), SCMP_SYS(getpid),        SCMP_SYS(gettid),
    SCMP_SYS(gettimeofday), SCMP_SYS(clock_gettime),
#ifdef BT_SANITIZED
    SCMP_SYS(sigaltstack),  SCMP_SYS(prctl),
#endif
};

/* Looking for files: answered with EACCES. */
static const int no_files[] = {
    SCMP_SYS(open),       SCMP_SYS(openat),    SCMP_SYS(openat2),    SCMP_SYS(creat),
    SCMP_SYS(stat),       SCMP_SYS(lstat),     SCMP_SYS(newfstatat), SCMP_SYS(statx),
    SCMP_SYS(access),     SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(readlink),
    SCMP_SYS(readlinkat), SCMP_SYS(getcwd),    SCMP_SYS(statfs),     SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),    SCMP_SYS(unlink),    SCMP_SYS(unlinkat),
};

/* Questions about the machine and about descriptors: answered with EPERM. */
static const int refused[] = {
    SCMP_SYS(read),
    SCMP_SYS(pread64),
    SCMP_SYS(lseek),
    SCMP_SYS(fstat),
    SCMP_SYS(fstatfs),
    SCMP_SYS(close),
    SCMP_SYS(ioctl),
    SCMP_SYS(fcntl),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(prlimit64),
    SCMP_SYS(getrlimit),
    SCMP_SYS(getrusage),
    SCMP_SYS(times),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(tgkill),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(sched_yield),
};

enum {
    MAX_FILTER = 1024,
    COUNT_ALLOWED = sizeof(allowed) / sizeof(*allowed),
    COUNT_NO_FILES = sizeof(no_files) / sizeof(*no_files),
    COUNT_REFUSED = sizeof(refused) / sizeof(*refused)
};

static struct sock_filter instructions[MAX_FILTER];
static struct sock_fprog filter = {0, instructions};

static int add_list(scmp_filter_ctx context, uint32_t action, const int *calls, int n)
{
    for (int i = 0; i < n; i++) {
        /* A call that this machine does not have cannot be made either. */
        if (calls[i] >= 0 && seccomp_rule_add(context, action, calls[i], 0) != 0)
            return -1;
    }
    return 0;
}

/* Memory may be had, but neither as executable nor of a file; the one pipe may be written to. */
static int add_guarded(scmp_filter_ctx context)
{
    struct scmp_arg_cmp no_exec = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    struct scmp_arg_cmp anonymous = SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS);
    struct scmp_arg_cmp to_output = SCMP_A0(SCMP_CMP_EQ, BTX_OUTPUT_FD, 0);
    if (seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, no_exec, anonymous) != 0 ||
        seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_exec) != 0 ||
        seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, to_output) != 0)
        return -1;
    /* Messages of libraries on standard error go nowhere. */
    struct scmp_arg_cmp to_error = SCMP_A0(SCMP_CMP_EQ, STDERR_FILENO, 0);
#ifdef BT_SANITIZED
    return seccomp_rule_add(context, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, to_error);
#else
    return seccomp_rule_add(context, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(write), 1, to_error);
#endif
}

/* The compiled filter, out of libseccomp through a descriptor. */
static int export_filter(scmp_filter_ctx context)
{
    int fd = memfd_create("filter", MFD_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t length = -1;
    if (seccomp_export_bpf(context, fd) == 0)
        length = pread(fd, instructions, sizeof(instructions), 0);
    close(fd);
    if (length <= 0 || (size_t)length == sizeof(instructions) ||
        length % (ssize_t)sizeof(*instructions))
        return -1;
    filter.len = (unsigned short)((size_t)length / sizeof(*instructions));
    return 0;
}

int btx_sandbox_prepare(void)
{
    scmp_filter_ctx context = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!context)
        return -1;
    int failed = seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) != 0 ||
                 seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2) != 0 ||
                 add_list(context, SCMP_ACT_ALLOW, allowed, COUNT_ALLOWED) != 0 ||
                 add_list(context, SCMP_ACT_ERRNO(EACCES), no_files, COUNT_NO_FILES) != 0 ||
                 add_list(context, SCMP_ACT_ERRNO(EPERM), refused, COUNT_REFUSED) != 0 ||
                 add_guarded(context) != 0 || export_filter(context) != 0;
    seccomp_release(context);
    return failed ? -1 : 0;
}

static int set_limit(__rlimit_resource_t resource, rlim_t soft, rlim_t hard)
{
    struct rlimit limit = {soft, hard};
    return setrlimit(resource, &limit);
}

/* Sanitizers need address space, and their report may go to a file. */
static const char *set_limits(const btx_limits_t *limits)
{
#ifndef BT_SANITIZED
    rlim_t memory = (rlim_t)limits->memory_mb << 20;
    if (set_limit(RLIMIT_AS, memory, memory) != 0)
        return "RLIMIT_AS";
    if (set_limit(RLIMIT_FSIZE, 0, 0) != 0)
        return "RLIMIT_FSIZE";
#endif
    if (set_limit(RLIMIT_CPU, limits->seconds, limits->seconds + BTX_CPU_GRACE) != 0)
        return "RLIMIT_CPU";
    if (set_limit(RLIMIT_CORE, 0, 0) != 0)
        return "RLIMIT_CORE";
    if (set_limit(RLIMIT_NPROC, 0, 0) != 0)
        return "RLIMIT_NPROC";
    if (set_limit(RLIMIT_NOFILE, 0, 0) != 0)
        return "RLIMIT_NOFILE";
    return NULL;
}

/* The descriptors are 3 (made of `output`), and none else; a sanitizer keeps 2 for its report. */
static const char *close_descriptors(int output)
{
    if (output != BTX_OUTPUT_FD && dup2(output, BTX_OUTPUT_FD) < 0)
        return "dup2";
#ifdef BT_SANITIZED
    const unsigned last_low = STDOUT_FILENO;
#else
    const unsigned last_low = STDERR_FILENO;
#endif
    if (syscall(SYS_close_range, 0U, last_low, 0U) != 0 ||
        syscall(SYS_close_range, (unsigned)BTX_OUTPUT_FD + 1, ~0U, 0U) != 0)
        return "close_range";
    return NULL;
}

const char *btx_sandbox_enter(const btx_limits_t *limits, int output)
{
    const char *failed = close_descriptors(output);
    if (!failed)
        failed = set_limits(limits);
    if (failed)
        return failed;
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return "PR_SET_DUMPABLE";
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return "PR_SET_NO_NEW_PRIVS";
    btx_memory_limit(limits->memory_mb);
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0U, &filter) != 0)
        return "seccomp";
    return NULL;
}
