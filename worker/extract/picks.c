/* SPDX-License-Identifier: Apache-2.0
 * Chooses value, unit, interval and flag among the tokens of a row.  Two candidates for the value
 * are never decided by guessing: the row is doubtful then.
 */
#include "seen.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

/* The reference column holds a unit and nothing else. */
static int is_unit_only(const btx_seen_t *seen)
{
    const btx_token_t *unit = seen->reference_unit;
    return unit && unit->first == seen->reference_first && unit->end == seen->reference_end;
}

static void fill_reference(btx_row_t *row, const btx_seen_t *seen, const btx_line_t *line,
                           apr_pool_t *pool)
{
    if (seen->reference_first >= 0 && !is_unit_only(seen)) {
        int first = seen->reference_first, end = seen->reference_end;
        /* a flag at the edge of the column is no part of the text */
        if (seen->flag && seen->flag->first <= first && seen->flag->end > first)
            first = seen->flag->end;
        if (seen->flag && seen->flag->end >= end && seen->flag->first < end)
            end = seen->flag->first;
        if (first + 1 < end && !strcmp(line->word[first]->key, "ref"))
            first++; /* "Ref: >=60" */
        if (first < end)
            row->reference = btx_line_text(line, first, end, pool);
    } else if (seen->spare_interval) {
        row->reference = seen->spare_interval->text;
    }
    const btx_token_t *interval = seen->interval              ? seen->interval
                                  : seen->reference_first < 0 ? seen->spare_interval
                                                              : NULL;
    if (interval) {
        row->interval = interval->interval;
        row->has_interval = 1;
    }
    if (!isnan(seen->low) || !isnan(seen->high)) {
        row->has_interval = !(seen->low > seen->high); /* limits in the wrong order say nothing */
        if (row->has_interval)
            row->interval = (bt_interval_t){seen->low, seen->high, 0, 0};
        if (!isnan(seen->low) && !isnan(seen->high))
            row->reference = apr_psprintf(pool, "%s - %s", line->word[seen->reference_first]->text,
                                          line->word[seen->reference_end - 1]->text);
    }
}

void btx_fill_value(btx_row_t *row, const btx_token_t *value, const btx_line_t *line)
{
    row->value = value->text;
    row->number = value->number;
    row->word = value->kind == BTX_WORD ? value->means : NULL;
    row->sign = btx_sign_beside(line, value);
    row->is_bold = line->word[value->first]->is_bold;
    row->value_x0 = value->x0;
    row->value_x1 = value->x1;
}

static void doubt(btx_row_t *row, double confidence, const char *reason, apr_pool_t *pool)
{
    row->confidence *= confidence;
    row->reason = *row->reason ? apr_pstrcat(pool, row->reason, "; ", reason, NULL) : reason;
}

/* A short code in the value column ("G1"). */
static int is_code(const char *text)
{
    size_t n = strlen(text);
    return n <= 4 && strcspn(text, "0123456789") < n && strspn(text, "0123456789.") < n &&
           !strpbrk(text, ":/|,;");
}

/* "High 4.1 - 4.9", "Borderline 200 - 239", "< 40 Low": a word right beside the interval that the
 * value does not agree with is the name of that interval. */
static void settle_band(btx_seen_t *seen, const btx_table_t *table)
{
    const btx_token_t *flag = seen->flag, *interval = seen->interval;
    if (!flag || !interval || !flag->means || flag->column < 0 ||
        table->column[flag->column].kind != BTX_COL_REFERENCE ||
        (flag->end != interval->first && flag->first != interval->end) || strlen(flag->text) < 3 ||
        isnan(seen->value->number.value))
        return;
    int is_above = seen->value->number.value > interval->interval.high;
    int is_below = seen->value->number.value < interval->interval.low;
    int agrees = *flag->means == 'H'   ? is_above
                 : *flag->means == 'L' ? is_below
                                       : (is_above || is_below) == (*flag->means == 'A');
    if (agrees)
        return;
    if (flag->first < seen->reference_first)
        seen->reference_first = flag->first;
    if (flag->end > seen->reference_end)
        seen->reference_end = flag->end;
    seen->flag = NULL;
}

/* Whether there is a token, and stands under no heading at all. */
static int is_between(const btx_row_t *row, const btx_token_t *token)
{
    if (!token || token->column < 0)
        return 0;
    const btx_column_t *column = &row->table->column[token->column];
    return token->x0 > column->x1 || token->x1 < column->x0;
}

