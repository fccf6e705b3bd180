/* SPDX-License-Identifier: Apache-2.0
 * Writes log lines to standard error, each in one write so that threads do not mix theirs.  Below
 * systemd the journal adds the time itself and reads the level from "<N>".
 */
#include "log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <apr_time.h>

enum { MAX_LINE = 1200 };

static const struct {
    const char *name;
    int priority; /* of syslog */
} levels[] = {{"error", 3}, {"warning", 4}, {"notice", 5}, {"info", 6}, {"debug", 7}};
enum { N_LEVELS = sizeof levels / sizeof levels[0] };

typedef struct log_t {
    bt_log_level_t least;
    int is_journal;
} log_t;

static void write_line(void *baton, bt_log_level_t level, const char *tag, const char *text)
{
    const log_t *log = baton;
    if (level > log->least || (int)level >= N_LEVELS)
        return;
    char line[MAX_LINE];
    char when[64] = "";
    if (!log->is_journal) {
        apr_time_exp_t now;
        apr_time_exp_gmt(&now, apr_time_now());
        snprintf(when, sizeof when, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ %s", now.tm_year + 1900,
                 now.tm_mon + 1, now.tm_mday, now.tm_hour, now.tm_min, now.tm_sec,
                 (int)(now.tm_usec / 1000), levels[level].name);
    } else {
        snprintf(when, sizeof when, "<%d>", levels[level].priority);
    }
    int length =
        snprintf(line, sizeof line - 1, "%s%s%s: %s", when, log->is_journal ? "" : " ", tag, text);
    if (length < 0)
        return;
    size_t bytes = (size_t)length < sizeof line - 1 ? (size_t)length : sizeof line - 2;
    line[bytes++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, bytes);
    (void)written; /* there is nowhere to say that saying failed */
}

void btw_log_start(const char *level)
{
    static log_t log = {BT_LOG_NOTICE, 0};
    for (int i = 0; i < N_LEVELS; i++) {
        if (strcmp(levels[i].name, level) == 0)
            log.least = (bt_log_level_t)i;
    }
    log.is_journal = getenv("JOURNAL_STREAM") != NULL;
    bt_log_to(write_line, &log);
}
