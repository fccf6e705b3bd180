/* SPDX-License-Identifier: Apache-2.0
 * HTTP requests that many threads wait for at once, on one thread that talks to the network.
 *
 * A thread makes a group, begins calls in it and sleeps until one of them is done; the answer is
 * then copied to a pool of its own.  At most `most_active` requests are on the wire at any time,
 * whoever began them; the rest waits in the order in which it came.  Connections are kept.  Only
 * http and https are spoken, redirects are answers like any other, the environment's proxies are
 * not looked at, and nothing that is sent or received is ever logged.  Only http.c knows curl.
 */
#ifndef BTW_HTTP_H
#define BTW_HTTP_H

#include <stddef.h>
#include "../libbloodtest/error.h"

typedef struct btw_http_t btw_http_t;
typedef struct btw_http_group_t btw_http_group_t;
typedef struct btw_http_call_t btw_http_call_t;

typedef struct btw_http_options_t {
    const char *ca_file;                  /* certificates to trust; NULL: the system's */
    const char *client_cert, *client_key; /* PEM files, or NULL */
    const char *proxy;                    /* URL, or NULL */
    int most_active;                      /* requests on the wire at the same time */
    int connect_ms;                       /* how long a connection may take */
    size_t max_answer;                    /* bytes of a body */
} btw_http_options_t;

typedef struct btw_http_request_t {
    const char *url;
    const char *const *headers; /* "Name: value", NULL-terminated */
    const char *body;           /* posted */
    size_t length;
    int timeout_ms; /* from the moment it goes to the wire */
} btw_http_request_t;

typedef enum {
    BTW_HTTP_ANSWERED,    /* whatever the status */
    BTW_HTTP_UNREACHABLE, /* no name, no connection */
    BTW_HTTP_TLS,         /* the other side could not prove who it is, or did not accept us */
    BTW_HTTP_TIMEOUT,
    BTW_HTTP_BROKEN,   /* the answer ended too early, or was no HTTP */
    BTW_HTTP_TOO_LARGE /* more than max_answer */
} btw_http_end_t;

typedef struct btw_http_answer_t {
    btw_http_end_t end;
    int status;       /* 0 unless answered */
    const char *text; /* the body, NUL-terminated */
    size_t length;
    long long retry_after_ms; /* what the server asks for; -1: nothing */
    const char *trouble;      /* static words for operators, "" where answered */
} btw_http_answer_t;

/** Start the thread.  Stopped with `pool`; calls that are under way are given up then. */
bt_err_t *btw_http_start(btw_http_t **http, const btw_http_options_t *options, apr_pool_t *pool);

/** A group for one thread's calls; ends with `pool`, when none of its calls may be left. */
btw_http_group_t *btw_http_group(btw_http_t *http, apr_pool_t *pool);

/** Begin a call.  All of the request is copied.  NULL: no memory. */
btw_http_call_t *btw_http_begin(btw_http_group_t *group, const btw_http_request_t *request);

/** Whether the call is done; its answer is then in `pool`, and the call is gone. */
int btw_http_take(btw_http_answer_t *answer, btw_http_call_t *call, apr_pool_t *pool);

/** Give up a call, wherever it is; it is gone at once. */
void btw_http_abandon(btw_http_call_t *call);

/** Sleep until a call of the group is done, at most `ms`. */
void btw_http_wait(btw_http_group_t *group, int ms);

/** Requests on the wire, and those that wait for their turn. */
void btw_http_load(int *active, int *waiting, btw_http_t *http);

#endif
