/* SPDX-License-Identifier: Apache-2.0
 * Runs formulas and rules, which are rows of the knowledge.  A report may hold an analyte more than
 * once: the rules are tried on each of its results, so that a critical one is not hidden by its
 * neighbour.
 */
#include "engine.h"
#include "../text.h"

#include <apr_strings.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct columns_t {
    int id, version, phase, when, urgency, role, level, gate, silent_if, covers, text, source,
        reviewed;
} columns_t;

static bt_err_t *find_columns(columns_t *columns, const bt_tsv_t *tsv, apr_pool_t *pool)
{
    const struct {
        const char *name;
        int *column;
    } wanted[] = {
        {"id", &columns->id},
        {"version", &columns->version},
        {"phase", &columns->phase},
        {"when", &columns->when},
        {"urgency", &columns->urgency},
        {"role", &columns->role},
        {"level", &columns->level},
        {"gate", &columns->gate},
        {"silent_if", &columns->silent_if},
        {"covers", &columns->covers},
        {"text", &columns->text},
        {"source", &columns->source},
        {"reviewed", &columns->reviewed},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        BT_TRY(bt_tsv_column(wanted[i].column, tsv, wanted[i].name, pool));
    return NULL;
}

/* By analyte and value, so that the order of a report's rows means nothing. */
static int by_analyte_and_value(const void *a, const void *b)
{
    const bt_fact_t *x = *(const bt_fact_t *const *)a, *y = *(const bt_fact_t *const *)b;
    int order = strcmp(x->row->analyte->id, y->row->analyte->id);
    if (order)
        return order;
    if (x->canonical < y->canonical || x->canonical > y->canonical)
        return x->canonical < y->canonical ? -1 : 1;
    order = strcmp(x->row->value_word ? x->row->value_word : "",
                   y->row->value_word ? y->row->value_word : "");
    return order ? order : x < y ? -1 : x > y;
}

static const bt_fact_t **usable_facts(int *n, const bt_engine_t *engine)
{
    int all = engine->report->n_observations;
    const bt_fact_t **facts = apr_palloc(engine->pool, sizeof *facts * (apr_size_t)(all + 1));
    *n = 0;
    for (int i = 0; i < all; i++) {
        if (engine->facts[i].row->analyte && engine->facts[i].state == BT_FACT_USABLE)
            facts[(*n)++] = &engine->facts[i];
    }
    qsort(facts, (size_t)*n, sizeof *facts, by_analyte_and_value);
    return facts;
}

/* Round k binds the k-th result of each analyte, or its last one where there are fewer. */
void bt_facts_rounds(bt_engine_t *engine)
{
    int n = 0;
    const bt_fact_t **facts = usable_facts(&n, engine);
    apr_hash_t *counts = apr_hash_make(engine->pool);
    engine->n_rounds = 1;
    for (int i = 0; i < BT_MAX_ROUNDS; i++)
        engine->rounds[i] = apr_hash_make(engine->pool);
    for (int i = 0; i < n; i++) {
        const bt_fact_t *fact = facts[i];
        const char *id = fact->row->analyte->id;
        int *count = apr_hash_get(counts, id, APR_HASH_KEY_STRING);
        if (!count) {
            count = apr_pcalloc(engine->pool, sizeof *count);
            apr_hash_set(counts, id, APR_HASH_KEY_STRING, count);
        }
        for (int round = *count; round < BT_MAX_ROUNDS; round++)
            apr_hash_set(engine->rounds[round], id, APR_HASH_KEY_STRING, fact);
        *count += *count < BT_MAX_ROUNDS;
        engine->n_rounds = *count > engine->n_rounds ? *count : engine->n_rounds;
    }
    engine->bound = engine->rounds[0];
}

static int is_gated(const bt_engine_t *engine, const char *gate)
{
    return (bt_tsv_has_word(gate, "adult") && bt_is_child(engine)) ||
           (bt_tsv_has_word(gate, "notpregnant") && engine->pregnant);
}

bt_err_t *bt_rule_covers(int *covers, const bt_engine_t *engine, const char *analyte, char side)
{
    int column = 0, gate = 0;
    const char *word = apr_psprintf(engine->pool, "%s%c", analyte, side);
    BT_TRY(bt_tsv_column(&column, engine->rules, "covers", engine->pool));
    BT_TRY(bt_tsv_column(&gate, engine->rules, "gate", engine->pool));
    *covers = 0;
    for (int i = 0; i < engine->rules->n_rows && !*covers; i++)
        *covers = bt_tsv_has_word(engine->rules->rows[i][column], word) &&
                  !is_gated(engine, engine->rules->rows[i][gate]);
    return NULL;
}

/* ---- formulas ---- */

static const char *unit_shown(const char *shown, const char *unit)
{
    return *shown ? shown : *unit == '{' || !strcmp(unit, "1") ? "" : unit;
}

/* "%.*f" that never says "-0". */
static const char *fixed_text(const bt_engine_t *engine, double value, int decimals)
{
    const char *text = apr_psprintf(engine->pool, "%.*f", decimals, value);
    return text[0] == '-' && strspn(text + 1, "0.") == strlen(text + 1) ? text + 1 : text;
}

/* A computed value is shown in the unit in which the report gives the result that it is like. */
static void show_like(bt_derived_t *derived, const bt_engine_t *engine, const char *like)
{
    enum { DECIMALS = 2 };
    const bt_fact_t *fact = *like ? apr_hash_get(engine->bound, like, APR_HASH_KEY_STRING) : NULL;
    const bt_alt_unit_t *alt = fact ? bt_fact_alt_unit(fact) : NULL;
    if (!alt)
        return;
    derived->shown_value = (derived->value - alt->offset) / alt->factor;
    derived->unit = derived->shown = alt->unit;
    derived->value_text = fixed_text(engine, derived->shown_value, DECIMALS);
}

/* The same figure of the same results was computed in an earlier round. */
static int is_known(const bt_engine_t *engine, const bt_derived_t *derived)
{
    for (int i = 0; i < engine->derived->nelts; i++) {
        const bt_derived_t *other = APR_ARRAY_IDX(engine->derived, i, const bt_derived_t *);
        if (!strcmp(other->name, derived->name) && other->n_used == derived->n_used &&
            !memcmp(other->used, derived->used, sizeof other->used[0] * (size_t)other->n_used))
            return 1;
    }
    return 0;
}

static void keep_derived(bt_engine_t *engine, bt_derived_t *derived)
{
    apr_hash_set(engine->derived_by_name, derived->name, APR_HASH_KEY_STRING, derived);
    if (is_known(engine, derived))
        return;
    APR_ARRAY_PUSH(engine->derived, bt_derived_t *) = derived;
}

/* F29: each result in another unit than the catalogue's, in that of the catalogue. */
static void convert_units(bt_engine_t *engine)
{
    for (int i = 0; i < engine->report->n_observations; i++) {
        const bt_fact_t *fact = &engine->facts[i];
        if (fact->state != BT_FACT_USABLE || fact->row->comparator[0] || isnan(fact->canonical) ||
            !bt_fact_alt_unit(fact))
            continue;
        const bt_analyte_t *analyte = fact->row->analyte;
        bt_derived_t *derived = apr_pcalloc(engine->pool, sizeof *derived);
        *derived = (bt_derived_t){.formula = "F29", .unit = analyte->unit, .n_used = 1};
        derived->name = apr_psprintf(engine->pool, "%s_converted_%s", analyte->id, fact->row->id);
        derived->title = apr_psprintf(engine->pool, "%s in %s", analyte->name, analyte->unit);
        derived->shown = analyte->unit;
        derived->source = "unit factors of the catalogue";
        derived->reviewed = 1;
        derived->unit_of_value = analyte->unit;
        derived->value = derived->shown_value = fact->canonical;
        derived->value_text = fixed_text(engine, fact->canonical, analyte->decimals);
        derived->used[0] = fact;
        keep_derived(engine, derived);
    }
}

static bt_err_t *run_formula(bt_engine_t *engine, const bt_tsv_t *tsv, int row)
{
    static const char *const names[] = {"id",    "name",     "title",      "unit",
                                        "shown", "decimals", "expression", "valid",
                                        "gate",  "source",   "reviewed",   "like"};
    const char *cell[sizeof names / sizeof names[0]];
    double decimals = 0;
    bt_value_t value, valid;
    bt_used_t used = {0}, ignored = {0};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int column = 0;
        BT_TRY(bt_tsv_column(&column, tsv, names[i], engine->pool));
        cell[i] = tsv->rows[row][column];
        if (i == 5)
            BT_TRY(bt_tsv_number(&decimals, tsv, row, column, engine->pool));
    }
    BT_TRY(bt_expression(&value, &used, engine, cell[6]));
    BT_TRY(bt_expression(&valid, &ignored, engine, *cell[7] ? cell[7] : "1"));
    if (isnan(value.low) || value.low != value.high || valid.low != 1 || is_gated(engine, cell[8]))
        return NULL;
    bt_derived_t *derived = apr_pcalloc(engine->pool, sizeof *derived);
    derived->formula = cell[0];
    derived->name = cell[1];
    derived->title = cell[2];
    derived->unit = derived->unit_of_value = cell[3];
    derived->shown = unit_shown(cell[4], cell[3]);
    derived->source = cell[9];
    derived->reviewed = !strcmp(cell[10], "V");
    derived->value = derived->shown_value = value.low;
    derived->value_text = fixed_text(engine, value.low, (int)decimals);
    show_like(derived, engine, cell[11]);
    derived->n_used = used.n;
    memcpy(derived->used, used.facts, sizeof used.facts[0] * (size_t)used.n);
    keep_derived(engine, derived);
    return NULL;
}

