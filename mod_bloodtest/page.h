/* SPDX-License-Identifier: Apache-2.0
 * Pages for browsers: one frame around what a handler writes, under a policy that lets no script
 * run.
 */
#ifndef BTM_PAGE_H
#define BTM_PAGE_H

#include "mod_bloodtest.h"
#include "libbloodtest/text.h"

enum { BTM_MAX_PAGE_BYTES = 64 * 1024 * 1024 };

/** A page up to the end of its heading; the handler adds the rest (escaped: bt_buffer_add_html). */
bt_buffer_t *btm_page_begin(const btm_call_t *call, const char *title);

/** End the page and send it. */
void btm_page_send(btm_call_t *call, int status, bt_buffer_t *page);

/** A link to an address of this service. */
void btm_page_link(bt_buffer_t *page, const btm_call_t *call, const char *path, const char *text);

/** The text of a file out of www/, NULL where there is none of that name. */
const char *btm_www_file(const char *name);

#endif
