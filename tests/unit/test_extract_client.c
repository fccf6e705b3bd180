/* SPDX-License-Identifier: Apache-2.0
 * The reader's sandbox from its client's side: whatever a document does ends in a class of its own,
 * and the next document is read as if nothing had been.  Faults need a build with
 * --enable-crash-points.
 */
#include <config.h>
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <cmocka.h>
#include <apr_general.h>
#include <apr_thread_proc.h>
#include "worker/extract_client.c"
#include "worker/extract_process.c"
#include "worker/paths.c"

#define PROGRAM BT_TOP_BUILDDIR "/worker/bloodtest-extract"

enum { SECONDS = 2, MEMORY_MB = 256, REPEAT = 1000, THREADS = 8, EACH = 25, KILLS = 10 };

typedef struct fixture_t {
    apr_pool_t *pool;
    bt_catalogue_t *catalogue;
    btw_extractor_t *extractor;
} fixture_t;

static fixture_t fixture;

static int set_up(void **state)
{
    static const btw_extract_limits_t limits = {.seconds = SECONDS, .memory_mb = MEMORY_MB};
    *state = NULL;
    apr_initialize();
    apr_pool_create(&fixture.pool, NULL);
    assert_null(bt_catalogue_load(&fixture.catalogue, fixture.pool));
    assert_null(btw_extractor_start(&fixture.extractor, PROGRAM, &limits, fixture.pool));
    return 0;
}

static int tear_down(void **state)
{
    *state = NULL;
    const pid_t pid = btw_extractor_pid(fixture.extractor);
    apr_pool_destroy(fixture.pool);
    assert_int_equal(kill(pid, 0), -1); /* it went with its pool */
    apr_terminate();
    return 0;
}

