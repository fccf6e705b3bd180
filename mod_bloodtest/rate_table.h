/* SPDX-License-Identifier: Apache-2.0
 * What one host knows of its callers: buckets for the time that Redis is away, and who is sending a
 * report right now.
 */
#ifndef BTM_RATE_TABLE_H
#define BTM_RATE_TABLE_H

#include <httpd.h>
#include "libbloodtest/queue.h"

/** Take one step from a bucket, as bt_queue_rate() does. */
apr_interval_time_t btm_rate_table_take(server_rec *s, const char *name, const bt_rate_t *rate);

/** Count a request under this name until it ends; 0 where `limit` others are counted. */
int btm_rate_table_enter(request_rec *r, const char *name, int limit);

#endif
