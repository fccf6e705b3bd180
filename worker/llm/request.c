/* SPDX-License-Identifier: Apache-2.0
 * Writes the body of a chat completion in the dialect that the server understands.
 */
#include "private.h"

#include <math.h>
#include <string.h>

static void add_message(bt_json_t *messages, const char *role, const char *content)
{
    bt_json_t *message = bt_json_push_object(messages);
    bt_json_set_string(message, "role", role);
    bt_json_set_string(message, "content", content);
}

static void add_format(bt_json_t *body, btw_format_t format, apr_pool_t *pool)
{
    if (format == BTW_FORMAT_NONE)
        return;
    bt_json_t *response = bt_json_set_object(body, "response_format");
    if (format == BTW_FORMAT_OBJECT) {
        bt_json_set_string(response, "type", "json_object");
        return;
    }
    bt_json_t *schema = NULL;
    const char *text = btw_prompt("schema.json");
    bt_json_set_string(response, "type", "json_schema");
    bt_json_t *outer = bt_json_set_object(response, "json_schema");
    bt_json_set_string(outer, "name", "claims");
    bt_json_set_bool(outer, "strict", 1);
    if (!bt_json_parse(&schema, text, strlen(text), pool))
        bt_json_set_copy(outer, "schema", schema);
}

const char *btw_request_body(const btw_settings_t *settings, const btw_call_t *call,
                             apr_pool_t *pool)
{
    static const char *const limits[] = {"max_completion_tokens", "max_tokens"};
    const btw_dialect_t *dialect = &call->dialect;
    bt_json_t *body = bt_json_object(pool);
    bt_json_set_string(body, "model", settings->model);
    bt_json_t *messages = bt_json_set_array(body, "messages");
    add_message(messages, "system", call->system);
    add_message(messages, "user", call->user);
    add_format(body, dialect->format, pool);
    if (dialect->limit != BTW_LIMIT_NONE)
        bt_json_set_int(body, limits[dialect->limit], settings->config->llm_max_tokens);
    if (!dialect->no_temperature && !isnan(settings->temperature))
        bt_json_set_number(body, "temperature", settings->temperature);
    return bt_json_dump(body, 0, pool);
}
