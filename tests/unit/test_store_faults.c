/* SPDX-License-Identifier: Apache-2.0
 * The stores and the connection below them when something is wrong: rows left behind, races of
 * housekeeping, statements that fail, processes that stop.  Every test runs on each database.
 */
#include "store_sql.h"

#include "libbloodtest/store_jobs.h"

/* What a delete leaves where a key was taken for it in the same moment. */
static void test_key_of_what_is_gone(void **state)
{
    (void)state;
    const char *login = fresh(), *hash = fresh();
    bt_submission_t first = submission(login, hash, 10);
    submit(&first);
    const char *id[] = {first.analysis_id};
    succeed(bt_db_exec(NULL, fixture.db, BT_Q_job_delete, id, fixture.pool));
    succeed(bt_db_exec(NULL, fixture.db, BT_Q_document_delete, id, fixture.pool));
    succeed(bt_db_exec(NULL, fixture.db, BT_Q_analysis_delete, id, fixture.pool));
    bt_submission_t second = submission(login, hash, 10);
    bt_submitted_t *out = submit(&second);
    assert_int_equal(out->is_cached, 0);
    assert_string_equal(out->analysis_id, second.analysis_id);
}

/* Retention saw it finished, then it was queued again. */
static void test_retention_spares_a_retry(void **state)
{
    (void)state;
    bt_submission_t in = submission(fresh(), fresh(), 10);
    submit(&in);
    bt_failure_t failure = {.error_class = "damaged", .error_text = "x"};
    succeed(bt_job_fail(fixture.db, claim(in.task_id, "w1"), &failure, fixture.pool));
    const char *task;
    succeed(bt_store_retry(&task, fixture.db, in.analysis_id, fixture.pool));
    int was_there;
    succeed(bt_store_delete_final(&was_there, fixture.db, in.analysis_id, fixture.pool));
    assert_int_equal(was_there, 0);
    bt_job_t *job = claim(in.task_id, "w1");
    assert_non_null(job);
    succeed(bt_job_fail(fixture.db, job, &failure, fixture.pool));
    succeed(bt_store_delete_final(&was_there, fixture.db, in.analysis_id, fixture.pool));
    assert_int_equal(was_there, 1);
}

static void end_badly(const bt_submission_t *in)
{
    bt_failure_t failure = {.error_class = "damaged", .error_text = "x"};
    succeed(bt_job_fail(fixture.db, claim(in->task_id, "w1"), &failure, fixture.pool));
}

static int count_failed(const char *error_class, apr_time_t since, const char *login)
{
    bt_failed_t failed = {.error_class = error_class, .since = since};
    const char **ids = NULL;
    int n = 0, count = 0;
    do {
        succeed(bt_store_failed(&ids, &n, &failed, fixture.db, fixture.pool));
        for (int i = 0; i < n; i++)
            count += (int)apr_atoi64(cell(apr_psprintf(
                fixture.pool,
                "SELECT count(*) FROM analysis_results a JOIN users u ON u.id = a.user_id "
                "WHERE a.id = '%s' AND u.login = '%s'",
                ids[i], login)));
    } while (n > 0);
    return count;
}

/* More than two pages, of which many failed in the same moment: each is there once. */
static void test_failed_page_by_page(void **state)
{
    (void)state;
    enum { FAILED = 205, EARLY = 120 };
    const char *login = fresh();
    const apr_time_t moment = apr_time_now() - apr_time_from_sec(3600);
    for (int i = 0; i < FAILED; i++) {
        bt_submission_t in = submission(login, fresh(), 1);
        submit(&in);
        end_badly(&in);
        if (i < EARLY)
            run(apr_psprintf(fixture.pool,
                             "UPDATE analysis_results SET completed_at = %" APR_TIME_T_FMT
                             ", error_class = 'timeout' WHERE id = '%s'",
                             moment, in.analysis_id));
    }
    assert_int_equal(count_failed(NULL, 0, login), FAILED);
    assert_int_equal(count_failed("timeout", 0, login), EARLY);
    assert_int_equal(count_failed("damaged", 0, login), FAILED - EARLY);
    assert_int_equal(count_failed(NULL, moment, login), FAILED);
    assert_int_equal(count_failed(NULL, moment + 1, login), FAILED - EARLY);
    assert_int_equal(count_failed("poison", 0, login), 0);
}

