/* SPDX-License-Identifier: Apache-2.0
 * Operators of a content stream as runs of text, and as rectangles and images painted over them.
 * Nothing counts as hiding text that may have holes, is mixed with what lies below, or is off.
 */
#include "pdf_content.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

static int is_off(const btx_walk_t *walk)
{
    return walk->is_off || walk->off_mark;
}

static btx_state_t *now(btx_walk_t *walk)
{
    return &walk->state[walk->n_states - 1];
}

static bt_box_t clipped(const btx_state_t *state, bt_box_t box)
{
    return (bt_box_t){fmax(box.x0, state->clip.x0), fmax(box.y0, state->clip.y0),
                      fmin(box.x1, state->clip.x1), fmin(box.y1, state->clip.y1)};
}

/* Whether what is painted now is seen as it is, and nothing of what lies below. */
static int is_solid(btx_walk_t *walk)
{
    const btx_state_t *state = now(walk);
    return state->outer_alpha * state->fill_alpha >= 0.98 && state->is_plain &&
           state->is_outer_plain && state->is_clip_exact && walk->first_clip_run < 0;
}

static int cover(btx_walk_t *walk, bt_box_t box, int is_image)
{
    const btx_state_t *state = now(walk);
    if (is_off(walk) || !is_solid(walk) || (!is_image && state->is_pattern))
        return 1;
    return btx_paint_cover(walk->paint, clipped(state, box), is_image, walk->pool);
}

/* Something is painted in the box, with so much of alpha; ink where it fills the box. */
static void lay(btx_walk_t *walk, bt_box_t box, double ink, double alpha)
{
    const btx_state_t *state = now(walk);
    btx_ground_t ground = {.box = clipped(state, box),
                           .ink = is_solid(walk) ? ink : NAN,
                           .alpha = state->outer_alpha * alpha};
    if (!is_off(walk))
        btx_paint_ground(walk->paint, &ground, walk->pool);
}

static void lay_fill(btx_walk_t *walk)
{
    const btx_path_t *path = &walk->path;
    for (int i = 0; i < path->n; i++)
        lay(walk, path->rectangle[i], now(walk)->ink, now(walk)->fill_alpha);
    if (!path->n)
        lay(walk, path->all, NAN, now(walk)->fill_alpha);
}

static bt_box_t wider(bt_box_t box, double by)
{
    return (bt_box_t){box.x0 - by, box.y0 - by, box.x1 + by, box.y1 + by};
}

/* A frame is painted at its edges only. */
static void lay_stroke(btx_walk_t *walk)
{
    const btx_path_t *path = &walk->path;
    const btx_state_t *state = now(walk);
    const btx_matrix_t *m = &state->matrix;
    double w = state->line_width * fmax(hypot(m->a, m->b), hypot(m->c, m->d)) / 2;
    int n = path->has_lines ? 0 : path->n;
    w = fmax(w, 0.5);
    for (int i = 0; i < n; i++) {
        bt_box_t b = path->rectangle[i];
        lay(walk, wider((bt_box_t){b.x0, b.y0, b.x1, b.y0}, w), NAN, state->stroke_alpha);
        lay(walk, wider((bt_box_t){b.x0, b.y1, b.x1, b.y1}, w), NAN, state->stroke_alpha);
        lay(walk, wider((bt_box_t){b.x0, b.y0, b.x0, b.y1}, w), NAN, state->stroke_alpha);
        lay(walk, wider((bt_box_t){b.x1, b.y0, b.x1, b.y1}, w), NAN, state->stroke_alpha);
    }
    if (!n)
        lay(walk, wider(path->all, w), NAN, state->stroke_alpha);
}

/* What is painted while letters are the clip shows their shapes. */
static void show_clip_runs(btx_walk_t *walk)
{
    for (int i = walk->first_clip_run; i >= 0 && i < walk->paint->n_runs; i++) {
        if (walk->paint->run[i].why == btx_why_mode)
            walk->paint->run[i].why = NULL;
    }
}

/* An image is the unit square; `is_whole` where it has no holes. */
static int paint_image(btx_walk_t *walk, int is_whole)
{
    int is_exact = 1;
    bt_box_t box = btx_matrix_box(now(walk)->matrix, (bt_box_t){0, 0, 1, 1}, &is_exact);
    show_clip_runs(walk);
    double width = fmin(box.x1, walk->paint->width) - fmax(box.x0, 0),
           height = fmin(box.y1, walk->paint->height) - fmax(box.y0, 0);
    lay(walk, box, NAN, now(walk)->fill_alpha);
    if (!is_off(walk) && width > 0 && height > 0) {
        walk->paint->image_area += width * height;
        walk->paint->n_images++;
        walk->paint->largest_image =
            fmax(walk->paint->largest_image, (box.x1 - box.x0) * (box.y1 - box.y0));
    }
    return !is_whole || !is_exact || cover(walk, box, 1);
}

