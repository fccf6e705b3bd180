/* SPDX-License-Identifier: Apache-2.0
 * A fuzz target for what a cell can hold: numbers, units, intervals, and labels matched with the
 * catalogue.  The first byte chooses among them.
 */
#include "fuzz.h"

#include <apr_hash.h>
#include <math.h>
#include <string.h>
#include "../../worker/extract/scan.h"

enum { KINDS = 5 };

static btx_scan_t scan;

void fuzz_start(apr_pool_t *pool)
{
    bt_catalogue_t *catalogue = NULL;
    btx_lexicon_t *lexicon = NULL;
    need(!bt_catalogue_load(&catalogue, pool) && !btx_lexicon_load(&lexicon, catalogue, pool));
    scan = (btx_scan_t){.lexicon = lexicon, .catalogue = catalogue, .style = BTX_STYLE_POINT};
}

static void try_number(const char *text, btx_style_t style)
{
    btx_number_t number;
    const char *end = btx_scan_number(&number, text, style);
    if (!end)
        return;
    need(end > text && end <= text + strlen(text));
    need(strlen(number.comparator) < sizeof number.comparator && !isinf(number.value));
}

static void try_interval(const char *text)
{
    bt_interval_t interval;
    int has_two = 0;
    if (btx_is_interval(&interval, &has_two, &scan, text, scan.scratch))
        need(!has_two || !(interval.low > interval.high));
    (void)btx_find_interval(&interval, &scan, text, 'F', scan.scratch);
}

static void try_label(const char *text)
{
    bt_label_t label = {text, NULL, NULL, NAN};
    bt_match_t match = bt_catalogue_match(scan.catalogue, &label, scan.scratch);
    double like = bt_catalogue_label_likeness(scan.catalogue, text, scan.scratch);
    need(!match.analyte || (match.confidence >= 0 && match.confidence <= 1));
    need(like >= 0 && like <= 1);
}

void fuzz_try(const char *input, size_t length, apr_pool_t *pool)
{
    const char *text = input + 1;
    if (length < 2)
        return;
    scan.scratch = pool;
    scan.units = apr_hash_make(pool);
    switch ((unsigned char)input[0] % KINDS) {
    case 0:
        try_number(text, BTX_STYLE_POINT);
        break;
    case 1:
        try_number(text, BTX_STYLE_COMMA);
        try_number(text, BTX_STYLE_COMMA_GROUPS);
        break;
    case 2:
        (void)btx_is_unit(&scan, text, scan.scratch);
        (void)bt_catalogue_unit(scan.catalogue, text);
        break;
    case 3:
        try_interval(text);
        break;
    default:
        try_label(text);
    }
}
