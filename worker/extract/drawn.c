/* SPDX-License-Identifier: Apache-2.0
 * Lines that are drawn with signs: tables with bars, rules, and the small graphs that show where a
 * value lies; and lines of prose.
 */
#include "layout.h"

#include <string.h>

enum { PROSE_WORDS = 16 };

int btx_is_drawn(const btx_line_t *line)
{
    int bars = 0, written = 0;
    for (int i = 0; i < line->n; i++) {
        bars += strchr(line->word[i]->text, '|') != NULL;
        size_t length = strlen(line->word[i]->text);
        int is_rule = length > 3 && strspn(line->word[i]->text, "+-=_|*") == length;
        written += !is_rule && (*line->word[i]->key || length < 4);
    }
    return !written || bars > 1 || (bars && *line->word[0]->text == '|');
}

/* Nothing but signs that pictures of a scale are made of, the place of the value (a point or
 * another shape) among them. */
static int is_of_graph(const char *text)
{
    while (*text) {
        size_t signs = strspn(text, "|*-+.ox[]<>");
        int is_shape = !strncmp(text, "\xe2\x96", 2) || !strncmp(text, "\xe2\x97", 2) ||
                       !strncmp(text, "\xe2\x80\xa2", 3);
        if (!signs && !is_shape)
            return 0;
        text += signs ? signs : 3;
    }
    return 1;
}

/* "|   *   |", "[ ..*.. ]" at the end of a row shows where the value lies: it is taken off. */
void btx_strip_graph(btx_line_t *line)
{
    int first = line->n, bars = 0, ends = 0, dots = 0;
    for (int i = 0; i < line->n; i++) {
        const char *text = line->word[i]->text;
        int is_graph = is_of_graph(text);
        if (!is_graph || (first == line->n && !strpbrk(text, "|["))) {
            first = line->n;
            bars = ends = dots = 0;
            continue;
        }
        first = first == line->n ? i : first;
        for (const char *at = text; *at; at++) {
            bars += *at == '|';
            ends += *at == '[' || *at == ']';
            dots += *at == '.' || *at == '-';
        }
    }
    if (first < 2 || (bars < 2 && (ends < 2 || dots < 3)))
        return;
    line->n = first;
    while (line->n_cells && line->cell[line->n_cells - 1].first >= first)
        line->n_cells--;
    btx_cell_t *last = &line->cell[line->n_cells - 1];
    last->end = last->end < first ? last->end : first;
    last->x1 = line->word[first - 1]->box.x1;
}

int btx_strip_bars(btx_line_t *line)
{
    int bars = 0, kept = 0, cells = 0, is_new = 1;
    for (int i = 0; i < line->n; i++) {
        if (strchr(line->word[i]->text, '|') && strcmp(line->word[i]->text, "|"))
            return 0;
    }
    for (int i = 0; i < line->n; i++) {
        btx_word_t *word = line->word[i];
        if (*word->text == '|') {
            bars++;
            is_new = 1;
            continue;
        }
        if (is_new)
            line->cell[cells++] = (btx_cell_t){kept, kept, word->box.x0, word->box.x1};
        is_new = 0;
        line->word[kept++] = word;
        line->cell[cells - 1].end = kept;
        line->cell[cells - 1].x1 = word->box.x1;
    }
    line->n = kept;
    line->n_cells = cells;
    return bars;
}

int btx_is_prose(const btx_line_t *line)
{
    for (int i = 0; i < line->n_cells; i++) {
        if (line->cell[i].end - line->cell[i].first >= PROSE_WORDS)
            return 1;
    }
    return 0;
}
