/* SPDX-License-Identifier: Apache-2.0
 * A fuzz target for what a hostile reader of PDFs may write, and for facts that a client sends: a
 * report that is taken is within its limits, and can be interpreted and rendered.
 */
#include "fuzz.h"

#include <string.h>
#include "libbloodtest/interpret/interpret.h"
#include "libbloodtest/render/render.h"

static bt_catalogue_t *catalogue;

void fuzz_start(apr_pool_t *pool)
{
    need(!bt_catalogue_load(&catalogue, pool));
}

static void use_report(const bt_report_t *report, const bt_context_t *context, apr_pool_t *pool)
{
    bt_json_t *result = NULL;
    bt_earlier_t earlier = {NULL};
    if (bt_interpret(&result, report, context, catalogue, pool))
        return;
    need(bt_render_text(result, pool) && bt_render_html(result, pool));
    need(bt_render_fhir(result, pool) != NULL);
    bt_earlier_read(&earlier, result, catalogue, pool);
    need(earlier.n_rows <= report->n_observations);
}

static void try_child(const bt_json_t *json, apr_pool_t *pool)
{
    const bt_context_t context = {.query = "iron?", .age_years = 40, .pregnant = -1};
    bt_report_t *report = NULL, *again = NULL;
    bt_json_t *printed = NULL;
    if (bt_report_from_json(&report, bt_json_get(json, "report"), catalogue, pool))
        return;
    need(report->n_observations <= BT_MAX_OBSERVATIONS && report->n_hidden <= BT_MAX_HIDDEN);
    need(report->n_not_understood <= BT_MAX_NOT_UNDERSTOOD);
    const char *said = bt_report_print(report, pool);
    need(!bt_json_parse(&printed, said, strlen(said), pool));
    need(!bt_report_from_json(&again, printed, catalogue, pool));
    use_report(report, &context, pool);
}

void fuzz_try(const char *text, size_t length, apr_pool_t *pool)
{
    bt_json_t *json = NULL;
    bt_report_t *report = NULL;
    bt_context_t context = {NULL};
    if (bt_json_parse(&json, text, length, pool))
        return;
    if (bt_json_get(json, "report"))
        try_child(json, pool);
    else if (!bt_facts_read(&report, &context, json, catalogue, pool))
        use_report(report, &context, pool);
}
