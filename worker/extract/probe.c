/* SPDX-License-Identifier: Apache-2.0
 * Runs the forbidden acts of probe_acts.c, each in a child of its own below the doors that a
 * document's process has, and says what each of them got.
 */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "probe.h"
#include "sandbox.h"

enum { PROBE_SECONDS = 5, PROBE_MEMORY_MB = 1024, LONGEST_ANSWER = 40 };

static void act_and_exit(size_t index, int output, int is_open) __attribute__((noreturn));

static void act_and_exit(size_t index, int output, int is_open)
{
    const btx_limits_t limits = {PROBE_SECONDS, PROBE_MEMORY_MB};
    if (is_open ? dup2(output, BTX_OUTPUT_FD) < 0 : btx_sandbox_enter(&limits, output) != NULL)
        _exit(BTX_EXIT_SANDBOX);
    int code = btx_act(index) < 0 ? errno : 0;
    ssize_t written = write(BTX_OUTPUT_FD, &code, sizeof(code));
    _exit(written == sizeof(code) ? 0 : 1);
}

/* The filter answers with these two or kills.  Any other error is the kernel's, which was asked. */
static int is_refusal(int code)
{
    return code == EPERM || code == EACCES;
}

/* What the act got, in words; whether it was let through, or -1 where the probe failed. */
static int try_act(char answer[LONGEST_ANSWER], size_t index, int is_open)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -1;
    pid_t child = fork();
    if (child == 0)
        act_and_exit(index, ends[1], is_open);
    close(ends[1]);
    int code = 0, status = 0;
    ssize_t got = read(ends[0], &code, sizeof(code));
    close(ends[0]);
    if (child < 0 || waitpid(child, &status, 0) != child)
        return -1;
    if (!WIFSIGNALED(status) && got != sizeof(code))
        return -1;
    const char *name = code ? strerrorname_np(code) : "";
    if (WIFSIGNALED(status))
        snprintf(answer, LONGEST_ANSWER, "killed");
    else if (is_refusal(code))
        snprintf(answer, LONGEST_ANSWER, "%s", name);
    else
        snprintf(answer, LONGEST_ANSWER, "allowed%s%s", code ? ", " : "", name ? name : "?");
    return !WIFSIGNALED(status) && !is_refusal(code);
}

int btx_probe(int is_open)
{
    int n_allowed = 0;
    btx_acts_prepare();
    if (btx_sandbox_prepare() != 0)
        return -1;
    printf("{\"sandbox\":%s,\"acts\":{", is_open ? "false" : "true");
    size_t n = 0;
    for (const char *name; (name = btx_act_name(n)) != NULL; n++) {
        char answer[LONGEST_ANSWER];
        fflush(stdout);
        int is_allowed = try_act(answer, n, is_open);
        if (is_allowed < 0)
            return -1;
        n_allowed += is_allowed;
        printf("%s\"%s\":\"%s\"", n ? "," : "", name, answer);
    }
    printf("},\"checked\":%zu,\"allowed\":%d}\n", n, n_allowed);
    return n_allowed;
}
