/* SPDX-License-Identifier: Apache-2.0
 * The stores, as they are meant to be used.  Every test runs on each database.
 */
#include "store_fixture.h"

#include <math.h>

static void test_submit_and_status(void **state)
{
    (void)state;
    const char *login = fresh();
    bt_submission_t in = submission(login, fresh(), 1000);
    bt_submitted_t *out = submit(&in);
    assert_string_equal(out->analysis_id, in.analysis_id);
    assert_int_equal(out->is_cached, 0);
    bt_analysis_t *a;
    succeed(bt_store_status(&a, fixture.db, in.analysis_id, fixture.pool));
    assert_non_null(a);
    assert_string_equal(a->owner_login, login);
    assert_string_equal(a->status, BT_QUEUED);
    assert_string_equal(a->original_filename, in.original_filename);
    assert_int_equal(a->file_size, 1000);
    assert_true(a->created_at > apr_time_from_sec(1700000000));
    assert_true(isnan(a->processing_time));
    succeed(bt_store_status(&a, fixture.db, fresh(), fixture.pool));
    assert_null(a);
}

static void test_duplicates(void **state)
{
    (void)state;
    const char *login = fresh(), *hash = fresh();
    bt_submission_t earlier = submission(login, fresh(), 10);
    submit(&earlier); /* the user is known now */
    bt_submission_t first = submission(login, hash, 1000), second = submission(login, hash, 1000);
    bt_submission_t other = submission(fresh(), hash, 1000),
                    question = submission(login, hash, 1000);
    question.query = "something else";
    submit(&first);
    bt_submitted_t *out = submit(&second);
    assert_int_equal(out->is_cached, 1);
    assert_string_equal(out->analysis_id, first.analysis_id);
    assert_string_equal(out->task_id, first.task_id);
    assert_int_equal(submit(&other)->is_cached, 0);
    assert_int_equal(submit(&question)->is_cached, 0);
    int was_there;
    succeed(bt_store_delete(&was_there, fixture.db, first.analysis_id, fixture.pool));
    assert_int_equal(was_there, 1);
    bt_submission_t third = submission(login, hash, 1000);
    assert_int_equal(submit(&third)->is_cached, 0);
}

static void test_idempotency_key(void **state)
{
    (void)state;
    const char *login = fresh(), *hash = fresh();
    bt_submission_t first = submission(login, hash, 10), again = submission(login, hash, 10);
    bt_submission_t reused = submission(login, fresh(), 10), late = submission(login, hash, 10);
    first.idempotency_key = again.idempotency_key = reused.idempotency_key = "k1";
    late.idempotency_key = "k2";
    submit(&first);
    assert_string_equal(submit(&again)->analysis_id, first.analysis_id);
    bt_submitted_t *out;
    expect(bt_store_submit(&out, fixture.db, &reused, fixture.pool), BT_E_KEY_REUSED);
    /* Another key, but the same document: a duplicate, and the key then means it too. */
    assert_string_equal(submit(&late)->analysis_id, first.analysis_id);
    assert_string_equal(submit(&late)->analysis_id, first.analysis_id);
}

static void test_document_round_trip(void **state)
{
    (void)state;
    size_t size = 3 * BT_CHUNK_BYTES + 17;
    bt_submission_t in = submission(fresh(), fresh(), size);
    int original = dup(in.document_fd);
    submit(&in);
    bt_job_t *job = claim(in.task_id, "w1");
    int copy = document(0);
    succeed(bt_job_document(fixture.db, job, copy, fixture.pool));
    assert_int_equal(lseek(copy, 0, SEEK_END), size);
    for (size_t at = 0; at < size; at += 4096) {
        char a[4096], b[4096];
        ssize_t n = pread(original, a, sizeof(a), (off_t)at);
        assert_int_equal(pread(copy, b, sizeof(b), (off_t)at), n);
        assert_memory_equal(a, b, (size_t)n);
    }
    close(copy);
    close(original);
}

static bt_json_t *result(void)
{
    bt_json_t *json = bt_json_object(fixture.pool);
    bt_json_set_string(json, "summary", "Short.");
    bt_json_set_string(json, "engine", "rules");
    return json;
}

static void test_claim_and_complete(void **state)
{
    (void)state;
    bt_submission_t in = submission(fresh(), fresh(), 100);
    submit(&in);
    bt_job_t *job = claim(in.task_id, "w1");
    assert_non_null(job);
    assert_int_equal(job->attempt, 1);
    assert_string_equal(job->query, "all");
    assert_null(claim(in.task_id, "w2"));
    succeed(bt_job_heartbeat(fixture.db, job, fixture.pool));
    succeed(bt_job_stage(fixture.db, job, "interpreting", fixture.pool));
    bt_job_t stranger = *job;
    stranger.claim_token = fresh();
    expect(bt_job_heartbeat(fixture.db, &stranger, fixture.pool), BT_E_CLAIM_LOST);
    expect(bt_job_complete(fixture.db, &stranger, result(), fixture.pool), BT_E_CLAIM_LOST);
    succeed(bt_job_complete(fixture.db, job, result(), fixture.pool));
    expect(bt_job_complete(fixture.db, job, result(), fixture.pool), BT_E_CLAIM_LOST);
    bt_analysis_t *a;
    succeed(bt_store_result(&a, fixture.db, in.analysis_id, NULL, fixture.pool));
    assert_string_equal(a->status, BT_COMPLETED);
    assert_string_equal(a->analysis_json, "{\"summary\":\"Short.\",\"engine\":\"rules\"}");
    assert_true(a->processing_time >= 0 && a->processing_time < 60);
    const char *owner = a->owner_login;
    succeed(bt_store_result(&a, fixture.db, in.analysis_id, owner, fixture.pool));
    assert_non_null(a->analysis_json);
    succeed(bt_store_result(&a, fixture.db, in.analysis_id, fresh(), fixture.pool));
    assert_string_equal(a->owner_login, owner);
    assert_null(a->analysis_json);
    expect(bt_job_document(fixture.db, job, 1, fixture.pool), BT_E_NOT_FOUND);
}

