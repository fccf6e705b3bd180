/* SPDX-License-Identifier: Apache-2.0
 * What the tests of the engine share: facts in a short form, and finding claims and computed values
 * in a result.
 */
#ifndef INTERPRET_HELP_H
#define INTERPRET_HELP_H

#include <apr_general.h>
#include <apr_strings.h>
#include "libbloodtest/interpret/interpret.h"
#include "libbloodtest/tsv.h"

static apr_pool_t *pool;
static bt_catalogue_t *catalogue;

static inline int set_up(void **state)
{
    *state = NULL;
    apr_initialize();
    apr_pool_create(&pool, NULL);
    return bt_catalogue_load(&catalogue, pool) ? -1 : 0;
}

static inline int tear_down(void **state)
{
    *state = NULL;
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

static inline bt_json_t *interpreted(const char *patient, const char *observations,
                                     const char *query)
{
    bt_json_t *facts = NULL, *result = NULL;
    bt_report_t *report = NULL;
    bt_context_t context;
    const char *text =
        apr_psprintf(pool, "{\"patient\":{%s},\"observations\":[%s]}", patient, observations);
    bt_err_t *err = bt_json_parse(&facts, text, strlen(text), pool);
    err = err ? err : bt_facts_read(&report, &context, facts, catalogue, pool);
    if (!err) {
        context.query = query;
        err = bt_interpret(&result, report, &context, catalogue, pool);
    }
    if (err)
        fail_msg("%s: %s", text, bt_error_text(err, pool));
    return result;
}

/* One observation in the short form: "hb=7.0 g/dL", "hbsag=positive", "ast=<80 U/L ..40" (the upper
 * limit). */
static inline const char *row_of(const char *part)
{
    char *text = apr_pstrdup(pool, part), *upper = strstr(text, " .."), *value = strchr(text, '=');
    if (upper) {
        *upper = '\0';
        upper += strlen(" ..");
    }
    *value++ = '\0';
    char *unit = strchr(value, ' ');
    if (unit)
        *unit++ = '\0';
    const char *comparator = strspn(value, "<>") ? apr_pstrmemdup(pool, value, 1) : "";
    value += strlen(comparator);
    const char *quote = strspn(value, "0123456789.-") == strlen(value) ? "" : "\"";
    return apr_pstrcat(pool, "{\"analyte\":\"", text, "\",\"comparator\":\"", comparator,
                       "\",\"value\":", quote, value, quote, unit ? ",\"unit\":\"" : "",
                       unit ? unit : "", unit ? "\"" : "", upper ? ",\"reference\":{\"high\":" : "",
                       upper ? upper : "", upper ? "}}" : "}", NULL);
}

/* Observations in the short form, separated by ';'. */
static inline const char *rows_of(const char *text)
{
    const char *rows = "";
    for (const char **parts = bt_tsv_split(NULL, text, ';', pool); *parts; parts++)
        rows = apr_pstrcat(pool, rows, *rows ? "," : "", row_of(*parts), NULL);
    return rows;
}

/* The highest urgency with which the rule speaks, or NULL. */
static inline const char *urgency_of(const bt_json_t *result, const char *rule)
{
    const bt_json_t *claims = bt_json_get(result, "claims");
    const char *highest = NULL;
    for (size_t i = 0; i < bt_json_size(claims); i++) {
        const bt_json_t *claim = bt_json_at(claims, i);
        const char *urgency = bt_json_get_string(claim, "urgency");
        if (!strcmp(bt_json_get_string(claim, "rule_id"), rule) &&
            (!highest || strcmp(urgency, highest) > 0))
            highest = urgency;
    }
    return highest;
}

static inline double derived_value(const bt_json_t *result, const char *name)
{
    const bt_json_t *derived = bt_json_get(result, "derived");
    for (size_t i = 0; i < bt_json_size(derived); i++) {
        if (!strcmp(bt_json_get_string(bt_json_at(derived, i), "id"), name))
            return bt_json_get_number(bt_json_at(derived, i), "value", NAN);
    }
    return NAN;
}

#endif
