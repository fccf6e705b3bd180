/* SPDX-License-Identifier: Apache-2.0
 * Log hook: the library says what it has to say through one function that its host sets once,
 * before any thread. Each line carries a stable BTnnnn tag; never patient data, document text or
 * secrets.
 */
#ifndef BT_LOG_H
#define BT_LOG_H

typedef enum {
    BT_LOG_ERROR,
    BT_LOG_WARNING,
    BT_LOG_NOTICE,
    BT_LOG_INFO,
    BT_LOG_DEBUG
} bt_log_level_t;
typedef void bt_log_fn(void *baton, bt_log_level_t level, const char *tag, const char *text);

/** Set the receiver; without one, lines of WARNING and above go to standard error. */
void bt_log_to(bt_log_fn *fn, void *baton);

/** One line: tag "BTnnnn", then the text (at most 1,000 bytes; control characters become spaces).
 */
void bt_log(bt_log_level_t level, const char *tag, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#endif
