/* SPDX-License-Identifier: Apache-2.0
 * One poll loop over the control socket, SIGCHLD, deadlines and the status pipes (a closed one
 * means that the client gave up).  Single-threaded, so that fork() copies a process whose locks are
 * all free.
 */
#include "config.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <apr_strings.h>
#include "child.h"
#include "protocol.h"
#include "serve.h"

typedef struct child_t {
    pid_t pid;
    int status_fd;
    long long deadline; /* milliseconds of the monotonic clock */
    btx_end_t end;      /* BTX_END_ITSELF until it was killed */
} child_t;

typedef struct server_t {
    int control, signals;
    const btx_reader_t *reader;
    apr_pool_t *pool;
    child_t children[BTX_MAX_CHILDREN];
    int n;
} server_t;

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void send_status(int fd, int wait_status, btx_end_t end, const struct rusage *used)
{
    btx_status_t status = {.magic = BTX_MAGIC, .wait_status = wait_status, .end = end};
    if (used)
        status.cpu_ms = (uint32_t)((used->ru_utime.tv_sec + used->ru_stime.tv_sec) * 1000 +
                                   (used->ru_utime.tv_usec + used->ru_stime.tv_usec) / 1000);
    ssize_t written = write(fd, &status, sizeof(status)); /* an empty pipe takes it whole */
    (void)written;                                        /* nobody there: nobody wants it */
    close(fd);
}

static void kill_child(child_t *child, btx_end_t end)
{
    if (child->end != BTX_END_ITSELF)
        return;
    child->end = end;
    kill(child->pid, SIGKILL);
}

