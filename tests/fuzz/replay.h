/* SPDX-License-Identifier: Apache-2.0
 * The corpus of a fuzz target, replayed by a unit test: what once was found stays found.  The
 * target itself is made by `make fuzz` with clang.
 */
#ifndef BT_FUZZ_REPLAY_H
#define BT_FUZZ_REPLAY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>

#include "driver.c"

enum { REPLAY_MAX_BYTES = 65536 };

/* What a unit test replays, and how many inputs it must at least hold. */
typedef struct replay_t {
    const char *corpus;
    int fewest;
} replay_t;

static void replay_file(const char *path)
{
    static uint8_t data[REPLAY_MAX_BYTES];
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    (void)LLVMFuzzerTestOneInput(data, fread(data, 1, sizeof data, file));
    (void)fclose(file);
}

static void the_corpus_breaks_no_promise(void **state)
{
    const replay_t *replay = *state;
    char folder[512], path[1024];
    int seen = 0;
    snprintf(folder, sizeof folder, "%s/tests/fuzz/corpus-%s", BT_TOP_SRCDIR, replay->corpus);
    DIR *names = opendir(folder);
    assert_non_null(names);
    for (struct dirent *name = readdir(names); name; name = readdir(names)) {
        if (*name->d_name == '.')
            continue;
        assert_true(snprintf(path, sizeof path, "%s/%s", folder, name->d_name) < (int)sizeof path);
        replay_file(path);
        seen++;
    }
    (void)closedir(names);
    assert_true(seen >= replay->fewest);
    apr_pool_destroy(fuzz_whole);
    apr_terminate();
}

static int replay_corpus(const char *corpus, int fewest)
{
    replay_t replay = {corpus, fewest};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(the_corpus_breaks_no_promise, &replay),
    };
    return cmocka_run_group_tests_name(corpus, tests, NULL, NULL);
}

#endif
