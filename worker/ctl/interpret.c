/* SPDX-License-Identifier: Apache-2.0
 * bloodtestctl interpret: facts in, the result of an analysis out, without any PDF.
 */
#include <config.h>
#include "ctl.h"
#include "../../libbloodtest/interpret/interpret.h"
#include "../../libbloodtest/render/render.h"

enum { INDENT = 2 };

static bt_err_t *interpret(bt_json_t **result, const ctl_args_t *args, int for_patient,
                           apr_pool_t *pool)
{
    const char *text = NULL;
    size_t length = 0;
    bt_json_t *facts = NULL;
    bt_catalogue_t *catalogue = NULL;
    bt_report_t *report = NULL;
    bt_context_t context;
    BT_TRY(ctl_read_text(&text, &length, args->operand, BT_MAX_FACTS_BYTES, pool));
    BT_TRY(bt_json_parse(&facts, text, length, pool));
    BT_TRY(ctl_catalogue(&catalogue, ctl_value(args, "site"), pool));
    BT_TRY(bt_facts_read(&report, &context, facts, catalogue, pool));
    context.for_patient = for_patient;
    if (ctl_value(args, "query"))
        context.query = ctl_value(args, "query");
    return bt_interpret(result, report, &context, catalogue, pool);
}

static ctl_exit_t run(const ctl_args_t *args, apr_pool_t *pool)
{
    if (ctl_value(args, "json") && ctl_value(args, "text"))
        return ctl_usage(args, "--json and --text exclude each other");
    bt_json_t *result = NULL;
    int for_patient = 0;
    ctl_exit_t parsed = ctl_audience(&for_patient, args);
    if (parsed != CTL_DONE)
        return parsed;
    bt_err_t *err = interpret(&result, args, for_patient, pool);
    if (err)
        return ctl_failed(err, pool);
    return ctl_print(ctl_value(args, "text") ? bt_render_text(result, pool)
                                             : bt_json_dump(result, INDENT, pool));
}

const ctl_command_t ctl_interpret = {
    .name = "interpret",
    .synopsis = "FACTS.json [--json | --text] [--query TEXT] [--audience NAME] [--site DIR]",
    .summary = "Interpret facts that are not from a PDF",
    .takes_operand = 1,
    .run = run,
    .options = {{"json", NULL, "the whole result as JSON (the default)"},
                {"text", NULL, "the result as text"},
                {"query", "TEXT", "what the reader wants to know"},
                CTL_AUDIENCE_OPTION,
                CTL_SITE_OPTION},
    .help = "FACTS.json ('-' is standard input) holds\n"
            "  {\"patient\":{\"sex\":\"F\",\"age_years\":44},\n"
            "   \"observations\":[{\"analyte\":\"hb\",\"value\":10.1,\"unit\":\"g/dL\"}]}\n"
            "An analyte is named by its id in the catalogue; for an unknown one the nearest ids\n"
            "are printed.\n\n"
            "Exit status: 0 done, 1 internal failure, 2 wrong usage, 3 the facts were refused.\n",
};
