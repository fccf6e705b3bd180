/* SPDX-License-Identifier: Apache-2.0
 * Reads worker.conf (GKeyFile) by the table of options.def, and prints the reference from the same
 * table.  The only file that knows GLib.
 */
#include "config.h"

#include <stddef.h>
#include <string.h>
#include <glib.h>
#include <apr_file_io.h>
#include <apr_strings.h>
#include "../libbloodtest/text.h"

enum { MAX_FILE_BYTES = 64 * 1024, MAX_TEXT_BYTES = 1024 };

typedef struct option_t {
    const char *group, *key;
    int is_number;
    const char *standard, *choices;
    int number, least, most;
    const char *unit, *text;
    size_t offset; /* in btw_config_t */
} option_t;

static const option_t options[] = {
#define BTW_TEXT(group, key, standard, choices, text)                                              \
    {#group,                                                                                       \
     #key,                                                                                         \
     0,                                                                                            \
     standard,                                                                                     \
     choices,                                                                                      \
     0,                                                                                            \
     0,                                                                                            \
     0,                                                                                            \
     NULL,                                                                                         \
     text,                                                                                         \
     offsetof(btw_config_t, group##_##key)},
#define BTW_NUMBER(group, key, standard, least, most, unit, text)                                  \
    {#group,                                                                                       \
     #key,                                                                                         \
     1,                                                                                            \
     #standard,                                                                                    \
     NULL,                                                                                         \
     standard,                                                                                     \
     least,                                                                                        \
     most,                                                                                         \
     unit,                                                                                         \
     text,                                                                                         \
     offsetof(btw_config_t, group##_##key)},
#include "options.def"
#undef BTW_TEXT
#undef BTW_NUMBER
};
enum { N_OPTIONS = sizeof options / sizeof options[0] };

/* The file being read: what messages need. */
typedef struct source_t {
    const char *text, *path;
    apr_pool_t *pool;
} source_t;

static size_t line_length(const char *line)
{
    return strcspn(line, "\n");
}

static int line_is_group(const char *line, const char *group)
{
    size_t length = strlen(group);
    return line[0] == '[' && strncmp(line + 1, group, length) == 0 && line[1 + length] == ']';
}

static int line_is_key(const char *line, const char *key)
{
    size_t length = strlen(key);
    if (strncmp(line, key, length) != 0)
        return 0;
    return line[length + strspn(line + length, " \t")] == '=';
}

/* The number of the first line after `from` with the key (NULL: with the group itself), or 0:
 * GKeyFile does not tell. */
static int find_line(const char *text, const char *group, const char *key, int from)
{
    int inside = 0;
    int number = 0;
    for (const char *line = text; *line; line += line[0] == '\n') {
        number++;
        line += strspn(line, " \t");
        if (line[0] == '[')
            inside = line_is_group(line, group);
        int is_found = key ? inside && line_is_key(line, key) : line_is_group(line, group);
        if (is_found && number > from)
            return number;
        line += line_length(line);
    }
    return 0;
}

/* "worker.conf line 7: [redis] url: …" */
static bt_err_t *refuse(const source_t *source, const char *group, const char *key,
                        const char *what)
{
    int line = find_line(source->text, group, key, 0);
    const char *at = line ? apr_psprintf(source->pool, " line %d", line) : "";
    return bt_error_hint(source->pool, BT_E_CONFIG, "%s%s: [%s]%s%s: %s", source->path, at, group,
                         key ? " " : "", key ? key : "", what);
}

static int is_known_group(const char *group)
{
    for (int i = 0; i < N_OPTIONS; i++) {
        if (strcmp(options[i].group, group) == 0)
            return 1;
    }
    return 0;
}

static const option_t *find_option(const char *group, const char *key)
{
    for (int i = 0; i < N_OPTIONS; i++) {
        if (strcmp(options[i].group, group) == 0 && strcmp(options[i].key, key) == 0)
            return &options[i];
    }
    return NULL;
}

/* "driver, params", or the groups where `group` is NULL. */
static const char *known_names(const char *group, apr_pool_t *pool)
{
    const char *names = "";
    const char *last = "";
    for (int i = 0; i < N_OPTIONS; i++) {
        const char *name = group ? options[i].key : options[i].group;
        int is_wanted = group ? strcmp(options[i].group, group) == 0 : strcmp(name, last) != 0;
        if (!is_wanted)
            continue;
        last = name;
        names = apr_pstrcat(pool, names, *names ? ", " : "", name, NULL);
    }
    return names;
}

static bt_err_t *check_names(const source_t *source, const char *group, char **keys)
{
    apr_pool_t *pool = source->pool;
    if (!is_known_group(group)) {
        return refuse(
            source, group, NULL,
            apr_pstrcat(pool, "there is no such group; there are ", known_names(NULL, pool), NULL));
    }
    for (char **key = keys; *key; key++) {
        if (!find_option(group, *key)) {
            return refuse(source, group, *key,
                          apr_pstrcat(pool, "there is no such option; in this group there are ",
                                      known_names(group, pool), NULL));
        }
        if (find_line(source->text, group, *key, find_line(source->text, group, *key, 0)))
            return refuse(source, group, *key, "it is written twice; keep one of the lines");
    }
    return NULL;
}

static bt_err_t *check_file(const source_t *source, GKeyFile *file)
{
    char **groups = g_key_file_get_groups(file, NULL);
    bt_err_t *err = NULL;
    for (char **group = groups; !err && *group; group++) {
        char **keys = g_key_file_get_keys(file, *group, NULL, NULL);
        err = check_names(source, *group, keys);
        g_strfreev(keys);
    }
    g_strfreev(groups);
    return err;
}

static bt_err_t *set_number(int *field, const source_t *source, const option_t *option,
                            const char *value)
{
    long long number = 0;
    if (bt_text_to_int64(&number, value) || number < option->least || number > option->most) {
        return refuse(source, option->group, option->key,
                      apr_psprintf(source->pool, "write a whole number from %d to %d (%s)",
                                   option->least, option->most, option->unit));
    }
    *field = (int)number;
    return NULL;
}

static int is_choice(const char *choices, const char *value)
{
    size_t length = strlen(value);
    if (length == 0 || strchr(value, ' '))
        return 0;
    for (const char *at = strstr(choices, value); at; at = strstr(at + 1, value)) {
        int begins = at == choices || at[-1] == ' ';
        if (begins && (at[length] == ' ' || at[length] == '\0'))
            return 1;
    }
    return 0;
}

static bt_err_t *set_text(const char **field, const source_t *source, const option_t *option,
                          const char *value)
{
    if (option->choices && !is_choice(option->choices, value)) {
        return refuse(source, option->group, option->key,
                      apr_pstrcat(source->pool, "write one of: ", option->choices, NULL));
    }
    if (!option->standard && !*value)
        return refuse(source, option->group, option->key, "it must not be empty");
    if (strlen(value) > MAX_TEXT_BYTES)
        return refuse(source, option->group, option->key, "it is longer than 1,024 bytes");
    *field = apr_pstrdup(source->pool, value);
    return NULL;
}

static bt_err_t *set_option(btw_config_t *config, const source_t *source, const option_t *option,
                            const char *given)
{
    const char *value = given ? given : option->standard;
    if (!value) {
        return refuse(source, option->group, option->key,
                      apr_psprintf(source->pool,
                                   "it is missing; write a line '%s = …' below [%s]: %s",
                                   option->key, option->group, option->text));
    }
    void *field = (char *)config + option->offset;
    if (option->is_number)
        return set_number(field, source, option, value);
    return set_text(field, source, option, value);
}

static apr_status_t free_file(void *file)
{
    g_key_file_free(file);
    return APR_SUCCESS;
}

bt_err_t *btw_config_parse(btw_config_t **config, const char *text, const char *path,
                           apr_pool_t *pool)
{
    source_t source = {text, path, pool};
    GKeyFile *file = g_key_file_new();
    apr_pool_cleanup_register(pool, file, free_file, apr_pool_cleanup_null);
    GError *problem = NULL;
    if (!g_key_file_load_from_data(file, text, strlen(text), G_KEY_FILE_NONE, &problem)) {
        bt_err_t *err = bt_error_hint(pool, BT_E_CONFIG, "%s: %s", path, problem->message);
        g_error_free(problem);
        return err;
    }
    BT_TRY(check_file(&source, file));
    btw_config_t *made = apr_pcalloc(pool, sizeof *made);
    for (int i = 0; i < N_OPTIONS; i++) {
        char *given = g_key_file_get_string(file, options[i].group, options[i].key, NULL);
        bt_err_t *err = set_option(made, &source, &options[i], given ? g_strchomp(given) : NULL);
        g_free(given);
        BT_TRY(err);
    }
    *config = made;
    return NULL;
}

bt_err_t *btw_config_load(btw_config_t **config, const char *path, apr_pool_t *pool)
{
    apr_file_t *file = NULL;
    apr_status_t status = apr_file_open(&file, path, APR_FOPEN_READ, APR_OS_DEFAULT, pool);
    if (status)
        return bt_error_apr(pool, BT_E_CONFIG, status, "%s cannot be opened", path);
    char *text = apr_pcalloc(pool, MAX_FILE_BYTES + 1);
    apr_size_t length = 0;
    status = apr_file_read_full(file, text, MAX_FILE_BYTES, &length);
    apr_file_close(file);
    if (status && !APR_STATUS_IS_EOF(status))
        return bt_error_apr(pool, BT_E_CONFIG, status, "%s cannot be read", path);
    if (length == MAX_FILE_BYTES)
        return bt_error_hint(pool, BT_E_CONFIG, "%s is longer than 64 KB", path);
    return btw_config_parse(config, text, path, pool);
}

static void add_reference(bt_buffer_t *reference, const option_t *option)
{
    bt_buffer_addf(reference, "\n### %s\n%s\n\n", option->key, option->text);
    if (option->is_number) {
        bt_buffer_addf(reference, "Number from %d to %d (%s). Default: %d.\n", option->least,
                       option->most, option->unit, option->number);
        return;
    }
    if (option->choices)
        bt_buffer_addf(reference, "One of: %s. ", option->choices);
    if (!option->standard)
        bt_buffer_add(reference, "Must be set.\n");
    else
        bt_buffer_addf(reference, "Default: %s.\n", *option->standard ? option->standard : "empty");
}

const char *btw_config_reference(int *n, apr_pool_t *pool)
{
    bt_buffer_t *reference = bt_buffer_create(MAX_FILE_BYTES, pool);
    bt_buffer_add(
        reference,
        "# Options of worker.conf\n\nPrinted by `bloodtest-worker --print-options`. A line "
        "is `key = value` below its `[group]`; `#` begins a comment line.\n"
        "An unknown group or option, or a bad value, stops the start.\n");
    for (int i = 0; i < N_OPTIONS; i++) {
        if (i == 0 || strcmp(options[i].group, options[i - 1].group) != 0)
            bt_buffer_addf(reference, "\n## [%s]\n", options[i].group);
        add_reference(reference, &options[i]);
    }
    *n = N_OPTIONS;
    return reference->text;
}
