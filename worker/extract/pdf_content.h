/* SPDX-License-Identifier: Apache-2.0
 * Content streams while they are followed.  Shared by pdf_content.c, which opens the document and
 * looks resources up, and pdf_content_walk.c, which follows operators; nobody else knows qpdf.
 */
#ifndef BTX_PDF_CONTENT_H
#define BTX_PDF_CONTENT_H

#include "pdf_state.h"

#include <qpdf/qpdf-c.h>

enum { BTX_MAX_DEPTH = 12, BTX_MAX_STATES = 64, BTX_MAX_LAYERS = 256 };

struct btx_content_t {
    qpdf_data file;
    int off[BTX_MAX_LAYERS], n_off; /* object numbers of the layers that are off */
    long operators;                 /* that may still be followed in this document */
    size_t bytes;
};

/* One page, or a form on it. */
typedef struct btx_walk_t {
    btx_content_t *content;
    btx_paint_t *paint;
    apr_pool_t *pool;
    qpdf_oh resources;
    btx_state_t state[BTX_MAX_STATES];
    int depth, n_states, too_deep;
    int n_marks, off_mark; /* marked content: how deep, and where it is off (0: nowhere) */
    int is_off;            /* the form itself is in a layer that is off */
    int first_clip_run;    /* letters that became the clip, from here; -1: none */
    btx_path_t path;
    btx_text_t text;
    btx_operands_t operands;
} btx_walk_t;

/** The resource that the last name names, or null. */
qpdf_oh btx_walk_resource(btx_walk_t *walk, const char *kind);
/** Whether what belongs to this layer (or group of layers) is off. */
int btx_is_layer_off(const btx_content_t *content, qpdf_oh layer);
/** "gs". */
void btx_walk_set_state(btx_walk_t *walk);
/** "g", "rg", "k", "cs", "sc", "scn" (pdf_ink.c). */
void btx_walk_ink(btx_walk_t *walk, const char *name);
/** "Do" of a form: 0 where it cannot be followed. */
int btx_walk_form(btx_walk_t *walk, qpdf_oh form);
/** Follow the operators: 0 where there are too many. */
int btx_walk(btx_walk_t *walk, const char *bytes, size_t length);

#endif
