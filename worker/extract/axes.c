/* SPDX-License-Identifier: Apache-2.0
 * The numbers at the axis of a chart, beside a result, are no part of the report: in small type,
 * one below the other, evenly apart and each less than the one above by the same amount.
 */
#include "scan.h"

#include <math.h>
#include <string.h>

enum { MAX_TICKS = 200, MIN_TICKS = 3 }; /* of a page; of an axis */
static const double small_type = 0.85;   /* of the size of what stands beside them */
static const double level = 0.35;        /* of the font size */
static const double aligned = 1.2, evenly = 0.8, alone = 3; /* points; points; of the font size */

typedef struct tick_t {
    int word; /* index */
    double value;
    int is_dropped;
} tick_t;

static double middle(const btx_word_t *word)
{
    return (word->box.y0 + word->box.y1) / 2;
}

/* Whether nothing of the size stands beside the word: a name or a unit would. */
static int is_alone(const btx_words_t *words, const int range[2], int index)
{
    const btx_word_t *word = &words->word[index];
    for (int i = range[0]; i < range[1]; i++) {
        const btx_word_t *other = &words->word[i];
        if (i != index && fabs(middle(other) - middle(word)) < 0.5 * word->size &&
            other->box.x0 < word->box.x1 + alone * word->size &&
            other->box.x1 > word->box.x0 - alone * word->size)
            return 0;
    }
    return 1;
}

/* Numbers that stand alone on a page, of which the first MAX_TICKS are looked at. */
static int find_ticks(tick_t *ticks, const btx_words_t *words, const int range[2],
                      const btx_scan_t *scan)
{
    int n = 0, seen = 0;
    for (int i = range[0]; i < range[1] && seen < MAX_TICKS; i++) {
        btx_number_t number;
        const btx_word_t *word = &words->word[i];
        const char *past = btx_scan_number(&number, word->text, scan->style);
        if (!past || *past || *number.comparator || isnan(number.value))
            continue;
        seen++;
        if (is_alone(words, range, i))
            ticks[n++] = (tick_t){i, number.value, 0};
    }
    return n;
}

/* The next tick below with this one's edge, and the nearest of them; -1 where there is none. */
static int tick_below(const tick_t *ticks, int n, const btx_words_t *words, int at)
{
    const btx_word_t *word = &words->word[ticks[at].word];
    int best = -1;
    for (int i = 0; i < n; i++) {
        const btx_word_t *other = &words->word[ticks[i].word];
        double down = middle(other) - middle(word);
        int is_aligned = fabs(other->box.x0 - word->box.x0) < aligned ||
                         fabs(other->box.x1 - word->box.x1) < aligned;
        if (is_aligned && down > 0 && fabs(other->size - word->size) < 0.1 &&
            (best < 0 || middle(other) < middle(&words->word[ticks[best].word])))
            best = i;
    }
    return best;
}

/* The axis that begins at this tick: its ticks from above, fewer than MIN_TICKS where it is none.
 */
static int follow(int *axis, const tick_t *ticks, int n, const btx_words_t *words, int at)
{
    int count = 0, before = -1;
    double step = 0, pitch = 0;
    for (; at >= 0 && count < MAX_TICKS; at = tick_below(ticks, n, words, at)) {
        if (before >= 0) {
            double less = ticks[before].value - ticks[at].value;
            double down =
                middle(&words->word[ticks[at].word]) - middle(&words->word[ticks[before].word]);
            int is_even = count < 2 || (fabs(less - step) < 1e-6 * fabs(step) + 1e-9 &&
                                        fabs(down - pitch) < evenly);
            if (less <= 0 || !is_even)
                break;
            step = less;
            pitch = down;
        }
        axis[count++] = at;
        before = at;
    }
    return count;
}

/* Whether the words at the heights of the axis are in larger type: those of the result are. */
static int is_small(const btx_words_t *words, const int range[2], const btx_word_t *top,
                    const btx_word_t *bottom)
{
    double larger = 0;
    for (int i = range[0]; i < range[1]; i++) {
        const btx_word_t *word = &words->word[i];
        if (middle(word) > top->box.y0 && middle(word) < bottom->box.y1)
            larger = btx_greater(larger, word->size);
    }
    return top->size < small_type * larger;
}

/* Whether no other word is level with the tick, as its name would be if it were a result. */
static int is_between_lines(const btx_words_t *words, const int range[2], int index)
{
    const btx_word_t *word = &words->word[index];
    for (int i = range[0]; i < range[1]; i++) {
        const btx_word_t *other = &words->word[i];
        if (i != index && fabs(middle(other) - middle(word)) < level * other->size)
            return 0;
    }
    return 1;
}

/* Whether `count` ticks are an axis: in small type, and not all of them in lines of words. */
static int is_axis(const int *axis, int count, const tick_t *ticks, const btx_words_t *words,
                   const int range[2])
{
    int is_apart = 0;
    if (count < MIN_TICKS || !is_small(words, range, &words->word[ticks[axis[0]].word],
                                       &words->word[ticks[axis[count - 1]].word]))
        return 0;
    for (int i = 0; i < count; i++)
        is_apart |= is_between_lines(words, range, ticks[axis[i]].word);
    return is_apart;
}

static void mark_page(tick_t *ticks, int n, const btx_words_t *words, const int range[2])
{
    int axis[MAX_TICKS];
    for (int i = 0; i < n; i++) {
        int count = ticks[i].is_dropped ? 0 : follow(axis, ticks, n, words, i);
        if (!is_axis(axis, count, ticks, words, range))
            continue;
        for (int k = 0; k < count; k++)
            ticks[axis[k]].is_dropped = 1;
    }
}

void btx_drop_axes(btx_words_t *words, const btx_scan_t *scan)
{
    tick_t ticks[MAX_TICKS];
    int kept = 0;
    for (int range[2] = {0, 0}; range[0] < words->n; range[0] = range[1]) {
        while (range[1] < words->n && words->word[range[1]].page == words->word[range[0]].page)
            range[1]++;
        int n = find_ticks(ticks, words, range, scan), at = 0;
        mark_page(ticks, n, words, range);
        for (int i = range[0]; i < range[1]; i++) {
            at += at < n && ticks[at].word < i;
            if (!(at < n && ticks[at].word == i && ticks[at].is_dropped))
                words->word[kept++] = words->word[i];
        }
    }
    words->n = kept;
}
