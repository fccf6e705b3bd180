/* SPDX-License-Identifier: Apache-2.0
 * Pools whose every allocation is a block of its own, so that AddressSanitizer sees the end of it.
 * Stands before libapr's function in fuzzed programs; what libapr makes within its own pools stays.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <apr_pools.h>

enum { POOLS = 256 };

/* The blocks of one pool. */
typedef struct owned_t {
    struct owned_t *next;
    apr_pool_t *pool;
    void **block;
    size_t n, room;
} owned_t;

static owned_t *all[POOLS];
static int is_inside;

static owned_t **place_of(apr_pool_t *pool)
{
    owned_t **at = &all[((size_t)pool >> 4) % POOLS];
    while (*at && (*at)->pool != pool)
        at = &(*at)->next;
    return at;
}

static apr_status_t free_blocks(void *pool)
{
    owned_t **at = place_of(pool), *owned = *at;
    *at = owned->next;
    for (size_t i = 0; i < owned->n; i++)
        free(owned->block[i]);
    free(owned->block);
    free(owned);
    return APR_SUCCESS;
}

/* The first block of a pool registers the cleanup of all, which therefore runs last. */
static owned_t *owned_of(apr_pool_t *pool)
{
    owned_t **at = place_of(pool);
    if (*at)
        return *at;
    *at = calloc(1, sizeof **at);
    if (!*at)
        abort();
    (*at)->pool = pool;
    apr_pool_cleanup_register(pool, pool, free_blocks, apr_pool_cleanup_null);
    return *at;
}

void *apr_palloc(apr_pool_t *pool, apr_size_t size)
{
    static void *(*real)(apr_pool_t *, apr_size_t);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "apr_palloc");
    if (is_inside)
        return real(pool, size);
    is_inside = 1;
    owned_t *owned = owned_of(pool);
    is_inside = 0;
    if (owned->n == owned->room) {
        owned->room = owned->room ? owned->room * 2 : 16;
        owned->block = realloc(owned->block, owned->room * sizeof *owned->block);
    }
    void *made = owned->block ? malloc(size ? size : 1) : NULL;
    if (!made)
        abort();
    owned->block[owned->n++] = made;
    return made;
}
