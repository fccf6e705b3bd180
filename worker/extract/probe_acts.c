/* SPDX-License-Identifier: Apache-2.0
 * The forbidden acts, one row of a table each, made as raw system calls, as an exploit would make
 * them.  Their arguments do no harm where they are let through, and are such that the kernel then
 * gives another answer than the sandbox.
 */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <linux/perf_event.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
#include "probe.h"
#include "sandbox.h"

#define NOWHERE "/nonexistent/x"
#define FILE_AT "/etc/passwd"
#define X32_BIT 0x40000000

enum { NO_PID = 0x3ffffffe, OTHER_FD = 5 };

/* The document's process knows its parent from before the doors closed. */
static pid_t parent;

static char secret[16];
static struct open_how how = {.flags = O_RDONLY};
static struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = 0x0900};
static struct io_uring_params ring;
static struct perf_event_attr event = {.type = PERF_TYPE_SOFTWARE, .size = sizeof(event)};
static unsigned filter_action = SECCOMP_RET_ALLOW;

static long make_process(void)
{
    long child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0)
        _exit(0);
    return child;
}

static long make_process_anew(void)
{
    struct clone_args arguments = {.exit_signal = SIGCHLD};
    long child = syscall(SYS_clone3, &arguments, sizeof(arguments));
    if (child == 0)
        _exit(0);
    return child;
}

static long make_process_in_namespace(void)
{
    long child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    if (child == 0)
        _exit(0);
    return child;
}

#ifdef SYS_fork
static long make_process_as_ever(void)
{
    long child = syscall(SYS_fork);
    if (child == 0)
        _exit(0);
    return child;
}
#endif

static long make_process_that_borrows(void)
{
    pid_t child = vfork();
    if (child == 0)
        _exit(0);
    return child;
}

/* A program that never was a file. */
static long execute_memory(void)
{
    char *const none[] = {NULL};
    long fd = syscall(SYS_memfd_create, "x", 0);
    return fd < 0 ? fd : syscall(SYS_execveat, fd, "", none, none, AT_EMPTY_PATH);
}

static long execute(void)
{
    char *const none[] = {NULL};
    return syscall(SYS_execve, NOWHERE, none, none);
}

static long execute_at(void)
{
    char *const none[] = {NULL};
    return syscall(SYS_execveat, AT_FDCWD, NOWHERE, none, none, 0);
}

static long signal_parent(void)
{
    return syscall(SYS_kill, parent, 0);
}

static long signal_parent_thread(void)
{
    return syscall(SYS_tgkill, parent, parent, 0);
}

static long open_parent(void)
{
    return syscall(SYS_pidfd_open, parent, 0);
}

static long move_memory(long call)
{
    char own[sizeof(secret)] = "";
    struct iovec here = {own, sizeof(own)}, there = {secret, sizeof(secret)};
    return syscall(call, parent, &here, 1, &there, 1, 0);
}

static long read_parent(void)
{
    return move_memory(SYS_process_vm_readv);
}

static long write_parent(void)
{
    return move_memory(SYS_process_vm_writev);
}

static long map(int protection, int flags, int fd)
{
    return syscall(SYS_mmap, NULL, 4096, protection, flags, fd, 0) == -1 ? -1 : 0;
}

