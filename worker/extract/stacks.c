/* SPDX-License-Identifier: Apache-2.0
 * Results whose parts stand below each other: a name, then its interval and its value on lines of
 * their own (in any order), one or several such stacks side by side.  A stack is read only where
 * nothing above it could be its value as well.
 */
#include "pile.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

enum { MAX_DEPTH = 8, MAX_INDENT = 40 };
static const char on_lines[] = "name and value stand on lines of their own";
static const double near_below = 2.3, aligned = 4, small_type = 0.85;
static const double apart = 1.3; /* of a distance: another one that is plainly larger */

static double pitch(const btx_line_t *above, const btx_line_t *below)
{
    return ((below->box.y0 + below->box.y1) - (above->box.y0 + above->box.y1)) / 2;
}

static int is_near(const btx_line_t *above, const btx_line_t *below)
{
    double size = fmax(above->size, below->size);
    return above->page == below->page && pitch(above, below) > 0 &&
           pitch(above, below) < near_below * size;
}

static double likeness(const btx_reading_t *reading, const char *label)
{
    return bt_catalogue_label_likeness(reading->scan.catalogue, label, reading->scan.scratch);
}

/* Whether a card goes on at the top of the next page: its value is still missing, and the card
 * right above it, of the same left edge, was whole. */
static int goes_over(const pile_t *stack, const btx_reading_t *reading, const btx_line_t *above,
                     const btx_line_t *below)
{
    const btx_row_t *last = reading->n_rows ? &reading->row[reading->n_rows - 1] : NULL;
    return last && below->page == above->page + 1 && isinf(stack->right) && stack->n_ranges == 1 &&
           !stack->n_values && !strcmp(last->reason, on_lines) && below->n_cells == 1 &&
           reading->lines->line[last->line].page == above->page &&
           fabs(last->label_box.x0 - stack->left) < 1;
}

/* "149 g/L": a number and its unit. */
static int is_amount(const btx_scan_t *scan, const btx_line_t *line, const int range[2])
{
    btx_number_t number;
    const char *past = btx_scan_number(&number, line->word[range[0]]->text, scan->style);
    return range[1] - range[0] == 2 && past && !*past &&
           btx_is_unit(scan, line->word[range[0] + 1]->text, scan->scratch);
}

/* The words of the line in the window of the stack, where they begin under it; 0 where none do. */
static int words_below(int range[2], const btx_scan_t *scan, const pile_t *stack,
                       const btx_line_t *line)
{
    int first = 0;
    while (first < line->n && line->word[first]->box.x0 < stack->left - aligned)
        first++;
    range[0] = range[1] = first;
    while (range[1] < line->n && line->word[range[1]]->box.x0 < stack->right)
        range[1]++;
    if (range[0] == range[1])
        return 0;
    bt_box_t box = btx_line_box(line, range[0], range[1]);
    const char *first_text = line->word[range[0]]->text;
    int is_indented =
        isinf(stack->right) && box.x0 > stack->left && box.x0 < stack->left + MAX_INDENT &&
        (strchr(first_text, ':') || range[1] - range[0] > 2 || is_amount(scan, line, range));
    return fabs(box.x0 - stack->left) < aligned || is_indented ||
           fabs((box.x0 + box.x1) / 2 - stack->middle) < aligned;
}

static void take_part(pile_t *stack, const btx_reading_t *reading, part_kind_t kind,
                      const parts_t *parts, int index)
{
    const btx_line_t *line = &reading->lines->line[index];
    btx_row_t *row = &stack->row;
    if (kind == PART_VALUE) {
        btx_fill_value(row, parts->value, line);
        row->line = index;
        row->box = btx_line_box(line, parts->value->first, parts->value->end);
        stack->n_values++;
    }
    if (kind == PART_RANGE) {
        row->reference = parts->whole_range
                             ? parts->whole_range
                             : btx_bare_interval(parts->interval->text, reading->pool);
        row->interval = parts->interval->interval;
        row->has_interval = 1;
        stack->n_ranges++;
        if (!row->unit)
            row->unit = btx_tail_unit(&reading->scan, row->reference, reading->pool);
        if (!row->unit && parts->unit)
            row->unit = parts->unit->text;
    } else if (parts->unit) {
        row->unit = parts->unit->text;
    }
    if (parts->flag && !row->flag)
        row->flag = parts->flag->text;
    stack->last = index;
}

