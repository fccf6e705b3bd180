/* SPDX-License-Identifier: Apache-2.0
 * The guard of the knowledge: each rule has a phase that runs, an audience, a source, and names
 * only what exists; no sentence gives a diagnosis or a dose.  It says how much it checked, and is
 * shown to find what it looks for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include <apr_general.h>
#include <apr_strings.h>
#include "libbloodtest/catalogue.h"
#include "libbloodtest/tsv.h"
#include "forbidden_words.h"

enum { LEAST_RULES = 230, LEAST_FORMULAS = 28, LEAST_SENTENCES = 280 };

static apr_pool_t *pool;
static bt_catalogue_t *catalogue;

static int set_up(void **state)
{
    *state = NULL;
    apr_initialize();
    apr_pool_create(&pool, NULL);
    return bt_catalogue_load(&catalogue, pool) ? -1 : 0;
}

static int tear_down(void **state)
{
    *state = NULL;
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

static const char *cell(const bt_tsv_t *tsv, int row, const char *name)
{
    int column = 0;
    assert_null(bt_tsv_column(&column, tsv, name, pool));
    return tsv->rows[row][column];
}

static bt_tsv_t *table(const char *file)
{
    bt_tsv_t *tsv = NULL;
    assert_null(bt_tsv_read(&tsv, file, pool));
    return tsv;
}

static int is_one_of(const char *text, const char *list)
{
    const char **words = bt_tsv_split(NULL, list, ' ', pool);
    for (; *words; words++) {
        if (!strcmp(*words, text))
            return 1;
    }
    return 0;
}

static int is_in_column(const char *text, const bt_tsv_t *tsv, const char *name)
{
    for (int i = 0; i < tsv->n_rows; i++) {
        if (!strcmp(cell(tsv, i, name), text))
            return 1;
    }
    return 0;
}

static void check_placeholders(const char *text, const bt_tsv_t *formulas)
{
    for (const char *at = text; (at = strchr(at, '{')); at++) {
        const char *end = strchr(at, '}');
        assert_non_null(end);
        const char *name = apr_pstrmemdup(pool, at + 1, (apr_size_t)(end - at - 1));
        if (strcmp(name, "used") && !bt_catalogue_by_id(catalogue, name) &&
            !is_in_column(name, formulas, "name"))
            fail_msg("{%s} in '%s' is nothing", name, text);
    }
}

static void rules_name_only_what_exists(void **state)
{
    (void)state;
    const bt_tsv_t *rules = table("rules.tsv"), *formulas = table("formulas.tsv");
    for (int i = 0; i < rules->n_rows; i++) {
        const char *id = cell(rules, i, "id");
        if (!is_one_of(cell(rules, i, "phase"), "state critical rule verify advice"))
            fail_msg("%s: phase '%s' never runs", id, cell(rules, i, "phase"));
        if (!is_one_of(cell(rules, i, "role"), "doctor verifier nutrition exercise"))
            fail_msg("%s: nobody reads '%s'", id, cell(rules, i, "role"));
        assert_true(is_one_of(cell(rules, i, "urgency"), "U0 U1 U2 U3 U4"));
        assert_true(is_one_of(cell(rules, i, "level"), "W0 W1 W2 W3"));
        assert_true(is_one_of(cell(rules, i, "reviewed"), "V M"));
        assert_true(*cell(rules, i, "source") && *cell(rules, i, "version") &&
                    *cell(rules, i, "text"));
        const char **words = bt_tsv_split(NULL, cell(rules, i, "gate"), ' ', pool);
        for (; *words; words++)
            assert_true(is_one_of(*words, "adult notpregnant"));
        for (words = bt_tsv_split(NULL, cell(rules, i, "silent_if"), ' ', pool); *words; words++)
            assert_true(is_in_column(*words, rules, "id"));
        for (words = bt_tsv_split(NULL, cell(rules, i, "covers"), ' ', pool); *words; words++) {
            size_t length = strlen(*words);
            assert_true((*words)[length - 1] == '-' || (*words)[length - 1] == '+');
            assert_non_null(
                bt_catalogue_by_id(catalogue, apr_pstrmemdup(pool, *words, length - 1)));
        }
        check_placeholders(cell(rules, i, "text"), formulas);
    }
    printf("rules checked: %d\n", rules->n_rows);
    assert_true(rules->n_rows >= LEAST_RULES);
}

/* Critical rules are never gated: a child's potassium is as urgent. */
static void critical_rules_are_not_gated(void **state)
{
    (void)state;
    const bt_tsv_t *rules = table("rules.tsv");
    for (int i = 0; i < rules->n_rows; i++) {
        if (!strcmp(cell(rules, i, "phase"), "critical") && cell(rules, i, "id")[0] == 'C')
            assert_string_equal(cell(rules, i, "gate"), "");
    }
}

