/* SPDX-License-Identifier: Apache-2.0
 * Reads what a server answered, and decides: content, a reason why there is none, the same again
 * later, or at once in other words.  Servers differ in how they refuse, so errors are recognised by
 * status first, then by the parameter that they name.
 */
#include "private.h"

#include <string.h>
#include <strings.h>
#include <apr_strings.h>
#include "../../libbloodtest/text.h"

enum { MAX_MODEL = 100, MAX_GARBAGE = 2, MAX_ERROR = 4096 };
#define MAX_TOKENS_COUNTED 1e9

static btw_reply_t end_with(btw_call_t *call, btw_problem_t problem)
{
    call->problem = problem;
    return BTW_REPLY_DONE;
}

static btw_reply_t try_again(btw_call_t *call, btw_problem_t problem)
{
    call->problem = problem;
    return BTW_REPLY_AGAIN;
}

/* ---- errors ---- */

/* The error as lower-case text that may be searched; never shown. */
static const char *error_words(const btw_http_answer_t *answer, apr_pool_t *pool)
{
    size_t length = answer->length < MAX_ERROR ? answer->length : MAX_ERROR;
    char *words = apr_pstrmemdup(pool, answer->text, length);
    for (char *c = words; *c; c++)
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
    return words;
}

/* Leave out what the server names, or, where it names nothing we know, the response format. */
static int change_words(btw_dialect_t *dialect, const char *words, int is_named)
{
    static const char *const formats[] = {"response_format", "json_schema", "json_object",
                                          "structured", "schema"};
    if (strstr(words, "temperature") && !dialect->no_temperature)
        return dialect->no_temperature = 1;
    const char *old = strstr(words, "max_tokens"), *new = strstr(words, "max_completion_tokens");
    if ((new && dialect->limit == BTW_LIMIT_COMPLETION) ||
        (old && dialect->limit == BTW_LIMIT_OLD)) {
        dialect->limit++;
        return 1;
    }
    int is_format = 0;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        is_format |= strstr(words, formats[i]) != NULL;
    if ((is_named && !is_format) || dialect->format == BTW_FORMAT_NONE)
        return 0;
    dialect->format++;
    return 1;
}

static btw_reply_t read_refusal(btw_call_t *call, const char *words)
{
    if (strstr(words, "content_filter") || strstr(words, "content management policy"))
        return end_with(call, BTW_PROBLEM_FILTERED);
    if (strstr(words, "context_length") || strstr(words, "context length") ||
        strstr(words, "maximum context") || strstr(words, "context size"))
        return end_with(call, BTW_PROBLEM_TOO_LONG);
    if (call->status != 404 && change_words(&call->dialect, words, 0))
        return BTW_REPLY_OTHER_WORDS;
    return end_with(call, call->status == 404 ? BTW_PROBLEM_NOT_FOUND : BTW_PROBLEM_REQUEST);
}

static btw_reply_t read_status(btw_call_t *call, const btw_http_answer_t *answer, apr_pool_t *pool)
{
    const char *words = error_words(answer, pool);
    int status = answer->status;
    if (status == 401 || status == 403)
        return end_with(call, BTW_PROBLEM_AUTH);
    if (status == 402 || (status == 429 && strstr(words, "insufficient_quota")))
        return end_with(call, BTW_PROBLEM_QUOTA);
    if (status == 429)
        return try_again(call, BTW_PROBLEM_RATE);
    if (status == 408 || status == 409 || status == 425)
        return try_again(call, BTW_PROBLEM_SERVER);
    if (status >= 500) {
        /* Some say with 500 that they do not know a response format. */
        if (change_words(&call->dialect, words, 1))
            return BTW_REPLY_OTHER_WORDS;
        return try_again(call, BTW_PROBLEM_SERVER);
    }
    if (status >= 300 && status < 400)
        return end_with(call, BTW_PROBLEM_REDIRECT);
    return read_refusal(call, words);
}

/* ---- answers ---- */

