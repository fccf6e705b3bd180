/* SPDX-License-Identifier: Apache-2.0
 * Opens a PDF by poppler: its pages become words with boxes, size, weight and colour.  Text that a
 * reader of the page cannot see is kept apart.
 */
#include "pdf_page.h"
#include "../../libbloodtest/text.h"

#include <apr_strings.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PAGE_CHARS = 400000, TAIL_BYTES = 4096, MAX_MATCHES = 200000000 };
static const double tiny_points = 3.0, pale = 0.72, full_page = 0.75;

static apr_status_t free_page(void *data)
{
    btx_page_t *page = data;
    g_free(page->text);
    g_free(page->boxes);
    if (page->attributes)
        poppler_page_free_text_attributes(page->attributes);
    if (page->picture)
        cairo_surface_destroy(page->picture);
    g_object_unref(page->page);
    return APR_SUCCESS;
}

static apr_status_t free_document(void *document)
{
    g_object_unref(document);
    return APR_SUCCESS;
}

/* A file that was cut off opens all the same, with pages missing: only its last bytes tell. */
static int is_cut_off(const char *pdf, size_t length)
{
    size_t from = length > TAIL_BYTES ? length - TAIL_BYTES : 0;
    for (size_t i = from; i + 5 <= length; i++) {
        if (!memcmp(pdf + i, "%%EOF", 5))
            return 0;
    }
    return 1;
}

static bt_err_t *open_document(PopplerDocument **document, const void *pdf, size_t length,
                               apr_pool_t *pool)
{
    GError *failure = NULL;
    GBytes *bytes = g_bytes_new_static(pdf, length);
    *document = poppler_document_new_from_bytes(bytes, NULL, &failure);
    g_bytes_unref(bytes);
    if (!*document) {
        int is_locked =
            failure && failure->domain == POPPLER_ERROR && failure->code == POPPLER_ERROR_ENCRYPTED;
        if (failure)
            g_error_free(failure);
        return is_locked ? bt_error(pool, BT_E_ENCRYPTED, "the document asks for a password")
                         : bt_error(pool, BT_E_DAMAGED, "poppler cannot open the document");
    }
    apr_pool_cleanup_register(pool, *document, free_document, apr_pool_cleanup_null);
    if (is_cut_off(pdf, length))
        return bt_error(pool, BT_E_DAMAGED, "no end-of-file mark in the last %d bytes", TAIL_BYTES);
    return NULL;
}

static bt_err_t *open_page(btx_page_t **made, PopplerDocument *document, int index,
                           apr_pool_t *pool)
{
    PopplerPage *handle = poppler_document_get_page(document, index);
    if (!handle)
        return bt_error(pool, BT_E_DAMAGED, "page %d cannot be opened", index + 1);
    btx_page_t *page = apr_pcalloc(pool, sizeof *page);
    page->page = handle;
    apr_pool_cleanup_register(pool, page, free_page, apr_pool_cleanup_null);
    page->number = index + 1;
    poppler_page_get_size(handle, &page->width, &page->height);
    page->text = poppler_page_get_text(handle);
    if (!page->text || !*page->text ||
        !poppler_page_get_text_layout(handle, &page->boxes, &page->n_boxes))
        page->n_boxes = 0;
    btx_drop_direction_marks(page);
    if (page->n_boxes > MAX_PAGE_CHARS)
        return bt_error(pool, BT_E_TOO_LARGE, "page %d has %u characters", index + 1,
                        page->n_boxes);
    if (page->n_boxes)
        page->attributes = poppler_page_get_text_attributes(handle);
    btx_turn_page(page);
    *made = page;
    return NULL;
}