static void test_failures_and_budget(void **state)
{
    (void)state;
    bt_submission_t in = submission(fresh(), fresh(), 100);
    submit(&in);
    bt_failure_t failure = {.error_class = "upstream", .error_text = "x", .is_retryable = 1};
    bt_analysis_t *a;
    for (int i = 1; i <= BT_MAX_FAILURES; i++) {
        bt_job_t *job = claim(in.task_id, "w1");
        assert_non_null(job);
        assert_int_equal(job->attempt, i);
        succeed(bt_job_fail(fixture.db, job, &failure, fixture.pool));
        succeed(bt_store_status(&a, fixture.db, in.analysis_id, fixture.pool));
        assert_string_equal(a->status, i < BT_MAX_FAILURES ? BT_QUEUED : BT_FAILED);
    }
    assert_string_equal(a->error_class, "upstream");
    assert_null(claim(in.task_id, "w1"));
    const char *task;
    succeed(bt_store_retry(&task, fixture.db, in.analysis_id, fixture.pool));
    assert_string_equal(task, in.task_id);
    assert_non_null(claim(in.task_id, "w1"));
}

static void test_poison(void **state)
{
    (void)state;
    bt_submission_t in = submission(fresh(), fresh(), 100);
    submit(&in);
    bt_failure_t crash = {.error_class = "poison", .error_text = "x", .is_crash = 1, .signal = 11};
    succeed(bt_job_fail(fixture.db, claim(in.task_id, "w1"), &crash, fixture.pool));
    succeed(bt_job_fail(fixture.db, claim(in.task_id, "w1"), &crash, fixture.pool));
    bt_analysis_t *a;
    succeed(bt_store_status(&a, fixture.db, in.analysis_id, fixture.pool));
    assert_string_equal(a->status, BT_FAILED);
    assert_string_equal(a->error_class, "poison");
}

static void test_cancel_and_delete(void **state)
{
    (void)state;
    bt_submission_t in = submission(fresh(), fresh(), 100),
                    gone = submission(fresh(), fresh(), 100);
    submit(&in);
    submit(&gone);
    bt_job_t *job = claim(in.task_id, "w1"), *doomed = claim(gone.task_id, "w1");
    int changed;
    succeed(bt_store_cancel(&changed, fixture.db, in.analysis_id, fixture.pool));
    assert_int_equal(changed, 1);
    succeed(bt_store_cancel(&changed, fixture.db, in.analysis_id, fixture.pool));
    assert_int_equal(changed, 0);
    expect(bt_job_complete(fixture.db, job, result(), fixture.pool), BT_E_CLAIM_LOST);
    succeed(bt_store_delete(&changed, fixture.db, gone.analysis_id, fixture.pool));
    expect(bt_job_complete(fixture.db, doomed, result(), fixture.pool), BT_E_CLAIM_LOST);
    bt_analysis_t *a;
    succeed(bt_store_status(&a, fixture.db, gone.analysis_id, fixture.pool));
    assert_null(a);
    succeed(bt_store_status(&a, fixture.db, in.analysis_id, fixture.pool));
    assert_string_equal(a->status, BT_CANCELLED);
}

static void test_release_uses_no_budget(void **state)
{
    (void)state;
    bt_submission_t in = submission(fresh(), fresh(), 100);
    submit(&in);
    succeed(bt_job_release(fixture.db, claim(in.task_id, "w1"), fixture.pool));
    bt_job_t *job = claim(in.task_id, "w2");
    assert_int_equal(job->failures, 0);
    assert_int_equal(job->attempt, 2);
}

static void test_list_and_figures(void **state)
{
    (void)state;
    const char *login = fresh();
    for (int i = 0; i < 5; i++)
        submit((bt_submission_t[]){submission(login, fresh(), 10)});
    bt_list_filter_t filter = {.login = login, .skip = 1, .limit = 3};
    bt_list_t list;
    succeed(bt_store_list(&list, fixture.db, &filter, fixture.pool));
    assert_int_equal(list.n, 3);
    assert_true(list.has_more && list.is_total_exact);
    assert_int_equal(list.total, 5);
    assert_true(list.rows[0].created_at >= list.rows[1].created_at);
    filter.status = BT_COMPLETED;
    succeed(bt_store_list(&list, fixture.db, &filter, fixture.pool));
    assert_int_equal(list.total, 0);
    filter = (bt_list_filter_t){.limit = 10, .q = "%"};
    succeed(bt_store_list(&list, fixture.db, &filter, fixture.pool));
    assert_int_equal(list.total, 0);
    bt_queue_counts_t counts;
    succeed(bt_store_counts(&counts, fixture.db, fixture.pool));
    assert_true(counts.queued >= 5);
    assert_true(counts.oldest_queued_at > 0);
}

