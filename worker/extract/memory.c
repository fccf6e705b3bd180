/* SPDX-License-Identifier: Apache-2.0
 * Tells a reader that ran out of memory from one that crashed: libraries answer a failed allocation
 * with abort(), a NULL dereference or an exception, which all look like a bad document.  So a
 * failed one ends the sandboxed child at once.
 */
#include "config.h"
#include <stdlib.h>
#include <unistd.h>
#include "sandbox.h"

#ifdef BT_SANITIZED

/* Of the sanitizers' run-time library; gcc installs no header for them. */
int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void *, size_t),
                                              void (*free_hook)(const volatile void *));
size_t __sanitizer_get_current_allocated_bytes(void);
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);

/* fontconfig keeps what it knows of fonts until the process ends. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig\n";
}

const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}

static size_t limit; /* bytes; 0: none */

static void check_allocation(const volatile void *block, size_t size)
{
    (void)block;
    (void)size;
    if (limit && __sanitizer_get_current_allocated_bytes() > limit)
        _exit(BTX_EXIT_MEMORY);
}

static void ignore_free(const volatile void *block)
{
    (void)block;
}

void btx_memory_limit(unsigned limit_mb)
{
    limit = (size_t)limit_mb << 20;
    __sanitizer_install_malloc_and_free_hooks(check_allocation, ignore_free);
}

#else

/* The allocator of glibc under the names that its own header does not declare. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

static int is_limited;

void btx_memory_limit(unsigned limit_mb)
{
    (void)limit_mb; /* RLIMIT_AS counts */
    is_limited = 1;
}

static void *or_end(void *block)
{
    if (!block && is_limited)
        _exit(BTX_EXIT_MEMORY);
    return block;
}

/* These three replace those of the C library for the whole program, shared libraries included. */
void *malloc(size_t size)
{
    return or_end(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return or_end(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
    void *moved = __libc_realloc(block, size);
    return size ? or_end(moved) : moved;
}

#endif
