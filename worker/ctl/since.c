/* SPDX-License-Identifier: Apache-2.0
 * Moments as people write them on a command line: so long ago, a day, or a time.
 */
#include <config.h>
#include <string.h>
#include <time.h>
#include <apr_strings.h>
#include "ctl.h"
#include "../../libbloodtest/text.h"

enum { MAX_AMOUNT = 100000 };

/* "90m", "24h", "7d": so long ago. */
static int parse_ago(apr_time_t *since, const char *text, apr_pool_t *pool)
{
    size_t length = strlen(text);
    if (length < 2)
        return -1;
    long long amount = 0;
    const char unit = text[length - 1];
    const int seconds = unit == 'm' ? 60 : unit == 'h' ? 3600 : unit == 'd' ? 86400 : 0;
    if (!seconds || bt_text_to_int64(&amount, apr_pstrmemdup(pool, text, length - 1)) ||
        amount < 0 || amount > MAX_AMOUNT)
        return -1;
    *since = apr_time_now() - apr_time_from_sec(amount * seconds);
    return 0;
}

/* "2026-01-31" or "2026-01-31T08:00:00Z". */
static int parse_time(apr_time_t *since, const char *text)
{
    struct tm when = {0};
    const char *rest = strptime(text, "%Y-%m-%d", &when);
    if (rest && *rest == 'T')
        rest = strptime(rest, "T%H:%M:%SZ", &when);
    if (!rest || *rest)
        return -1;
    const time_t seconds = timegm(&when);
    if (seconds < 0)
        return -1;
    *since = apr_time_from_sec(seconds);
    return 0;
}

int ctl_parse_since(apr_time_t *since, const char *text, apr_pool_t *pool)
{
    return parse_ago(since, text, pool) ? parse_time(since, text) : 0;
}
