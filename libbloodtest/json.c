/* SPDX-License-Identifier: Apache-2.0
 * Building and printing JSON over jansson; values are owned by pools (json.h).  Reading is in
 * json_read.c.
 */
#include "json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <apr_strings.h>
#include <jansson.h>
#include "text.h"

static apr_status_t forget(void *json)
{
    json_decref(json);
    return APR_SUCCESS;
}

static bt_json_t *own(json_t *json, apr_pool_t *pool)
{
    if (!json)
        abort(); /* out of memory, as APR's pools do */
    apr_pool_cleanup_register(pool, json, forget, apr_pool_cleanup_null);
    return json;
}

bt_json_t *bt_json_object(apr_pool_t *pool)
{
    return own(json_object(), pool);
}

bt_json_t *bt_json_array(apr_pool_t *pool)
{
    return own(json_array(), pool);
}

bt_err_t *bt_json_parse(bt_json_t **json, const char *text, size_t length, apr_pool_t *pool)
{
    *json = NULL;
    if (length > BT_JSON_MAX_BYTES)
        return bt_error(pool, BT_E_MALFORMED_JSON, "JSON of %lu bytes is over the limit",
                        (unsigned long)length);
    size_t depth = 0;
    int in_string = 0;
    for (size_t i = 0; i < length;
         i++) { /* jansson allows 2048 levels; ours is lower, checked before it recurses */
        char c = text[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = 0;
        } else if (c == '"') {
            in_string = 1;
        } else if (c == '{' || c == '[') {
            if (++depth > BT_JSON_MAX_DEPTH)
                return bt_error(pool, BT_E_MALFORMED_JSON, "JSON nested deeper than %d",
                                BT_JSON_MAX_DEPTH);
        } else if ((c == '}' || c == ']') && depth) {
            depth--;
        }
    }
    json_error_t where;
    json_t *parsed = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
    if (!parsed) /* where.text may quote the document: line and column say enough */
        return bt_error_hint(pool, BT_E_MALFORMED_JSON, "not valid JSON at line %d, column %d",
                             where.line, where.column);
    *json = own(parsed, pool);
    return NULL;
}

const char *bt_json_dump(const bt_json_t *json, int indent, apr_pool_t *pool)
{
    size_t flags = JSON_ENCODE_ANY | JSON_REAL_PRECISION(15) |
                   (indent ? JSON_INDENT((size_t)indent) : JSON_COMPACT);
    char *text = json_dumps(json, flags);
    if (!text)
        abort();
    const char *copy = apr_pstrdup(pool, text);
    free(text);
    return copy;
}

/* jansson refuses bad UTF-8; a repaired text is better than none, and a lost field worse than both.
 */
static json_t *string_or_null(const char *value)
{
    if (!value)
        return json_null();
    json_t *made = json_string(value);
    if (made)
        return made;
    apr_pool_t *scratch;
    apr_pool_create(&scratch, NULL);
    made = json_string(bt_text_clean(value, strlen(value), scratch));
    apr_pool_destroy(scratch);
    return made ? made : json_null();
}

static json_t *number_or_null(double value)
{
    if (!isfinite(value))
        return json_null();
    if (value == floor(value) && fabs(value) < 1e15)
        return json_integer((json_int_t)value);
    return json_real(value);
}

static void set(bt_json_t *object, const char *key, json_t *value)
{
    if (!json_is_object(object))
        json_decref(value);
    else
        json_object_set_new(object, key, value); /* takes the reference whatever it answers */
}

static void push(bt_json_t *array, json_t *value)
{
    if (!json_is_array(array))
        json_decref(value);
    else
        json_array_append_new(array, value);
}

void bt_json_set_string(bt_json_t *object, const char *key, const char *value)
{
    set(object, key, string_or_null(value));
}

void bt_json_set_number(bt_json_t *object, const char *key, double value)
{
    set(object, key, number_or_null(value));
}

void bt_json_set_int(bt_json_t *object, const char *key, long long value)
{
    set(object, key, json_integer(value));
}

void bt_json_set_bool(bt_json_t *object, const char *key, int value)
{
    set(object, key, json_boolean(value));
}

void bt_json_set_null(bt_json_t *object, const char *key)
{
    set(object, key, json_null());
}

void bt_json_set_copy(bt_json_t *object, const char *key, const bt_json_t *value)
{
    set(object, key, value ? json_deep_copy(value) : json_null());
}

bt_json_t *bt_json_set_object(bt_json_t *object, const char *key)
{
    set(object, key, json_object());
    return json_object_get(object, key);
}

bt_json_t *bt_json_set_array(bt_json_t *object, const char *key)
{
    set(object, key, json_array());
    return json_object_get(object, key);
}

void bt_json_push_string(bt_json_t *array, const char *value)
{
    push(array, string_or_null(value));
}

void bt_json_push_number(bt_json_t *array, double value)
{
    push(array, number_or_null(value));
}

void bt_json_push_copy(bt_json_t *array, const bt_json_t *value)
{
    push(array, value ? json_deep_copy(value) : json_null());
}

bt_json_t *bt_json_push_object(bt_json_t *array)
{
    push(array, json_object());
    return json_array_get(array, json_array_size(array) - 1);
}

bt_json_t *bt_json_push_array(bt_json_t *array)
{
    push(array, json_array());
    return json_array_get(array, json_array_size(array) - 1);
}
