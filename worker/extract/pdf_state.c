/* SPDX-License-Identifier: Apache-2.0
 * Matrices, clip, path and text position, as operators change them.  Where the exact shape would
 * need more (curves, widths of letters), bounds are kept that never make text look hidden.
 */
#include "pdf_state.h"

#include <math.h>
#include <string.h>

/* No letter of a text font is wider than this, in sizes of the font. */
static const double widest = 1.1;

btx_matrix_t btx_matrix_times(btx_matrix_t m, btx_matrix_t n)
{
    return (btx_matrix_t){m.a * n.a + m.b * n.c,       m.a * n.b + m.b * n.d,
                          m.c * n.a + m.d * n.c,       m.c * n.b + m.d * n.d,
                          m.e * n.a + m.f * n.c + n.e, m.e * n.b + m.f * n.d + n.f};
}

static void add_point(bt_box_t *box, double x, double y)
{
    *box = (bt_box_t){fmin(box->x0, x), fmin(box->y0, y), fmax(box->x1, x), fmax(box->y1, y)};
}

bt_box_t btx_matrix_box(btx_matrix_t m, bt_box_t box, int *is_exact)
{
    bt_box_t made = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    const double x[] = {box.x0, box.x1, box.x0, box.x1}, y[] = {box.y0, box.y0, box.y1, box.y1};
    for (int i = 0; i < 4; i++)
        add_point(&made, m.a * x[i] + m.c * y[i] + m.e, m.b * x[i] + m.d * y[i] + m.f);
    double along = fabs(m.a) + fabs(m.d), across = fabs(m.b) + fabs(m.c);
    if (fmin(along, across) > 1e-3 * fmax(along, across))
        *is_exact = 0;
    return made;
}

void btx_state_start(btx_state_t *state, btx_matrix_t matrix, bt_box_t page)
{
    *state = (btx_state_t){.matrix = matrix,
                           .clip = page,
                           .is_clip_exact = 1,
                           .fill_alpha = 1,
                           .stroke_alpha = 1,
                           .outer_alpha = 1,
                           .is_plain = 1,
                           .is_outer_plain = 1,
                           .ink_parts = 1,
                           .line_width = 1,
                           .scale = 1};
}

void btx_state_clip(btx_state_t *state, bt_box_t box, int is_exact)
{
    state->clip = (bt_box_t){fmax(state->clip.x0, box.x0), fmax(state->clip.y0, box.y0),
                             fmin(state->clip.x1, box.x1), fmin(state->clip.y1, box.y1)};
    state->is_clip_exact &= is_exact;
}

void btx_path_start(btx_path_t *path)
{
    path->n = path->n_points = path->is_clip = path->has_lines = 0;
    path->is_exact = 1;
    path->all = (bt_box_t){INFINITY, INFINITY, -INFINITY, -INFINITY};
}

static void add_rectangle(btx_path_t *path, bt_box_t box)
{
    if (path->n == BTX_MAX_PATH)
        path->is_exact = 0;
    else
        path->rectangle[path->n++] = box;
}

/* The open subpath as a rectangle, if it is one. */
static void end_subpath(btx_path_t *path)
{
    const double *x = path->x, *y = path->y;
    int n = path->n_points;
    path->n_points = 0;
    if (n < 3) {
        path->has_lines |= n > 1;
        return;
    }
    int is_closed = n == 5 && fabs(x[4] - x[0]) < 0.01 && fabs(y[4] - y[0]) < 0.01;
    int is_flat = fabs(y[1] - y[0]) < 0.01 && fabs(x[2] - x[1]) < 0.01 &&
                  fabs(y[3] - y[2]) < 0.01 && fabs(x[3] - x[0]) < 0.01;
    int is_steep = fabs(x[1] - x[0]) < 0.01 && fabs(y[2] - y[1]) < 0.01 &&
                   fabs(x[3] - x[2]) < 0.01 && fabs(y[3] - y[0]) < 0.01;
    if ((n == 4 || is_closed) && (is_flat || is_steep))
        add_rectangle(path, (bt_box_t){fmin(x[0], x[2]), fmin(y[0], y[2]), fmax(x[0], x[2]),
                                       fmax(y[0], y[2])});
    else
        path->is_exact = 0;
}

static void take_point(btx_path_t *path, const btx_state_t *state, double x, double y)
{
    const btx_matrix_t *m = &state->matrix;
    double px = m->a * x + m->c * y + m->e, py = m->b * x + m->d * y + m->f;
    add_point(&path->all, px, py);
    if (path->n_points < 5) {
        path->x[path->n_points] = px;
        path->y[path->n_points++] = py;
    } else {
        path->n_points = 6;
    }
}

