/* SPDX-License-Identifier: Apache-2.0
 * Pages that lie askew, as a scanner makes them: on such a page a value stands at the height of
 * another name.  The slope is seen from word to word, made exact by how well lines fit it, and
 * taken out of the boxes before lines are made.
 */
#include "layout.h"

#include <math.h>
#include <string.h>

enum { BINS = 2048, MIN_PAIRS = 6 };
static const double least_slope = 0.003, most_slope = 0.2, around = 0.01, step = 0.0005,
                    bin_points = 1.5;

static double middle(const btx_word_t *word)
{
    return (word->box.y0 + word->box.y1) / 2;
}

static double across(const btx_word_t *word)
{
    return (word->box.x0 + word->box.x1) / 2;
}

/* Fall by run from word to word of one line, or 0 where not most of them fall or climb together:
 * letters raised or larger than their neighbours are no slope. */
static double seen_slope(const btx_word_t *word, int n)
{
    double fall = 0, run = 0;
    int down = 0, up = 0, all = 0;
    for (int i = 0; i + 1 < n; i++) {
        double gap = word[i + 1].box.x0 - word[i].box.x1, size = word[i].size;
        double dy = middle(&word[i + 1]) - middle(&word[i]);
        double dx = across(&word[i + 1]) - across(&word[i]);
        if (gap < 0 || gap > 1.5 * size || fabs(dy) > most_slope * dx)
            continue;
        fall += dy;
        run += dx;
        all++;
        down += dy > 0.1;
        up += dy < -0.1;
    }
    int together = down > up ? down : up;
    return all >= MIN_PAIRS && together * 10 >= all * 7 ? fall / run : 0;
}

/* How well words fall into lines of this slope: the more in few heights, the better. */
static double fit(const btx_word_t *word, int n, double slope)
{
    static const double shift = 200;
    int count[BINS];
    double sum = 0;
    memset(count, 0, sizeof count);
    for (int i = 0; i < n; i++) {
        double bin = (middle(&word[i]) - slope * across(&word[i]) + shift) / bin_points;
        if (bin >= 0 && bin < BINS)
            count[(int)bin]++;
    }
    for (int i = 0; i + 1 < BINS; i++)
        sum += (double)(count[i] + count[i + 1]) * (count[i] + count[i + 1]);
    return sum;
}

static double best_slope(const btx_word_t *word, int n, double seen)
{
    double best = seen, most = 0;
    double sign = seen < 0 ? -1 : 1, end = fabs(seen) + around;
    for (double size = fmax(fabs(seen) - around, 0); size <= end; size += step) {
        double here = fit(word, n, sign * size);
        if (here > most) {
            most = here;
            best = sign * size;
        }
    }
    return best;
}

void btx_unskew(btx_words_t *words)
{
    for (int first = 0, end = 0; first < words->n; first = end) {
        btx_word_t *word = &words->word[first];
        while (end < words->n && words->word[end].page == word->page)
            end++;
        double seen = seen_slope(word, end - first);
        if (fabs(seen) < least_slope)
            continue;
        double slope = best_slope(word, end - first, seen);
        words->slope[word->page] = slope;
        for (int i = 0; i < end - first; i++) {
            double dy = slope * across(&word[i]), y = middle(&word[i]) - dy;
            word[i].box.y0 = y - 0.5 * word[i].size;
            word[i].box.y1 = y + 0.5 * word[i].size;
        }
    }
}

bt_box_t btx_box_on_page(const btx_words_t *words, int page, bt_box_t box)
{
    double slope = words->slope[page], left = slope * box.x0, right = slope * box.x1;
    const bt_box_t askew = {box.x0, box.y0 + fmin(left, right), box.x1, box.y1 + fmax(left, right)};
    return btx_turn_back(&words->turn[page], askew);
}
