/* SPDX-License-Identifier: Apache-2.0
 * The graphics state while a content stream is followed: matrices, clip, the path under
 * construction, and where the next letters stand.
 */
#ifndef BTX_PDF_STATE_H
#define BTX_PDF_STATE_H

#include "pdf_paint.h"

enum { BTX_MAX_PATH = 64, BTX_MAX_OPERANDS = 8, BTX_MAX_NAME = 128, BTX_MAX_SHOWN = 1000 };

typedef struct btx_matrix_t {
    double a, b, c, d, e, f;
} btx_matrix_t;

typedef struct btx_state_t {
    btx_matrix_t matrix; /* of user space to the page, from its upper left corner */
    bt_box_t clip;
    int is_clip_exact;               /* the clip is this box, and not only inside it */
    double fill_alpha, stroke_alpha; /* of the state */
    double outer_alpha;              /* of the groups around */
    int is_plain, is_outer_plain;    /* neither blended nor masked */
    int is_pattern;                  /* filled with a pattern, which may have holes */
    double ink;                      /* of what is filled: 0 black, 1 white, NAN not known */
    int ink_parts;                   /* numbers of a colour; 0: not known */
    double line_width;
    int mode;                         /* how letters are rendered */
    double size, leading, spacing[2]; /* of the font; between letters, and more between words */
    double scale, rise;
} btx_state_t;

/* The path under construction: rectangles of which it is made, or only the box around it. */
typedef struct btx_path_t {
    bt_box_t rectangle[BTX_MAX_PATH], all;
    int n;
    int is_exact;  /* nothing but rectangles, none over another */
    int has_lines; /* and lines, which only strokes show */
    double x[5], y[5];
    int n_points; /* of the open subpath; 6: more than a rectangle has */
    int is_clip;  /* W was seen: the next painting operator clips */
} btx_path_t;

typedef struct btx_text_t {
    btx_matrix_t matrix, line;
    double shown; /* upper bound of what was shown since the matrix was set */
} btx_text_t;

typedef struct btx_operands_t {
    double number[BTX_MAX_OPERANDS]; /* the last ones */
    int n_numbers;
    char name[BTX_MAX_NAME]; /* the last one, with its '/' */
    char first_name[BTX_MAX_NAME];
    char text[BTX_MAX_SHOWN]; /* plain letters of its strings */
    size_t text_length, n_bytes;
    double kern; /* sum of what moves letters to the right, thousandths */
    int is_mask; /* an inline image with /IM or /ImageMask */
} btx_operands_t;

btx_matrix_t btx_matrix_times(btx_matrix_t first, btx_matrix_t then);
/** The box around the image of the box; *is_exact is kept only where it is no more than that. */
bt_box_t btx_matrix_box(btx_matrix_t matrix, bt_box_t box, int *is_exact);

void btx_state_start(btx_state_t *state, btx_matrix_t matrix, bt_box_t page);
/** Narrow the clip to the box. */
void btx_state_clip(btx_state_t *state, bt_box_t box, int is_exact);

void btx_path_start(btx_path_t *path);
/** "re", "m", "l", "c", "v", "y", "h": 1 where it was one of them. */
int btx_path_build(btx_path_t *path, const btx_state_t *state, const char *name,
                   const btx_operands_t *operands);
/** Rectangles that the path fills for certain are in rectangle[0 .. n) then. */
void btx_path_finish(btx_path_t *path);

/** Operators that move letters or change how they look: 1 where it was one of them. */
int btx_text_move(btx_text_t *text, btx_state_t *state, const char *name,
                  const btx_operands_t *operands);
/** The run that the operands show. */
btx_run_t btx_text_show(btx_text_t *text, const btx_state_t *state, const btx_operands_t *operands);

#endif
