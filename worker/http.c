/* SPDX-License-Identifier: Apache-2.0
 * One thread around curl's multi interface, with a queue in front of it.  A call belongs to the
 * thread that began it until it is given up, then to the network's thread, which alone touches its
 * handle; one mutex guards what both see.
 */
#include "http.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <apr_strings.h>
#include <curl/curl.h>
#include "http_answer.h"

enum { IDLE_MS = 1000, SMALL_BUFFER = 16384, UPLOAD_BUFFER = 16384 };

typedef enum { WAITING, ACTIVE, DONE } state_t;

struct btw_http_group_t {
    btw_http_t *http;
    pthread_cond_t done;
    int n_done; /* and not taken yet */
};

struct btw_http_call_t {
    btw_http_call_t *next;
    btw_http_group_t *group; /* NULL: given up */
    state_t state;
    CURL *easy;
    struct curl_slist *headers;
    btw_body_t body;
    long long retry_after_ms;
    CURLcode code;
    long status;
};

struct btw_http_t {
    pthread_mutex_t mutex;
    pthread_t thread;
    CURLM *multi;
    btw_http_options_t options;
    btw_http_call_t *first, *last; /* that wait for their turn */
    int n_waiting, n_active, is_stopping;
    btw_http_call_t *active;
};

/* ---- what curl calls ---- */

static size_t take_body(char *bytes, size_t size, size_t n, void *baton)
{
    btw_http_call_t *call = baton;
    return btw_body_add(&call->body, bytes, size * n) ? 0 : size * n;
}

static size_t take_header(char *bytes, size_t size, size_t n, void *baton)
{
    btw_http_call_t *call = baton;
    btw_retry_after_line(&call->retry_after_ms, bytes, size * n);
    return size * n;
}

/* ---- the network's thread ---- */

static void free_call(btw_http_call_t *call)
{
    if (call->easy)
        curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->headers);
    free(call->body.text);
    free(call);
}

static void finish_call(btw_http_t *http, btw_http_call_t *call, CURLcode code)
{
    curl_multi_remove_handle(http->multi, call->easy);
    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &call->status);
    curl_easy_cleanup(call->easy);
    call->easy = NULL;
    call->code = code;
    call->state = DONE;
    http->n_active--;
    for (btw_http_call_t **at = &http->active; *at; at = &(*at)->next) {
        if (*at == call) {
            *at = call->next;
            break;
        }
    }
    if (!call->group) {
        free_call(call);
        return;
    }
    call->group->n_done++;
    pthread_cond_broadcast(&call->group->done);
}

/* Those that were given up leave the wire; those that wait take their places. */
static void arrange(btw_http_t *http)
{
    for (btw_http_call_t *call = http->active, *next = NULL; call; call = next) {
        next = call->next;
        if (!call->group)
            finish_call(http, call, CURLE_ABORTED_BY_CALLBACK);
    }
    while (http->first && http->n_active < http->options.most_active) {
        btw_http_call_t *call = http->first;
        http->first = call->next;
        http->last = http->first ? http->last : NULL;
        http->n_waiting--;
        call->state = ACTIVE;
        call->next = http->active;
        http->active = call;
        http->n_active++;
        if (curl_multi_add_handle(http->multi, call->easy) != CURLM_OK)
            finish_call(http, call, CURLE_FAILED_INIT);
    }
}

static void collect(btw_http_t *http)
{
    int left = 0;
    for (CURLMsg *told; (told = curl_multi_info_read(http->multi, &left));) {
        if (told->msg != CURLMSG_DONE)
            continue;
        btw_http_call_t *call = NULL;
        CURLcode code = told->data.result;
        curl_easy_getinfo(told->easy_handle, CURLINFO_PRIVATE, (char **)&call);
        finish_call(http, call, code);
    }
}