static void add_hidden(btx_words_t *words, const btx_word_t *word, const char *reason,
                       apr_pool_t *pool)
{
    bt_line_t *last = words->n_hidden ? &words->hidden[words->n_hidden - 1] : NULL;
    if (last && last->page == word->page && fabs(last->box.y0 - word->box.y0) < word->size &&
        !strcmp(last->reason, reason) && strlen(last->text) < BTX_MAX_WORD_BYTES) {
        last->text = apr_pstrcat(pool, last->text, " ", word->text, NULL);
        last->box = btx_box_join(last->box, word->box);
        return;
    }
    if (words->n_hidden == BT_MAX_HIDDEN)
        return;
    words->hidden[words->n_hidden++] = (bt_line_t){word->text, word->page, word->box, reason};
}

static apr_status_t free_words(void *data)
{
    free(((btx_words_t *)data)->word);
    return APR_SUCCESS;
}

/* Outside of the pool, for the list of a long report is moved by its pages, not copied. */
static bt_err_t *add_word(btx_words_t *words, const btx_word_t *word, apr_pool_t *pool)
{
    if (words->n == BTX_MAX_WORDS)
        return bt_error(pool, BT_E_TOO_LARGE, "more than %d words", BTX_MAX_WORDS);
    if (words->n == words->room) {
        int room = words->room ? words->room * 2 : 1024;
        btx_word_t *larger = realloc(words->word, (size_t)room * sizeof *larger);
        if (!larger)
            return bt_error(pool, BT_E_TOO_LARGE, "no memory for %d words", room);
        if (!words->word)
            apr_pool_cleanup_register(pool, words, free_words, apr_pool_cleanup_null);
        words->word = larger;
        words->room = room;
    }
    words->word[words->n++] = *word;
    return NULL;
}

static int is_bold_font(const char *name)
{
    static const char *const bold[] = {"bold", "black", "heavy", "semibd", "-bd", "demi", NULL};
    int found = 0;
    for (int i = 0; name && bold[i] && !found; i++)
        found = strcasestr(name, bold[i]) != NULL;
    return found;
}

/* Words of one look follow each other. */
static int is_bold(btx_page_t *page, const PopplerTextAttributes *look)
{
    if (look && look != page->look)
        page->is_bold = is_bold_font(look->font_name);
    page->look = look;
    return look && page->is_bold;
}

/* Letters that climb or fall along the word are turned: a watermark or a stamp. */
static int is_turned(const btx_page_t *page, guint first, guint end)
{
    const PopplerRectangle *a = &page->boxes[first], *b = &page->boxes[end - 1];
    double rise = fabs((a->y1 + a->y2) - (b->y1 + b->y2)) / 2,
           run = fabs((a->x1 + a->x2) - (b->x1 + b->x2)) / 2;
    return end - first > 1 && rise > 0.25 * run && rise > 0.5 * fabs(a->y2 - a->y1);
}

/* One word: characters [first, end) of the page, its bytes at text. */
static bt_err_t *take_word(btx_words_t *words, btx_page_t *page, const guint range[2],
                           const char *text[2], const PopplerTextAttributes *look, apr_pool_t *pool)
{
    size_t bytes = (size_t)(text[1] - text[0]);
    if (is_turned(page, range[0], range[1]))
        return NULL;
    btx_word_t word = {.page = page->number, .size = look ? look->font_size : 10};
    word.text =
        bt_text_clean(text[0], bytes < BTX_MAX_WORD_BYTES ? bytes : BTX_MAX_WORD_BYTES, pool);
    word.box = (bt_box_t){INFINITY, INFINITY, -INFINITY, -INFINITY};
    for (guint i = range[0]; i < range[1]; i++)
        word.box = btx_box_join(word.box, btx_char_box(page, i));
    double height = word.box.y1 - word.box.y0;
    if (!isfinite(height) || !isfinite(word.box.x1 - word.box.x0) || !(height > 0))
        return NULL;
    if (!(word.size > 0) || word.size > 2 * height)
        word.size = height;
    word.is_bold = is_bold(page, look);
    word.is_pale = look && btx_brightness(look) > pale;
    if (fmin(word.size, height) < tiny_points) {
        add_hidden(words, &word, "smaller than 3 points", pool);
        return NULL;
    }
    const char *why = page->paint && page->paint->is_suspect
                          ? btx_why_unseen(page->paint, &word, &words->is_picture[page->number])
                          : NULL;
    if (why) {
        add_hidden(words, &word, why, pool);
        return NULL;
    }
    if (look && btx_is_white(look) && !btx_is_seen_in_white(words, page, &word, pool)) {
        add_hidden(words, &word, "in the colour of its background", pool);
        return NULL;
    }
    return add_word(words, &word, pool);
}

