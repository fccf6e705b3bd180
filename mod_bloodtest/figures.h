/* SPDX-License-Identifier: Apache-2.0
 * Figures of the queue, read at most once in two seconds by each child, however many ask.
 */
#ifndef BTM_FIGURES_H
#define BTM_FIGURES_H

#include "dbpool.h"

/** A copy of the figures, at most two seconds old.  The lease must hold a connection. */
bt_err_t *btm_figures_read(btm_figures_t *figures, const btm_call_t *call, bt_db_t *db);

/** The workers alone, asked of the database at each call: what /health answers must not be older
 * than its question. */
bt_err_t *btm_figures_workers(btm_figures_t *figures, bt_db_t *db, apr_pool_t *pool);

/** Count a job that this child has just accepted, so that the next figures know of it before they
 * are read again. */
void btm_figures_add(const btm_call_t *call, int priority);

/** Seconds that a job takes, of late. */
double btm_figures_service(const btm_figures_t *figures);

/** Seconds until a job of this priority that is submitted now will be finished, from the backlog
 * before it and the service time of late. */
int btm_figures_estimate(const btm_figures_t *figures, int priority);

#endif
