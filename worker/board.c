/* SPDX-License-Identifier: Apache-2.0
 * Slots below one mutex; whether a claim is lost is read without it, several times a second, by the
 * thread that works.
 */
#include "board.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <apr_strings.h>

typedef struct slot_t {
    const bt_job_t *job;      /* NULL: idle */
    apr_interval_time_t told; /* on the monotonic clock */
    atomic_int is_lost;
} slot_t;

struct btw_board_t {
    pthread_mutex_t mutex;
    int n;
    slot_t *slots;
};

static apr_interval_time_t monotonic(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return apr_time_make(now.tv_sec, now.tv_nsec / 1000);
}

btw_board_t *btw_board_create(int slots, apr_pool_t *pool)
{
    btw_board_t *board = apr_pcalloc(pool, sizeof *board);
    board->n = slots;
    board->slots = apr_pcalloc(pool, (size_t)slots * sizeof *board->slots);
    pthread_mutex_init(&board->mutex, NULL);
    return board;
}

void btw_board_enter(btw_board_t *board, int slot, const bt_job_t *job)
{
    pthread_mutex_lock(&board->mutex);
    board->slots[slot].job = job;
    board->slots[slot].told = monotonic();
    atomic_store(&board->slots[slot].is_lost, 0);
    pthread_mutex_unlock(&board->mutex);
}

void btw_board_leave(btw_board_t *board, int slot)
{
    pthread_mutex_lock(&board->mutex);
    board->slots[slot].job = NULL;
    pthread_mutex_unlock(&board->mutex);
}

int btw_board_is_lost(btw_board_t *board, int slot)
{
    return atomic_load(&board->slots[slot].is_lost);
}

int btw_board_busy(btw_board_t *board)
{
    int busy = 0;
    pthread_mutex_lock(&board->mutex);
    for (int i = 0; i < board->n; i++)
        busy += board->slots[i].job != NULL;
    pthread_mutex_unlock(&board->mutex);
    return busy;
}

static bt_job_t *copy_claim(const bt_job_t *job, apr_pool_t *pool)
{
    bt_job_t *copy = apr_pcalloc(pool, sizeof *copy);
    copy->id = apr_pstrdup(pool, job->id);
    copy->analysis_id = apr_pstrdup(pool, job->analysis_id);
    copy->claim_token = apr_pstrdup(pool, job->claim_token);
    copy->worker = apr_pstrdup(pool, job->worker);
    copy->attempt = job->attempt;
    return copy;
}

const bt_job_t *btw_board_due(btw_board_t *board, int slot, apr_interval_time_t age,
                              apr_pool_t *pool)
{
    bt_job_t *copy = NULL;
    pthread_mutex_lock(&board->mutex);
    const slot_t *at = &board->slots[slot];
    if (at->job && !atomic_load(&at->is_lost) && monotonic() - at->told >= age)
        copy = copy_claim(at->job, pool);
    pthread_mutex_unlock(&board->mutex);
    return copy;
}

void btw_board_told(btw_board_t *board, int slot, const bt_job_t *job, int is_lost)
{
    pthread_mutex_lock(&board->mutex);
    slot_t *at = &board->slots[slot];
    if (at->job && strcmp(at->job->claim_token, job->claim_token) == 0) {
        at->told = monotonic();
        atomic_store(&at->is_lost, is_lost);
    }
    pthread_mutex_unlock(&board->mutex);
}
