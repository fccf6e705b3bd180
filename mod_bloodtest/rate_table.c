/* SPDX-License-Identifier: Apache-2.0
 * A table of fixed size in shared memory, changed by compare-and-swap only.  A bucket that is full
 * says no more than none, so its place is free; a place of a process that died is taken over.
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>
#include <apr_atomic.h>
#include <apr_shm.h>

#include "rate.h"
#include "rate_table.h"

#define TABLE_KEY "mod_bloodtest rates"

enum { BUCKETS = 8192, PROBES = 8, PLACES = 4096 };

typedef struct slot_t {
    apr_uint64_t who, full; /* full: time in microseconds at which it is full again */
} slot_t;

typedef struct place_t {
    apr_uint32_t pid; /* 0: free */
    apr_uint64_t who; /* 0: being taken */
} place_t;

typedef struct table_t {
    slot_t slots[BUCKETS];
    place_t places[PLACES];
} table_t;

static table_t *table_of(const server_rec *s)
{
    void *table = NULL;
    apr_pool_userdata_get(&table, TABLE_KEY, s->process->pconf);
    return table;
}

int btm_rate_post_config(apr_pool_t *pconf, server_rec *s)
{
    apr_shm_t *memory;
    apr_status_t status = apr_shm_create(&memory, sizeof(table_t), NULL, pconf);
    if (status != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, status, s,
                     "BT2006: no shared memory of %" APR_SIZE_T_FMT " bytes", sizeof(table_t));
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    memset(apr_shm_baseaddr_get(memory), 0, sizeof(table_t));
    apr_pool_userdata_setn(apr_shm_baseaddr_get(memory), TABLE_KEY, NULL, pconf);
    return OK;
}

/* The first 16 digits of the name; never 0. */
static apr_uint64_t number_of(const char *name)
{
    apr_uint64_t number = 0;
    for (int i = 0; i < 16 && name[i]; i++)
        number = number * 16 + (apr_uint64_t)(name[i] <= '9' ? name[i] - '0' : name[i] - 'a' + 10);
    return number ? number : 1;
}

/* The slot of this caller; of all others the one that owes least is given up for him. */
static slot_t *find_slot(table_t *table, apr_uint64_t who)
{
    slot_t *least = NULL;
    for (unsigned int i = 0; i < PROBES; i++) {
        slot_t *slot = &table->slots[(who + i) % BUCKETS];
        if (apr_atomic_read64(&slot->who) == who)
            return slot;
        if (!least || apr_atomic_read64(&slot->full) < apr_atomic_read64(&least->full))
            least = slot;
    }
    apr_uint64_t before = apr_atomic_read64(&least->who);
    if (apr_atomic_cas64(&least->who, who, before) == before)
        apr_atomic_set64(&least->full, 0);
    return least;
}

apr_interval_time_t btm_rate_table_take(server_rec *s, const char *name, const bt_rate_t *rate)
{
    table_t *table = table_of(s);
    if (!table)
        return rate->step;
    slot_t *slot = find_slot(table, number_of(name));
    for (;;) {
        apr_time_t now = apr_time_now();
        apr_uint64_t before = apr_atomic_read64(&slot->full);
        apr_time_t full = (apr_time_t)before;
        if (full < now || full > now + rate->room)
            full = now;
        apr_interval_time_t debt = full + rate->step - now;
        if (debt > rate->room)
            return rate->room - debt;
        if (apr_atomic_cas64(&slot->full, (apr_uint64_t)(full + rate->step), before) == before)
            return debt;
    }
}

static apr_status_t leave(void *baton)
{
    place_t *place = baton;
    apr_atomic_set64(&place->who, 0);
    apr_atomic_set32(&place->pid, 0);
    return APR_SUCCESS;
}

static int is_dead(apr_uint32_t pid)
{
    return kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

static place_t *take_place(table_t *table)
{
    const apr_uint32_t own = (apr_uint32_t)getpid();
    for (int i = 0; i < PLACES; i++) {
        place_t *place = &table->places[i];
        apr_uint32_t pid = apr_atomic_read32(&place->pid);
        if ((!pid || is_dead(pid)) && apr_atomic_cas32(&place->pid, own, pid) == pid)
            return place;
    }
    return NULL;
}

/* Of two that come for the last place at the same time both may be sent away, never both let in. */
int btm_rate_table_enter(request_rec *r, const char *name, int limit)
{
    table_t *table = table_of(r->server);
    place_t *own = table ? take_place(table) : NULL;
    if (!own)
        return !table; /* as many as the table holds are under way */
    const apr_uint64_t who = number_of(name);
    apr_atomic_set64(&own->who, who);
    int others = 0;
    for (int i = 0; i < PLACES; i++) {
        place_t *place = &table->places[i];
        apr_uint32_t pid = apr_atomic_read32(&place->pid);
        others += place != own && pid && apr_atomic_read64(&place->who) == who && !is_dead(pid);
    }
    if (others >= limit) {
        leave(own);
        return 0;
    }
    apr_pool_cleanup_register(r->pool, own, leave, apr_pool_cleanup_null);
    return 1;
}