/* poppler puts no blank between columns: a wide gap, or a step to another line, ends a word too. */
static int is_jump(const PopplerRectangle *a, const PopplerRectangle *b)
{
    double height = btx_lesser(fabs(a->y2 - a->y1), fabs(b->y2 - b->y1));
    double gap = b->x1 - a->x2, step = fabs((a->y1 + a->y2) - (b->y1 + b->y2)) / 2;
    return gap > 0.4 * height || gap < -1.5 * height || step > height;
}

static bt_err_t *read_words(btx_words_t *words, btx_page_t *page, apr_pool_t *pool)
{
    const char *at = page->text, *start = NULL;
    GList *look = page->attributes;
    guint first = 0;
    for (guint i = 0; i <= page->n_boxes; i++) {
        gunichar c = i < page->n_boxes && *at ? g_utf8_get_char_validated(at, -1) : 0;
        if (c == (gunichar)-1 || c == (gunichar)-2)
            c = 0;
        int is_gap = !c || g_unichar_isspace(c) || c == 0xA0;
        if (start && (is_gap || is_jump(&page->boxes[i - 1], &page->boxes[i]))) {
            while (look && look->next &&
                   ((PopplerTextAttributes *)look->data)->end_index < (gint)first)
                look = look->next;
            BT_TRY(take_word(words, page, (guint[2]){first, i}, (const char *[2]){start, at},
                             look ? look->data : NULL, pool));
            start = NULL;
        }
        if (!is_gap && !start) {
            start = at;
            first = i;
        }
        if (!*at)
            break;
        at = g_utf8_next_char(at);
    }
    return NULL;
}

static bt_err_t *read_page(btx_words_t *words, btx_page_t *page, apr_pool_t *pool)
{
    int n_hidden = words->n_hidden;
    words->turn[page->number] = page->turn;
    BT_TRY(read_words(words, page, pool));
    btx_read_notes(words, page, pool);
    for (int i = n_hidden; i < words->n_hidden; i++)
        words->hidden[i].box = btx_turn_back(&page->turn, words->hidden[i].box);
    return NULL;
}

/* Whether the page holds images, and one that fills it: then the words may come from the
 * recognition of a scanner.  poppler finds them by going through the whole page once more, so it is
 * asked only where what the page paints is not known. */
static void note_images(btx_words_t *words, const btx_page_t *page)
{
    const double full = full_page * page->width * page->height;
    if (page->paint) {
        words->image_pages += page->paint->n_images > 0;
        words->is_picture[page->number] = page->paint->largest_image > full;
        return;
    }
    GList *images = poppler_page_get_image_mapping(page->page);
    words->image_pages += images != NULL;
    for (GList *at = images; at; at = at->next) {
        const PopplerRectangle *area = &((PopplerImageMapping *)at->data)->area;
        double covered = fabs((area->x2 - area->x1) * (area->y2 - area->y1));
        if (covered > full)
            words->is_picture[page->number] = 1;
    }
    poppler_page_free_image_mapping(images);
}

