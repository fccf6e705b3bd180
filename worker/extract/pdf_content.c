/* SPDX-License-Identifier: Apache-2.0
 * Documents, pages, forms and resources by qpdf, which gives the content streams of a page,
 * decoded. poppler, which reads the words, keeps them to itself.
 */
#include "pdf_content.h"

#include <apr_strings.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPERATORS = 2000000, MAX_STREAMS = 64 * 1024 * 1024, LOOK_UP = 20 };

static apr_status_t close_file(void *data)
{
    qpdf_cleanup(&((btx_content_t *)data)->file);
    return APR_SUCCESS;
}

/* Layers that are off when the document is opened, as a viewer shows it. */
static void note_layers(btx_content_t *content)
{
    qpdf_data file = content->file;
    qpdf_oh all = qpdf_oh_get_key_if_dict(file, qpdf_get_root(file), "/OCProperties");
    qpdf_oh usual = qpdf_oh_get_key_if_dict(file, all, "/D");
    int base_off = qpdf_oh_is_name_and_equals(
        file, qpdf_oh_get_key_if_dict(file, usual, "/BaseState"), "/OFF");
    qpdf_oh list = base_off ? qpdf_oh_get_key_if_dict(file, all, "/OCGs")
                            : qpdf_oh_get_key_if_dict(file, usual, "/OFF");
    qpdf_oh on = qpdf_oh_get_key_if_dict(file, usual, "/ON");
    int n = qpdf_oh_is_array(file, list) ? qpdf_oh_get_array_n_items(file, list) : 0,
        n_on = base_off && qpdf_oh_is_array(file, on) ? qpdf_oh_get_array_n_items(file, on) : 0;
    n_on = n_on < BTX_MAX_LAYERS ? n_on : BTX_MAX_LAYERS;
    for (int i = 0; i < n && content->n_off < BTX_MAX_LAYERS; i++) {
        int id = qpdf_oh_get_object_id(file, qpdf_oh_get_array_item(file, list, i)), is_on = 0;
        for (int k = 0; k < n_on && !is_on; k++)
            is_on = qpdf_oh_get_object_id(file, qpdf_oh_get_array_item(file, on, k)) == id;
        if (!is_on)
            content->off[content->n_off++] = id;
    }
}

btx_content_t *btx_content_open(const void *pdf, size_t length, int pages, apr_pool_t *pool)
{
    btx_content_t *content = apr_pcalloc(pool, sizeof *content);
    content->file = qpdf_init();
    apr_pool_cleanup_register(pool, content, close_file, apr_pool_cleanup_null);
    qpdf_silence_errors(content->file);
    qpdf_set_suppress_warnings(content->file, QPDF_TRUE);
    content->operators = MAX_OPERATORS;
    content->bytes = MAX_STREAMS;
    if (qpdf_read_memory(content->file, "document", pdf, length, "") & QPDF_ERRORS ||
        qpdf_get_num_pages(content->file) != pages ||
        qpdf_push_inherited_attributes_to_page(content->file) & QPDF_ERRORS)
        return NULL;
    note_layers(content);
    qpdf_oh_release_all(content->file);
    return content;
}

int btx_is_layer_off(const btx_content_t *content, qpdf_oh layer)
{
    qpdf_data file = content->file;
    if (!content->n_off || !qpdf_oh_is_dictionary(file, layer))
        return 0;
    qpdf_oh groups = qpdf_oh_get_key(file, layer, "/OCGs");
    int is_list = qpdf_oh_is_array(file, groups);
    int n = is_list ? qpdf_oh_get_array_n_items(file, groups) : 1, n_off = 0;
    if (!is_list && qpdf_oh_is_dictionary(file, groups))
        layer = groups;
    for (int i = 0; i < n && i < BTX_MAX_LAYERS; i++) {
        int id =
            qpdf_oh_get_object_id(file, is_list ? qpdf_oh_get_array_item(file, groups, i) : layer);
        for (int k = 0; k < content->n_off; k++) {
            if (content->off[k] == id) {
                n_off++;
                break;
            }
        }
    }
    return n > 0 && n_off == n;
}

qpdf_oh btx_walk_resource(btx_walk_t *walk, const char *kind)
{
    qpdf_data file = walk->content->file;
    walk->content->operators -= LOOK_UP;
    return qpdf_oh_get_key_if_dict(file, qpdf_oh_get_key_if_dict(file, walk->resources, kind),
                                   walk->operands.name);
}

