/* SPDX-License-Identifier: Apache-2.0
 * Files and standard input, with limits: what is refused here is what the server refuses of an
 * upload.
 */
#include <config.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <apr_strings.h>
#include "ctl.h"

static const char pdf_start[] = "%PDF-";

static bt_err_t *fail(apr_pool_t *pool, const char *path, const char *why)
{
    return bt_error_hint(pool, BT_E_NOT_FOUND, "%s: %s", path, why);
}

/* A descriptor that is surely a file: never a FIFO that blocks, never a folder.  "-" is standard
 * input as it is. */
static bt_err_t *open_input(int *fd, const char *path, apr_pool_t *pool)
{
    if (strcmp(path, "-") == 0) {
        *fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
        return *fd < 0 ? fail(pool, "standard input", strerror(errno)) : NULL;
    }
    struct stat about;
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0)
        return fail(pool, path, strerror(errno));
    if (fstat(*fd, &about) == 0 && S_ISREG(about.st_mode))
        return NULL;
    close(*fd);
    return fail(pool, path, "not a file");
}

/* Read up to `room` bytes; *length < room means that this was all. */
static bt_err_t *read_all(size_t *length, int fd, char *bytes, size_t room, apr_pool_t *pool)
{
    *length = 0;
    while (*length < room) {
        ssize_t n = read(fd, bytes + *length, room - *length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return bt_error_apr(pool, BT_E_INTERNAL, errno, "reading the input");
        if (n == 0)
            break;
        *length += (size_t)n;
    }
    return NULL;
}

static bt_err_t *too_large(apr_pool_t *pool, const char *path, size_t limit)
{
    return bt_error_hint(pool, BT_E_UPLOAD_TOO_LARGE, "%s: larger than %d MB, the limit", path,
                         (int)(limit / (1024 * 1024)));
}

/* Standard input as a file in memory. */
static bt_err_t *spool(int *fd, apr_pool_t *pool)
{
    enum { PIECE = 65536 };
    char *piece = apr_palloc(pool, PIECE);
    int memory = memfd_create("document", MFD_CLOEXEC);
    if (memory < 0)
        return bt_error_apr(pool, BT_E_INTERNAL, errno, "memfd_create");
    size_t total = 0, n = 0;
    bt_err_t *err;
    while (!(err = read_all(&n, *fd, piece, PIECE, pool)) && n > 0) {
        total += n;
        if (total > CTL_MAX_PDF)
            err = too_large(pool, "standard input", CTL_MAX_PDF);
        else if (write(memory, piece, n) != (ssize_t)n)
            err = bt_error_apr(pool, BT_E_INTERNAL, errno, "memfd");
        if (err)
            break;
    }
    close(*fd);
    *fd = memory;
    return err;
}

static bt_err_t *check_pdf(int fd, const char *path, apr_pool_t *pool)
{
    struct stat about;
    char start[sizeof(pdf_start) - 1];
    if (fstat(fd, &about) != 0)
        return bt_error_apr(pool, BT_E_INTERNAL, errno, "fstat");
    if (about.st_size == 0)
        return bt_error_hint(pool, BT_E_FILE_EMPTY, "%s: %s", path,
                             bt_code_public(BT_E_FILE_EMPTY));
    if (about.st_size > CTL_MAX_PDF)
        return too_large(pool, path, CTL_MAX_PDF);
    if (pread(fd, start, sizeof(start), 0) != (ssize_t)sizeof(start) ||
        memcmp(start, pdf_start, sizeof(start)) != 0)
        return bt_error_hint(pool, BT_E_NOT_PDF, "%s: %s", path, bt_code_public(BT_E_NOT_PDF));
    return NULL;
}

bt_err_t *ctl_open_pdf(int *fd, const char *path, apr_pool_t *pool)
{
    const int is_input = strcmp(path, "-") == 0;
    BT_TRY(open_input(fd, path, pool));
    bt_err_t *err = is_input ? spool(fd, pool) : NULL;
    if (!err)
        err = check_pdf(*fd, is_input ? "standard input" : path, pool);
    if (err)
        close(*fd);
    return err;
}

bt_err_t *ctl_read_text(const char **text, size_t *length, const char *path, size_t limit,
                        apr_pool_t *pool)
{
    int fd;
    BT_TRY(open_input(&fd, path, pool));
    char *bytes = apr_palloc(pool, limit + 1);
    bt_err_t *err = read_all(length, fd, bytes, limit + 1, pool);
    close(fd);
    if (err)
        return err;
    if (*length > limit)
        return too_large(pool, path, limit);
    bytes[*length] = '\0';
    *text = bytes;
    return NULL;
}