/* A string, or the text parts of an array. */
static const char *content_of(const bt_json_t *message, apr_pool_t *pool)
{
    const bt_json_t *content = bt_json_get(message, "content");
    if (!bt_json_is_array(content))
        return bt_json_string(content);
    const char *all = "";
    for (size_t i = 0; i < bt_json_size(content); i++) {
        const char *part = bt_json_get_string(bt_json_at(content, i), "text");
        all = part ? apr_pstrcat(pool, all, part, NULL) : all;
    }
    return all;
}

static long long count_of(const bt_json_t *usage, const char *key)
{
    double count = bt_json_get_number(usage, key, 0);
    return count >= 0 && count <= MAX_TOKENS_COUNTED ? (long long)count : 0;
}

/* A model's name goes into the result: only what a name is made of. */
static const char *model_of(const bt_json_t *json, apr_pool_t *pool)
{
    const char *model = bt_json_get_string(json, "model");
    size_t fine = model ? strspn(model, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                        "0123456789._:/@+-")
                        : 0;
    return fine > 0 && fine <= MAX_MODEL && !model[fine] ? apr_pstrdup(pool, model) : NULL;
}

static btw_reply_t read_choice(btw_call_t *call, const bt_json_t *choice, apr_pool_t *pool)
{
    const bt_json_t *message = bt_json_get(choice, "message");
    const char *finish = bt_json_get_string(choice, "finish_reason");
    const char *refusal = bt_json_get_string(message, "refusal");
    const char *content = content_of(message, pool);
    if (refusal && *refusal)
        return end_with(call, BTW_PROBLEM_REFUSED);
    if (finish && strcmp(finish, "content_filter") == 0)
        return end_with(call, BTW_PROBLEM_FILTERED);
    call->is_cut = finish && strcmp(finish, "length") == 0;
    if ((!content || !*content) && call->is_cut)
        return end_with(call, BTW_PROBLEM_CUT);
    if (!content || !strchr(content, '{'))
        return call->garbage++ < MAX_GARBAGE - 1 ? try_again(call, BTW_PROBLEM_GARBAGE)
                                                 : end_with(call, BTW_PROBLEM_GARBAGE);
    call->content = apr_pstrdup(pool, content);
    return end_with(call, BTW_PROBLEM_NONE);
}

static btw_reply_t read_good(btw_call_t *call, const btw_http_answer_t *answer, apr_pool_t *pool)
{
    bt_json_t *json = NULL;
    if (bt_json_parse(&json, answer->text, answer->length, pool) || !bt_json_is_object(json))
        return call->garbage++ < MAX_GARBAGE - 1 ? try_again(call, BTW_PROBLEM_GARBAGE)
                                                 : end_with(call, BTW_PROBLEM_GARBAGE);
    const bt_json_t *usage = bt_json_get(json, "usage");
    call->tokens.prompt += count_of(usage, "prompt_tokens");
    call->tokens.completion += count_of(usage, "completion_tokens");
    call->model = model_of(json, pool);
    /* Some proxies answer 200 with an error in it. */
    if (bt_json_is_object(bt_json_get(json, "error")))
        return try_again(call, BTW_PROBLEM_SERVER);
    return read_choice(call, bt_json_at(bt_json_get(json, "choices"), 0), pool);
}

btw_reply_t btw_reply_read(btw_call_t *call, const btw_http_answer_t *answer, apr_pool_t *pool)
{
    call->status = answer->status;
    switch (answer->end) {
    case BTW_HTTP_UNREACHABLE:
        return try_again(call, BTW_PROBLEM_UNREACHABLE);
    case BTW_HTTP_TLS:
        return end_with(call, BTW_PROBLEM_TLS);
    case BTW_HTTP_TIMEOUT:
        return try_again(call, BTW_PROBLEM_TIMEOUT);
    case BTW_HTTP_TOO_LARGE:
        return end_with(call, BTW_PROBLEM_TOO_LARGE);
    case BTW_HTTP_BROKEN:
        return try_again(call, BTW_PROBLEM_BROKEN);
    case BTW_HTTP_ANSWERED:
        break;
    }
    return answer->status >= 200 && answer->status < 300 ? read_good(call, answer, pool)
                                                         : read_status(call, answer, pool);
}