/* A name of a formula that was not computed is known all the same: it is just not there. */
static const bt_derived_t absent = {
    .name = "", .title = "", .value_text = "", .shown = "", .value = NAN};

static bt_err_t *run_formulas_once(bt_engine_t *engine, const bt_tsv_t *tsv, int name)
{
    for (int i = 0; i < tsv->n_rows; i++) {
        if (!apr_hash_get(engine->derived_by_name, tsv->rows[i][name], APR_HASH_KEY_STRING))
            apr_hash_set(engine->derived_by_name, tsv->rows[i][name], APR_HASH_KEY_STRING, &absent);
        const bt_derived_t *before =
            apr_hash_get(engine->derived_by_name, tsv->rows[i][name], APR_HASH_KEY_STRING);
        if (before ==
            &absent) /* of several formulas for one figure the first that is valid holds */
            BT_TRY(run_formula(engine, tsv, i));
    }
    return NULL;
}

bt_err_t *bt_formulas_run(bt_engine_t *engine)
{
    const bt_tsv_t *tsv = NULL;
    int name = 0;
    BT_TRY(bt_table(&tsv, engine, "formulas.tsv"));
    BT_TRY(bt_tsv_column(&name, tsv, "name", engine->pool));
    for (int round = 0; round < engine->n_rounds; round++) {
        engine->derived_rounds[round] = apr_hash_make(engine->pool);
        engine->derived_by_name = engine->derived_rounds[round];
        engine->bound = engine->rounds[round];
        BT_TRY(run_formulas_once(engine, tsv, name));
    }
    engine->bound = engine->rounds[0];
    engine->derived_by_name = engine->derived_rounds[0];
    convert_units(engine);
    return NULL;
}

