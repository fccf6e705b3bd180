/* SPDX-License-Identifier: Apache-2.0
 * bloodtestctl user: the accounts of the users table, for sites whose httpd reads it with
 * mod_authn_dbd.  Passwords come from standard input, never from the command line, which everybody
 * on the host can read.
 */
#include <config.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <apr_md5.h>
#include <apr_strings.h>
#include "ctl.h"
#include "../../libbloodtest/crypto.h"
#include "../../libbloodtest/ids.h"
#include "../../libbloodtest/json.h"
#include "../../libbloodtest/store.h"
#include "../../libbloodtest/text.h"

enum {
    MIN_PASSWORD = 8,
    MAX_PASSWORD = 72, /* bytes: bcrypt looks at no more */
    MAX_LOGIN = 255,
    USUAL_COST = 10,
    MIN_COST = 4,
    MAX_COST = 17,
    SALT_BYTES = 16,
    INDENT = 2
};

typedef struct account_t {
    const char *login, *password; /* a bcrypt hash, or NULL */
    const char *role;
    const ctl_args_t *args;
} account_t;

/* One line, without its end; -1 where there is none, or too long a one. */
static int read_line(char *line, size_t room)
{
    size_t n = 0;
    for (int c = getchar(); c != '\n' && c != EOF; c = getchar()) {
        if (n + 1 >= room)
            return -1;
        line[n++] = (char)c;
    }
    line[n] = '\0';
    if (n > 0 && line[n - 1] == '\r')
        line[n - 1] = '\0';
    return ferror(stdin) ? -1 : 0;
}

/* From a terminal: asked for twice, not shown. */
static int ask(char *password, size_t room)
{
    struct termios usual, silent;
    char again[MAX_PASSWORD + 2];
    if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &usual))
        return read_line(password, room);
    silent = usual;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    fputs("Password: ", stderr);
    int failed = read_line(password, room);
    fputs("\nAgain: ", stderr);
    failed = failed || read_line(again, sizeof(again));
    fputs("\n", stderr);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &usual);
    return failed || strcmp(password, again) != 0 ? -1 : 0;
}

static bt_err_t *hash_password(const char **hash, int cost, apr_pool_t *pool)
{
    char password[MAX_PASSWORD + 2], made[128];
    unsigned char salt[BT_KEY_BYTES];
    if (ask(password, sizeof(password)) || strlen(password) < MIN_PASSWORD ||
        strlen(password) > MAX_PASSWORD)
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "the password, a line of standard input, must have %d to %d bytes "
                             "(and be the same twice)",
                             MIN_PASSWORD, MAX_PASSWORD);
    bt_key_random(salt);
    apr_status_t status =
        apr_bcrypt_encode(password, (unsigned)cost, salt, SALT_BYTES, made, sizeof(made));
    memset(password, 0, sizeof(password));
    if (status)
        return bt_error_apr(pool, BT_E_INTERNAL, status, "bcrypt");
    *hash = apr_pstrdup(pool, made);
    return NULL;
}

/* Each verb audits itself, in one transaction with what it does. */
static bt_err_t *note(bt_db_t *db, const char *verb, const account_t *account, apr_pool_t *pool)
{
    return bt_audit(db, apr_pstrcat(pool, "user ", verb, " ", account->login, NULL), NULL, "ok",
                    pool);
}

static bt_err_t *need(int n_changed, const account_t *account, apr_pool_t *pool)
{
    return n_changed ? NULL
                     : bt_error_hint(pool, BT_E_NOT_FOUND, "there is no user %s", account->login);
}

static bt_err_t *add(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    const account_t *account = baton;
    bt_user_t user = {.id = bt_uuid_create(pool),
                      .login = account->login,
                      .email = ctl_value(account->args, "email"),
                      .full_name = ctl_value(account->args, "name"),
                      .role = account->role};
    int is_new = 0;
    BT_TRY(bt_user_add(&is_new, db, &user, account->password, pool));
    if (!is_new)
        return bt_error_hint(pool, BT_E_FIELD_INVALID,
                             "there is a user %s already; 'user passwd' gives a new password",
                             account->login);
    return note(db, "add", account, pool);
}

static bt_err_t *passwd(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    const account_t *account = baton;
    int n = 0;
    BT_TRY(bt_user_set(&n, db, account->login, BT_USER_PASSWORD, account->password, pool));
    BT_TRY(need(n, account, pool));
    return note(db, "passwd", account, pool);
}

static bt_err_t *set_active(bt_db_t *db, const account_t *account, int is_active, apr_pool_t *pool)
{
    int n = 0;
    BT_TRY(bt_user_set(&n, db, account->login, BT_USER_ACTIVE, is_active ? "1" : "0", pool));
    BT_TRY(need(n, account, pool));
    return note(db, is_active ? "enable" : "disable", account, pool);
}

static bt_err_t *enable(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    return set_active(db, baton, 1, pool);
}

static bt_err_t *disable(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    return set_active(db, baton, 0, pool);
}

static bt_err_t *set_role(bt_db_t *db, void *baton, apr_pool_t *pool)
{
    const account_t *account = baton;
    int n = 0;
    BT_TRY(bt_user_set(&n, db, account->login, BT_USER_ROLE, account->role, pool));
    BT_TRY(need(n, account, pool));
    return note(db, apr_pstrcat(pool, "role ", account->role, NULL), account, pool);
}

