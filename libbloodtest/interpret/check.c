/* SPDX-License-Identifier: Apache-2.0
 * Whether the knowledge can be used, before anybody rests on it.  A site edits these tables by
 * hand, so each complaint names file and line and says what to write instead.
 */
#include "engine.h"
#include "../site.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

typedef struct check_t {
    bt_engine_t engine;
    const bt_tsv_t *tsv;
    int row;
    apr_pool_t *pool;
} check_t;

/* A column whose cells are words of a list. */
typedef struct choice_t {
    const char *column, *words;
    int is_list; /* several of them, or none */
} choice_t;

static const choice_t rule_choices[] = {
    {"phase", "state critical rule verify advice", 0},
    {"urgency", "U0 U1 U2 U3 U4", 0},
    {"role", "doctor verifier nutrition exercise", 0},
    {"level", "W0 W1 W2 W3", 0},
    {"gate", "adult notpregnant", 1},
    {"reviewed", "V M", 0},
};
static const char *const rule_needs[] = {"version", "when", "text", "source"};
static const char *const formula_needs[] = {"name", "title", "unit", "expression", "source"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bt_err_t *cell_of(const char **cell, int *column, const check_t *check, const char *name)
{
    BT_TRY(bt_tsv_column(column, check->tsv, name, check->pool));
    *cell = check->tsv->rows[check->row][*column];
    return NULL;
}

static bt_err_t *check_choice(const check_t *check, const choice_t *choice)
{
    const char *cell = NULL;
    int column = 0;
    BT_TRY(cell_of(&cell, &column, check, choice->column));
    const char **words = bt_tsv_split(NULL, cell, ' ', check->pool);
    int is_good = choice->is_list || (*words && !words[1]);
    for (; is_good && *words; words++)
        is_good = bt_tsv_has_word(choice->words, *words);
    return is_good ? NULL
                   : bt_tsv_error(check->tsv, check->row, column,
                                  apr_pstrcat(check->pool, "write one of ", choice->words, NULL),
                                  check->pool);
}

static bt_err_t *check_needs(const check_t *check, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *cell = NULL;
        int column = 0;
        BT_TRY(cell_of(&cell, &column, check, names[i]));
        if (!*cell)
            return bt_tsv_error(check->tsv, check->row, column, "must not be empty", check->pool);
    }
    return NULL;
}

static bt_err_t *check_expression(const check_t *check, const char *name)
{
    bt_value_t value;
    bt_used_t used = {0};
    const char *cell = NULL;
    int column = 0;
    BT_TRY(cell_of(&cell, &column, check, name));
    bt_err_t *err = *cell ? bt_expression(&value, &used, &check->engine, cell) : NULL;
    return err ? bt_tsv_error(check->tsv, check->row, column, bt_error_text(err, check->pool),
                              check->pool)
               : NULL;
}

static int is_formula(const check_t *check, const char *name)
{
    return apr_hash_get(check->engine.derived_by_name, name, APR_HASH_KEY_STRING) != NULL;
}

/* What stands in braces is a result, a computed value, or one of `more`. */
static bt_err_t *check_braces(const check_t *check, const char *name, const char *more,
                              int more_only)
{
    const char *cell = NULL;
    int column = 0;
    apr_pool_t *pool = check->pool;
    BT_TRY(cell_of(&cell, &column, check, name));
    for (const char *at = cell; (at = strchr(at, '{')); at++) {
        const char *end = strchr(at, '}');
        const char *word = end ? apr_pstrmemdup(pool, at + 1, (apr_size_t)(end - at - 1)) : "";
        int is_known = *word && bt_tsv_has_word(more, word);
        is_known |= !more_only && *word &&
                    (bt_catalogue_by_id(check->engine.catalogue, word) || is_formula(check, word));
        if (!is_known)
            return bt_tsv_error(check->tsv, check->row, column,
                                apr_psprintf(pool, "{%s} stands for nothing; known are: %s%s", word,
                                             more, more_only ? "" : ", analytes, computed values"),
                                pool);
    }
    return NULL;
}

