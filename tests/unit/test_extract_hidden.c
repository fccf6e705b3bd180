/* SPDX-License-Identifier: Apache-2.0
 * Text that a reader of the page cannot see is kept out of the words and reported with its reason;
 * whatever may be seen stays, and so does what a scanner puts behind the image of a page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <apr_general.h>
#include <apr_strings.h>
#include "worker/extract/pdf_paint.h"

#define SECRET "BT /F 10 Tf 50 500 Td (Secret) Tj ET "
#define OVER   "40 490 500 25 re f "
#define FULL   "q 595 0 0 842 0 0 cm /I Do Q "
#define LAYER  " BDC " SECRET "EMC "
#define MUCH   "BT /F 10 Tf 50 700 Td (Many words that tell how letters run) Tj ET "
#define FONT   "/Resources<</Font<</F 4 0 R>>>>"

/* What a page paints before and after a line of plain text. */
typedef struct case_t {
    const char *name, *content, *page, *reason; /* reason: NULL where the word is to be read */
} case_t;

static const char covered[] = "covered by what is painted over it", clipped[] = "clipped away",
                  no_ink[] = "shown without ink (render mode 3)", clear[] = "fully transparent",
                  layer[] = "in a layer that is switched off",
                  same_colour[] = "in the colour of its background";

static const case_t cases[] = {
    {"white over it", SECRET "1 g " OVER, "", covered},
    {"black over it", SECRET OVER, "", covered},
    {"a polygon over it", SECRET "40 490 m 540 490 l 540 515 l 40 515 l h f", "", covered},
    {"under a matrix", SECRET "q 500 0 0 25 40 490 cm 0 0 1 1 re f Q", "", covered},
    {"two halves", SECRET "40 490 25 25 re f 65 490 25 25 re f", "", covered},
    {"an image over it", SECRET "q 500 0 0 25 40 490 cm /I Do Q", "", covered},
    {"an inline image", SECRET "q 500 0 0 25 40 490 cm BI /W 1 /H 1 /CS /G /BPC 8 ID x EI Q", "",
     covered},
    {"a form over it", SECRET "/Cover Do", "", covered},
    {"text in a form", "/Text Do " OVER, "", covered},
    {"a turned page", "q 0 1 -1 0 842 0 cm " SECRET OVER "Q", "/Rotate 90/MediaBox[0 0 842 595]",
     covered},
    {"a page on its head", MUCH SECRET OVER, "/Rotate 180", covered},
    {"a page on its side", MUCH SECRET OVER, "/Rotate 90", covered},
    {"a page on its other side", MUCH "3 Tr " SECRET, "/Rotate 270", no_ink},
    {"a cropped page", SECRET OVER, "/CropBox[20 20 560 800]", covered},
    {"the end of a run", "BT /F 10 Tf 20 500 Td (Plain Secret) Tj ET 47 490 90 25 re f", "",
     covered},
    {"without ink", "3 Tr " SECRET, "", no_ink},
    {"without ink behind ink", "BT /F 10 Tf 50 500 Td (Plain) Tj 3 Tr ( Secret) Tj ET", "", no_ink},
    {"as a clip for nothing", "q 7 Tr " SECRET "Q", "", no_ink},
    {"outside of the clip", "q 0 0 10 10 re W n " SECRET "Q", "", clipped},
    {"transparent", "/Clear gs " SECRET, "", clear},
    {"in a transparent group", "/Clear gs /Group Do", "", clear},
    {"in a layer", "/OC /Off" LAYER, "", layer},
    {"in the form of a layer", "/OffText Do", "", layer},

    {"plain", SECRET, "", NULL},
    {"plain on its head", OVER "1 g " MUCH SECRET, "/Rotate 180", NULL},
    {"on its background", "0.9 g " OVER "0 g " SECRET, "", NULL},
    {"white on dark", OVER "1 g " SECRET, "", NULL},
    {"under a highlighter", SECRET "/Half gs " OVER, "", NULL},
    {"under a multiplied colour", SECRET "/Multiply gs " OVER, "", NULL},
    {"under an image with holes", SECRET "q 500 0 0 25 40 490 cm /Holes Do Q", "", NULL},
    {"underlined and struck out", SECRET "40 497 500 0.7 re f 40 502 500 2.2 re f", "", NULL},
    {"in a frame", SECRET "40 490 500 25 re 41 491 498 23 re f*", "", NULL},
    {"in a stroked frame", SECRET "40 490 500 25 re S", "", NULL},
    {"between shaded rows", SECRET "40 512 500 20 re f 40 475 500 20 re f", "", NULL},
    {"in the clip of its cell", "q 45 495 140 14 re W n " SECRET "Q", "", NULL},
    {"printed again", SECRET "1 g " OVER "0 g " SECRET, "", NULL},
    {"printed twice", SECRET SECRET, "", NULL},
    {"filled and stroked", "2 Tr " SECRET, "", NULL},
    {"as a clip that is filled", "q 7 Tr " SECRET OVER "Q", "", NULL},
    {"in a layer that is on", "/OC /On" LAYER, "", NULL},
    {"under a layer that is off", SECRET "/OC /Off BDC " OVER "EMC", "", NULL},
    {"recognised, over the image", FULL "3 Tr " SECRET, "", NULL},
    {"recognised, under the image", "3 Tr " SECRET FULL, "", NULL},
    {"printed under the image", SECRET FULL, "", NULL},
};

