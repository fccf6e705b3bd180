/* SPDX-License-Identifier: Apache-2.0
 * Replays the corpus of the fuzz target words.c.
 * See tests/fuzz/replay.h.
 */
#include "../fuzz/words.c"
#include "../fuzz/replay.h"

int main(void)
{
    return replay_corpus("words", 25);
}
