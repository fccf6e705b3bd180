/* SPDX-License-Identifier: Apache-2.0
 * Reads Prefer: a list of preferences, each a name, maybe a value (bare or quoted) and parameters.
 * httpd joins repeated headers with commas.
 */
#include "prefer.h"
#include "libbloodtest/text.h"

enum { MAX_BYTES = 1024, LONGEST = 1000000 };

/* The text up to one of `ends` that is not within quotes; *at moves behind it. */
static char *next_part(const char **at, const char *ends, apr_pool_t *pool)
{
    const char *begin = *at;
    int is_quoted = 0;
    for (; **at && (is_quoted || !strchr(ends, **at)); (*at)++) {
        if (is_quoted && **at == '\\' && (*at)[1])
            (*at)++;
        else if (**at == '"')
            is_quoted = !is_quoted;
    }
    char *part = apr_pstrmemdup(pool, begin, (apr_size_t)(*at - begin));
    if (**at)
        (*at)++;
    return part;
}

/* Without the blanks around it. */
static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t length = strlen(text);
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
        length--;
    text[length] = '\0';
    return text;
}

static char *unquote(char *text)
{
    size_t length = strlen(text);
    if (length < 2 || text[0] != '"' || text[length - 1] != '"')
        return text;
    text[length - 1] = '\0';
    return text + 1;
}

static void take_wait(btm_prefer_t *prefer, const btm_call_t *call, const char *value)
{
    long long seconds = 0;
    if (prefer->wait >= 0 || !*value || strspn(value, "0123456789") != strlen(value))
        return;
    if (bt_text_to_int64(&seconds, value) < 0 || seconds > LONGEST)
        seconds = LONGEST; /* longer than a number can be: as long as may be */
    prefer->wait = seconds > call->dir->sync_timeout ? call->dir->sync_timeout : (int)seconds;
}

btm_prefer_t btm_prefer_read(const btm_call_t *call)
{
    btm_prefer_t prefer = {.wait = -1};
    const char *at = apr_table_get(call->r->headers_in, "Prefer");
    if (!at || strlen(at) > MAX_BYTES)
        return prefer;
    while (*at) {
        const char *whole = next_part(&at, ",", call->r->pool);
        char *first = next_part(&whole, ";", call->r->pool); /* behind it are parameters */
        char *value = strchr(first, '=');
        if (value)
            *value++ = '\0';
        const char *name = trim(first);
        if (strcasecmp(name, "wait") == 0 && value)
            take_wait(&prefer, call, unquote(trim(value)));
        else if (strcasecmp(name, "respond-async") == 0)
            prefer.is_async = 1;
    }
    return prefer;
}

void btm_prefer_applied(const btm_call_t *call, const char *preference)
{
    apr_table_mergen(call->r->headers_out, "Preference-Applied", preference);
}
