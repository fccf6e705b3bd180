/* SPDX-License-Identifier: Apache-2.0
 * What the files of the LLM engine share: settings, what is remembered of the server, one call, and
 * the answers of one analysis.  Nobody else includes this.
 */
#ifndef BTW_LLM_PRIVATE_H
#define BTW_LLM_PRIVATE_H

#include <pthread.h>
#include "../../libbloodtest/interpret/ground.h"
#include "../http.h"
#include "llm.h"

enum {
    BTW_LLM_MAX_ANSWER = 512 * 1024, /* bytes of a body */
    BTW_LLM_MAX_QUERY = 600,         /* characters of the user's question that are sent */
    BTW_LLM_MAX_CLAIMS = 60,         /* of one role */
    BTW_LLM_MAX_HEADERS = 16,
    BTW_LLM_CONNECT_MS = 10000
};

/* Roles, in the order in which they are asked. */
typedef enum {
    BTW_ROLE_DOCTOR,
    BTW_ROLE_NUTRITION,
    BTW_ROLE_EXERCISE,
    BTW_ROLE_VERIFIER,
    BTW_ROLE_SUMMARY,
    BTW_ROLE_COUNT
} btw_role_t;
enum { BTW_NARRATORS = 3 };

typedef struct btw_role_row_t {
    const char *name;  /* of claims, and of its prompt */
    const char *field; /* of the result */
} btw_role_row_t;
extern const btw_role_row_t btw_roles[BTW_ROLE_COUNT];

/* How a request is written; what a server refuses is left out from then on. */
typedef enum { BTW_FORMAT_SCHEMA, BTW_FORMAT_OBJECT, BTW_FORMAT_NONE } btw_format_t;
typedef enum { BTW_LIMIT_COMPLETION, BTW_LIMIT_OLD, BTW_LIMIT_NONE } btw_limit_t;
typedef struct btw_dialect_t {
    btw_format_t format;
    btw_limit_t limit; /* max_completion_tokens, max_tokens, neither */
    int no_temperature;
} btw_dialect_t;

/* Why a call gave nothing. */
#define BTW_PROBLEMS(PROBLEM)                                                                      \
    PROBLEM(NONE, "none")                                                                          \
    PROBLEM(UNREACHABLE, "unreachable")                                                            \
    PROBLEM(TLS, "tls")                                                                            \
    PROBLEM(TIMEOUT, "timeout")                                                                    \
    PROBLEM(BROKEN, "broken_answer")                                                               \
    PROBLEM(TOO_LARGE, "answer_too_large")                                                         \
    PROBLEM(AUTH, "key_refused")                                                                   \
    PROBLEM(QUOTA, "quota_used_up")                                                                \
    PROBLEM(RATE, "rate_limited")                                                                  \
    PROBLEM(SERVER, "server_error")                                                                \
    PROBLEM(REQUEST, "request_refused")                                                            \
    PROBLEM(REDIRECT, "redirected")                                                                \
    PROBLEM(NOT_FOUND, "no_such_model")                                                            \
    PROBLEM(TOO_LONG, "context_too_long")                                                          \
    PROBLEM(GARBAGE, "not_json")                                                                   \
    PROBLEM(CUT, "cut_off")                                                                        \
    PROBLEM(REFUSED, "refused_by_model")                                                           \
    PROBLEM(FILTERED, "content_filter")                                                            \
    PROBLEM(OPEN, "circuit_open")                                                                  \
    PROBLEM(UNGROUNDED, "nothing_grounded")
typedef enum {
#define BTW_PROBLEM(name, slug) BTW_PROBLEM_##name,
    BTW_PROBLEMS(BTW_PROBLEM)
#undef BTW_PROBLEM
        BTW_PROBLEM_COUNT
} btw_problem_t;
const char *btw_problem_slug(btw_problem_t problem);

typedef struct btw_settings_t {
    const char *url, *model;
    const char *headers[BTW_LLM_MAX_HEADERS + 1]; /* the key among them: never to be shown */
    double temperature;                           /* NAN: none */
    double prompt_price, completion_price;        /* for a million tokens; NAN */
    const btw_config_t *config;
} btw_settings_t;

typedef struct btw_tokens_t {
    long long prompt, completion;
} btw_tokens_t;

/* What is known of the server, shared by all jobs. */
typedef struct btw_server_t {
    pthread_mutex_t mutex;
    btw_dialect_t dialect;
    int failures;         /* in a row */
    long long open_until; /* ms on the monotonic clock; 0: closed */
    int is_probing;       /* one call tries whether the server is back */
    btw_problem_t last_problem;
    int last_status;
    long long last_problem_at; /* microseconds since 1970 */
    long long calls, tries, cached, analyses, fallbacks, claims, dropped;
    long long problems[BTW_PROBLEM_COUNT];
    btw_tokens_t tokens;
    int failures_to_open, open_ms;
} btw_server_t;

