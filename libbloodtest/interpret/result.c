/* SPDX-License-Identifier: Apache-2.0
 * Writes what was read and understood as JSON in the form of GET /results/{id}.  What is printed
 * stays beside what was understood of it, so that each can be held against the page.
 */
#include "engine.h"

#include <apr_strings.h>
#include <math.h>

enum { RED_FLAG = 3 };

static const char *urgency_name(int urgency)
{
    static const char *const names[] = {"U0", "U1", "U2", "U3", "U4"};
    return names[urgency];
}

static void write_place(bt_json_t *json, int page, const bt_box_t *box)
{
    if (page <= 0) {
        bt_json_set_null(json, "page");
        bt_json_set_null(json, "box");
        return;
    }
    bt_json_set_int(json, "page", page);
    bt_json_t *array = bt_json_set_array(json, "box");
    bt_json_push_number(array, box->x0);
    bt_json_push_number(array, box->y0);
    bt_json_push_number(array, box->x1);
    bt_json_push_number(array, box->y1);
}

/* An empty object where there is nothing to compare with. */
static void write_change(bt_json_t *json, const bt_change_t *change)
{
    char flag[2] = {change ? change->flag : '\0', '\0'};
    if (!change)
        return;
    bt_json_set_string(json, "previous_id", change->before->row->id);
    bt_json_set_number(json, "previous_value", change->before_value);
    bt_json_set_string(json, "previous_collected", change->before->collected);
    bt_json_set_number(json, "difference", change->difference);
    bt_json_set_number(json, "percent", change->percent);
    bt_json_set_string(json, "flag", change->flag ? flag : NULL);
}

static void write_observation(bt_json_t *json, const bt_fact_t *fact)
{
    const bt_observation_t *row = fact->row;
    bt_json_set_string(json, "id", row->id);
    bt_json_set_string(json, "label", row->label);
    bt_json_set_string(json, "value_text", row->value_text);
    bt_json_set_string(json, "unit_text", row->unit_text);
    bt_json_set_string(json, "reference_text", row->reference_text);
    bt_json_set_string(json, "flag_text", row->flag_text);
    write_place(json, row->page, &row->box);
    bt_json_set_string(json, "analyte", row->analyte ? row->analyte->id : NULL);
    bt_json_set_string(json, "loinc", row->loinc);
    bt_json_set_number(json, "value", row->value);
    bt_json_set_string(json, "value_word", row->value_word);
    bt_json_set_string(json, "comparator", row->comparator[0] ? row->comparator : NULL);
    bt_json_set_string(json, "unit", row->unit);
    bt_json_t *reference = bt_json_set_object(json, "reference");
    bt_json_set_number(reference, "low", fact->interval.low);
    bt_json_set_number(reference, "high", fact->interval.high);
    bt_json_set_string(reference, "text",
                       row->reference_text ? row->reference_text : fact->interval_text);
    bt_json_set_string(reference, "source",
                       fact->interval_source ? fact->interval_source
                       : row->reference_text ? "printed"
                                             : NULL);
    bt_json_set_string(json, "interpretation", fact->interpretation);
    bt_json_set_number(json, "confidence", row->confidence);
    bt_json_set_string(json, "confidence_reason", row->confidence_reason);
    bt_json_set_string(json, "section", row->section);
    bt_json_set_bool(json, "is_bold", row->is_bold);
    bt_json_set_string(json, "collected", row->collected);
    write_change(bt_json_set_object(json, "change"), fact->change);
}

/* Results of earlier analyses that this one was compared with. */
static void write_previous(bt_json_t *result, const bt_engine_t *engine)
{
    bt_json_t *array = bt_json_set_array(result, "previous");
    for (int i = engine->report->n_observations; i < engine->n_facts; i++) {
        const bt_fact_t *fact = &engine->facts[i];
        bt_json_t *json = bt_json_push_object(array);
        bt_json_set_string(json, "id", fact->row->id);
        bt_json_set_string(json, "analysis_id", fact->earlier->analysis_id);
        bt_json_set_string(json, "analyte", fact->row->analyte->id);
        bt_json_set_string(json, "value_text", fact->row->value_text);
        bt_json_set_string(json, "unit_text", fact->row->unit_text);
        bt_json_set_number(json, "value", fact->row->value);
        bt_json_set_string(json, "comparator",
                           fact->row->comparator[0] ? fact->row->comparator : NULL);
        bt_json_set_string(json, "unit", fact->row->unit);
        bt_json_set_string(json, "collected", fact->collected);
        bt_json_set_string(json, "sent", fact->earlier->sent);
    }
}

