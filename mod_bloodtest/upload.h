/* SPDX-License-Identifier: Apache-2.0
 * A report as it comes in: received, taken out of its form, and checked against all limits, before
 * any database.
 */
#ifndef BTM_UPLOAD_H
#define BTM_UPLOAD_H

#include "spool.h"

typedef struct btm_upload_t {
    int fd; /* of the document, open as long as the request */
    long long size;
    const char *hash;            /* SHA-256, hexadecimal */
    const char *file_name;       /* base name, at most BT_MAX_FILENAME_BYTES */
    const char *query;           /* never empty */
    const char *user_id;         /* as sent, or NULL */
    const char *patient_ref;     /* or NULL */
    const char *options_json;    /* {"sex", "age_years", "pregnant"} as far as given */
    const char *idempotency_key; /* or NULL */
    int priority;                /* 0 stat, 1 routine */
} btm_upload_t;

/** Refuse a body whose length, as the client names it, is above the limit, before it is received:
 * BT_E_UPLOAD_TOO_LARGE. */
bt_err_t *btm_upload_check_length(const btm_call_t *call, apr_off_t limit);

/** Receive and check the body of POST /analyze and /analyze_sync. */
bt_err_t *btm_upload_receive(btm_upload_t **upload, btm_call_t *call);

#endif
