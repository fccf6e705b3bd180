/* SPDX-License-Identifier: Apache-2.0
 * Stores whose keys are sealed-only, over a database that somebody without a key has written to:
 * what no longer opens, and what a change of keys leaves alone.
 */
#include "store_keys_help.h"

#include "libbloodtest/log.h"

#define BOTH "k1 " KEY_1 "\nk2 " KEY_2 "\n"

static void forget_all(void)
{
    run("DELETE FROM llm_answers");
    run("DELETE FROM report_documents");
    run("DELETE FROM job_attempts");
    run("DELETE FROM job_queue");
    run("DELETE FROM submission_keys");
    run("DELETE FROM analysis_results");
}

static void forge(const char *id, const char *column, const char *value)
{
    run(apr_psprintf(fixture.pool, "UPDATE analysis_results SET %s = %s WHERE id = '%s'", column,
                     value, id));
}

static void forge_document(const char *id, int seq)
{
    const char *pdf = bt_db_kind(fixture.db) == BT_DB_SQLITE ? "x'2550'" : "'\\x2550'::bytea";
    run(apr_psprintf(fixture.pool,
                     "UPDATE report_documents SET content = %s WHERE analysis_id = '%s' AND "
                     "seq = %d",
                     pdf, id, seq));
}

static void use_checked(const char *text)
{
    use(text);
    succeed(bt_keys_check(fixture.db, fixture.pool));
}

static void is_refused(const bt_analysis_t *a)
{
    assert_non_null(a->problem);
    expect((bt_err_t *)a->problem, BT_E_SEAL_BROKEN);
    assert_null(strstr(bt_error_text(a->problem, fixture.pool), "forged"));
    assert_null(a->query);
    assert_null(a->original_filename);
    assert_null(a->error_text);
    assert_null(a->analysis_json);
}

/* Each cell that an answer is made of, put there in clear by somebody who has no key: taken without
 * the line, with it refused like one that was changed. */
static void test_forged_cells(void **state)
{
    (void)state;
    static const char *const columns[] = {"original_filename", "query", "error_text",
                                          "analysis_json"};
    for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
        use_checked(BOTH);
        const char *login = fresh(), *id = completed_by(login, "one");
        const char *good = completed_by(login, "two");
        const int is_listed = i < 3; /* no list has the result */
        const bt_list_filter_t filter = {.login = login, .limit = 9};
        bt_list_t list;
        bt_analysis_t *a;
        forge(id, columns[i], i % 2 ? "'forged'" : "'bt0:forged'");
        succeed(bt_store_result(&a, fixture.db, id, NULL, fixture.pool));
        assert_null(a->problem);
        use_checked(BOTH "sealed-only");
        succeed(bt_store_result(&a, fixture.db, id, NULL, fixture.pool));
        is_refused(a);
        succeed(bt_store_list(&list, fixture.db, &filter, fixture.pool));
        assert_int_equal(list.n, 2);
        assert_int_equal(list.n_unreadable, is_listed);
        if (is_listed)
            is_refused(&list.rows[1]);
        assert_string_equal(list.rows[0].id, good);
        assert_string_equal(list.rows[0].query, "two");
        succeed(bt_store_status(&a, fixture.db, good, fixture.pool));
        assert_null(a->problem);
    }
}

/* What a worker reads. */
static void test_forged_jobs(void **state)
{
    (void)state;
    const char *found = NULL;
    int copy = document(0);
    use_checked(BOTH "sealed-only");
    for (int i = 0; i < 3; i++) {
        bt_submission_t in = submission(fresh(), fresh(), 2 * BT_CHUNK_BYTES);
        submit(&in);
        if (i < 2)
            forge(in.analysis_id, i ? "options" : "query", "'{\"forged\":1}'");
        else
            forge_document(in.analysis_id, 1);
        bt_err_t *err = bt_job_document(fixture.db, claim(in.task_id, "w1"), copy, fixture.pool);
        expect(err, BT_E_SEAL_BROKEN);
        assert_null(strstr(bt_error_text(err, fixture.pool), "forged"));
    }
    close(copy);
    const char *login = fresh(), *earlier = completed_by(login, "Anna");
    const char *id = completed_by(login, "Anna");
    bt_analysis_t *analyses;
    int n = 0;
    forge(earlier, "analysis_json", "'{\"forged\":1}'");
    succeed(bt_store_earlier(&analyses, &n, fixture.db, id, 5, fixture.pool));
    assert_int_equal(n, 1);
    assert_null(analyses[0].analysis_json);
    run("DELETE FROM llm_answers");
    succeed(bt_llm_answers_put(fixture.db, "a", id, CANARY, fixture.pool));
    succeed(bt_llm_answers_get(&found, fixture.db, "a", 1, fixture.pool));
    assert_string_equal(found, CANARY);
    run("UPDATE llm_answers SET content = 'forged'");
    succeed(bt_llm_answers_get(&found, fixture.db, "a", 1, fixture.pool));
    assert_null(found);
}

