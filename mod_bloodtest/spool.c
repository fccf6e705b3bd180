/* SPDX-License-Identifier: Apache-2.0
 * Bytes kept in a file without a name: in memory of the kernel while they are few, because making a
 * file waits for the journal of the disk that PostgreSQL's commits keep busy; on disk beyond that.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include <apr_file_io.h>

#include "libbloodtest/ids.h"
#include "spool.h"

enum { READ_BYTES = 64 * 1024, MEMORY_BYTES = 256 * 1024 };

struct btm_spool_t {
    apr_pool_t *pool;
    const char *folder; /* NULL: the system's */
    int fd, is_hashed, is_on_disk;
    apr_off_t size;
    bt_sha256_t sha;
};

static apr_status_t close_spool(void *baton)
{
    btm_spool_t *spool = baton;
    return close(spool->fd) ? errno : APR_SUCCESS;
}

bt_err_t *btm_spool_create(btm_spool_t **spool, const btm_call_t *call, int is_hashed)
{
    apr_pool_t *pool = call->r->pool;
    int fd = memfd_create("bloodtest", MFD_CLOEXEC);
    if (fd < 0)
        return bt_error_apr(pool, BT_E_INTERNAL, errno, "cannot make a file in memory");
    btm_spool_t *made = apr_pcalloc(pool, sizeof(*made));
    made->pool = pool;
    made->folder = call->dir->spool_folder;
    made->fd = fd;
    made->is_hashed = is_hashed;
    apr_pool_cleanup_register(pool, made, close_spool, apr_pool_cleanup_null);
    bt_sha256_start(&made->sha);
    *spool = made;
    return NULL;
}

/* A file of the folder that never had a name; where the file system has no such files, one whose
 * name is removed at once. */
static int open_nameless(const char *folder, apr_pool_t *pool)
{
    int fd = open(folder, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return fd;
    char *name = apr_pstrcat(pool, folder, "/bloodtest.XXXXXX", NULL);
    fd = mkostemp(name, O_CLOEXEC);
    if (fd >= 0 && unlink(name)) {
        close(fd);
        return -1;
    }
    return fd;
}

static bt_err_t *write_all(const btm_spool_t *spool, int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return bt_error_apr(spool->pool, BT_E_INTERNAL, errno, "cannot write the spool file");
        bytes += n;
        length -= (size_t)n;
    }
    return NULL;
}

static bt_err_t *copy_to(int fd, const btm_spool_t *spool)
{
    char bytes[8192];
    size_t length = 0;
    for (apr_off_t at = 0; at < spool->size; at += (apr_off_t)length) {
        BT_TRY(btm_spool_read(&length, spool, bytes, sizeof(bytes), at));
        if (length == 0)
            return bt_error(spool->pool, BT_E_INTERNAL, "the spool file is shorter than written");
        BT_TRY(write_all(spool, fd, bytes, length));
    }
    return NULL;
}

static bt_err_t *move_to_disk(btm_spool_t *spool)
{
    const char *folder = spool->folder;
    apr_status_t status = folder ? APR_SUCCESS : apr_temp_dir_get(&folder, spool->pool);
    if (status != APR_SUCCESS)
        return bt_error_apr(spool->pool, BT_E_INTERNAL, status, "no temporary folder");
    int fd = open_nameless(folder, spool->pool);
    if (fd < 0)
        return bt_error_apr(spool->pool, BT_E_INTERNAL, errno, "cannot make a file in %s", folder);
    bt_err_t *err = copy_to(fd, spool);
    if (err) {
        close(fd);
        return err;
    }
    close(spool->fd);
    spool->fd = fd;
    spool->is_on_disk = 1;
    return NULL;
}

