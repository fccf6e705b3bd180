/* SPDX-License-Identifier: Apache-2.0
 * Deadlines for the network in the parameters of our own connections to PostgreSQL.  Without them a
 * thread waits two hours for a server whose host went away, and its worker neither works nor stops.
 */
#include "db_private.h"

#include <string.h>
#include <apr_strings.h>

/* A host that went away is noticed before a lease that was just extended has run out (30 s). */
static const struct {
    const char *name, *value;
} deadlines[] = {
    {"connect_timeout", "5"}, /* seconds, as the next two */
    {"keepalives_idle", "10"}, {"keepalives_interval", "5"},
    {"keepalives_count", "2"}, {"tcp_user_timeout", "20000"}, /* milliseconds */
};

const char *bt_db_deadlines(const char *params, apr_pool_t *pool)
{
    int is_uri = !strncmp(params, "postgresql://", 13) || !strncmp(params, "postgres://", 11);
    const char *whole = params;
    for (size_t i = 0; i < sizeof(deadlines) / sizeof(*deadlines); i++) {
        if (strstr(params, deadlines[i].name))
            continue; /* the administrator knows better */
        const char *between = !is_uri ? " " : strchr(whole, '?') ? "&" : "?";
        whole = apr_pstrcat(pool, whole, between, deadlines[i].name, "=", deadlines[i].value, NULL);
    }
    return whole;
}
