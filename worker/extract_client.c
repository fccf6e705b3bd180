/* SPDX-License-Identifier: Apache-2.0
 * One reading as the client sees it: send the document's descriptor, collect bounded output, take
 * the status, and say in which class the reading ended.  What comes back is checked like any other
 * input, for its writer read a hostile file.
 */
#include <config.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <apr_strings.h>
#include "extract_client.h"
#include "extract_process.h"
#include "extract/sandbox.h"
#include "../libbloodtest/json.h"
#include "../libbloodtest/text.h"

enum {
    DEFAULT_SECONDS = 30,
    DEFAULT_MEMORY_MB = 1024,
    DEFAULT_OUTPUT = 16 * 1024 * 1024,
    ASK_MS = 150,     /* how often should_stop is asked */
    GRACE_MS = 10000, /* beyond the time limit: then bloodtest-extract itself is stuck */
    FULL_MS = 5,      /* pause while the socket has no room */
    FIRST_ROOM = 65536,
    MAX_DETAIL = 200
};

struct btw_extractor_t {
    btw_extract_process_t *process;
    btw_extract_limits_t limits;
};

/* One reading under way. */
typedef struct exchange_t {
    btw_extractor_t *extractor;
    const btw_document_t *document;
    unsigned generation;
    int output, status; /* our ends; -1: closed */
    char *text;         /* what the child wrote */
    size_t length, room;
    btx_status_t ended;
    int has_ended; /* `ended` is there */
    int is_lost;   /* no status will come: bloodtest-extract died */
    int is_flood;  /* more output than allowed */
} exchange_t;

bt_err_t *btw_extractor_start(btw_extractor_t **extractor, const char *program,
                              const btw_extract_limits_t *limits, apr_pool_t *pool)
{
    btw_extractor_t *made = apr_pcalloc(pool, sizeof(*made));
    if (limits)
        made->limits = *limits;
    if (made->limits.seconds <= 0)
        made->limits.seconds = DEFAULT_SECONDS;
    if (made->limits.memory_mb <= 0)
        made->limits.memory_mb = DEFAULT_MEMORY_MB;
    if (made->limits.max_output <= 0 || made->limits.max_output > BT_JSON_MAX_BYTES)
        made->limits.max_output = DEFAULT_OUTPUT;
    BT_TRY(btw_extract_process_start(&made->process, program, made->limits.site, pool));
    *extractor = made;
    return NULL;
}

