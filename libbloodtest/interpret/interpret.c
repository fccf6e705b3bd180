/* SPDX-License-Identifier: Apache-2.0
 * The order in which a report is interpreted: facts, what follows for the person, computed values,
 * what holds for every result, then the rules, and last the advice that depends on how urgent all
 * that was.
 */
#include "engine.h"

#include <math.h>

/* What was sent with the report wins over what is printed in it. */
static bt_context_t filled(const bt_report_t *report, const bt_context_t *context)
{
    bt_context_t all = *context;
    all.sex = context->sex ? context->sex : report->sex;
    all.age_years = isnan(context->age_years) ? report->age_years : context->age_years;
    return all;
}

static bt_err_t *run(bt_engine_t *engine)
{
    static const char *const phases[] = {"critical", "rule", "verify", "advice"};
    engine->pregnant = engine->context->pregnant == 1;
    BT_TRY(bt_tables_load(engine));
    BT_TRY(bt_topics_find(engine));
    BT_TRY(bt_facts_make(engine));
    bt_facts_rounds(engine);
    BT_TRY(bt_rules_run(engine, "state"));
    if (!engine->pregnant && apr_hash_get(engine->fired, "S01", APR_HASH_KEY_STRING)) {
        engine->pregnant = 1;
        engine->bound = apr_hash_make(engine->pool);
        BT_TRY(bt_facts_make(engine));
        bt_facts_rounds(engine);
    }
    BT_TRY(bt_formulas_run(engine));
    BT_TRY(bt_general_claims(engine));
    BT_TRY(bt_changes_claims(engine));
    for (size_t i = 0; i < sizeof phases / sizeof phases[0]; i++)
        BT_TRY(bt_rules_run(engine, phases[i]));
    bt_claims_sort(engine);
    return NULL;
}

bt_err_t *bt_engine_begin(bt_engine_t *engine, apr_pool_t *pool)
{
    if (apr_pool_create(&engine->pool, pool) != APR_SUCCESS)
        return bt_error(pool, BT_E_INTERNAL, "no memory for the engine");
    engine->bound = apr_hash_make(engine->pool);
    engine->derived_by_name = apr_hash_make(engine->pool);
    for (int i = 0; i < BT_MAX_ROUNDS; i++)
        engine->derived_rounds[i] = engine->derived_by_name;
    engine->fired = apr_hash_make(engine->pool);
    engine->derived = apr_array_make(engine->pool, 16, sizeof(bt_derived_t *));
    engine->claims = apr_array_make(engine->pool, 64, sizeof(bt_claim_t *));
    return NULL;
}

bt_err_t *bt_interpret(bt_json_t **result, const bt_report_t *report, const bt_context_t *context,
                       const bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    bt_context_t all = filled(report, context);
    bt_engine_t engine = {.report = report, .context = &all, .catalogue = catalogue};
    BT_TRY(bt_engine_begin(&engine, pool));
    bt_err_t *err = run(&engine);
    if (err) {
        err = bt_error_wrap(pool, err, err->code, "interpreting");
        return err;
    }
    bt_json_t *made = bt_json_object(pool);
    bt_result_write(made, &engine);
    bt_texts_write(made, &engine);
    apr_pool_destroy(engine.pool);
    *result = made;
    return NULL;
}
