/* SPDX-License-Identifier: Apache-2.0
 * Stores whose connection has keys: what the tables then hold, what no longer opens, and keys that
 * do not fit the database.
 */
#include "store_keys_help.h"

#include "libbloodtest/store_cells.h"

static void check_says(const char *keys, const char *sentence)
{
    use(keys);
    bt_err_t *err = bt_keys_check(fixture.db, fixture.pool);
    expect(err, BT_E_KEY_MISSING);
    const char *text = bt_error_text(err, fixture.pool);
    if (!strstr(text, sentence))
        fail_msg("'%s' is not in: %s", sentence, text);
}

/* First of all: the other tests leave the database with keys. */
static void test_from_plain_to_keys(void **state)
{
    (void)state;
    const char *login = fresh(), *hash = fresh();
    use(NULL);
    run("DELETE FROM encryption_keys");
    succeed(bt_keys_check(fixture.db, fixture.pool));
    bt_submission_t plain = submission(login, hash, 100), again = submission(login, hash, 100);
    plain.original_filename = CANARY;
    plain.idempotency_key = again.idempotency_key = "the key";
    submit(&plain);
    assert_string_equal(of("original_filename", plain.analysis_id), CANARY);
    use("sealed-only\nk1 " KEY_1);
    bt_err_t *err = bt_keys_check(fixture.db, fixture.pool);
    expect(err, BT_E_SEAL_BROKEN);
    assert_non_null(strstr(bt_error_text(err, fixture.pool),
                           "/etc/bloodtest/keys says sealed-only, and the database was never "
                           "encrypted and holds reports: take that line out"));
    assert_string_equal(cell("SELECT count(*) FROM encryption_keys"), "0");
    use("k1 " KEY_1);
    succeed(bt_keys_check(fixture.db, fixture.pool));
    assert_string_equal(submit(&again)->analysis_id, plain.analysis_id);
    bt_submission_t third = submission(login, hash, 100);
    assert_string_equal(submit(&third)->analysis_id, plain.analysis_id);
    bt_analysis_t *a;
    succeed(bt_store_status(&a, fixture.db, plain.analysis_id, fixture.pool));
    assert_string_equal(a->original_filename, CANARY);
    bt_job_t *job = claim(plain.task_id, "w1");
    int copy = document(0);
    succeed(bt_job_document(fixture.db, job, copy, fixture.pool));
    close(copy);
}

static void test_keys_that_do_not_fit(void **state)
{
    (void)state;
    use("k1 " KEY_1);
    succeed(bt_keys_check(fixture.db, fixture.pool));
    check_says(NULL, "encrypted with the key k1, and no key file is configured");
    check_says("k2 " KEY_1, "the key k1, which is not in /etc/bloodtest/keys");
    check_says("k1 " KEY_2, "the key k1 in /etc/bloodtest/keys is not the one");
    check_says("k2 " KEY_1 "\nk1 " KEY_2, "the key k1 in /etc/bloodtest/keys is not the one");
    use("k2 " KEY_2 "\nk1 " KEY_1);
    succeed(bt_keys_check(fixture.db, fixture.pool));
    check_says("k1 " KEY_1, "the key k2, which is not in");
    use("k1 " KEY_1 "\nk2 " KEY_2);
    succeed(bt_keys_check(fixture.db, fixture.pool));
}

static void test_nothing_in_clear(void **state)
{
    (void)state;
    use("k1 " KEY_1 "\nk2 " KEY_2);
    succeed(bt_keys_check(fixture.db, fixture.pool));
    const char *id = completed(CANARY);
    static const char *const sealed[] = {"original_filename",
                                         "query",
                                         "options",
                                         "analysis_json",
                                         "summary",
                                         "doctor_analysis",
                                         "nutrition_analysis",
                                         "exercise_analysis",
                                         "verification_analysis"};
    for (size_t i = 0; i < sizeof(sealed) / sizeof(*sealed); i++)
        assert_true(strncmp(of(sealed[i], id), "bt1:k1:", 7) == 0);
    assert_true(strncmp(of("file_hash", id), "k:", 2) == 0);
    assert_true(strncmp(of("patient_ref_hash", id), "k:", 2) == 0);
    bt_analysis_t *a;
    succeed(bt_store_result(&a, fixture.db, id, NULL, fixture.pool));
    assert_non_null(strstr(a->analysis_json, CANARY));
}

static void test_moved_cells(void **state)
{
    (void)state;
    use("k1 " KEY_1 "\nk2 " KEY_2);
    succeed(bt_keys_check(fixture.db, fixture.pool));
    const char *one = completed("one"), *two = completed("two");
    run(apr_psprintf(fixture.pool,
                     "UPDATE analysis_results SET analysis_json = '%s' WHERE id = '%s'",
                     of("analysis_json", two), one));
    bt_analysis_t *a;
    succeed(bt_store_result(&a, fixture.db, one, NULL, fixture.pool));
    assert_int_equal(a->problem->code, BT_E_SEAL_BROKEN);
    assert_null(a->analysis_json);
    assert_null(a->query);
    succeed(bt_store_status(&a, fixture.db, one, fixture.pool));
    assert_null(a->problem);
    succeed(bt_store_result(&a, fixture.db, two, NULL, fixture.pool));
    assert_null(a->problem);
    assert_non_null(a->analysis_json);
    run(apr_psprintf(fixture.pool, "UPDATE analysis_results SET query = summary WHERE id = '%s'",
                     two));
    succeed(bt_store_status(&a, fixture.db, two, fixture.pool));
    assert_int_equal(a->problem->code, BT_E_SEAL_BROKEN);
    succeed(bt_store_state(&a, fixture.db, two, fixture.pool));
    assert_null(a->query);
}

