/* SPDX-License-Identifier: Apache-2.0
 * Reports made up for tests, the same ones every time, and whether two results make the same
 * claims.
 */
#ifndef INTERPRET_RANDOM_H
#define INTERPRET_RANDOM_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "interpret_help.h"

/* A figure that the same numbers give every time: tests must not depend on luck. */
static unsigned long random_state = 20261123;
static inline double random_unit(void)
{
    random_state = random_state * 6364136223846793005UL + 1442695040888963407UL;
    return (double)(random_state >> 33) / (double)(1UL << 31);
}

/* APR's own formats leave out the 0 of 0.5, which JSON wants. */
static inline const char *numeric_row(const bt_analyte_t *analyte, double value)
{
    char row[200];
    snprintf(row, sizeof row, "{\"analyte\":\"%s\",\"value\":%.4g,\"unit\":\"%s\"}", analyte->id,
             value, analyte->unit);
    return apr_pstrdup(pool, row);
}

static inline const char *random_row(void)
{
    for (;;) {
        int index = (int)(random_unit() * bt_catalogue_size(catalogue));
        const bt_analyte_t *analyte = bt_catalogue_at(catalogue, index);
        if (strcmp(analyte->scale, "Qn") || isnan(analyte->low_m + analyte->high_m))
            continue;
        double span = analyte->high_m - analyte->low_m,
               value = analyte->low_m + (random_unit() * 3 - 1) * span;
        return numeric_row(analyte, fmax(value, 0.1));
    }
}

static inline const char *joined(const char *const *rows, int n, int backwards)
{
    const char *all = "";
    for (int i = 0; i < n; i++)
        all = apr_pstrcat(pool, all, i ? "," : "", rows[backwards ? n - 1 - i : i], NULL);
    return all;
}

/* How often the rule speaks with this urgency. */
static inline int count_claims(const bt_json_t *claims, const char *rule, const char *urgency)
{
    int n = 0;
    for (size_t i = 0; i < bt_json_size(claims); i++)
        n += !strcmp(bt_json_get_string(bt_json_at(claims, i), "rule_id"), rule) &&
             !strcmp(bt_json_get_string(bt_json_at(claims, i), "urgency"), urgency);
    return n;
}

/* Each claim of the one is as often in the other. */
static inline int are_same_claims(const char **rule, const bt_json_t *one, const bt_json_t *other)
{
    const bt_json_t *a = bt_json_get(one, "claims"), *b = bt_json_get(other, "claims");
    *rule = "one that only the second report has";
    for (size_t i = 0; i < bt_json_size(a); i++) {
        const char *urgency = bt_json_get_string(bt_json_at(a, i), "urgency");
        *rule = bt_json_get_string(bt_json_at(a, i), "rule_id");
        if (count_claims(a, *rule, urgency) != count_claims(b, *rule, urgency))
            return 0;
    }
    return bt_json_size(a) == bt_json_size(b);
}

#endif