static void paint_shading(btx_walk_t *walk)
{
    show_clip_runs(walk);
    lay(walk, now(walk)->clip, NAN, now(walk)->fill_alpha);
}

static int paint_path(btx_walk_t *walk, const char *name)
{
    btx_path_finish(&walk->path);
    int is_fill = strchr("fFbB", *name) != NULL, goes_on = 1;
    if (is_fill)
        show_clip_runs(walk);
    for (int i = 0; is_fill && goes_on && i < walk->path.n; i++)
        goes_on = cover(walk, walk->path.rectangle[i], 0);
    if (is_fill)
        lay_fill(walk);
    if (strchr("SsbB", *name))
        lay_stroke(walk);
    if (walk->path.is_clip && isfinite(walk->path.all.x0))
        btx_state_clip(now(walk), walk->path.all, walk->path.is_exact && walk->path.n == 1);
    btx_path_start(&walk->path);
    return goes_on;
}

static int paint_object(btx_walk_t *walk)
{
    qpdf_data file = walk->content->file;
    qpdf_oh object = btx_walk_resource(walk, "/XObject");
    if (!qpdf_oh_is_stream(file, object))
        return 1;
    qpdf_oh dict = qpdf_oh_get_dict(file, object);
    int was_off = walk->is_off;
    walk->is_off |= btx_is_layer_off(walk->content, qpdf_oh_get_key(file, dict, "/OC"));
    int goes_on = 1;
    if (qpdf_oh_is_name_and_equals(file, qpdf_oh_get_key(file, dict, "/Subtype"), "/Form"))
        goes_on = btx_walk_form(walk, object);
    else
        goes_on = paint_image(walk, !qpdf_oh_has_key(file, dict, "/SMask") &&
                                        !qpdf_oh_has_key(file, dict, "/Mask") &&
                                        !qpdf_oh_has_key(file, dict, "/ImageMask") &&
                                        !qpdf_oh_has_key(file, dict, "/SMaskInData"));
    walk->is_off = was_off;
    return goes_on;
}

static int show_text(btx_walk_t *walk)
{
    btx_run_t run = btx_text_show(&walk->text, now(walk), &walk->operands);
    if (walk->operands.text_length)
        run.text = apr_pstrmemdup(walk->pool, walk->operands.text, walk->operands.text_length);
    if (is_off(walk))
        run.why = btx_why_layer;
    if (now(walk)->mode == 7 && walk->first_clip_run < 0)
        walk->first_clip_run = walk->paint->n_runs;
    return btx_paint_run(walk->paint, &run, walk->pool);
}

static void begin_mark(btx_walk_t *walk, const char *name)
{
    walk->n_marks++;
    if (!walk->off_mark && !strcmp(name, "BDC") && !strcmp(walk->operands.first_name, "/OC") &&
        btx_is_layer_off(walk->content, btx_walk_resource(walk, "/Properties")))
        walk->off_mark = walk->n_marks;
}

static void end_mark(btx_walk_t *walk)
{
    if (walk->off_mark == walk->n_marks)
        walk->off_mark = 0;
    walk->n_marks -= walk->n_marks > 0;
}

static void save_or_restore(btx_walk_t *walk, int saves)
{
    if (saves && (walk->too_deep || walk->n_states == BTX_MAX_STATES)) {
        walk->too_deep++;
    } else if (saves) {
        walk->state[walk->n_states] = walk->state[walk->n_states - 1];
        walk->n_states++;
    } else if (walk->too_deep) {
        walk->too_deep--;
    } else if (walk->n_states > 1) {
        walk->n_states--;
        walk->first_clip_run = -1;
    }
}

/* As strcmp(), but most names differ in their first letter already. */
static int is_op(const char *name, const char *op)
{
    return *name == *op && !strcmp(name, op);
}

static int is_one_of(const char *name, const char *const *list)
{
    while (*list && !is_op(name, *list))
        list++;
    return *list != NULL;
}