/* A number under "Flag" refers to a note. */
static int is_under_abnormal(const btx_row_t *row, const btx_token_t *token)
{
    const btx_column_t *column = token->column < 0 ? NULL : &row->table->column[token->column];
    return column && column->is_abnormal && token->x0 < column->x1 && token->x1 > column->x0;
}

/* "6 - 8 /HPF" under one heading: the unit is none of the span. */
static void cut_unit(btx_seen_t *seen, const btx_scan_t *scan, apr_pool_t *pool)
{
    static const btx_token_t none = {.kind = BTX_UNIT};
    const char *text = seen->value->text, *unit = btx_tail_unit(scan, text, pool);
    size_t n = unit ? strlen(text) - strlen(unit) : 0;
    while (n && text[n - 1] == ' ')
        n--;
    if (!n)
        return;
    seen->value->text = apr_pstrmemdup(pool, text, n);
    if (!seen->unit)
        seen->unit = apr_pmemdup(pool, &none, sizeof none);
    seen->unit->text = unit;
}

/* "74 umol/L" whose number stands under the heading of units: the parts of a table below its title
 * may be set a little aside from its heading. */
static int is_with_unit(const btx_row_t *row, const btx_seen_t *seen)
{
    const btx_token_t *number = seen->loose, *unit = seen->unit;
    return number->column >= 0 && row->table->column[number->column].kind == BTX_COL_UNIT && unit &&
           unit->kind == BTX_UNIT && unit->first == number->end;
}

/* The only number, beside the column of values or in that of abnormal ones. */
static void take_loose(btx_row_t *row, btx_seen_t *seen, apr_pool_t *pool)
{
    int has_part = seen->unit || seen->interval;
    if (seen->n_loose != 1 || seen->n_odd || !seen->loose)
        return;
    if (!seen->n_aside && is_between(row, seen->loose) &&
        (has_part || seen->spare_interval || seen->reference_first >= 0))
        doubt(row, 0.8, "value stands beside its column", pool);
    else if (!seen->n_aside && is_with_unit(row, seen))
        doubt(row, 0.9, "value and unit stand beside their columns", pool);
    else if (is_under_abnormal(row, seen->loose) && has_part)
        doubt(row, 0.9, "the value stands in the column of abnormal results", pool);
    else
        return;
    btx_see_value(seen, seen->loose);
    seen->n_loose = 0;
}

/* "2 - 3 /hpf" under the heading of values: without an interval beside it, or a unit of counts, it
 * would rather be one. */
static void take_span(btx_row_t *row, btx_seen_t *seen, const btx_scan_t *scan, apr_pool_t *pool)
{
    btx_token_t *span = seen->spare_interval;
    if (!span || span->column < 0 || seen->n_odd)
        return;
    const btx_column_t *column = &row->table->column[span->column];
    int is_counted = seen->unit && btx_is_per_field(seen->unit->text);
    if (column->kind != BTX_COL_VALUE || !(seen->reference_first >= 0 || is_counted) ||
        span->x0 >= column->x1 || span->x1 <= column->x0)
        return;
    btx_see_value(seen, span);
    seen->spare_interval = NULL;
    span->number.value = NAN;
    span->number.comparator[0] = '\0';
    cut_unit(seen, scan, pool);
    doubt(row, 0.8, "the value is a span", pool);
}

/* The only odd word, where it is a short code. */
static void take_code(btx_row_t *row, btx_seen_t *seen, const btx_line_t *line, apr_pool_t *pool)
{
    static const btx_token_t code = {.kind = BTX_OTHER, .number = {.value = NAN}};
    if (seen->n_odd != 1 || seen->odd_first < 0 || seen->odd_end - seen->odd_first != 1 ||
        seen->n_loose || !is_code(line->word[seen->odd_first]->text))
        return;
    const btx_word_t *word = line->word[seen->odd_first];
    btx_token_t *value = apr_pmemdup(pool, &code, sizeof code);
    value->text = word->text;
    value->first = seen->odd_first;
    value->end = seen->odd_end;
    value->x0 = word->box.x0;
    value->x1 = word->box.x1;
    btx_see_value(seen, value);
    seen->n_odd = 0;
    doubt(row, 0.8, "the value is a code", pool);
}

