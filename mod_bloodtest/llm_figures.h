/* SPDX-License-Identifier: Apache-2.0
 * What operators see of the language model that workers ask: figures that each worker tells with
 * its row.
 */
#ifndef BTM_LLM_FIGURES_H
#define BTM_LLM_FIGURES_H

#include "libbloodtest/json.h"
#include "libbloodtest/model.h"
#include "libbloodtest/text.h"

/** The figures of a worker into its row of /queue/status; null where it asks no model. */
void btm_llm_add(bt_json_t *row, const bt_worker_row_t *worker, apr_pool_t *pool);

/** Prometheus text: sums over living workers, the circuit of each; nothing where none asks. */
void btm_llm_metrics(bt_buffer_t *text, const bt_worker_row_t *workers, int n, apr_pool_t *pool);

/** A table for the page; nothing where no worker asks a model. */
void btm_llm_page(bt_buffer_t *page, const bt_worker_row_t *workers, int n, apr_pool_t *pool);

#endif
