/* SPDX-License-Identifier: Apache-2.0
 * What the commands of bloodtestctl share: their table rows, parsed arguments, exit statuses and
 * messages. A command is one file with one row; help and parsing both come from the row.
 */
#ifndef BTW_CTL_H
#define BTW_CTL_H

#include "../../libbloodtest/db.h"
#include "../../libbloodtest/error.h"
#include "../../libbloodtest/queue.h"
#include "../extract_client.h"

/* Exit statuses, as every --help prints them. */
typedef enum {
    CTL_DONE = 0,
    CTL_FAILED = 1,  /* something is wrong with the software or its installation */
    CTL_USAGE = 2,   /* the command line is wrong */
    CTL_REFUSED = 3, /* the input cannot be taken */
    CTL_AWAY = 4     /* a server does not answer */
} ctl_exit_t;

enum { CTL_MAYBE = -1 };
enum { CTL_MAX_OPTIONS = 12, CTL_MAX_PDF = 20 * 1024 * 1024 };

typedef struct ctl_option_t {
    const char *name;     /* without the dashes */
    const char *argument; /* name of its argument for the help; NULL: a flag */
    const char *help;
} ctl_option_t;

typedef struct ctl_args_t {
    const struct ctl_command_t *command;
    const char *values[CTL_MAX_OPTIONS]; /* beside command->options; NULL: not given, "": a flag */
    const char *operand;                 /* where the command takes one and it was given */
    const char *second;                  /* the same of a second one */
} ctl_args_t;

typedef struct ctl_command_t {
    const char *name, *synopsis, *summary;
    const char *help;    /* paragraphs below the options */
    int takes_operand;   /* exactly one; CTL_MAYBE: at most one */
    const char *operand; /* its name; NULL: FILE */
    int may_have_second; /* another one may follow */
    ctl_exit_t (*run)(const ctl_args_t *args, apr_pool_t *pool);
    ctl_option_t options[CTL_MAX_OPTIONS]; /* ends with a row without name */
} ctl_command_t;

extern const ctl_command_t ctl_analyze, ctl_cancel, ctl_drain, ctl_interpret, ctl_knowledge,
    ctl_migrate, ctl_queue, ctl_retry, ctl_status, ctl_workers;
extern const ctl_command_t ctl_audit, ctl_rekey, ctl_user;

/* ---- args.c ---- */
/** Parse what follows the command's name.  Not CTL_DONE: it was said why.  *is_help: print
 * ctl_print_help instead. */
ctl_exit_t ctl_parse(ctl_args_t *args, int *is_help, const ctl_command_t *command, int argc,
                     char **argv);
/** The argument of an option ("" for a flag), NULL where it was not given. */
const char *ctl_value(const ctl_args_t *args, const char *name);
void ctl_print_help(const ctl_command_t *command);

/* ---- say.c ---- */
/** "bloodtestctl: text" on standard error, with the hint how to get help; CTL_USAGE. */
ctl_exit_t ctl_usage(const ctl_args_t *args, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/** The error as a sentence on standard error, and the exit status that fits it. */
ctl_exit_t ctl_failed(const bt_err_t *err, apr_pool_t *pool);
/** Text on standard output, with a newline; CTL_FAILED where it cannot be written. */
ctl_exit_t ctl_print(const char *text);

/* ---- input.c ---- */
/** A PDF for reading: a file, or standard input ("-").  FILE_EMPTY, NOT_PDF, UPLOAD_TOO_LARGE,
 * NOT_FOUND. */
bt_err_t *ctl_open_pdf(int *fd, const char *path, apr_pool_t *pool);
/** The text of a small file or of standard input, at most `limit` bytes. */
bt_err_t *ctl_read_text(const char **text, size_t *length, const char *path, size_t limit,
                        apr_pool_t *pool);

/* ---- knowledge.c ---- */
#define CTL_SITE_OPTION                                                                            \
    {                                                                                              \
        "site", "DIR", "folder with the site's own tables of the knowledge"                        \
    }
#define CTL_AUDIENCE_OPTION                                                                        \
    {                                                                                              \
        "audience", "NAME", "clinician (the default), or patient: plain words"                     \
    }
/** *for_patient as --audience says.  Not CTL_DONE: it was said what it takes. */
ctl_exit_t ctl_audience(int *for_patient, const ctl_args_t *args);
/** The catalogue with the site's tables of `directory` (NULL: none), checked.  What is wrong in
 * them is FIELD_INVALID with the place. */
bt_err_t *ctl_catalogue(bt_catalogue_t **catalogue, const char *directory, apr_pool_t *pool);

/* ---- since.c ---- */
#define CTL_SINCE_FORMS "90m, 24h, 7d, a date, or a time like 2026-01-31T08:00:00Z"
/** A moment in one of these forms; -1 where `text` is none. */
int ctl_parse_since(apr_time_t *since, const char *text, apr_pool_t *pool);

/* ---- connect.c ---- */
#define CTL_DATABASE_OPTIONS                                                                       \
    {"config", "FILE", "take database and Redis from this worker.conf"},                           \
        {"key-file", "FILE", "keys of encryption at rest (or BLOODTEST_KEY_FILE)"},                \
        {"driver", "NAME", "database driver: pgsql or sqlite3 (or BLOODTEST_DB_DRIVER)"},          \
    {                                                                                              \
        "params", "TEXT", "how to reach it, as in DBDParams (or BLOODTEST_DB_PARAMS)"              \
    }

typedef struct ctl_servers_t {
    const char *driver, *params, *redis; /* NULL: not named */
    const char *key_file;                /* NULL: none */
} ctl_servers_t;

/** Which servers are meant: options, then --config, then the environment.  Not CTL_DONE: it was
 * said what is missing. */
ctl_exit_t ctl_servers(ctl_servers_t *servers, const ctl_args_t *args, apr_pool_t *pool);
bt_err_t *ctl_connect(bt_db_t **db, const ctl_servers_t *servers, apr_pool_t *pool);
/** Both in one, and the schema fits.  Not CTL_DONE: it was said why. */
ctl_exit_t ctl_open(bt_db_t **db, const ctl_args_t *args, apr_pool_t *pool);
/* What is done over that connection is audited as done by this user of this system, on this host.
 */

#endif
