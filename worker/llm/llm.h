/* SPDX-License-Identifier: Apache-2.0
 * The LLM engine: the four roles and the summary spoken by a language model, held claim by claim
 * against the results, on the floor of what the rules say.
 *
 * An analysis goes in as the result of the rules (JSON of bt_interpret) and comes out as a result
 * of the same form.  Doctor, nutritionist and exercise specialist are asked at once, then verifier
 * and summary.  The model sees facts with ids only.  Red flags are always the rules'; a role that
 * does not answer, or has no claim left, falls back to the rules; where none is left the result is
 * that of the rules, and its verification says why.
 */
#ifndef BTW_LLM_H
#define BTW_LLM_H

#include "../../libbloodtest/catalogue.h"
#include "../../libbloodtest/json.h"
#include "../config.h"

typedef struct btw_llm_t btw_llm_t;

/** Read what is configured; *llm is NULL where no server is.  Starts the thread of the network, so
 * call it after the extractor was forked.  BT_E_CONFIG, in a sentence for administrators, where
 * something is wrong.  Threads may share it. */
bt_err_t *btw_llm_start(btw_llm_t **llm, const btw_config_t *config,
                        const bt_catalogue_t *catalogue, apr_pool_t *pool);

/** Whether the [llm] group of the configuration is good. */
bt_err_t *btw_llm_check(const btw_config_t *config, apr_pool_t *pool);

/* An analysis that is to be spoken. */
typedef struct btw_llm_job_t {
    const char *rules;          /* result of bt_interpret as compact JSON text, which is small */
    const char *query;          /* of the user, or NULL */
    const char *cached;         /* what btw_llm_answers() gave for the same key, or NULL */
    int (*should_stop)(void *); /* asked several times a second; NULL: never */
    void *baton;
} btw_llm_job_t;

typedef struct btw_llm_outcome_t {
    bt_json_t *result;   /* to be stored in place of the rules' */
    const char *answers; /* to be kept for the same key; NULL: not worth keeping */
    const char *problem; /* why roles fell back, a slug for operators; NULL: none did */
} btw_llm_outcome_t;

/** What makes two analyses the same: facts, question, prompts, server, model, parameters.  SHA-256
 * as hexadecimal. */
const char *btw_llm_key(const btw_llm_t *llm, const btw_llm_job_t *job, apr_pool_t *pool);

/** Ask, check, write.  The only error is BT_E_CANCELLED, where should_stop said yes: within a
 * fraction of a second, whatever the server does. */
bt_err_t *btw_llm_run(btw_llm_outcome_t *outcome, btw_llm_t *llm, const btw_llm_job_t *job,
                      apr_pool_t *pool);

/** What operators see of it (state of the breaker, calls, tokens, failures by reason), as compact
 * JSON. */
const char *btw_llm_figures(btw_llm_t *llm, apr_pool_t *pool);

#endif
