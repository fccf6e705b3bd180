/* SPDX-License-Identifier: Apache-2.0
 * Goes through the tokens of a row and takes each for what the heading of its column says.
 */
#include "seen.h"

#include <apr_strings.h>
#include <ctype.h>
#include <math.h>
#include <string.h>

static void widen(int *first, int *end, const btx_token_t *token)
{
    *first = *first < 0 || token->first < *first ? token->first : *first;
    *end = token->end > *end ? token->end : *end;
}

void btx_see_value(btx_seen_t *seen, btx_token_t *token)
{
    seen->n_values++;
    seen->value = token;
}

/* A word beside a number says how the number is judged. */
static void see_word(btx_seen_t *seen, btx_token_t *token, btx_column_kind_t kind)
{
    if (kind == BTX_COL_FLAG)
        seen->flag = token;
    else if (kind == BTX_COL_REFERENCE)
        widen(&seen->reference_first, &seen->reference_end, token);
    else if (seen->status)
        seen->n_odd++;
    else
        seen->status = token;
}

static void see_interval(btx_seen_t *seen, btx_token_t *token, btx_column_kind_t kind)
{
    if (kind == BTX_COL_REFERENCE) {
        widen(&seen->reference_first, &seen->reference_end, token);
        if (!seen->interval)
            seen->interval = token;
    } else if (kind == BTX_COL_VALUE && token->kind == BTX_LIMIT) {
        btx_see_value(seen, token);
    } else if (!seen->spare_interval) {
        seen->spare_interval = token;
    } else {
        seen->n_odd++;
    }
}

static void see_number(btx_seen_t *seen, btx_token_t *token, btx_column_kind_t kind)
{
    if (kind == BTX_COL_VALUE) {
        btx_see_value(seen, token);
    } else if (kind == BTX_COL_LOW) {
        seen->low = token->number.value;
        widen(&seen->reference_first, &seen->reference_end, token);
    } else if (kind == BTX_COL_HIGH) {
        seen->high = token->number.value;
        widen(&seen->reference_first, &seen->reference_end, token);
    } else if (kind == BTX_COL_REFERENCE) {
        widen(&seen->reference_first, &seen->reference_end, token);
    } else {
        seen->n_loose++;
        seen->loose = token;
    }
}

/* Digits of another script: seen, but not read. */
int btx_is_foreign_number(const char *text)
{
    static const char *const leads[] = {"\xef\xbc\x90", "\xd9\xa0", "\xdb\xb0", "\xe0\xa5\xa6",
                                        NULL};
    for (int i = 0; leads[i]; i++) { /* zero of each; nine is nine further */
        size_t n = strlen(leads[i]);
        if (!strncmp(text, leads[i], n - 1) && text[n - 1] >= leads[i][n - 1] &&
            text[n - 1] <= leads[i][n - 1] + 9)
            return 1;
    }
    return 0;
}

/* A name in another script, as some laboratories print beside their own. */
static int is_other_script(const char *text)
{
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte >= 0xd6 && byte != 0xe2 && byte < 0xf0)
            return 1;
        if (isalnum(byte))
            return 0;
    }
    return 0;
}

static void see_other(btx_seen_t *seen, btx_token_t *token, btx_column_kind_t kind, int is_state)
{
    if (kind == BTX_COL_NONE && is_other_script(token->text) && !btx_is_foreign_number(token->text))
        return;

    if (kind == BTX_COL_REFERENCE)
        widen(&seen->reference_first, &seen->reference_end, token);
    else if (kind == BTX_COL_FLAG && is_state)
        return; /* "Final": of the report, not of the value */
    else if (kind == BTX_COL_FLAG && !seen->flag)
        seen->flag = token;
    else if (kind == BTX_COL_UNIT && !seen->unit)
        seen->unit = token;
    else if (kind != BTX_COL_FLAG) {
        seen->n_odd++;
        widen(&seen->odd_first, &seen->odd_end, token);
    }
}

/* A flag that stands in the reference column is one only at the edge of it and apart from the text.
 */
static int is_apart(const btx_line_t *line, const btx_token_t *token)
{
    const btx_word_t *word = line->word[token->first];
    const btx_word_t *before = token->first ? line->word[token->first - 1] : NULL;
    const btx_word_t *after = token->end < line->n ? line->word[token->end] : NULL;
    double gap = 0.7 * word->size;
    /* "< 1 (Low)" names a band */
    if (*token->text == '(' && strlen(token->text) > 4 && before &&
        word->box.x0 - before->box.x1 <= gap)
        return 0;
    return (!after || after->box.x0 - word->box.x1 > gap) ||
           (!before || word->box.x0 - before->box.x1 > gap);
}

/* "Low CV risk < 3.0", "Refer interpretation below": a word among words of the reference column. */
static int is_in_text(const btx_line_t *line, const btx_token_t *token)
{
    const btx_word_t *first = line->word[token->first], *last = line->word[token->end - 1];
    const btx_word_t *before = token->first ? line->word[token->first - 1] : NULL;
    const btx_word_t *after = token->end < line->n ? line->word[token->end] : NULL;
    double gap = 0.7 * first->size;
    if (strlen(token->text) < 3)
        return 0;
    return (before && first->box.x0 - before->box.x1 <= gap &&
            isalpha((unsigned char)*before->text)) ||
           (after && after->box.x0 - last->box.x1 <= gap && isalpha((unsigned char)*after->text));
}