int btx_path_build(btx_path_t *path, const btx_state_t *state, const char *name,
                   const btx_operands_t *operands)
{
    const double *v = operands->number;
    int n = operands->n_numbers;
    if (*name == 'r' && !strcmp(name, "re") && n >= 4) {
        end_subpath(path);
        int is_exact = 1;
        bt_box_t box = {fmin(v[0], v[0] + v[2]), fmin(v[1], v[1] + v[3]), fmax(v[0], v[0] + v[2]),
                        fmax(v[1], v[1] + v[3])};
        box = btx_matrix_box(state->matrix, box, &is_exact);
        add_point(&path->all, box.x0, box.y0);
        add_point(&path->all, box.x1, box.y1);
        path->is_exact &= is_exact;
        add_rectangle(path, box);
        return 1;
    }
    if (name[1] || !*name || !strchr("mlcvyh", *name))
        return 0;
    if (*name == 'm' || *name == 'h')
        end_subpath(path);
    if (strchr("ml", *name) && n >= 2)
        take_point(path, state, v[0], v[1]);
    if (strchr("cvy", *name)) {
        for (int i = 0; i + 1 < n && i < 6; i += 2)
            take_point(path, state, v[i], v[i + 1]);
        path->n_points = 6;
    }
    return 1;
}

void btx_path_finish(btx_path_t *path)
{
    end_subpath(path);
    /* Two that overlap may be the two edges of a frame. */
    for (int i = 0; i < path->n; i++) {
        for (int k = 0; k < i; k++) {
            const bt_box_t *a = &path->rectangle[i], *b = &path->rectangle[k];
            if (a->x0 < b->x1 && b->x0 < a->x1 && a->y0 < b->y1 && b->y0 < a->y1)
                path->is_exact = 0;
        }
    }
    if (!path->is_exact)
        path->n = 0;
}

static void step(btx_text_t *text, double x, double y)
{
    text->line = btx_matrix_times((btx_matrix_t){1, 0, 0, 1, x, y}, text->line);
    text->matrix = text->line;
    text->shown = 0;
}

static int set_look(btx_state_t *state, const char *name, double value)
{
    if (*name != 'T' || !name[1] || name[2])
        return 0;
    switch (name[1]) {
    case 'r':
        state->mode = value >= 0 && value <= 7 ? (int)value : 0;
        return 1;
    case 'f':
        state->size = value;
        return 1;
    case 'L':
        state->leading = value;
        return 1;
    case 'c':
        state->spacing[0] = value;
        return 1;
    case 'w':
        state->spacing[1] = value;
        return 1;
    case 'z':
        state->scale = value / 100;
        return 1;
    case 's':
        state->rise = value;
        return 1;
    default:
        return 0;
    }
}

int btx_text_move(btx_text_t *text, btx_state_t *state, const char *name,
                  const btx_operands_t *operands)
{
    const double *v = operands->number;
    int n = operands->n_numbers;
    if (!*name || !strchr("BT'\"", *name))
        return 0;
    if (!strcmp(name, "BT") || (!strcmp(name, "Tm") && n >= 6)) {
        text->line = n >= 6 ? (btx_matrix_t){v[0], v[1], v[2], v[3], v[4], v[5]}
                            : (btx_matrix_t){1, 0, 0, 1, 0, 0};
        step(text, 0, 0);
    } else if ((!strcmp(name, "Td") || !strcmp(name, "TD")) && n >= 2) {
        if (name[1] == 'D')
            state->leading = -v[1];
        step(text, v[0], v[1]);
    } else if (!strcmp(name, "T*") || !strcmp(name, "'") || !strcmp(name, "\"")) {
        if (*name == '"' && n >= 2) {
            state->spacing[1] = v[0];
            state->spacing[0] = v[1];
        }
        step(text, 0, -state->leading);
    } else {
        return n >= 1 && set_look(state, name, v[n - 1]);
    }
    return 1;
}

btx_run_t btx_text_show(btx_text_t *text, const btx_state_t *state, const btx_operands_t *operands)
{
    btx_matrix_t m = btx_matrix_times(
        btx_matrix_times((btx_matrix_t){1, 0, 0, 1, 0, state->rise}, text->matrix), state->matrix);
    double each =
        widest * fabs(state->size) + fmax(state->spacing[0], 0) + fmax(state->spacing[1], 0);
    text->shown += ((double)operands->n_bytes * each + operands->kern / 1000 * fabs(state->size)) *
                   fabs(state->scale);
    double across = fabs(m.a) > 1e-9 ? m.b / m.a : 0;
    btx_run_t run = {.x = m.e, .y = m.f, .clip = state->clip, .text = ""};
    run.height = fabs(state->size) * hypot(m.c, m.d);
    run.slope = fabs(across) < 0.3 ? across : 0;
    run.reach = m.e + text->shown * fabs(m.a) + 2;
    /* Letters on a line that climbs are looked for where they start only. */
    if (fabs(across) >= 0.3 || m.a <= 0)
        run.reach = m.e + fabs(state->size * m.b) + 2;
    double fill = state->outer_alpha * state->fill_alpha,
           stroke = state->outer_alpha * state->stroke_alpha;
    int mode = state->mode & 3;
    run.ink = mode == 0 ? state->ink : NAN;
    double alpha = mode == 0 ? fill : mode == 1 ? stroke : fmax(fill, stroke);
    if (mode == 3)
        run.why = btx_why_mode;
    else if (alpha < 0.02)
        run.why = btx_why_clear;
    return run;
}
