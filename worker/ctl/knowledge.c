/* SPDX-License-Identifier: Apache-2.0
 * bloodtestctl knowledge: checks a site's tables, shows what is known of one thing and on which
 * source, and tells what a site changes.
 */
#include <config.h>
#include <stdio.h>
#include <string.h>
#include <apr_strings.h>
#include "ctl.h"
#include "knowledge.h"
#include "../../libbloodtest/interpret/interpret.h"
#include "../../libbloodtest/site.h"

enum { WIDTH = 16, NEAREST = 3 };

/* Tables that `show` looks into, and the columns by which their entries are named. */
static const char *const shown[][2] = {{"analytes.tsv", "id"},       {"rules.tsv", "id"},
                                       {"formulas.tsv", "id"},       {"formulas.tsv", "name"},
                                       {"wording.tsv", "key"},       {"settings.tsv", "key"},
                                       {"limit_pairs.tsv", "limit"}, {"topics.tsv", "topic"}};

bt_err_t *ctl_catalogue(bt_catalogue_t **catalogue, const char *directory, apr_pool_t *pool)
{
    bt_err_t *err = bt_catalogue_load_site(catalogue, directory, pool);
    if (!err && directory)
        err = bt_knowledge_check(*catalogue, pool);
    return err && directory
               ? bt_error_hint(pool, BT_E_FIELD_INVALID, "%s", bt_error_text(err, pool))
               : err;
}

ctl_exit_t ctl_audience(int *for_patient, const ctl_args_t *args)
{
    const char *audience = ctl_value(args, "audience");
    *for_patient = audience && strcmp(audience, "patient") == 0;
    if (audience && !*for_patient && strcmp(audience, "clinician") != 0)
        return ctl_usage(args, "--audience is clinician or patient");
    return CTL_DONE;
}

static ctl_exit_t check(const ctl_args_t *args, const char *directory, apr_pool_t *pool)
{
    bt_catalogue_t *catalogue = NULL;
    (void)args;
    bt_err_t *err = bt_catalogue_load_site(&catalogue, directory, pool);
    if (!err)
        err = bt_knowledge_check(catalogue, pool);
    if (err) {
        fprintf(stderr, "bloodtestctl: %s\n", bt_error_text(err, pool));
        return CTL_REFUSED;
    }
    return ctl_print(apr_psprintf(pool, "%s: good; knowledge_version %s",
                                  directory ? directory : "the knowledge compiled in",
                                  bt_catalogue_version(catalogue)));
}

/* ---- show ---- */

static const char *confidence(const char *head, const char *cell)
{
    if (!strcmp(head, "reviewed"))
        return !strcmp(cell, "V") ? "  (threshold read in the source)"
                                  : "  (from general knowledge, not yet reviewed)";
    return "";
}

/* What the ids of a cell like "HOM;WAKE<=40" stand for. */
static void print_sources(const bt_catalogue_t *catalogue, const char *cell, apr_pool_t *pool)
{
    const bt_tsv_t *sources = bt_catalogue_table(catalogue, "sources.tsv");
    const char **ids = bt_tsv_split(NULL, cell, ';', pool);
    for (; sources && *ids; ids++) {
        size_t length = strcspn(*ids, " *<>=");
        for (int i = 0; i < sources->n_rows; i++) {
            if (strlen(sources->rows[i][0]) == length &&
                !strncmp(sources->rows[i][0], *ids, length))
                printf("  %-*s %.*s: %s\n", WIDTH, "", (int)length, *ids, sources->rows[i][1]);
        }
    }
}

static int is_source(const char *head)
{
    return !strcmp(head, "source") || !strcmp(head, "ri_source") || !strcmp(head, "crit_source");
}

static void print_entry(const bt_catalogue_t *catalogue, const bt_tsv_t *tsv, int row, int number,
                        apr_pool_t *pool)
{
    printf("%s  row %d  %s\n", tsv->file, number, bt_tsv_place(tsv, row, 0, pool));
    for (int i = 0; i < tsv->n_columns; i++) {
        const char *cell = tsv->rows[row][i];
        if (*cell)
            printf("  %-*s %s%s%s\n", WIDTH, tsv->head[i], cell, confidence(tsv->head[i], cell),
                   bt_tsv_is_site(tsv, row, i)
                       ? apr_pstrcat(pool, "  [site: ", bt_tsv_place(tsv, row, i, pool), "]", NULL)
                       : "");
        if (is_source(tsv->head[i]))
            print_sources(catalogue, cell, pool);
    }
    putchar('\n');
}

/* The entries of that name in one table; how many there are. */
static int show_in(const bt_catalogue_t *catalogue, const bt_tsv_t *tsv, int column,
                   const char *name, apr_pool_t *pool)
{
    int number = 0;
    for (int i = 0; i < tsv->n_rows; i++) {
        if (!strcasecmp(tsv->rows[i][column], name))
            print_entry(catalogue, tsv, i, ++number, pool);
    }
    return number;
}

