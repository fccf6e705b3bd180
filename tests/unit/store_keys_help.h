/* SPDX-License-Identifier: Apache-2.0
 * For tests of stores whose connection has keys: the keys, what the tables hold beneath the stores,
 * and analyses to look at.
 */
#ifndef BT_TEST_STORE_KEYS_HELP_H
#define BT_TEST_STORE_KEYS_HELP_H

#include "store_sql.h"

#define KEY_1  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_2  "a00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define CANARY "Kanarienvogel"

static bt_keys_t *use(const char *text)
{
    bt_keys_t *keys = NULL;
    if (text)
        succeed(bt_keys_parse(&keys, text, "/etc/bloodtest/keys", fixture.pool));
    bt_db_use_keys(fixture.db, keys);
    return keys;
}

static const char *of(const char *column, const char *id)
{
    return cell(
        apr_psprintf(fixture.pool, "SELECT %s FROM analysis_results WHERE id = '%s'", column, id));
}

static const char *completed_by(const char *login, const char *text)
{
    bt_submission_t in = submission(login, fresh(), 2 * BT_CHUNK_BYTES);
    in.original_filename = in.query = text;
    in.options_json = apr_psprintf(fixture.pool, "{\"sex\":\"%s\"}", text);
    in.patient_ref = text;
    submit(&in);
    bt_json_t *result = bt_json_object(fixture.pool);
    const char *fields[] = {"summary", "doctor_analysis", "nutrition_analysis", "exercise_analysis",
                            "verification_analysis"};
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        bt_json_set_string(result, fields[i], text);
    succeed(bt_job_complete(fixture.db, claim(in.task_id, "w1"), result, fixture.pool));
    return in.analysis_id;
}

static const char *completed(const char *text)
{
    return completed_by(fresh(), text);
}

#endif
