/* SPDX-License-Identifier: Apache-2.0
 * Replays the corpus of the fuzz target streams.c.
 * See tests/fuzz/replay.h.
 */
#include "../fuzz/streams.c"
#include "../fuzz/replay.h"

int main(void)
{
    return replay_corpus("streams", 14);
}
