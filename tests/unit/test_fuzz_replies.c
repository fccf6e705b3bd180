/* SPDX-License-Identifier: Apache-2.0
 * Replays the corpus of the fuzz target replies.c.
 * See tests/fuzz/replay.h.
 */
#include "../fuzz/replies.c"
#include "../fuzz/replay.h"

int main(void)
{
    return replay_corpus("replies", 16);
}
