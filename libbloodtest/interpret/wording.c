/* SPDX-License-Identifier: Apache-2.0
 * Sentences, settings and words out of the knowledge, and the names and values that are put into
 * them.  Text of the PDF is cleaned and cut before it goes into a claim: it is data there, never a
 * sentence.
 */
#include "engine.h"
#include "../text.h"

#include <apr_strings.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

bt_err_t *bt_table(const bt_tsv_t **tsv, const bt_engine_t *engine, const char *file)
{
    *tsv = bt_catalogue_table(engine->catalogue, file);
    return *tsv ? NULL
                : bt_error(engine->pool, BT_E_CONFIG, "%s: no such file of the knowledge", file);
}

/* A table of two columns as a hash. */
static bt_err_t *load_pairs(apr_hash_t **hash, const bt_engine_t *engine, const char *file)
{
    const bt_tsv_t *tsv = NULL;
    apr_pool_t *pool = engine->pool;
    int key = 0, value = 0;
    BT_TRY(bt_table(&tsv, engine, file));
    BT_TRY(bt_tsv_column(&key, tsv, "key", pool));
    BT_TRY(bt_tsv_column(&value, tsv, "value", pool));
    *hash = apr_hash_make(pool);
    for (int i = 0; i < tsv->n_rows; i++)
        apr_hash_set(*hash, tsv->rows[i][key], APR_HASH_KEY_STRING, tsv->rows[i][value]);
    return NULL;
}

/* The name of a result or of a computed value. */
static int is_name(const bt_engine_t *engine, const bt_tsv_t *formulas, int name, const char *word)
{
    int found = bt_catalogue_by_id(engine->catalogue, word) != NULL;
    for (int i = 0; !found && i < formulas->n_rows; i++)
        found = !strcmp(formulas->rows[i][name], word);
    return found;
}

static bt_err_t *load_limit_pairs(bt_engine_t *engine)
{
    const bt_tsv_t *tsv = NULL, *formulas = NULL;
    int analytes = 0, limit = 0, unit = 0, paired = 0, name = 0;
    apr_pool_t *pool = engine->pool;
    BT_TRY(bt_table(&formulas, engine, "formulas.tsv"));
    BT_TRY(bt_tsv_column(&name, formulas, "name", pool));
    BT_TRY(bt_table(&tsv, engine, "limit_pairs.tsv"));
    BT_TRY(bt_tsv_column(&analytes, tsv, "analytes", pool));
    BT_TRY(bt_tsv_column(&limit, tsv, "limit", pool));
    BT_TRY(bt_tsv_column(&unit, tsv, "unit", pool));
    BT_TRY(bt_tsv_column(&paired, tsv, "in_unit", pool));
    engine->pairs = apr_hash_make(pool);
    for (int i = 0; i < tsv->n_rows; i++) {
        double canonical = NAN, *value = apr_palloc(pool, sizeof *value);
        BT_TRY(bt_tsv_number(&canonical, tsv, i, limit, pool));
        BT_TRY(bt_tsv_number(value, tsv, i, paired, pool));
        const char **ids = bt_tsv_split(NULL, tsv->rows[i][analytes], ' ', pool);
        for (; *ids; ids++) {
            if (!is_name(engine, formulas, name, *ids))
                return bt_tsv_error(tsv, i, analytes, "neither an analyte nor a formula", pool);
            apr_hash_set(engine->pairs,
                         apr_psprintf(pool, "%s|%.6g|%s", *ids, canonical, tsv->rows[i][unit]),
                         APR_HASH_KEY_STRING, value);
        }
    }
    return NULL;
}

static const char *plain_word(const char *word, apr_pool_t *pool)
{
    char *plain = apr_pstrdup(pool, word), *to = plain;
    for (const char *c = plain; *c; c++) {
        if (*c != ' ' && *c != '-' && *c != '.')
            *to++ = (char)tolower((unsigned char)*c);
    }
    *to = '\0';
    return plain;
}

