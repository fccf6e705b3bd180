/* SPDX-License-Identifier: Apache-2.0
 * What the threads of bloodtest-worker share: configuration, knowledge, extractor, the board of
 * running jobs and the stop level.  Each thread has a pool, a database connection and, where it
 * needs one, a Redis connection of its own.
 */
#ifndef BTW_WORKER_H
#define BTW_WORKER_H

#include <stdatomic.h>
#include "../libbloodtest/catalogue.h"
#include "../libbloodtest/crypto.h"
#include "board.h"
#include "config.h"
#include "extract_client.h"
#include "link.h"
#include "llm/llm.h"
#include "stop.h"

typedef struct btw_park_t btw_park_t;

typedef struct btw_worker_t {
    const btw_config_t *config;
    bt_keys_t *keys; /* NULL: reports are stored in clear */
    const bt_catalogue_t *catalogue;
    btw_extractor_t *extractor;
    btw_board_t *board;
    btw_stop_t stop;
    const char *id; /* on the queue pages, as owner of claims, as consumer of hints */
    const char *host;
    int threads;
    int slots;          /* of the board: job threads, then analyses that wait for the model */
    btw_llm_t *llm;     /* NULL: the rules speak */
    btw_park_t *park;   /* where its analyses wait; NULL without it */
    atomic_int running; /* job threads and waiting analyses that have not ended */
    atomic_llong done, failed;
} btw_worker_t;

#endif