void btx_walk_set_state(btx_walk_t *walk)
{
    qpdf_data file = walk->content->file;
    btx_state_t *state = &walk->state[walk->n_states - 1];
    qpdf_oh dict = btx_walk_resource(walk, "/ExtGState");
    qpdf_oh_get_value_as_number(file, qpdf_oh_get_key_if_dict(file, dict, "/ca"),
                                &state->fill_alpha);
    qpdf_oh_get_value_as_number(file, qpdf_oh_get_key_if_dict(file, dict, "/CA"),
                                &state->stroke_alpha);
    qpdf_oh blend = qpdf_oh_get_key_if_dict(file, dict, "/BM"),
            mask = qpdf_oh_get_key_if_dict(file, dict, "/SMask");
    if (!qpdf_oh_is_null(file, blend) || !qpdf_oh_is_null(file, mask))
        state->is_plain =
            (qpdf_oh_is_null(file, blend) || qpdf_oh_is_name_and_equals(file, blend, "/Normal")) &&
            (qpdf_oh_is_null(file, mask) || qpdf_oh_is_name_and_equals(file, mask, "/None"));
}

/* The state that a form starts with: a group is painted as one, with the state around it. */
static void enter_form(btx_walk_t *inner, qpdf_oh dict)
{
    qpdf_data file = inner->content->file;
    qpdf_oh own = qpdf_oh_get_key(file, dict, "/Resources"),
            matrix = qpdf_oh_get_key(file, dict, "/Matrix"),
            box = qpdf_oh_get_key(file, dict, "/BBox");
    double m[6] = {1, 0, 0, 1, 0, 0}, b[4];
    int is_exact = 1,
        has_matrix = qpdf_oh_is_array(file, matrix) && qpdf_oh_get_array_n_items(file, matrix) == 6,
        has_box = qpdf_oh_is_array(file, box) && qpdf_oh_get_array_n_items(file, box) == 4;
    btx_state_t *state = &inner->state[0];
    if (qpdf_oh_is_dictionary(file, own))
        inner->resources = own;
    for (int i = 0; has_matrix && i < 6; i++)
        m[i] = qpdf_oh_get_numeric_value(file, qpdf_oh_get_array_item(file, matrix, i));
    state->matrix =
        btx_matrix_times((btx_matrix_t){m[0], m[1], m[2], m[3], m[4], m[5]}, state->matrix);
    for (int i = 0; has_box && i < 4; i++)
        b[i] = qpdf_oh_get_numeric_value(file, qpdf_oh_get_array_item(file, box, i));
    if (has_box) {
        bt_box_t made =
            btx_matrix_box(state->matrix, (bt_box_t){b[0], b[1], b[2], b[3]}, &is_exact);
        btx_state_clip(state, made, is_exact);
    }
    if (!qpdf_oh_is_dictionary(file, qpdf_oh_get_key(file, dict, "/Group")))
        return;
    state->outer_alpha *= state->fill_alpha;
    state->is_outer_plain &= state->is_plain;
    state->fill_alpha = state->stroke_alpha = state->is_plain = 1;
}

/* Decoded bytes of the form, to be freed by the caller; NULL where it has none that can be read. */
static char *form_bytes(size_t *length, btx_content_t *content, qpdf_oh form)
{
    unsigned char *bytes = NULL;
    QPDF_BOOL is_decoded = QPDF_FALSE;
    QPDF_ERROR_CODE code = qpdf_oh_get_stream_data(content->file, form, qpdf_dl_generalized,
                                                   &is_decoded, &bytes, length);
    if (code & QPDF_ERRORS || !is_decoded || *length > content->bytes) {
        free(bytes);
        return NULL;
    }
    content->bytes -= *length;
    return (char *)bytes;
}

int btx_walk_form(btx_walk_t *walk, qpdf_oh form)
{
    size_t length = 0;
    char *bytes = walk->depth < BTX_MAX_DEPTH ? form_bytes(&length, walk->content, form) : NULL;
    btx_walk_t *inner = bytes ? calloc(1, sizeof *inner) : NULL;
    if (!inner) {
        free(bytes);
        return 0;
    }
    inner->content = walk->content;
    inner->paint = walk->paint;
    inner->pool = walk->pool;
    inner->resources = walk->resources;
    inner->depth = walk->depth + 1;
    inner->first_clip_run = walk->first_clip_run;
    inner->is_off = walk->is_off || walk->off_mark;
    inner->state[0] = walk->state[walk->n_states - 1];
    inner->n_states = 1;
    enter_form(inner, qpdf_oh_get_dict(walk->content->file, form));
    int goes_on = btx_walk(inner, bytes, length);
    free(inner);
    free(bytes);
    return goes_on;
}

