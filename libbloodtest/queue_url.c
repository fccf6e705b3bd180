/* SPDX-License-Identifier: Apache-2.0
 * The address of Redis, taken apart and checked without connecting, so that a mistake stops the
 * start with what to write. Messages show the address without its user and password, for they end
 * in logs.
 */
#include "queue_private.h"

#include <string.h>
#include <apr_lib.h>
#include <apr_strings.h>
#include "text.h"

#define FORMS                                                                                      \
    "write unix:/path/redis.sock[?db=N&prefix=P], redis://[user:password@]host[:port][/db] or "    \
    "redis+sentinel://[user:password@]host[:port][,host[:port]...]/MASTER[/db]"

static bt_err_t *refuse(apr_pool_t *pool, const char *what)
{
    return bt_error_hint(pool, BT_E_CONFIG, "address of Redis: %s; %s", what, FORMS);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)apr_tolower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* %XX decoded; control characters, raw or decoded, are refused. */
static bt_err_t *decode(const char **decoded, const char *text, apr_pool_t *pool)
{
    char *out = apr_pstrdup(pool, text);
    char *to = out;
    for (const char *from = text; *from; from++) {
        char c = *from;
        if (c == '%') {
            int high = hex_digit(from[1]);
            int low = high < 0 ? -1 : hex_digit(from[2]);
            if (low < 0)
                return refuse(pool, "'%' must be followed by two hexadecimal digits (itself: %25)");
            c = (char)(high * 16 + low);
            from += 2;
        }
        if ((unsigned char)c < 0x20 || c == 0x7f)
            return refuse(pool, "it has a control character");
        *to++ = c;
    }
    *to = '\0';
    *decoded = out;
    return NULL;
}

static bt_err_t *parse_number(int *number, const char *text, int limit, const char *what,
                              apr_pool_t *pool)
{
    long long value = 0;
    if (!apr_isdigit(*text) || bt_text_to_int64(&value, text) || value > limit)
        return refuse(pool, apr_psprintf(pool, "the %s is a number up to %d", what, limit));
    *number = (int)value;
    return NULL;
}

static bt_err_t *parse_prefix(bt_queue_address_t *address, const char *prefix, apr_pool_t *pool)
{
    size_t length = strlen(prefix);
    if (length == 0 || length > BT_REDIS_MAX_PREFIX)
        return refuse(pool, "the prefix has 1 to 64 characters");
    for (const char *c = prefix; *c; c++) {
        if (!apr_isalnum(*c) && !strchr("-_.:{}", *c))
            return refuse(pool, "the prefix may hold letters, digits and -_.:{} only");
    }
    address->prefix = prefix;
    return NULL;
}

static bt_err_t *parse_option(bt_queue_address_t *address, char *pair, apr_pool_t *pool)
{
    char *equals = strchr(pair, '=');
    if (!equals)
        return refuse(pool, "an option behind '?' is name=value");
    *equals = '\0';
    const char *value = NULL;
    BT_TRY(decode(&value, equals + 1, pool));
    if (strcmp(pair, "db") == 0)
        return parse_number(&address->login.db, value, BT_REDIS_MAX_DB, "db", pool);
    if (strcmp(pair, "prefix") == 0)
        return parse_prefix(address, value, pool);
    if (strcmp(pair, "user") == 0)
        address->login.user = value;
    else if (strcmp(pair, "password") == 0)
        address->login.password = value;
    else if (strcmp(pair, "sentinel_user") == 0)
        address->sentinel_login.user = value;
    else if (strcmp(pair, "sentinel_password") == 0)
        address->sentinel_login.password = value;
    else
        return refuse(pool, "the options behind '?' are db, prefix, user, password, sentinel_user "
                            "and sentinel_password");
    return NULL;
}

static bt_err_t *parse_options(bt_queue_address_t *address, char *text, apr_pool_t *pool)
{
    char *rest = text;
    while (rest) {
        char *next = strchr(rest, '&');
        if (next)
            *next++ = '\0';
        BT_TRY(parse_option(address, rest, pool));
        rest = next;
    }
    return NULL;
}

static bt_err_t *parse_unix(bt_queue_address_t *address, const char *text, apr_pool_t *pool)
{
    const char *path = NULL;
    BT_TRY(decode(&path, text, pool));
    if (path[0] != '/')
        return refuse(pool, "the path of a socket begins with '/'");
    if (strlen(path) > BT_REDIS_MAX_SOCKET)
        return refuse(pool, "the path of a socket has at most 107 bytes");
    address->place.path = path;
    address->shown = apr_pstrcat(pool, "unix:", path, NULL);
    return NULL;
}

static bt_err_t *parse_login(bt_queue_address_t *address, const char *login, apr_pool_t *pool)
{
    const char *colon = strchr(login, ':');
    if (!colon)
        return refuse(pool, "before '@' stands user:password (or :password)");
    BT_TRY(decode(&address->login.password, colon + 1, pool));
    if (colon == login)
        return NULL;
    const char *user = apr_pstrmemdup(pool, login, (apr_size_t)(colon - login));
    return decode(&address->login.user, user, pool);
}