/* Somebody's damaged result must not be the end of all reports of theirs that come later. */
static void test_earlier_that_does_not_open(void **state)
{
    (void)state;
    use("k1 " KEY_1 "\nk2 " KEY_2);
    succeed(bt_keys_check(fixture.db, fixture.pool));
    const char *login = fresh();
    const char *damaged = completed_by(login, "Anna"), *good = completed_by(login, "Anna");
    const char *last = completed_by(login, "Anna");
    run(apr_psprintf(fixture.pool,
                     "UPDATE analysis_results SET analysis_json = summary WHERE id = '%s'",
                     damaged));
    bt_analysis_t *earlier;
    int n = 0;
    succeed(bt_store_earlier(&earlier, &n, fixture.db, last, 5, fixture.pool));
    assert_int_equal(n, 2);
    assert_string_equal(earlier[0].id, good);
    assert_non_null(strstr(earlier[0].analysis_json, "Anna"));
    assert_string_equal(earlier[1].id, damaged);
    assert_null(earlier[1].analysis_json);
}

static void renumber(const char *id, int from, int to)
{
    run(apr_psprintf(fixture.pool,
                     "UPDATE report_documents SET seq = %d WHERE analysis_id = '%s' AND seq = %d",
                     to, id, from));
}

/* A job that does not open is claimed and fails; it is not tried for ever. */
static void test_moved_rows_of_a_document(void **state)
{
    (void)state;
    use("k1 " KEY_1 "\nk2 " KEY_2);
    succeed(bt_keys_check(fixture.db, fixture.pool));
    bt_submission_t in = submission(fresh(), fresh(), 3 * BT_CHUNK_BYTES);
    submit(&in);
    renumber(in.analysis_id, 0, 9);
    renumber(in.analysis_id, 1, 0);
    renumber(in.analysis_id, 9, 1);
    int copy = document(0);
    expect(bt_job_document(fixture.db, claim(in.task_id, "w1"), copy, fixture.pool),
           BT_E_SEAL_BROKEN);
    close(copy);
    bt_submission_t other = submission(fresh(), fresh(), 100);
    submit(&other);
    run(apr_psprintf(fixture.pool, "UPDATE analysis_results SET query = options WHERE id = '%s'",
                     other.analysis_id));
    bt_job_t *job = claim(other.task_id, "w1");
    assert_non_null(job);
    expect(bt_job_document(fixture.db, job, 1, fixture.pool), BT_E_SEAL_BROKEN);
}

static const char *answers(void)
{
    return cell("SELECT count(*) FROM llm_answers");
}

/* What a model answered goes with its analysis, and with the key it was sealed with. */
static void test_answers_of_a_model(void **state)
{
    (void)state;
    bt_rekey_t rekey = {.analyses = 0};
    const char *found = NULL;
    int was_there = 0;
    use("k1 " KEY_1 "\nk2 " KEY_2);
    succeed(bt_keys_check(fixture.db, fixture.pool));
    run("DELETE FROM llm_answers");
    const char *one = completed("one"), *two = completed("two");
    succeed(bt_llm_answers_put(fixture.db, "a", one, CANARY, fixture.pool));
    succeed(bt_llm_answers_put(fixture.db, "b", two, CANARY, fixture.pool));
    succeed(bt_llm_answers_get(&found, fixture.db, "a", 1, fixture.pool));
    assert_string_equal(found, CANARY);
    if (bt_db_kind(fixture.db) == BT_DB_SQLITE)
        run("PRAGMA foreign_keys = OFF"); /* as on connections of mod_dbd */
    succeed(bt_store_delete(&was_there, fixture.db, one, fixture.pool));
    assert_string_equal(answers(), "1");
    /* Moved rows of other tests stay unreadable; without them a rekey ends. */
    run("DELETE FROM report_documents");
    run("DELETE FROM job_attempts");
    run("DELETE FROM job_queue");
    run(apr_psprintf(fixture.pool, "DELETE FROM analysis_results WHERE id <> '%s'", two));
    use("k3 " KEY_2 "\nk1 " KEY_1 "\nk2 " KEY_2);
    while (!rekey.is_done)
        succeed(bt_rekey_step(&rekey, fixture.db, fixture.pool));
    assert_int_equal(rekey.unreadable, 0);
    assert_string_equal(answers(), "0");
    assert_string_equal(cell("SELECT count(*) FROM encryption_keys"), "2");
}

static int run_on(const char *driver, const char *params)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_from_plain_to_keys),
        cmocka_unit_test(test_keys_that_do_not_fit),
        cmocka_unit_test(test_nothing_in_clear),
        cmocka_unit_test(test_moved_cells),
        cmocka_unit_test(test_earlier_that_does_not_open),
        cmocka_unit_test(test_moved_rows_of_a_document),
        cmocka_unit_test(test_answers_of_a_model),
    };
    fixture.driver = driver;
    fixture.params = params;
    return cmocka_run_group_tests_name(driver, tests, open_database, close_database);
}

int main(void)
{
    return on_each_database(run_on);
}