static void *run(void *baton)
{
    btw_http_t *http = baton;
    pthread_mutex_lock(&http->mutex);
    while (!http->is_stopping) {
        int running = 0;
        arrange(http);
        pthread_mutex_unlock(&http->mutex);
        /* Nobody else touches active handles or their buffers. */
        curl_multi_perform(http->multi, &running);
        pthread_mutex_lock(&http->mutex);
        collect(http);
        arrange(http);
        pthread_mutex_unlock(&http->mutex);
        curl_multi_poll(http->multi, NULL, 0, IDLE_MS, NULL);
        pthread_mutex_lock(&http->mutex);
    }
    while (http->active)
        finish_call(http, http->active, CURLE_ABORTED_BY_CALLBACK);
    pthread_mutex_unlock(&http->mutex);
    return NULL;
}

static apr_status_t stop(void *baton)
{
    btw_http_t *http = baton;
    pthread_mutex_lock(&http->mutex);
    http->is_stopping = 1;
    pthread_mutex_unlock(&http->mutex);
    curl_multi_wakeup(http->multi);
    pthread_join(http->thread, NULL);
    curl_multi_cleanup(http->multi);
    pthread_mutex_destroy(&http->mutex);
    return APR_SUCCESS;
}

bt_err_t *btw_http_start(btw_http_t **http, const btw_http_options_t *options, apr_pool_t *pool)
{
    btw_http_t *made = apr_pcalloc(pool, sizeof *made);
    made->options = *options;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) || !(made->multi = curl_multi_init()))
        return bt_error(pool, BT_E_INTERNAL, "curl does not start");
    curl_multi_setopt(made->multi, CURLMOPT_MAXCONNECTS, (long)options->most_active);
    pthread_mutex_init(&made->mutex, NULL);
    sigset_t pipe, before;
    sigemptyset(&pipe);
    sigaddset(&pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe, &before);
    int status = pthread_create(&made->thread, NULL, run, made);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (status) {
        curl_multi_cleanup(made->multi);
        return bt_error_apr(pool, BT_E_INTERNAL, status, "no thread for the network");
    }
    apr_pool_cleanup_register(pool, made, stop, apr_pool_cleanup_null);
    *http = made;
    return NULL;
}

/* ---- groups and calls ---- */

static apr_status_t end_group(void *baton)
{
    btw_http_group_t *group = baton;
    pthread_cond_destroy(&group->done);
    return APR_SUCCESS;
}

btw_http_group_t *btw_http_group(btw_http_t *http, apr_pool_t *pool)
{
    btw_http_group_t *group = apr_pcalloc(pool, sizeof *group);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&group->done, &monotonic);
    pthread_condattr_destroy(&monotonic);
    apr_pool_cleanup_register(pool, group, end_group, apr_pool_cleanup_null);
    group->http = http;
    return group;
}

/* Where to, whom to trust, and what not to do. */
static void set_up(CURL *easy, const btw_http_options_t *options, const char *url)
{
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_PROXY, options->proxy ? options->proxy : "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, (long)SMALL_BUFFER);
    curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, (long)UPLOAD_BUFFER);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)options->connect_ms);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, NULL);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (options->ca_file)
        curl_easy_setopt(easy, CURLOPT_CAINFO, options->ca_file);
    if (options->client_cert)
        curl_easy_setopt(easy, CURLOPT_SSLCERT, options->client_cert);
    if (options->client_key)
        curl_easy_setopt(easy, CURLOPT_SSLKEY, options->client_key);
}

