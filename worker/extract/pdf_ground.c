/* SPDX-License-Identifier: Apache-2.0
 * What lies under white words.  Where what the page paints does not tell, the part of the page
 * where white letters stand is drawn, and each word at its place only once in a document.
 */
#include "pdf_page.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <math.h>

enum { MAX_PAGE_POINTS = 20000, MAX_SHADE_PIXELS = 4000000 };
static const double white = 0.93;

double btx_brightness(const PopplerTextAttributes *look)
{
    return (0.30 * look->color.red + 0.59 * look->color.green + 0.11 * look->color.blue) / 65535.0;
}

int btx_is_white(const PopplerTextAttributes *look)
{
    return btx_brightness(look) > white;
}

/* The part of the page that holds all its white letters. */
static bt_box_t white_part(const btx_page_t *page)
{
    bt_box_t all = {INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (const GList *at = page->attributes; at; at = at->next) {
        const PopplerTextAttributes *look = at->data;
        for (gint i = look->start_index;
             btx_is_white(look) && i <= look->end_index && i < (gint)page->n_boxes; i++)
            all = btx_box_join(all, btx_char_box(page, (guint)i));
    }
    return (bt_box_t){fmax(floor(all.x0), 0), fmax(floor(all.y0), 0),
                      fmin(ceil(all.x1), page->width), fmin(ceil(all.y1), page->height)};
}

/* The picture of the part of the page where white letters stand, at one pixel a point, or NULL
 * where it would be too large.  Pictures behind the text make this the dearest step of all. */
static cairo_surface_t *draw_page(btx_page_t *page)
{
    if (page->picture || page->width > MAX_PAGE_POINTS || page->height > MAX_PAGE_POINTS)
        return page->picture;
    bt_box_t part = white_part(page);
    double width = part.x1 - part.x0, height = part.y1 - part.y0;
    if (!(width >= 1) || !(height >= 1) || width * height > MAX_SHADE_PIXELS)
        return NULL;
    page->picture = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)width, (int)height);
    page->picture_x = part.x0;
    page->picture_y = part.y0;
    cairo_t *cairo = cairo_create(page->picture);
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_translate(cairo, -part.x0, -part.y0);
    btx_turn_picture(page, cairo);
    poppler_page_render(page->page, cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(page->picture);
    return page->picture;
}

/* Whether something other than white lies under the box: then white letters can be read there. */
static int has_dark_ground(btx_page_t *page, bt_box_t box)
{
    btx_under_t under = page->paint ? btx_paint_under(page->paint, box) : BTX_UNDER_UNKNOWN;
    if (under != BTX_UNDER_UNKNOWN)
        return under == BTX_UNDER_DARK;
    cairo_surface_t *picture = draw_page(page);
    if (!picture || cairo_surface_status(picture) != CAIRO_STATUS_SUCCESS)
        return 0;
    const unsigned char *pixels = cairo_image_surface_get_data(picture);
    int stride = cairo_image_surface_get_stride(picture), dark = 0, all = 0;
    double left = box.x0 - page->picture_x, top = box.y0 - page->picture_y;
    double right = box.x1 - page->picture_x, bottom = box.y1 - page->picture_y;
    int x0 = left > 0 ? (int)left : 0, y0 = top > 0 ? (int)top : 0;
    int x1 = cairo_image_surface_get_width(picture), y1 = cairo_image_surface_get_height(picture);
    x1 = right < x1 ? (int)right : x1;
    y1 = bottom < y1 ? (int)bottom : y1;
    for (int y = y0; y < y1; y++) {
        for (int x = x0; x < x1; x++, all++) {
            const unsigned char *p = pixels + (size_t)y * (size_t)stride + (size_t)x * 4;
            dark += p[0] * 0.11 + p[1] * 0.59 + p[2] * 0.30 < 0.85 * 255;
        }
    }
    return all && dark * 4 > all;
}

/* The same white words at the same place on another page (a head, a foot) were seen or not seen
 * there as they are here. */
int btx_is_seen_in_white(btx_words_t *words, btx_page_t *page, const btx_word_t *word,
                         apr_pool_t *pool)
{
    const char *name = apr_psprintf(pool, "%.0f %.0f %.0f %s", word->box.x0, word->box.y0,
                                    page->height, word->text);
    if (!words->white)
        words->white = apr_hash_make(pool);
    const char *known = apr_hash_get(words->white, name, APR_HASH_KEY_STRING);
    if (!known) {
        known = has_dark_ground(page, word->box) ? "seen" : "";
        apr_hash_set(words->white, name, APR_HASH_KEY_STRING, known);
    }
    return *known != '\0';
}
