/* SPDX-License-Identifier: Apache-2.0
 * A fuzz target for content streams: the stream of a page, and behind a record separator that of a
 * form on it, in a document with layers, states and forms that call each other.
 */
#include "fuzz.h"

#include <math.h>
#include <string.h>
#include "../../worker/extract/pdf_content.h"

enum { MARK = 0x1e, PAGE = 5, FORM = 6, OPERATORS = 20000, BYTES = 4 * 1024 * 1024, RUNS = 40000 };

static const char document[] =
    "%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[8 0 R 9 0 R]/D<</OFF[8 0 "
    "R]>>>>>>endobj\n"
    "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources 4 0 R/Contents 5 0 "
    "R>>endobj\n"
    "4 0 obj<</XObject<</F 6 0 R/I 7 0 R/L 10 0 R>>/Properties<</O 8 0 R/P 9 0 R>>/ExtGState"
    "<</A<</ca 0/CA .5/BM/Multiply/SMask/None>>/B<</ca 1/CA 1/BM/Normal>>>>>>endobj\n"
    "5 0 obj<</Length 0>>stream\n\nendstream endobj\n"
    "6 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Matrix[1 0 0 1 5 5]/Group<</S/"
    "Transparency>>/Length 0>>stream\n\nendstream endobj\n"
    "7 0 obj<</Type/XObject/Subtype/Image/Width 1/Height 1/Length 1>>stream\n0\nendstream endobj\n"
    "8 0 obj<</Type/OCG/Name(off)>>endobj\n9 0 obj<</Type/OCG/Name(on)>>endobj\n"
    "10 0 obj<</Type/XObject/Subtype/Form/OC 8 0 R/BBox[0 0 9 9]/Length 4>>stream\n/F "
    "Do\nendstream endobj\n"
    "trailer<</Root 1 0 R>>\n%%EOF\n";

static btx_content_t *content;

void fuzz_start(apr_pool_t *pool)
{
    content = btx_content_open(document, sizeof document - 1, 1, pool);
    need(content != NULL);
}

static void set_stream(int id, const char *bytes, size_t length)
{
    qpdf_data file = content->file;
    qpdf_oh none = qpdf_oh_new_null(file);
    qpdf_oh_replace_stream_data(file, qpdf_get_object_by_id(file, id, 0),
                                (const unsigned char *)bytes, length, none, none);
}

static void ask_words(btx_paint_t *paint)
{
    for (int i = 0; i < paint->n_runs && i < 20; i++) {
        const btx_run_t *run = &paint->run[i];
        unsigned char is_picture = 0;
        btx_word_t word = {.text = "1", .page = 1, .size = 10};
        word.box = (bt_box_t){run->x, run->y - 8, run->x + 10, run->y + 2};
        const char *why = btx_why_unseen(paint, &word, &is_picture);
        need(isfinite(run->x + run->y + run->reach) && (!why || *why));
        need(btx_paint_under(paint, word.box) <= BTX_UNDER_DARK);
    }
}

void fuzz_try(const char *text, size_t length, apr_pool_t *pool)
{
    const char *mark = memchr(text, MARK, length), *end = text + length;
    content->operators = OPERATORS;
    content->bytes = BYTES;
    set_stream(PAGE, text, (size_t)((mark ? mark : end) - text));
    set_stream(FORM, mark ? mark + 1 : end, mark ? (size_t)(end - mark - 1) : 0);
    btx_paint_t *paint = btx_content_paint(content, 0, (int)(length % 4), pool);
    if (!paint)
        return;
    need(paint->n_runs >= 0 && paint->n_runs <= RUNS && paint->image_area >= 0);
    ask_words(paint);
}
