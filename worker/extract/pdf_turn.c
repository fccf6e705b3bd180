/* SPDX-License-Identifier: Apache-2.0
 * Which way the letters of a page run.  Where nearly all run up, down or backwards, the page was
 * scanned or printed on its side, and its boxes are turned before words are made of them.
 */
#include "pdf_page.h"

#include <math.h>
#include <string.h>

enum { MIN_STEPS = 20, FIRST_RIGHT_TO_LEFT = 0x590 };
static const double nearly_all = 0.8;

static int is_right_to_left(gunichar c)
{
    if (c < FIRST_RIGHT_TO_LEFT)
        return 0;
    GUnicodeScript script = g_unichar_get_script(c);
    return script == G_UNICODE_SCRIPT_HEBREW || script == G_UNICODE_SCRIPT_ARABIC ||
           script == G_UNICODE_SCRIPT_SYRIAC || script == G_UNICODE_SCRIPT_THAANA;
}

/* The quarters by which a page must be turned for the step from one letter to the next to go to the
 * right; -1 where they are not neighbours. */
static int quarters_of(bt_box_t a, bt_box_t b)
{
    double dx = (b.x0 + b.x1 - a.x0 - a.x1) / 2, dy = (b.y0 + b.y1 - a.y0 - a.y1) / 2;
    double size =
        btx_greater(btx_greater(a.x1 - a.x0, a.y1 - a.y0), btx_greater(b.x1 - b.x0, b.y1 - b.y0));
    double apart = dx * dx + dy * dy;
    if (!(apart > 0) || apart > 2.25 * size * size)
        return -1;
    if (fabs(dx) >= fabs(dy))
        return dx > 0 ? 0 : 2;
    return dy < 0 ? 1 : 3;
}

static int most_quarters(const btx_page_t *page)
{
    int count[4] = {0}, all = 0;
    gunichar before = ' ';
    const char *at = page->text;
    for (guint i = 0; i < page->n_boxes && *at; i++, at = g_utf8_next_char(at)) {
        gunichar c = g_utf8_get_char_validated(at, -1);
        int is_step = c < (gunichar)-2 && !g_unichar_isspace(c) && !g_unichar_isspace(before) &&
                      !is_right_to_left(c);
        before = c < (gunichar)-2 ? c : ' ';
        int quarters =
            is_step && i ? quarters_of(btx_char_box(page, i - 1), btx_char_box(page, i)) : -1;
        if (quarters < 0)
            continue;
        count[quarters]++;
        all++;
    }
    for (int i = 1; i < 4; i++) {
        if (all >= MIN_STEPS && count[i] >= nearly_all * all)
            return i;
    }
    return 0;
}

void btx_turn_page(btx_page_t *page)
{
    page->turn = (btx_turn_t){most_quarters(page), page->width, page->height};
    if (!page->turn.quarters)
        return;
    for (guint i = 0; i < page->n_boxes; i++) {
        bt_box_t box = btx_turn_box(&page->turn, btx_char_box(page, i));
        page->boxes[i] = (PopplerRectangle){box.x0, box.y0, box.x1, box.y1};
    }
    if (page->turn.quarters % 2) {
        page->width = page->turn.height;
        page->height = page->turn.width;
    }
}

void btx_turn_picture(const btx_page_t *page, cairo_t *cairo)
{
    const btx_turn_t *turn = &page->turn;
    double x = turn->quarters == 1 ? turn->height : turn->quarters == 2 ? turn->width : 0;
    double y = turn->quarters == 2 ? turn->height : turn->quarters == 3 ? turn->width : 0;
    cairo_translate(cairo, x, y);
    cairo_rotate(cairo, turn->quarters * G_PI / 2);
}

void btx_drop_direction_marks(btx_page_t *page)
{
    static const char lead[] = "\xe2\x80", first = '\xaa', last = '\xae';
    if (!page->n_boxes || g_utf8_strlen(page->text, -1) <= (glong)page->n_boxes)
        return;
    char *kept = page->text;
    for (const char *at = page->text; *at;) {
        int is_mark = !strncmp(at, lead, 2) && at[2] >= first && at[2] <= last;
        if (is_mark)
            at += 3;
        else
            *kept++ = *at++;
    }
    *kept = '\0';
}
