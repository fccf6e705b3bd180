/* SPDX-License-Identifier: Apache-2.0
 * What the files that write the texts share: one line for a claim, and which claims are said within
 * another's line.  Nobody else includes this.
 */
#ifndef BT_TEXTS_H
#define BT_TEXTS_H

#include "engine.h"
#include "../text.h"

enum { BT_MAX_TEXT = 256 * 1024, BT_ROUTINE = 1, BT_URGENT = 3 };

/** The claim in whose line this one is said, NULL where it has a line of its own. */
const bt_claim_t *bt_carrier_of(const bt_engine_t *engine, const bt_claim_t *aside);
/** Whether claims are said within the line of this one. */
int bt_carries(const bt_engine_t *engine, const bt_claim_t *claim);
/** "- text [rules]" on a line of its own, a mark behind the rule where it is not yet reviewed. */
void bt_text_claim(bt_buffer_t *out, const bt_engine_t *engine, const bt_claim_t *claim);
/** A line, where there is one. */
void bt_text_line(bt_buffer_t *out, const char *text);
/** What the mark means, where the text has one; and the text, cleaned. */
const char *bt_text_end(bt_buffer_t *out, const bt_engine_t *engine);

int bt_fact_is_abnormal(const bt_fact_t *fact);
static inline const bt_claim_t *bt_claim_at(const bt_engine_t *engine, int i)
{
    return APR_ARRAY_IDX(engine->claims, i, const bt_claim_t *);
}

const char *bt_text_doctor(const bt_engine_t *engine);
const char *bt_text_summary(const bt_engine_t *engine);

#endif
