/* SPDX-License-Identifier: Apache-2.0
 * A fuzz target for what stands in a database: sealed and plain cells, rows, stored results.  The
 * first byte says which; a cell that was changed never opens, a result never leaves its form.
 */
#include "fuzz.h"

#include <string.h>
#include <apr_strings.h>
#include "libbloodtest/crypto.h"
#include "libbloodtest/interpret/interpret.h"
#include "libbloodtest/render/render.h"
#include "libbloodtest/store_rows.h"
#include "libbloodtest/text.h"

enum { N_CELLS = 17 };
#define KEYS                                                                                       \
    "one 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"                       \
    "two 1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n"

static const bt_place_t place = {"analysis_results", "query", "id", 0};
static bt_keys_t *keys, *sealed_only;
static bt_catalogue_t *catalogue;

void fuzz_start(apr_pool_t *pool)
{
    need(!bt_keys_parse(&keys, KEYS, "keys", pool) && !bt_catalogue_load(&catalogue, pool));
    need(!bt_keys_parse(&sealed_only, KEYS "sealed-only", "keys", pool));
}

static void try_text(const char *cell, apr_pool_t *pool)
{
    const bt_keys_t *const all[] = {NULL, keys, sealed_only};
    const char *text = NULL;
    for (int i = 0; i < 3; i++) {
        bt_err_t *err = bt_open_text(&text, cell, &place, all[i], pool);
        need(!err || err->code == BT_E_SEAL_BROKEN || err->code == BT_E_KEY_MISSING);
        need(err || i < 2 || !*cell || strncmp(cell, "bt1:", 4) == 0);
        if (err)
            continue;
        /* What was read is read again, whatever it begins with. */
        const char *sealed = bt_seal_text(text, &place, all[i], pool), *again = NULL;
        need(!bt_open_text(&again, sealed, &place, all[i], pool));
        need(strcmp(again, text) == 0);
    }
}

static void try_bytes(const char *text, size_t length, apr_pool_t *pool)
{
    const bt_bytes_t cell = {(const unsigned char *)text, length};
    const bt_keys_t *const all[] = {NULL, keys, sealed_only};
    bt_bytes_t plain;
    for (int i = 0; i < 3; i++) {
        bt_err_t *err = bt_open_bytes(&plain, cell, &place, all[i], pool);
        need(!err || err->code == BT_E_SEAL_BROKEN || err->code == BT_E_KEY_MISSING);
        need(err || i < 2 || (length > 4 && memcmp(text, "bt1:", 4) == 0));
        need(err || plain.length <= length);
    }
    size_t n = 0;
    const unsigned char *bytes = bt_hex_decode(&n, text, pool);
    need(!bytes || 2 * n <= length);
}

/* A sealed cell with one byte changed: which, and how, the first bytes say. */
static void try_change(const char *text, size_t length, apr_pool_t *pool)
{
    if (length < 3 || !text[1])
        return;
    const bt_bytes_t plain = {(const unsigned char *)text + 2, length - 2};
    bt_bytes_t sealed = bt_seal_bytes(plain, &place, keys, pool), opened;
    unsigned char *bytes = apr_pmemdup(pool, sealed.bytes, sealed.length);
    const size_t head = strlen("bt1:one:");
    bytes[head + (unsigned char)text[0] % (sealed.length - head)] ^= (unsigned char)text[1];
    sealed.bytes = bytes;
    need(bt_open_bytes(&opened, sealed, &place, keys, pool) != NULL);
}

static void try_row(const char *text, apr_pool_t *pool)
{
    const char *cells[N_CELLS] = {NULL};
    char *rest = apr_pstrdup(pool, text);
    for (int i = 0; i < N_CELLS && rest; i++) {
        char *end = strchr(rest, '\n');
        if (end)
            *end = '\0';
        cells[i] = *rest == '~' ? NULL : rest;
        rest = end ? end + 1 : NULL;
    }
    const bt_analysis_t *row = bt_row_analysis(cells, pool);
    need(row->id == cells[0] && (row->owner_is_active == 0 || row->owner_is_active == 1));
}

static void try_result(const char *text, size_t length, apr_pool_t *pool)
{
    bt_json_t *result = NULL, *fhir = NULL;
    bt_earlier_t earlier = {NULL};
    if (bt_json_parse(&result, text, length, pool))
        return;
    const char *page = bt_render_html(result, pool), *plain = bt_render_text(result, pool),
               *bundle = bt_render_fhir(result, pool);
    need(!strstr(page, "<script") && !strstr(page, "<img") && !strchr(plain, '\033'));
    need(!bt_json_parse(&fhir, bundle, strlen(bundle), pool));
    bt_earlier_read(&earlier, result, catalogue, pool);
    need(earlier.n_rows >= 0 && earlier.n_rows <= BT_MAX_OBSERVATIONS);
}

void fuzz_try(const char *text, size_t length, apr_pool_t *pool)
{
    if (!length)
        return;
    switch (*text) {
    case 't':
        try_text(text + 1, pool);
        break;
    case 'b':
        try_bytes(text + 1, length - 1, pool);
        break;
    case 'c':
        try_change(text + 1, length - 1, pool);
        break;
    case 'r':
        try_row(text + 1, pool);
        break;
    case 'j':
        try_result(text + 1, length - 1, pool);
        break;
    default:
        break;
    }
}
