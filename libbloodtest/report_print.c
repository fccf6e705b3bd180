/* SPDX-License-Identifier: Apache-2.0
 * A report as JSON, for the process that has it read.  What it must look like is checked where it
 * is taken (report_json.c).
 */
#include "report_fields.h"

#include <math.h>
#include <string.h>
#include "json_text.h"

enum { ROW_BYTES = 600 }; /* more than most rows take */

static void add_texts(bt_buffer_t *json, const void *from, const bt_text_field_t *field)
{
    for (; field->name; field++) {
        const char *text = NULL;
        memcpy(&text, (const char *)from + field->offset, sizeof text);
        bt_json_text_string(json, field->name, text);
    }
}

/* Corners to the thousandth of a point. */
static void add_place(bt_buffer_t *json, int page, const bt_box_t *box)
{
    const double corners[] = {box->x0, box->y0, box->x1, box->y1};
    bt_json_text_number(json, "page", page > 0 ? page : NAN);
    bt_json_text_open(json, "box", '[');
    for (int i = 0; i < 4; i++)
        bt_json_text_number(json, NULL, round(corners[i] * 1000) / 1000);
    bt_json_text_close(json, ']');
}

static void add_observation(bt_buffer_t *json, const bt_observation_t *observation)
{
    const bt_interval_t *reference = &observation->reference;
    bt_json_text_open(json, NULL, '{');
    add_texts(json, observation, bt_observation_texts);
    add_place(json, observation->page, &observation->box);
    bt_json_text_string(json, "analyte", observation->analyte ? observation->analyte->id : NULL);
    bt_json_text_number(json, "value", observation->value);
    bt_json_text_string(json, "comparator", observation->comparator);
    bt_json_text_open(json, "reference", '{');
    bt_json_text_number(json, "low", reference->low);
    bt_json_text_number(json, "high", reference->high);
    bt_json_text_true(json, "low_excluded", reference->low_excluded);
    bt_json_text_true(json, "high_excluded", reference->high_excluded);
    bt_json_text_close(json, '}');
    bt_json_text_true(json, "is_bold", observation->is_bold);
    bt_json_text_number(json, "confidence", observation->confidence);
    bt_json_text_close(json, '}');
}

static void add_lines(bt_buffer_t *json, const char *name, const bt_line_t *lines, int n)
{
    bt_json_text_open(json, name, '[');
    for (int i = 0; i < n; i++) {
        bt_json_text_open(json, NULL, '{');
        add_texts(json, &lines[i], bt_line_texts);
        add_place(json, lines[i].page, &lines[i].box);
        bt_json_text_close(json, '}');
    }
    bt_json_text_close(json, ']');
}

const char *bt_report_print(const bt_report_t *report, apr_pool_t *pool)
{
    bt_buffer_t *json = bt_buffer_create(BT_JSON_MAX_BYTES, pool);
    char sex[2] = {report->sex, '\0'};
    bt_buffer_reserve(json, ROW_BYTES * (size_t)(report->n_observations + 1));
    bt_json_text_open(json, NULL, '{');
    bt_json_text_number(json, "pages", report->pages);
    bt_json_text_string(json, "sex", report->sex ? sex : NULL);
    bt_json_text_number(json, "age_years", report->age_years);
    add_texts(json, report, bt_report_texts);
    bt_json_text_open(json, "observations", '[');
    for (int i = 0; i < report->n_observations; i++)
        add_observation(json, &report->observations[i]);
    bt_json_text_close(json, ']');
    add_lines(json, "not_understood", report->not_understood, report->n_not_understood);
    add_lines(json, "hidden", report->hidden, report->n_hidden);
    bt_json_text_close(json, '}');
    return json->text;
}
