/* SPDX-License-Identifier: Apache-2.0
 * Starts bloodtest-extract, restarts it where it died, and passes requests to it.  One mutex covers
 * pid and socket; nothing that takes long is done under it.
 */
#include <config.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>
#include "extract_process.h"
#include "paths.h"

enum { START_MS = 30000, STOP_STEPS = 200, STOP_STEP_MS = 10 };

struct btw_extract_process_t {
    const char *program, *site;
    char *const *environment;
    apr_thread_mutex_t *mutex; /* for what follows */
    pid_t pid;                 /* 0: none */
    int control;               /* -1: none */
    unsigned generation;
};

extern char **environ;

/* The reader shares its memory with every document, so it gets no secret: only these variables. */
static const char *const passed_on[] = {
    "LD_LIBRARY_PATH=", "ASAN_OPTIONS=",    "UBSAN_OPTIONS=", "LSAN_OPTIONS=",
    "FONTCONFIG_FILE=", "FONTCONFIG_PATH=", "GCOV_PREFIX=",   "GCOV_PREFIX_STRIP="};

/* Symbols are looked up before the first fork, not in each child again; and blocks that a page gave
 * back are kept by size for the next one, without being joined and split (poppler takes and gives
 * thousands of a few sizes for each page). */
static const char *const set[] = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "LD_BIND_NOW=1",
                                  "GLIBC_TUNABLES=glibc.malloc.tcache_count=1000"};

static char *const *make_environment(apr_pool_t *pool)
{
    enum { COUNT_SET = sizeof(set) / sizeof(*set), COUNT = sizeof(passed_on) / sizeof(*passed_on) };
    char **list = apr_pcalloc(pool, (COUNT_SET + COUNT + 1) * sizeof(*list));
    int n = 0;
    while (n < COUNT_SET) {
        list[n] = apr_pstrdup(pool, set[n]);
        n++;
    }
    for (int i = 0; i < COUNT; i++) {
        for (char **entry = environ; *entry; entry++) {
            if (strncmp(*entry, passed_on[i], strlen(passed_on[i])) != 0)
                continue;
            list[n++] = apr_pstrdup(pool, *entry);
            break;
        }
    }
    return list;
}

/* A process group of its own: Ctrl-C at the client's terminal is the client's business. */
static int spawn(pid_t *pid, const btw_extract_process_t *process, int socket)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF |
                                              POSIX_SPAWN_SETPGROUP);
    posix_spawn_file_actions_adddup2(&actions, socket, BTX_CONTROL_FD);
    char *const argv[] = {(char *)"bloodtest-extract",
                          process->site ? (char *)BTX_SITE_OPTION : NULL, (char *)process->site,
                          NULL};
    int code =
        posix_spawn(pid, process->program, &actions, &attributes, argv, process->environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

/* With the mutex held, or before there are threads. */
static bt_err_t *start(btw_extract_process_t *process, apr_pool_t *pool)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return bt_error_apr(pool, BT_E_INTERNAL, errno, "bloodtest-extract: socketpair");
    pid_t pid = 0;
    int code = spawn(&pid, process, ends[1]);
    close(ends[1]);
    if (code != 0) {
        close(ends[0]);
        return bt_error_apr(pool, BT_E_CONFIG, code, "%s could not be started", process->program);
    }
    process->pid = pid;
    process->control = ends[0];
    process->generation++;
    return NULL;
}