static bt_err_t *check_words(const check_t *check, const char *name, int is_rule)
{
    const char *cell = NULL;
    int column = 0, id = 0;
    BT_TRY(cell_of(&cell, &column, check, name));
    BT_TRY(bt_tsv_column(&id, check->tsv, "id", check->pool));
    const char **words = bt_tsv_split(NULL, cell, ' ', check->pool);
    for (; *words; words++) {
        int is_known = 0;
        size_t length = strlen(*words);
        for (int i = 0; is_rule && !is_known && i < check->tsv->n_rows; i++)
            is_known = !strcmp(check->tsv->rows[i][id], *words);
        if (!is_rule && length > 1 && strchr("+-", (*words)[length - 1]))
            is_known = bt_catalogue_by_id(check->engine.catalogue,
                                          apr_pstrmemdup(check->pool, *words, length - 1)) != NULL;
        /* a rule that the site switched off is no mistake of the rules that name it */
        if (!is_known && (!is_rule || bt_tsv_is_site(check->tsv, check->row, column)))
            return bt_tsv_error(
                check->tsv, check->row, column,
                is_rule ? apr_pstrcat(check->pool, "no such rule; the nearest are: ",
                                      bt_tsv_nearest(check->tsv, id, *words, check->pool), NULL)
                        : "write analytes with - or + behind, as in potassium+",
                check->pool);
    }
    return NULL;
}

static bt_err_t *check_rules(check_t *check)
{
    check->tsv = check->engine.rules;
    for (check->row = 0; check->row < check->tsv->n_rows; check->row++) {
        BT_TRY(check_needs(check, rule_needs, COUNT(rule_needs)));
        for (size_t i = 0; i < COUNT(rule_choices); i++)
            BT_TRY(check_choice(check, &rule_choices[i]));
        BT_TRY(check_expression(check, "when"));
        BT_TRY(check_braces(check, "text", "used", 0));
        BT_TRY(check_words(check, "silent_if", 1));
        BT_TRY(check_words(check, "covers", 0));
    }
    return NULL;
}

/* Each name is known before the first expression is tried, in whatever order they stand. */
static bt_err_t *name_formulas(check_t *check)
{
    static const bt_derived_t nothing = {
        .name = "", .title = "", .value_text = "", .shown = "", .value = NAN};
    int name = 0;
    BT_TRY(bt_table(&check->tsv, &check->engine, "formulas.tsv"));
    BT_TRY(bt_tsv_column(&name, check->tsv, "name", check->pool));
    for (int i = 0; i < check->tsv->n_rows; i++)
        apr_hash_set(check->engine.derived_by_name, check->tsv->rows[i][name], APR_HASH_KEY_STRING,
                     &nothing);
    return NULL;
}

static bt_err_t *check_formulas(check_t *check)
{
    BT_TRY(bt_table(&check->tsv, &check->engine, "formulas.tsv"));
    for (check->row = 0; check->row < check->tsv->n_rows; check->row++) {
        BT_TRY(check_needs(check, formula_needs, COUNT(formula_needs)));
        BT_TRY(check_expression(check, "expression"));
        BT_TRY(check_expression(check, "valid"));
    }
    return NULL;
}

/* The sentence that is compiled in; NULL where there is none of this key. */
static const char *built_in_sentence(const char *key, apr_pool_t *pool)
{
    bt_tsv_t *tsv = NULL;
    for (int f = 0; f < 2; f++) {
        if (bt_tsv_read(&tsv, f ? "wording_patient.tsv" : "wording.tsv", pool))
            return NULL;
        for (int i = 0; i < tsv->n_rows; i++) {
            if (!strcmp(tsv->rows[i][0], key))
                return tsv->rows[i][1];
        }
    }
    return NULL;
}

static const char *names_in(const char *sentence, apr_pool_t *pool)
{
    const char *names = "";
    for (const char *at = strchr(sentence, '{'); at; at = strchr(at + 1, '{'))
        names = apr_psprintf(pool, "%s%s%.*s", names, *names ? " " : "", (int)strcspn(at + 1, "}"),
                             at + 1);
    return names;
}

/* A rule ("R28"), one row of it ("R28.2"), or "plain_u2" for all rules of an urgency. */
static int is_of_rules(const check_t *check, const char *key)
{
    const bt_tsv_t *rules = check->engine.rules;
    const char *id = apr_pstrmemdup(check->pool, key, strcspn(key, "."));
    for (int i = 0; i < rules->n_rows; i++) {
        if (!strcmp(rules->rows[i][0], id))
            return 1;
    }
    return !strncmp(key, "plain_u", strlen("plain_u"));
}

static int is_of_name(const check_t *check, const char *key)
{
    static const char prefix[] = "name.";
    return !strncmp(key, prefix, sizeof prefix - 1) &&
           bt_catalogue_by_id(check->engine.catalogue, key + sizeof prefix - 1) != NULL;
}

