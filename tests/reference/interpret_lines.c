/* SPDX-License-Identifier: Apache-2.0
 * The engine as a filter: one line of facts in, one line of result out.  Tests that try thousands
 * of inputs start it once.
 */
#include <apr_general.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libbloodtest/interpret/interpret.h"

enum { MAX_LINE = 1024 * 1024 };

static bt_err_t *answer(bt_json_t **result, const char *line, const bt_catalogue_t *catalogue,
                        apr_pool_t *pool)
{
    bt_json_t *facts = NULL;
    bt_report_t *report = NULL;
    bt_context_t context;
    BT_TRY(bt_json_parse(&facts, line, strlen(line), pool));
    BT_TRY(bt_facts_read(&report, &context, facts, catalogue, pool));
    context.query = bt_json_get_string(facts, "query");
    return bt_interpret(result, report, &context, catalogue, pool);
}

static void filter(char *line, const bt_catalogue_t *catalogue, apr_pool_t *scratch_pool)
{
    while (fgets(line, MAX_LINE, stdin)) {
        bt_json_t *result = NULL;
        bt_err_t *err = answer(&result, line, catalogue, scratch_pool);
        if (err) {
            result = bt_json_object(scratch_pool);
            bt_json_set_string(result, "error", bt_error_text(err, scratch_pool));
            bt_json_set_string(result, "hint", err->hint);
        }
        puts(bt_json_dump(result, 0, scratch_pool));
        fflush(stdout);
        apr_pool_clear(scratch_pool);
    }
}

int main(int argc, char **argv)
{
    apr_pool_t *pool = NULL, *scratch_pool = NULL;
    bt_catalogue_t *catalogue = NULL;
    char *line = malloc(MAX_LINE);
    apr_initialize();
    if (!line || argc > 1 || apr_pool_create(&pool, NULL) ||
        apr_pool_create(&scratch_pool, pool)) {
        fprintf(stderr, "usage: %s < FACTS, one object a line\n", argv[0]);
        return 2;
    }
    bt_err_t *err = bt_catalogue_load(&catalogue, pool);
    if (err)
        fprintf(stderr, "%s\n", bt_error_text(err, pool));
    else
        filter(line, catalogue, scratch_pool);
    free(line);
    apr_pool_destroy(pool);
    apr_terminate();
    return err ? 1 : 0;
}
