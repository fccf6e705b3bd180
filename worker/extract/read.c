/* SPDX-License-Identifier: Apache-2.0
 * The way from PDF to report: words, lines, patient, rows, observations.  Also the last question:
 * is this a laboratory report at all?
 */
#include "reading.h"

#include <apr_hash.h>
#include <apr_strings.h>
#include <math.h>
#include <string.h>

enum { ENOUGH_ROWS = 3 };

/* A few results with unknown names, or a known one, or rows that look like results and were not
 * understood; what was typed into fields may be of any form. */
static int is_report(const bt_report_t *report, int n_typed)
{
    int known = 0;
    for (int i = 0; i < report->n_observations; i++)
        known += report->observations[i].analyte != NULL;
    return known >= 1 || report->n_observations >= ENOUGH_ROWS ||
           report->n_not_understood - n_typed >= ENOUGH_ROWS;
}

static bt_err_t *make_keys(btx_words_t *words, apr_pool_t *pool)
{
    for (int i = 0; i < words->n; i++)
        words->word[i].key = btx_key(words->word[i].text, pool);
    return NULL;
}

struct btx_reader_t {
    const bt_catalogue_t *catalogue;
    btx_lexicon_t *lexicon;
};

bt_err_t *btx_reader_create(btx_reader_t **made, const bt_catalogue_t *catalogue, apr_pool_t *pool)
{
    btx_reader_t *reader = apr_pcalloc(pool, sizeof *reader);
    reader->catalogue = catalogue;
    BT_TRY(btx_lexicon_load(&reader->lexicon, catalogue, pool));
    btx_pdf_warm(pool);
    *made = reader;
    return NULL;
}

bt_err_t *btx_read(bt_report_t **made, const void *pdf, size_t length, const btx_reader_t *reader,
                   apr_pool_t *pool)
{
    btx_words_t *words = NULL;
    BT_TRY(btx_pdf_words(&words, pdf, length, pool));
    return btx_read_words(made, words, reader, pool);
}

bt_err_t *btx_read_words(bt_report_t **made, btx_words_t *words, const btx_reader_t *reader,
                         apr_pool_t *pool)
{
    btx_reading_t reading = {.pool = pool};
    BT_TRY(make_keys(words, pool));
    apr_pool_create(&reading.scan.scratch, pool);
    reading.scan.units = apr_hash_make(pool);
    reading.scan.lexicon = reader->lexicon;
    reading.scan.catalogue = reader->catalogue;
    reading.scan.style = btx_style_of(words);
    reading.scan.order = btx_order_of(words);
    btx_unskew(words);
    btx_drop_axes(words, &reading.scan);
    reading.words = words;
    reading.lines = btx_lines_make(words, pool);
    reading.row = apr_palloc(pool, BT_MAX_OBSERVATIONS * sizeof *reading.row);
    reading.section = apr_palloc(pool, BT_MAX_OBSERVATIONS * sizeof *reading.section);
    reading.block = apr_palloc(pool, ((size_t)reading.lines->n + 1) * sizeof *reading.block);
    for (int i = 0; i < reading.lines->n; i++)
        reading.block[i] = -1;
    bt_report_t *report = apr_pcalloc(pool, sizeof *report);
    reading.report = report;
    report->pages = words->pages;
    report->age_years = NAN;
    report->hidden = words->hidden;
    report->n_hidden = words->n_hidden;
    report->not_understood =
        apr_pcalloc(pool, BT_MAX_NOT_UNDERSTOOD * sizeof *report->not_understood);
    for (int i = 0; i < words->n_typed; i++)
        report->not_understood[report->n_not_understood++] = words->typed[i];
    btx_read_patient(&reading);
    reading.scan.sexes.patient = report->sex;
    btx_find_rows(&reading);
    btx_assemble(&reading);
    bt_report_fit(report, pool);
    if (btx_has_several_patients(&reading))
        return bt_error_hint(pool, BT_E_NOT_A_REPORT,
                             "The pages name different patients, so nothing was interpreted. "
                             "Please send one PDF for each patient.");
    if (!is_report(report, words->n_typed))
        return bt_error_hint(pool, BT_E_NOT_A_REPORT,
                             "No laboratory results were recognised in the PDF: %d pages, %d "
                             "words, %d lines that look like a result, %d form fields or notes.",
                             report->pages, words->n,
                             report->n_observations + report->n_not_understood - words->n_typed,
                             words->n_typed);
    *made = report;
    return NULL;
}
