/* SPDX-License-Identifier: Apache-2.0
 * A stored result (the JSON of bt_interpret(), with or without the fields of the database) in the
 * forms that people and other systems read.  All input is taken as hostile: types are checked, HTML
 * is escaped.
 */
#ifndef BT_RENDER_H
#define BT_RENDER_H

#include "../json.h"

/** Plain text, at most 100 columns: heading, red flags, summary, table of observations, the other
 * texts, disclaimer. */
const char *bt_render_text(const bt_json_t *result, apr_pool_t *pool);

/** An HTML fragment (no html, head, style or script): sections, one table of observations. */
const char *bt_render_html(const bt_json_t *result, apr_pool_t *pool);

/** A FHIR R4 Bundle (type collection): DiagnosticReport and one Observation a row; LOINC and UCUM
 * where known. */
const char *bt_render_fhir(const bt_json_t *result, apr_pool_t *pool);

#endif
