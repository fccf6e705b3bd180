/* SPDX-License-Identifier: Apache-2.0
 * Answers: bodies with the headers that all of them carry, JSON, and errors as problem+json (RFC
 * 9457).
 */
#ifndef BTM_RESPOND_H
#define BTM_RESPOND_H

#include "mod_bloodtest.h"
#include "libbloodtest/json.h"

/** Headers of every answer: nothing is stored, sniffed or framed, the request's id where
 * mod_unique_id gave one, and those for pages of other origins that are allowed. */
void btm_respond_headers(const btm_call_t *call);

/** Send a whole body. */
void btm_respond_body(btm_call_t *call, int status, const char *type, const char *body);
void btm_respond_json(btm_call_t *call, int status, const bt_json_t *json);

/** Set the ETag and tell whether the client has this version: then 304 is the answer, and nothing
 * is to be sent. */
int btm_respond_not_modified(btm_call_t *call, const char *etag);

#define BTM_PROBLEM_TYPE "application/problem+json"

/** The body of a problem (RFC 9457), in the pool of the request. */
const char *btm_problem_text(request_rec *r, bt_code_t code, int status, const char *detail);

/** Log what is the server's own trouble. */
void btm_respond_log(const btm_call_t *call, const bt_err_t *err);

/** Answer with an error: problem+json, or a page where a browser asks.  Logs what is the server's
 * own trouble. */
void btm_respond_error(btm_call_t *call, const bt_err_t *err);

#endif
