/* SPDX-License-Identifier: Apache-2.0
 * A result as a FHIR R4 Bundle: one DiagnosticReport, one Observation for each row and computed
 * value.  Codes are given where the catalogue is sure of them (LOINC, UCUM); everything is
 * preliminary and names no patient.
 */
#include "render.h"
#include "render_common.h"
#include "../ids.h"

#include <apr_strings.h>
#include <string.h>

#define SYSTEM_LOINC            "http://loinc.org"
#define SYSTEM_UCUM             "http://unitsofmeasure.org"
#define SYSTEM_INTERPRETATION   "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
#define SYSTEM_CATEGORY         "http://terminology.hl7.org/CodeSystem/observation-category"
#define SYSTEM_ABSENT           "http://terminology.hl7.org/CodeSystem/data-absent-reason"
#define SYSTEM_SECTION          "http://terminology.hl7.org/CodeSystem/v2-0074"
#define LOINC_LABORATORY_REPORT "11502-2"

/* A URN that is the same whenever the same result is shown: there is no clock and no chance here.
 */
static const char *urn_of(const char *seed, const char *kind, size_t index, apr_pool_t *pool)
{
    bt_sha256_t sha;
    const char *name = apr_psprintf(pool, "%s/%lu", kind, (unsigned long)index);
    bt_sha256_start(&sha);
    bt_sha256_add(&sha, seed, strlen(seed));
    bt_sha256_add(&sha, name, strlen(name));
    const char *hex = bt_sha256_end(&sha, pool);
    return apr_psprintf(pool, "urn:uuid:%.8s-%.4s-5%.3s-8%.3s-%.12s", hex, hex + 8, hex + 12,
                        hex + 15, hex + 18);
}

static void add_coding(bt_json_t *concept, const char *system, const char *code)
{
    bt_json_t *coding = bt_json_push_object(bt_json_set_array(concept, "coding"));
    bt_json_set_string(coding, "system", system);
    bt_json_set_string(coding, "code", code);
}

static void set_quantity(bt_json_t *quantity, double value, const char *printed_unit,
                         const char *ucum)
{
    bt_json_set_number(quantity, "value", value);
    if (printed_unit && *printed_unit)
        bt_json_set_string(quantity, "unit", printed_unit);
    if (ucum) {
        bt_json_set_string(quantity, "system", SYSTEM_UCUM);
        bt_json_set_string(quantity, "code", *ucum ? ucum : "1");
    }
}

static int is_comparator(const char *text)
{
    return text &&
           (!strcmp(text, "<") || !strcmp(text, "<=") || !strcmp(text, ">") || !strcmp(text, ">="));
}

static void set_value(bt_json_t *resource, const bt_json_t *row, apr_pool_t *pool)
{
    const bt_json_t *value = bt_json_get(row, "value");
    if (!bt_json_is_number(value)) {
        const char *text = bt_render_cell(row, "value_text", pool);
        if (*text)
            bt_json_set_string(resource, "valueString", text);
        else
            add_coding(bt_json_set_object(resource, "dataAbsentReason"), SYSTEM_ABSENT, "unknown");
        return;
    }
    bt_json_t *quantity = bt_json_set_object(resource, "valueQuantity");
    const char *comparator = bt_json_get_string(row, "comparator");
    set_quantity(quantity, bt_json_number(value, 0), bt_render_cell(row, "unit_text", pool),
                 bt_json_get_string(row, "unit"));
    if (is_comparator(comparator))
        bt_json_set_string(quantity, "comparator", comparator);
}

