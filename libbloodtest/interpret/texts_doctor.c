/* SPDX-License-Identifier: Apache-2.0
 * What the doctor reads: urgent first, then what was asked, then by system, and last what is only
 * for information.
 */
#include "texts.h"

#include <apr_strings.h>
#include <string.h>

/* A line of the text: a claim, and the heading under which it stands. */
typedef struct entry_t {
    const bt_claim_t *claim;
    const char *section;
} entry_t;

/* Whether the setting of a system names the analyte or, as "@lipids", its group. */
static int is_in_system(const bt_engine_t *engine, const char *key, const bt_analyte_t *analyte)
{
    const char *group = apr_pstrmemdup(engine->pool, analyte->group, strcspn(analyte->group, " /"));
    return bt_setting_has(engine, key, analyte->id) ||
           bt_setting_has(engine, key, apr_pstrcat(engine->pool, "@", group, NULL));
}

/* The system of what is abnormal in the claim, else of its first result. */
static const char *system_of(const bt_engine_t *engine, const char *const *systems,
                             const bt_claim_t *claim)
{
    const bt_fact_t *fact = claim->n_used ? claim->used[0] : NULL;
    for (int i = claim->n_used - 1; i >= 0; i--)
        fact = bt_fact_is_abnormal(claim->used[i]) ? claim->used[i] : fact;
    for (; fact && fact->row->analyte && *systems; systems++) {
        const char *key = apr_pstrcat(engine->pool, "system_", *systems, NULL);
        if (is_in_system(engine, key, fact->row->analyte))
            return *systems;
    }
    return "other";
}

static const char *section_of(const bt_engine_t *engine, const char *const *systems,
                              const bt_claim_t *claim)
{
    if (claim->urgency >= BT_URGENT)
        return "urgent";
    if (claim->on_topic)
        return "asked";
    if (!strcmp(claim->rule_id, "D04"))
        return "change";
    if (claim->urgency < BT_ROUTINE && !strchr("DV", *claim->rule_id) && !bt_carries(engine, claim))
        return "info";
    return system_of(engine, systems, claim);
}

static int is_said(const entry_t *entries, int n, const char *text)
{
    for (int i = 0; i < n; i++) {
        if (!strcmp(entries[i].claim->text, text))
            return 1;
    }
    return 0;
}

/* Claims with a line of their own, in the order of their urgency, each text once. */
static int make_entries(entry_t *entries, const bt_engine_t *engine)
{
    const char *list = apr_hash_get(engine->settings, "systems", APR_HASH_KEY_STRING);
    const char **systems = bt_tsv_split(NULL, list ? list : "", ' ', engine->pool);
    int n = 0;
    for (int i = 0; i < engine->claims->nelts; i++) {
        const bt_claim_t *claim = bt_claim_at(engine, i);
        if (strcmp(claim->role, "doctor") || bt_carrier_of(engine, claim) ||
            is_said(entries, n, claim->text))
            continue;
        entries[n].claim = claim;
        entries[n++].section = section_of(engine, systems, claim);
    }
    return n;
}

static void add_section(bt_buffer_t *out, const bt_engine_t *engine, const entry_t *entries, int n,
                        const char *section)
{
    const char *key = apr_pstrcat(engine->pool, "system_", section, NULL);
    int lines = 0;
    for (int i = 0; i < n; i++) {
        if (strcmp(entries[i].section, section))
            continue;
        if (!lines++)
            bt_text_line(out, apr_pstrcat(engine->pool, bt_sentence(engine, key, NULL), ":", NULL));
        bt_text_claim(out, engine, entries[i].claim);
    }
}

/* The first entry under this heading. */
static int is_first(const entry_t *entries, int i)
{
    for (int k = 0; k < i; k++) {
        if (!strcmp(entries[k].section, entries[i].section))
            return 0;
    }
    return 1;
}

static int is_last_section(const char *section)
{
    return !strcmp(section, "info") || !strcmp(section, "change");
}

static const char *person_sentence(const bt_engine_t *engine)
{
    const char *key = bt_is_child(engine)     ? "person_child"
                      : engine->pregnant      ? "person_pregnant"
                      : !engine->context->sex ? "person_no_sex"
                                              : "person_none";
    return bt_sentence(engine, key, NULL);
}

const char *bt_text_doctor(const bt_engine_t *engine)
{
    bt_buffer_t *out = bt_buffer_create(BT_MAX_TEXT, engine->pool);
    entry_t *entries =
        apr_pcalloc(engine->pool, sizeof *entries * (apr_size_t)(engine->claims->nelts + 1));
    int n = make_entries(entries, engine);
    const char *key = apr_psprintf(engine->pool, "doctor_opening_u%d", bt_urgency(engine));
    bt_text_line(out, bt_sentence(engine, key, NULL));
    bt_text_line(out, person_sentence(engine));
    for (int i = 0; i < n; i++) {
        if (is_first(entries, i) && !is_last_section(entries[i].section))
            add_section(out, engine, entries, n, entries[i].section);
    }
    add_section(out, engine, entries, n, "change");
    add_section(out, engine, entries, n, "info");
    if (!n)
        bt_text_line(out, bt_sentence(engine, "doctor_nothing", NULL));
    return bt_text_end(out, engine);
}