/* ---- rules ---- */

static const char *list_of_used(const bt_engine_t *engine, const bt_used_t *used)
{
    enum { MAX_LIST = 600 };
    bt_buffer_t *list = bt_buffer_create(MAX_LIST, engine->pool);
    for (int i = 0; i < used->n; i++)
        bt_buffer_addf(list, "%s%s %s", i ? ", " : "", bt_fact_name(engine, used->facts[i]),
                       bt_fact_value(engine, used->facts[i]));
    return bt_text_clean(list->text, list->length, engine->pool);
}

static void mark_covered(const bt_engine_t *engine, const char *covers)
{
    const char **words = bt_tsv_split(NULL, covers, ' ', engine->pool);
    for (; *words; words++) {
        size_t length = strlen(*words);
        const char *analyte = apr_pstrmemdup(engine->pool, *words, length - 1);
        const bt_fact_t *fact = apr_hash_get(engine->bound, analyte, APR_HASH_KEY_STRING);
        if (!fact || isnan(fact->row->value))
            continue;
        char side = bt_fact_side(engine, fact), wanted = (*words)[length - 1] == '-' ? 'L' : 'H';
        if (!side || side == wanted)
            bt_fact_mark(engine, fact, wanted == 'L' ? "LL" : "HH");
    }
}

static bt_err_t *run_rule(bt_engine_t *engine, const columns_t *columns, int row)
{
    const char *const *cell = engine->rules->rows[row];
    bt_value_t value;
    bt_used_t used = {0};
    if (is_gated(engine, cell[columns->gate]))
        return NULL;
    const char **silent = bt_tsv_split(NULL, cell[columns->silent_if], ' ', engine->pool);
    for (; *silent; silent++) {
        if (apr_hash_get(engine->fired, *silent, APR_HASH_KEY_STRING))
            return NULL;
    }
    BT_TRY(bt_expression(&value, &used, engine, cell[columns->when]));
    if (isnan(value.low) || value.low != value.high || value.low == 0)
        return NULL;
    const char *urgency = cell[columns->urgency];
    if (urgency[0] != 'U' || urgency[1] < '0' || urgency[1] > '4' || urgency[2])
        return bt_tsv_error(engine->rules, row, columns->urgency, "not U0 to U4", engine->pool);
    const char *pairs[] = {"used", list_of_used(engine, &used), NULL};
    bt_claim_t claim = {.role = cell[columns->role],
                        .level = cell[columns->level],
                        .text = bt_fill(engine, bt_rule_text(engine, row), pairs),
                        .rule_id = cell[columns->id],
                        .rule_version = cell[columns->version],
                        .source = cell[columns->source],
                        .urgency = urgency[1] - '0',
                        .reviewed = !strcmp(cell[columns->reviewed], "V"),
                        .n_used = used.n};
    memcpy(claim.used, used.facts, sizeof used.facts[0] * (size_t)used.n);
    apr_hash_set(engine->fired, claim.rule_id, APR_HASH_KEY_STRING, claim.rule_id);
    if (bt_claim_add(engine, &claim))
        mark_covered(engine, cell[columns->covers]);
    return NULL;
}

bt_err_t *bt_rules_run(bt_engine_t *engine, const char *phase)
{
    columns_t columns = {0};
    BT_TRY(find_columns(&columns, engine->rules, engine->pool));
    for (int i = 0; i < engine->rules->n_rows; i++) {
        if (strcmp(engine->rules->rows[i][columns.phase], phase))
            continue;
        for (int round = 0; round < engine->n_rounds; round++) {
            engine->bound = engine->rounds[round];
            engine->derived_by_name = engine->derived_rounds[round];
            BT_TRY(run_rule(engine, &columns, i));
        }
    }
    engine->bound = engine->rounds[0];
    engine->derived_by_name = engine->derived_rounds[0];
    return NULL;
}
