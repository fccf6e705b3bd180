/* SPDX-License-Identifier: Apache-2.0
 * Replays the corpus of the fuzz target requests.c.
 * See tests/fuzz/replay.h.
 */
#include "../fuzz/requests.c"
#include "../fuzz/replay.h"

int main(void)
{
    return replay_corpus("requests", 20);
}