/* A sentence of the site has the names in braces of the one that it stands for. */
static bt_err_t *check_sentence(const check_t *check)
{
    const char *key = check->tsv->rows[check->row][0];
    const char *sentence = built_in_sentence(key, check->pool);
    if (is_of_name(check, key))
        return NULL;
    if (is_of_rules(check, key) && !(sentence && strchr(key, '.')))
        return check_braces(check, "value", "used", 0);
    if (sentence)
        return check_braces(check, "value", names_in(sentence, check->pool), 1);
    bt_tsv_t *built_in = NULL;
    BT_TRY(bt_tsv_read(&built_in, "wording.tsv", check->pool));
    return bt_tsv_error(check->tsv, check->row, 0,
                        apr_pstrcat(check->pool,
                                    "no such sentence, rule or name.ANALYTE; the nearest are: ",
                                    bt_tsv_nearest(built_in, 0, key, check->pool), NULL),
                        check->pool);
}

static bt_err_t *check_wording(check_t *check, const char *file)
{
    BT_TRY(bt_table(&check->tsv, &check->engine, file));
    for (check->row = 0; check->row < check->tsv->n_rows; check->row++) {
        if (bt_tsv_is_site(check->tsv, check->row, 1) || !strcmp(file, "wording_patient.tsv"))
            BT_TRY(check_sentence(check));
    }
    return NULL;
}

/* Keys that stand for an analyte ("interval_high_esr") may be added; other ones must be known. */
static bt_err_t *check_settings(check_t *check)
{
    static const char *const families[] = {"mislabelled_", "g03_unless_", "interval_high_",
                                           "interval_low_"};
    bt_tsv_t *built_in = NULL;
    BT_TRY(bt_tsv_read(&built_in, "settings.tsv", check->pool));
    BT_TRY(bt_table(&check->tsv, &check->engine, "settings.tsv"));
    for (check->row = 0; check->row < check->tsv->n_rows; check->row++) {
        const char *key = check->tsv->rows[check->row][0];
        int is_known = 0, is_expression = 0;
        for (int i = 0; i < built_in->n_rows && !is_known; i++)
            is_known = !strcmp(built_in->rows[i][0], key);
        for (size_t i = 0; i < COUNT(families); i++) {
            size_t length = strlen(families[i]);
            is_expression |= !strncmp(key, families[i], length) &&
                             bt_catalogue_by_id(check->engine.catalogue, key + length) != NULL;
        }
        if (!is_known && !is_expression)
            return bt_tsv_error(check->tsv, check->row, 0,
                                apr_pstrcat(check->pool, "no such setting; the nearest are: ",
                                            bt_tsv_nearest(built_in, 0, key, check->pool), NULL),
                                check->pool);
        if (is_expression)
            BT_TRY(check_expression(check, "value"));
    }
    return NULL;
}

static bt_err_t *check_topics(check_t *check)
{
    int column = 0;
    BT_TRY(bt_table(&check->tsv, &check->engine, "topics.tsv"));
    BT_TRY(bt_tsv_column(&column, check->tsv, "analytes", check->pool));
    for (int i = 0; i < check->tsv->n_rows; i++) {
        const char **ids = bt_tsv_split(NULL, check->tsv->rows[i][column], ' ', check->pool);
        for (; *ids; ids++) {
            if (!bt_catalogue_by_id(check->engine.catalogue, *ids))
                return bt_tsv_error(check->tsv, i, column,
                                    apr_pstrcat(check->pool, *ids, " is no analyte", NULL),
                                    check->pool);
        }
    }
    return NULL;
}

bt_err_t *bt_knowledge_check(const bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    const bt_report_t report = {.age_years = NAN};
    const bt_context_t context = {.age_years = NAN, .pregnant = -1};
    check_t check = {.engine = {.report = &report, .context = &context, .catalogue = catalogue},
                     .pool = pool};
    BT_TRY(bt_engine_begin(&check.engine, pool));
    BT_TRY(bt_tables_load(&check.engine));
    BT_TRY(check_settings(&check));
    BT_TRY(check_topics(&check));
    BT_TRY(bt_facts_make(&check.engine));
    bt_facts_rounds(&check.engine);
    BT_TRY(name_formulas(&check));
    BT_TRY(check_formulas(&check));
    BT_TRY(check_rules(&check));
    BT_TRY(check_wording(&check, "wording.tsv"));
    return check_wording(&check, "wording_patient.tsv");
}
