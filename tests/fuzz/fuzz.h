/* SPDX-License-Identifier: Apache-2.0
 * What a fuzz target is: the two functions that each file of targets defines, and how it says that
 * a promise does not hold.  driver.c calls them for libFuzzer, replay.h for the unit tests.
 */
#ifndef BT_FUZZ_H
#define BT_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <apr_pools.h>

/** Once: what all inputs share, in a pool that stays. */
void fuzz_start(apr_pool_t *pool);

/** One input, with a NUL behind it; the pool is cleared afterwards. */
void fuzz_try(const char *text, size_t length, apr_pool_t *pool);

/** What libFuzzer calls. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Abort, and say where, unless it holds. */
#define need(holds) ((holds) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #holds))

static inline _Noreturn void fuzz_fail(const char *file, int line, const char *what)
{
    (void)fprintf(stderr, "%s:%d: this does not hold: %s\n", file, line, what);
    abort();
}

#endif
