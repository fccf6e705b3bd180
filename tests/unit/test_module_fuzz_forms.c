/* SPDX-License-Identifier: Apache-2.0
 * Replays the corpus of the fuzz target forms.c.
 * See tests/fuzz/replay.h.
 */
#include "../fuzz/forms.c"
#include "../fuzz/replay.h"

int main(void)
{
    return replay_corpus("forms", 12);
}
