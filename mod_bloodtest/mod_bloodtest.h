/* SPDX-License-Identifier: Apache-2.0
 * What the files of the module share: its record, the state of a server in one child, and one call
 * of one client. A handler gets a btm_call_t, and either answers or returns the error that the
 * dispatcher answers with.
 */
#ifndef BTM_MOD_BLOODTEST_H
#define BTM_MOD_BLOODTEST_H

#include <httpd.h>
#include <http_config.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>
#include <http_request.h>
#include <apr_strings.h>
#include <apr_thread_mutex.h>

#include "libbloodtest/error.h"
#include "libbloodtest/model.h"
#include "directives.h"
#include "routes.h"

extern module AP_MODULE_DECLARE_DATA bloodtest_module;
#ifndef BTM_RECORD /* the file with the record declares its own */
APLOG_USE_MODULE(bloodtest);
#endif

#define BTM_HANDLER "bloodtest"

/* Figures of the queue, kept for a moment so that many readers cost the database one statement. */
typedef struct btm_figures_t {
    bt_queue_counts_t counts;
    int workers, threads, busy; /* of workers that are alive */
    apr_time_t read_at;         /* 0: never */
} btm_figures_t;

/* State of one server (they may use different databases) within one child. */
typedef struct btm_server_t {
    apr_thread_mutex_t *lock; /* for figures and seen */
    struct btm_seen_t *seen;  /* who polls (audit.c) */
    btm_figures_t figures;
    const struct bt_catalogue_t *knowledge; /* as compiled in */
    const struct bt_keys_t *form_keys;      /* for tokens where there is no key file */
    apr_uint32_t schema_fits;               /* set once the schema was seen to fit */
    apr_uint32_t away_second; /* in which it was last logged that the database is away */
} btm_server_t;

typedef struct btm_call_t {
    request_rec *r;
    const btm_dir_t *dir;
    const btm_route_t *route;
    const char *id;          /* of the analysis in the path, or NULL */
    const char *login;       /* who asks; NULL: nobody known */
    int is_operator;         /* BloodtestOperator matches */
    int is_admin;            /* BloodtestAdmin matches, or is not set and somebody asks */
    btm_media_t media;       /* what the answer is to be written in */
    btm_media_t error_media; /* what an error is: HTML is a page, all others a problem in JSON */
    int is_audited;          /* what is looked at was written down */
    int error_status;        /* HTTP status of an error, 0: that of its code */
    int http_result;         /* what the handler hook returns */
    const char *retry_after; /* of an error, NULL: that of its code */
} btm_call_t;

static inline btm_server_t *btm_server_of(server_rec *s)
{
    return ap_get_module_config(s->module_config, &bloodtest_module);
}

/** A path of this service as clients write it: the prefix of the Location, escaped, then `path`
 * ("/status/…"). */
static inline const char *btm_address(const btm_call_t *call, const char *path)
{
    const char *prefix = ap_os_escape_path(call->r->pool, call->dir->prefix, 1);
    return apr_pstrcat(call->r->pool, prefix, path, NULL);
}

/** The handler hook (dispatch.c). */
int btm_dispatch(request_rec *r);

/** The checks of a configuration (start.c). */
int btm_start_check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s);
int btm_start_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *s);
void btm_start_child_init(apr_pool_t *pchild, server_rec *s);

#endif
