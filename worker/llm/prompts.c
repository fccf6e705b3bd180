/* SPDX-License-Identifier: Apache-2.0
 * The prompts and sentences of worker/prompts, compiled in, so that program and prompts cannot
 * disagree.  Their version is a digest of all of them.
 */
#include "private.h"

#include <string.h>
#include <apr_strings.h>
#include "../../libbloodtest/ids.h"
#include "../../libbloodtest/text.h"

enum { MAX_NOTE = 2000, VERSION_DIGITS = 12 };

static const struct {
    const char *name, *content;
} files[] = {
#define BT_FILE(name, content) {name, content},
#include "worker/prompts.inc"
#undef BT_FILE
};
enum { N_FILES = sizeof files / sizeof files[0] };

const btw_role_row_t btw_roles[BTW_ROLE_COUNT] = {
    {"doctor", "doctor_analysis"},
    {"nutrition", "nutrition_analysis"},
    {"exercise", "exercise_analysis"},
    {"verifier", "verification_analysis"},
    {"summary", "summary"},
};

const char *btw_prompt(const char *name)
{
    for (int i = 0; i < N_FILES; i++) {
        if (strcmp(files[i].name, name) == 0)
            return files[i].content;
    }
    return NULL;
}

const char *btw_prompt_version(apr_pool_t *pool)
{
    bt_sha256_t sha;
    bt_sha256_start(&sha);
    for (int i = 0; i < N_FILES; i++) {
        bt_sha256_add(&sha, files[i].name, strlen(files[i].name) + 1);
        bt_sha256_add(&sha, files[i].content, strlen(files[i].content) + 1);
    }
    return apr_pstrmemdup(pool, bt_sha256_end(&sha, pool), VERSION_DIGITS);
}

/* What follows the key and a tab, up to the end of the line. */
static const char *find_note(const char *key, apr_pool_t *pool)
{
    const char *at = btw_prompt("notes.tsv");
    size_t length = strlen(key);
    for (; at && *at; at += strcspn(at, "\n"), at += *at == '\n') {
        if (strncmp(at, key, length) == 0 && at[length] == '\t')
            return apr_pstrmemdup(pool, at + length + 1, strcspn(at + length + 1, "\n"));
    }
    return "";
}

const char *btw_note(const char *key, const char *const *pairs, apr_pool_t *pool)
{
    bt_buffer_t *out = bt_buffer_create(MAX_NOTE, pool);
    for (const char *at = find_note(key, pool); *at;) {
        size_t plain = strcspn(at, "{");
        bt_buffer_addn(out, at, plain);
        at += plain;
        size_t name = *at ? strcspn(at, "}") : 0;
        for (const char *const *pair = pairs; name && pair && *pair; pair += 2) {
            if (strlen(*pair) == name - 1 && strncmp(*pair, at + 1, name - 1) == 0)
                bt_buffer_add(out, pair[1]);
        }
        at += name + (name && at[name] == '}');
    }
    return out->text;
}
