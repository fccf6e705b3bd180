/* SPDX-License-Identifier: Apache-2.0
 * A form out of a body held in memory, as a test or a fuzz target reads it.  The files under test
 * are included: they belong to the module, not to a library.
 */
#ifndef BT_FORM_FIXTURE_H
#define BT_FORM_FIXTURE_H

#include "mod_bloodtest/multipart.c"
#include "mod_bloodtest/parts.c"
#include "mod_bloodtest/spool.c"

module AP_MODULE_DECLARE_DATA bloodtest_module; /* the header refers to it */

enum { MAX_FILE = 200 };

/* Bodies come from no connection here. */
apr_status_t ap_get_brigade(ap_filter_t *filter, apr_bucket_brigade *brigade, ap_input_mode_t mode,
                            apr_read_type_e block, apr_off_t bytes)
{
    (void)filter, (void)brigade, (void)mode, (void)block, (void)bytes;
    return APR_EOF;
}

int ap_map_http_request_error(apr_status_t status, int http)
{
    (void)status;
    return http;
}

enum { QUERY, AGE, N_FIELDS };

/* What a form was read to; `file` is the content of its file. */
typedef struct read_t {
    btm_field_t fields[N_FIELDS];
    btm_form_t form;
    char file[MAX_FILE + 1];
} read_t;

static bt_err_t *read_form(read_t *read, apr_pool_t *p, const char *body, size_t length,
                           const char *type)
{
    request_rec r = {.pool = p};
    btm_dir_t dir = {.max_upload = MAX_FILE, .spool_folder = "/tmp"};
    btm_call_t call = {.r = &r, .dir = &dir};
    btm_spool_t *spool = NULL;
    *read = (read_t){.fields = {[QUERY] = {"query", 20, BT_E_QUERY_TOO_LONG, NULL},
                                [AGE] = {"age", 3, BT_E_FIELD_INVALID, NULL}}};
    read->form = (btm_form_t){.fields = read->fields, .n_fields = N_FIELDS};
    BT_TRY(btm_spool_create(&spool, &call, 0));
    BT_TRY(btm_spool_write(spool, body, length, (apr_off_t)length));
    BT_TRY(btm_multipart_read(&read->form, spool, type, &call));
    size_t n = 0;
    if (read->form.file)
        BT_TRY(btm_spool_read(&n, read->form.file, read->file, MAX_FILE, 0));
    return NULL;
}

#endif
