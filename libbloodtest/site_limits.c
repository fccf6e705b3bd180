/* SPDX-License-Identifier: Apache-2.0
 * Critical limits that a site sets.  A rule of its own may name such a limit, and others begin or
 * end there: all of them move together, so that no gap opens between a critical value and the band
 * beside it.
 */
#include "catalogue_private.h"
#include "site.h"

#include <apr_strings.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One limit of one analyte, and how far it was moved. */
typedef struct move_t {
    const bt_analyte_t *analyte;
    char side; /* '-' or '+' */
    double was, is;
    const bt_tsv_t *analytes;
    int row, column; /* of the limit in analytes.tsv */
} move_t;

typedef struct rule_columns_t {
    int id, phase, when, covers;
} rule_columns_t;

static int is_name(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The number of a comparison "name op number" that begins at `at`: its begin and end, and the first
 * letter of the operator; 0 where it is no such comparison. */
static char comparison(const char **number, const char **end, const char *at, const move_t *move)
{
    size_t length = strlen(move->analyte->id);
    if (strncmp(at, move->analyte->id, length) || is_name(at[length]))
        return 0;
    at += length;
    at += strspn(at, " ");
    char sign = *at;
    if (sign != '<' && sign != '>')
        return 0;
    at += at[1] == '=' ? 2 : 1;
    *number = at + strspn(at, " ");
    char *stop = NULL;
    double limit = strtod(*number, &stop);
    *end = stop;
    return stop > *number && limit >= move->was && limit <= move->was ? sign : 0;
}

/* The condition with the limit moved where it is compared with by one of `operators`; how often is
 * added to *n. */
static const char *moved(int *n, const char *when, const move_t *move, const char *operators,
                         apr_pool_t *pool)
{
    const char *made = "", *from = when;
    for (const char *at = when; *at; at++) {
        const char *number = NULL, *end = NULL;
        if (at > when && is_name(at[-1]))
            continue;
        char sign = comparison(&number, &end, at, move);
        if (!sign || !strchr(operators, sign))
            continue;
        made = apr_psprintf(pool, "%s%.*s%.10g", made, (int)(number - from), from, move->is);
        from = end;
        at = end - 1;
        (*n)++;
    }
    return apr_pstrcat(pool, made, from, NULL);
}

static bt_err_t *refuse(const move_t *move, const bt_tsv_t *rules, int rule,
                        const rule_columns_t *columns, apr_pool_t *pool)
{
    int number = 1;
    for (int i = 0; i < rule; i++)
        number += !strcmp(rules->rows[i][columns->id], rules->rows[rule][columns->id]);
    return bt_tsv_error(
        move->analytes, move->row, move->column,
        apr_psprintf(pool,
                     "rule %s decides this limit (%s); write the condition in rules.tsv instead: "
                     "id %s, row %d, when",
                     rules->rows[rule][columns->id], rules->rows[rule][columns->when],
                     rules->rows[rule][columns->id], number),
        pool);
}

/* Rules that stand for the limit follow it, whatever they ask; of the others only those that end
 * there. */
static bt_err_t *move_limit(bt_tsv_t *rules, const move_t *move, apr_pool_t *pool)
{
    rule_columns_t columns = {0};
    const char *word = apr_psprintf(pool, "%s%c", move->analyte->id, move->side);
    int covering = -1, n = 0;
    BT_TRY(bt_tsv_column(&columns.id, rules, "id", pool));
    BT_TRY(bt_tsv_column(&columns.phase, rules, "phase", pool));
    BT_TRY(bt_tsv_column(&columns.when, rules, "when", pool));
    BT_TRY(bt_tsv_column(&columns.covers, rules, "covers", pool));
    for (int i = 0; i < rules->n_rows; i++) {
        const char **when = &rules->rows[i][columns.when];
        int covers = bt_tsv_has_word(rules->rows[i][columns.covers], word), others = 0;
        if (bt_tsv_is_site(rules, i, columns.when)) {
            n += covers;
            continue;
        }
        if (covers && strstr(*when, "if("))
            return refuse(move, rules, i, &columns, pool);
        covering = covers ? i : covering;
        if (covers)
            *when = moved(&n, *when, move, "<>", pool);
        else if (strcmp(rules->rows[i][columns.phase], "critical") != 0)
            *when = moved(&others, *when, move, move->side == '-' ? ">" : "<", pool);
    }
    return covering >= 0 && !n ? refuse(move, rules, covering, &columns, pool) : NULL;
}

/* The limit as it was compiled in: what rules are written with. */
static bt_err_t *built_in_limit(double *limit, const char *id, const char *head, apr_pool_t *pool)
{
    bt_tsv_t *tsv = NULL;
    int column = 0;
    *limit = NAN;
    BT_TRY(bt_tsv_read(&tsv, "analytes.tsv", pool));
    BT_TRY(bt_tsv_column(&column, tsv, head, pool));
    for (int i = 0; i < tsv->n_rows; i++) {
        if (!strcmp(tsv->rows[i][0], id))
            return bt_tsv_number(limit, tsv, i, column, pool);
    }
    return NULL;
}

static bt_err_t *move_side(bt_catalogue_t *catalogue, move_t *move, apr_pool_t *pool)
{
    const char *head = move->side == '-' ? "crit_low" : "crit_high";
    BT_TRY(bt_tsv_column(&move->column, move->analytes, head, pool));
    if (!bt_tsv_is_site(move->analytes, move->row, move->column))
        return NULL;
    move->is = move->side == '-' ? move->analyte->critical_low : move->analyte->critical_high;
    BT_TRY(built_in_limit(&move->was, move->analyte->id, head, pool));
    if (isnan(move->was) || isnan(move->is))
        return NULL;
    return move_limit(apr_hash_get(catalogue->tables, "rules.tsv", APR_HASH_KEY_STRING), move,
                      pool);
}

bt_err_t *bt_site_limits(bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    const bt_tsv_t *analytes = NULL;
    BT_TRY(bt_catalogue_need(&analytes, catalogue, "analytes.tsv", pool));
    for (int i = 0; analytes->site_lines && i < analytes->n_rows; i++) {
        move_t move = {.analyte = &catalogue->analytes[i], .analytes = analytes, .row = i};
        if (!analytes->site_lines[i])
            continue;
        for (move.side = '+'; move.side; move.side = move.side == '+' ? '-' : '\0')
            BT_TRY(move_side(catalogue, &move, pool));
    }
    return NULL;
}