static void set_reference(bt_json_t *resource, const bt_json_t *result, const bt_json_t *row,
                          apr_pool_t *pool)
{
    const bt_json_t *reference = bt_json_get(row, "reference");
    const char *text = bt_render_reference(result, row, pool);
    int has_low = bt_json_is_number(bt_json_get(reference, "low"));
    int has_high = bt_json_is_number(bt_json_get(reference, "high"));
    if (!*text && !has_low && !has_high)
        return;
    const char *ucum = bt_json_get_string(row, "unit"),
               *unit = bt_render_cell(row, "unit_text", pool);
    bt_json_t *range = bt_json_push_object(bt_json_set_array(resource, "referenceRange"));
    if (has_low)
        set_quantity(bt_json_set_object(range, "low"), bt_json_get_number(reference, "low", 0),
                     unit, ucum);
    if (has_high)
        set_quantity(bt_json_set_object(range, "high"), bt_json_get_number(reference, "high", 0),
                     unit, ucum);
    if (*text)
        bt_json_set_string(range, "text", text);
}

static bt_json_t *add_resource(bt_json_t *bundle_entries, const char *urn, const char *type)
{
    bt_json_t *entry = bt_json_push_object(bundle_entries);
    bt_json_set_string(entry, "fullUrl", urn);
    bt_json_t *resource = bt_json_set_object(entry, "resource");
    bt_json_set_string(resource, "resourceType", type);
    bt_json_set_string(resource, "status", "preliminary");
    return resource;
}

static void set_category(bt_json_t *resource)
{
    add_coding(bt_json_push_object(bt_json_set_array(resource, "category")), SYSTEM_CATEGORY,
               "laboratory");
}

