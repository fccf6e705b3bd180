/* SPDX-License-Identifier: Apache-2.0
 * bloodtestctl audit: who did what, when, from where and with which analysis, for those who answer
 * for it.  Nothing that is printed can look like another row.
 */
#include <config.h>
#include <apr_strings.h>
#include "ctl.h"
#include "../../libbloodtest/ids.h"
#include "../../libbloodtest/json.h"
#include "../../libbloodtest/store.h"
#include "../../libbloodtest/text.h"

enum { PAGE = 1000, MAX_LINE = 4096 };

/* Rows hold no control characters, but they come from a database; a space would shift columns. */
static void add_word(bt_buffer_t *line, const char *word)
{
    bt_buffer_add(line, " ");
    for (const char *c = word && *word ? word : "-"; *c; c++) {
        const unsigned char byte = (unsigned char)*c;
        if (byte <= 0x20 || byte >= 0x7f || byte == '\\')
            bt_buffer_addf(line, "\\x%02x", byte);
        else
            bt_buffer_addn(line, c, 1);
    }
}

static const char *as_line(const bt_audit_row_t *row, apr_pool_t *pool)
{
    bt_buffer_t *line = bt_buffer_create(MAX_LINE, pool);
    bt_buffer_add(line, bt_time_iso(row->at, pool));
    add_word(line, row->who);
    add_word(line, row->address);
    add_word(line, row->action);
    add_word(line, row->outcome);
    add_word(line, row->analysis_id);
    return line->text;
}

/* One object on a line of its own: a trail may be longer than memory. */
static const char *as_json(const bt_audit_row_t *row, apr_pool_t *pool)
{
    bt_json_t *json = bt_json_object(pool);
    bt_json_set_string(json, "at", bt_time_iso(row->at, pool));
    bt_json_set_string(json, "who", bt_text_one_line(row->who, pool));
    bt_json_set_string(json, "address", bt_text_one_line(row->address, pool));
    bt_json_set_string(json, "action", bt_text_one_line(row->action, pool));
    bt_json_set_string(json, "outcome", bt_text_one_line(row->outcome, pool));
    bt_json_set_string(json, "analysis_id", row->analysis_id);
    return bt_json_dump(json, 0, pool);
}

static ctl_exit_t print_all(bt_db_t *db, bt_audit_filter_t *filter, int is_json, apr_pool_t *pool)
{
    apr_pool_t *page = NULL;
    ctl_exit_t result = CTL_DONE;
    int n = filter->limit;
    apr_pool_create(&page, pool);
    while (result == CTL_DONE && n == filter->limit) {
        bt_audit_row_t *rows = NULL;
        apr_pool_clear(page);
        bt_err_t *err = bt_audit_list(&rows, &n, db, filter, page);
        if (err)
            return ctl_failed(err, page);
        for (int i = 0; i < n && result == CTL_DONE; i++)
            result = ctl_print(is_json ? as_json(&rows[i], page) : as_line(&rows[i], page));
        if (n > 0)
            filter->after = rows[n - 1].id;
    }
    apr_pool_destroy(page);
    return result;
}

static ctl_exit_t run(const ctl_args_t *args, apr_pool_t *pool)
{
    bt_db_t *db = NULL;
    const char *since = ctl_value(args, "since");
    bt_audit_filter_t filter = {
        .analysis_id = ctl_value(args, "analysis"), .who = ctl_value(args, "who"), .limit = PAGE};
    if (filter.analysis_id && !bt_uuid_is_valid(filter.analysis_id))
        return ctl_usage(args, "--analysis takes the id of an analysis");
    if (since && ctl_parse_since(&filter.since, since, pool))
        return ctl_usage(args, "--since is " CTL_SINCE_FORMS);
    ctl_exit_t result = ctl_open(&db, args, pool);
    return result == CTL_DONE ? print_all(db, &filter, ctl_value(args, "json") != NULL, pool)
                              : result;
}

const ctl_command_t ctl_audit = {
    .name = "audit",
    .synopsis = "[--analysis ID] [--who W] [--since T] [--json] "
                "[--config FILE | --driver NAME --params TEXT]",
    .summary = "Print who read and changed what",
    .run = run,
    .options = {{"analysis", "ID", "only rows of this analysis"},
                {"who", "W", "only what this login did"},
                {"since", "T", "only rows since: " CTL_SINCE_FORMS},
                {"json", NULL, "a JSON object for each row, one on a line"},
                CTL_DATABASE_OPTIONS},
    .help =
        "Oldest first: time, who, from where, action, outcome, analysis. What is not ASCII text\n"
        "is written as \\xNN. Actions are the names of the requests (status, results, download,\n"
        "list, home, submit, delete, cancel, retry), 'expire' where retention erased, and what\n"
        "bloodtestctl did. Outcomes: ok, cached (sent before), refused (somebody else's),\n"
        "unknown (no such analysis), too late, impossible, or the code of an error.\n\n"
        "Exit status: 0 done, 1 internal failure or another schema, 2 wrong usage,\n"
        "4 the database is away.\n",
};
