/* SPDX-License-Identifier: Apache-2.0
 * A database for tests of the stores, and submissions to it: SQLite in a private folder, and
 * PostgreSQL too where BT_TEST_PGSQL holds its parameters (tests/run starts one).
 */
#ifndef BT_TEST_STORE_FIXTURE_H
#define BT_TEST_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <apr_general.h>
#include <apr_strings.h>

#include "libbloodtest/ids.h"
#include "libbloodtest/store.h"

typedef struct fixture_t {
    apr_pool_t *pool;
    bt_db_t *db;
    const char *driver, *params;
    const char *keys; /* text of a key file, or NULL */
} fixture_t;

static fixture_t fixture;

static void succeed(bt_err_t *err)
{
    if (err)
        fail_msg("%s", bt_error_text(err, fixture.pool));
}

static void expect(bt_err_t *err, bt_code_t code)
{
    assert_non_null(err);
    assert_string_equal(bt_code_slug(err->code), bt_code_slug(code));
}

static int document(size_t bytes)
{
    char path[] = "/tmp/bt-test-XXXXXX";
    int fd = mkstemp(path);
    unlink(path);
    for (size_t i = 0; i < bytes; i++) {
        unsigned char byte = (unsigned char)(i * 131 + i / 256);
        assert_int_equal(write(fd, &byte, 1), 1);
    }
    return fd;
}

static bt_submission_t submission(const char *login, const char *hash, size_t bytes)
{
    return (bt_submission_t){
        .analysis_id = bt_uuid_create(fixture.pool),
        .task_id = bt_uuid_create(fixture.pool),
        .login = login,
        .original_filename = "r\xc3\xa9port.pdf",
        .query = "all",
        .options_json = "{}",
        .priority = 1,
        .document_fd = document(bytes),
        .file_size = (long long)bytes,
        .file_hash = hash,
    };
}

static bt_submitted_t *submit(bt_submission_t *in)
{
    bt_submitted_t *out;
    succeed(bt_store_submit(&out, fixture.db, in, fixture.pool));
    close(in->document_fd);
    return out;
}

/* A login and a hash of its own for each test, so that tests and runs do not meet. */
static const char *fresh(void)
{
    return bt_uuid_create(fixture.pool);
}

static bt_job_t *claim(const char *task_id, const char *worker)
{
    bt_job_t *job;
    bt_job_wish_t wish = {.task_id = task_id, .worker = worker};
    succeed(bt_job_claim(&job, fixture.db, &wish, fixture.pool));
    return job;
}

static int open_database(void **state)
{
    (void)state;
    apr_pool_create(&fixture.pool, NULL);
    succeed(bt_db_open(&fixture.db, fixture.driver, fixture.params, fixture.pool));
    int n;
    succeed(bt_schema_migrate(&n, fixture.db, fixture.pool));
    if (fixture.keys) {
        bt_keys_t *keys = NULL;
        succeed(bt_keys_parse(&keys, fixture.keys, "keys", fixture.pool));
        bt_db_use_keys(fixture.db, keys);
        succeed(bt_keys_check(fixture.db, fixture.pool));
    }
    return 0;
}

static int close_database(void **state)
{
    (void)state;
    apr_pool_destroy(fixture.pool);
    return 0;
}

static int on_each_database(int (*run_on)(const char *driver, const char *params))
{
    apr_initialize();
    apr_pool_t *pool;
    apr_pool_create(&pool, NULL);
    if (bt_db_init(pool))
        return 1;
    char folder[] = "/tmp/bt-store-XXXXXX";
    if (!mkdtemp(folder))
        return 1;
    const char *path = apr_pstrcat(pool, folder, "/test.db", NULL);
    int failed = run_on("sqlite3", path);
    for (const char **suffix = (const char *[]){"", "-wal", "-shm", NULL}; *suffix; suffix++)
        unlink(apr_pstrcat(pool, path, *suffix, NULL));
    rmdir(folder);
    if (getenv("BT_TEST_PGSQL"))
        failed += run_on("pgsql", getenv("BT_TEST_PGSQL"));
    apr_terminate();
    return failed;
}

#endif
