/* SPDX-License-Identifier: Apache-2.0
 * What the model gets to see: catalogue names, values, units, limits and what the rules say, each
 * with an id; sex and an age band.  No text of the document goes out: a statement that quotes
 * printed text which is no number or known unit is left out, and a question that speaks as if to a
 * program is not passed on.
 */
#include "private.h"

#include <math.h>
#include <string.h>
#include <apr_strings.h>
#include "../../libbloodtest/text.h"

enum { OLDEST_BAND = 90, ADULT = 18, MAX_SENT = 160, MAX_STATEMENTS = 120 };

static const char *age_band(double age, apr_pool_t *pool)
{
    if (isnan(age))
        return "unknown";
    if (age < ADULT)
        return "child";
    int decade = (int)age / 10 * 10;
    return decade >= OLDEST_BAND ? "90 or more"
                                 : apr_psprintf(pool, "%d to %d", decade, decade + 9);
}

/* Digits, signs and at most a few letters: what a value or an interval is printed with. */
static int is_plain_figure(const char *text)
{
    int letters = 0;
    for (; text && *text; text++) {
        unsigned char c = (unsigned char)*text;
        letters += c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
    return letters <= 4;
}

static int is_word(const char *word)
{
    enum { LONGEST = 16 };
    return word && strlen(word) <= LONGEST &&
           strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789+ ") == strlen(word);
}

/* Whether nothing of the row that a statement may quote is more than a figure. */
static int is_clean_row(const bt_json_t *row)
{
    return bt_json_get_string(row, "analyte") && !bt_json_get_string(row, "flag_text") &&
           is_plain_figure(bt_json_get_string(row, "value_text")) &&
           is_plain_figure(bt_json_get_string(row, "reference_text")) &&
           (bt_json_get_string(row, "unit") || !bt_json_get_string(row, "unit_text"));
}

static const bt_json_t *find_row(const bt_json_t *rows, const char *id)
{
    for (size_t i = 0; id && i < bt_json_size(rows); i++) {
        const char *its = bt_json_get_string(bt_json_at(rows, i), "id");
        if (its && !strcmp(its, id))
            return bt_json_at(rows, i);
    }
    return NULL;
}

static void add_number(bt_json_t *to, const char *key, const bt_json_t *from, const char *name)
{
    double number = bt_json_get_number(from, name, NAN);
    if (!isnan(number))
        bt_json_set_number(to, key, number);
}

static void add_observation(bt_json_t *list, const bt_json_t *row, const bt_catalogue_t *catalogue)
{
    const bt_analyte_t *analyte = bt_catalogue_by_id(catalogue, bt_json_get_string(row, "analyte"));
    const char *word = bt_json_get_string(row, "value_word");
    if (!analyte || (!is_word(word) && isnan(bt_json_get_number(row, "value", NAN))))
        return;
    bt_json_t *made = bt_json_push_object(list);
    bt_json_set_string(made, "id", bt_json_get_string(row, "id"));
    bt_json_set_string(made, "name", analyte->name);
    add_number(made, "value", row, "value");
    if (is_word(word))
        bt_json_set_string(made, "word", word);
    if (bt_json_get_string(row, "comparator"))
        bt_json_set_string(made, "comparator", bt_json_get_string(row, "comparator"));
    if (bt_json_get_string(row, "unit"))
        bt_json_set_string(made, "unit", bt_json_get_string(row, "unit"));
    add_number(made, "low", bt_json_get(row, "reference"), "low");
    add_number(made, "high", bt_json_get(row, "reference"), "high");
    bt_json_set_string(made, "interpretation", bt_json_get_string(row, "interpretation"));
}

static void add_derived(bt_json_t *list, const bt_json_t *row, int index, apr_pool_t *pool)
{
    bt_json_t *made = bt_json_push_object(list);
    bt_json_set_string(made, "id", apr_psprintf(pool, "d%d", index + 1));
    bt_json_set_string(made, "name", bt_json_get_string(row, "name"));
    bt_json_set_string(made, "value", bt_json_get_string(row, "value_text"));
    bt_json_set_string(made, "unit", bt_json_get_string(row, "unit"));
}

static int add_statement(bt_json_t *list, const bt_json_t *claim, int index, const bt_json_t *rows,
                         apr_pool_t *pool)
{
    const bt_json_t *ids = bt_json_get(claim, "observation_ids");
    const char *role = bt_json_get_string(claim, "role");
    for (size_t i = 0; i < bt_json_size(ids); i++) {
        const bt_json_t *row = find_row(rows, bt_json_string(bt_json_at(ids, i)));
        if (!row || !is_clean_row(row))
            return 0;
    }
    /* What the verifier says is of the paper itself, and may quote it. */
    if (!role || !strcmp(role, "verifier"))
        return 0;
    bt_json_t *made = bt_json_push_object(list);
    bt_json_set_string(made, "id", apr_psprintf(pool, "r%d", index + 1));
    bt_json_set_string(made, "role", role);
    bt_json_set_string(made, "urgency", bt_json_get_string(claim, "urgency"));
    bt_json_set_string(made, "text", bt_json_get_string(claim, "text"));
    bt_json_set_copy(made, "ids", ids);
    return 1;
}

static void add_question(bt_json_t *json, const char *query, const bt_ground_words_t *words,
                         apr_pool_t *pool)
{
    if (!query || !*query)
        return;
    size_t end = 0;
    for (int n = 0; query[end] && n < BTW_LLM_MAX_QUERY; n++) {
        end++;
        while (((unsigned char)query[end] & 0xC0) == 0x80)
            end++;
    }
    const char *question = bt_text_clean(query, end, pool);
    if (!bt_ground_is_instruction(words, question, pool))
        bt_json_set_string(json, "question", question);
}

bt_json_t *btw_facts(const btw_llm_t *llm, const bt_json_t *rules, const char *query,
                     apr_pool_t *pool)
{
    const bt_json_t *rows = bt_json_get(rules, "observations");
    const bt_json_t *derived = bt_json_get(rules, "derived"),
                    *claims = bt_json_get(rules, "claims");
    const bt_json_t *person = bt_json_get(rules, "patient");
    const char *sex = bt_json_get_string(person, "sex");
    bt_json_t *json = bt_json_object(pool), *facts = bt_json_set_object(json, "facts");
    bt_json_t *patient = bt_json_set_object(facts, "patient");
    bt_json_set_string(patient, "sex", !sex ? "unknown" : *sex == 'F' ? "female" : "male");
    bt_json_set_string(patient, "age_band",
                       age_band(bt_json_get_number(person, "age_years", NAN), pool));
    bt_json_set_string(facts, "urgency", bt_json_get_string(rules, "urgency"));
    bt_json_t *list = bt_json_set_array(facts, "observations");
    for (size_t i = 0; i < bt_json_size(rows) && bt_json_size(list) < MAX_SENT; i++)
        add_observation(list, bt_json_at(rows, i), llm->catalogue);
    list = bt_json_set_array(facts, "derived");
    for (size_t i = 0; i < bt_json_size(derived) && i < MAX_SENT; i++)
        add_derived(list, bt_json_at(derived, i), (int)i, pool);
    list = bt_json_set_array(facts, "statements");
    for (size_t i = 0, n = 0; i < bt_json_size(claims) && n < MAX_STATEMENTS; i++)
        n += (size_t)add_statement(list, bt_json_at(claims, i), (int)i, rows, pool);
    add_question(json, query, llm->words, pool);
    return json;
}