/* host, host:port, [v6] or [v6]:port; *shown gets it as host:port. */
static bt_err_t *parse_host(bt_queue_place_t *place, const char **shown, char *text,
                            apr_pool_t *pool)
{
    char *after = text;
    if (*text == '[') {
        char *end = strchr(text, ']');
        if (!end || (end[1] && end[1] != ':'))
            return refuse(pool, "an IPv6 address stands in [ ]");
        *end = '\0';
        after = end + 1;
        place->host = text + 1;
    } else {
        after += strcspn(text, ":");
        place->host = text;
    }
    if (*after == ':') {
        *after = '\0';
        BT_TRY(parse_number(&place->port, after + 1, 65535, "port", pool));
        if (place->port == 0)
            return refuse(pool, "the port is a number from 1 to 65535");
    }
    if (!*place->host)
        return refuse(pool, "the host is missing");
    for (const char *c = place->host; *c; c++) {
        if (!apr_isalnum(*c) && !strchr("-_.:%", *c))
            return refuse(pool, "the host has a character that no host name has");
    }
    *shown = apr_psprintf(pool, *text == '[' ? "[%s]:%d" : "%s:%d", place->host, place->port);
    return NULL;
}

/* What stands before the last '@' is the login; *text moves behind it. */
static bt_err_t *take_login(bt_queue_address_t *address, char **text, apr_pool_t *pool)
{
    char *at = strrchr(*text, '@');
    if (!at)
        return NULL;
    *at = '\0';
    BT_TRY(parse_login(address, *text, pool));
    *text = at + 1;
    return NULL;
}

static bt_err_t *take_db(bt_queue_address_t *address, char *text, apr_pool_t *pool)
{
    char *slash = strchr(text, '/');
    if (!slash)
        return NULL;
    *slash = '\0';
    return slash[1] ? parse_number(&address->login.db, slash + 1, BT_REDIS_MAX_DB, "db", pool)
                    : NULL;
}

static bt_err_t *parse_network(bt_queue_address_t *address, char *text, apr_pool_t *pool)
{
    const char *shown = NULL;
    BT_TRY(take_login(address, &text, pool));
    BT_TRY(take_db(address, text, pool));
    address->place.port = BT_REDIS_PORT;
    BT_TRY(parse_host(&address->place, &shown, text, pool));
    address->shown = apr_pstrcat(pool, "redis://", shown, NULL);
    return NULL;
}

static bt_err_t *parse_master(bt_queue_address_t *address, char *name, apr_pool_t *pool)
{
    BT_TRY(take_db(address, name, pool));
    size_t length = strlen(name);
    if (length == 0 || length > BT_MAX_MASTER_NAME)
        return refuse(pool, "behind the sentinels stands /NAME, the master as they know it");
    for (const char *c = name; *c; c++) {
        if (!apr_isalnum(*c) && !strchr("-_.", *c))
            return refuse(pool, "the name of the master may hold letters, digits and -_. only");
    }
    address->master = name;
    return NULL;
}

static bt_err_t *parse_sentinels(bt_queue_address_t *address, char *text, apr_pool_t *pool)
{
    BT_TRY(take_login(address, &text, pool));
    char *slash = strchr(text, '/');
    if (!slash)
        return refuse(pool, "behind the sentinels stands /NAME, the master as they know it");
    *slash = '\0';
    BT_TRY(parse_master(address, slash + 1, pool));
    address->shown = "redis+sentinel://";
    for (char *next = text; next; address->n_sentinels++) {
        text = next;
        next = strchr(text, ',');
        if (next)
            *next++ = '\0';
        if (address->n_sentinels == BT_MAX_SENTINELS)
            return refuse(pool, "up to 8 sentinels may be named");
        const char *shown = NULL;
        bt_queue_place_t *place = &address->sentinels[address->n_sentinels];
        place->port = BT_SENTINEL_PORT;
        BT_TRY(parse_host(place, &shown, text, pool));
        address->shown = apr_pstrcat(pool, address->shown, shown, next ? "," : "/", NULL);
    }
    address->shown = apr_pstrcat(pool, address->shown, address->master, NULL);
    return NULL;
}

static int starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

bt_err_t *bt_queue_address_parse(bt_queue_address_t **address, const char *url, apr_pool_t *pool)
{
    if (!url || !*url)
        return refuse(pool, "it is empty");
    if (strlen(url) > BT_REDIS_MAX_URL)
        return refuse(pool, "it is longer than 1,024 bytes");
    if (starts_with(url, "rediss://")) {
        return bt_error_hint(pool, BT_E_CONFIG,
                             "address of Redis: rediss:// (TLS) is not available, because Debian's "
                             "hiredis has no TLS; use Redis across hosts over a private network or "
                             "stunnel, and write redis://host:port");
    }
    bt_queue_address_t *made = apr_pcalloc(pool, sizeof *made);
    made->prefix = "bloodtest";
    char *text = apr_pstrdup(pool, url);
    char *options = strchr(text, '?');
    if (options) {
        *options++ = '\0';
        BT_TRY(parse_options(made, options, pool));
    }
    if (starts_with(text, "unix:"))
        BT_TRY(parse_unix(made, text + strlen("unix:"), pool));
    else if (starts_with(text, "redis://"))
        BT_TRY(parse_network(made, text + strlen("redis://"), pool));
    else if (starts_with(text, "redis+sentinel://"))
        BT_TRY(parse_sentinels(made, text + strlen("redis+sentinel://"), pool));
    else
        return refuse(pool, "it begins with neither unix: nor redis:// nor redis+sentinel://");
    if ((made->login.user && !made->login.password) ||
        (made->sentinel_login.user && !made->sentinel_login.password))
        return refuse(pool, "a user needs a password");
    if (made->sentinel_login.password && !made->master)
        return refuse(pool, "sentinel_user and sentinel_password go with redis+sentinel://");
    *address = made;
    return NULL;
}