static bt_rekey_t rekey_with(const char *keys)
{
    bt_rekey_t rekey = {.analyses = 0};
    use(keys);
    while (!rekey.is_done)
        succeed(bt_rekey_step(&rekey, fixture.db, fixture.pool));
    return rekey;
}

static void count_warnings(void *baton, bt_log_level_t level, const char *tag, const char *text)
{
    (void)level;
    *(int *)baton += strcmp(tag, "BT0105") == 0 && strstr(text, "oldest analyses 2 hold") != NULL;
}

/* A key is changed beside rows in clear: with the line they are left as they are, and a start says
 * so; without it they are sealed, and what was left is told. */
static void test_rekey_of_forged_rows(void **state)
{
    (void)state;
    int warnings = 0;
    forget_all();
    use_checked(BOTH "sealed-only");
    const char *good = completed("good"), *text = completed("text"), *digest = completed("digest");
    bt_submission_t in = submission(fresh(), fresh(), 2 * BT_CHUNK_BYTES);
    submit(&in);
    bt_log_to(count_warnings, &warnings);
    succeed(bt_keys_warn(fixture.db, fixture.pool));
    assert_int_equal(warnings, 0);
    forge(text, "summary", "'forged'");
    forge(digest, "patient_ref_hash", "'forged'");
    forge(in.analysis_id, "query", "'forged'");
    forge_document(in.analysis_id, 1);
    run(apr_psprintf(fixture.pool,
                     "UPDATE submission_keys SET key_hash = 'forged' WHERE "
                     "analysis_id = '%s'",
                     good));
    succeed(bt_keys_warn(fixture.db, fixture.pool));
    assert_int_equal(warnings, 1);
    use_checked(BOTH);
    succeed(bt_keys_warn(fixture.db, fixture.pool));
    assert_int_equal(warnings, 1);
    bt_log_to(NULL, NULL);
    bt_rekey_t rekey = rekey_with("k3 " KEY_2 "\n" BOTH "sealed-only");
    assert_int_equal(rekey.left_plain, 4);
    assert_int_equal(rekey.unreadable, 0);
    assert_int_equal(rekey.were_plain, 0);
    assert_int_equal(rekey.analyses, 1);
    assert_int_equal(rekey.chunks, 1);
    assert_non_null(
        strstr(apr_pstrcat(fixture.pool, text, digest, in.analysis_id, NULL), rekey.first_plain));
    assert_true(strncmp(of("query", good), "bt1:k3:", 7) == 0);
    assert_true(strncmp(of("query", text), "bt1:k1:", 7) == 0);
    assert_string_equal(of("summary", text), "forged");
    assert_string_equal(of("patient_ref_hash", digest), "forged");
    assert_string_equal(of("query", in.analysis_id), "forged");
    assert_string_equal(cell("SELECT count(*) FROM submission_keys WHERE key_hash = 'forged'"),
                        "1");
    assert_string_equal(cell("SELECT count(*) FROM encryption_keys"), "3");
    rekey = rekey_with("k3 " KEY_2 "\n" BOTH);
    assert_int_equal(rekey.left_plain, 0);
    assert_int_equal(rekey.were_plain, 4);
    assert_string_equal(cell("SELECT count(*) FROM submission_keys WHERE key_hash = 'forged'"),
                        "0");
    assert_string_equal(cell("SELECT count(*) FROM encryption_keys"), "2");
    rekey = rekey_with("k3 " KEY_2 "\nsealed-only");
    assert_int_equal(rekey.left_plain + rekey.unreadable + rekey.analyses + rekey.chunks, 0);
}

/* Of tests that ran before. */
static int open_empty_database(void **state)
{
    int result = open_database(state);
    run("DELETE FROM encryption_keys");
    forget_all();
    return result;
}

static int run_on(const char *driver, const char *params)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forged_cells),
        cmocka_unit_test(test_forged_jobs),
        cmocka_unit_test(test_rekey_of_forged_rows),
    };
    fixture.driver = driver;
    fixture.params = params;
    return cmocka_run_group_tests_name(driver, tests, open_empty_database, close_database);
}

int main(void)
{
    return on_each_database(run_on);
}