/* What lies under a white line, and whether it can be read there; not known means that only a
 * picture of the page tells. */
typedef struct white_case_t {
    const char *name, *content, *page;
    btx_under_t under;
    int is_read;
} white_case_t;

#define WHITE  "1 g " SECRET
#define IMAGED "q 500 0 0 25 40 490 cm /I Do Q "

static const white_case_t white_cases[] = {
    {"black", OVER WHITE, "", BTX_UNDER_DARK, 1},
    {"a dark colour", "0.1 0.2 0.5 rg " OVER WHITE, "", BTX_UNDER_DARK, 1},
    {"a dark colour of four inks", "1 0.5 0 0.3 k " OVER WHITE, "", BTX_UNDER_DARK, 1},
    {"a space by its name", "/DeviceRGB cs 0.1 0.2 0.5 sc " OVER WHITE, "", BTX_UNDER_DARK, 1},
    {"a space with a profile", "/Profile cs 0.1 0.2 0.5 scn " OVER WHITE, "", BTX_UNDER_DARK, 1},
    {"dark over light", "0.9 g " OVER "0.2 g " OVER WHITE, "", BTX_UNDER_DARK, 1},
    {"in a frame", OVER "40 490 500 25 re S " WHITE, "", BTX_UNDER_DARK, 1},
    {"below a faint mark", OVER WHITE "/Faint gs " FULL, "", BTX_UNDER_DARK, 1},
    {"in the clip of its cell", "q 45 495 140 14 re W n " OVER WHITE "Q", "", BTX_UNDER_DARK, 1},
    {"in a form", "/Cover Do " WHITE, "", BTX_UNDER_DARK, 1},
    {"a turned page", "q 0 1 -1 0 842 0 cm " OVER WHITE "Q", "/Rotate 90/MediaBox[0 0 842 595]",
     BTX_UNDER_DARK, 1},
    {"paper", WHITE, "", BTX_UNDER_WHITE, 0},
    {"white", "1 g " OVER WHITE, "", BTX_UNDER_WHITE, 0},
    {"white over dark", OVER "1 g " OVER WHITE, "", BTX_UNDER_WHITE, 0},
    {"beside dark", "40 300 500 25 re f " WHITE, "", BTX_UNDER_WHITE, 0},
    {"a layer that is off", "/OC /Off BDC " OVER "EMC " WHITE, "", BTX_UNDER_WHITE, 0},
    {"a link", WHITE, "/Annots[<</Subtype/Link/Rect[40 490 540 515]>>]", BTX_UNDER_WHITE, 0},
    {"an image", IMAGED WHITE, "", BTX_UNDER_UNKNOWN, 1},
    {"a polygon", "40 490 m 540 480 l 540 520 l 40 515 l h f " WHITE, "", BTX_UNDER_UNKNOWN, 1},
    {"grey", "0.8 g " OVER WHITE, "", BTX_UNDER_UNKNOWN, 1},
    {"half of a dark", "/Half gs " OVER WHITE, "", BTX_UNDER_UNKNOWN, 1},
    {"a space that is not known", "/Other cs 0 scn " OVER WHITE, "", BTX_UNDER_UNKNOWN, 1},
    {"strokes", "20 w 40 502 m 540 502 l S " WHITE, "", BTX_UNDER_UNKNOWN, 1},
    {"white letters on black ones", "BT /F 10 Tf 40 500 Td (MMMMMMMMMMMMM) Tj ET " WHITE, "",
     BTX_UNDER_UNKNOWN, 1},
    {"a note", WHITE, "/Annots[<</Subtype/Square/Rect[40 490 540 515]>>]", BTX_UNDER_UNKNOWN, 0},
};