bt_err_t *btm_spool_write(btm_spool_t *spool, const void *bytes, size_t length, apr_off_t limit)
{
    if (length > (apr_uint64_t)limit || spool->size > limit - (apr_off_t)length)
        return bt_error(spool->pool, BT_E_UPLOAD_TOO_LARGE, "more than BloodtestMaxUpload");
    if (!spool->is_on_disk && spool->size + (apr_off_t)length > MEMORY_BYTES)
        BT_TRY(move_to_disk(spool));
    BT_TRY(write_all(spool, spool->fd, bytes, length));
    if (spool->is_hashed)
        bt_sha256_add(&spool->sha, bytes, length);
    spool->size += (apr_off_t)length;
    return NULL;
}

/* Write what a brigade holds; *is_end is set behind the last of it. */
static bt_err_t *write_brigade(int *is_end, btm_spool_t *spool, apr_bucket_brigade *brigade,
                               apr_off_t limit)
{
    while (!APR_BRIGADE_EMPTY(brigade)) {
        apr_bucket *bucket = APR_BRIGADE_FIRST(brigade);
        const char *bytes;
        apr_size_t length;
        if (APR_BUCKET_IS_EOS(bucket)) {
            *is_end = 1;
            return NULL;
        }
        if (!APR_BUCKET_IS_METADATA(bucket)) {
            apr_status_t status = apr_bucket_read(bucket, &bytes, &length, APR_BLOCK_READ);
            if (status != APR_SUCCESS)
                return bt_error_apr(spool->pool, BT_E_MALFORMED_BODY, status, "body not readable");
            BT_TRY(btm_spool_write(spool, bytes, length, limit));
        }
        apr_bucket_delete(bucket);
    }
    return NULL;
}

static bt_err_t *body_error(btm_call_t *call, apr_status_t status)
{
    apr_pool_t *pool = call->r->pool;
    int http = ap_map_http_request_error(status, HTTP_BAD_REQUEST);
    if (http == AP_FILTER_ERROR) /* the filter has sent an answer of its own */
        call->http_result = AP_FILTER_ERROR;
    if (http == HTTP_REQUEST_ENTITY_TOO_LARGE)
        return bt_error(pool, BT_E_UPLOAD_TOO_LARGE, "more than LimitRequestBody");
    if (http == HTTP_REQUEST_TIME_OUT)
        return bt_error_apr(pool, BT_E_BODY_TIMEOUT, status, "the body came too slowly");
    return bt_error_apr(pool, BT_E_MALFORMED_BODY, status, "the body could not be received");
}

bt_err_t *btm_spool_body(btm_spool_t *spool, btm_call_t *call, apr_off_t limit)
{
    request_rec *r = call->r;
    apr_bucket_brigade *brigade = apr_brigade_create(r->pool, r->connection->bucket_alloc);
    bt_err_t *err = NULL;
    int is_end = 0;
    while (!err && !is_end) {
        apr_status_t status = ap_get_brigade(r->input_filters, brigade, AP_MODE_READBYTES,
                                             APR_BLOCK_READ, READ_BYTES);
        if (status != APR_SUCCESS)
            err = body_error(call, status);
        else
            err = write_brigade(&is_end, spool, brigade, limit);
        apr_brigade_cleanup(brigade);
    }
    apr_brigade_destroy(brigade);
    return err;
}

bt_err_t *btm_spool_read(size_t *length, const btm_spool_t *spool, char *bytes, size_t room,
                         apr_off_t offset)
{
    *length = 0;
    while (*length < room) {
        ssize_t n = pread(spool->fd, bytes + *length, room - *length, offset + (off_t)*length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return bt_error_apr(spool->pool, BT_E_INTERNAL, errno, "cannot read the spool file");
        if (n == 0)
            break;
        *length += (size_t)n;
    }
    return NULL;
}

int btm_spool_fd(const btm_spool_t *spool)
{
    return spool->fd;
}

apr_off_t btm_spool_size(const btm_spool_t *spool)
{
    return spool->size;
}

const char *btm_spool_hash(btm_spool_t *spool)
{
    return bt_sha256_end(&spool->sha, spool->pool);
}
