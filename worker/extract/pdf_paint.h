/* SPDX-License-Identifier: Apache-2.0
 * What a page paints and in which order, as far as it decides whether text can be seen: runs of
 * text with the state they were shown in, and what was painted over them.  poppler's text interface
 * tells neither order, nor clip, nor how letters are rendered.
 */
#ifndef BTX_PDF_PAINT_H
#define BTX_PDF_PAINT_H

#include "layout.h"

/* Bytes of a content stream, read from front to back (pdf_items.c). */
typedef struct btx_stream_t {
    const char *at, *end;
} btx_stream_t;

typedef enum {
    BTX_ITEM_END,
    BTX_ITEM_NUMBER,
    BTX_ITEM_NAME,
    BTX_ITEM_STRING,
    BTX_ITEM_HEX,
    BTX_ITEM_OPERATOR,
    BTX_ITEM_OTHER /* brackets */
} btx_item_kind_t;

typedef struct btx_item_t {
    btx_item_kind_t kind;
    double number;
    const char *text; /* in the stream, without '/' or brackets */
    size_t length;
} btx_item_t;

/** The next item of the stream. */
btx_item_t btx_item_next(btx_stream_t *stream);
/** Past the bytes of an inline image, from behind its ID. */
void btx_item_skip_image(btx_stream_t *stream);

/* Letters shown by one operator. */
typedef struct btx_run_t {
    double x, y;      /* where they start on the page, from its upper left corner */
    double slope;     /* of the line they stand on */
    double reach;     /* they end left of it */
    double height;    /* of the font */
    double ink;       /* how bright they are: 0 black, 1 white, NAN not known */
    int order;        /* among all that is painted */
    bt_box_t clip;    /* what of the page could be painted then */
    const char *why;  /* nobody sees them for this reason, or NULL */
    const char *text; /* their bytes where those are plain ASCII, else "" */
} btx_run_t;

/* A rectangle that hides what was painted before. */
typedef struct btx_cover_t {
    bt_box_t box;
    int order, is_image;
} btx_cover_t;

/* Something that may lie under letters. */
typedef struct btx_ground_t {
    bt_box_t box;
    double ink;   /* of all of the box; NAN: something in it, nobody knows what */
    double alpha; /* how much of what lies below it hides at most */
    int order;
} btx_ground_t;

enum { BTX_PAINT_BANDS = 160 }; /* of 8 points; the last one holds all that is lower */

typedef enum { BTX_UNDER_UNKNOWN, BTX_UNDER_WHITE, BTX_UNDER_DARK } btx_under_t;

typedef struct btx_paint_t {
    btx_run_t *run;
    int *found;                           /* numbers of runs, room for all of them */
    int band[BTX_PAINT_BANDS + 1], *next; /* the first run of each height, and the next of each */
    int n_indexed;
    btx_cover_t *cover;
    btx_ground_t *ground;
    int n_runs, run_room, n_covers, cover_room, n_grounds, ground_room;
    int order;
    int is_suspect;     /* something on the page may be hidden */
    long work;          /* comparisons made so far */
    int is_ground_lost; /* what lies under letters cannot be told */
    int n_images;
    double image_area, largest_image; /* of all images, on the page; of one, whole */
    double width, height;
} btx_paint_t;

extern const char btx_why_mode[], btx_why_layer[], btx_why_clear[];

typedef struct btx_content_t btx_content_t;
/** Open the document a second time, for its content streams; NULL where that cannot be done. */
btx_content_t *btx_content_open(const void *pdf, size_t length, int pages, apr_pool_t *pool);
/** What the page paints, turned by so many quarters as its words are; NULL where it cannot be told,
 * or is too much. */
btx_paint_t *btx_content_paint(btx_content_t *content, int index, int quarters, apr_pool_t *pool);

/** Note the run; 0 where there are too many. */
int btx_paint_run(btx_paint_t *paint, const btx_run_t *run, apr_pool_t *pool);
/** Note that the box is painted over; 0 where there are too many. */
int btx_paint_cover(btx_paint_t *paint, bt_box_t box, int is_image, apr_pool_t *pool);
/** Note what may lie under letters; its order is set. */
void btx_paint_ground(btx_paint_t *paint, const btx_ground_t *ground, apr_pool_t *pool);
/** What lies under the white word in the box (pdf_under.c). */
btx_under_t btx_paint_under(btx_paint_t *paint, bt_box_t box);
/** An array with room for one more than n. */
void *btx_paint_grow(void *array, int n, int *room, size_t size, apr_pool_t *pool);
/** The runs that may have shown the word in the box: paint->found, and how many. */
int btx_paint_find(btx_paint_t *paint, bt_box_t box);
/** Why a reader of the page cannot see the word, or NULL.  *is_picture is whether an image fills
 * the page, so that a scanner may have put the word behind it; it is set where several do. */
const char *btx_why_unseen(btx_paint_t *paint, const btx_word_t *word, unsigned char *is_picture);

#endif
