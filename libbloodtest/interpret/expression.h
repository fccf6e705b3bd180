/* SPDX-License-Identifier: Apache-2.0
 * What the parser of expressions and its functions share.  Nobody else includes this.
 */
#ifndef BT_EXPRESSION_H
#define BT_EXPRESSION_H

#include <math.h>

#include "engine.h"

enum { BT_MAX_ARGUMENTS = 8 };

typedef bt_value_t (*bt_function_t)(const bt_engine_t *engine, const bt_value_t *arguments, int n);
typedef struct bt_function_row_t {
    const char *name;
    int least, most; /* arguments */
    bt_function_t call;
} bt_function_row_t;

extern const bt_value_t bt_value_not_known;
bt_value_t bt_value_exactly(double number); /* not known where it is not finite */

static inline bt_value_t bt_value_truth(int is_true)
{
    return bt_value_exactly(is_true ? 1 : 0);
}

static inline int bt_value_is_known(const bt_value_t *value)
{
    return !isnan(value->low);
}

static inline int bt_value_is_exact(const bt_value_t *value)
{
    return bt_value_is_known(value) && value->low == value->high;
}

/** What the name says of person or report; 0 where it is none of those. */
int bt_context_find(bt_value_t *value, const bt_engine_t *engine, const char *name);
const bt_function_row_t *bt_function_find(const char *name);

#endif
