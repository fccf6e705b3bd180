/* SPDX-License-Identifier: Apache-2.0
 * Safe access to the parts of a result for all its forms.  A stored result is taken as hostile:
 * what has the wrong type is left out, and text of the PDF is stripped of what could disturb a
 * terminal or a page.
 */
#include "render_common.h"
#include "../tsv.h"

#include <apr_strings.h>
#include <string.h>

const char *const bt_render_parts[] = {"summary",
                                       "doctor_analysis",
                                       "verification_analysis",
                                       "nutrition_analysis",
                                       "exercise_analysis",
                                       NULL};

/* Bytes of a character that changes the direction of text or has no width, else 0. */
static size_t unseen(const unsigned char *text)
{
    if (text[0] == 0xE2 && text[1] == 0x80 && (text[2] >= 0x8B && text[2] <= 0x8F))
        return 3;
    if (text[0] == 0xE2 && text[1] == 0x80 && (text[2] >= 0xA8 && text[2] <= 0xAE))
        return 3;
    if (text[0] == 0xE2 && text[1] == 0x81 && (text[2] >= 0xA0 && text[2] <= 0xAF))
        return 3;
    return text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF ? 3 : 0;
}

static const char *cleaned(const char *text, size_t limit, int keep_lines, apr_pool_t *pool)
{
    if (!text)
        return "";
    size_t length = strlen(text);
    while (length > limit || (length && length == limit && (text[length] & 0xC0) == 0x80))
        length = limit && (text[limit] & 0xC0) == 0x80 ? --limit : limit;
    char *copy = apr_pstrdup(pool, bt_text_clean(text, length, pool)), *to = copy;
    for (const char *from = copy; *from;) {
        size_t skip = unseen((const unsigned char *)from);
        if (skip) {
            from += skip;
            continue;
        }
        int is_break = *from == '\t' || (*from == '\n' && !keep_lines);
        *to++ = is_break ? ' ' : *from;
        from++;
    }
    *to = '\0';
    return copy;
}

const char *bt_render_cell(const bt_json_t *object, const char *key, apr_pool_t *pool)
{
    return cleaned(bt_json_get_string(object, key), BT_RENDER_CELL, 0, pool);
}

const char *bt_render_lines(const bt_json_t *object, const char *key, apr_pool_t *pool)
{
    return cleaned(bt_json_get_string(object, key), BT_RENDER_MAX / 8, 1, pool);
}

const char *bt_render_day(const bt_json_t *object, const char *key, apr_pool_t *pool)
{
    enum { DAY = 10 };
    const char *text = bt_render_cell(object, key, pool);
    return strspn(text, "0123456789-") >= DAY ? apr_pstrndup(pool, text, DAY) : "";
}

const char *bt_render_label(const bt_json_t *observation, apr_pool_t *pool)
{
    const char *label = bt_render_cell(observation, "label", pool);
    const char *day = bt_render_day(observation, "collected", pool);
    return *day ? apr_psprintf(pool, "%s (%s)", label, day) : label;
}

/* As the compiled table has it: for results that were stored without their words. */
static const char *usual_word(const char *key, apr_pool_t *pool)
{
    const char *table = bt_knowledge_file("wording.tsv");
    const char *start = apr_pstrcat(pool, "\nlabel.", key, "\t", NULL);
    const char *line = table ? strstr(table, start) : NULL;
    const char *word = line ? line + strlen(start) : "";
    return apr_pstrmemdup(pool, word, strcspn(word, "\n"));
}

const char *bt_render_word(const bt_json_t *result, const char *key, apr_pool_t *pool)
{
    const char *word = bt_render_cell(bt_json_get(result, "labels"), key, pool);
    return *word ? word : usual_word(key, pool);
}

const char *bt_render_reference(const bt_json_t *result, const bt_json_t *observation,
                                apr_pool_t *pool)
{
    const char *printed = bt_render_cell(observation, "reference_text", pool);
    if (*printed)
        return printed;
    const bt_json_t *reference = bt_json_get(observation, "reference");
    const char *text = bt_render_cell(reference, "text", pool);
    const char *source = bt_json_get_string(reference, "source");
    int is_ours = source && (!strcmp(source, "generic") || !strcmp(source, "site"));
    return *text && is_ours
               ? apr_psprintf(pool, "%s (%s)", text, bt_render_word(result, source, pool))
               : text;
}

const char *bt_render_ids(const bt_json_t *array, apr_pool_t *pool)
{
    enum { MAX_IDS = 4000 };
    bt_buffer_t *ids = bt_buffer_create(MAX_IDS, pool);
    for (size_t i = 0; i < bt_json_size(array); i++) {
        const char *id = bt_json_string(bt_json_at(array, i));
        if (id)
            bt_buffer_addf(ids, "%s%s", ids->length ? ", " : "", cleaned(id, 16, 0, pool));
    }
    return ids->text;
}

const char *bt_render_interpretation(const bt_json_t *observation)
{
    static const char *const known[] = {"N", "L", "H", "LL", "HH", "A"};
    const char *text = bt_json_get_string(observation, "interpretation");
    for (size_t i = 0; text && i < sizeof known / sizeof known[0]; i++) {
        if (!strcmp(text, known[i]))
            return known[i];
    }
    return "";
}

static const char *const urgency_codes[] = {"U0", "U1", "U2", "U3", "U4"};

const char *bt_render_urgency(const bt_json_t *object)
{
    const char *text = bt_json_get_string(object, "urgency");
    for (size_t i = 0; text && i < sizeof urgency_codes / sizeof urgency_codes[0]; i++) {
        if (!strcmp(text, urgency_codes[i]))
            return urgency_codes[i];
    }
    return "";
}

const char *bt_render_urgency_words(const bt_json_t *result, const char *urgency, apr_pool_t *pool)
{
    return *urgency ? bt_render_word(result, apr_psprintf(pool, "urgency_u%s", urgency + 1), pool)
                    : "";
}

int bt_render_is_conversion(const bt_json_t *derived)
{
    const char *formula = bt_json_get_string(derived, "formula");
    return formula && !strcmp(formula, "F29");
}