/* With the mutex held: whatever it still does, it ends now. */
static void drop(btw_extract_process_t *process)
{
    if (process->control >= 0)
        close(process->control);
    process->control = -1;
    if (process->pid > 0) {
        kill(process->pid, SIGKILL);
        while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    process->pid = 0;
}

/* Closing the socket is the request to end; it gets a moment to do so. */
static apr_status_t stop(void *baton)
{
    btw_extract_process_t *process = baton;
    if (process->control >= 0)
        close(process->control);
    process->control = -1;
    for (int i = 0; process->pid > 0 && i < STOP_STEPS; i++) {
        pid_t ended = waitpid(process->pid, NULL, WNOHANG);
        if (ended == process->pid || (ended < 0 && errno == ECHILD))
            process->pid = 0;
        else
            poll(NULL, 0, STOP_STEP_MS);
    }
    drop(process);
    return APR_SUCCESS;
}

static bt_err_t *wait_until_warm(const btw_extract_process_t *process, apr_pool_t *pool)
{
    struct pollfd one = {.fd = process->control, .events = POLLIN};
    int n;
    while ((n = poll(&one, 1, START_MS)) < 0 && errno == EINTR)
        ;
    btx_status_t hello;
    if (n == 1 && recv(process->control, &hello, sizeof(hello), 0) == (ssize_t)sizeof(hello) &&
        hello.magic == BTX_MAGIC)
        return NULL;
    return bt_error(pool, BT_E_CONFIG, "%s was started and %s", process->program,
                    n == 1 ? "ended at once; it says why on standard error"
                           : "did not become ready");
}

bt_err_t *btw_extract_process_start(btw_extract_process_t **result, const char *program,
                                    const char *site, apr_pool_t *pool)
{
    btw_extract_process_t *process = apr_pcalloc(pool, sizeof(*process));
    process->control = -1;
    process->program = program ? apr_pstrdup(pool, program) : NULL;
    process->site = site && *site ? apr_pstrdup(pool, site) : NULL;
    if (!program)
        BT_TRY(btw_path_program(&process->program, "bloodtest-extract", pool));
    process->environment = make_environment(pool);
    apr_status_t status = apr_thread_mutex_create(&process->mutex, APR_THREAD_MUTEX_DEFAULT, pool);
    if (status != APR_SUCCESS)
        return bt_error_apr(pool, BT_E_INTERNAL, status, "bloodtest-extract: mutex");
    BT_TRY(start(process, pool));
    apr_pool_cleanup_register(pool, process, stop, apr_pool_cleanup_null);
    BT_TRY(wait_until_warm(process, pool));
    *result = process;
    return NULL;
}

static int send_once(const btw_extract_process_t *process, const btx_request_t *request,
                     const int fds[BTX_FD_COUNT])
{
    union {
        char bytes[CMSG_SPACE(BTX_FD_COUNT * sizeof(int))];
        struct cmsghdr align;
    } room = {.bytes = {0}};
    struct iovec part = {(void *)request, sizeof(*request)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = room.bytes,
                             .msg_controllen = sizeof(room.bytes)};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(BTX_FD_COUNT * sizeof(int));
    memcpy(CMSG_DATA(head), fds, BTX_FD_COUNT * sizeof(int));
    ssize_t sent = sendmsg(process->control, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent == (ssize_t)sizeof(*request) ? 0 : errno;
}

/* With the mutex held. */
static bt_err_t *send_or_restart(int *is_full, btw_extract_process_t *process,
                                 const btx_request_t *request, const int fds[BTX_FD_COUNT],
                                 apr_pool_t *pool)
{
    int code = 0;
    for (int i = 0; i < 2; i++) {
        if (process->control < 0)
            BT_TRY(start(process, pool));
        code = send_once(process, request, fds);
        *is_full = code == EAGAIN || code == EINTR || code == ETOOMANYREFS;
        if (code == 0 || *is_full)
            return NULL;
        if (code != EPIPE && code != ECONNRESET && code != ENOTCONN)
            break; /* the request is at fault, not the program that others are using */
        drop(process);
    }
    return bt_error_apr(pool, BT_E_INTERNAL, code, "bloodtest-extract takes no request");
}

bt_err_t *btw_extract_process_send(unsigned *generation, int *is_full,
                                   btw_extract_process_t *process, const btx_request_t *request,
                                   const int fds[BTX_FD_COUNT], apr_pool_t *pool)
{
    apr_thread_mutex_lock(process->mutex);
    bt_err_t *err = send_or_restart(is_full, process, request, fds, pool);
    *generation = process->generation;
    apr_thread_mutex_unlock(process->mutex);
    return err;
}

void btw_extract_process_drop(btw_extract_process_t *process, unsigned generation)
{
    apr_thread_mutex_lock(process->mutex);
    if (process->generation == generation)
        drop(process);
    apr_thread_mutex_unlock(process->mutex);
}

pid_t btw_extract_process_pid(btw_extract_process_t *process)
{
    apr_thread_mutex_lock(process->mutex);
    pid_t pid = process->pid;
    apr_thread_mutex_unlock(process->mutex);
    return pid;
}