/* More than a batch of results older than 30 days goes with all that hangs on them; what is
 * younger, or not finished, stays however old it is. */
static void test_retention_erases_what_is_old(void **state)
{
    (void)state;
    enum { OLD = 205 };
    const char *login = fresh();
    bt_submission_t first = {0}, young = submission(login, fresh(), 10),
                    waiting = submission(login, fresh(), 10);
    submit(&young);
    submit(&waiting);
    end_badly(&young);
    for (int i = 0; i < OLD; i++) {
        bt_submission_t in = submission(login, fresh(), 10);
        submit(&in);
        end_badly(&in);
        first = i == 0 ? in : first;
    }
    const char *mine =
        apr_psprintf(fixture.pool, "user_id = (SELECT id FROM users WHERE login = '%s')", login);
    run(apr_psprintf(fixture.pool,
                     "UPDATE analysis_results SET completed_at = completed_at - 2592001000000, "
                     "created_at = created_at - 2592001000000 WHERE %s AND id <> '%s'",
                     mine, young.analysis_id));
    int n = 0;
    succeed(bt_house_retention(&n, fixture.db, 30, fixture.pool));
    assert_int_equal(n, OLD);
    const char *left =
        apr_psprintf(fixture.pool, "SELECT count(*) FROM analysis_results WHERE %s", mine);
    assert_string_equal(cell(left), "2");
    static const char *const hanging[] = {"report_documents", "job_queue", "submission_keys"};
    for (size_t i = 0; i < sizeof hanging / sizeof *hanging; i++)
        assert_string_equal(
            cell(apr_psprintf(fixture.pool, "SELECT count(*) FROM %s WHERE analysis_id = '%s'",
                              hanging[i], first.analysis_id)),
            "0");
    const char *attempts = apr_psprintf(
        fixture.pool, "SELECT count(*) FROM job_attempts WHERE task_id = '%s'", first.task_id);
    assert_string_equal(cell(attempts), "0");
}

/* A key that has had its time goes, and the analysis it stood for stays. */
static void test_retention_forgets_keys(void **state)
{
    (void)state;
    bt_submission_t in = submission(fresh(), fresh(), 10);
    in.idempotency_key = fresh();
    submit(&in);
    const char *keys =
        apr_psprintf(fixture.pool, "submission_keys WHERE analysis_id = '%s'", in.analysis_id);
    const char *count = apr_pstrcat(fixture.pool, "SELECT count(*) FROM ", keys, NULL);
    assert_string_not_equal(cell(count), "0");
    int n = 0;
    succeed(bt_house_retention(&n, fixture.db, 30, fixture.pool));
    assert_string_not_equal(cell(count), "0");
    run(apr_psprintf(fixture.pool,
                     "UPDATE submission_keys SET expires_at = 1 WHERE analysis_id = '%s'",
                     in.analysis_id));
    succeed(bt_house_retention(&n, fixture.db, 30, fixture.pool));
    assert_string_equal(cell(count), "0");
    assert_non_null(claim(in.task_id, "w1"));
}

/* A request can provoke an error; its statements must not pile up in the session, and what the
 * server says of the row must not come with it. */
static void test_errors_leave_nothing(void **state)
{
    (void)state;
    const char *statements = "SELECT count(*) FROM pg_prepared_statements";
    const char *before = NULL;
    for (int i = 0; i < 5; i++) {
        const char *args[] = {NULL, "a name", NULL, NULL, NULL};
        const char *login[] = {fresh()};
        bt_rows_t *rows;
        succeed(bt_db_select(&rows, fixture.db, BT_Q_user_by_login, login, fixture.pool));
        bt_err_t *err =
            bt_db_exec(NULL, fixture.db, BT_Q_audit_insert, args, fixture.pool); /* no action */
        expect(err, BT_E_DB_ERROR);
        assert_null(strstr(bt_error_text(err, fixture.pool), "a name"));
        if (bt_db_kind(fixture.db) == BT_DB_SQLITE)
            continue;
        const char *now = cell(statements);
        assert_true(!before || !strcmp(before, now));
        before = now;
    }
}

