/* SPDX-License-Identifier: Apache-2.0
 * Replays the corpus of the fuzz target cells.c.
 * See tests/fuzz/replay.h.
 */
#include "../fuzz/cells.c"
#include "../fuzz/replay.h"

int main(void)
{
    return replay_corpus("cells", 20);
}
