/* SPDX-License-Identifier: Apache-2.0
 * Hints to workers: a small pool of connections for each Redis address.  One connection is used by
 * one thread at a time; a call waits at most a fraction of a second, for a hint is only a courtesy.
 */
#include <ap_mpm.h>
#include <apr_reslist.h>

#include "mod_bloodtest.h"
#include "libbloodtest/queue.h"
#include "redis.h"

#define LIST_KEY "mod_bloodtest redis"
#define TIMEOUT  apr_time_from_msec(250)

struct btm_redis_t {
    const char *url;
    apr_reslist_t *connections; /* NULL until the child is up */
    btm_redis_t *next;
};

typedef struct list_t {
    btm_redis_t *first;
} list_t;

static list_t *list_of(apr_pool_t *pconf)
{
    void *list = NULL;
    apr_pool_userdata_get(&list, LIST_KEY, pconf);
    if (!list) {
        list = apr_pcalloc(pconf, sizeof(list_t));
        apr_pool_userdata_setn(list, LIST_KEY, NULL, pconf);
    }
    return list;
}

bt_err_t *btm_redis_register(btm_redis_t **redis, const char *url, apr_pool_t *pconf)
{
    list_t *list = list_of(pconf);
    for (*redis = list->first; *redis; *redis = (*redis)->next) {
        if (strcmp((*redis)->url, url) == 0)
            return NULL;
    }
    bt_queue_t *checked = NULL;
    BT_TRY(bt_queue_create(&checked, url, TIMEOUT, pconf));
    *redis = apr_pcalloc(pconf, sizeof(**redis));
    (*redis)->url = apr_pstrdup(pconf, url);
    (*redis)->next = list->first;
    list->first = *redis;
    return NULL;
}

static apr_status_t construct(void **resource, void *params, apr_pool_t *pool)
{
    btm_redis_t *redis = params;
    apr_pool_t *own;
    apr_status_t status = apr_pool_create(&own, pool);
    if (status != APR_SUCCESS)
        return status;
    bt_queue_t *queue = NULL;
    if (bt_queue_create(&queue, redis->url, TIMEOUT, own)) {
        apr_pool_destroy(own);
        return APR_EGENERAL;
    }
    *resource = queue;
    return APR_SUCCESS;
}

static apr_status_t destruct(void *resource, void *params, apr_pool_t *pool)
{
    (void)resource;
    (void)params;
    (void)pool; /* closed with the pool of the list, when the child ends */
    return APR_SUCCESS;
}

void btm_redis_child_init(server_rec *s, apr_pool_t *pchild)
{
    int threads = 1;
    ap_mpm_query(AP_MPMQ_MAX_THREADS, &threads);
    if (threads < 1)
        threads = 1;
    for (btm_redis_t *redis = list_of(s->process->pconf)->first; redis; redis = redis->next) {
        apr_pool_t *own; /* a list allocates when it lends, and other modules use pchild too */
        apr_status_t status = apr_pool_create(&own, pchild);
        if (status == APR_SUCCESS)
            status = apr_reslist_create(&redis->connections, 0, threads, threads, 0, construct,
                                        destruct, redis, own);
        if (status != APR_SUCCESS) {
            redis->connections = NULL;
            ap_log_error(APLOG_MARK, APLOG_ERR, status, s, "BT2005: no pool of Redis connections");
        }
    }
}

static bt_err_t *acquire(bt_queue_t **queue, btm_redis_t *redis, apr_pool_t *pool)
{
    void *resource = NULL;
    apr_status_t status =
        redis->connections ? apr_reslist_acquire(redis->connections, &resource) : APR_EGENERAL;
    *queue = resource;
    return status == APR_SUCCESS
               ? NULL
               : bt_error_apr(pool, BT_E_QUEUE_AWAY, status, "no connection to Redis");
}

bt_err_t *btm_redis_hint(btm_redis_t *redis, const char *task_id, int priority, apr_pool_t *pool)
{
    bt_queue_t *queue = NULL;
    BT_TRY(acquire(&queue, redis, pool));
    bt_err_t *err = bt_queue_hint(queue, task_id, priority, pool);
    apr_reslist_release(redis->connections, queue);
    return err;
}

bt_err_t *btm_redis_rate(apr_interval_time_t *debt, btm_redis_t *redis, const char *name,
                         const bt_rate_t *rate, apr_pool_t *pool)
{
    bt_queue_t *queue = NULL;
    BT_TRY(acquire(&queue, redis, pool));
    bt_err_t *err = bt_queue_rate(debt, queue, name, rate, pool);
    apr_reslist_release(redis->connections, queue);
    return err;
}

bt_err_t *btm_redis_length(long long *length, btm_redis_t *redis, apr_pool_t *pool)
{
    bt_queue_t *queue = NULL;
    BT_TRY(acquire(&queue, redis, pool));
    long long lengths[2] = {0, 0};
    bt_err_t *err = bt_queue_lengths(lengths, queue, pool);
    *length = lengths[0] + lengths[1];
    apr_reslist_release(redis->connections, queue);
    return err;
}
