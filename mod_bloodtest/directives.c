/* SPDX-License-Identifier: Apache-2.0
 * Reads the directives of directives.def into the configuration of a Location.  A bad value stops
 * the start with what to write instead.
 */
#include <apr_fnmatch.h>

#include "cors.h"
#include "mod_bloodtest.h"
#include "rate.h"
#include "redis.h"
#include "libbloodtest/crypto.h"
#include "libbloodtest/interpret/interpret.h"
#include "libbloodtest/text.h"

#define PLACES_KEY "mod_bloodtest places"

enum {
    MIN_UPLOAD = 1024,
    MAX_UPLOAD_MB = 1024,
    MAX_SYNC_TIMEOUT = 30,
    MAX_BACKLOG = 100000000,
    MAX_UPLOADS = 1000
};

enum {
#define BTM_DIRECTIVE(name, setter, takes, value, text) ROW_##setter,
#include "directives.def"
#undef BTM_DIRECTIVE
    ROW_COUNT
};

static int read_flag(int *flag, const char *text)
{
    if (strcasecmp(text, "on") != 0 && strcasecmp(text, "off") != 0)
        return -1;
    *flag = strcasecmp(text, "on") == 0;
    return 0;
}

const apr_array_header_t *btm_places(apr_pool_t *pconf)
{
    void *places = NULL;
    apr_pool_userdata_get(&places, PLACES_KEY, pconf);
    if (!places) {
        places = apr_array_make(pconf, 2, sizeof(btm_place_t));
        apr_pool_userdata_setn(places, PLACES_KEY, NULL, pconf);
    }
    return places;
}

static int is_plain_location(const cmd_parms *cmd)
{
    const ap_directive_t *parent = cmd->directive ? cmd->directive->parent : NULL;
    return parent && strcasecmp(parent->directive, "<Location") == 0 && cmd->path &&
           cmd->path[0] == '/' && !apr_fnmatch_test(cmd->path);
}

static const char *set_enabled(btm_dir_t *dir, cmd_parms *cmd, const char *text)
{
    if (read_flag(&dir->is_enabled, text) < 0)
        return "Bloodtest takes On or Off";
    if (!dir->is_enabled)
        return NULL;
    if (!is_plain_location(cmd))
        return "'Bloodtest On' must stand in a <Location> with a plain path, on lines of their "
               "own: "
               "<Location \"/bloodtest\">, Bloodtest On, </Location>";
    size_t length = strlen(cmd->path);
    while (length > 0 && cmd->path[length - 1] == '/')
        length--;
    dir->prefix = apr_pstrmemdup(cmd->pool, cmd->path, length);
    apr_array_header_t *places = (apr_array_header_t *)btm_places(cmd->pool);
    *(btm_place_t *)apr_array_push(places) = (btm_place_t){.server = cmd->server,
                                                           .prefix = dir->prefix,
                                                           .dir = dir,
                                                           .file = cmd->directive->filename,
                                                           .line = cmd->directive->line_num};
    return NULL;
}

static const char *set_redis(btm_dir_t *dir, cmd_parms *cmd, const char *text)
{
    dir->redis = NULL;
    if (strcasecmp(text, "none") == 0)
        return NULL;
    bt_err_t *err = btm_redis_register(&dir->redis, text, cmd->pool);
    if (!err)
        return NULL;
    return apr_psprintf(
        cmd->pool, "BloodtestRedis takes unix:/path/redis.sock, redis://host:port/db or none: %s",
        bt_error_text(err, cmd->temp_pool));
}

static const char *set_max_upload(btm_dir_t *dir, cmd_parms *cmd, const char *text)
{
    char *end = NULL;
    apr_off_t bytes = 0;
    int failed = apr_strtoff(&bytes, text, &end, 10) != APR_SUCCESS || end == text;
    apr_off_t unit = strcasecmp(end, "K") == 0 ? 1024 : strcasecmp(end, "M") == 0 ? 1024 * 1024 : 1;
    (void)cmd;
    if (failed || (unit == 1 && *end) || bytes < 0 ||
        bytes > (apr_off_t)MAX_UPLOAD_MB * 1024 * 1024 / unit || bytes * unit < MIN_UPLOAD)
        return "BloodtestMaxUpload takes a size from 1K to 1024M, for example: BloodtestMaxUpload "
               "20M";
    dir->max_upload = bytes * unit;
    return NULL;
}

static const char *set_max_backlog(btm_dir_t *dir, cmd_parms *cmd, const char *text)
{
    long long jobs = 0;
    (void)cmd;
    if (bt_text_to_int64(&jobs, text) < 0 || jobs < 0 || jobs > MAX_BACKLOG)
        return "BloodtestMaxBacklog takes a number of jobs from 0 (no limit) to 100000000, for "
               "example: BloodtestMaxBacklog 100000";
    dir->max_backlog = (int)jobs;
    return NULL;
}

