/* SPDX-License-Identifier: Apache-2.0
 * The splitter of SQL scripts.  It knows as much of the language as is needed to tell which
 * semicolons end a statement, in the dialects of both databases.
 */
#include "script.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <apr_strings.h>

/* Behind the end of a quotation that begins at `at` ('…', "…", with the sign doubled inside), NULL
 * where it never ends. */
static const char *quote_end(const char *at)
{
    const char sign = *at++;
    while (*at) {
        if (*at == sign && at[1] != sign)
            return at + 1;
        at += *at == sign ? 2 : 1;
    }
    return NULL;
}

/* Of PostgreSQL: $$…$$ or $tag$…$tag$.  Behind it, NULL where it never ends; `at` itself where none
 * begins. */
static const char *dollar_end(const char *at, apr_pool_t *pool)
{
    const char *tag = at + 1;
    while (isalnum((unsigned char)*tag) || *tag == '_')
        tag++;
    if (*tag != '$' || isdigit((unsigned char)at[1]))
        return at;
    const char *mark = apr_pstrmemdup(pool, at, (apr_size_t)(tag + 1 - at));
    const char *end = strstr(tag + 1, mark);
    return end ? end + strlen(mark) : NULL;
}

/* Behind a comment, NULL where it never ends; `at` itself where none begins. */
static const char *comment_end(const char *at)
{
    if (at[0] == '-' && at[1] == '-')
        return at + strcspn(at, "\n");
    if (at[0] != '/' || at[1] != '*')
        return at;
    const char *end = strstr(at + 2, "*/");
    return end ? end + 2 : NULL;
}

/* Behind what may hold anything: a comment or a quotation. */
static const char *opaque_end(const char *at, apr_pool_t *pool)
{
    if (*at == '\'' || *at == '"')
        return quote_end(at);
    return *at == '$' ? dollar_end(at, pool) : comment_end(at);
}

static size_t word_length(const char *at)
{
    size_t length = 0;
    while (isalnum((unsigned char)at[length]) || at[length] == '_')
        length++;
    return length;
}

static int is_word(const char *at, size_t length, const char *word)
{
    return length == strlen(word) && strncasecmp(at, word, length) == 0;
}

/* CREATE [TEMP|TEMPORARY] TRIGGER: told by its first words. */
typedef struct shape_t {
    int n_words, is_trigger;
    int depth; /* of BEGIN and CASE within a trigger */
} shape_t;

static void see_word(shape_t *shape, const char *at, size_t length)
{
    shape->n_words++;
    if (shape->n_words == 1)
        shape->is_trigger = is_word(at, length, "CREATE") ? -1 : 0; /* -1: maybe */
    else if (shape->is_trigger == -1 && is_word(at, length, "TRIGGER"))
        shape->is_trigger = 1;
    else if (shape->is_trigger == -1 && !is_word(at, length, "TEMP") &&
             !is_word(at, length, "TEMPORARY"))
        shape->is_trigger = 0;
    if (shape->is_trigger != 1)
        return;
    if (is_word(at, length, "BEGIN") || is_word(at, length, "CASE"))
        shape->depth++;
    if (is_word(at, length, "END") && shape->depth > 0)
        shape->depth--;
}

static void pass(bt_script_t *script, const char *to)
{
    for (; script->at < to; script->at++)
        script->line += *script->at == '\n';
}

static bt_err_t *endless(const bt_script_t *script, apr_pool_t *pool)
{
    return bt_error(pool, BT_E_INTERNAL,
                    "line %d: a quotation, comment or body begins here and never ends",
                    script->line);
}

/* Over space, comments and empty statements. */
static bt_err_t *skip(bt_script_t *script, apr_pool_t *pool)
{
    for (;;) {
        pass(script, script->at + strspn(script->at, " \t\r\n;"));
        const char *end = comment_end(script->at);
        if (!end)
            return endless(script, pool);
        if (end == script->at)
            return NULL;
        pass(script, end);
    }
}

bt_err_t *bt_script_next(bt_statement_t *statement, bt_script_t *script, apr_pool_t *pool)
{
    shape_t shape = {0};
    if (script->line == 0)
        script->line = 1;
    *statement = (bt_statement_t){.text = NULL};
    BT_TRY(skip(script, pool));
    if (!*script->at)
        return NULL;
    const char *begin = script->at;
    const bt_script_t start = *script;
    while (*script->at && (*script->at != ';' || shape.depth > 0)) {
        const size_t length = word_length(script->at);
        const char *end = length ? script->at + length : opaque_end(script->at, pool);
        if (!end)
            return endless(script, pool);
        if (length)
            see_word(&shape, script->at, length);
        pass(script, end == script->at ? end + 1 : end);
    }
    if (shape.depth > 0)
        return endless(&start, pool);
    statement->text = apr_pstrmemdup(pool, begin, (apr_size_t)(script->at - begin));
    statement->number = ++script->number;
    statement->line = start.line;
    if (*script->at)
        pass(script, script->at + 1);
    return NULL;
}