struct btw_llm_t {
    btw_settings_t settings;
    btw_server_t server;
    btw_http_t *http;
    const bt_catalogue_t *catalogue;
    const bt_ground_words_t *words;
};

/* One question to one role, until its answer or the reason why there is none. */
typedef struct btw_call_t {
    const char *role, *system, *user;
    /* answered: */
    const char *content; /* NULL: none */
    int is_cut;          /* the answer ended at its limit */
    const char *model;   /* that answered, or NULL */
    btw_tokens_t tokens;
    int tries;
    btw_problem_t problem;
    int status;
    /* under way: */
    btw_dialect_t dialect;
    btw_http_call_t *http;
    long long again_at, deadline; /* ms; deadline 0: not begun */
    int is_done, garbage, is_probe;
} btw_call_t;

/* ---- settings.c ---- */
bt_err_t *btw_settings_read(btw_settings_t *settings, const btw_config_t *config, apr_pool_t *pool);

/* ---- server.c ---- */
void btw_server_start(btw_server_t *server, const btw_config_t *config);
/** Whether a call may go out now; *is_probe is 1 where it is the one that tries an open circuit. */
int btw_server_may_call(btw_server_t *server, int *is_probe);
/** The call that tried an open circuit was given up. */
void btw_server_forget_probe(btw_server_t *server);
/** The circuit is closed, or about to be tried. */
int btw_server_is_open(btw_server_t *server);
btw_dialect_t btw_server_dialect(btw_server_t *server);
/** The server understood this. */
void btw_server_learn(btw_server_t *server, const btw_dialect_t *dialect);
/** How a try ended: NONE is good.  Problems of the answer's content say nothing of the server. */
void btw_server_note(btw_server_t *server, btw_problem_t problem, int status, int was_probe);
void btw_server_ended(btw_server_t *server, const btw_call_t *call);
long long btw_now_ms(void);

/* ---- request.c ---- */
/** The body of a request. */
const char *btw_request_body(const btw_settings_t *settings, const btw_call_t *call,
                             apr_pool_t *pool);

/* ---- reply.c ---- */
typedef enum { BTW_REPLY_DONE, BTW_REPLY_AGAIN, BTW_REPLY_OTHER_WORDS } btw_reply_t;
/** What an answer means for the call: it is done (content or problem), is to be tried again, or at
 * once in another dialect. */
btw_reply_t btw_reply_read(btw_call_t *call, const btw_http_answer_t *answer, apr_pool_t *pool);

/* ---- call.c ---- */
/** Ask all at once; each ends with content or a problem.  BT_E_CANCELLED as btw_llm_run(). */
bt_err_t *btw_calls_run(btw_llm_t *llm, btw_call_t *calls, int n, const btw_llm_job_t *job,
                        apr_pool_t *pool);

/* ---- prompts.c ---- */
/** A file of worker/prompts; NULL where there is none. */
const char *btw_prompt(const char *name);
const char *btw_prompt_version(apr_pool_t *pool);
/** A sentence of notes.tsv with {name} filled in from pairs. */
const char *btw_note(const char *key, const char *const *pairs, apr_pool_t *pool);

/* ---- facts.c ---- */
/** What the model sees: {"facts": …, "question": …}. */
bt_json_t *btw_facts(const btw_llm_t *llm, const bt_json_t *rules, const char *query,
                     apr_pool_t *pool);

/* ---- claims.c ---- */
typedef struct btw_answer_t {
    btw_problem_t problem; /* NONE: claims are there */
    int n_claims, n_kept;
    bt_ground_claim_t claims[BTW_LLM_MAX_CLAIMS];
} btw_answer_t;
/** The claims in the text of an answer, whatever stands around them, held against the facts. */
void btw_answer_read(btw_answer_t *answer, const char *content, const bt_ground_facts_t *facts,
                     apr_pool_t *pool);

/* ---- compose.c ---- */
typedef struct btw_spoken_t {
    const bt_json_t *rules;
    btw_answer_t *answers[BTW_ROLE_COUNT]; /* NULL: not asked */
    const char *model, *prompt_version;
    btw_tokens_t tokens;
    int calls, cached;
    double cost;           /* NAN */
    btw_problem_t problem; /* of the first role that fell back */
    const char *why_not;   /* key of notes.tsv: why roles were not asked; NULL: all were */
} btw_spoken_t;
bt_json_t *btw_compose(const btw_spoken_t *spoken, const bt_ground_facts_t *facts,
                       apr_pool_t *pool);

#endif