static bt_err_t *load_meanings(bt_engine_t *engine)
{
    const bt_tsv_t *tsv = NULL;
    int kind = 0, word = 0, meaning = 0;
    apr_pool_t *pool = engine->pool;
    BT_TRY(bt_table(&tsv, engine, "meanings.tsv"));
    BT_TRY(bt_tsv_column(&kind, tsv, "kind", pool));
    BT_TRY(bt_tsv_column(&word, tsv, "word", pool));
    BT_TRY(bt_tsv_column(&meaning, tsv, "meaning", pool));
    engine->meanings = apr_hash_make(pool);
    for (int i = 0; i < tsv->n_rows; i++) {
        const char *key =
            apr_pstrcat(pool, tsv->rows[i][kind], "|", plain_word(tsv->rows[i][word], pool), NULL);
        apr_hash_set(engine->meanings, key, APR_HASH_KEY_STRING, tsv->rows[i][meaning]);
    }
    return NULL;
}

bt_err_t *bt_tables_load(bt_engine_t *engine)
{
    BT_TRY(load_pairs(&engine->wording, engine, "wording.tsv"));
    if (engine->context && engine->context->for_patient) {
        apr_hash_t *plain = NULL;
        BT_TRY(load_pairs(&plain, engine, "wording_patient.tsv"));
        engine->wording = apr_hash_overlay(engine->pool, plain, engine->wording);
    }
    BT_TRY(load_pairs(&engine->settings, engine, "settings.tsv"));
    BT_TRY(load_limit_pairs(engine));
    BT_TRY(load_meanings(engine));
    return bt_table(&engine->rules, engine, "rules.tsv");
}

double bt_setting(const bt_engine_t *engine, const char *key, double otherwise)
{
    const char *text = apr_hash_get(engine->settings, key, APR_HASH_KEY_STRING);
    double value = otherwise;
    return text && !bt_text_to_double(&value, text) ? value : otherwise;
}

double bt_setting_value(const bt_engine_t *engine, const char *key)
{
    const char *text = apr_hash_get(engine->settings, key, APR_HASH_KEY_STRING);
    bt_value_t value = {NAN, NAN, 0, NULL, NULL};
    bt_used_t used = {0};
    bt_err_t *err = text ? bt_expression(&value, &used, engine, text) : NULL;
    return !err && value.low == value.high ? value.low : NAN;
}

int bt_setting_is_site(const bt_engine_t *engine, const char *key)
{
    const bt_tsv_t *tsv = bt_catalogue_table(engine->catalogue, "settings.tsv");
    for (int i = 0; tsv && tsv->site_lines && i < tsv->n_rows; i++) {
        if (!strcmp(tsv->rows[i][0], key))
            return tsv->site_lines[i] != 0;
    }
    return 0;
}

int bt_setting_has(const bt_engine_t *engine, const char *key, const char *word)
{
    const char *list = apr_hash_get(engine->settings, key, APR_HASH_KEY_STRING);
    const char **words = bt_tsv_split(NULL, list ? list : "", ' ', engine->pool);
    for (; *words; words++) {
        if (!strcmp(*words, word))
            return 1;
    }
    return 0;
}

const char *bt_meaning(const bt_engine_t *engine, const char *kind, const char *word)
{
    enum { MAX_WORD = 60 };
    if (strlen(word) > MAX_WORD)
        return NULL;
    const char *key = apr_pstrcat(engine->pool, kind, "|", plain_word(word, engine->pool), NULL);
    return apr_hash_get(engine->meanings, key, APR_HASH_KEY_STRING);
}

const char *bt_number_text(double number, int digits, apr_pool_t *pool)
{
    char text[64];
    snprintf(text, sizeof text, "%.*g", digits, number);
    return apr_pstrdup(pool, text);
}