static const struct {
    const char *name;
    bt_db_body_t *run;
    int needs_password, needs_role;
} verbs[] = {{"add", add, 1, 0},
             {"passwd", passwd, 1, 0},
             {"enable", enable, 0, 0},
             {"disable", disable, 0, 0},
             {"role", set_role, 0, 1}};
enum { N_VERBS = sizeof(verbs) / sizeof(*verbs) };

static ctl_exit_t list(const ctl_args_t *args, bt_db_t *db, apr_pool_t *pool)
{
    bt_user_t *users = NULL;
    int n = 0;
    ctl_exit_t result = CTL_DONE;
    bt_json_t *json = bt_json_object(pool);
    bt_json_t *rows = bt_json_set_array(json, "users");
    bt_err_t *err = bt_user_list(&users, &n, db, pool);
    if (err)
        return ctl_failed(err, pool);
    for (int i = 0; i < n && result == CTL_DONE; i++) {
        bt_json_t *row = bt_json_push_object(rows);
        bt_json_set_string(row, "login", users[i].login);
        bt_json_set_string(row, "role", users[i].role);
        bt_json_set_bool(row, "is_active", users[i].is_active);
        bt_json_set_string(row, "full_name", users[i].full_name);
        bt_json_set_string(row, "email", users[i].email);
        bt_json_set_string(row, "created_at", bt_time_iso(users[i].created_at, pool));
        if (!ctl_value(args, "json"))
            result = ctl_print(apr_psprintf(pool, "%-8s %-9s %s",
                                            users[i].is_active ? "active" : "disabled",
                                            users[i].role, bt_text_one_line(users[i].login, pool)));
    }
    return ctl_value(args, "json") ? ctl_print(bt_json_dump(json, INDENT, pool)) : result;
}

static int is_login(const char *login)
{
    size_t length = strlen(login);
    for (const char *c = login; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f || *c == ':')
            return 0; /* Basic authentication ends a login at the colon */
    }
    return length > 0 && length <= MAX_LOGIN;
}

static int is_role(const char *role)
{
    return strcmp(role, "user") == 0 || strcmp(role, "operator") == 0 || strcmp(role, "admin") == 0;
}

static ctl_exit_t change(int verb, const ctl_args_t *args, bt_db_t *db, apr_pool_t *pool)
{
    const char *role = ctl_value(args, "role");
    account_t account = {.login = args->second, .role = role ? role : "user", .args = args};
    bt_err_t *err = NULL;
    const char *cost = ctl_value(args, "cost");
    long long rounds = USUAL_COST;
    if (cost && (bt_text_to_int64(&rounds, cost) || rounds < MIN_COST || rounds > MAX_COST))
        return ctl_usage(args, "--cost is a number from %d to %d", MIN_COST, MAX_COST);
    if (verbs[verb].needs_password)
        err = hash_password(&account.password, (int)rounds, pool);
    if (!err)
        err = bt_db_transaction(db, verbs[verb].run, &account, pool);
    return err ? ctl_failed(err, pool) : CTL_DONE;
}

static ctl_exit_t run(const ctl_args_t *args, apr_pool_t *pool)
{
    bt_db_t *db = NULL;
    const char *role = ctl_value(args, "role");
    int verb = 0;
    const int is_list = strcmp(args->operand, "list") == 0;
    while (verb < N_VERBS && strcmp(verbs[verb].name, args->operand) != 0)
        verb++;
    if (verb == N_VERBS && !is_list)
        return ctl_usage(args, "it is add, passwd, list, enable, disable or role");
    if (is_list == (args->second != NULL))
        return ctl_usage(args, is_list ? "list takes no LOGIN" : "a LOGIN is expected");
    if (args->second && !is_login(args->second))
        return ctl_usage(args, "a LOGIN has 1 to 255 bytes, no control characters, no colon");
    if (role ? !is_role(role) : !is_list && verbs[verb].needs_role)
        return ctl_usage(args, "--role is user, operator or admin");
    ctl_exit_t result = ctl_open(&db, args, pool);
    if (result != CTL_DONE)
        return result;
    return is_list ? list(args, db, pool) : change(verb, args, db, pool);
}

const ctl_command_t ctl_user = {
    .name = "user",
    .synopsis = "add|passwd|list|enable|disable|role [LOGIN] [--role R] [--name N] [--email E] "
                "[--cost N] [--json] [--config FILE | --driver NAME --params TEXT]",
    .summary = "Keep the accounts that mod_authn_dbd reads",
    .takes_operand = 1,
    .may_have_second = 1,
    .operand = "VERB LOGIN",
    .run = run,
    .options = {{"role", "R", "user (the default), operator or admin"},
                {"name", "N", "add: the full name"},
                {"email", "E", "add: the address for mail"},
                {"cost", "N", "add, passwd: work of the hash, 4 to 17 (default 10)"},
                {"json", NULL, "list: as JSON"},
                CTL_DATABASE_OPTIONS},
    .help =
        "add and passwd read the password from standard input, or ask for it where that is a\n"
        "terminal; it is kept as a bcrypt hash. A disabled account answers 403, whatever httpd\n"
        "says of its login. Users of other auth modules appear by themselves when they first\n"
        "send something; their passwords are not here. What a role may do is said by\n"
        "BloodtestOperator and BloodtestAdmin in httpd.\n\n"
        "Exit status: 0 done, 1 internal failure or another schema, 2 wrong usage,\n"
        "3 no such user, one that is there already, or no good password, 4 the database is away.\n",
};
