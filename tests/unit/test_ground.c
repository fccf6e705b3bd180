/* SPDX-License-Identifier: Apache-2.0
 * What a language model may say: statements of tests/llm that are right are kept, those that are
 * wrong are not, whatever they are worded like.
 */
#include "libbloodtest/interpret/ground.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <apr_general.h>
#include <apr_strings.h>
#include "libbloodtest/interpret/interpret.h"
#include "libbloodtest/tsv.h"

enum { MAX_FILE = 512 * 1024, N_SETS = 2 };
static const char *const sets[N_SETS] = {"anaemic", "critical"};
static apr_pool_t *all;
static bt_catalogue_t *catalogue;
static bt_ground_words_t *words;
static bt_ground_facts_t *facts[N_SETS];

static const char *read_file(const char *name, apr_pool_t *pool)
{
    const char *path = apr_psprintf(pool, "%s/tests/llm/%s", BT_TOP_SRCDIR, name);
    char *text = apr_pcalloc(pool, MAX_FILE + 1);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t n = fread(text, 1, MAX_FILE, file);
    fclose(file);
    assert_in_range(n, 1, MAX_FILE - 1);
    return text;
}

static bt_ground_facts_t *facts_of(const char *set)
{
    const char *text = read_file(apr_psprintf(all, "facts-%s.json", set), all);
    bt_json_t *json = NULL, *rules = NULL;
    bt_report_t *report = NULL;
    bt_context_t context;
    assert_null(bt_json_parse(&json, text, strlen(text), all));
    assert_null(bt_facts_read(&report, &context, json, catalogue, all));
    assert_null(bt_interpret(&rules, report, &context, catalogue, all));
    return bt_ground_facts(rules, words, catalogue, all);
}

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(apr_initialize(), 0);
    apr_pool_create(&all, NULL);
    assert_null(bt_catalogue_load(&catalogue, all));
    assert_null(bt_ground_words_load(&words, catalogue, all));
    for (int i = 0; i < N_SETS; i++)
        facts[i] = facts_of(sets[i]);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    apr_pool_destroy(all);
    apr_terminate();
    return 0;
}

/* How many statements of a file are kept; those that are not as `wanted` are printed. */
static int count_kept(int *n, const char *name, int wanted)
{
    int kept = 0;
    bt_tsv_t *tsv = NULL;
    apr_pool_t *pool = NULL;
    apr_pool_create(&pool, all);
    assert_null(bt_tsv_parse(&tsv, name, read_file(name, pool), pool));
    *n = tsv->n_rows;
    for (int row = 0; row < tsv->n_rows; row++) {
        bt_ground_claim_t claim = {.text = tsv->rows[row][2]};
        const char **ids = bt_tsv_split(NULL, tsv->rows[row][1], ',', pool);
        for (; *ids; ids++)
            claim.ids[claim.n_ids++] = *ids;
        bt_ground_check(&claim, facts[strcmp(tsv->rows[row][0], sets[1]) == 0], pool);
        int is_kept = claim.reason == BT_GROUND_FINE;
        kept += is_kept;
        if (is_kept != wanted)
            print_message("%s %d: %s (%s): %s\n", name, tsv->lines[row],
                          bt_ground_slug(claim.reason), claim.word, tsv->rows[row][2]);
    }
    apr_pool_destroy(pool);
    return kept;
}

static void good_statements_are_kept(void **state)
{
    (void)state;
    int n = 0, kept = count_kept(&n, "good.tsv", 1);
    assert_in_range(n, 60, 1000);
    assert_true((n - kept) * 100 < n * 2);
}

static void bad_statements_are_left_out(void **state)
{
    (void)state;
    int written = 0, made = 0;
    assert_int_equal(count_kept(&written, "bad.tsv", 0), 0);
    assert_int_equal(count_kept(&made, "bad-made.tsv", 0), 0);
    assert_in_range(written + made, 200, 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_statements_are_kept),
        cmocka_unit_test(bad_statements_are_left_out),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