int btw_extractor_pid(btw_extractor_t *extractor)
{
    return (int)btw_extract_process_pid(extractor->process);
}

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void close_end(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static int must_stop(const exchange_t *x)
{
    return x->document->should_stop && x->document->should_stop(x->document->baton);
}

static bt_err_t *send_request(exchange_t *x, apr_pool_t *pool)
{
    const btx_request_t request = {.magic = BTX_MAGIC,
                                   .seconds = (uint32_t)x->extractor->limits.seconds,
                                   .memory_mb = (uint32_t)x->extractor->limits.memory_mb};
    int output[2], status[2];
    if (pipe2(output, O_CLOEXEC) != 0)
        return bt_error_apr(pool, BT_E_INTERNAL, errno, "pipe");
    if (pipe2(status, O_CLOEXEC) != 0) {
        close(output[0]);
        close(output[1]);
        return bt_error_apr(pool, BT_E_INTERNAL, errno, "pipe");
    }
    x->output = output[0];
    x->status = status[0];
    fcntl(x->output, F_SETFL, O_NONBLOCK);
    const int fds[BTX_FD_COUNT] = {x->document->fd, output[1], status[1]};
    int is_full = 0;
    bt_err_t *err;
    do {
        if (is_full)
            poll(NULL, 0, FULL_MS);
        err = is_full && must_stop(x)
                  ? bt_error(pool, BT_E_CANCELLED, "stopped before reading")
                  : btw_extract_process_send(&x->generation, &is_full, x->extractor->process,
                                             &request, fds, pool);
    } while (!err && is_full);
    close(output[1]);
    close(status[1]);
    return err;
}

/* Room for more output: 0, or -1 where there may be no more. */
static int make_room(exchange_t *x)
{
    if (x->length < x->room)
        return 0;
    const size_t limit = (size_t)x->extractor->limits.max_output;
    size_t room = x->room ? x->room * 2 : FIRST_ROOM;
    if (room > limit)
        room = limit;
    char *text = room > x->room ? realloc(x->text, room) : NULL;
    if (!text)
        return -1;
    x->text = text;
    x->room = room;
    return 0;
}

static void read_output(exchange_t *x)
{
    for (;;) {
        char more;
        int is_room = make_room(x) == 0;
        ssize_t n = is_room ? read(x->output, x->text + x->length, x->room - x->length)
                            : read(x->output, &more, 1);
        if (n > 0 && !is_room) {
            x->is_flood = 1;
            close_end(&x->output);
            close_end(&x->status); /* which ends the child */
            return;
        }
        if (n > 0) {
            x->length += (size_t)n;
            continue;
        }
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        close_end(&x->output);
        return;
    }
}

static void read_status(exchange_t *x)
{
    ssize_t n;
    while ((n = read(x->status, &x->ended, sizeof(x->ended))) < 0 && errno == EINTR)
        ;
    x->has_ended = n == (ssize_t)sizeof(x->ended) && x->ended.magic == BTX_MAGIC;
    x->is_lost = !x->has_ended;
    close_end(&x->status);
}

/* Until there is a status and no more output, or a reason to give up. */
static bt_err_t *collect(exchange_t *x, apr_pool_t *pool)
{
    const long long deadline = now_ms() + 1000LL * x->extractor->limits.seconds + GRACE_MS;
    while (x->output >= 0 || x->status >= 0) {
        struct pollfd fds[2] = {{.fd = x->output, .events = POLLIN},
                                {.fd = x->status, .events = POLLIN}};
        if (poll(fds, 2, ASK_MS) < 0 && errno != EINTR)
            return bt_error_apr(pool, BT_E_INTERNAL, errno, "poll");
        if (x->output >= 0 && fds[0].revents)
            read_output(x);
        if (x->status >= 0 && fds[1].revents)
            read_status(x);
        if (x->is_lost)
            return NULL;
        if (must_stop(x))
            return bt_error(pool, BT_E_CANCELLED, "stopped while reading");
        if (now_ms() > deadline) {
            btw_extract_process_drop(x->extractor->process, x->generation);
            return bt_error(pool, BT_E_INTERNAL, "bloodtest-extract did not answer and was ended");
        }
    }
    return NULL;
}

static void end_exchange(exchange_t *x)
{
    close_end(&x->output);
    close_end(&x->status);
    free(x->text);
    x->text = NULL;
    x->length = x->room = 0;
}

static bt_err_t *poison(btw_extract_outcome_t *outcome, apr_pool_t *pool, const char *why)
{
    outcome->is_crash = 1;
    return bt_error(pool, BT_E_POISON, "%s", why);
}

/* How the child ended, where that alone says it all; NULL where its output is to be looked at. */
static bt_err_t *judge_end(const exchange_t *x, btw_extract_outcome_t *outcome, apr_pool_t *pool)
{
    const btx_status_t *ended = &x->ended;
    outcome->cpu_seconds = ended->cpu_ms / 1000.0;
    if (ended->end == BTX_END_TIME)
        return bt_error(pool, BT_E_TIMEOUT, "more than %d s", x->extractor->limits.seconds);
    if (ended->end == BTX_END_NO_FORK)
        return bt_error(pool, BT_E_INTERNAL, "bloodtest-extract could not fork");
    if (WIFSIGNALED(ended->wait_status)) {
        outcome->signal = WTERMSIG(ended->wait_status);
        if (outcome->signal == SIGXCPU)
            return bt_error(pool, BT_E_TIMEOUT, "more than %d s of processor time",
                            x->extractor->limits.seconds);
        return poison(outcome, pool,
                      apr_psprintf(pool, "the reader died of signal %d", outcome->signal));
    }
    const int code = WEXITSTATUS(ended->wait_status);
    if (code == BTX_EXIT_MEMORY)
        return bt_error(pool, BT_E_TOO_LARGE, "more than %d MiB of memory",
                        x->extractor->limits.memory_mb);
    if (code == BTX_EXIT_SANDBOX)
        return bt_error(pool, BT_E_INTERNAL, "the sandbox could not be entered");
    return code == 0
               ? NULL
               : poison(outcome, pool, apr_psprintf(pool, "the reader ended with status %d", code));
}

/* An error that the child reports of the document: only classes of reading are believed. */
static bt_err_t *judge_error(const bt_json_t *error, btw_extract_outcome_t *outcome,
                             apr_pool_t *pool)
{
    static const bt_code_t believed[] = {BT_E_DAMAGED,      BT_E_ENCRYPTED, BT_E_NO_TEXT,
                                         BT_E_NOT_A_REPORT, BT_E_TOO_LARGE, BT_E_INTERNAL};
    const char *slug = bt_json_get_string(error, "class");
    const char *detail = bt_json_get_string(error, "detail");
    if (!detail)
        detail = "";
    for (size_t i = 0; slug && i < sizeof(believed) / sizeof(*believed); i++) {
        if (strcmp(slug, bt_code_slug(believed[i])) != 0)
            continue;
        detail = bt_text_clean(detail, strnlen(detail, MAX_DETAIL), pool);
        return bt_json_get_bool(error, "is_public", 0) && believed[i] != BT_E_INTERNAL
                   ? bt_error_hint(pool, believed[i], "%s", detail)
                   : bt_error(pool, believed[i], "%s", detail);
    }
    return poison(outcome, pool, "the reader reported an unknown error");
}

static bt_err_t *judge_output(bt_report_t **report, const exchange_t *x,
                              btw_extract_outcome_t *outcome, const bt_catalogue_t *catalogue,
                              apr_pool_t *pool)
{
    bt_json_t *json = NULL;
    if (bt_json_parse(&json, x->text ? x->text : "", x->length, pool))
        return poison(outcome, pool, "the reader's output is not JSON");
    const bt_json_t *error = bt_json_get(json, "error");
    if (error)
        return judge_error(error, outcome, pool);
    bt_err_t *err = bt_report_from_json(report, bt_json_get(json, "report"), catalogue, pool);
    if (!err)
        return NULL;
    outcome->is_crash = 1;
    return bt_error_wrap(pool, err, BT_E_POISON, "the reader's output is no report");
}

/* One try.  *is_lost: bloodtest-extract died before the answer, through no fault of this document.
 */
static bt_err_t *try_once(bt_report_t **report, btw_extract_outcome_t *outcome, exchange_t *x,
                          const bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    x->is_lost = x->is_flood = x->has_ended = 0;
    bt_err_t *err = send_request(x, pool);
    if (!err)
        err = collect(x, pool);
    if (!err && x->is_flood)
        err = poison(outcome, pool, "the reader wrote more than is allowed");
    if (!err && x->is_lost) {
        btw_extract_process_drop(x->extractor->process, x->generation);
        err = bt_error(pool, BT_E_INTERNAL, "bloodtest-extract died while reading");
    }
    if (!err)
        err = judge_end(x, outcome, pool);
    if (!err)
        err = judge_output(report, x, outcome, catalogue, pool);
    end_exchange(x);
    return err;
}

bt_err_t *btw_extract(bt_report_t **report, btw_extract_outcome_t *outcome,
                      btw_extractor_t *extractor, const btw_document_t *document,
                      const bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    exchange_t x = {.extractor = extractor, .document = document, .output = -1, .status = -1};
    btw_extract_outcome_t mine;
    if (!outcome)
        outcome = &mine;
    *outcome = (btw_extract_outcome_t){0};
    *report = NULL;
    bt_err_t *err = try_once(report, outcome, &x, catalogue, pool);
    /* Somebody ended the process that forks: the document was not at fault, so it gets another. */
    if (err && x.is_lost)
        err = try_once(report, outcome, &x, catalogue, pool);
    return err;
}
