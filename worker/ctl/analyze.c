/* SPDX-License-Identifier: Apache-2.0
 * bloodtestctl analyze: one PDF, read in the sandbox and interpreted, without any server.
 */
#include <config.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "ctl.h"
#include "../../libbloodtest/interpret/interpret.h"
#include "../../libbloodtest/model.h"
#include "../../libbloodtest/render/render.h"
#include "../../libbloodtest/text.h"
#include "../llm/llm.h"

enum { INDENT = 2, MAX_AGE_YEARS = 130 };

typedef enum { FORM_TEXT, FORM_JSON, FORM_FHIR } form_t;

typedef struct request_t {
    const char *path, *query, *site;
    form_t form;
    bt_context_t context;
    const char *llm; /* worker.conf with the server, NULL: the rules speak */
} request_t;

static const char *base_name(const char *path)
{
    if (strcmp(path, "-") == 0)
        return "standard input";
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int parse_form(form_t *form, const ctl_args_t *args)
{
    const int is_json = ctl_value(args, "json") != NULL, is_fhir = ctl_value(args, "fhir") != NULL;
    *form = is_json ? FORM_JSON : is_fhir ? FORM_FHIR : FORM_TEXT;
    return is_json + is_fhir + (ctl_value(args, "text") != NULL) <= 1;
}

static ctl_exit_t parse_patient(bt_context_t *context, const ctl_args_t *args)
{
    const char *sex = ctl_value(args, "sex"), *age = ctl_value(args, "age");
    *context = (bt_context_t){.age_years = NAN, .pregnant = -1};
    if (sex && strcmp(sex, "M") != 0 && strcmp(sex, "F") != 0)
        return ctl_usage(args, "--sex is M or F");
    context->sex = sex ? sex[0] : '\0';
    if (age && (bt_text_to_double(&context->age_years, age) != 0 ||
                !(context->age_years >= 0 && context->age_years <= MAX_AGE_YEARS)))
        return ctl_usage(args, "--age is a number of years from 0 to %d", MAX_AGE_YEARS);
    if (ctl_value(args, "pregnant"))
        context->pregnant = 1;
    if (context->pregnant == 1 && context->sex == 'M')
        return ctl_usage(args, "--pregnant and --sex M exclude each other");
    return CTL_DONE;
}

static ctl_exit_t parse(request_t *request, const ctl_args_t *args, apr_pool_t *pool)
{
    const char *engine = ctl_value(args, "engine");
    const int is_llm = engine && strcmp(engine, "llm") == 0;
    if (engine && !is_llm && strcmp(engine, "rules") != 0)
        return ctl_usage(args, "--engine is rules or llm");
    if (is_llm && !ctl_value(args, "config"))
        return ctl_usage(args, "--engine llm needs --config FILE, a worker.conf with [llm]");
    request->llm = is_llm ? ctl_value(args, "config") : NULL;
    if (!parse_form(&request->form, args))
        return ctl_usage(args, "--text, --json and --fhir exclude each other");
    ctl_exit_t result = parse_patient(&request->context, args);
    if (result == CTL_DONE)
        result = ctl_audience(&request->context.for_patient, args);
    if (result != CTL_DONE)
        return result;
    const char *query = ctl_value(args, "query");
    if (query)
        query = bt_text_clean(query, strlen(query), pool);
    if (query && bt_text_length(query) > BT_MAX_QUERY_CHARS)
        return ctl_usage(args, "--query is longer than %d characters", BT_MAX_QUERY_CHARS);
    request->query = request->context.query = query;
    request->path = args->operand;
    request->site = ctl_value(args, "site");
    return CTL_DONE;
}

/* The model's words in place of those of the rules. */
static bt_err_t *speak(bt_json_t **result, const request_t *request,
                       const bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    btw_config_t *config = NULL;
    btw_llm_t *llm = NULL;
    BT_TRY(btw_config_load(&config, request->llm, pool));
    BT_TRY(btw_llm_start(&llm, config, catalogue, pool));
    if (!llm)
        return bt_error_hint(pool, BT_E_CONFIG, "%s names no base_url below [llm]", request->llm);
    const btw_llm_job_t job = {.rules = bt_json_dump(*result, 0, pool), .query = request->query};
    btw_llm_outcome_t outcome;
    BT_TRY(btw_llm_run(&outcome, llm, &job, pool));
    *result = outcome.result;
    return NULL;
}

static bt_err_t *analyze(bt_json_t **result, const request_t *request, apr_pool_t *pool)
{
    btw_document_t document = {.fd = -1};
    bt_catalogue_t *catalogue = NULL;
    btw_extractor_t *extractor = NULL;
    bt_report_t *report = NULL;
    btw_extract_outcome_t outcome;
    BT_TRY(ctl_open_pdf(&document.fd, request->path, pool));
    btw_extract_limits_t limits = {.site = request->site};
    bt_err_t *err = ctl_catalogue(&catalogue, request->site, pool);
    if (!err)
        err = btw_extractor_start(&extractor, NULL, &limits, pool);
    if (!err)
        err = btw_extract(&report, &outcome, extractor, &document, catalogue, pool);
    close(document.fd);
    if (!err)
        err = bt_interpret(result, report, &request->context, catalogue, pool);
    if (!err && request->llm)
        err = speak(result, request, catalogue, pool);
    if (err)
        return err;
    bt_json_set_string(*result, "status", BT_COMPLETED);
    bt_json_set_string(*result, "query", request->query);
    bt_json_set_string(*result, "original_filename", base_name(request->path));
    return NULL;
}

/* With --json a program reads the failure where it looks for the result, in the words of GET
 * /status. */
static void print_failure(const request_t *request, const bt_err_t *err, apr_pool_t *pool)
{
    bt_json_t *json = bt_json_object(pool);
    bt_json_set_string(json, "status", BT_FAILED);
    bt_json_set_string(json, "query", request->query);
    bt_json_set_string(json, "original_filename", base_name(request->path));
    bt_json_set_string(json, "error_class", bt_code_slug(err->code));
    bt_json_set_string(json, "error_message", err->hint ? err->hint : bt_code_public(err->code));
    ctl_print(bt_json_dump(json, INDENT, pool));
}

static ctl_exit_t run(const ctl_args_t *args, apr_pool_t *pool)
{
    request_t request;
    ctl_exit_t parsed = parse(&request, args, pool);
    if (parsed != CTL_DONE)
        return parsed;
    bt_json_t *result = NULL;
    bt_err_t *err = analyze(&result, &request, pool);
    if (err) {
        if (request.form == FORM_JSON)
            print_failure(&request, err, pool);
        return ctl_failed(err, pool);
    }
    if (request.form == FORM_JSON)
        return ctl_print(bt_json_dump(result, INDENT, pool));
    return ctl_print(request.form == FORM_FHIR ? bt_render_fhir(result, pool)
                                               : bt_render_text(result, pool));
}

const ctl_command_t ctl_analyze = {
    .name = "analyze",
    .synopsis = "FILE [--query TEXT] [--text | --json | --fhir] [--engine rules|llm] [--config "
                "FILE] [--sex M|F] "
                "[--age YEARS] [--pregnant] [--audience NAME] [--site DIR]",
    .summary = "Read and interpret one report, without any server",
    .takes_operand = 1,
    .run = run,
    .options = {{"query", "TEXT", "what the reader of the report wants to know"},
                {"text", NULL, "the result as text (the default)"},
                {"json", NULL, "the whole result as JSON, like GET /results/{id}"},
                {"fhir", NULL, "the result as a FHIR R4 bundle"},
                {"engine", "NAME",
                 "rules (the default), or llm: a language model, held against them"},
                {"config", "FILE", "worker.conf whose [llm] names the server of the model"},
                {"sex", "M|F", "of the patient; wins over what the report says"},
                {"age", "YEARS", "of the patient; wins over what the report says"},
                {"pregnant", NULL, "the patient is pregnant"},
                CTL_AUDIENCE_OPTION,
                CTL_SITE_OPTION},
    .help =
        "FILE is a PDF of at most 20 MB ('-' is standard input). It is read in a sandbox\n"
        "without files, network or new processes. What cannot be read is named by its class\n"
        "on standard error (damaged, encrypted, no_text, not_a_report, too_large, timeout,\n"
        "poison); with --json also as {\"status\":\"failed\",\"error_class\",\"error_message\"}\n"
        "on standard output.\n\n"
        "Exit status: 0 done, 1 internal failure, 2 wrong usage, 3 the file was refused.\n",
};