/* Rules and formulas that name the analyte. */
static void show_users(const bt_catalogue_t *catalogue, const char *analyte, apr_pool_t *pool)
{
    static const char *const users[][2] = {{"rules.tsv", "when"}, {"formulas.tsv", "expression"}};
    const char *list = "", *last = "";
    for (size_t t = 0; t < sizeof users / sizeof users[0]; t++) {
        const bt_tsv_t *tsv = bt_catalogue_table(catalogue, users[t][0]);
        int column = 0;
        if (bt_tsv_column(&column, tsv, users[t][1], pool))
            return;
        for (int i = 0; i < tsv->n_rows; i++) {
            if (!ctl_names(tsv->rows[i][column], analyte) || !strcmp(last, tsv->rows[i][0]))
                continue;
            last = tsv->rows[i][0];
            list = apr_pstrcat(pool, list, " ", last, NULL);
        }
    }
    if (*list)
        printf("used by%s\n", list);
}

static ctl_exit_t nothing_of(const bt_catalogue_t *catalogue, const char *name, apr_pool_t *pool)
{
    const char *near[NEAREST];
    const bt_tsv_t *rules = bt_catalogue_table(catalogue, "rules.tsv");
    int n = bt_catalogue_nearest(near, NEAREST, catalogue, name);
    fprintf(stderr, "bloodtestctl: nothing is named '%s'; the nearest are:", name);
    for (int i = 0; i < n; i++)
        fprintf(stderr, " %s", near[i]);
    fprintf(stderr, " (analytes), %s (rules)\n", bt_tsv_nearest(rules, 0, name, pool));
    return CTL_REFUSED;
}

static ctl_exit_t show(const ctl_args_t *args, const char *name, apr_pool_t *pool)
{
    bt_catalogue_t *catalogue = NULL;
    int n = 0;
    if (!name)
        return ctl_usage(args, "show what? An analyte, a rule, a formula, or a key");
    bt_err_t *err = ctl_catalogue(&catalogue, ctl_value(args, "site"), pool);
    if (err)
        return ctl_failed(err, pool);
    for (size_t t = 0; t < sizeof shown / sizeof shown[0]; t++) {
        const bt_tsv_t *tsv = bt_catalogue_table(catalogue, shown[t][0]);
        int column = 0;
        if (!bt_tsv_column(&column, tsv, shown[t][1], pool))
            n += show_in(catalogue, tsv, column, name, pool);
    }
    if (!n)
        return nothing_of(catalogue, name, pool);
    if (bt_catalogue_by_id(catalogue, name))
        show_users(catalogue, name, pool);
    return CTL_DONE;
}

static ctl_exit_t diff(const ctl_args_t *args, const char *directory, apr_pool_t *pool)
{
    bt_catalogue_t *catalogue = NULL;
    if (!directory)
        return ctl_usage(args, "diff takes the folder of the site's tables");
    bt_err_t *err = ctl_catalogue(&catalogue, directory, pool);
    if (err)
        return ctl_failed(err, pool);
    int n = 0;
    err = ctl_knowledge_diff(&n, catalogue, pool);
    if (err)
        return ctl_failed(err, pool);
    return ctl_print(apr_psprintf(pool, "%d differences; knowledge_version %s", n,
                                  bt_catalogue_version(catalogue)));
}

static ctl_exit_t run(const ctl_args_t *args, apr_pool_t *pool)
{
    static const struct {
        const char *name;
        ctl_exit_t (*run)(const ctl_args_t *args, const char *what, apr_pool_t *pool);
    } actions[] = {{"check", check}, {"show", show}, {"diff", diff}};
    const char *site = ctl_value(args, "site");
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(args->operand, actions[i].name) == 0)
            return actions[i].run(
                args, args->second || actions[i].run == show ? args->second : site, pool);
    }
    return ctl_usage(args, "'%s' is none of check, show and diff", args->operand);
}

const ctl_command_t ctl_knowledge = {
    .name = "knowledge",
    .synopsis = "check [DIR] | show NAME [--site DIR] | diff DIR",
    .summary = "Check, show and compare what is known of analytes and rules",
    .takes_operand = 1,
    .operand = "ACTION",
    .may_have_second = 1,
    .run = run,
    .options = {CTL_SITE_OPTION},
    .help = "check  reads the tables of DIR over those compiled in and checks every cell; what is\n"
            "       wrong is named with file, line and what to write instead. Without DIR the\n"
            "       tables compiled in are checked.\n"
            "show   prints an analyte (hb), a rule (C01), a formula (F01) or a sentence with its\n"
            "       source and confidence; what is the site's is marked.\n"
            "diff   prints what the tables of DIR change.\n\n"
            "DIR holds files named as those in libbloodtest/knowledge (its README.md explains\n"
            "them), each with a line of column names and the rows that differ.\n\n"
            "Exit status: 0 done, 1 internal failure, 2 wrong usage, 3 the tables were refused or\n"
            "nothing has that name.\n",
};
