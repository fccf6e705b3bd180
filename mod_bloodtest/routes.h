/* SPDX-License-Identifier: Apache-2.0
 * The table of routes and the media types that answers are written in.  routes.def has the rows.
 */
#ifndef BTM_ROUTES_H
#define BTM_ROUTES_H

#include <apr_pools.h>
#include "libbloodtest/error.h"

struct btm_call_t;

/* Bits, most preferred first where a client likes several alike. */
typedef enum {
    BTM_MEDIA_JSON = 1,
    BTM_MEDIA_HTML = 2,
    BTM_MEDIA_TEXT = 4,
    BTM_MEDIA_FHIR = 8,
    BTM_MEDIA_CSS = 16
} btm_media_t;

typedef enum { BTM_MAY_OPEN, BTM_MAY_CALLER, BTM_MAY_QUEUE } btm_may_t;

typedef struct btm_route_t {
    const char *name; /* of the handler: what audit_log calls it */
    const char *method;
    const char *path;
    bt_err_t *(*handle)(struct btm_call_t *call);
    btm_may_t may;
    unsigned int media; /* btm_media_t, several */
} btm_route_t;

#define BTM_ROUTE(method, path, handler, may, media)                                               \
    bt_err_t *btm_handle_##handler(struct btm_call_t *call);
#include "routes.def"
#undef BTM_ROUTE

/* How a path and a method were found. */
typedef struct btm_found_t {
    const btm_route_t *route; /* NULL: the path is unknown, or does not answer the method */
    const char *id;           /* what stood for {id}, or NULL */
    const char *allow; /* methods of the path for the Allow header; NULL: the path is unknown */
} btm_found_t;

/** The route of `path` (begins with a slash, relative to the Location).  HEAD is answered where GET
 * is. */
btm_found_t btm_route_find(const char *method, const char *path, apr_pool_t *pool);

/** Rows in order, for the list of addresses that GET / prints; *n gets how many. */
const btm_route_t *btm_routes(int *n);

#endif