static int fill_call(btw_http_call_t *call, const btw_http_t *http,
                     const btw_http_request_t *request)
{
    call->easy = curl_easy_init();
    if (!call->easy)
        return -1;
    for (const char *const *header = request->headers; *header; header++) {
        struct curl_slist *longer = curl_slist_append(call->headers, *header);
        if (!longer)
            return -1;
        call->headers = longer;
    }
    set_up(call->easy, &http->options, request->url);
    curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
    curl_easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->length);
    curl_easy_setopt(call->easy, CURLOPT_TIMEOUT_MS, (long)request->timeout_ms);
    curl_easy_setopt(call->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(call->easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(call->easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(call->easy, CURLOPT_HEADERDATA, call);
    curl_easy_setopt(call->easy, CURLOPT_PRIVATE, call);
    return curl_easy_setopt(call->easy, CURLOPT_COPYPOSTFIELDS, request->body) ? -1 : 0;
}

btw_http_call_t *btw_http_begin(btw_http_group_t *group, const btw_http_request_t *request)
{
    btw_http_t *http = group->http;
    btw_http_call_t *call = calloc(1, sizeof *call);
    if (!call)
        return NULL;
    call->group = group;
    call->body.most = http->options.max_answer;
    call->retry_after_ms = -1;
    if (fill_call(call, http, request)) {
        free_call(call);
        return NULL;
    }
    pthread_mutex_lock(&http->mutex);
    if (http->last)
        http->last->next = call;
    else
        http->first = call;
    http->last = call;
    http->n_waiting++;
    pthread_mutex_unlock(&http->mutex);
    curl_multi_wakeup(http->multi);
    return call;
}

static const struct {
    CURLcode code;
    btw_http_end_t end;
} ends[] = {
    {CURLE_OK, BTW_HTTP_ANSWERED},
    {CURLE_COULDNT_RESOLVE_HOST, BTW_HTTP_UNREACHABLE},
    {CURLE_COULDNT_RESOLVE_PROXY, BTW_HTTP_UNREACHABLE},
    {CURLE_COULDNT_CONNECT, BTW_HTTP_UNREACHABLE},
    {CURLE_SSL_CONNECT_ERROR, BTW_HTTP_TLS},
    {CURLE_PEER_FAILED_VERIFICATION, BTW_HTTP_TLS},
    {CURLE_SSL_CERTPROBLEM, BTW_HTTP_TLS},
    {CURLE_SSL_CACERT_BADFILE, BTW_HTTP_TLS},
    {CURLE_OPERATION_TIMEDOUT, BTW_HTTP_TIMEOUT},
};

static void describe(btw_http_answer_t *answer, const btw_http_call_t *call)
{
    int is_ok = call->code == CURLE_OK;
    answer->end = call->body.is_too_large ? BTW_HTTP_TOO_LARGE : BTW_HTTP_BROKEN;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        answer->end = ends[i].code == call->code ? ends[i].end : answer->end;
    answer->trouble = is_ok ? "" : curl_easy_strerror(call->code);
    answer->status = is_ok ? (int)call->status : 0;
    answer->retry_after_ms = call->retry_after_ms;
}

int btw_http_take(btw_http_answer_t *answer, btw_http_call_t *call, apr_pool_t *pool)
{
    btw_http_group_t *group = call->group;
    pthread_mutex_lock(&group->http->mutex);
    int is_done = call->state == DONE;
    if (is_done)
        group->n_done--;
    pthread_mutex_unlock(&group->http->mutex);
    if (!is_done)
        return 0;
    *answer = (btw_http_answer_t){.length = call->body.length};
    answer->text = apr_pstrmemdup(pool, call->body.text ? call->body.text : "", call->body.length);
    describe(answer, call);
    free_call(call);
    return 1;
}

void btw_http_abandon(btw_http_call_t *call)
{
    btw_http_group_t *group = call->group;
    btw_http_t *http = group->http;
    pthread_mutex_lock(&http->mutex);
    state_t state = call->state;
    call->group = NULL;
    if (state == DONE)
        group->n_done--;
    for (btw_http_call_t **at = &http->first, *before = NULL; state == WAITING && *at;
         before = *at, at = &(*at)->next) {
        if (*at != call)
            continue;
        *at = call->next;
        http->last = http->last == call ? before : http->last;
        http->n_waiting--;
        break;
    }
    pthread_mutex_unlock(&http->mutex);
    if (state == ACTIVE)
        curl_multi_wakeup(http->multi);
    else
        free_call(call);
}

void btw_http_wait(btw_http_group_t *group, int ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&group->http->mutex);
    while (group->n_done == 0) {
        if (pthread_cond_timedwait(&group->done, &group->http->mutex, &until))
            break;
    }
    pthread_mutex_unlock(&group->http->mutex);
}

void btw_http_load(int *active, int *waiting, btw_http_t *http)
{
    pthread_mutex_lock(&http->mutex);
    *active = http->n_active;
    *waiting = http->n_waiting;
    pthread_mutex_unlock(&http->mutex);
}