/* A line that begins with what it is; "Reference range:" alone says it of the line below. */
static part_kind_t read_named(parts_t *parts, btx_tokens_t *tokens, pile_t *stack,
                              const btx_reading_t *reading, const btx_line_t *line, int range[2])
{
    int n = 0;
    part_kind_t named = btx_named_part(&n, reading, line, range);
    if (stack->wants_range && !n)
        named = PART_RANGE;
    part_kind_t lead = btx_lead_part(reading, line, range);
    stack->wants_range =
        lead == PART_RANGE || (n && named == PART_RANGE && range[0] + n == range[1]);
    stack->is_named |= lead == PART_VALUE;
    if (stack->wants_range || lead == PART_VALUE)
        return PART_REMARK;
    range[0] += n;
    if (named == PART_REMARK || (named == PART_NONE && n) || (n && range[0] == range[1]))
        return named == PART_REMARK || named == PART_STATUS ? PART_REMARK : PART_NONE;
    part_kind_t kind = btx_read_part(parts, tokens, reading, line, range, named == PART_RANGE);
    if (!n || kind == named)
        stack->is_named |= n && named == PART_VALUE;
    else if (named == PART_RANGE && kind == PART_VALUE)
        return PART_NONE;
    else if (named == PART_RANGE && !stack->n_ranges) /* in words */
        stack->row.reference = btx_line_text(line, range[0], range[1], reading->pool);
    /* "Reference: Normal: less than 100" */
    if (n && kind == PART_RANGE && parts->interval->first > range[0])
        parts->whole_range = btx_line_text(line, range[0], range[1], reading->pool);
    return n && named == PART_RANGE && kind != PART_RANGE ? PART_REMARK : kind;
}

/* The end of the part that begins at range[0]: where a later cell says what it is itself, as in
 * "Result: 92 mg/dL    Reference: 70 - 99". */
static int part_end(const btx_reading_t *reading, const btx_line_t *line, const int range[2])
{
    for (int i = 0; i < line->n_cells; i++) {
        int n = 0, rest[2] = {line->cell[i].first, range[1]};
        if (rest[0] <= range[0] || rest[0] >= range[1])
            continue;
        (void)btx_named_part(&n, reading, line, rest);
        if (n)
            return rest[0];
    }
    return range[1];
}

/* A name over two lines, which makes a known one together only. */
static int goes_on_with_name(pile_t *stack, const btx_reading_t *reading, const btx_line_t *line,
                             int first, int end)
{
    const char *more = btx_line_text(line, first, end, reading->pool);
    const char *whole = apr_pstrcat(reading->pool, stack->row.label, " ", more, NULL);
    if (likeness(reading, stack->row.label) >= 0.8 || likeness(reading, whole) < 0.8)
        return 0;
    stack->row.label = whole;
    return 1;
}

/* Takes the part, or passes over a remark; 0 where the stack ends. */
static int climb_over(pile_t *stack, const btx_reading_t *reading, int index, int range[2])
{
    btx_tokens_t tokens;
    parts_t parts;
    const btx_line_t *line = &reading->lines->line[index];
    int first = range[0];
    part_kind_t kind = read_named(&parts, &tokens, stack, reading, line, range);
    if (kind == PART_REMARK)
        return 1;
    if (kind == PART_NONE && !stack->n_ranges && (stack->up > 0 || !stack->n_values) &&
        goes_on_with_name(stack, reading, line, first, range[1])) {
        stack->last = index;
        return 1;
    }
    int is_second =
        (kind == PART_VALUE && stack->n_values) || (kind == PART_RANGE && stack->n_ranges);
    if (is_second && !(stack->up > 0 && pitch(line - 1, line) > apart * stack->up))
        stack->is_closed = 0; /* two values below one name */
    if (kind == PART_NONE || is_second)
        return 0;
    take_part(stack, reading, kind, &parts, index);
    return 1;
}