const char *bt_printed(const bt_engine_t *engine, const char *text, size_t limit)
{
    size_t length = strlen(text);
    int is_cut = length > limit;
    length = is_cut ? limit : length;
    while (is_cut && length && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--;
    char *clean = apr_pstrdup(engine->pool, bt_text_clean(text, length, engine->pool));
    for (char *c = clean; *c; c++)
        *c = *c == '\n' || *c == '\t' ? ' ' : *c;
    return is_cut ? apr_pstrcat(engine->pool, clean, "…", NULL) : clean;
}

/* The sentence of this key without anything put in; NULL where there is none. */
static const char *words_of(const bt_engine_t *engine, const char *key)
{
    return apr_hash_get(engine->wording, key, APR_HASH_KEY_STRING);
}

/* Sentences under the id of a rule, or "ID.N" for its N-th row, come before those of rules.tsv: so
 * another language, or plain words, are one file. */
const char *bt_rule_text(const bt_engine_t *engine, int row)
{
    enum { ID };
    int urgency = 0, role = 0, text = 0, number = 1;
    const bt_tsv_t *rules = engine->rules;
    const char *id = rules->rows[row][ID];
    for (int i = row - 1; i >= 0; i--)
        number += !strcmp(rules->rows[i][ID], id);
    const char *words = words_of(engine, apr_psprintf(engine->pool, "%s.%d", id, number));
    words = words ? words : words_of(engine, id);
    if (words || bt_tsv_column(&text, rules, "text", engine->pool) ||
        bt_tsv_column(&role, rules, "role", engine->pool) ||
        bt_tsv_column(&urgency, rules, "urgency", engine->pool))
        return words ? words : "";
    const char *plain = apr_psprintf(engine->pool, "plain_u%.1s", rules->rows[row][urgency] + 1);
    words = strcmp(rules->rows[row][role], "doctor") ? NULL : words_of(engine, plain);
    return words ? words : rules->rows[row][text];
}

const char *bt_fact_name(const bt_engine_t *engine, const bt_fact_t *fact)
{
    if (fact->row->analyte) {
        const char *key = apr_pstrcat(engine->pool, "name.", fact->row->analyte->id, NULL);
        const char *name = words_of(engine, key);
        return name ? name : fact->row->analyte->name;
    }
    return apr_psprintf(engine->pool, "\"%s\"",
                        bt_printed(engine, fact->row->label ? fact->row->label : "", BT_MAX_NAME));
}

const char *bt_fact_value(const bt_engine_t *engine, const bt_fact_t *fact)
{
    const bt_observation_t *row = fact->row;
    const char *value = row->value_text ? bt_printed(engine, row->value_text, BT_MAX_SHOWN)
                        : isnan(row->value)
                            ? (row->value_word ? row->value_word : "")
                            : apr_pstrcat(engine->pool, row->comparator,
                                          bt_number_text(row->value, 10, engine->pool), NULL);
    const char *unit = row->unit_text ? bt_printed(engine, row->unit_text, BT_MAX_SHOWN) : "";
    return *unit && *unit != '{' ? apr_pstrcat(engine->pool, value, " ", unit, NULL) : value;
}

/* What {name} stands for: one of the pairs, a result, or a computed value. */
static const char *filler(const bt_engine_t *engine, const char *name, const char *const *pairs)
{
    for (; pairs && pairs[0]; pairs += 2) {
        if (!strcmp(pairs[0], name))
            return pairs[1];
    }
    const bt_fact_t *fact = apr_hash_get(engine->bound, name, APR_HASH_KEY_STRING);
    if (fact)
        return apr_pstrcat(engine->pool, bt_fact_name(engine, fact), " ",
                           bt_fact_value(engine, fact), NULL);
    const bt_derived_t *derived = apr_hash_get(engine->derived_by_name, name, APR_HASH_KEY_STRING);
    if (derived)
        return apr_psprintf(engine->pool, "%s %s%s%s", derived->title, derived->value_text,
                            *derived->shown ? " " : "", derived->shown);
    return "";
}

const char *bt_fill(const bt_engine_t *engine, const char *text, const char *const *pairs)
{
    bt_buffer_t *out = bt_buffer_create(BT_MAX_CLAIM, engine->pool);
    while (*text) {
        size_t plain = strcspn(text, "{");
        bt_buffer_addn(out, text, plain);
        text += plain;
        const char *end = *text ? strchr(text, '}') : NULL;
        if (!end)
            break;
        const char *name = apr_pstrmemdup(engine->pool, text + 1, (apr_size_t)(end - text - 1));
        bt_buffer_add(out, filler(engine, name, pairs));
        text = end + 1;
    }
    return bt_text_clean(out->text, out->length, engine->pool);
}

const char *bt_sentence(const bt_engine_t *engine, const char *key, const char *const *pairs)
{
    const char *text = apr_hash_get(engine->wording, key, APR_HASH_KEY_STRING);
    return text ? bt_fill(engine, text, pairs) : "";
}