static int read_box(bt_box_t *box, qpdf_data file, qpdf_oh page, const char *name)
{
    double v[4];
    qpdf_oh array = qpdf_oh_get_key(file, page, name);
    if (!qpdf_oh_is_array(file, array) || qpdf_oh_get_array_n_items(file, array) != 4)
        return 0;
    for (int i = 0; i < 4; i++)
        v[i] = qpdf_oh_get_numeric_value(file, qpdf_oh_get_array_item(file, array, i));
    *box = (bt_box_t){fmin(v[0], v[2]), fmin(v[1], v[3]), fmax(v[0], v[2]), fmax(v[1], v[3])};
    return box->x1 > box->x0 && box->y1 > box->y0;
}

/* Whether notes lie on the page that paint more than a frame. */
static int has_painted_notes(qpdf_data file, qpdf_oh page)
{
    qpdf_oh notes = qpdf_oh_get_key(file, page, "/Annots");
    int n = qpdf_oh_is_array(file, notes) ? qpdf_oh_get_array_n_items(file, notes) : 0;
    for (int i = 0; i < n; i++) {
        qpdf_oh kind =
            qpdf_oh_get_key_if_dict(file, qpdf_oh_get_array_item(file, notes, i), "/Subtype");
        if (!qpdf_oh_is_name_and_equals(file, kind, "/Link") &&
            !qpdf_oh_is_name_and_equals(file, kind, "/Popup"))
            return 1;
    }
    return 0;
}

/* User space to the page as its words are read: turned as /Rotate says and by `quarters` more, from
 * the upper left corner of its crop box. */
static int page_matrix(btx_matrix_t *matrix, btx_paint_t *paint, int quarters, qpdf_data file,
                       qpdf_oh page)
{
    bt_box_t media, crop;
    if (!read_box(&media, file, page, "/MediaBox"))
        return 0;
    if (!read_box(&crop, file, page, "/CropBox"))
        crop = media;
    crop = (bt_box_t){fmax(crop.x0, media.x0), fmax(crop.y0, media.y0), fmin(crop.x1, media.x1),
                      fmin(crop.y1, media.y1)};
    int turn = 0;
    qpdf_oh_get_value_as_int(file, qpdf_oh_get_key(file, page, "/Rotate"), &turn);
    turn = (((turn % 360) + 360) % 360 / 90 + quarters) % 4;
    const btx_matrix_t by_turn[] = {{1, 0, 0, -1, -crop.x0, crop.y1},
                                    {0, 1, 1, 0, -crop.y0, -crop.x0},
                                    {-1, 0, 0, 1, crop.x1, -crop.y0},
                                    {0, -1, -1, 0, crop.y1, crop.x1}};
    *matrix = by_turn[turn];
    double width = crop.x1 - crop.x0, height = crop.y1 - crop.y0;
    paint->width = turn % 2 ? height : width;
    paint->height = turn % 2 ? width : height;
    return 1;
}

btx_paint_t *btx_content_paint(btx_content_t *content, int index, int quarters, apr_pool_t *pool)
{
    qpdf_data file = content->file;
    qpdf_oh page = qpdf_get_page_n(file, (size_t)index);
    btx_paint_t *paint = apr_pcalloc(pool, sizeof *paint);
    btx_matrix_t matrix;
    unsigned char *bytes = NULL;
    size_t length = 0;
    int is_whole = page_matrix(&matrix, paint, quarters, file, page) &&
                   !(qpdf_oh_get_page_content_data(file, page, &bytes, &length) & QPDF_ERRORS) &&
                   length <= content->bytes;
    if (is_whole) {
        paint->is_ground_lost = has_painted_notes(file, page);
        content->bytes -= length;
        btx_walk_t *walk = apr_pcalloc(pool, sizeof *walk);
        walk->content = content;
        walk->paint = paint;
        walk->pool = pool;
        walk->resources = qpdf_oh_get_key(file, page, "/Resources");
        walk->n_states = 1;
        walk->first_clip_run = -1;
        btx_state_start(&walk->state[0], matrix, (bt_box_t){0, 0, paint->width, paint->height});
        is_whole = btx_walk(walk, (const char *)bytes, length);
    }
    free(bytes);
    qpdf_oh_release_all(file);
    return is_whole ? paint : NULL;
}