static void formulas_have_names_and_sources(void **state)
{
    (void)state;
    const bt_tsv_t *formulas = table("formulas.tsv");
    for (int i = 0; i < formulas->n_rows; i++) {
        assert_true(*cell(formulas, i, "name") && *cell(formulas, i, "title"));
        assert_true(*cell(formulas, i, "unit") && *cell(formulas, i, "source"));
        assert_null(bt_catalogue_by_id(catalogue, cell(formulas, i, "name")));
    }
    printf("formulas checked: %d\n", formulas->n_rows);
    assert_true(formulas->n_rows >= LEAST_FORMULAS);
}

static void sentences_neither_diagnose_nor_dose(void **state)
{
    (void)state;
    static const char *const files[][2] = {
        {"rules.tsv", "text"}, {"wording.tsv", "value"}, {"wording_patient.tsv", "value"}};
    int checked = 0;
    for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
        const bt_tsv_t *tsv = table(files[f][0]);
        for (int i = 0; i < tsv->n_rows; i++, checked++) {
            const char *phrase = forbidden_in(cell(tsv, i, files[f][1]), pool);
            if (phrase)
                fail_msg("%s:%d says '%s'", files[f][0], tsv->lines[i], phrase);
        }
    }
    printf("sentences checked: %d\n", checked);
    assert_true(checked >= LEAST_SENTENCES);
    assert_non_null(forbidden_in("You have anaemia.", pool));
    assert_non_null(forbidden_in("Take 20 mg daily", pool));
    assert_non_null(forbidden_in("The diagnosis is iron deficiency.", pool));
    assert_non_null(forbidden_in("Increase the dose of levothyroxine.", pool));
    assert_non_null(forbidden_in("The prognosis is poor.", pool));
    assert_null(forbidden_in("This is no diagnosis.", pool));
    assert_null(forbidden_in("A pattern that can be seen in iron deficiency.", pool));
}

static int has_plain_words(const bt_tsv_t *plain, const char *key)
{
    for (int i = 0; i < plain->n_rows; i++) {
        if (!strcmp(plain->rows[i][0], key))
            return 1;
    }
    return 0;
}

/* What a patient reads of our own rules is written for patients; the sentence for an urgency is for
 * rules of a site. */
static void rules_have_plain_words(void **state)
{
    (void)state;
    const bt_tsv_t *rules = table("rules.tsv"), *plain = table("wording_patient.tsv");
    for (int i = 0; i < rules->n_rows; i++) {
        const char *id = cell(rules, i, "id");
        int number = 1;
        for (int k = 0; k < i; k++)
            number += !strcmp(cell(rules, k, "id"), id);
        if (!strcmp(cell(rules, i, "role"), "doctor") && !has_plain_words(plain, id) &&
            !has_plain_words(plain, apr_psprintf(pool, "%s.%d", id, number)))
            fail_msg("wording_patient.tsv has nothing for %s.%d", id, number);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_name_only_what_exists),
        cmocka_unit_test(critical_rules_are_not_gated),
        cmocka_unit_test(formulas_have_names_and_sources),
        cmocka_unit_test(rules_have_plain_words),
        cmocka_unit_test(sentences_neither_diagnose_nor_dose),
    };
    return cmocka_run_group_tests_name("knowledge", tests, set_up, tear_down);
}