/* "2026-11-20" or with a time and zone: the only forms FHIR takes. */
static int is_fhir_date(const char *text)
{
    static const char form[] = "dddd-dd-dd";
    size_t i = 0;
    for (; form[i]; i++) {
        if (form[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return 0;
    }
    return !text[i] || (text[i] == 'T' && strlen(text) >= 20 && text[strlen(text) - 1] == 'Z');
}

/* A time without a zone is none in FHIR: then the day is given. */
static void set_date(bt_json_t *resource, const char *date, apr_pool_t *pool)
{
    enum { DAY = 10 };
    const char *day = strlen(date) > DAY ? apr_pstrndup(pool, date, DAY) : date;
    if (is_fhir_date(date))
        bt_json_set_string(resource, "effectiveDateTime", date);
    else if (is_fhir_date(day))
        bt_json_set_string(resource, "effectiveDateTime", day);
}

/* When the specimen was taken, as far as the report says. */
static const char *collected_of(const bt_json_t *result, apr_pool_t *pool)
{
    const bt_json_t *specimen = bt_json_get(result, "specimen");
    const char *date = bt_render_cell(specimen, "date", pool);
    return *date ? date : bt_render_cell(specimen, "collected", pool);
}

static void add_observation(bt_json_t *entries, const bt_json_t *result, const bt_json_t *row,
                            const char *urn, apr_pool_t *pool)
{
    bt_json_t *resource = add_resource(entries, urn, "Observation");
    set_category(resource);
    bt_json_t *code = bt_json_set_object(resource, "code");
    const char *loinc = bt_json_get_string(row, "loinc");
    if (loinc && *loinc)
        add_coding(code, SYSTEM_LOINC, loinc);
    const char *label = bt_render_cell(row, "label", pool);
    const char *own = bt_render_cell(row, "collected", pool);
    bt_json_set_string(code, "text", *label ? label : bt_render_word(result, "nameless", pool));
    set_date(resource, *own ? own : collected_of(result, pool), pool);
    set_value(resource, row, pool);
    const char *interpretation = bt_render_interpretation(row);
    if (*interpretation)
        add_coding(bt_json_push_object(bt_json_set_array(resource, "interpretation")),
                   SYSTEM_INTERPRETATION, interpretation);
    set_reference(resource, result, row, pool);
}

/* The URN of the row with this id; NULL where there is none. */
static const char *urn_of_row(const bt_json_t *rows, const char *id, const char *seed,
                              apr_pool_t *pool)
{
    for (size_t i = 0; id && i < bt_json_size(rows); i++) {
        const char *known = bt_json_get_string(bt_json_at(rows, i), "id");
        if (known && !strcmp(known, id))
            return urn_of(seed, "observation", i, pool);
    }
    return NULL;
}

static void add_derived(bt_json_t *entries, const bt_json_t *result, const bt_json_t *one,
                        const char *urn, const char *seed, apr_pool_t *pool)
{
    bt_json_t *resource = add_resource(entries, urn, "Observation");
    set_category(resource);
    bt_json_t *code = bt_json_set_object(resource, "code");
    const char *name = bt_render_cell(one, "name", pool);
    bt_json_set_string(code, "text", *name ? name : bt_render_word(result, "computed", pool));
    const bt_json_t *value = bt_json_get(one, "value");
    if (bt_json_is_number(value))
        set_quantity(bt_json_set_object(resource, "valueQuantity"), bt_json_number(value, 0),
                     bt_render_cell(one, "unit_text", pool), bt_json_get_string(one, "unit"));
    bt_json_set_string(bt_json_set_object(resource, "method"), "text",
                       apr_psprintf(pool, "%s (%s)", bt_render_word(result, "computed", pool),
                                    bt_render_cell(one, "formula", pool)));
    const bt_json_t *inputs = bt_json_get(one, "inputs");
    bt_json_t *from = NULL;
    for (size_t i = 0; i < bt_json_size(inputs); i++) {
        const char *id = bt_json_get_string(bt_json_at(inputs, i), "observation_id");
        const char *source = urn_of_row(bt_json_get(result, "observations"), id, seed, pool);
        if (!source)
            continue;
        from = from ? from : bt_json_set_array(resource, "derivedFrom");
        bt_json_set_string(bt_json_push_object(from), "reference", source);
    }
}

const char *bt_render_fhir(const bt_json_t *result, apr_pool_t *pool)
{
    bt_json_t *bundle = bt_json_object(pool);
    const char *seed = bt_json_dump(result, 0, pool);
    const bt_json_t *rows = bt_json_get(result, "observations"),
                    *derived = bt_json_get(result, "derived");
    seed = seed ? seed : "";
    bt_json_set_string(bundle, "resourceType", "Bundle");
    bt_json_set_string(bundle, "type", "collection");
    bt_json_t *entries = bt_json_set_array(bundle, "entry");
    bt_json_t *report = add_resource(entries, urn_of(seed, "report", 0, pool), "DiagnosticReport");
    add_coding(bt_json_set_object(report, "code"), SYSTEM_LOINC, LOINC_LABORATORY_REPORT);
    add_coding(bt_json_push_object(bt_json_set_array(report, "category")), SYSTEM_SECTION, "LAB");
    set_date(report, collected_of(result, pool), pool);
    const char *summary = bt_render_lines(result, "summary", pool),
               *disclaimer = bt_render_lines(result, "disclaimer", pool);
    if (*summary || *disclaimer)
        bt_json_set_string(
            report, "conclusion",
            apr_pstrcat(pool, summary, *summary && *disclaimer ? "\n" : "", disclaimer, NULL));
    bt_json_t *results =
        bt_json_size(rows) + bt_json_size(derived) ? bt_json_set_array(report, "result") : NULL;
    for (size_t i = 0; i < bt_json_size(rows); i++) {
        const char *urn = urn_of(seed, "observation", i, pool);
        bt_json_set_string(bt_json_push_object(results), "reference", urn);
        add_observation(entries, result, bt_json_at(rows, i), urn, pool);
    }
    for (size_t i = 0; i < bt_json_size(derived); i++) {
        if (bt_render_is_conversion(bt_json_at(derived, i)))
            continue;
        const char *urn = urn_of(seed, "derived", i, pool);
        bt_json_set_string(bt_json_push_object(results), "reference", urn);
        add_derived(entries, result, bt_json_at(derived, i), urn, seed, pool);
    }
    return bt_json_dump(bundle, 2, pool);
}