/* Two numbers or more with wide gaps between them: the scale below a picture. */
static int is_scale(const btx_reading_t *reading, const pile_t *stack, const btx_line_t *line)
{
    int n = 0;
    for (int i = 0; i < line->n; i++) {
        btx_number_t number;
        if (line->word[i]->box.x0 < stack->left - aligned || line->word[i]->box.x0 >= stack->right)
            continue;
        const char *past = btx_scan_number(&number, line->word[i]->text, reading->scan.style);
        if (!past || *past || *number.comparator || (i && btx_in_one_cell(line, i - 1, i + 1)))
            return 0;
        n++;
    }
    return n > 1;
}

/* The ends of its own interval below a picture. */
static int is_own_scale(const btx_reading_t *reading, const pile_t *stack, const btx_line_t *line)
{
    const bt_interval_t *interval = &stack->row.interval;
    int n = 0;
    for (int i = 0; i < line->n; i++) {
        btx_number_t number;
        if (line->word[i]->box.x0 < stack->left - aligned || line->word[i]->box.x0 >= stack->right)
            continue;
        (void)btx_scan_number(&number, line->word[i]->text, reading->scan.style);
        n += number.value == interval->low || number.value == interval->high;
    }
    return stack->n_ranges && n == 2 && is_scale(reading, stack, line);
}

/* The lines below, as long as they hold parts of a result. */
static void climb_down(pile_t *stack, const btx_reading_t *reading, int index)
{
    for (int i = index + 1; i <= index + MAX_DEPTH && i < reading->lines->n; i++) {
        const btx_line_t *line = &reading->lines->line[i];
        int range[2];
        if (!line->is_used && ((stack->n_values && is_scale(reading, stack, line)) ||
                               is_own_scale(reading, stack, line)))
            continue;
        if (line->is_used ||
            (!is_near(line - 1, line) && !goes_over(stack, reading, line - 1, line)) ||
            !words_below(range, &reading->scan, stack, line))
            return;
        for (int part[2] = {range[0], 0}; part[0] < range[1]; part[0] = part[1]) {
            int rest[2] = {part[0], range[1]};
            part[1] = part_end(reading, line, rest);
            int here[2] = {part[0], part[1]};
            if (!climb_over(stack, reading, i, here))
                return;
        }
    }
}

/* What stands right above the name, where it could be its value: the line, or -1.  A unit or a word
 * of judgement may lie between. */
static int value_above(parts_t *parts, btx_tokens_t *tokens, const pile_t *stack,
                       const btx_reading_t *reading, int index)
{
    for (int i = index - 1; i >= 0 && i >= index - 2; i--) {
        const btx_line_t *line = &reading->lines->line[i];
        int range[2];
        if (line->is_used || !is_near(line, line + 1) ||
            !words_below(range, &reading->scan, stack, line))
            return -1;
        part_kind_t kind = btx_read_part(parts, tokens, reading, line, range, 0);
        if (kind == PART_VALUE)
            return i;
        if (kind != PART_UNIT && kind != PART_STATUS)
            return -1;
    }
    return -1;
}

/* The value above the name, where it stands so much nearer to the name than to all above it that it
 * is part of this card and no other. */
static int take_above(pile_t *stack, const btx_reading_t *reading, int index)
{
    btx_tokens_t tokens;
    parts_t parts;
    const btx_line_t *line = &reading->lines->line[index];
    int at = value_above(&parts, &tokens, stack, reading, index);
    if (at < 0 || at != index - 1)
        return 0;
    double up = pitch(line - 1, line);
    if (index > 1 && line[-2].page == line->page && pitch(line - 2, line - 1) < apart * up)
        return 0;
    take_part(stack, reading, PART_VALUE, &parts, at);
    stack->last = index;
    stack->up = up;
    return 1;
}

/* "Above range" behind a name is the judgement on its result; "in range" is none. */
static int take_status(pile_t *stack, const btx_reading_t *reading, const btx_line_t *line,
                       const btx_cell_t *cell)
{
    const btx_lexicon_t *lexicon = reading->scan.lexicon;
    const char *text = btx_line_text(line, cell->first, cell->end, reading->pool);
    const char *means = btx_lexicon_text(lexicon, "flag", text, reading->scan.scratch);
    const char *column = btx_lexicon_text(lexicon, "column", text, reading->scan.scratch);
    int is_normal = column && !strcmp(column, "normal");
    if (!is_normal && !(means && strlen(text) > 2))
        return 0;
    if (!is_normal)
        stack->row.flag = text;
    return 1;
}

