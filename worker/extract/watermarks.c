/* SPDX-License-Identifier: Apache-2.0
 * Large pale letters behind a page, and giant ones, are no part of a report: watermarks and stamps,
 * told by the size that most of its letters have.
 */
#include "layout.h"

#include <string.h>

static const double watermark_times = 1.5, giant_times = 4.0;

/* The size most characters have, to the half point. */
static double body_size(const btx_words_t *words)
{
    enum { BINS = 200 };
    size_t count[BINS] = {0};
    int best = 20;
    for (int i = 0; i < words->n; i++) {
        double bin = words->word[i].size * 2;
        count[bin < BINS - 1 ? (int)bin : BINS - 1] += strlen(words->word[i].text);
    }
    for (int i = 0; i < BINS; i++)
        best = count[i] > count[best] ? i : best;
    return best ? best / 2.0 : 10;
}

void btx_drop_watermarks(btx_words_t *words)
{
    int kept = 0;
    words->body_size = body_size(words);
    for (int i = 0; i < words->n; i++) {
        const btx_word_t *word = &words->word[i];
        int is_mark = (word->is_pale && word->size > watermark_times * words->body_size) ||
                      word->size > giant_times * words->body_size;
        if (!is_mark)
            words->word[kept++] = *word;
    }
    words->n = kept;
}
