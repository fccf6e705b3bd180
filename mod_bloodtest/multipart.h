/* SPDX-License-Identifier: Apache-2.0
 * A spooled multipart/form-data body as a form: the named fields, and the one file, copied to a
 * spool of its own.
 */
#ifndef BTM_MULTIPART_H
#define BTM_MULTIPART_H

#include "spool.h"

/* A field that is asked for; `value` is NULL until it was found. */
typedef struct btm_field_t {
    const char *name;
    size_t limit;       /* bytes */
    bt_code_t too_long; /* the error above it */
    const char *value;  /* clean UTF-8 */
} btm_field_t;

typedef struct btm_form_t {
    btm_field_t *fields;
    int n_fields;
    const char *file_name; /* as sent, clean UTF-8, or NULL */
    btm_spool_t *file;     /* NULL: there was none */
} btm_form_t;

/** Once in each child. */
void btm_multipart_init(void);

/** Read the fields asked for and the part named "file" (two: BT_E_FILE_REPEATED; larger than
 * BloodtestMaxUpload: BT_E_UPLOAD_TOO_LARGE).  `content_type` is that of the request. */
bt_err_t *btm_multipart_read(btm_form_t *form, const btm_spool_t *body, const char *content_type,
                             const btm_call_t *call);

#endif
