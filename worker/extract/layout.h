/* SPDX-License-Identifier: Apache-2.0
 * What is on the pages, as plain structs: words with boxes, lines of words, and cells (words of a
 * line without a wide gap between them).  pdf.c makes the words, lines.c the rest; no stage after
 * them knows poppler.
 */
#ifndef BTX_LAYOUT_H
#define BTX_LAYOUT_H

#include "extract.h"

enum {
    BTX_MAX_WORD_BYTES = 400,
    BTX_MAX_LINE_WORDS = 400,
    BTX_MAX_LINES = 60000,
    BTX_MAX_TYPED = 200
};

typedef struct btx_word_t {
    const char *text; /* UTF-8, not empty */
    const char *key;  /* its plain form, as btx_key() makes it */
    bt_box_t box;
    double size;          /* of the font, points */
    int page;             /* from 1 */
    int is_bold, is_pale; /* pale: lighter than a reader would print a result */
} btx_word_t;

/* How far a page is turned to be read, clockwise, and its size as it is looked at. */
typedef struct btx_turn_t {
    int quarters;
    double width, height;
} btx_turn_t;

typedef struct btx_words_t {
    btx_word_t *word;
    int n, room;
    int pages;
    double body_size;                              /* of most characters */
    int image_pages;                               /* pages that hold images */
    unsigned char is_picture[BTX_MAX_PAGES + 1];   /* by page: an image fills it */
    unsigned char is_unchecked[BTX_MAX_PAGES + 1]; /* by page: what hides words was not found */
    double slope[BTX_MAX_PAGES + 1];               /* by page: taken out of the boxes */
    btx_turn_t turn[BTX_MAX_PAGES + 1];            /* by page: its boxes are turned so */
    struct apr_hash_t *white; /* white words at their place: whether they can be seen */
    bt_line_t *hidden;        /* text that a reader cannot see */
    int n_hidden;
    bt_line_t typed[BTX_MAX_TYPED]; /* form fields and notes */
    int n_typed;
} btx_words_t;

/* Words [first, end) of a line, with nothing but word spaces between them. */
typedef struct btx_cell_t {
    int first, end;
    double x0, x1;
} btx_cell_t;

typedef struct btx_line_t {
    btx_word_t **word; /* from left to right */
    int n;
    btx_cell_t *cell;
    int n_cells;
    int page;
    bt_box_t box;
    double size; /* of its largest word */
    int is_used; /* a result, a header or a part of them */
} btx_line_t;

typedef struct btx_lines_t {
    btx_line_t *line; /* reading order */
    int n;
} btx_lines_t;

/** Words of a PDF (pdf.c).  Errors: DAMAGED, ENCRYPTED, NO_TEXT, TOO_LARGE. */
bt_err_t *btx_pdf_words(btx_words_t **words, const void *pdf, size_t length, apr_pool_t *pool);
/** Read a built-in document once, so that poppler has made all its lazy state. */
void btx_pdf_warm(apr_pool_t *pool);

/** Leave out watermarks, and set the size of most letters (watermarks.c). */
void btx_drop_watermarks(btx_words_t *words);
/** Take the slope of pages that lie askew out of the boxes of their words (skew.c). */
void btx_unskew(btx_words_t *words);
/** A box of the page turned upright (turn.c), and back. */
bt_box_t btx_turn_box(const btx_turn_t *turn, bt_box_t box);
bt_box_t btx_turn_back(const btx_turn_t *turn, bt_box_t box);
/** The box as it is on the page. */
bt_box_t btx_box_on_page(const btx_words_t *words, int page, bt_box_t box);

/** Lines of each page from top to bottom. */
btx_lines_t *btx_lines_make(const btx_words_t *words, apr_pool_t *pool);
/** Whether the line is drawn with signs: a table with bars, a rule, a fence (drawn.c). */
int btx_is_drawn(const btx_line_t *line);
/** "|   *   |", "[ ..*.. ]" at the end of a row shows where the value lies: it is taken off. */
void btx_strip_graph(btx_line_t *line);
/** Takes the bars out of a line: each ends a cell.  Returns how many there were, 0 where other
 * words hold bars. */
int btx_strip_bars(btx_line_t *line);
/** Whether a cell of the line holds a sentence. */
int btx_is_prose(const btx_line_t *line);
/** Whether words of [first, end) are printed over each other. */
int btx_is_overprinted(const btx_line_t *line, int first, int end);
/** Words [first, end) of the line with one space between them. */
const char *btx_line_text(const btx_line_t *line, int first, int end, apr_pool_t *pool);
/** The box around words [first, end). */
bt_box_t btx_line_box(const btx_line_t *line, int first, int end);
/* As fmin() and fmax() for all but NAN; in line, for every letter of a page goes through them. */
static inline double btx_lesser(double a, double b)
{
    return b < a ? b : a;
}

static inline double btx_greater(double a, double b)
{
    return b > a ? b : a;
}

/** The box around both. */
static inline bt_box_t btx_box_join(bt_box_t a, bt_box_t b)
{
    return (bt_box_t){btx_lesser(a.x0, b.x0), btx_lesser(a.y0, b.y0), btx_greater(a.x1, b.x1),
                      btx_greater(a.y1, b.y1)};
}

#endif
