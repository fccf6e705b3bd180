/* SPDX-License-Identifier: Apache-2.0
 * Reading a report: PDF bytes in, bt_report_t out.  Words with boxes (pdf.c) → lines → columns →
 * rows → cells → observations.  Runs inside the sandboxed child: no files, no network, no threads;
 * memory from one pool.
 */
#ifndef BTX_EXTRACT_H
#define BTX_EXTRACT_H

#include <stddef.h>
#include "../../libbloodtest/report.h"

enum { BTX_MAX_PAGES = 200, BTX_MAX_WORDS = 400000 };

typedef struct btx_reader_t btx_reader_t;

/** Everything that a reading needs and that is the same for all: made once, before the first fork,
 * so that no child makes it again.  Warms poppler and fontconfig by reading a tiny built-in PDF. */
bt_err_t *btx_reader_create(btx_reader_t **reader, const bt_catalogue_t *catalogue,
                            apr_pool_t *pool);

/** Read.  Errors: DAMAGED, ENCRYPTED, NO_TEXT, NOT_A_REPORT, TOO_LARGE. */
bt_err_t *btx_read(bt_report_t **report, const void *pdf, size_t length, const btx_reader_t *reader,
                   apr_pool_t *pool);

#endif
