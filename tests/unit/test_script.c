/* SPDX-License-Identifier: Apache-2.0
 * SQL scripts, taken apart into their statements in the dialects of both databases.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>
#include <apr_general.h>
#include "libbloodtest/script.h"

static apr_pool_t *pool;

typedef struct split_t {
    const char *sql;
    const char *statements[6];
} split_t;

static const split_t splits[] = {
    {"", {NULL}},
    {" -- nothing\n /* ; */ ;;\n", {NULL}},
    {"SELECT 1", {"SELECT 1", NULL}},
    {"SELECT 1;SELECT 2;\n", {"SELECT 1", "SELECT 2", NULL}},
    {"SELECT ';', 'it''s;', \"a;\"\"b\"; SELECT 2",
     {"SELECT ';', 'it''s;', \"a;\"\"b\"", "SELECT 2"}},
    {"SELECT 1 -- ; '\n; /* '; */ SELECT 2;", {"SELECT 1 -- ; '\n", "SELECT 2"}},
    {"DO $$ BEGIN x; END $$; SELECT $a$;$$;$a$;SELECT $1;",
     {"DO $$ BEGIN x; END $$", "SELECT $a$;$$;$a$", "SELECT $1"}},
    {"CREATE TRIGGER a BEFORE DELETE ON b WHEN CASE c WHEN 1 THEN 2 END BEGIN SELECT 1; "
     "SELECT CASE WHEN 1 THEN 2 END; END; SELECT 3;",
     {"CREATE TRIGGER a BEFORE DELETE ON b WHEN CASE c WHEN 1 THEN 2 END BEGIN SELECT 1; "
      "SELECT CASE WHEN 1 THEN 2 END; END",
      "SELECT 3"}},
    {"create temp trigger a begin select 1; end; CREATE TABLE trigger_begin (a); SELECT 1",
     {"create temp trigger a begin select 1; end", "CREATE TABLE trigger_begin (a)", "SELECT 1"}},
    {"BEGIN; END; SELECT 1", {"BEGIN", "END", "SELECT 1"}},
};

static void test_splits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(splits) / sizeof(*splits); i++) {
        bt_script_t script = {.at = splits[i].sql};
        bt_statement_t statement;
        int n = 0;
        assert_null(bt_script_next(&statement, &script, pool));
        for (; statement.text; n++) {
            assert_non_null(splits[i].statements[n]);
            assert_string_equal(statement.text, splits[i].statements[n]);
            assert_int_equal(statement.number, n + 1);
            assert_null(bt_script_next(&statement, &script, pool));
        }
        assert_null(splits[i].statements[n]);
    }
}

static void test_what_never_ends(void **state)
{
    (void)state;
    static const char *const bad[] = {"SELECT 'a;", "SELECT 1; /* b", "SELECT \"a",
                                      "DO $x$ BEGIN; $$",
                                      "CREATE TRIGGER a BEGIN SELECT 1; SELECT 2;"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        bt_script_t script = {.at = bad[i]};
        bt_statement_t statement = {.text = ""};
        bt_err_t *err = NULL;
        while (!err && statement.text)
            err = bt_script_next(&statement, &script, pool);
        assert_non_null(err);
        assert_int_equal(err->code, BT_E_INTERNAL);
    }
}

int main(void)
{
    apr_initialize();
    apr_pool_create(&pool, NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_splits),
        cmocka_unit_test(test_what_never_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