/* "2.5 Lakhs" and "/cumm" in the next column are one unit. */
static int join_units(btx_seen_t *seen, const btx_scan_t *scan, const btx_token_t *token)
{
    const char *text = apr_pstrcat(scan->scratch, seen->unit->text, " ", token->text, NULL);
    if (*token->text != '/' || !btx_is_unit(scan, text, scan->scratch))
        return 0;
    seen->unit->text = text;
    return 1;
}

int btx_is_sign(const btx_token_t *token)
{
    return token->kind == BTX_DASH ||
           (token->kind == BTX_WORD &&
            (!token->text[strspn(token->text, "+()")] || !strcmp(token->text, "(-)")));
}

void btx_fill_sign(btx_row_t *row, const btx_token_t *sign)
{
    double value = row->number.value;
    if (!sign || row->flag || isnan(value) || !row->has_interval)
        return;
    int is_low = sign->kind == BTX_DASH || strpbrk(sign->text, "-<");
    if (is_low ? value < row->interval.low : value > row->interval.high)
        row->flag = sign->text;
}

/* Whether the meaning of a flag is known: a sign may have none. */
static int says_much(const btx_token_t *flag)
{
    return flag->means && *flag->means;
}

/* "mm at the end of 1 hour": words and numbers right behind a unit in its column. */
static int goes_on_with_unit(const btx_seen_t *seen, const btx_line_t *line,
                             const btx_token_t *token)
{
    const btx_word_t *before = line->word[token->first ? token->first - 1 : 0];
    return seen->unit && seen->unit->end == token->first && seen->unit->kind == BTX_UNIT &&
           (token->kind == BTX_NUMBER || token->kind == BTX_OTHER || token->kind == BTX_UNIT) &&
           token->x0 - before->box.x1 < 0.7 * before->size;
}

/* "5.2 >" in one cell: above its interval, where that says the same. */
static int is_sign_behind(const btx_seen_t *seen, const btx_line_t *line, const btx_token_t *token)
{
    return seen->value && seen->value->kind == BTX_NUMBER && seen->value->end == token->first &&
           strspn(token->text, "<>") == 1 && !token->text[1] &&
           btx_in_one_cell(line, token->first - 1, token->end) &&
           (token->end == line->n || !btx_in_one_cell(line, token->first, token->end + 1));
}

/* Whether the token is a cell, and not the last one of its line. */
static int is_cell(const btx_line_t *line, const btx_token_t *token)
{
    for (int i = 0; i + 1 < line->n_cells; i++) {
        if (line->cell[i].first == token->first && line->cell[i].end == token->end)
            return 1;
    }
    return 0;
}

void btx_see(btx_seen_t *seen, const btx_scan_t *scan, const btx_line_t *line, btx_token_t *token,
             btx_column_kind_t kind)
{
    if (is_sign_behind(seen, line, token))
        seen->sign = token;
    if (btx_is_sign(token) && kind != BTX_COL_PREVIOUS &&
        !(kind == BTX_COL_VALUE && *token->text == '(')) {
        seen->sign = token;
        seen->is_sign_value = kind == BTX_COL_VALUE && token->kind == BTX_WORD;
    }
    if (kind == BTX_COL_PREVIOUS || kind == BTX_COL_IGNORE || token->kind == BTX_DASH ||
        token->kind == BTX_MARK || (token->kind == BTX_DATE && kind != BTX_COL_VALUE) ||
        seen->sign == token)
        return;
    if (kind == BTX_COL_UNIT && goes_on_with_unit(seen, line, token)) {
        seen->unit->end = token->end;
        seen->unit->text = btx_line_text(line, seen->unit->first, token->end, scan->scratch);
        return;
    }
    switch (token->kind) {
    case BTX_NUMBER:
        see_number(seen, token, kind);
        break;
    case BTX_LIMIT:
    case BTX_INTERVAL:
        see_interval(seen, token, kind);
        break;
    case BTX_UNIT:
        if (kind == BTX_COL_REFERENCE && !seen->unit && seen->reference_first < 0 &&
            is_cell(line, token)) {
            seen->unit = token; /* set aside from its heading, before the interval */
        } else if (kind == BTX_COL_REFERENCE) {
            seen->reference_unit = token;
            /* "> OR = 50 mg/dL" is a limit and the unit of the row */
            if (!seen->interval || seen->interval->kind != BTX_LIMIT ||
                seen->interval->end != token->first)
                widen(&seen->reference_first, &seen->reference_end, token);
        } else if (!seen->unit) {
            seen->unit = token;
        } else if (!join_units(seen, scan, token)) {
            seen->n_odd++;
        }
        break;
    case BTX_FLAG:
        if (kind == BTX_COL_REFERENCE &&
            (!is_apart(line, token) || is_in_text(line, token) || btx_names_band(line, token)))
            widen(&seen->reference_first, &seen->reference_end, token);
        else if (!seen->flag || (!says_much(seen->flag) && says_much(token)))
            seen->flag = token; /* a letter says more than a star */
        break;
    case BTX_WORD:
        see_word(seen, token, kind);
        break;
    default:
        see_other(seen, token, kind,
                  btx_lexicon_text(scan->lexicon, "state", token->text, scan->scratch) != NULL);
    }
}
