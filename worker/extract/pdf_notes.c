/* SPDX-License-Identifier: Apache-2.0
 * What was typed onto a page: values of form fields and free text of notes.  They are no part of
 * the page's own text and their looks may differ from their value, so they are told, never read.
 */
#include "pdf_page.h"
#include "../../libbloodtest/text.h"

#include <math.h>
#include <string.h>

/* A text at an area whose origin is the lower left corner of the page. */
static void add(btx_words_t *words, const btx_page_t *page, const char *text,
                const PopplerRectangle *area, const char *reason, apr_pool_t *pool)
{
    if (!text || !*text || words->n_typed == BTX_MAX_TYPED)
        return;
    const char *clean = bt_text_clean(text, strnlen(text, BTX_MAX_WORD_BYTES), pool);
    if (!*clean)
        return;
    const double height = page->turn.height;
    words->typed[words->n_typed++] =
        (bt_line_t){clean, page->number,
                    (bt_box_t){fmin(area->x1, area->x2), height - fmax(area->y1, area->y2),
                               fmax(area->x1, area->x2), height - fmin(area->y1, area->y2)},
                    reason};
}

static char *text_of_field(PopplerFormField *field)
{
    switch (poppler_form_field_get_field_type(field)) {
    case POPPLER_FORM_FIELD_TEXT:
        return poppler_form_field_text_is_password(field) ? NULL
                                                          : poppler_form_field_text_get_text(field);
    case POPPLER_FORM_FIELD_CHOICE:
        return poppler_form_field_choice_get_text(field);
    default:
        return NULL;
    }
}

void btx_read_notes(btx_words_t *words, const btx_page_t *page, apr_pool_t *pool)
{
    GList *fields = poppler_page_get_form_field_mapping(page->page);
    for (GList *at = fields; at; at = at->next) {
        PopplerFormFieldMapping *mapping = at->data;
        char *text = text_of_field(mapping->field);
        add(words, page, text, &mapping->area, "typed into a form field", pool);
        g_free(text);
    }
    poppler_page_free_form_field_mapping(fields);
    GList *notes = poppler_page_get_annot_mapping(page->page);
    for (GList *at = notes; at; at = at->next) {
        PopplerAnnotMapping *mapping = at->data;
        if (poppler_annot_get_annot_type(mapping->annot) != POPPLER_ANNOT_FREE_TEXT ||
            (poppler_annot_get_flags(mapping->annot) & POPPLER_ANNOT_FLAG_HIDDEN))
            continue;
        char *text = poppler_annot_get_contents(mapping->annot);
        add(words, page, text, &mapping->area, "written on the page as a note", pool);
        g_free(text);
    }
    poppler_page_free_annot_mapping(notes);
}

/* poppler converts texts of forms through iconv, which reads its tables from files when it is first
 * asked; a converter stays open as long as the process lives, so that they stay, too. */
void btx_warm_notes(void)
{
    static GIConv kept; /* one, where checkers for leaks see it */
    g_free(g_convert("\0A", 2, "UTF-8", "UTF-16BE", NULL, NULL, NULL));
    if (!kept)
        kept = g_iconv_open("UTF-8", "UTF-16BE");
}
