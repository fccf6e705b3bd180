/* SPDX-License-Identifier: Apache-2.0
 * The addresses of a host name, with a deadline: getaddrinfo() has none of ours, and a name server
 * that is dead holds it for up to half a minute.  So a thread asks, and who comes to the deadline
 * leaves; the question goes on, and its answer serves whoever asks for the name next.
 *
 * A name is asked for once in a process, however many connections want it, so that a dead name
 * server ties up one thread for each name.  The threads do not live on in a forked process: one
 * that asks was forked before the first question.
 *
 * Not getaddrinfo_a(): its threads have stacks of less than 100 KB, too little for some modules of
 * nsswitch.conf, and glibc's gai_suspend() leaves a pointer into the caller's stack where the
 * answer comes in the moment that its timeout ends.
 */
#include "queue_private.h"

#include <dlfcn.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <apr_strings.h>

enum {
    MAX_QUESTIONS = 16, /* threads: sentinels and the masters they name */
    MAX_NUMERIC = 64    /* bytes of an IPv6 address with the name of its interface */
};
/* An answer that came too late for who asked: the name may mean something else by now. */
static const apr_interval_time_t STALE = 60 * APR_USEC_PER_SEC;

#define WHAT_TO_DO                                                                                 \
    "check its spelling and the name servers of this host (/etc/resolv.conf), or write the "       \
    "address as a number"

typedef struct question_t {
    struct question_t *next;
    apr_time_t asked;
    int callers; /* that wait for the answer now */
    int is_open; /* its thread still asks */
    int status;  /* of getaddrinfo() */
    struct addrinfo *answer;
    char host[];
} question_t;

/* All that was asked in this process: a question outlives the connection that asked it, for a
 * look-up that has begun cannot be stopped, and its thread comes back here. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t answered = PTHREAD_COND_INITIALIZER;
static question_t *questions;

/* When httpd unloads the module at the end of a child, a thread may still have to come back to
 * this code: from the first question on it stays in memory. */
static void stay_loaded(void)
{
    Dl_info here;
    if (dladdr(&turn, &here))
        dlopen(here.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

static void discard(question_t **place)
{
    question_t *question = *place;
    *place = question->next;
    if (question->answer)
        freeaddrinfo(question->answer);
    free(question);
}

/* Drop what nobody waits for and nobody should use; returns how many are left.  A failure that
 * came late is asked again, for it tells of a name server as it was. */
static int clear_questions(int is_all)
{
    int n = 0;
    apr_time_t now = apr_time_now();
    for (question_t **place = &questions; *place;) {
        question_t *question = *place;
        if (!question->is_open && question->callers == 0 &&
            (is_all || question->status || now - question->asked > STALE)) {
            discard(place);
        } else {
            place = &question->next;
            n++;
        }
    }
    return n;
}

void bt_queue_names_tidy(void)
{
    pthread_mutex_lock(&turn);
    clear_questions(1);
    pthread_mutex_unlock(&turn);
}

static void *look_up(void *baton)
{
    question_t *question = baton;
    const struct addrinfo wish = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *answer = NULL;
    int status = getaddrinfo(question->host, NULL, &wish, &answer);
    pthread_mutex_lock(&turn);
    question->status = status;
    question->answer = answer;
    question->is_open = 0;
    pthread_cond_broadcast(&answered);
    pthread_mutex_unlock(&turn);
    return NULL;
}

/* A thread that nobody joins and that takes no signals. */
static int start_look_up(question_t *question)
{
    pthread_t thread;
    pthread_attr_t kind;
    sigset_t all, before;
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, stay_loaded);
    if (pthread_attr_init(&kind))
        return 1;
    pthread_attr_setdetachstate(&kind, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&thread, &kind, look_up, question);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&kind);
    return failed;
}

