/* SPDX-License-Identifier: Apache-2.0
 * worker.conf: defaults, ranges, messages with their line, and that the reference an administrator
 * reads is the one the code prints.  The file under test is included: it belongs to a program, not
 * to a library.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <apr_general.h>

#include "worker/config.c"

#define DATABASE "[database]\ndriver = sqlite3\nparams = /x/y.db\n"

static apr_pool_t *pool;

static btw_config_t *taken(const char *text)
{
    btw_config_t *config = NULL;
    bt_err_t *err = btw_config_parse(&config, text, "worker.conf", pool);
    if (err)
        fail_msg("%s", bt_error_text(err, pool));
    return config;
}

static void refused(const char *text, const char *place, const char *advice)
{
    btw_config_t *config = NULL;
    bt_err_t *err = btw_config_parse(&config, text, "worker.conf", pool);
    if (!err)
        fail_msg("taken: %s", text);
    assert_int_equal(err->code, BT_E_CONFIG);
    if (!strstr(err->hint, place) || !strstr(err->hint, advice))
        fail_msg("%s\ndoes not tell '%s' and '%s'", err->hint, place, advice);
}

static void test_defaults(void **state)
{
    (void)state;
    btw_config_t *config = taken(DATABASE);
    assert_string_equal(config->database_driver, "sqlite3");
    assert_string_equal(config->database_params, "/x/y.db");
    assert_string_equal(config->redis_url, "redis://127.0.0.1:6379");
    assert_int_equal(config->worker_grace_seconds, 2);
    assert_int_equal(config->worker_keep_days, 30);
    assert_int_equal(config->worker_threads, 0);
    assert_string_equal(config->log_level, "notice");
}

static void test_values(void **state)
{
    (void)state;
    btw_config_t *config = taken("# c\n" DATABASE "[worker]\nthreads=7\n  name = ward 3  \n"
                                 "[extract]\nseconds = 600\n[log]\nlevel = debug\n");
    assert_int_equal(config->worker_threads, 7);
    assert_string_equal(config->worker_name, "ward 3");
    assert_int_equal(config->extract_seconds, 600);
    assert_string_equal(config->log_level, "debug");
}

static void test_mistakes_are_told_with_their_line(void **state)
{
    (void)state;
    refused(DATABASE "[worker]\nthread = 2\n", "line 5: [worker] thread", "threads");
    refused(DATABASE "[workers]\nthreads = 2\n", "line 4: [workers]", "worker");
    refused(DATABASE "[worker]\nthreads = 257\n", "line 5: [worker] threads", "0 to 256");
    refused(DATABASE "[worker]\nthreads = two\n", "line 5: [worker] threads", "whole number");
    refused(DATABASE "[worker]\nthreads =\n", "line 5: [worker] threads", "whole number");
    refused(DATABASE "[worker]\nthreads = 99999999999\n", "line 5", "0 to 256");
    refused(DATABASE "[worker]\nthreads = 2\nthreads = 3\n", "[worker] threads", "twice");
    refused(DATABASE "[log]\nlevel = loud\n", "line 5: [log] level", "error warning notice");
    refused(DATABASE "[log]\nlevel = not\n", "line 5: [log] level", "error warning notice");
    refused("[database]\ndriver = mysql\nparams = x\n", "line 2: [database] driver", "pgsql");
    refused("[database]\ndriver = pgsql\n", "[database] params", "missing");
    refused("[database]\ndriver = pgsql\nparams =\n", "line 3: [database] params", "empty");
    refused("threads = 2\n", "worker.conf", "group");
    refused("", "[database] driver", "missing");
}

static void test_files(void **state)
{
    (void)state;
    btw_config_t *config = NULL;
    assert_non_null(btw_config_load(&config, "/nonexistent/worker.conf", pool));
    bt_err_t *err = btw_config_load(&config, BT_TOP_SRCDIR "/conf/worker.conf", pool);
    if (err)
        fail_msg("%s", bt_error_text(err, pool));
    assert_string_equal(config->database_driver, "pgsql");
    assert_int_equal(config->redis_timeout_ms, 500);
}

static void test_reference_is_the_printed_one(void **state)
{
    (void)state;
    int n = 0;
    const char *printed = btw_config_reference(&n, pool);
    assert_true(n >= 12);
    apr_file_t *file = NULL;
    assert_int_equal(
        apr_file_open(&file, BT_TOP_SRCDIR "/conf/WORKER.md", APR_FOPEN_READ, APR_OS_DEFAULT, pool),
        APR_SUCCESS);
    char *text = apr_pcalloc(pool, MAX_FILE_BYTES + 1);
    apr_size_t length = 0;
    apr_file_read_full(file, text, MAX_FILE_BYTES, &length);
    apr_file_close(file);
    /* Where they differ: bloodtest-worker --print-options > conf/WORKER.md */
    assert_string_equal(text, printed);
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_mistakes_are_told_with_their_line),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_reference_is_the_printed_one),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    apr_pool_destroy(pool);
    apr_terminate();
    return failed;
}