static long map_executable(void)
{
    return map(PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static long map_all(void)
{
    return map(PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static long map_file(void)
{
    return map(PROT_READ, MAP_PRIVATE, OTHER_FD);
}

static long make_executable(void)
{
    long page =
        syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return page == -1 ? 0 : syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_EXEC);
}

#ifdef __x86_64__
/* The calls of 32 bits, by their own door: getpid, which is allowed by the other. */
static long call_32(void)
{
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(20L)
                     : "memory", "cc", "r8", "r9", "r10", "r11");
    errno = result < 0 ? (int)-result : 0;
    return result < 0 ? -1 : result;
}

static long call_x32(void)
{
    return syscall(X32_BIT | SYS_getpid);
}
#endif

typedef struct act_t {
    const char *name;
    long (*act)(void); /* NULL: the call below; negative with errno: not done */
    long call;
    intptr_t arguments[6];
} act_t;

#define CALL(name, ...)                                                                            \
    {                                                                                              \
#name, NULL, SYS_##name,                                                                   \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
#define AT(pointer) (intptr_t)(pointer)

static const act_t acts[] = {
    /* files */
    CALL(openat, AT_FDCWD, AT(FILE_AT), O_RDONLY),
    CALL(openat2, AT_FDCWD, AT(FILE_AT), AT(&how), sizeof(how)),
    {"create_file", NULL, SYS_openat, {AT_FDCWD, AT("/tmp"), O_RDWR | O_TMPFILE, 0600}},
    {"open_proc_self", NULL, SYS_openat, {AT_FDCWD, AT("/proc/self/environ"), O_RDONLY}},
    CALL(open_tree, AT_FDCWD, AT("/"), 0),
    CALL(name_to_handle_at, AT_FDCWD, AT(FILE_AT), 0, 0, 0),
    CALL(mkdirat, AT_FDCWD, AT(NOWHERE), 0700),
    CALL(unlinkat, AT_FDCWD, AT(NOWHERE), 0),
    CALL(renameat2, AT_FDCWD, AT(NOWHERE), AT_FDCWD, AT(NOWHERE "2"), 0),
    CALL(linkat, AT_FDCWD, AT(NOWHERE), AT_FDCWD, AT(NOWHERE "2"), 0),
    CALL(symlinkat, AT("x"), AT_FDCWD, AT(NOWHERE)),
    CALL(fchmodat, AT_FDCWD, AT(NOWHERE), 0777),
    CALL(truncate, AT(NOWHERE), 0),
    CALL(getdents64, OTHER_FD, AT(secret), sizeof(secret)),
    CALL(memfd_create, AT("x"), 0),
    CALL(fanotify_init, 1 << 30, 0),
    CALL(inotify_init1, 0),
    CALL(write, OTHER_FD, AT("x"), 1),
    CALL(dup, BTX_OUTPUT_FD),
    CALL(dup3, BTX_OUTPUT_FD, OTHER_FD, 0),
    CALL(pipe2, AT(secret), 0),
    CALL(sendfile, BTX_OUTPUT_FD, OTHER_FD, 0, 1),
    CALL(splice, OTHER_FD, 0, BTX_OUTPUT_FD, 0, 1, 0),
    CALL(copy_file_range, OTHER_FD, 0, BTX_OUTPUT_FD, 0, 1, 0),
    /* network, and what else reaches other processes */
    CALL(socket, AF_INET, SOCK_STREAM, 0),
    {"socket_unix", NULL, SYS_socket, {AF_UNIX, SOCK_STREAM, 0}},
    {"socket_netlink", NULL, SYS_socket, {AF_NETLINK, SOCK_RAW, 0}},
    CALL(socketpair, AF_UNIX, SOCK_STREAM, 0, AT(secret)),
    CALL(connect, BTX_OUTPUT_FD, AT(&address), sizeof(address)),
    CALL(bind, BTX_OUTPUT_FD, AT(&address), sizeof(address)),
    CALL(sendto, BTX_OUTPUT_FD, AT("x"), 1, 0, AT(&address), sizeof(address)),
    CALL(shmget, 0, 0, 01600),
    CALL(msgget, 0x7ffffffe, 0),
    CALL(mq_open, AT("x"), O_RDONLY, 0, 0),
    CALL(add_key, AT("user"), AT("x"), AT("x"), 1, -3),
    CALL(keyctl, 0, -3, 0),
    /* processes */
    {"clone", make_process, 0, {0}},
    {"clone3", make_process_anew, 0, {0}},
    {"clone_user_namespace", make_process_in_namespace, 0, {0}},
    {"vfork", make_process_that_borrows, 0, {0}},
    {"execve", execute, 0, {0}},
    {"execveat", execute_at, 0, {0}},
    {"execute_memory", execute_memory, 0, {0}},
    {"ptrace_traceme", NULL, SYS_ptrace, {PTRACE_TRACEME, 0, 0, 0}},
    {"ptrace_seize", NULL, SYS_ptrace, {PTRACE_SEIZE, NO_PID, 0, 0}},
    {"kill_parent", signal_parent, 0, {0}},
    {"kill_all", NULL, SYS_kill, {-1, 0}},
    {"tgkill_parent", signal_parent_thread, 0, {0}},
    {"pidfd_open_parent", open_parent, 0, {0}},
    CALL(pidfd_send_signal, OTHER_FD, 0, 0, 0),
    CALL(pidfd_getfd, OTHER_FD, 0, 0),
    {"process_vm_readv_parent", read_parent, 0, {0}},
    {"process_vm_writev_parent", write_parent, 0, {0}},
    CALL(prlimit64, 0, 999, 0, 0),
    CALL(setpriority, 0, 0, 0),
    CALL(sched_setscheduler, 0, -1, 0),
    /* memory that runs */
    {"mmap_executable", map_executable, 0, {0}},
    {"mmap_all", map_all, 0, {0}},
    {"mmap_file", map_file, 0, {0}},
    {"mprotect_executable", make_executable, 0, {0}},
    CALL(pkey_mprotect, 0, 4096, PROT_EXEC, -1),
    CALL(remap_file_pages, 0, 4096, 0, 0, 0),
    /* doors of the kernel */
    CALL(io_uring_setup, 1, AT(&ring)),
    CALL(io_uring_enter, OTHER_FD, 1, 0, 0, 0, 0),
    CALL(io_uring_register, OTHER_FD, 0, 0, 0),
    CALL(bpf, -1, AT(secret), sizeof(secret)),
    CALL(perf_event_open, AT(&event), 0, -1, -1, 0),
    CALL(userfaultfd, 1 << 30),
    CALL(eventfd2, 0, 0),
    CALL(timerfd_create, 0, 0),
    CALL(epoll_create1, 0),
    CALL(init_module, 0, 0, 0),
    CALL(finit_module, OTHER_FD, 0, 0),
    CALL(kexec_load, 0, 0, 0, -1),
    CALL(personality, 0xffffffff),
    /* rights */
    CALL(unshare, 0),
    {"unshare_user", NULL, SYS_unshare, {CLONE_NEWUSER}},
    CALL(setns, OTHER_FD, 0),
    CALL(mount, AT("none"), AT(NOWHERE), AT("tmpfs"), 0, 0),
    CALL(umount2, AT(NOWHERE), 0),
    CALL(pivot_root, AT(NOWHERE), AT(NOWHERE)),
    CALL(fsopen, AT("tmpfs"), 0),
    CALL(chroot, AT(NOWHERE)),
    CALL(chdir, AT("/")),
    CALL(setuid, -1),
    CALL(setgid, -1),
    CALL(setgroups, -1, 0),
    CALL(capset, 0, 0),
    CALL(sethostname, 0, -1),
    CALL(swapon, AT(NOWHERE), 0),
    {"prctl_dumpable", NULL, SYS_prctl, {PR_SET_DUMPABLE, 1}},
    CALL(seccomp, SECCOMP_GET_ACTION_AVAIL, 0, AT(&filter_action)),
#ifdef __x86_64__
    CALL(open, AT(FILE_AT), O_RDONLY),
    CALL(creat, AT(NOWHERE), 0600),
    CALL(modify_ldt, 0, 0, 0),
    {"fork", make_process_as_ever, 0, {0}},
    {"call_32_bits", call_32, 0, {0}},
    {"call_x32", call_x32, 0, {0}},
#endif
};

void btx_acts_prepare(void)
{
    parent = getpid();
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

const char *btx_act_name(size_t index)
{
    return index < sizeof(acts) / sizeof(*acts) ? acts[index].name : NULL;
}

long btx_act(size_t index)
{
    const act_t *act = &acts[index];
    const intptr_t *a = act->arguments;
    return act->act ? act->act() : syscall(act->call, a[0], a[1], a[2], a[3], a[4], a[5]);
}