/* Whether the value stands right under the heading of the values itself, and not only in the column
 * that was made of what stands below it.  A day alone is no such heading: it may be that of an
 * earlier result, and the column without a name that of today. */
static int is_under_heading(const btx_table_t *table, const btx_token_t *value)
{
    const btx_column_t *column = value->column < 0 ? NULL : &table->column[value->column];
    return column && (column->kind == BTX_COL_VALUE || column->kind == BTX_COL_FLAG) &&
           column->is_headed && !column->is_day && value->x0 < column->head_x1 &&
           value->x1 > column->head_x0;
}

/* Decides which token is the value, where the columns did not say it plainly. */
static btx_found_t settle_value(btx_row_t *row, btx_seen_t *seen, const btx_scan_t *scan,
                                const btx_line_t *line, apr_pool_t *pool)
{
    if (!seen->n_values)
        take_loose(row, seen, pool);
    if (!seen->n_values || (seen->n_aside && !is_under_heading(row->table, seen->value)))
        seen->n_loose += seen->n_aside;
    else if (seen->n_aside)
        doubt(row, 0.95, "a column beside it is not known", pool);
    if (!seen->n_values && seen->is_sign_value && !seen->status) {
        btx_see_value(seen, seen->sign);
        seen->sign = NULL;
    }
    if (!seen->n_values && seen->status) {
        btx_see_value(seen, seen->status);
        seen->status = NULL;
    }
    if (!seen->n_values)
        take_span(row, seen, scan, pool);
    if (!seen->n_values)
        take_code(row, seen, line, pool);
    if (!seen->n_values && seen->n_odd == 1 && seen->odd_first >= 0 &&
        btx_is_foreign_number(line->word[seen->odd_first]->text))
        return BTX_DOUBTFUL;
    if (!seen->n_values || seen->n_odd > 2)
        return seen->n_loose > 1 && !seen->n_odd ? BTX_DOUBTFUL : BTX_NO_ROW;
    if (seen->n_values > 1 || seen->n_loose)
        return BTX_DOUBTFUL;
    return seen->n_odd ? BTX_DOUBTFUL : BTX_ROW;
}

/* A number in a column of which nothing is known, where another heading names the values, and what
 * stands right behind it: "7.3 mmol/L (4.1 - 5.9)" behind a row in g/L. */
static int is_aside(const btx_table_t *table, const btx_token_t *token, int is_behind)
{
    const btx_column_t *column = token->column < 0 ? NULL : &table->column[token->column];
    if (!column || column->kind != BTX_COL_NONE || token->x0 >= column->x1 ||
        token->x1 <= column->x0 || !btx_table_has(table, column->group, BTX_COL_VALUE))
        return 0;
    return token->kind == BTX_NUMBER ||
           (is_behind &&
            (token->kind == BTX_UNIT || token->kind == BTX_INTERVAL || token->kind == BTX_LIMIT));
}

/* One of several columns of results, of which nothing says how they differ: the other one may be
 * that of today, and empty. */
static int is_one_of_several(const btx_table_t *table, const btx_token_t *value)
{
    const btx_column_t *own = value->column < 0 ? NULL : &table->column[value->column];
    int n = 0;
    if (!own || own->kind != BTX_COL_VALUE || own->unit)
        return 0;
    for (int i = 0; i < table->n; i++) {
        const btx_column_t *column = &table->column[i];
        if (column->is_abnormal)
            return 0;
        n += column->kind == BTX_COL_VALUE && column->group == own->group;
    }
    return n > 1;
}

/* The same name has another number with the same unit or interval under the second of two headings
 * that are taken for two systems of units: then they are two days, or two persons. */
static int is_other_result(const btx_row_t *row, const btx_table_t *table,
                           const btx_tokens_t *tokens)
{
    int is_other = 0, is_same = 0;
    for (int i = 0; i < tokens->n; i++) {
        const btx_token_t *token = &tokens->token[i];
        if (token->column < 0 || !table->column[token->column].again)
            continue;
        is_other |= token->kind == BTX_NUMBER && token->number.value != row->number.value;
        is_same |= token->kind == BTX_UNIT && row->unit && !strcmp(token->text, row->unit);
        is_same |= (token->kind == BTX_INTERVAL || token->kind == BTX_LIMIT) && row->reference &&
                   !strcmp(token->text, row->reference);
    }
    return is_other && is_same;
}

