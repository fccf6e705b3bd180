/* SPDX-License-Identifier: Apache-2.0
 * The checks of a configuration before the server starts: mod_dbd and its driver are there, and the
 * schema fits where the database can be asked.  What is missing stops the start with the lines to
 * add or the command to run.
 */
#include "libbloodtest/catalogue.h"
#include "libbloodtest/log.h"
#include "mod_bloodtest.h"
#include "libbloodtest/store.h"

#include <apr_optional.h>
#include <mod_dbd.h> /* wants apr_dbd.h before it */

#define LINES_TO_ADD                                                                               \
    "  LoadModule dbd_module modules/mod_dbd.so\n"                                                 \
    "  DBDriver pgsql\n"                                                                           \
    "  DBDParams \"host=/run/postgresql dbname=bloodtest user=bloodtest\"\n"                       \
    "or, on one machine:\n"                                                                        \
    "  DBDriver sqlite3\n"                                                                         \
    "  DBDParams \"/var/lib/bloodtest/bloodtest.sqlite\""

typedef struct database_t {
    const char *driver, *params; /* NULL: not configured */
} database_t;

static const char *unquoted(const char *args, apr_pool_t *pool)
{
    const char *rest = args;
    return ap_getword_conf(pool, &rest);
}

/* The last DBDriver and DBDParams among these directives, sections but <VirtualHost> included. */
static void find_in(database_t *database, const ap_directive_t *tree, apr_pool_t *pool)
{
    for (const ap_directive_t *node = tree; node; node = node->next) {
        if (strcasecmp(node->directive, "DBDriver") == 0)
            database->driver = unquoted(node->args, pool);
        else if (strcasecmp(node->directive, "DBDParams") == 0)
            database->params = unquoted(node->args, pool);
        else if (node->first_child && strcasecmp(node->directive, "<VirtualHost") != 0)
            find_in(database, node->first_child, pool);
    }
}

/* What mod_dbd will use for this server: the virtual host's directives over the main server's. */
static database_t database_of(const server_rec *s, apr_pool_t *pool)
{
    database_t database = {NULL, NULL};
    find_in(&database, ap_conftree, pool);
    if (!s->is_virtual)
        return database;
    for (const ap_directive_t *node = ap_conftree; node; node = node->next) {
        if (strcasecmp(node->directive, "<VirtualHost") == 0 && s->defn_name &&
            strcmp(node->filename, s->defn_name) == 0 && node->line_num == (int)s->defn_line_number)
            find_in(&database, node->first_child, pool);
    }
    return database;
}

/* Say what is wrong and what to do, a record of the log for each line. */
static int refuse(const btm_place_t *place, const char *problem, const char *remedy)
{
    ap_log_error(APLOG_MARK, APLOG_CRIT, 0, place->server,
                 "BT2003: <Location \"%s\"> with 'Bloodtest On' (%s:%d): %s",
                 *place->prefix ? place->prefix : "/", place->file, place->line, problem);
    for (const char *line = remedy; *line; line += *line ? 1 : 0) {
        size_t length = strcspn(line, "\n");
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, place->server, "BT2003: %.*s", (int)length, line);
        line += length;
    }
    return HTTP_INTERNAL_SERVER_ERROR;
}

static int check_place(const btm_place_t *place, apr_pool_t *ptemp)
{
    if (!APR_RETRIEVE_OPTIONAL_FN(ap_dbd_open))
        return refuse(place, "mod_dbd is not loaded. Add:", LINES_TO_ADD);
    database_t database = database_of(place->server, ptemp);
    if (!database.driver)
        return refuse(place, "no DBDriver is configured for this server. Add:", LINES_TO_ADD);
    if (strcmp(database.driver, "pgsql") != 0 && strcmp(database.driver, "sqlite3") != 0)
        return refuse(place,
                      apr_pstrcat(ptemp, "DBDriver ", database.driver,
                                  " is not supported. Give bloodtest a virtual host with:", NULL),
                      LINES_TO_ADD);
    return database.params ? OK : refuse(place, "DBDParams is missing. Add:", LINES_TO_ADD);
}

int btm_start_check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    (void)plog;
    (void)s;
    const apr_array_header_t *places = btm_places(pconf);
    for (int i = 0; i < places->nelts; i++) {
        int result = check_place(&APR_ARRAY_IDX(places, i, btm_place_t), ptemp);
        if (result != OK)
            return result;
    }
    return OK;
}

static bt_err_t *ask_database(const database_t *database, bt_keys_t *keys, apr_pool_t *process_pool,
                              apr_pool_t *pool)
{
    bt_db_t *db = NULL;
    apr_finfo_t info;
    if (strcmp(database->driver, "sqlite3") == 0 &&
        apr_stat(&info, database->params, APR_FINFO_TYPE, pool) == APR_ENOENT)
        return bt_error(pool, BT_E_SCHEMA, "there is no file %s", database->params);
    BT_TRY(bt_db_init(process_pool));
    BT_TRY(bt_db_open(&db, database->driver, database->params, pool));
    BT_TRY(bt_schema_check(db, pool));
    bt_db_use_keys(db, keys);
    BT_TRY(bt_keys_check(db, pool));
    return bt_keys_warn(db, pool);
}

