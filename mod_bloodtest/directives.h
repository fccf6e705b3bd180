/* SPDX-License-Identifier: Apache-2.0
 * The configuration of a Location, and the table of directives that fills it.  directives.def has
 * the rows.
 */
#ifndef BTM_DIRECTIVES_H
#define BTM_DIRECTIVES_H

#include <httpd.h>
#include <http_config.h>
#include <ap_expr.h>

struct btm_redis_t;
struct bt_catalogue_t;
struct bt_keys_t;

/* What BloodtestRateLimit says. */
typedef struct btm_rates_t {
    int user, address; /* requests a minute; 0: no limit */
    int prefix;        /* bits of an IPv6 address that tell one caller from another */
} btm_rates_t;

typedef struct btm_dir_t {
    unsigned int is_set; /* a bit for each row of directives.def that was given, not defaulted */
    int is_enabled;
    const char *prefix;        /* path of the Location without a slash at its end: "" for / */
    struct btm_redis_t *redis; /* NULL: none */
    apr_off_t max_upload;      /* bytes */
    int max_backlog;           /* jobs; 0: no limit */
    btm_rates_t rates;
    int max_uploads;                                  /* of a user at a time; 0: no limit */
    const ap_expr_info_t *operator_expr, *admin_expr; /* NULL: not set */
    int is_anonymous;
    apr_array_header_t *allow_origins;      /* of const char *; NULL: none */
    int sync_timeout;                       /* seconds */
    const char *spool_folder;               /* NULL: the system's */
    int for_patient;                        /* BloodtestAudience */
    const struct bt_catalogue_t *knowledge; /* with the site's tables; NULL: as compiled in */
    struct bt_keys_t *keys;                 /* NULL: stored in clear */
} btm_dir_t;

/* A Location in which the service was switched on. */
typedef struct btm_place_t {
    server_rec *server;
    const char *prefix, *file;
    int line;
    const btm_dir_t *dir; /* what its section says, not merged with what is around it */
} btm_place_t;

extern const command_rec btm_commands[];

void *btm_dir_create(apr_pool_t *pool, char *path);
void *btm_dir_merge(apr_pool_t *pool, void *base, void *add);

/** The keys of a place; NULL: none. */
struct bt_keys_t *btm_keys_of(const btm_place_t *place);

/** Places of the configuration being read, in the order they were read. */
const apr_array_header_t *btm_places(apr_pool_t *pconf);

#endif