static int make_document(const char *text)
{
    int fd = memfd_create("document", MFD_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    return fd;
}

/* Read a document of this text: the slug of its error, "" where there was none. */
static const char *read_text(const char *text, btw_extract_outcome_t *outcome)
{
    apr_pool_t *pool;
    apr_pool_create(&pool, NULL);
    btw_document_t document = {.fd = make_document(text)};
    bt_report_t *report = NULL;
    bt_err_t *err =
        btw_extract(&report, outcome, fixture.extractor, &document, fixture.catalogue, pool);
    const char *slug = err ? bt_code_slug(err->code) : "";
    assert_true((err == NULL) == (report != NULL));
    close(document.fd);
    apr_pool_destroy(pool);
    return slug;
}

static void assert_reads_on(void)
{
    assert_string_equal(read_text("%PDF-1.4\nnothing else\n", NULL), "damaged");
}

static int count_descriptors(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    int n = 0;
    while (readdir(folder))
        n++;
    closedir(folder);
    return n;
}

/* Children of the last request may be reaped a moment after its answer. */
static int settles_at(pid_t pid, int at_most)
{
    for (int i = 0; i < 100; i++) {
        if (count_descriptors(pid) <= at_most)
            return 1;
        poll(NULL, 0, 10);
    }
    return 0;
}

static void damaged_documents_are_named(void **state)
{
    (void)state;
    btw_extract_outcome_t outcome;
    assert_string_equal(read_text("", &outcome), "damaged");
    assert_string_equal(read_text("just text", &outcome), "damaged");
    assert_string_equal(read_text("%PDF-1.7\n1 0 obj <<", &outcome), "damaged");
    assert_int_equal(outcome.is_crash, 0);
    assert_int_equal(outcome.signal, 0);
}

static void faults_have_classes(void **state)
{
    (void)state;
#ifndef BT_CRASH_POINTS
    skip();
#else
    static const struct {
        const char *fault, *slug;
        int is_crash;
    } rows[] = {
        {"crash", "poison", 1},     {"abort", "poison", 1},      {"fork", "poison", 1},
        {"flood", "poison", 1},     {"garbage", "poison", 1},    {"hang", "timeout", 0},
        {"memory", "too_large", 0}, {"open", "not_a_report", 0},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char text[64];
        btw_extract_outcome_t outcome;
        snprintf(text, sizeof(text), "%%PDF-1.4\n%%BTFAULT:%s\n", rows[i].fault);
        const char *slug = read_text(text, &outcome);
        if (strcmp(slug, rows[i].slug) != 0 || outcome.is_crash != rows[i].is_crash)
            fail_msg("%s: %s, is_crash %d", rows[i].fault, slug, outcome.is_crash);
        assert_reads_on();
    }
#endif
}

#ifdef BT_CRASH_POINTS
static int after_a_moment(void *baton)
{
    return now_ms() > *(long long *)baton;
}
#endif

static void readings_can_be_stopped(void **state)
{
    (void)state;
#ifndef BT_CRASH_POINTS
    skip();
#else
    apr_pool_t *pool;
    apr_pool_create(&pool, NULL);
    bt_report_t *report;
    long long started = now_ms(), until = started + 300;
    btw_document_t document = {.fd = make_document("%PDF-1.4\n%BTFAULT:hang\n"),
                               .should_stop = after_a_moment,
                               .baton = &until};
    bt_err_t *err =
        btw_extract(&report, NULL, fixture.extractor, &document, fixture.catalogue, pool);
    assert_non_null(err);
    assert_int_equal(err->code, BT_E_CANCELLED);
    assert_true(now_ms() - started < 1000);
    close(document.fd);
    apr_pool_destroy(pool);
    assert_reads_on();
#endif
}

static void a_killed_reader_is_started_again(void **state)
{
    (void)state;
    pid_t before = btw_extractor_pid(fixture.extractor);
    kill(before, SIGKILL);
    assert_reads_on();
    assert_int_not_equal(btw_extractor_pid(fixture.extractor), before);
}

static void a_bad_descriptor_harms_nobody(void **state)
{
    (void)state;
    const btw_document_t document = {.fd = -1};
    const pid_t before = btw_extractor_pid(fixture.extractor);
    bt_report_t *report;
    bt_err_t *err = btw_extract(&report, NULL, fixture.extractor, &document, fixture.catalogue,
                                fixture.pool);
    assert_non_null(err);
    assert_int_equal(err->code, BT_E_INTERNAL);
    assert_int_equal(btw_extractor_pid(fixture.extractor), before);
}

static void no_descriptor_is_left_behind(void **state)
{
    (void)state;
    assert_reads_on();
    const pid_t reader = btw_extractor_pid(fixture.extractor);
    assert_true(settles_at(reader, 7)); /* 0 to 3, the signals, "." and ".." */
    const int ours = count_descriptors(getpid());
    for (int i = 0; i < REPEAT; i++)
        assert_reads_on();
    assert_int_equal(btw_extractor_pid(fixture.extractor), reader);
    assert_int_equal(count_descriptors(getpid()), ours);
    assert_true(settles_at(reader, 7));
}

static void *APR_THREAD_FUNC read_many(apr_thread_t *thread, void *baton)
{
    (void)thread;
    int *n_right = baton;
    for (int i = 0; i < EACH; i++) {
        const char *slug = read_text("%PDF-1.4\nnothing\n", NULL);
        /* Two kills during one reading are an honest failure; a wrong class would not be. */
        *n_right += strcmp(slug, "damaged") == 0 || strcmp(slug, "internal") == 0;
    }
    return NULL;
}

static void threads_share_it_while_it_is_killed(void **state)
{
    (void)state;
    apr_thread_t *threads[THREADS];
    int n_right[THREADS] = {0};
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(apr_thread_create(&threads[i], NULL, read_many, &n_right[i], fixture.pool),
                         APR_SUCCESS);
    for (int i = 0; i < KILLS; i++) {
        poll(NULL, 0, 30);
        pid_t pid = btw_extractor_pid(fixture.extractor);
        if (pid > 0)
            kill(pid, SIGKILL);
    }
    for (int i = 0; i < THREADS; i++) {
        apr_status_t result;
        apr_thread_join(&result, threads[i]);
        assert_int_equal(n_right[i], EACH);
    }
    assert_reads_on();
}

static void a_missing_program_is_told(void **state)
{
    (void)state;
    btw_extractor_t *extractor = NULL;
    bt_err_t *err =
        btw_extractor_start(&extractor, "/nonexistent/bloodtest-extract", NULL, fixture.pool);
    assert_non_null(err);
    assert_int_equal(err->code, BT_E_CONFIG);
    err = btw_extractor_start(&extractor, "/bin/false", NULL, fixture.pool);
    assert_non_null(err);
    assert_int_equal(err->code, BT_E_CONFIG);
}

/* The exit status of the program with this option; what it prints is not of interest. */
static int run_program(const char *option)
{
    char *const argv[] = {(char *)PROGRAM, (char *)option, NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    assert_int_equal(posix_spawn(&pid, PROGRAM, &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void the_probe_finds_all_refused(void **state)
{
    (void)state;
#ifdef BT_SANITIZED
    assert_int_equal(run_program("--probe"), 1); /* it makes itself readable */
#else
    assert_int_equal(run_program("--probe"), 0);
#endif
#ifdef BT_CRASH_POINTS
    assert_int_equal(run_program("--probe-open"), 1); /* the probe can fail */
#endif
    assert_int_equal(run_program("--help"), 0);
    assert_int_equal(run_program("--nothing"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_documents_are_named),
        cmocka_unit_test(faults_have_classes),
        cmocka_unit_test(readings_can_be_stopped),
        cmocka_unit_test(a_killed_reader_is_started_again),
        cmocka_unit_test(a_bad_descriptor_harms_nobody),
        cmocka_unit_test(no_descriptor_is_left_behind),
        cmocka_unit_test(threads_share_it_while_it_is_killed),
        cmocka_unit_test(a_missing_program_is_told),
        cmocka_unit_test(the_probe_finds_all_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