static bt_err_t *look_at_timeout(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    (void)db, (void)pool;
    *(const char **)baton = cell("SHOW idle_in_transaction_session_timeout");
    return NULL;
}

static void test_deadlines(void **state)
{
    (void)state;
    apr_pool_t *pool = fixture.pool;
    const char *uri = bt_db_deadlines("postgresql://db/bt?connect_timeout=9", pool);
    assert_non_null(strstr(uri, "?connect_timeout=9&keepalives_idle="));
    assert_null(strstr(uri, "connect_timeout=5"));
    assert_non_null(strstr(bt_db_deadlines("host=db", pool), "host=db connect_timeout=5 keep"));
    assert_non_null(strstr(bt_db_deadlines("postgres://db", pool), "//db?connect_timeout=5&keep"));
    if (bt_db_kind(fixture.db) == BT_DB_SQLITE)
        return;
    const char *inside = NULL;
    succeed(bt_db_transaction(fixture.db, look_at_timeout, &inside, pool));
    assert_string_equal(inside, "10s");
    assert_string_equal(cell("SHOW idle_in_transaction_session_timeout"), "0");
}

static int stands_in(const char *path, const char *word)
{
    char *text = NULL;
    size_t length = 0;
    FILE *file = fopen(path, "rb");
    if (!file)
        return 0;
    for (int c = fgetc(file); c != EOF; c = fgetc(file)) {
        if (length % 65536 == 0)
            text = realloc(text, length + 65536);
        text[length++] = (char)c;
    }
    fclose(file);
    int is_there = length && memmem(text, length, word, strlen(word));
    free(text);
    return is_there;
}

/* What was erased is neither in SQLite's file nor in its log. */
static void test_erased_is_gone(void **state)
{
    (void)state;
    if (bt_db_kind(fixture.db) != BT_DB_SQLITE)
        return;
    const char *word = fresh(), *log = apr_pstrcat(fixture.pool, fixture.params, "-wal", NULL);
    bt_submission_t in = submission(fresh(), fresh(), 100);
    in.query = word;
    submit(&in);
    assert_true(stands_in(log, word));
    int n = 0, was_there = 0;
    succeed(bt_db_checkpoint(fixture.db, fixture.pool));
    assert_true(stands_in(fixture.params, word));
    succeed(bt_store_delete(&was_there, fixture.db, in.analysis_id, fixture.pool));
    assert_true(stands_in(fixture.params, word));
    succeed(bt_house_retention(&n, fixture.db, 30, fixture.pool));
    assert_false(stands_in(fixture.params, word) || stands_in(log, word));
}

static bt_err_t *run_script(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    return bt_db_script(db, baton, pool);
}

/* A statement in the middle fails: it is named, and nothing of the script stays. */
static void test_failure_in_the_middle(void **state)
{
    (void)state;
    char sql[] = "CREATE TABLE half (a integer);\n-- a comment;\nINSERT INTO half VALUES (1);\n"
                 "INSERT INTO nowhere VALUES (1);\nINSERT INTO half VALUES (2);\n";
    bt_err_t *err = bt_db_transaction(fixture.db, run_script, sql, fixture.pool);
    expect(err, BT_E_DB_ERROR);
    const char *text = bt_error_text(err, fixture.pool);
    assert_non_null(strstr(text, "statement 3 (line 4: INSERT INTO nowhere"));
    char again[] = "CREATE TABLE half (a integer);\nINSERT INTO half VALUES (1);\nDROP TABLE half";
    succeed(bt_db_transaction(fixture.db, run_script, again, fixture.pool));
}

static int run_on(const char *driver, const char *params)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_key_of_what_is_gone),
        cmocka_unit_test(test_retention_spares_a_retry),
        cmocka_unit_test(test_failed_page_by_page),
        cmocka_unit_test(test_retention_erases_what_is_old),
        cmocka_unit_test(test_retention_forgets_keys),
        cmocka_unit_test(test_errors_leave_nothing),
        cmocka_unit_test(test_deadlines),
        cmocka_unit_test(test_erased_is_gone),
        cmocka_unit_test(test_failure_in_the_middle),
    };
    fixture.driver = driver;
    fixture.params = params;
    return cmocka_run_group_tests_name(driver, tests, open_database, close_database);
}

int main(void)
{
    return on_each_database(run_on);
}