static apr_pool_t *pool;

static const char *stream(int number, const char *dict, const char *content)
{
    return apr_psprintf(pool,
                        "%d 0 obj<<%s/Length %" APR_SIZE_T_FMT ">>stream\n%s\nendstream endobj\n",
                        number, dict, strlen(content), content);
}

static const char *form(int number, const char *dict, const char *content)
{
    return stream(number,
                  apr_pstrcat(pool, "/Type/XObject/Subtype/Form/BBox[0 0 595 842]", dict, NULL),
                  content);
}

static const char *image(int number, const char *dict)
{
    return stream(number,
                  apr_pstrcat(pool,
                              "/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8"
                              "/ColorSpace/DeviceGray",
                              dict, NULL),
                  "x");
}

static const char *document(const case_t *one)
{
    static const char before[] = "BT /F 10 Tf 50 760 Td (Plain) Tj ET ";
    return apr_pstrcat(
        pool,
        "%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R"
        "/OCProperties<</OCGs[6 0 R 7 0 R]/D<</OFF[6 0 R]>>>>>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/Contents 5 0 R/Resources<</Font<</F 4 0 R>>"
        "/Properties<</Off 6 0 R/On 7 0 R>>"
        "/ColorSpace<</Profile[/ICCBased 14 0 R]/Other[/Separation/Ink/DeviceGray 15 0 R]>>"
        "/ExtGState<</Clear<</ca 0/CA 0>>/Faint<</ca 0.05>>/Half<</ca "
        "0.4>>/Multiply<</BM/Multiply>>>>"
        "/XObject<</I 8 0 R/Holes 9 0 R/Cover 10 0 R/Text 11 0 R/Group 12 0 R/OffText 13 0 R>>>>",
        one->page,
        ">>endobj\n"
        "4 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>endobj\n"
        "6 0 obj<</Type/OCG/Name(off)>>endobj\n7 0 obj<</Type/OCG/Name(on)>>endobj\n",
        stream(5, "", apr_pstrcat(pool, before, one->content, NULL)), image(8, ""),
        image(9, "/SMask 8 0 R"), form(10, "", OVER), form(11, FONT, SECRET),
        form(12, "/Group<</S/Transparency>>" FONT, SECRET), form(13, "/OC 6 0 R" FONT, SECRET),
        stream(14, "/N 3/Alternate/DeviceRGB", ""),
        "15 0 obj<</FunctionType 2/Domain[0 1]/C0[0]/C1[1]/N 1>>endobj\n"
        "trailer<</Root 1 0 R/Size 16>>\n%%EOF\n",
        NULL);
}

static int has_word(const btx_words_t *words, const char *text)
{
    for (int i = 0; i < words->n; i++) {
        if (!strcmp(words->word[i].text, text))
            return 1;
    }
    return 0;
}

