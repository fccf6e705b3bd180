/* SPDX-License-Identifier: Apache-2.0
 * A fuzz target for what administrators write: worker.conf, a key file, a directive of httpd, a
 * table of the site.  The first byte says which; a value that is taken is within its limits.
 */
#include "fuzz.h"

#include "libbloodtest/queue_private.h"
#include "libbloodtest/tsv.h"
#include "mod_bloodtest/cors.c"
#include "mod_bloodtest/directives.c"
#include "mod_bloodtest/rate_read.c"
#define line_length config_line_length /* other files have one too */
#include "worker/config.c"
#undef line_length

module AP_MODULE_DECLARE_DATA bloodtest_module; /* the header refers to it */

/* Nothing that an input names is there. */
char *ap_server_root_relative(apr_pool_t *pool, const char *path)
{
    return apr_pstrcat(pool, "/nonexistent/", path, NULL);
}

ap_expr_info_t *ap_expr_parse_cmd_mi(const cmd_parms *cmd, const char *text, unsigned int flags,
                                     const char **problem, ap_expr_lookup_fn_t *lookup, int module)
{
    (void)flags, (void)lookup, (void)module;
    *problem = strchr(text, '(') ? "a parenthesis" : NULL;
    return apr_pcalloc(cmd->pool, 1);
}

AP_DECLARE(void) ap_log_assert(const char *what, const char *file, int line)
{
    (void)what, (void)file, (void)line;
    abort();
}

bt_err_t *btm_redis_register(btm_redis_t **redis, const char *url, apr_pool_t *pool)
{
    bt_queue_address_t *address = NULL;
    *redis = NULL;
    return bt_queue_address_parse(&address, url, pool);
}

void fuzz_start(apr_pool_t *pool)
{
    (void)pool;
}

static void try_worker(const char *text, apr_pool_t *pool)
{
    btw_config_t *config = NULL;
    bt_err_t *err = btw_config_parse(&config, text, "worker.conf", pool);
    need(!err || (err->code == BT_E_CONFIG && err->hint));
    for (int i = 0; !err && i < N_OPTIONS; i++) {
        const void *field = (const char *)config + options[i].offset;
        if (!options[i].is_number) {
            need(*(const char *const *)field != NULL);
            continue;
        }
        need(*(const int *)field >= options[i].least && *(const int *)field <= options[i].most);
    }
}

static void try_keys(const char *text, apr_pool_t *pool)
{
    bt_keys_t *keys = NULL;
    bt_err_t *err = bt_keys_parse(&keys, text, "keys", pool);
    need(!err || err->code == BT_E_CONFIG);
    need(err || bt_keys_has(keys, bt_keys_active(keys)));
    need(err || !bt_keys_are_sealed_only(keys) || strstr(text, "sealed-only"));
}

/* "Name value …", set in a Location. */
static void try_directive(const char *text, apr_pool_t *pool)
{
    const char *blank = strchr(text, ' ');
    ap_directive_t section = {.directive = "<Location"};
    ap_directive_t line = {.directive = "x", .filename = "site.conf", .parent = &section};
    cmd_parms cmd = {.pool = pool, .temp_pool = pool, .path = (char *)"/b/", .directive = &line};
    for (const command_rec *row = btm_commands; blank && row->name; row++) {
        if (strncmp(text, row->name, (size_t)(blank - text)) != 0)
            continue;
        btm_dir_t *dir = btm_dir_create(pool, NULL);
        cmd.info = row->cmd_data;
        cmd.cmd = row;
        char **values = NULL;
        need(apr_tokenize_to_argv(blank + 1, &values, pool) == APR_SUCCESS);
        int n = 0;
        while (values[n])
            n++;
        const char *problem = row->AP_TAKE_ARGV(&cmd, dir, n, values);
        need(problem || (dir->max_upload >= MIN_UPLOAD && dir->sync_timeout >= 0 &&
                         dir->sync_timeout <= MAX_SYNC_TIMEOUT && dir->max_backlog >= 0 &&
                         dir->max_uploads >= 0 && dir->max_uploads <= MAX_UPLOADS));
        need(!problem || *problem);
        (void)btm_dir_merge(pool, btm_dir_create(pool, NULL), dir);
    }
}

static void try_table(const char *text, apr_pool_t *pool)
{
    bt_tsv_t *table = NULL;
    bt_err_t *err = bt_tsv_parse(&table, "units.tsv", text, pool);
    need(!err || err->code == BT_E_CONFIG);
    for (int i = 0; !err && i < table->n_rows; i++) {
        for (int k = 0; k < table->n_columns; k++) {
            double number = 0;
            int n = 0;
            (void)bt_tsv_number(&number, table, i, k, pool);
            const char **parts = bt_tsv_split(&n, table->rows[i][k], ';', pool);
            need(n >= 0 && !parts[n] && strlen(bt_tsv_place(table, i, k, pool)) > 0);
        }
    }
}

void fuzz_try(const char *text, size_t length, apr_pool_t *pool)
{
    if (!length)
        return;
    switch (*text) {
    case 'w':
        try_worker(text + 1, pool);
        break;
    case 'k':
        try_keys(text + 1, pool);
        break;
    case 'd':
        try_directive(text + 1, pool);
        break;
    case 't':
        try_table(text + 1, pool);
        break;
    default:
        break;
    }
}