/* "Cholesterol High", the second word in smaller type: the end of the name, and the judgement. */
static int take_small_status(pile_t *stack, const btx_reading_t *reading, const btx_line_t *line,
                             const btx_cell_t *cell)
{
    enum { SHORT = 2 }; /* letters behind a name may be part of it */
    int last = cell->end - 1;
    const btx_word_t *word = line->word[last];
    if (last == cell->first || word->size >= small_type * line->word[cell->first]->size ||
        strlen(word->text) <= SHORT || !btx_lexicon_find(reading->scan.lexicon, "flag", word->key))
        return cell->end;
    stack->row.flag = word->text;
    return last;
}

static int start_stacks(pile_t *stacks, btx_reading_t *reading, int index)
{
    const btx_line_t *line = &reading->lines->line[index];
    int n = 0;
    for (int i = 0; i < line->n_cells; i++) {
        const btx_cell_t *cell = &line->cell[i];
        if (n && take_status(&stacks[n - 1], reading, line, cell))
            continue;
        if (n == BTX_MAX_STACKS)
            return 0;
        pile_t *stack = &stacks[n++];
        memset(stack, 0, sizeof *stack);
        btx_row_start(&stack->row);
        stack->first = cell->first;
        stack->end = take_small_status(stack, reading, line, cell);
        stack->left = cell->x0;
        stack->middle = (cell->x0 + cell->x1) / 2;
        stack->right = INFINITY;
        if (n > 1)
            stacks[n - 2].right = cell->x0 - aligned;
        stack->is_closed = 1;
        stack->row.label =
            btx_label_clean(&reading->scan, line, cell->first, stack->end, reading->pool);
        if (!stack->row.label)
            return 0;
        stack->row.label_box = btx_line_box(line, cell->first, stack->end);
    }
    return n;
}

/* A result: the interval or the unit and a known name speak for it. */
static int is_result(const pile_t *stack, const btx_reading_t *reading, int index, int n_known)
{
    const btx_row_t *row = &stack->row;
    btx_tokens_t tokens;
    parts_t parts;
    int is_known = likeness(reading, row->label) >= 0.8;
    if (stack->n_values != 1 || !stack->is_closed ||
        (!(stack->up > 0) && value_above(&parts, &tokens, stack, reading, index) >= 0))
        return 0;
    if (isnan(row->number.value) && !row->word)
        return 0;
    if (row->has_interval)
        return is_known || row->unit;
    return (is_known || stack->is_named) && (row->unit || n_known > 1);
}

/* The stacks of the line, with their values below the names or above them; 0 where one is none. */
static int fill_stacks(pile_t *stacks, btx_reading_t *reading, int index, int is_above)
{
    int n = start_stacks(stacks, reading, index), known = 0;
    for (int i = 0; i < n; i++) {
        if (is_above && !take_above(&stacks[i], reading, index))
            return 0;
        climb_down(&stacks[i], reading, index);
        known += likeness(reading, stacks[i].row.label) >= 0.8 && stacks[i].n_values == 1;
    }
    for (int i = 0; i < n; i++) {
        if (!is_result(&stacks[i], reading, index, known == n ? known : 0))
            return 0;
    }
    return n;
}

int btx_stacks_read(btx_row_t *rows, btx_reading_t *reading, int index)
{
    pile_t stacks[BTX_MAX_STACKS];
    int n = fill_stacks(stacks, reading, index, 0);
    if (!n)
        n = fill_stacks(stacks, reading, index, 1);
    for (int i = 0; i < n; i++) {
        rows[i] = stacks[i].row;
        rows[i].is_whole = 1;
        rows[i].has_gap = 1;
        rows[i].confidence = 0.85;
        rows[i].reason = on_lines;
        if (reading->lines->line[rows[i].line].page == reading->lines->line[index].page)
            rows[i].box = btx_box_join(rows[i].box, rows[i].label_box);
        for (int k = index - (stacks[i].up > 0); k <= stacks[i].last; k++)
            reading->lines->line[k].is_used = 1;
    }
    return n;
}
