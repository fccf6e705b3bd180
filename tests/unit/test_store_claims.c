/* SPDX-License-Identifier: Apache-2.0
 * Claims and the order of jobs: a claim whose commit was never answered, the place of a job that
 * was interrupted, the share of routine jobs.  Every test runs on each database.
 */
#include "store_fixture.h"

#include "libbloodtest/db_private.h"

static bt_submission_t queued(int priority)
{
    bt_submission_t in = submission(fresh(), fresh(), 10);
    in.priority = priority;
    submit(&in);
    return in;
}

static void let_lease_end(const char *task_id)
{
    int n;
    const char *sql =
        apr_psprintf(fixture.pool, "UPDATE job_queue SET lease_until = 5 WHERE id = '%s'", task_id);
    assert_int_equal(apr_dbd_query(fixture.db->driver, fixture.db->handle, &n, sql), 0);
}

/* The commit went through and its answer did not: the same claim again finds the job by its token,
 * as one attempt, with a lease that is worth something; a wish that never claimed finds nothing. */
static void test_claim_of_unknown_outcome(void **state)
{
    (void)state;
    bt_submission_t in = queued(1);
    bt_job_wish_t lucky = {.task_id = in.task_id, .worker = "w1"};
    bt_job_wish_t other = {.task_id = in.task_id, .worker = "w2", .is_unknown = 1};
    bt_job_t *job = NULL, *again = NULL, *none = NULL;
    succeed(bt_job_claim(&job, fixture.db, &lucky, fixture.pool));
    assert_non_null(job);
    let_lease_end(in.task_id);
    succeed(bt_job_claim(&none, fixture.db, &other, fixture.pool));
    assert_null(none);
    succeed(bt_job_claim(&again, fixture.db, &lucky, fixture.pool));
    assert_null(again); /* nothing unknown: a token is not looked for */
    lucky.is_unknown = 1;
    succeed(bt_job_claim(&again, fixture.db, &lucky, fixture.pool));
    assert_non_null(again);
    assert_int_equal(again->attempt, 1);
    assert_string_equal(again->claim_token, job->claim_token);
    assert_string_equal(again->query, "all");
    const char **ids;
    int n;
    succeed(bt_house_reap(&ids, &n, fixture.db, fixture.pool));
    for (int i = 0; i < n; i++)
        assert_string_not_equal(ids[i], in.task_id);
    succeed(bt_job_heartbeat(fixture.db, again, fixture.pool));
    /* Reaped and queued again in the meantime: claimed anew, as another attempt. */
    let_lease_end(in.task_id);
    succeed(bt_house_reap(&ids, &n, fixture.db, fixture.pool));
    succeed(bt_job_claim(&again, fixture.db, &lucky, fixture.pool));
    assert_non_null(again);
    assert_int_equal(again->attempt, 2);
}

static int place_of(const char *task_id, int least_priority)
{
    const bt_due_t wanted = {.least_priority = least_priority, .limit = 10000};
    const char **ids;
    int n;
    succeed(bt_job_due(&ids, &n, fixture.db, &wanted, fixture.pool));
    for (int i = 0; i < n; i++) {
        if (!strcmp(ids[i], task_id))
            return i;
    }
    return -1;
}

static void test_routine_has_a_share(void **state)
{
    (void)state;
    bt_submission_t routine = queued(1), stat = queued(0);
    assert_true(place_of(stat.task_id, 0) >= 0);
    assert_true(place_of(stat.task_id, 0) < place_of(routine.task_id, 0));
    assert_int_equal(place_of(stat.task_id, 1), -1);
    assert_true(place_of(routine.task_id, 1) >= 0);
}

/* Handed back or reaped: before those that came later.  Failed: behind its delay. */
static void test_interrupted_keeps_its_place(void **state)
{
    (void)state;
    bt_submission_t first = queued(1), second = queued(1), third = queued(1);
    bt_job_t *job = claim(first.task_id, "w1");
    succeed(bt_job_release(fixture.db, job, fixture.pool));
    assert_true(place_of(first.task_id, 0) < place_of(second.task_id, 0));
    job = claim(second.task_id, "w1");
    let_lease_end(second.task_id);
    const char **ids;
    int n, reaped = 0;
    succeed(bt_house_reap(&ids, &n, fixture.db, fixture.pool));
    for (int i = 0; i < n; i++)
        reaped += !strcmp(ids[i], second.task_id);
    assert_int_equal(reaped, 1);
    assert_true(place_of(second.task_id, 0) >= 0);
    assert_true(place_of(second.task_id, 0) < place_of(third.task_id, 0));
    expect(bt_job_release(fixture.db, job, fixture.pool), BT_E_CLAIM_LOST);
    job = claim(third.task_id, "w1");
    bt_failure_t failure = {.error_class = "upstream",
                            .error_text = "x",
                            .is_retryable = 1,
                            .delay = apr_time_from_sec(60)};
    succeed(bt_job_fail(fixture.db, job, &failure, fixture.pool));
    assert_int_equal(place_of(third.task_id, 0), -1);
}

static int run_on(const char *driver, const char *params)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_claim_of_unknown_outcome),
        cmocka_unit_test(test_routine_has_a_share),
        cmocka_unit_test(test_interrupted_keeps_its_place),
    };
    fixture.driver = driver;
    fixture.params = params;
    return cmocka_run_group_tests_name(driver, tests, open_database, close_database);
}

int main(void)
{
    return on_each_database(run_on);
}
