/* SPDX-License-Identifier: Apache-2.0
 * Places, and the small threads in them.  A thread's pool has an allocator of its own that gives
 * its memory back at the end.
 */
#include <config.h>
#include "park.h"

#include <pthread.h>
#include <stdlib.h>
#include <apr_strings.h>
#include "../libbloodtest/log.h"
#include "link.h"

#ifdef BT_SANITIZED
enum { STACK_BYTES = 4 * 1024 * 1024 };
#else
enum { STACK_BYTES = 512 * 1024 };
#endif
static const apr_interval_time_t LOOK = APR_USEC_PER_SEC / 20;

typedef struct place_t {
    btw_park_t *park;
    int slot, is_taken;
    btw_park_fn *body;
    bt_job_t *job;
    const char *rules;
    apr_pool_t *pool;
} place_t;

struct btw_park_t {
    btw_worker_t *worker;
    pthread_mutex_t mutex, ends;
    place_t *places;
    int n;
    btw_link_t link;
};

btw_park_t *btw_park_create(btw_worker_t *worker, int first_slot, int places, apr_pool_t *pool)
{
    btw_park_t *park = apr_pcalloc(pool, sizeof *park);
    park->worker = worker;
    park->n = places;
    park->places = apr_pcalloc(pool, (apr_size_t)places * sizeof *park->places);
    for (int i = 0; i < places; i++)
        park->places[i] = (place_t){.park = park, .slot = first_slot + i};
    pthread_mutex_init(&park->mutex, NULL);
    pthread_mutex_init(&park->ends, NULL);
    park->link =
        (btw_link_t){.config = worker->config, .keys = worker->keys, .pool = btw_thread_pool()};
    return park;
}

btw_link_t *btw_park_link(btw_park_t *park)
{
    pthread_mutex_lock(&park->ends);
    return &park->link;
}

void btw_park_give(btw_park_t *park)
{
    pthread_mutex_unlock(&park->ends);
}

static place_t *take_place(btw_park_t *park)
{
    place_t *found = NULL;
    pthread_mutex_lock(&park->mutex);
    for (int i = 0; i < park->n && !found; i++)
        found = park->places[i].is_taken ? NULL : &park->places[i];
    if (found)
        found->is_taken = 1;
    pthread_mutex_unlock(&park->mutex);
    return found;
}

static void leave_place(place_t *place)
{
    apr_pool_destroy(place->pool);
    pthread_mutex_lock(&place->park->mutex);
    place->is_taken = 0;
    pthread_mutex_unlock(&place->park->mutex);
}

static void *run(void *baton)
{
    place_t *place = baton;
    btw_worker_t *worker = place->park->worker;
    place->body(worker, place->slot, place->job, place->rules, place->pool);
    btw_board_leave(worker->board, place->slot);
    leave_place(place);
    atomic_fetch_sub(&worker->running, 1);
    return NULL;
}

static bt_job_t *copy_job(const bt_job_t *job, apr_pool_t *pool)
{
    bt_job_t *copy = apr_pmemdup(pool, job, sizeof *job);
    copy->id = apr_pstrdup(pool, job->id);
    copy->analysis_id = apr_pstrdup(pool, job->analysis_id);
    copy->claim_token = apr_pstrdup(pool, job->claim_token);
    copy->worker = apr_pstrdup(pool, job->worker);
    copy->query = apr_pstrdup(pool, job->query);
    copy->options_json = copy->original_filename = NULL;
    copy->problem = NULL;
    return copy;
}

static int start(place_t *place)
{
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    int status = pthread_create(&thread, &attributes, run, place);
    pthread_attr_destroy(&attributes);
    return status;
}

int btw_park(btw_park_t *park, btw_park_fn *body, const bt_job_t *job, const char *rules,
             int (*should_stop)(void *), void *baton)
{
    place_t *place = NULL;
    while (!(place = take_place(park))) {
        if (should_stop(baton) || btw_stop_sleep(&park->worker->stop, LOOK, BTW_DRAIN))
            return -1;
    }
    place->pool = btw_thread_pool();
    place->body = body;
    place->job = copy_job(job, place->pool);
    place->rules = apr_pstrdup(place->pool, rules);
    btw_board_enter(park->worker->board, place->slot, place->job);
    atomic_fetch_add(&park->worker->running, 1);
    int status = start(place);
    if (!status)
        return 0;
    bt_log(BT_LOG_WARNING, "BT1064", "no thread to wait in (error %d)", status);
    btw_board_leave(park->worker->board, place->slot);
    leave_place(place);
    atomic_fetch_sub(&park->worker->running, 1);
    return -1;
}
