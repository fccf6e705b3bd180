/* SPDX-License-Identifier: Apache-2.0
 * What a line below a name is: the value, its interval, its unit, a word of judgement, or a remark.
 */
#include "pile.h"

#include <string.h>

static int is_reference_word(const btx_reading_t *reading, const btx_line_t *line,
                             const btx_token_t *token)
{
    int n = 0;
    const char *key = line->word[token->first]->key;
    return !*key || btx_lexicon_find(reading->scan.lexicon, "refword", key) ||
           btx_lexicon_longest(&n, reading->scan.lexicon, "refword", line, token->first,
                               token->end);
}

/* A word that says of another interval what it is. */
static int is_goal(const btx_reading_t *reading, const btx_line_t *line, const btx_token_t *token)
{
    const char *key = line->word[token->first]->key;
    return token->end - token->first == 1 && *key &&
           btx_lexicon_find(reading->scan.lexicon, "refword", key) != NULL;
}

static void sort_token(parts_t *parts, const btx_reading_t *reading, const btx_line_t *line,
                       const btx_token_t *token, int has_word)
{
    int is_flag_word =
        token->kind == BTX_WORD &&
        btx_lexicon_text(reading->scan.lexicon, "flag", token->text, reading->scan.scratch);
    if (token->kind == BTX_NUMBER || (token->kind == BTX_LIMIT && !has_word) ||
        (token->kind == BTX_WORD && !is_flag_word)) {
        parts->value = token;
        parts->n_values++;
    } else if (token->kind == BTX_INTERVAL || token->kind == BTX_LIMIT) {
        parts->interval = token;
        parts->n_intervals++;
    } else if (token->kind == BTX_UNIT && !parts->unit) {
        parts->unit = token;
    } else if ((token->kind == BTX_FLAG || is_flag_word) && !parts->flag) {
        parts->flag = token;
    } else if (token->kind != BTX_DASH && token->kind != BTX_DATE && token->kind != BTX_MARK) {
        parts->n_odd += !is_reference_word(reading, line, token);
    }
}

part_kind_t btx_named_part(int *n_words, const btx_reading_t *reading, const btx_line_t *line,
                           const int range[2])
{
    static const char *const kinds[] = {"column", "refword", "method", "field", NULL};
    int colon = range[0];
    *n_words = 0;
    while (colon < range[1] && colon < range[0] + BTX_MAX_PHRASE_WORDS) {
        const char *text = line->word[colon++]->text;
        if (text[strlen(text) - 1] == ':')
            break;
    }
    const char *last = line->word[colon - 1]->text;
    if (last[strlen(last) - 1] != ':')
        return PART_NONE;
    for (int i = 0; kinds[i]; i++) {
        int n = 0;
        const char *means =
            btx_lexicon_longest(&n, reading->scan.lexicon, kinds[i], line, range[0], colon);
        if (!means || (n < colon - range[0] && *line->word[colon - 1]->key))
            continue;
        *n_words = colon - range[0];
        if (i)
            return i == 1 ? PART_RANGE : PART_REMARK;
        return !strcmp(means, "value")       ? PART_VALUE
               : !strcmp(means, "reference") ? PART_RANGE
               : !strcmp(means, "unit")      ? PART_UNIT
               : !strcmp(means, "flag")      ? PART_STATUS
               : !strcmp(means, "ignore")    ? PART_REMARK
                                             : PART_NONE;
    }
    return PART_NONE;
}

part_kind_t btx_lead_part(const btx_reading_t *reading, const btx_line_t *line, const int range[2])
{
    int n = 0;
    const char *means =
        btx_lexicon_longest(&n, reading->scan.lexicon, "column", line, range[0], range[1]);
    if (!means || range[0] + n != range[1])
        return PART_NONE;
    return !strcmp(means, "value")       ? PART_VALUE
           : !strcmp(means, "reference") ? PART_RANGE
                                         : PART_NONE;
}

part_kind_t btx_read_part(parts_t *parts, btx_tokens_t *tokens, const btx_reading_t *reading,
                          const btx_line_t *line, const int range[2], int is_range)
{
    int n = 0;
    memset(parts, 0, sizeof *parts);
    btx_tokens_make(tokens, &reading->scan, line, range[0], range[1], reading->pool);
    int has_word =
        tokens->n && !tokens->is_full &&
        btx_lexicon_longest(&n, reading->scan.lexicon, "refword", line, range[0], range[1]) != NULL;
    int is_limit = has_word || is_range;                       /* "< 5" is no value then */
    int first = has_word && tokens->token[0].kind == BTX_WORD; /* "Normal: 4 - 10" */
    for (int i = first; i < tokens->n; i++) {
        if (has_word && parts->interval && is_goal(reading, line, &tokens->token[i]))
            break; /* "Range 65 - 99  Optimal 72 - 85" */
        sort_token(parts, reading, line, &tokens->token[i], is_limit);
    }
    if (tokens->is_full || parts->n_odd || parts->n_values + parts->n_intervals > 1)
        return PART_NONE;
    if (first && !parts->n_intervals) {
        parts->flag = &tokens->token[0];
        return tokens->n == 1 ? PART_STATUS : PART_NONE;
    }
    return parts->value      ? (is_limit ? PART_NONE : PART_VALUE)
           : parts->interval ? PART_RANGE
           : parts->unit     ? PART_UNIT
           : parts->flag     ? PART_STATUS
                             : PART_NONE;
}
