/* SPDX-License-Identifier: Apache-2.0
 * What a hostile document might make its reader do, done on demand inside the sandbox.  One row of
 * a table each.
 */
#include "config.h"
#include "fault.h"

#ifdef BT_CRASH_POINTS

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "sandbox.h"

#define MARKER "%BTFAULT:"

static void say(const char *text)
{
    ssize_t written = write(BTX_OUTPUT_FD, text, strlen(text));
    _exit(written < 0 ? 1 : 0);
}

static void fault_crash(void)
{
    volatile int *volatile nowhere = NULL;
    *nowhere = 1;
}

static void fault_abort(void)
{
    abort();
}

static void fault_hang(void)
{
    for (volatile unsigned i = 0;; i++)
        ;
}

static void fault_memory(void)
{
    enum { PIECE = 1 << 20 };
    for (;;) {
        char *volatile piece = malloc(PIECE);
        if (piece)
            memset(piece, 1, PIECE);
    }
}

static void fault_fork(void)
{
    for (;;)
        (void)fork();
}

static void fault_flood(void)
{
    static const char piece[4096] = "[[[[";
    while (write(BTX_OUTPUT_FD, piece, sizeof(piece)) > 0)
        ;
}

/* These return: the document is read as it is, later.  The sandbox lets nobody sleep, but wait for
 * a futex. */
static void fault_wait(int seconds)
{
    static int word;
    const struct timespec time = {.tv_sec = seconds};
    syscall(SYS_futex, &word, FUTEX_WAIT, 0, &time, NULL, 0);
}

static void fault_slow(void)
{
    fault_wait(1);
}

static void fault_lame(void)
{
    fault_wait(25);
}

static void fault_garbage(void)
{
    say("{\"report\":{\"observations\":[{\"id\":");
}

static void fault_open(void)
{
    int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == EACCES)
        say("{\"error\":{\"class\":\"not_a_report\",\"detail\":\"open: EACCES\"}}");
    say("{\"error\":{\"class\":\"internal\",\"detail\":\"open was not refused\"}}");
}

static const struct {
    const char *name;
    void (*act)(void);
} faults[] = {
    {"crash", fault_crash},   {"abort", fault_abort}, {"hang", fault_hang},
    {"memory", fault_memory}, {"fork", fault_fork},   {"garbage", fault_garbage},
    {"open", fault_open},     {"flood", fault_flood}, {"slow", fault_slow},
    {"lame", fault_lame},
};

void btx_fault_obey(const void *document, size_t length)
{
    const size_t within = length < BTX_FAULT_WITHIN ? length : BTX_FAULT_WITHIN;
    const char *end = (const char *)document + within;
    const char *marker = memmem(document, within, MARKER, strlen(MARKER));
    if (!marker)
        return;
    const char *name = marker + strlen(MARKER);
    for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++) {
        size_t n = strlen(faults[i].name);
        if ((size_t)(end - name) >= n && memcmp(name, faults[i].name, n) == 0)
            faults[i].act();
    }
}

#else

void btx_fault_obey(const void *document, size_t length)
{
    (void)document;
    (void)length;
}

#endif
