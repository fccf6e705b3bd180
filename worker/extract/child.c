/* SPDX-License-Identifier: Apache-2.0
 * One document, one process.  The document is copied into memory before the doors close, so that
 * nobody can change or cut it under the reader.
 */
#include "config.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "child.h"
#include "extract.h"
#include "fault.h"
#include "../../libbloodtest/report.h"
#include "../../libbloodtest/text.h"

/* All of it, or as much as somebody wants to read. */
static void write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, text, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            _exit(1);
        text += n;
        length -= (size_t)n;
    }
}

/* The classes of a document come last in the table of errors; anything before them is our own
 * fault. */
static const char *class_of(const bt_err_t *err)
{
    return bt_code_slug(err->code >= BT_E_DAMAGED ? err->code : BT_E_INTERNAL);
}

static void write_error(int fd, const bt_err_t *err, apr_pool_t *pool)
{
    bt_json_t *json = bt_json_object(pool);
    bt_json_t *error = bt_json_set_object(json, "error");
    const char *detail = bt_error_text(err, pool);
    bt_json_set_string(error, "class", class_of(err));
    bt_json_set_string(error, "detail",
                       bt_text_clean(detail, strnlen(detail, BTX_MAX_DETAIL), pool));
    bt_json_set_bool(error, "is_public", err->hint != NULL);
    const char *text = bt_json_dump(json, 0, pool);
    write_all(fd, text, strlen(text));
}

static void write_report(int fd, const bt_report_t *report, apr_pool_t *pool)
{
    const char *text = bt_report_print(report, pool);
    write_all(fd, "{\"report\":", strlen("{\"report\":"));
    write_all(fd, text, strlen(text));
    write_all(fd, "}", 1);
}

/* The document in memory of our own; the limit on memory is not yet set, so the size is checked
 * here. */
static bt_err_t *take_document(char **bytes, size_t *length, const btx_task_t *task,
                               apr_pool_t *pool)
{
    struct stat about;
    if (fstat(task->document, &about) != 0 || !S_ISREG(about.st_mode))
        return bt_error(pool, BT_E_INTERNAL, "document: not a file or memfd");
    if (about.st_size > BTX_MAX_DOCUMENT || about.st_size / 2 > (off_t)task->limits.memory_mb << 20)
        return bt_error(pool, BT_E_TOO_LARGE, "document: %" APR_INT64_T_FMT " bytes",
                        (apr_int64_t)about.st_size);
    *bytes = malloc((size_t)about.st_size + 1);
    if (!*bytes)
        return bt_error(pool, BT_E_TOO_LARGE, "document: no memory for %" APR_INT64_T_FMT " bytes",
                        (apr_int64_t)about.st_size);
    *length = 0;
    while (*length < (size_t)about.st_size) {
        ssize_t n = pread(task->document, *bytes + *length, (size_t)about.st_size - *length,
                          (off_t)*length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return bt_error_apr(pool, BT_E_INTERNAL, errno, "document: read");
        if (n == 0)
            break; /* it was cut meanwhile: what is there is read */
        *length += (size_t)n;
    }
    return NULL;
}

/* Where memory runs short on the whole machine, this process is the one to go. */
static void be_first_to_go(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    ssize_t written = write(fd, "1000", 4);
    (void)written; /* without it the machine chooses as it always does */
    close(fd);
}

static void be_a_plain_child(const btx_task_t *task)
{
    signal(SIGPIPE, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != task->parent)
        _exit(0);
    be_first_to_go();
}

void btx_child_run(const btx_task_t *task, apr_pool_t *pool)
{
    be_a_plain_child(task);
    char *bytes = NULL;
    size_t length = 0;
    bt_err_t *err = take_document(&bytes, &length, task, pool);
    if (err) {
        write_error(task->output, err, pool);
        _exit(0);
    }
    if (btx_sandbox_enter(&task->limits, task->output) != NULL)
        _exit(BTX_EXIT_SANDBOX);
    btx_fault_obey(bytes, length);
    bt_report_t *report = NULL;
    err = btx_read(&report, bytes, length, task->reader, pool);
    if (err)
        write_error(BTX_OUTPUT_FD, err, pool);
    else
        write_report(BTX_OUTPUT_FD, report, pool);
    _exit(0);
}
