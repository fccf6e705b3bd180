/* SPDX-License-Identifier: Apache-2.0
 * Finds the row of routes.def for a method and path.  The table is short, so it is walked.
 */
#include <string.h>
#include <apr_strings.h>

#include "routes.h"

#define JSON BTM_MEDIA_JSON
#define HTML BTM_MEDIA_HTML
#define TEXT BTM_MEDIA_TEXT
#define FHIR BTM_MEDIA_FHIR
#define CSS  BTM_MEDIA_CSS
static const btm_route_t routes[] = {
#define BTM_ROUTE(method, path, handler, may, media)                                               \
    {#handler, #method, path, btm_handle_##handler, BTM_MAY_##may, media},
#include "routes.def"
#undef BTM_ROUTE
};

enum { N_ROUTES = sizeof(routes) / sizeof(routes[0]) };

const btm_route_t *btm_routes(int *n)
{
    *n = N_ROUTES;
    return routes;
}

/* Whether the path has the shape of the pattern; *id gets what stands for {id}. */
static int matches(const char **id, const char *pattern, const char *path, apr_pool_t *pool)
{
    const char *hole = strstr(pattern, "{id}");
    if (!hole) {
        size_t length = strlen(pattern);
        return strncmp(path, pattern, length) == 0 &&
               (path[length] == '\0' || strcmp(path + length, "/") == 0);
    }
    size_t before = (size_t)(hole - pattern);
    if (strncmp(path, pattern, before) != 0)
        return 0;
    const char *start = path + before, *rest = hole + strlen("{id}");
    size_t length = strcspn(start, "/");
    if (length == 0 ||
        (strcmp(start + length, rest) != 0 && !(*rest == '\0' && strcmp(start + length, "/") == 0)))
        return 0;
    *id = apr_pstrmemdup(pool, start, length);
    return 1;
}

btm_found_t btm_route_find(const char *method, const char *path, apr_pool_t *pool)
{
    btm_found_t found = {.route = NULL};
    const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
    for (int i = 0; i < N_ROUTES; i++) {
        const char *id = NULL;
        if (!matches(&id, routes[i].path, path, pool))
            continue;
        const char *names = strcmp(routes[i].method, "GET") == 0 ? "GET, HEAD" : routes[i].method;
        found.allow = found.allow ? apr_pstrcat(pool, found.allow, ", ", names, NULL) : names;
        found.id = id;
        if (strcmp(routes[i].method, wanted) == 0)
            found.route = &routes[i];
    }
    if (found.allow)
        found.allow = apr_pstrcat(pool, found.allow, ", OPTIONS", NULL);
    return found;
}
