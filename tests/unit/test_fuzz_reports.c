/* SPDX-License-Identifier: Apache-2.0
 * Replays the corpus of the fuzz target reports.c.
 * See tests/fuzz/replay.h.
 */
#include "../fuzz/reports.c"
#include "../fuzz/replay.h"

int main(void)
{
    return replay_corpus("reports", 8);
}