/* The reason for which the text was hidden, or NULL. */
static const char *reason_of(const btx_words_t *words, const char *text)
{
    for (int i = 0; i < words->n_hidden; i++) {
        if (strstr(words->hidden[i].text, text))
            return words->hidden[i].reason;
    }
    return NULL;
}

static int is_as_wanted(const case_t *one)
{
    btx_words_t *words = NULL;
    const char *pdf = document(one);
    if (btx_pdf_words(&words, pdf, strlen(pdf), pool) != NULL)
        return 0;
    const char *reason = reason_of(words, "Secret");
    int is_read = has_word(words, "Secret");
    return !words->is_unchecked[1] && (strstr(one->page, "Rotate") || has_word(words, "Plain")) &&
           !reason_of(words, "Plain") &&
           (one->reason ? !is_read && reason && !strcmp(reason, one->reason)
                        : is_read && (!reason || !strcmp(one->name, "printed again")));
}

static void what_is_seen_is_read_and_nothing_else(void **state)
{
    (void)state;
    int n_wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (!is_as_wanted(&cases[i])) {
            n_wrong++;
            print_message("not as wanted: %s\n", cases[i].name);
        }
    }
    assert_int_equal(n_wrong, 0);
}

/* Where the only white word of the page stands. */
static bt_box_t secret_box(void)
{
    return (bt_box_t){50, 842 - 508, 84, 842 - 497};
}

static btx_under_t under_secret(const char *pdf)
{
    btx_content_t *content = btx_content_open(pdf, strlen(pdf), 1, pool);
    btx_paint_t *paint = content ? btx_content_paint(content, 0, 0, pool) : NULL;
    assert_non_null(paint);
    return btx_paint_under(paint, secret_box());
}

static int is_white_as_wanted(const white_case_t *one)
{
    const case_t plain = {one->name, one->content, one->page, NULL};
    btx_words_t *words = NULL;
    const char *pdf = document(&plain), *reason = NULL;
    if (btx_pdf_words(&words, pdf, strlen(pdf), pool) != NULL)
        return 0;
    reason = reason_of(words, "Secret");
    return under_secret(pdf) == one->under && has_word(words, "Secret") == one->is_read &&
           (one->is_read ? !reason : reason && !strcmp(reason, same_colour));
}

static void white_words_are_read_on_dark_only(void **state)
{
    (void)state;
    int n_wrong = 0;
    for (size_t i = 0; i < sizeof white_cases / sizeof *white_cases; i++) {
        if (!is_white_as_wanted(&white_cases[i])) {
            n_wrong++;
            print_message("not as wanted: white on %s\n", white_cases[i].name);
        }
    }
    assert_int_equal(n_wrong, 0);
}

/* A form that paints itself, and more operators than are followed: read, and said to be unchecked.
 */
static void what_cannot_be_followed_is_unchecked(void **state)
{
    (void)state;
    static const case_t one = {"itself", SECRET "/Loop Do", "", NULL};
    btx_words_t *words = NULL;
    char *pdf = apr_pstrdup(pool, document(&one)), *name = strstr(pdf, "/Cover 10 0 R");
    memcpy(name, "/Loop  10 0 R", strlen("/Loop  10 0 R"));
    char *content = strstr(pdf, OVER "\nendstream");
    memcpy(content, "/Loop Do           ", strlen(OVER));
    assert_null(btx_pdf_words(&words, pdf, strlen(pdf), pool));
    assert_true(has_word(words, "Secret"));
    assert_true(words->is_unchecked[1]);
}

static int set_up(void **state)
{
    (void)state;
    apr_initialize();
    apr_pool_create(&pool, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    apr_pool_destroy(pool);
    apr_terminate();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_seen_is_read_and_nothing_else),
        cmocka_unit_test(white_words_are_read_on_dark_only),
        cmocka_unit_test(what_cannot_be_followed_is_unchecked),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