static void write_derived(bt_json_t *json, const bt_derived_t *derived)
{
    bt_json_set_string(json, "formula", derived->formula);
    bt_json_set_string(json, "name", derived->title);
    bt_json_set_string(json, "id", derived->name);
    bt_json_t *inputs = bt_json_set_array(json, "inputs");
    for (int i = 0; i < derived->n_used; i++) {
        const bt_observation_t *row = derived->used[i]->row;
        bt_json_t *input = bt_json_push_object(inputs);
        bt_json_set_string(input, "observation_id", row->id);
        bt_json_set_string(input, "analyte", row->analyte->id);
        bt_json_set_number(input, "value", row->value);
        bt_json_set_string(input, "unit", row->unit);
    }
    bt_json_set_number(json, "value", derived->shown_value);
    bt_json_set_string(json, "value_text", derived->value_text);
    bt_json_set_string(json, "unit", derived->unit);
    bt_json_set_string(json, "unit_text", derived->shown);
    bt_json_set_string(json, "source", derived->source);
    bt_json_set_bool(json, "reviewed", derived->reviewed);
}

static void write_claim(bt_json_t *json, const bt_claim_t *claim)
{
    bt_json_set_string(json, "role", claim->role);
    bt_json_set_string(json, "text", claim->text);
    bt_json_set_string(json, "urgency", urgency_name(claim->urgency));
    bt_json_t *ids = bt_json_set_array(json, "observation_ids");
    for (int i = 0; i < claim->n_used; i++)
        bt_json_push_string(ids, claim->used[i]->row->id);
    bt_json_set_string(json, "rule_id", claim->rule_id);
    bt_json_set_string(json, "rule_version", claim->rule_version);
    bt_json_set_string(json, "level", claim->level);
    bt_json_set_string(json, "source", claim->source);
    bt_json_set_bool(json, "reviewed", claim->reviewed);
}

static void write_lines(bt_json_t *json, const char *name, const bt_line_t *lines, int n)
{
    bt_json_t *array = bt_json_set_array(json, name);
    for (int i = 0; i < n; i++) {
        bt_json_t *line = bt_json_push_object(array);
        bt_json_set_string(line, "text", lines[i].text);
        write_place(line, lines[i].page, &lines[i].box);
        bt_json_set_string(line, "reason", lines[i].reason);
    }
}

static void write_people(bt_json_t *result, const bt_engine_t *engine)
{
    char sex[2] = {engine->context->sex, '\0'};
    bt_json_t *patient = bt_json_set_object(result, "patient");
    bt_json_set_string(patient, "sex", engine->context->sex ? sex : NULL);
    bt_json_set_number(patient, "age_years", engine->context->age_years);
    bt_json_t *specimen = bt_json_set_object(result, "specimen");
    bt_json_set_string(specimen, "collected", engine->report->collected);
    bt_json_set_string(specimen, "date", bt_date_of_report(engine));
    bt_json_set_string(result, "laboratory", engine->report->laboratory);
}

void bt_result_write(bt_json_t *result, bt_engine_t *engine)
{
    bt_json_t *rows = bt_json_set_array(result, "observations");
    for (int i = 0; i < engine->report->n_observations; i++)
        write_observation(bt_json_push_object(rows), &engine->facts[i]);
    write_previous(result, engine);
    bt_json_t *derived = bt_json_set_array(result, "derived");
    for (int i = 0; i < engine->derived->nelts; i++)
        write_derived(bt_json_push_object(derived),
                      APR_ARRAY_IDX(engine->derived, i, const bt_derived_t *));
    bt_json_t *red_flags = bt_json_set_array(result, "red_flags"),
              *claims = bt_json_set_array(result, "claims");
    for (int i = 0; i < engine->claims->nelts; i++) {
        const bt_claim_t *claim = APR_ARRAY_IDX(engine->claims, i, const bt_claim_t *);
        if (claim->urgency >= RED_FLAG)
            write_claim(bt_json_push_object(red_flags), claim);
        write_claim(bt_json_push_object(claims), claim);
    }
    write_lines(result, "not_understood", engine->report->not_understood,
                engine->report->n_not_understood);
    write_lines(result, "hidden_text", engine->report->hidden, engine->report->n_hidden);
    write_people(result, engine);
    bt_json_set_string(result, "urgency", urgency_name(bt_urgency(engine)));
    bt_json_set_string(result, "audience", engine->context->for_patient ? "patient" : "clinician");
    bt_json_set_string(result, "engine", "rules");
    bt_json_set_string(result, "knowledge_version", bt_catalogue_version(engine->catalogue));
}
