/* SPDX-License-Identifier: Apache-2.0
 * Fuzz target for what strangers and administrators write: query strings, Accept headers, paths,
 * addresses of Redis, JSON.  The first byte says which; each has promises of its own.
 */
#include "fuzz.h"

#include "mod_bloodtest/negotiate.c"
#include "mod_bloodtest/query.c"
#include "mod_bloodtest/routes.c"
#include "libbloodtest/json.h"
#include "libbloodtest/queue_private.h"
#include "tests/unit/httpd_stand_in.h"

static void ask_query(char *text, apr_pool_t *pool)
{
    request_rec r = {.pool = pool, .args = text};
    int is_sound = btm_query_is_sound(&r);
    const char *value = btm_query_get(&r, "q");
    /* What is sound and given is never as if it were not there, and is clean. */
    int is_given = strncmp(text, "q=", 2) == 0 || strstr(text, "&q=");
    need(!is_sound || !is_given || value);
    need(!value || strcmp(bt_text_clean(value, strlen(value), pool), value) == 0);
}

static void ask_accept(const char *text, apr_pool_t *pool)
{
    const unsigned int all = BTM_MEDIA_JSON | BTM_MEDIA_HTML | BTM_MEDIA_TEXT | BTM_MEDIA_FHIR;
    unsigned int media = btm_negotiate(text, all, pool);
    need((media & (media - 1)) == 0 && (media & all) == media);
}

static void ask_route(const char *text, apr_pool_t *pool)
{
    btm_found_t found = btm_route_find("GET", text, pool);
    need(!found.route || found.allow);
    need(!found.id || (*found.id && !strchr(found.id, '/')));
}

static void ask_redis(const char *text, apr_pool_t *pool)
{
    bt_queue_address_t *address = NULL;
    const bt_err_t *err = bt_queue_address_parse(&address, text, pool);
    if (err)
        return;
    const bt_queue_place_t *place = address->master ? &address->sentinels[0] : &address->place;
    need(!address->master == !address->n_sentinels);
    need(address->n_sentinels <= BT_MAX_SENTINELS);
    need(!place->path != !place->host);
    need(place->host ? place->port > 0 && place->port < 65536 : 1);
    need(!place->path || strlen(place->path) <= BT_REDIS_MAX_SOCKET);
}

static void ask_json(const char *text, size_t length, apr_pool_t *pool)
{
    bt_json_t *json = NULL;
    if (bt_json_parse(&json, text, length, pool))
        return;
    const char *written = bt_json_dump(json, 0, pool);
    bt_json_t *again = NULL;
    need(!bt_json_parse(&again, written, strlen(written), pool));
    need(strcmp(bt_json_dump(again, 0, pool), written) == 0);
}

void fuzz_start(apr_pool_t *pool)
{
    (void)pool;
}

void fuzz_try(const char *input, size_t length, apr_pool_t *pool)
{
    const char *text = input + 1;
    if (!length)
        return;
    switch (*input) {
    case 'q':
        ask_query(apr_pstrdup(pool, text), pool);
        break;
    case 'a':
        ask_accept(text, pool);
        break;
    case 'r':
        ask_route(text, pool);
        break;
    case 'u':
        ask_redis(text, pool);
        break;
    case 'j':
        ask_json(text, length - 1, pool);
        break;
    default:
        break;
    }
}
