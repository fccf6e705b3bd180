/* SPDX-License-Identifier: Apache-2.0
 * A fuzz target for everything behind poppler: words with boxes become lines, columns, rows,
 * observations.  A line of an input is a word, "x y width height text", the height with b where it
 * is bold and p where it is pale; a line that begins with = is the next page.
 */
#include "fuzz.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>
#include "../../libbloodtest/text.h"
#include "../../worker/extract/reading.h"

enum { MOST_WORDS = 600, MOST_PAGES = 9 };

static bt_catalogue_t *catalogue;
static btx_reader_t *reader;

void fuzz_start(apr_pool_t *pool)
{
    need(!bt_catalogue_load(&catalogue, pool) && !btx_reader_create(&reader, catalogue, pool));
}

/* What pdf.c lets through: finite boxes with a height, short text that is clean. */
static int read_word(btx_word_t *word, const char *line, size_t length, apr_pool_t *pool)
{
    char *at = apr_pstrmemdup(pool, line, length);
    double v[4];
    for (int i = 0; i < 4; i++)
        v[i] = strtod(at, &at);
    word->is_bold = *at == 'b' && at++;
    word->is_pale = *at == 'p' && at++;
    at += strspn(at, " ");
    at[strcspn(at, " ")] = '\0';
    if (!(v[3] > 0) || !(fabs(v[0]) < 1e5) || !(fabs(v[1]) < 1e5) || !(fabs(v[2]) < 1e5) ||
        v[3] > 1e5)
        return 0;
    word->box = (bt_box_t){v[0], v[1], v[0] + fabs(v[2]), v[1] + v[3]};
    word->size = v[3] * 0.9;
    word->text = bt_text_clean(at, strnlen(at, BTX_MAX_WORD_BYTES), pool);
    return *word->text != '\0';
}

static btx_words_t *read_input(const char *text, apr_pool_t *pool)
{
    btx_words_t *words = apr_pcalloc(pool, sizeof *words);
    words->hidden = apr_pcalloc(pool, BT_MAX_HIDDEN * sizeof *words->hidden);
    words->word = apr_pcalloc(pool, MOST_WORDS * sizeof *words->word);
    words->pages = 1;
    words->body_size = 9;
    for (const char *line = text; *line; line += *line == '\n') {
        size_t length = strcspn(line, "\n");
        if (*line == '=' && words->pages < MOST_PAGES) {
            words->pages++;
            words->is_picture[words->pages] = line[1] == 'i';
            words->turn[words->pages].quarters =
                line[1] >= '1' && line[1] <= '3' ? line[1] - '0' : 0;
        } else if (words->n < MOST_WORDS) {
            words->word[words->n].page = words->pages;
            words->n += read_word(&words->word[words->n], line, length, pool);
        }
        line += length;
    }
    return words;
}

/* What is printed of a result is printed in a line of the document. */
static void check_printed(const bt_report_t *report, const btx_words_t *words, apr_pool_t *pool)
{
    const btx_lines_t *lines = btx_lines_make(words, pool);
    bt_buffer_t *all = bt_buffer_create((size_t)2 * MOST_WORDS * BTX_MAX_WORD_BYTES, pool);
    for (int i = 0; i < lines->n; i++) {
        bt_buffer_add(all, btx_line_text(&lines->line[i], 0, lines->line[i].n, pool));
        bt_buffer_add(all, "\n");
    }
    for (int i = 0; i < report->n_observations; i++) {
        char *rest = apr_pstrdup(pool, report->observations[i].value_text), *last = NULL;
        for (char *part = apr_strtok(rest, " ", &last); part; part = apr_strtok(NULL, " ", &last))
            need(strstr(all->text, part) != NULL);
    }
}

void fuzz_try(const char *text, size_t length, apr_pool_t *pool)
{
    btx_words_t *words = read_input(text, pool);
    bt_report_t *report = NULL, *taken = NULL;
    bt_json_t *json = NULL;
    (void)length;
    if (!words->n)
        return;
    bt_err_t *err = btx_read_words(&report, words, reader, pool);
    need(!err || (err->code == BT_E_NOT_A_REPORT && err->hint));
    if (err)
        return;
    /* The parent takes whatever an honest child says. */
    const char *said = bt_report_print(report, pool);
    need(!bt_json_parse(&json, said, strlen(said), pool));
    need(!bt_report_from_json(&taken, json, catalogue, pool));
    check_printed(report, words, pool);
}
