/* SPDX-License-Identifier: Apache-2.0
 * Users: made when a login is first seen; who they are is decided by httpd, never here.
 */
#include "store_rows.h"

#include "ids.h"

static void read_user(bt_user_t *user, const char *const *cells)
{
    user->id = cells[0];
    user->login = cells[1];
    user->email = cells[2];
    user->full_name = cells[3];
    user->role = cells[4];
    user->is_active = bt_cell_int(cells[5]) == 1;
    user->created_at = bt_cell_int(cells[6]);
}

bt_err_t *bt_user_find(bt_user_t **user, bt_db_t *db, const char *login, apr_pool_t *pool)
{
    const char *args[] = {login};
    bt_rows_t *rows;
    *user = NULL;
    BT_TRY(bt_db_select(&rows, db, BT_Q_user_by_login, args, pool));
    if (!rows->n_rows)
        return NULL;
    bt_user_t *found = apr_pcalloc(pool, sizeof(*found));
    read_user(found, rows->cells[0]);
    *user = found;
    return NULL;
}

bt_err_t *bt_user_ensure(bt_user_t **user, bt_db_t *db, const char *login, apr_pool_t *pool)
{
    BT_TRY(bt_user_find(user, db, login, pool));
    if (*user)
        return NULL;
    const char *args[] = {bt_uuid_create(pool), login};
    BT_TRY(bt_db_exec(NULL, db, BT_Q_user_insert, args, pool));
    BT_TRY(bt_user_find(user, db, login, pool));
    return *user ? NULL : bt_error(pool, BT_E_DB_ERROR, "a user was inserted and is not there");
}

bt_err_t *bt_user_list(bt_user_t **users, int *n, bt_db_t *db, apr_pool_t *pool)
{
    bt_rows_t *rows;
    BT_TRY(bt_db_select(&rows, db, BT_Q_user_list, NULL, pool));
    *n = rows->n_rows;
    *users = apr_pcalloc(pool, sizeof(**users) * (size_t)(rows->n_rows + 1));
    for (int i = 0; i < rows->n_rows; i++)
        read_user(&(*users)[i], rows->cells[i]);
    return NULL;
}

bt_err_t *bt_user_add(int *is_new, bt_db_t *db, const bt_user_t *user, const char *password_hash,
                      apr_pool_t *pool)
{
    const char *args[] = {user->id,        user->login,   user->email,
                          user->full_name, password_hash, user->role};
    return bt_db_exec(is_new, db, BT_Q_user_add, args, pool);
}

bt_err_t *bt_user_set(int *n_changed, bt_db_t *db, const char *login, bt_user_field_t field,
                      const char *value, apr_pool_t *pool)
{
    static const bt_query_t statements[] = {[BT_USER_PASSWORD] = BT_Q_user_set_password,
                                            [BT_USER_ACTIVE] = BT_Q_user_set_active,
                                            [BT_USER_ROLE] = BT_Q_user_set_role};
    const char *args[] = {value, login};
    return bt_db_exec(n_changed, db, statements[field], args, pool);
}
