/* SPDX-License-Identifier: Apache-2.0
 * Token buckets of users and addresses.  A bucket is one number (when it will be full again), so
 * that Redis, or one compare-and-swap of this host's table, changes it at once.
 */
#include <apr_atomic.h>
#include <apr_shm.h>

#include "libbloodtest/ids.h"
#include "libbloodtest/queue.h"
#include "rate.h"
#include "rate_table.h"
#include "redis.h"
#include "respond.h"

enum { MINUTE = 60 };

typedef struct bucket_t {
    const char *name; /* what it is of, as a digest */
    int per_minute;
} bucket_t;

static const char *digest(const char *kind, const char *who, apr_pool_t *pool)
{
    bt_sha256_t sha;
    bt_sha256_start(&sha);
    bt_sha256_add(&sha, kind, strlen(kind) + 1);
    bt_sha256_add(&sha, who, strlen(who));
    return bt_sha256_end(&sha, pool);
}

/* Seconds to wait, 0: none.  The headers tell of the bucket that was asked last. */
static int take(request_rec *r, const btm_dir_t *dir, const bucket_t *bucket)
{
    const bt_rate_t rate = {apr_time_from_sec(MINUTE) / bucket->per_minute,
                            apr_time_from_sec(MINUTE)};
    apr_interval_time_t debt = 0;
    bt_err_t *err = dir->redis ? btm_redis_rate(&debt, dir->redis, bucket->name, &rate, r->pool)
                               : bt_error(r->pool, BT_E_QUEUE_AWAY, "no Redis");
    if (err)
        debt = btm_rate_table_take(r->server, bucket->name, &rate);
    apr_interval_time_t left = debt < 0 ? 0 : rate.room - debt;
    apr_interval_time_t full = debt < 0 ? rate.room : debt;
    apr_table_t *headers = r->err_headers_out;
    apr_table_setn(headers, "RateLimit-Limit", apr_itoa(r->pool, bucket->per_minute));
    apr_table_setn(headers, "RateLimit-Remaining", apr_itoa(r->pool, (int)(left / rate.step)));
    apr_table_setn(headers, "RateLimit-Reset",
                   apr_itoa(r->pool, (int)apr_time_sec(full + APR_USEC_PER_SEC - 1)));
    return debt < 0 ? (int)apr_time_sec(-debt + APR_USEC_PER_SEC - 1) : 0;
}

int btm_rate_check_address(request_rec *r)
{
    const btm_dir_t *dir = ap_get_module_config(r->per_dir_config, &bloodtest_module);
    if (!dir || !dir->is_enabled || dir->rates.address == 0 || !ap_is_initial_req(r))
        return DECLINED;
    const char *network = btm_rate_network(r->useragent_ip, dir->rates.prefix, r->pool);
    bucket_t bucket = {digest("address", network, r->pool), dir->rates.address};
    int seconds = take(r, dir, &bucket);
    if (seconds == 0)
        return DECLINED;
    btm_call_t call = {.r = r, .dir = dir};
    btm_respond_headers(&call);
    apr_table_setn(r->err_headers_out, "Retry-After", apr_itoa(r->pool, seconds));
    return HTTP_TOO_MANY_REQUESTS;
}

bt_err_t *btm_rate_check_user(btm_call_t *call)
{
    request_rec *r = call->r;
    if (!call->login || call->dir->rates.user == 0)
        return NULL;
    bucket_t bucket = {digest("user", call->login, r->pool), call->dir->rates.user};
    int seconds = take(r, call->dir, &bucket);
    if (seconds == 0)
        return NULL;
    call->retry_after = apr_itoa(r->pool, seconds);
    return bt_error(r->pool, BT_E_RATE_LIMITED, "more than %d a minute", bucket.per_minute);
}

bt_err_t *btm_rate_begin_upload(btm_call_t *call)
{
    request_rec *r = call->r;
    const int limit = call->dir->max_uploads;
    if (limit == 0 || !call->login ||
        btm_rate_table_enter(r, digest("upload", call->login, r->pool), limit))
        return NULL;
    call->retry_after = "1";
    return bt_error(r->pool, BT_E_RATE_LIMITED, "%d uploads of the user are under way", limit);
}