/* NULL: the look-up could not be started. */
static question_t *ask(const char *host)
{
    size_t size = strlen(host) + 1;
    question_t *question = calloc(1, sizeof *question + size);
    if (!question)
        return NULL;
    memcpy(question->host, host, size);
    question->asked = apr_time_now();
    question->is_open = 1;
    if (start_look_up(question)) {
        free(question);
        return NULL;
    }
    question->next = questions;
    questions = question;
    return question;
}

/* The question for this name, which another may have asked; NULL and why there is none. */
static question_t *find_question(const char **why, const char *host)
{
    int n = clear_questions(0);
    question_t *found = questions;
    while (found && strcmp(found->host, host) != 0)
        found = found->next;
    if (!found && n >= MAX_QUESTIONS)
        *why = "too many host names are being looked up at once";
    else if (!found && !(found = ask(host)))
        *why = "no memory or no thread to look up a host name";
    return found;
}

/* Until it is answered or the deadline has come. */
static void wait_for(const question_t *question, apr_time_t deadline)
{
    apr_interval_time_t left = deadline - apr_time_now();
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    if (left > 0) {
        until.tv_sec += (time_t)apr_time_sec(left);
        until.tv_nsec += (long)apr_time_usec(left) * 1000;
        if (until.tv_nsec >= 1000000000) {
            until.tv_sec++;
            until.tv_nsec -= 1000000000;
        }
    }
    while (question->is_open) {
        if (pthread_cond_clockwait(&answered, &turn, CLOCK_MONOTONIC, &until))
            return;
    }
}

static void copy_addresses(bt_queue_hosts_t *hosts, const struct addrinfo *answer, apr_pool_t *pool)
{
    char numeric[MAX_NUMERIC];
    for (; answer && hosts->n < BT_MAX_ADDRESSES; answer = answer->ai_next) {
        if (getnameinfo(answer->ai_addr, answer->ai_addrlen, numeric, sizeof numeric, NULL, 0,
                        NI_NUMERICHOST) == 0)
            hosts->list[hosts->n++] = apr_pstrdup(pool, numeric);
    }
}

/* NULL, or why the name has no address.  An answer serves those who wait for it, the last of whom
 * discards it, or else who asks next. */
static const char *resolve(bt_queue_hosts_t *hosts, const char *host, apr_time_t deadline,
                           apr_pool_t *pool)
{
    const char *why = NULL;
    question_t *question = find_question(&why, host);
    if (!question)
        return why;
    question->callers++;
    wait_for(question, deadline);
    question->callers--;
    if (question->is_open)
        return "no name server answered in time";
    if (question->status)
        why = gai_strerror(question->status);
    copy_addresses(hosts, question->answer, pool);
    if (question->callers == 0) {
        question_t **place = &questions;
        while (*place != question)
            place = &(*place)->next;
        discard(place);
    }
    return why || hosts->n > 0 ? why : "no address";
}

static int is_numeric(const char *host)
{
    const struct addrinfo wish = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    struct addrinfo *answer = NULL;
    if (getaddrinfo(host, NULL, &wish, &answer) != 0)
        return 0;
    freeaddrinfo(answer);
    return 1;
}

bt_err_t *bt_queue_names_find(bt_queue_hosts_t *hosts, bt_queue_t *queue, const char *host,
                              apr_time_t deadline, apr_pool_t *pool)
{
    *hosts = (bt_queue_hosts_t){.n = 0};
    if (is_numeric(host)) {
        hosts->list[hosts->n++] = host;
        return NULL;
    }
    /* An answer in the last moment is of no use without time to connect: with a quarter of it left
     * the answer is for the next attempt. */
    apr_time_t until = deadline - (deadline - apr_time_now()) / 4;
    pthread_mutex_lock(&turn);
    const char *why = resolve(hosts, host, until, pool);
    pthread_mutex_unlock(&turn);
    if (!why)
        return NULL;
    return bt_queue_away(
        queue, pool, apr_psprintf(pool, "looking up the host name %s: %s; " WHAT_TO_DO, host, why));
}