/* poppler leaves out what is in a layer that is off, so that it is reported from the runs. */
static void report_layers(btx_words_t *words, const btx_page_t *page, const btx_paint_t *paint,
                          apr_pool_t *pool)
{
    for (int i = 0; i < paint->n_runs && words->n_hidden < BT_MAX_HIDDEN; i++) {
        const btx_run_t *run = &paint->run[i];
        if (run->why != btx_why_layer || !run->text[strspn(run->text, " ")])
            continue;
        btx_word_t word = {.page = page->number, .size = 10};
        word.text = bt_text_clean(run->text, strnlen(run->text, BTX_MAX_WORD_BYTES), pool);
        word.box = (bt_box_t){run->x, run->y - word.size, run->reach, run->y};
        add_hidden(words, &word, btx_why_layer, pool);
    }
}

/* What the page paints, where that may hide words of it. */
static void look_for_hidden(btx_words_t *words, btx_page_t *page, btx_content_t *content,
                            apr_pool_t *pool, apr_pool_t *page_pool)
{
    int index = page->number - 1;
    btx_paint_t *paint =
        content ? btx_content_paint(content, index, page->turn.quarters, page_pool) : NULL;
    words->is_unchecked[page->number] =
        !paint || fabs(paint->width - page->width) > 1 || fabs(paint->height - page->height) > 1 ||
        (double)(paint->n_runs + paint->n_grounds) * page->n_boxes > MAX_MATCHES;
    if (!words->is_unchecked[page->number])
        page->paint = paint;
    if (page->paint && paint->is_suspect)
        report_layers(words, page, paint, pool);
}

static bt_err_t *read_pages(btx_words_t *words, PopplerDocument *document, btx_content_t *content,
                            apr_pool_t *pool)
{
    apr_pool_t *page_pool = NULL;
    apr_pool_create(&page_pool, pool);
    for (int i = 0; i < words->pages; i++) {
        btx_page_t *page = NULL;
        BT_TRY(open_page(&page, document, i, page_pool));
        if (page->n_boxes)
            look_for_hidden(words, page, content, pool, page_pool);
        note_images(words, page);
        BT_TRY(read_page(words, page, pool));
        apr_pool_clear(page_pool);
    }
    return NULL;
}

bt_err_t *btx_pdf_words(btx_words_t **made, const void *pdf, size_t length, apr_pool_t *pool)
{
    PopplerDocument *document = NULL;
    BT_TRY(open_document(&document, pdf, length, pool));
    btx_words_t *words = apr_pcalloc(pool, sizeof *words);
    words->hidden = apr_pcalloc(pool, BT_MAX_HIDDEN * sizeof *words->hidden);
    words->pages = poppler_document_get_n_pages(document);
    if (words->pages < 1)
        return bt_error(pool, BT_E_DAMAGED, "no pages");
    if (words->pages > BTX_MAX_PAGES)
        return bt_error(pool, BT_E_TOO_LARGE, "%d pages", words->pages);
    btx_content_t *content = btx_content_open(pdf, length, words->pages, pool);
    BT_TRY(read_pages(words, document, content, pool));
    btx_drop_watermarks(words);
    if (!words->n && !words->n_hidden)
        return bt_error(pool, BT_E_NO_TEXT, "no words on %d pages, images on %d", words->pages,
                        words->image_pages);
    *made = words;
    return NULL;
}

void btx_pdf_warm(apr_pool_t *pool)
{
    static const char page[] =
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Resources<</Font<</F 4 0 R>>>>"
        "/Contents 5 0 R>>endobj\n"
        "4 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        "5 0 obj<</Length 61>>stream\n"
        "BT /F 12 Tf 20 50 Td 1 g (Hb) Tj 40 0 Td 0 g (Warm 1.0) Tj ET\n\nendstream endobj\n"
        "trailer<</Root 1 0 R>>\n%%EOF\n";
    btx_words_t *words = NULL;
    btx_warm_notes();
    /* The document stays open: poppler keeps its tables as long as one is, and making them takes as
     * long as reading a page. */
    (void)btx_pdf_words(&words, page, sizeof page - 1, pool);
}
