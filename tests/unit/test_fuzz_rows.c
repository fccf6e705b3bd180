/* SPDX-License-Identifier: Apache-2.0
 * Replays the corpus of the fuzz target rows.c.
 * See tests/fuzz/replay.h.
 */
#include "../fuzz/rows.c"
#include "../fuzz/replay.h"

int main(void)
{
    return replay_corpus("rows", 15);
}
