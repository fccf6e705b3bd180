/* SPDX-License-Identifier: Apache-2.0
 * Replays the corpus of the fuzz target settings.c.
 * See tests/fuzz/replay.h.
 */
#include "../fuzz/settings.c"
#include "../fuzz/replay.h"

int main(void)
{
    return replay_corpus("settings", 27);
}
