/* SPDX-License-Identifier: Apache-2.0
 * What the forms of a result share: safe access to its rows, and the words for its parts.  Nobody
 * else includes this.
 */
#ifndef BT_RENDER_COMMON_H
#define BT_RENDER_COMMON_H

#include "../json.h"
#include "../text.h"

enum { BT_RENDER_MAX = 16 * 1024 * 1024, BT_RENDER_CELL = 4000 };

/* The texts of a result in the order in which they are shown; NULL ends them. */
extern const char *const bt_render_parts[];

/** A member as one line of clean text of bounded length: no control or direction characters.  ""
 * where it is none. */
const char *bt_render_cell(const bt_json_t *object, const char *key, apr_pool_t *pool);
/** The same for a text with lines. */
const char *bt_render_lines(const bt_json_t *object, const char *key, apr_pool_t *pool);
/** The day of a member that is an ISO date or time; "" for anything else. */
const char *bt_render_day(const bt_json_t *object, const char *key, apr_pool_t *pool);
/** What a row is called; with its day, where several days may stand in one table. */
const char *bt_render_label(const bt_json_t *observation, apr_pool_t *pool);
/** A word or heading (`label.KEY` of wording.tsv) as the result labels it, or else as the compiled
 * table has it.  Of the result, so to be escaped. */
const char *bt_render_word(const bt_json_t *result, const char *key, apr_pool_t *pool);
/** The reference of an observation: as printed, or the generic one in words that say so. */
const char *bt_render_reference(const bt_json_t *result, const bt_json_t *observation,
                                apr_pool_t *pool);
/** "o1, o2" of an array of texts. */
const char *bt_render_ids(const bt_json_t *array, apr_pool_t *pool);
/** "N", "L", "H", "LL", "HH", "A", or "" for anything else. */
const char *bt_render_interpretation(const bt_json_t *observation);
/** Whether a computed value is a printed one in another unit, which a reader need not see twice. */
int bt_render_is_conversion(const bt_json_t *derived);
/** "U0" to "U4", or "" for anything else; and the words for it. */
const char *bt_render_urgency(const bt_json_t *object);
const char *bt_render_urgency_words(const bt_json_t *result, const char *urgency, apr_pool_t *pool);

#endif
