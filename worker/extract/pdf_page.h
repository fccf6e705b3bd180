/* SPDX-License-Identifier: Apache-2.0
 * A page of poppler while its words are taken.  Shared by pdf.c, which makes words, and
 * pdf_ground.c, which looks at what lies under white ones, pdf_turn.c and pdf_notes.c; nobody else
 * knows poppler.
 */
#ifndef BTX_PDF_PAGE_H
#define BTX_PDF_PAGE_H

#include <poppler.h>
#include "pdf_paint.h"

/* A page while it is read: characters, their boxes and their attributes, side by side. */
typedef struct btx_page_t {
    PopplerPage *page;
    int number;
    double width, height; /* as it is read: turned upright */
    btx_turn_t turn;
    char *text;
    PopplerRectangle *boxes;
    guint n_boxes;
    GList *attributes;
    btx_paint_t *paint;                /* what is painted on it; NULL where that is not known */
    const PopplerTextAttributes *look; /* of the last word, and whether it is bold */
    int is_bold;
    cairo_surface_t *picture; /* of the part with white words, drawn when the first one asks */
    double picture_x, picture_y;
} btx_page_t;

/** How bright the letters are: 0 black, 1 white. */
double btx_brightness(const PopplerTextAttributes *look);
/** Whether letters of this look are as white as the paper. */
int btx_is_white(const PopplerTextAttributes *look);
/** The box of one character. */
static inline bt_box_t btx_char_box(const btx_page_t *page, guint i)
{
    const PopplerRectangle *r = &page->boxes[i];
    return (bt_box_t){btx_lesser(r->x1, r->x2), btx_lesser(r->y1, r->y2), btx_greater(r->x1, r->x2),
                      btx_greater(r->y1, r->y2)};
}
/** What was typed onto the page (pdf_notes.c). */
void btx_read_notes(btx_words_t *words, const btx_page_t *page, apr_pool_t *pool);
/** Open what notes need of the file system, before the doors close. */
void btx_warm_notes(void);
/** Marks of direction, which poppler writes around letters that run to the left, have no boxes:
 * with them in the text all words behind them would be of other places. */
void btx_drop_direction_marks(btx_page_t *page);
/** Turn the boxes of a page whose letters do not run to the right (pdf_turn.c). */
void btx_turn_page(btx_page_t *page);
/** Let poppler draw the page as its boxes are turned. */
void btx_turn_picture(const btx_page_t *page, cairo_t *cairo);
/** Whether something dark lies under a white word, so that it can be read. */
int btx_is_seen_in_white(btx_words_t *words, btx_page_t *page, const btx_word_t *word,
                         apr_pool_t *pool);

#endif
