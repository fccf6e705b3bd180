/* SPDX-License-Identifier: Apache-2.0
 * JSON values owned by pools.  A root (object, array, parsed text) lives as long as its pool;
 * everything added below a root belongs to the root.  Setters and getters accept NULL nodes
 * (getters then answer the default), so chains need no checks.  Only json.c knows jansson.
 */
#ifndef BT_JSON_H
#define BT_JSON_H

#include <stddef.h>
#include <apr_pools.h>
#include "error.h"

typedef struct json_t bt_json_t;

enum { BT_JSON_MAX_BYTES = 32 * 1024 * 1024, BT_JSON_MAX_DEPTH = 64 };

bt_json_t *bt_json_object(apr_pool_t *pool);
bt_json_t *bt_json_array(apr_pool_t *pool);

/** Parse one document of at most BT_JSON_MAX_BYTES; duplicate keys and bad UTF-8 are errors
 * (BT_E_MALFORMED_JSON). */
bt_err_t *bt_json_parse(bt_json_t **json, const char *text, size_t length, apr_pool_t *pool);

/** Text in `pool`; indent 0 is compact.  Numbers keep 15 digits; key order is the order of
 * insertion. */
const char *bt_json_dump(const bt_json_t *json, int indent, apr_pool_t *pool);

/* Members of an object.  Strings are copied; NULL and not-a-number become null; bad UTF-8 is
 * replaced. */
void bt_json_set_string(bt_json_t *object, const char *key, const char *value);
void bt_json_set_number(bt_json_t *object, const char *key, double value);
void bt_json_set_int(bt_json_t *object, const char *key, long long value);
void bt_json_set_bool(bt_json_t *object, const char *key, int value);
void bt_json_set_null(bt_json_t *object, const char *key);
void bt_json_set_copy(bt_json_t *object, const char *key,
                      const bt_json_t *value); /* deep copy; NULL: null */
bt_json_t *bt_json_set_object(bt_json_t *object,
                              const char *key); /* a new empty one, to be filled */
bt_json_t *bt_json_set_array(bt_json_t *object, const char *key);

/* Members of an array. */
void bt_json_push_string(bt_json_t *array, const char *value);
void bt_json_push_number(bt_json_t *array, double value);
void bt_json_push_copy(bt_json_t *array, const bt_json_t *value);
bt_json_t *bt_json_push_object(bt_json_t *array);
bt_json_t *bt_json_push_array(bt_json_t *array);

/* Reading.  Borrowed from the root. */
const bt_json_t *bt_json_get(const bt_json_t *object,
                             const char *key); /* NULL where absent or not an object */
const bt_json_t *bt_json_at(const bt_json_t *array, size_t index);
size_t bt_json_size(const bt_json_t *node);        /* members of an array or object, else 0 */
const char *bt_json_string(const bt_json_t *node); /* NULL unless a string */
const char *bt_json_get_string(const bt_json_t *object, const char *key);
double bt_json_get_number(const bt_json_t *object, const char *key, double otherwise);
long long bt_json_get_int(const bt_json_t *object, const char *key, long long otherwise);
int bt_json_get_bool(const bt_json_t *object, const char *key, int otherwise);
int bt_json_is_number(const bt_json_t *node);
int bt_json_is_object(const bt_json_t *node);
int bt_json_is_array(const bt_json_t *node);
double bt_json_number(const bt_json_t *node, double otherwise);

/** Keys of an object, NULL-terminated, in `pool`. */
const char **bt_json_keys(const bt_json_t *object, apr_pool_t *pool);

#endif