static const char *set_rate_limit(btm_dir_t *dir, cmd_parms *cmd, const char *text)
{
    return btm_rate_read(&dir->rates, text, cmd->pool) < 0
               ? "BloodtestRateLimit takes requests a minute from 0 (no limit) to 6000000 for each "
                 "user and address, prefix=N with 16 to 128 bits of IPv6 addresses, or none, for "
                 "example: BloodtestRateLimit user=600,address=1200"
               : NULL;
}

static const char *set_max_uploads(btm_dir_t *dir, cmd_parms *cmd, const char *text)
{
    long long uploads = 0;
    (void)cmd;
    if (bt_text_to_int64(&uploads, text) < 0 || uploads < 0 || uploads > MAX_UPLOADS)
        return "BloodtestMaxUploads takes a number from 0 (no limit) to 1000, for example: "
               "BloodtestMaxUploads 8";
    dir->max_uploads = (int)uploads;
    return NULL;
}

static const char *read_expression(const ap_expr_info_t **expr, cmd_parms *cmd, const char *text)
{
    const char *problem = NULL;
    *expr = ap_expr_parse_cmd(cmd, text, AP_EXPR_FLAG_DONT_VARY, &problem, NULL);
    if (!problem)
        return NULL;
    return apr_psprintf(cmd->pool,
                        "%s: the expression cannot be read (%s). Write it as for <If>, in quotes, "
                        "for example: %s \"%%{REMOTE_USER} == 'alice'\"",
                        cmd->cmd->name, problem, cmd->cmd->name);
}

static const char *set_operator(btm_dir_t *dir, cmd_parms *cmd, const char *text)
{
    return read_expression(&dir->operator_expr, cmd, text);
}

static const char *set_admin(btm_dir_t *dir, cmd_parms *cmd, const char *text)
{
    return read_expression(&dir->admin_expr, cmd, text);
}

static const char *set_anonymous(btm_dir_t *dir, cmd_parms *cmd, const char *text)
{
    (void)cmd;
    return read_flag(&dir->is_anonymous, text) < 0 ? "BloodtestAnonymous takes On or Off" : NULL;
}

/* Called once for each origin of a section. */
static const char *set_allow_origin(btm_dir_t *dir, cmd_parms *cmd, const char *text)
{
    if (strcasecmp(text, "none") == 0) {
        dir->allow_origins = NULL;
        return NULL;
    }
    if (!btm_cors_is_origin(text))
        return apr_psprintf(cmd->pool,
                            "BloodtestAllowOrigin takes origins as browsers send them (scheme, "
                            "host, and the port where it is not the usual one; no path, no *), for "
                            "example: BloodtestAllowOrigin https://portal.hospital.example; '%s' "
                            "is none",
                            text);
    if (!dir->allow_origins)
        dir->allow_origins = apr_array_make(cmd->pool, 2, sizeof(const char *));
    *(const char **)apr_array_push(dir->allow_origins) = text;
    return NULL;
}

static const char *set_sync_timeout(btm_dir_t *dir, cmd_parms *cmd, const char *text)
{
    long long seconds = 0;
    (void)cmd;
    if (bt_text_to_int64(&seconds, text) < 0 || seconds < 0 || seconds > MAX_SYNC_TIMEOUT)
        return "BloodtestSyncTimeout takes whole seconds from 0 to 30, for example: "
               "BloodtestSyncTimeout 30";
    dir->sync_timeout = (int)seconds;
    return NULL;
}

static const char *set_spool_folder(btm_dir_t *dir, cmd_parms *cmd, const char *text)
{
    dir->spool_folder = ap_server_root_relative(cmd->pool, text);
    apr_finfo_t info;
    if (!dir->spool_folder ||
        apr_stat(&info, dir->spool_folder, APR_FINFO_TYPE, cmd->temp_pool) != APR_SUCCESS ||
        info.filetype != APR_DIR)
        return apr_psprintf(cmd->pool,
                            "BloodtestSpoolFolder takes a folder that exists and that httpd's user "
                            "may write in; '%s' is none",
                            text);
    return NULL;
}

static const char *set_key_file(btm_dir_t *dir, cmd_parms *cmd, const char *text)
{
    const char *path = ap_server_root_relative(cmd->pool, text);
    bt_err_t *err = bt_keys_load(&dir->keys, path ? path : text, cmd->pool);
    if (!err)
        return NULL;
    return apr_pstrcat(cmd->pool, "BloodtestKeyFile: ", bt_error_text(err, cmd->temp_pool), NULL);
}