/* 0 where the page is more than can be followed. */
static int obey(btx_walk_t *walk, const char *name)
{
    static const char *const paints[] = {"f", "F", "f*", "B", "B*", "b", "b*", "n", "S", "s", NULL},
                             *const shows[] = {"Tj", "TJ", "'", "\"", NULL},
                             *const fills[] = {"g", "rg", "k", "cs", "sc", "scn", NULL};
    const double *v = walk->operands.number;
    btx_state_t *state = now(walk);
    if (btx_path_build(&walk->path, state, name, &walk->operands))
        return 1;
    int has_moved = btx_text_move(&walk->text, state, name, &walk->operands);
    if (is_one_of(name, shows))
        return show_text(walk);
    if (has_moved)
        return 1;
    if (is_one_of(name, paints))
        return paint_path(walk, name);
    if (is_one_of(name, fills))
        btx_walk_ink(walk, name);
    else if (is_op(name, "w") && walk->operands.n_numbers >= 1)
        state->line_width = fabs(v[walk->operands.n_numbers - 1]);
    else if (is_op(name, "q") || is_op(name, "Q"))
        save_or_restore(walk, *name == 'q');
    else if (is_op(name, "cm") && walk->operands.n_numbers >= 6)
        state->matrix =
            btx_matrix_times((btx_matrix_t){v[0], v[1], v[2], v[3], v[4], v[5]}, state->matrix);
    else if (is_op(name, "W") || is_op(name, "W*"))
        walk->path.is_clip = 1;
    else if (is_op(name, "gs"))
        btx_walk_set_state(walk);
    else if (is_op(name, "Do"))
        return paint_object(walk);
    else if (is_op(name, "EI"))
        return paint_image(walk, !walk->operands.is_mask);
    else if (is_op(name, "sh"))
        paint_shading(walk);
    else if (is_op(name, "BDC") || is_op(name, "BMC"))
        begin_mark(walk, name);
    else if (is_op(name, "EMC"))
        end_mark(walk);
    return 1;
}

/* Letters of a string as far as they are plain: what is longer is not compared. */
static void take_string(btx_operands_t *operands, const btx_item_t *item)
{
    operands->n_bytes += item->length;
    if (item->kind != BTX_ITEM_STRING)
        return;
    for (size_t i = 0; i < item->length && operands->text_length < BTX_MAX_SHOWN; i++) {
        char c = item->text[i];
        if (c >= ' ' && c <= '~' && c != '\\')
            operands->text[operands->text_length++] = c;
    }
}

static void take_name(btx_operands_t *operands, const btx_item_t *item)
{
    size_t length = item->length < BTX_MAX_NAME - 2 ? item->length : BTX_MAX_NAME - 2;
    memcpy(operands->first_name, operands->name, sizeof operands->name);
    operands->name[0] = '/';
    memcpy(operands->name + 1, item->text, length);
    operands->name[length + 1] = '\0';
    operands->is_mask |= !strcmp(operands->name, "/IM") || !strcmp(operands->name, "/ImageMask");
}

static void take_operand(btx_operands_t *operands, const btx_item_t *item)
{
    if (item->kind == BTX_ITEM_NAME) {
        take_name(operands, item);
    } else if (item->kind == BTX_ITEM_NUMBER) {
        if (operands->n_numbers == BTX_MAX_OPERANDS)
            memmove(operands->number, operands->number + 1,
                    (BTX_MAX_OPERANDS - 1) * sizeof *operands->number);
        else
            operands->n_numbers++;
        operands->number[operands->n_numbers - 1] = item->number;
        operands->kern += fmax(-item->number, 0);
    } else if (item->kind != BTX_ITEM_OTHER) {
        take_string(operands, item);
    }
}

static void forget(btx_operands_t *operands)
{
    operands->n_numbers = operands->is_mask = 0;
    operands->text_length = operands->n_bytes = 0;
    operands->kern = 0;
    operands->name[0] = operands->first_name[0] = '\0';
}

int btx_walk(btx_walk_t *walk, const char *bytes, size_t length)
{
    btx_stream_t stream = {bytes, length ? bytes + length : bytes}; /* none: NULL */
    int goes_on = 1;
    btx_path_start(&walk->path);
    forget(&walk->operands);
    while (goes_on) {
        btx_item_t item = btx_item_next(&stream);
        if (item.kind == BTX_ITEM_END)
            return 1;
        goes_on = --walk->content->operators > 0;
        if (item.kind != BTX_ITEM_OPERATOR) {
            take_operand(&walk->operands, &item);
            continue;
        }
        char name[4] = "";
        memcpy(name, item.text, item.length < sizeof name ? item.length : 0);
        if (!strcmp(name, "ID")) {
            btx_item_skip_image(&stream);
            memcpy(name, "EI", sizeof "EI");
        }
        goes_on &= obey(walk, name);
        if (strcmp(name, "BI") != 0)
            forget(&walk->operands);
    }
    return 0;
}
