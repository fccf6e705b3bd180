/* SPDX-License-Identifier: Apache-2.0
 * Reading JSON: typed getters that answer a default where a node is missing or of another type.
 */
#include "json.h"

#include <jansson.h>

const bt_json_t *bt_json_get(const bt_json_t *object, const char *key)
{
    return json_object_get(object, key);
}

const bt_json_t *bt_json_at(const bt_json_t *array, size_t index)
{
    return json_array_get(array, index);
}

size_t bt_json_size(const bt_json_t *node)
{
    return json_is_array(node) ? json_array_size(node) : json_object_size(node);
}

const char *bt_json_string(const bt_json_t *node)
{
    return json_string_value(node);
}

const char *bt_json_get_string(const bt_json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

double bt_json_number(const bt_json_t *node, double otherwise)
{
    return json_is_number(node) ? json_number_value(node) : otherwise;
}

double bt_json_get_number(const bt_json_t *object, const char *key, double otherwise)
{
    return bt_json_number(json_object_get(object, key), otherwise);
}

long long bt_json_get_int(const bt_json_t *object, const char *key, long long otherwise)
{
    const json_t *node = json_object_get(object, key);
    return json_is_integer(node) ? json_integer_value(node) : otherwise;
}

int bt_json_get_bool(const bt_json_t *object, const char *key, int otherwise)
{
    const json_t *node = json_object_get(object, key);
    return json_is_boolean(node) ? json_is_true(node) : otherwise;
}

int bt_json_is_number(const bt_json_t *node)
{
    return json_is_number(node);
}

int bt_json_is_object(const bt_json_t *node)
{
    return json_is_object(node);
}

int bt_json_is_array(const bt_json_t *node)
{
    return json_is_array(node);
}

const char **bt_json_keys(const bt_json_t *object, apr_pool_t *pool)
{
    const char **keys = apr_pcalloc(pool, (json_object_size(object) + 1) * sizeof(*keys));
    size_t n = 0;
    json_t *whole = (json_t *)object; /* jansson's iterator takes no const; nothing is changed */
    for (void *at = json_object_iter(whole); at; at = json_object_iter_next(whole, at))
        keys[n++] = json_object_iter_key(at);
    return keys;
}