/* A walk by cursor, a new one arriving before each page: each of those that were there comes once.
 */
static void test_list_by_cursor(void **state)
{
    (void)state;
    enum { N = 7 };
    const char *login = fresh(), *ids[N];
    for (int i = 0; i < N; i++) {
        bt_submission_t in = submission(login, fresh(), 10);
        submit(&in);
        ids[i] = in.analysis_id;
    }
    bt_list_filter_t filter = {.login = login, .limit = 2};
    bt_list_t list = {.has_more = 1};
    int seen = 0;
    for (int pages = 0; list.has_more && pages < 3 * N; pages++) {
        succeed(bt_store_list(&list, fixture.db, &filter, fixture.pool));
        for (int i = 0; i < list.n * N; i++) /* of one millisecond, they stand in any order */
            seen += !strcmp(list.rows[i / N].id, ids[i % N]);
        filter.before_at = list.rows[list.n - 1].created_at;
        filter.before_id = list.rows[list.n - 1].id;
        submit((bt_submission_t[]){submission(login, fresh(), 10)});
    }
    assert_int_equal(seen, N);
    filter = (bt_list_filter_t){
        .login = login, .limit = 50, .q = apr_pstrndup(fixture.pool, ids[3], 13)};
    succeed(bt_store_list(&list, fixture.db, &filter, fixture.pool));
    assert_int_equal(list.n, 1);
    assert_string_equal(list.rows[0].id, ids[3]);
    filter.q = BT_QUEUED;
    succeed(bt_store_list(&list, fixture.db, &filter, fixture.pool));
    assert_true(list.n > N - 1 && !list.has_more);
    filter.status = BT_FAILED;
    succeed(bt_store_list(&list, fixture.db, &filter, fixture.pool));
    assert_int_equal(list.n, 0);
}

static void test_house(void **state)
{
    (void)state;
    bt_submission_t in = submission(fresh(), fresh(), 10);
    submit(&in);
    const char **ids;
    int n, found = 0;
    succeed(bt_house_unhint(fixture.db, in.task_id, fixture.pool));
    for (int priority = 0; priority < 2; priority++) {
        const int which[2] = {priority, 1000};
        succeed(bt_house_sweep(&ids, &n, fixture.db, which, fixture.pool));
        for (int i = 0; i < n; i++)
            found += !strcmp(ids[i], in.task_id) ? priority + 1 : 0;
    }
    assert_int_equal(found, 2); /* once, among the routine ones */
    succeed(bt_house_reap(&ids, &n, fixture.db, fixture.pool));
    succeed(bt_house_retention(&n, fixture.db, 30, fixture.pool));
    assert_int_equal(n, 0);
    bt_worker_row_t row = {.id = fresh(), .host = "h", .pid = 1, .threads = 2}, *rows;
    succeed(bt_house_worker_seen(fixture.db, &row, fixture.pool));
    succeed(bt_store_workers(&rows, &n, fixture.db, fixture.pool));
    assert_true(n >= 1 && rows[n - 1].is_alive);
    succeed(bt_house_worker_gone(fixture.db, row.id, fixture.pool));
}

static void test_every_statement_prepares(void **state)
{
    (void)state;
    int n;
    succeed(bt_db_prepare_all(&n, fixture.db, fixture.pool));
    assert_true(n >= 50);
    succeed(bt_schema_check(fixture.db, fixture.pool));
}

static int run_on(const char *driver, const char *params)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_statement_prepares),
        cmocka_unit_test(test_submit_and_status),
        cmocka_unit_test(test_duplicates),
        cmocka_unit_test(test_idempotency_key),
        cmocka_unit_test(test_document_round_trip),
        cmocka_unit_test(test_claim_and_complete),
        cmocka_unit_test(test_failures_and_budget),
        cmocka_unit_test(test_poison),
        cmocka_unit_test(test_cancel_and_delete),
        cmocka_unit_test(test_release_uses_no_budget),
        cmocka_unit_test(test_list_and_figures),
        cmocka_unit_test(test_list_by_cursor),
        cmocka_unit_test(test_house),
    };
    fixture.driver = driver;
    fixture.params = params;
    return cmocka_run_group_tests_name(driver, tests, open_database, close_database);
}

/* Stored in clear, and encrypted: nobody who uses the stores sees a difference. */
static int run_both(const char *driver, const char *params)
{
    int failed = run_on(driver, params);
    fixture.keys = "k1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n";
    failed += run_on(driver, params);
    fixture.keys = NULL;
    return failed;
}

int main(void)
{
    return on_each_database(run_both);
}
