/* SPDX-License-Identifier: Apache-2.0
 * How bright the colour is that shapes and letters are filled with, as far as its numbers tell:
 * plain grey, RGB and CMYK, and what a profile makes of the same.  All else is not known.
 */
#include "pdf_content.h"

#include <math.h>
#include <string.h>

typedef struct space_t {
    const char *name;
    int parts;
} space_t;

static const space_t spaces[] = {
    {"/DeviceGray", 1}, {"/DeviceRGB", 3}, {"/DeviceCMYK", 4}, {"/CalGray", 1}, {"/CalRGB", 3},
};

static int parts_of_name(const char *name)
{
    for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++) {
        if (!strcmp(name, spaces[i].name))
            return spaces[i].parts;
    }
    return 0;
}

/* How many numbers a colour of the space has that the last name names; 0: not known. */
static int parts_of_space(btx_walk_t *walk)
{
    qpdf_data file = walk->content->file;
    int parts = parts_of_name(walk->operands.name);
    if (parts)
        return parts;
    qpdf_oh space = btx_walk_resource(walk, "/ColorSpace");
    if (qpdf_oh_is_name(file, space))
        return parts_of_name(qpdf_oh_get_name(file, space));
    if (!qpdf_oh_is_array(file, space) || qpdf_oh_get_array_n_items(file, space) < 1)
        return 0;
    qpdf_oh kind = qpdf_oh_get_array_item(file, space, 0);
    if (!qpdf_oh_is_name_and_equals(file, kind, "/ICCBased"))
        return qpdf_oh_is_name(file, kind) ? parts_of_name(qpdf_oh_get_name(file, kind)) : 0;
    qpdf_oh profile = qpdf_oh_get_array_item(file, space, 1);
    if (!qpdf_oh_is_stream(file, profile) ||
        !qpdf_oh_get_value_as_int(
            file, qpdf_oh_get_key(file, qpdf_oh_get_dict(file, profile), "/N"), &parts))
        return 0;
    return parts == 1 || parts == 3 || parts == 4 ? parts : 0;
}

static double within(double value)
{
    return fmin(fmax(value, 0), 1);
}

static double brightness(const double *v, int parts)
{
    if (parts == 1)
        return within(v[0]);
    if (parts == 3)
        return 0.30 * within(v[0]) + 0.59 * within(v[1]) + 0.11 * within(v[2]);
    return (1 - 0.30 * within(v[0]) - 0.59 * within(v[1]) - 0.11 * within(v[2])) *
           (1 - within(v[3]));
}

void btx_walk_ink(btx_walk_t *walk, const char *name)
{
    btx_state_t *state = &walk->state[walk->n_states - 1];
    const btx_operands_t *operands = &walk->operands;
    state->is_pattern = !strcmp(name, "scn") && *operands->name != '\0';
    if (!strcmp(name, "cs")) {
        state->ink_parts = parts_of_space(walk);
        state->ink = state->ink_parts ? 0 : NAN; /* every plain space starts with black */
        return;
    }
    if (strchr("gr", *name) || !strcmp(name, "k"))
        state->ink_parts = *name == 'g' ? 1 : *name == 'r' ? 3 : 4;
    int is_plain =
        state->ink_parts && operands->n_numbers == state->ink_parts && !state->is_pattern;
    state->ink = is_plain ? brightness(operands->number, state->ink_parts) : NAN;
}
