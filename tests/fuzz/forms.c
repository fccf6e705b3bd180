/* SPDX-License-Identifier: Apache-2.0
 * A fuzz target for bodies of forms: where the parts are, what their headers say, what is decoded.
 * The first line of an input is the Content-Type of the request, the rest is its body.
 */
#include "fuzz.h"

#include "tests/unit/form_fixture.h"

void fuzz_start(apr_pool_t *pool)
{
    (void)pool;
    btm_multipart_init();
}

static int is_clean(const char *text, apr_pool_t *pool)
{
    return strcmp(bt_text_clean(text, strlen(text), pool), text) == 0;
}

void fuzz_try(const char *text, size_t length, apr_pool_t *pool)
{
    const char *feed = memchr(text, '\n', length);
    if (!feed)
        return;
    const char *type = apr_pstrmemdup(pool, text, (apr_size_t)(feed - text));
    read_t read;
    bt_err_t *err = read_form(&read, pool, feed + 1, length - (size_t)(feed + 1 - text), type);
    if (err) {
        need(bt_code_http(err->code) < 500);
        return;
    }
    for (int i = 0; i < N_FIELDS; i++)
        need(!read.fields[i].value || is_clean(read.fields[i].value, pool));
    need(!read.form.file_name || is_clean(read.form.file_name, pool));
    need(!read.form.file || btm_spool_size(read.form.file) <= MAX_FILE);
}