struct bt_keys_t *btm_keys_of(const btm_place_t *place)
{
    const unsigned int given = 1u << ROW_key_file;
    const btm_dir_t *around =
        ap_get_module_config(place->server->lookup_defaults, &bloodtest_module);
    return place->dir->is_set & given ? place->dir->keys : around->keys;
}

static const char *set_knowledge(btm_dir_t *dir, cmd_parms *cmd, const char *text)
{
    const char *folder = ap_server_root_relative(cmd->pool, text);
    bt_catalogue_t *catalogue = NULL;
    bt_err_t *err = folder ? bt_catalogue_load_site(&catalogue, folder, cmd->pool)
                           : bt_error(cmd->pool, BT_E_CONFIG, "%s is no path", text);
    if (!err)
        err = bt_knowledge_check(catalogue, cmd->pool);
    dir->knowledge = catalogue;
    return err ? apr_pstrcat(cmd->pool, "BloodtestKnowledge: ", bt_error_text(err, cmd->temp_pool),
                             NULL)
               : NULL;
}

static const char *set_audience(btm_dir_t *dir, cmd_parms *cmd, const char *text)
{
    (void)cmd;
    dir->for_patient = strcasecmp(text, "patient") == 0;
    return dir->for_patient || strcasecmp(text, "clinician") == 0
               ? NULL
               : "BloodtestAudience takes clinician or patient";
}

typedef struct row_t {
    const char *(*set)(btm_dir_t *dir, cmd_parms *cmd, const char *text);
    const char *value;
} row_t;

static const row_t rows[ROW_COUNT] = {
#define BTM_DIRECTIVE(name, setter, takes, value, text) {set_##setter, value},
#include "directives.def"
#undef BTM_DIRECTIVE
};

static const char *take(cmd_parms *cmd, void *config, int n, char *const words[])
{
    btm_dir_t *dir = config;
    const row_t *row = cmd->info;
    const char *problem = NULL;
    int is_list = row == &rows[ROW_allow_origin];
    if (n < 1 || (n > 1 && !is_list))
        return apr_psprintf(cmd->pool, "%s takes %s, %s", cmd->cmd->name,
                            is_list ? "at least one argument" : "one argument", cmd->cmd->errmsg);
    dir->is_set |= 1u << (unsigned int)(row - rows);
    for (int i = 0; i < n && !problem; i++)
        problem = row->set(dir, cmd, words[i]);
    return problem;
}

const command_rec btm_commands[] = {
#define BTM_DIRECTIVE(name, setter, takes, value, text)                                            \
    AP_INIT_TAKE_ARGV(#name, take, (void *)&rows[ROW_##setter], RSRC_CONF | ACCESS_CONF, takes),
#include "directives.def"
#undef BTM_DIRECTIVE
    {.name = NULL}};

void *btm_dir_create(apr_pool_t *pool, char *path)
{
    btm_dir_t *dir = apr_pcalloc(pool, sizeof(*dir));
    dir->prefix = "";
    if (path) /* a section: what it does not set comes from the server around it */
        return dir;
    cmd_parms cmd = {.pool = pool, .temp_pool = pool};
    for (int i = 0; i < ROW_COUNT; i++) {
        const char *problem = *rows[i].value ? rows[i].set(dir, &cmd, rows[i].value) : NULL;
        ap_assert(problem == NULL);
    }
    return dir;
}

void *btm_dir_merge(apr_pool_t *pool, void *base_config, void *add_config)
{
    const btm_dir_t *base = base_config, *add = add_config;
    btm_dir_t *dir = apr_pmemdup(pool, base, sizeof(*dir));
#define TAKE(row, field)                                                                           \
    if (add->is_set & (1u << ROW_##row))                                                           \
        dir->field = add->field;
    TAKE(enabled, is_enabled)
    TAKE(enabled, prefix)
    TAKE(redis, redis)
    TAKE(max_upload, max_upload)
    TAKE(max_backlog, max_backlog)
    TAKE(rate_limit, rates)
    TAKE(max_uploads, max_uploads)
    TAKE(operator, operator_expr)
    TAKE(admin, admin_expr)
    TAKE(anonymous, is_anonymous)
    TAKE(allow_origin, allow_origins)
    TAKE(sync_timeout, sync_timeout)
    TAKE(spool_folder, spool_folder)
    TAKE(knowledge, knowledge)
    TAKE(audience, for_patient)
    TAKE(key_file, keys)
#undef TAKE
    dir->is_set = base->is_set | add->is_set;
    return dir;
}