/* The two ends of an interval with the picture of a scale between them, "4.0 ====|== 11.0", or a
 * sign, a picture and a number: under one heading for all three.  ends[0] and ends[1] are the
 * tokens, -1 where there is none. */
static void find_scale(int ends[2], const btx_table_t *table, const btx_tokens_t *tokens)
{
    ends[0] = ends[1] = -1;
    for (int i = 1; i + 1 < tokens->n; i++) {
        const btx_token_t *low = &tokens->token[i], *high = low + 1;
        if (low->column < 0 || high->column < 0 || high->kind != BTX_NUMBER || i + 2 < tokens->n ||
            table->column[low->column].kind != BTX_COL_REFERENCE)
            continue;
        const btx_column_t *column = &table->column[high->column];
        int is_sign = strspn(low->text, "<>") == 1 && !low->text[1];
        if (column->kind != BTX_COL_REFERENCE &&
            (column->kind != BTX_COL_NONE || column->is_headed))
            continue;
        if (low->kind == BTX_NUMBER && low->number.value < high->number.value)
            ends[0] = i;
        if (ends[0] == i || (is_sign && *low->text == '<'))
            ends[1] = i + 1;
        else if (is_sign)
            ends[0] = i + 1;
    }
}

/* A number alone in the column of intervals, and an interval elsewhere: the heading is that of
 * another table. */
static int is_other_table(const btx_seen_t *seen, const btx_line_t *line)
{
    return seen->spare_interval && seen->reference_first >= 0 && !seen->interval &&
           seen->reference_end - seen->reference_first == 1 &&
           strpbrk(line->word[seen->reference_first]->text, "0123456789");
}

btx_found_t btx_pick_by_columns(btx_row_t *row, const btx_scan_t *scan, const btx_table_t *table,
                                const btx_line_t *line, btx_tokens_t *tokens, apr_pool_t *pool)
{
    btx_seen_t seen = {.reference_first = -1,
                       .reference_end = -1,
                       .odd_first = -1,
                       .odd_end = -1,
                       .low = NAN,
                       .high = NAN};
    if (tokens->is_full)
        return BTX_NO_ROW;
    int ends[2];
    find_scale(ends, table, tokens);
    for (int i = 0, is_behind = 0; i < tokens->n; i++) {
        btx_token_t *token = &tokens->token[i];
        if (i == ends[0] || i == ends[1]) {
            btx_see(&seen, scan, line, token, i == ends[0] ? BTX_COL_LOW : BTX_COL_HIGH);
            continue;
        }
        is_behind = is_aside(table, token, is_behind);
        if (is_behind)
            seen.n_aside++;
        else
            btx_see(&seen, scan, line, token,
                    token->column < 0 ? BTX_COL_NONE : table->column[token->column].kind);
    }
    btx_found_t found = settle_value(row, &seen, scan, line, pool);
    if (!seen.value)
        return found;
    btx_fill_value(row, seen.value, line);
    settle_band(&seen, table);
    fill_reference(row, &seen, line, pool);
    if (seen.unit) {
        row->unit = seen.unit->text;
        if (seen.unit->kind != BTX_UNIT)
            doubt(row, 0.9, "unit not known", pool);
    } else if (seen.reference_unit) {
        row->unit = seen.reference_unit->text;
    } else if (row->reference && row->has_interval) {
        row->unit = btx_tail_unit(scan, row->reference, pool);
    }
    if (seen.value->kind == BTX_INTERVAL)
        btx_split_span(row, scan, pool);
    if (!row->unit && !row->word && seen.value->column >= 0)
        row->unit = btx_column_unit(&table->column[seen.value->column], pool);
    if (!seen.flag && seen.status && !row->word)
        seen.flag = seen.status;
    if (seen.flag && !(seen.flag->kind == BTX_OTHER && strlen(seen.flag->text) > 30))
        row->flag = seen.flag->text;
    btx_fill_sign(row, seen.sign);
    int is_doubtful = (seen.sign && strpbrk(seen.sign->text, "<>") && !row->flag) ||
                      is_other_result(row, table, tokens) || is_other_table(&seen, line) ||
                      is_one_of_several(table, seen.value);
    return found == BTX_ROW && is_doubtful ? BTX_DOUBTFUL : found;
}