static int check_schema(const btm_place_t *place, server_rec *s, apr_pool_t *ptemp)
{
    apr_pool_t *pool;
    database_t database = database_of(place->server, ptemp);
    apr_pool_create(&pool, ptemp);
    bt_err_t *err = ask_database(&database, btm_keys_of(place), s->process->pool, pool);
    const char *text = err ? bt_error_text(err, ptemp) : NULL;
    bt_code_t code = err ? err->code : BT_E_COUNT;
    apr_pool_destroy(pool); /* no connection is left for the children to inherit */
    if (code == BT_E_SCHEMA)
        return refuse(place, text,
                      "'bloodtestctl migrate --status' shows both versions, 'bloodtestctl migrate' "
                      "brings an older schema, or none, up to date");
    if (code == BT_E_KEY_MISSING || code == BT_E_SEAL_BROKEN)
        return refuse(place, text,
                      "README.md, 'Privacy', tells how keys are kept and changed; without the key "
                      "what was encrypted with it cannot be read by anybody");
    if (text)
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, place->server,
                     "BT2004: the database cannot be asked now; requests are answered with 503 "
                     "until it can: %s",
                     text);
    return OK;
}

static void log_line(void *baton, bt_log_level_t level, const char *tag, const char *text)
{
    static const int levels[] = {[BT_LOG_ERROR] = APLOG_ERR,
                                 [BT_LOG_WARNING] = APLOG_WARNING,
                                 [BT_LOG_NOTICE] = APLOG_NOTICE,
                                 [BT_LOG_INFO] = APLOG_INFO,
                                 [BT_LOG_DEBUG] = APLOG_DEBUG};
    ap_log_error(APLOG_MARK, levels[level], 0, (server_rec *)baton, "%s: %s", tag, text);
}

/* The server_rec goes with its configuration. */
static apr_status_t stop_logging(void *unused)
{
    (void)unused;
    bt_log_to(NULL, NULL);
    return APR_SUCCESS;
}

/* Loaded once before the children are made, which share it. */
static int load_knowledge(server_rec *main_server, apr_pool_t *pconf)
{
    bt_catalogue_t *catalogue = NULL;
    bt_err_t *err = bt_catalogue_load(&catalogue, pconf);
    if (err) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, main_server, "BT2003: the knowledge: %s",
                     bt_error_text(err, pconf));
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    for (server_rec *s = main_server; s; s = s->next)
        btm_server_of(s)->knowledge = catalogue;
    return OK;
}

int btm_start_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s)
{
    (void)plog;
    const apr_array_header_t *places = btm_places(pconf);
    const server_rec *checked = NULL;
    const bt_keys_t *keys = NULL;
    bt_log_to(log_line, s);
    apr_pool_cleanup_register(pconf, NULL, stop_logging, apr_pool_cleanup_null);
    for (int i = 0; i < places->nelts; i++) {
        const btm_place_t *place = &APR_ARRAY_IDX(places, i, btm_place_t);
        int is_checked = place->server == checked && btm_keys_of(place) == keys;
        int result = is_checked ? OK : check_schema(place, s, ptemp);
        if (result != OK)
            return result;
        keys = btm_keys_of(place);
        if (!keys)
            ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, place->server,
                         "BT2005: <Location \"%s\"> stores reports in clear; BloodtestKeyFile "
                         "encrypts them",
                         *place->prefix ? place->prefix : "/");
        checked = place->server;
    }
    return places->nelts ? load_knowledge(s, pconf) : OK;
}

/* A SQLite file is held open by a connection of each child that nobody uses.  mod_dbd opens its own
 * without a busy timeout: where the last user of the file just closes it, or the first one brings
 * its log in, the login of mod_authn_dbd would fail to prepare, and a request or the whole pool
 * with it.  This one waits for its turn, and beside it there is neither a last user nor a first.
 */
void btm_start_child_init(apr_pool_t *pchild, server_rec *s)
{
    const apr_array_header_t *places = btm_places(s->process->pconf);
    apr_hash_t *held = apr_hash_make(pchild);
    for (int i = 0; i < places->nelts; i++) {
        const btm_place_t *place = &APR_ARRAY_IDX(places, i, btm_place_t);
        database_t database = database_of(place->server, pchild);
        bt_db_t *db = NULL;
        if (strcmp(database.driver, "sqlite3") != 0 ||
            apr_hash_get(held, database.params, APR_HASH_KEY_STRING))
            continue;
        apr_hash_set(held, database.params, APR_HASH_KEY_STRING, database.params);
        bt_err_t *err = bt_db_open(&db, database.driver, database.params, pchild);
        if (err)
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, place->server,
                         "BT2004: the database cannot be opened now; requests are answered with "
                         "503 until it can: %s",
                         bt_error_text(err, pchild));
    }
}
