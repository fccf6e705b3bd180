/* SPDX-License-Identifier: Apache-2.0
 * Between libFuzzer and a target: the pools, a copy of each input that ends where it ends, and the
 * time that each one took.  An input over a second of the processor is a find like a crash.
 */
#include "fuzz.h"

#include <string.h>
#include <time.h>
#include <apr_general.h>

static apr_pool_t *fuzz_whole, *fuzz_pool;

#ifdef BT_FUZZING
#include <sanitizer/lsan_interface.h>
enum { LONGEST_MS = 1000 };
static double slowest_ms;

static void tell_slowest(void)
{
    fprintf(stderr, "stat::slowest_input_ms: %.1f\n", slowest_ms);
}

static double used_ms(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (double)used.tv_sec * 1e3 + (double)used.tv_nsec / 1e6;
}

/* Keep the slowest input, where the environment says. */
static void note_time(double ms, const char *text, size_t length)
{
    const char *path = getenv("BT_FUZZ_SLOWEST");
    if (ms <= slowest_ms)
        return;
    slowest_ms = ms;
    FILE *file = path ? fopen(path, "wb") : NULL;
    if (file) {
        (void)fwrite(text, 1, length, file);
        (void)fclose(file);
    }
    need(ms < LONGEST_MS);
}
#endif

static void start_all(void)
{
    apr_initialize();
    apr_pool_create(&fuzz_whole, NULL);
#ifdef BT_FUZZING
    __lsan_disable(); /* what libraries make once is theirs */
#endif
    fuzz_start(fuzz_whole);
    apr_pool_create(&fuzz_pool, fuzz_whole);
#ifdef BT_FUZZING
    __lsan_enable();
    (void)atexit(tell_slowest);
#endif
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!fuzz_whole)
        start_all();
    char *text = malloc(size + 1);
    need(text != NULL);
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
#ifdef BT_FUZZING
    const double before = used_ms();
#endif
    fuzz_try(text, size, fuzz_pool);
    apr_pool_clear(fuzz_pool);
#ifdef BT_FUZZING
    note_time(used_ms() - before, text, size);
#endif
    free(text);
    return 0;
}
