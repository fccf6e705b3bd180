/* SPDX-License-Identifier: Apache-2.0
 * Writes what is read into audit_log.  A client that polls would fill it with the same row every
 * second, so a child remembers for a while who looked at the status of what.
 */
#include "audit.h"
#include "libbloodtest/ids.h"

enum { PLACES = 1024 };

#define REMEMBER apr_time_from_sec(600)

typedef struct seen_t {
    char id[BT_UUID_LENGTH + 1];
    apr_uint64_t who; /* hash of login and address */
    apr_time_t at;    /* 0: empty */
} seen_t;

struct btm_seen_t {
    seen_t places[PLACES];
};

/* FNV-1a.  Who makes two of his own addresses collide hides nothing but his own next poll. */
static apr_uint64_t hash(apr_uint64_t from, const char *text)
{
    for (; *text; text++)
        from = (from ^ (unsigned char)*text) * 1099511628211ULL;
    return (from ^ 0xff) * 1099511628211ULL;
}

void btm_audit_child_init(btm_server_t *server, apr_pool_t *pool)
{
    server->seen = apr_pcalloc(pool, sizeof(*server->seen));
}

/* Whether the same caller was written down for the status of this analysis a moment ago. */
static int is_polling(const btm_call_t *call, seen_t *own, apr_uint64_t *place)
{
    const btm_server_t *server = btm_server_of(call->r->server);
    *own = (seen_t){.at = apr_time_now()};
    own->who = hash(hash(14695981039346656037ULL, call->login), call->r->useragent_ip);
    apr_cpystrn(own->id, call->id, sizeof(own->id));
    *place = hash(own->who, own->id) % PLACES;
    apr_thread_mutex_lock(server->lock);
    const seen_t seen = server->seen->places[*place];
    apr_thread_mutex_unlock(server->lock);
    return seen.at && own->at >= seen.at && own->at - seen.at < REMEMBER && seen.who == own->who &&
           strcmp(seen.id, own->id) == 0;
}

static void remember(const btm_call_t *call, const seen_t *own, apr_uint64_t place)
{
    const btm_server_t *server = btm_server_of(call->r->server);
    apr_thread_mutex_lock(server->lock);
    server->seen->places[place] = *own;
    apr_thread_mutex_unlock(server->lock);
}

static bt_err_t *write_status(const btm_call_t *call, bt_db_t *db)
{
    seen_t own;
    apr_uint64_t place = 0;
    if (!btm_server_of(call->r->server)->lock)
        return bt_audit(db, call->route->name, call->id, "ok", call->r->pool);
    if (is_polling(call, &own, &place))
        return NULL;
    BT_TRY(bt_audit(db, call->route->name, call->id, "ok", call->r->pool));
    remember(call, &own, place);
    return NULL;
}

static const char *outcome_of(const bt_analysis_t *analysis, const bt_err_t *refused)
{
    if (!refused)
        return "ok";
    if (refused->code == BT_E_NOT_FOUND)
        return analysis ? "refused" : "unknown";
    return bt_code_slug(refused->code);
}

bt_err_t *btm_audit_access(btm_call_t *call, bt_db_t *db, const bt_analysis_t *analysis,
                           const bt_err_t *refused)
{
    const int is_change = call->r->method_number != M_GET; /* HEAD is GET too */
    const int is_result = analysis && analysis->analysis_json;
    bt_err_t *err = NULL;
    if (call->is_audited || (refused && refused->code == BT_E_DB_AWAY))
        return NULL;
    if (!refused && is_change && !is_result)
        return NULL; /* the store writes it, with the change */
    if (!refused && strcmp(call->route->name, "status") == 0)
        err = write_status(call, db);
    else
        err =
            bt_audit(db, call->route->name, call->id, outcome_of(analysis, refused), call->r->pool);
    call->is_audited = !err;
    return err;
}

bt_err_t *btm_audit_list(const btm_call_t *call, bt_db_t *db, bt_err_t *err)
{
    return err ? err : bt_audit(db, call->route->name, NULL, "ok", call->r->pool);
}