static void reap_children(server_t *server)
{
    struct signalfd_siginfo info;
    while (read(server->signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
        ;
    struct rusage used;
    int status;
    pid_t pid;
    while ((pid = wait4(-1, &status, WNOHANG, &used)) > 0) {
        int i = 0;
        while (i < server->n && server->children[i].pid != pid)
            i++;
        if (i == server->n)
            continue;
        send_status(server->children[i].status_fd, status, server->children[i].end, &used);
        server->children[i] = server->children[--server->n];
    }
}

static int is_sane(const btx_request_t *request)
{
    return request->magic == BTX_MAGIC && request->seconds >= 1 &&
           request->seconds <= BTX_MAX_SECONDS && request->memory_mb >= BTX_MIN_MEMORY_MB &&
           request->memory_mb <= BTX_MAX_MEMORY_MB;
}

static void start_child(server_t *server, const btx_request_t *request, const int *fds)
{
    const btx_task_t task = {.document = fds[BTX_FD_DOCUMENT],
                             .output = fds[BTX_FD_OUTPUT],
                             .parent = getpid(),
                             .limits = {request->seconds, request->memory_mb},
                             .reader = server->reader};
    pid_t pid = fork();
    if (pid == 0)
        btx_child_run(&task, server->pool);
    close(fds[BTX_FD_DOCUMENT]);
    close(fds[BTX_FD_OUTPUT]);
    if (pid < 0) {
        send_status(fds[BTX_FD_STATUS], 0, BTX_END_NO_FORK, NULL);
        return;
    }
    server->children[server->n++] = (child_t){.pid = pid,
                                              .status_fd = fds[BTX_FD_STATUS],
                                              .deadline = now_ms() + 1000LL * request->seconds,
                                              .end = BTX_END_ITSELF};
}

/* One request.  0 where the client is gone for good. */
static int take_request(server_t *server)
{
    btx_request_t request;
    union {
        char bytes[CMSG_SPACE(BTX_FD_COUNT * sizeof(int))];
        struct cmsghdr align;
    } room;
    struct iovec part = {&request, sizeof(request)};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = room.bytes,
                             .msg_controllen = sizeof(room.bytes)};
    ssize_t got = recvmsg(server->control, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR;
    if (got == 0)
        return 0;
    int fds[BTX_FD_COUNT], n = 0;
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS) {
        n = (int)((head->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        memcpy(fds, CMSG_DATA(head), (size_t)n * sizeof(int));
    }
    if (got == (ssize_t)sizeof(request) && n == BTX_FD_COUNT && is_sane(&request)) {
        start_child(server, &request, fds);
        return 1;
    }
    while (n > 0)
        close(fds[--n]); /* the client sees its status pipe end without a status */
    return 1;
}

/* The descriptors to wait for, child i at 2 + i, and how long at most. */
static int list_polls(struct pollfd *polls, const server_t *server)
{
    long long wait = -1, now = now_ms();
    polls[0] = (struct pollfd){.fd = server->n < BTX_MAX_CHILDREN ? server->control : -1,
                               .events = POLLIN};
    polls[1] = (struct pollfd){.fd = server->signals, .events = POLLIN};
    for (int i = 0; i < server->n; i++) {
        const child_t *child = &server->children[i];
        int is_running = child->end == BTX_END_ITSELF;
        polls[2 + i] = (struct pollfd){.fd = is_running ? child->status_fd : -1};
        long long left = child->deadline > now ? child->deadline - now : 0;
        if (is_running && (wait < 0 || left < wait))
            wait = left;
    }
    return (int)wait;
}

static void check_children(server_t *server, const struct pollfd *polls)
{
    const long long now = now_ms();
    for (int i = 0; i < server->n; i++) {
        if (polls[2 + i].revents & (POLLERR | POLLHUP))
            kill_child(&server->children[i], BTX_END_CANCELLED);
        else if (server->children[i].deadline <= now)
            kill_child(&server->children[i], BTX_END_TIME);
    }
}

static void end_all(server_t *server)
{
    for (int i = 0; i < server->n; i++) {
        kill(server->children[i].pid, SIGKILL);
        waitpid(server->children[i].pid, NULL, 0);
    }
}

int btx_serve(int control, const btx_reader_t *reader, apr_pool_t *pool)
{
    static server_t server; /* too large for comfort on the stack */
    static struct pollfd polls[2 + BTX_MAX_CHILDREN];
    sigset_t chld;
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    sigprocmask(SIG_BLOCK, &chld, NULL);
    server = (server_t){.control = control, .reader = reader, .pool = pool};
    server.signals = signalfd(-1, &chld, SFD_NONBLOCK | SFD_CLOEXEC);
    const btx_status_t hello = {.magic = BTX_MAGIC};
    if (server.signals < 0 ||
        send(control, &hello, sizeof(hello), MSG_NOSIGNAL) != (ssize_t)sizeof(hello))
        return -1;
    int is_open = 1;
    while (is_open) {
        int wait = list_polls(polls, &server);
        if (poll(polls, (nfds_t)server.n + 2, wait) < 0 && errno != EINTR)
            break;
        check_children(&server, polls);
        if (polls[1].revents)
            reap_children(&server);
        if (polls[0].revents)
            is_open = take_request(&server);
    }
    end_all(&server);
    return is_open ? -1 : 0;
}

const char *btx_serve_try_sandbox(apr_pool_t *pool)
{
    const btx_limits_t limits = {1, BTX_MIN_MEMORY_MB * 16};
    int ends[2], status = 0;
    if (btx_sandbox_prepare() != 0)
        return "the filter could not be made";
    if (pipe(ends) != 0)
        return "pipe";
    pid_t child = fork();
    if (child == 0) {
        const char *failed = btx_sandbox_enter(&limits, ends[1]);
        if (failed && write(BTX_OUTPUT_FD, failed, strlen(failed)) < 0)
            _exit(1);
        _exit(failed ? BTX_EXIT_SANDBOX : 0);
    }
    close(ends[1]);
    char said[80];
    ssize_t n = read(ends[0], said, sizeof(said) - 1);
    close(ends[0]);
    if (child < 0 || waitpid(child, &status, 0) != child)
        return "fork";
    if (n > 0)
        return apr_pstrmemdup(pool, said, (apr_size_t)n);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? NULL
                                                         : "a child that entered it was killed";
}
