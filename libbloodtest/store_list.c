/* SPDX-License-Identifier: Apache-2.0
 * Pages of analyses, newest first.  A page begins behind a row (a cursor), so that what arrives
 * meanwhile neither repeats nor hides another.
 */
#include "store.h"

#include <string.h>
#include <apr_strings.h>
#include "store_cells.h"
#include "store_rows.h"

#define LAST_TIME "9223372036854775807"

/* What is asked for: NULL is any owner, any status; ids from one text up to another, where `from`
 * is not NULL. */
typedef struct terms_t {
    const char *login, *status, *from, *to;
} terms_t;

static const char *state_named(const char *q)
{
    static const char *const states[] = {BT_QUEUED, BT_PROCESSING, BT_COMPLETED, BT_FAILED,
                                         BT_CANCELLED};
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (strcmp(q, states[i]) == 0)
            return states[i];
    }
    return NULL;
}

/* Whether anything can match.  `q` is a status, or the beginning of an id, whose bytes all lie
 * below 'g'. */
static int read_terms(terms_t *terms, const bt_list_filter_t *filter, apr_pool_t *pool)
{
    const char *q = filter->q ? filter->q : "", *state = state_named(q);
    *terms = (terms_t){.login = filter->login, .status = filter->status};
    if (state) {
        int agrees = !filter->status || strcmp(filter->status, state) == 0;
        terms->status = state;
        return agrees;
    }
    if (*q) {
        terms->from = q;
        terms->to = apr_pstrcat(pool, q, "g", NULL);
    }
    return q[strspn(q, "0123456789abcdef-")] == '\0';
}

/* The first arguments of page and count, which they have alike; how many. */
static int add_terms(const char **args, const terms_t *terms)
{
    int n = 0;
    if (terms->from) {
        const char *login = terms->login ? terms->login : "";
        const char *status = terms->status ? terms->status : "";
        const char *all[] = {terms->from, terms->to, login, login, status, status};
        memcpy(args, all, sizeof(all));
        return sizeof(all) / sizeof(all[0]);
    }
    if (terms->login)
        args[n++] = terms->login;
    if (terms->status)
        args[n++] = terms->status;
    return n;
}

/* The statements of a page and of its count. */
static const bt_query_t *queries_of(const terms_t *terms)
{
    static const bt_query_t by_id[] = {BT_Q_list_ids, BT_Q_count_ids};
    static const bt_query_t others[2][2][2] = {
        {{BT_Q_list_all, BT_Q_count_all}, {BT_Q_list_all_status, BT_Q_count_all_status}},
        {{BT_Q_list_user, BT_Q_count_user}, {BT_Q_list_user_status, BT_Q_count_user_status}}};
    return terms->from ? by_id : others[terms->login != NULL][terms->status != NULL];
}

static bt_err_t *count(bt_list_t *list, bt_db_t *db, const terms_t *terms, apr_pool_t *pool)
{
    const char *args[7];
    bt_rows_t *rows;
    args[add_terms(args, terms)] = bt_arg_int(BT_COUNT_MAX + 1, pool);
    BT_TRY(bt_db_select(&rows, db, queries_of(terms)[1], args, pool));
    long long total = bt_cell_int(rows->cells[0][0]);
    list->is_total_exact = total <= BT_COUNT_MAX;
    list->total = list->is_total_exact ? total : BT_COUNT_MAX;
    return NULL;
}

bt_err_t *bt_store_list(bt_list_t *list, bt_db_t *db, const bt_list_filter_t *filter,
                        apr_pool_t *pool)
{
    int limit = filter->limit < 0 ? 0 : filter->limit > BT_LIST_MAX ? BT_LIST_MAX : filter->limit;
    int skip = filter->skip < 0 ? 0 : filter->skip;
    terms_t terms;
    *list = (bt_list_t){.is_total_exact = 1};
    if (!read_terms(&terms, filter, pool))
        return NULL;
    BT_TRY(count(list, db, &terms, pool));
    const char *args[10];
    int n = add_terms(args, &terms);
    bt_rows_t *rows;
    args[n++] = filter->before_id ? bt_arg_int(filter->before_at, pool) : LAST_TIME;
    args[n++] = filter->before_id ? filter->before_id : "";
    args[n++] = bt_arg_int(limit + 1, pool); /* one more tells whether there are more */
    args[n] = bt_arg_int(skip, pool);
    BT_TRY(bt_db_select(&rows, db, queries_of(&terms)[0], args, pool));
    list->has_more = rows->n_rows > limit;
    list->n = list->has_more ? limit : rows->n_rows;
    list->rows = apr_pcalloc(pool, sizeof(*list->rows) * (size_t)(list->n + 1));
    for (int i = 0; i < list->n; i++) {
        list->rows[i] = *bt_row_analysis(rows->cells[i], pool);
        bt_analysis_open(&list->rows[i], db, pool);
        list->n_unreadable += list->rows[i].problem != NULL;
    }
    return NULL;
}
