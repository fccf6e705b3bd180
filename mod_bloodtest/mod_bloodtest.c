/* SPDX-License-Identifier: Apache-2.0
 * The module record and its hooks: where httpd comes in.  An enabled Location is taken out of the
 * mapping to files, so that no directory index, document or handler of a file name can stand before
 * the service.
 */
#define BTM_RECORD
#include "mod_bloodtest.h"
#include "audit.h"
#include "cors.h"
#include "csrf.h"
#include "multipart.h"
#include "problem.h"
#include "rate.h"
#include "redis.h"
#include "wait.h"

#define FILENAME_MARK "bloodtest:"

static void *create_server_config(apr_pool_t *pool, server_rec *s)
{
    (void)s;
    return apr_pcalloc(pool, sizeof(btm_server_t));
}

static int is_enabled(request_rec *r)
{
    const btm_dir_t *dir = ap_get_module_config(r->per_dir_config, &bloodtest_module);
    return dir && dir->is_enabled;
}

/* The address names no file.  httpd puts the configuration of the server back before it maps to
 * storage, so the Location is known here only; there the mark is looked for. */
static int translate_name(request_rec *r)
{
    if (!is_enabled(r))
        return DECLINED;
    r->filename = apr_pstrcat(r->pool, FILENAME_MARK, r->uri, NULL);
    return OK;
}

static int map_to_storage(request_rec *r)
{
    int is_ours = r->filename && !strncmp(r->filename, FILENAME_MARK, sizeof(FILENAME_MARK) - 1);
    return is_ours ? OK : DECLINED;
}

static int fixups(request_rec *r)
{
    if (!is_enabled(r))
        return DECLINED;
    r->handler = BTM_HANDLER;
    return OK;
}

static void child_init(apr_pool_t *pool, server_rec *main_server)
{
    for (server_rec *s = main_server; s; s = s->next) {
        apr_status_t status =
            apr_thread_mutex_create(&btm_server_of(s)->lock, APR_THREAD_MUTEX_DEFAULT, pool);
        if (status != APR_SUCCESS)
            ap_log_error(APLOG_MARK, APLOG_CRIT, status, s, "BT2001: no mutex for the figures");
        btm_audit_child_init(btm_server_of(s), pool);
    }
    btm_multipart_init();
    btm_redis_child_init(main_server, pool);
}

static int post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG)
        return OK;
    int result = btm_start_post_config(pconf, plog, ptemp, s);
    if (result == OK)
        result = btm_csrf_post_config(pconf, s);
    if (result == OK)
        result = btm_rate_post_config(pconf, s);
    return result == OK ? btm_wait_post_config(pconf, s) : result;
}

static void register_hooks(apr_pool_t *pool)
{
    (void)pool;
    static const char *const dbd[] = {"mod_dbd.c", NULL};
    ap_hook_check_config(btm_start_check_config, dbd, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(post_config, dbd, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(btm_start_child_init, NULL, dbd, APR_HOOK_MIDDLE);
    ap_hook_child_init(child_init, dbd, NULL, APR_HOOK_MIDDLE);
    ap_hook_translate_name(translate_name, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_map_to_storage(map_to_storage, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_access_checker(btm_rate_check_address, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_access_checker_ex(btm_cors_check_access, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_fixups(fixups, NULL, NULL, APR_HOOK_FIRST);
    ap_hook_handler(btm_dispatch, NULL, NULL, APR_HOOK_FIRST);
    btm_problem_register();
}

AP_DECLARE_MODULE(bloodtest) = {
    STANDARD20_MODULE_STUFF,
    btm_dir_create,       /* per directory */
    btm_dir_merge,        /* per directory, merged */
    create_server_config, /* per server */
    NULL,                 /* per server: a virtual host keeps its own state */
    btm_commands,
    register_hooks,
    AP_MODULE_FLAG_NONE,
};
