/* SPDX-License-Identifier: Apache-2.0
 * Opens a thread's database connection and rests, with jitter, while there is none to be had.
 */
#include "link.h"

#include <stdlib.h>
#include <apr_allocator.h>
#include <apr_general.h>

enum { POOL_KEEPS_BYTES = 8 * 1024 * 1024 };
static const apr_interval_time_t REST_FIRST = APR_USEC_PER_SEC / 4;
static const apr_interval_time_t REST_LONGEST = 5 * APR_USEC_PER_SEC;

apr_pool_t *btw_thread_pool(void)
{
    apr_allocator_t *allocator = NULL;
    apr_pool_t *pool = NULL;
    if (apr_allocator_create(&allocator) || apr_pool_create_ex(&pool, NULL, NULL, allocator))
        abort(); /* no memory for a first page */
    apr_allocator_max_free_set(allocator, POOL_KEEPS_BYTES);
    apr_allocator_owner_set(allocator, pool);
    return pool;
}

static void link_close(btw_link_t *link)
{
    if (link->opened)
        apr_pool_destroy(link->opened);
    link->opened = NULL;
    link->db = NULL;
}

bt_err_t *btw_link_get(bt_db_t **db, btw_link_t *link, apr_pool_t *pool)
{
    if (!link->db) {
        apr_pool_create(&link->opened, link->pool);
        bt_err_t *err = bt_db_open(&link->db, link->config->database_driver,
                                   link->config->database_params, link->opened);
        if (err) {
            /* The error lives in the pool that goes. */
            bt_err_t *kept = bt_error(pool, err->code, "%s", bt_error_text(err, pool));
            link_close(link);
            return kept;
        }
        bt_db_use_keys(link->db, link->keys);
    }
    *db = link->db;
    return NULL;
}

int btw_link_is_away(btw_link_t *link, const bt_err_t *err)
{
    if (!err || err->code != BT_E_DB_AWAY) {
        link->failures = 0;
        return 0;
    }
    link->failures++;
    link_close(link);
    return 1;
}

apr_interval_time_t btw_random_time(apr_interval_time_t limit)
{
    apr_uint32_t drawn = 0;
    if (limit <= 0 || apr_generate_random_bytes((unsigned char *)&drawn, sizeof drawn))
        return 0;
    return (apr_interval_time_t)((double)limit * drawn / 4294967296.0);
}

int btw_link_rest(btw_link_t *link, btw_stop_t *stop, btw_stop_level_t level)
{
    apr_interval_time_t longest = REST_FIRST;
    for (int i = 1; i < link->failures && longest < REST_LONGEST; i++)
        longest *= 2;
    if (longest > REST_LONGEST)
        longest = REST_LONGEST;
    return btw_stop_sleep(stop, longest / 2 + btw_random_time(longest / 2), level);
}
