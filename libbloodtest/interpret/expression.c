/* SPDX-License-Identifier: Apache-2.0
 * The language of conditions and formulas: numbers, names of results, arithmetic, comparison,
 * and/or/not, and a few functions.  Logic has three values: what is not known decides nothing, so a
 * rule speaks only when it is sure.
 */
#include "expression.h"
#include "../text.h"

#include <apr_strings.h>
#include <ctype.h>
#include <math.h>
#include <string.h>

enum { MAX_DEPTH = 40, MAX_NAME = 60, MAX_DIGITS = 24 };

typedef struct parser_t {
    const bt_engine_t *engine;
    const char *text, *at;
    bt_used_t *used;
    bt_err_t *error;
    int depth;
} parser_t;

static bt_value_t failed(parser_t *parser, const char *why)
{
    if (!parser->error)
        parser->error =
            bt_error(parser->engine->pool, BT_E_CONFIG, "expression '%s': %s at character %d",
                     parser->text, why, (int)(parser->at - parser->text) + 1);
    return bt_value_not_known;
}

static void skip_blanks(parser_t *parser)
{
    while (*parser->at == ' ')
        parser->at++;
}

static int take_whole(parser_t *parser, const char *token)
{
    size_t length = strlen(token);
    if (strncmp(parser->at, token, length))
        return 0;
    if (isalpha((unsigned char)*token) &&
        (isalnum((unsigned char)parser->at[length]) || parser->at[length] == '_'))
        return 0;
    parser->at += length;
    return 1;
}

/* Each operand is asked for a dozen operators behind it: mostly the first letter decides. */
static inline int take(parser_t *parser, const char *token)
{
    skip_blanks(parser);
    return *parser->at == *token && take_whole(parser, token);
}

static bt_value_t parse_or(parser_t *parser);

/* ---- names ---- */

static void note_used(parser_t *parser, const bt_fact_t *fact)
{
    for (int i = 0; i < parser->used->n; i++) {
        if (parser->used->facts[i] == fact)
            return;
    }
    if (parser->used->n < BT_MAX_USED)
        parser->used->facts[parser->used->n++] = fact;
}

static bt_value_t value_of_fact(const bt_fact_t *fact)
{
    double low = NAN, high = NAN;
    bt_row_bounds(&low, &high, fact->row);
    if (isnan(low))
        return (bt_value_t){NAN, NAN, 0, fact, NULL};
    bt_value_t value = {low, high, 0, fact, NULL};
    if (isfinite(low))
        bt_analyte_to_canonical(&value.low, fact->row->analyte, low, fact->row->unit);
    if (isfinite(high))
        bt_analyte_to_canonical(&value.high, fact->row->analyte, high, fact->row->unit);
    return value;
}

static bt_value_t value_of_name(parser_t *parser, const char *name)
{
    const bt_engine_t *engine = parser->engine;
    bt_value_t value = bt_value_not_known;
    if (bt_context_find(&value, engine, name))
        return value;
    const bt_fact_t *fact = apr_hash_get(engine->bound, name, APR_HASH_KEY_STRING);
    if (fact) {
        note_used(parser, fact);
        return value_of_fact(fact);
    }
    const bt_derived_t *derived = apr_hash_get(engine->derived_by_name, name, APR_HASH_KEY_STRING);
    if (!derived)
        return bt_catalogue_by_id(engine->catalogue, name) ? bt_value_not_known
                                                           : failed(parser, "unknown name");
    for (int i = 0; i < derived->n_used; i++)
        note_used(parser, derived->used[i]);
    value = bt_value_exactly(derived->value);
    value.derived = bt_value_is_known(&value) ? derived : NULL;
    return value;
}

static bt_value_t parse_fired(parser_t *parser)
{
    char id[MAX_NAME];
    size_t length = 0;
    skip_blanks(parser);
    while (isalnum((unsigned char)*parser->at) && length < sizeof id - 1)
        id[length++] = *parser->at++;
    id[length] = '\0';
    if (!length || !take(parser, ")"))
        return failed(parser, "fired() wants the id of a rule");
    return bt_value_truth(apr_hash_get(parser->engine->fired, id, APR_HASH_KEY_STRING) != NULL);
}

/* fold_rise(x, hours) and gain(x, hours): against the lowest result of the hours before. */
static bt_value_t call_history(parser_t *parser, const char *name, const bt_value_t *arguments)
{
    if (!arguments[1].is_constant)
        return failed(parser, "the hours must be a number");
    if (!arguments[0].fact || !bt_value_is_exact(&arguments[0]))
        return bt_value_not_known;
    const bt_fact_t *before =
        bt_fact_lowest_before(parser->engine, arguments[0].fact, arguments[1].low);
    if (!before)
        return bt_value_not_known;
    note_used(parser, before);
    return bt_value_exactly(*name == 'f' ? arguments[0].low / before->canonical
                                         : arguments[0].low - before->canonical);
}

static bt_value_t parse_call(parser_t *parser, const char *name)
{
    bt_value_t arguments[BT_MAX_ARGUMENTS];
    int n = 0;
    if (!strcmp(name, "fired"))
        return parse_fired(parser);
    do {
        if (n == BT_MAX_ARGUMENTS)
            return failed(parser, "too many arguments");
        arguments[n++] = parse_or(parser);
    } while (take(parser, ","));
    if (!take(parser, ")"))
        return failed(parser, "')' is missing");
    if (n == 2 && (!strcmp(name, "fold_rise") || !strcmp(name, "gain")))
        return call_history(parser, name, arguments);
    const bt_function_row_t *function = bt_function_find(name);
    if (!function)
        return failed(parser, "unknown function");
    if (n < function->least || n > function->most)
        return failed(parser, "wrong number of arguments");
    return function->call(parser->engine, arguments, n);
}

/* ---- grammar ---- */

static bt_value_t parse_number(parser_t *parser)
{
    char digits[MAX_DIGITS];
    size_t length = strspn(parser->at, "0123456789.");
    double number = NAN;
    if (length >= sizeof digits)
        return failed(parser, "too long a number");
    memcpy(digits, parser->at, length);
    digits[length] = '\0';
    parser->at += length;
    if (bt_text_to_double(&number, digits))
        return failed(parser, "not a number");
    bt_value_t value = bt_value_exactly(number);
    value.is_constant = 1;
    return value;
}

static bt_value_t parse_factor(parser_t *parser)
{
    char name[MAX_NAME];
    size_t length = 0;
    skip_blanks(parser);
    if (take(parser, "-")) {
        bt_value_t value = parse_factor(parser);
        bt_value_t minus =
            bt_value_is_exact(&value) ? bt_value_exactly(-value.low) : bt_value_not_known;
        minus.is_constant = value.is_constant;
        return minus;
    }
    if (take(parser, "(")) {
        bt_value_t value = parse_or(parser);
        return take(parser, ")") ? value : failed(parser, "')' is missing");
    }
    if (isdigit((unsigned char)*parser->at))
        return parse_number(parser);
    while ((isalnum((unsigned char)*parser->at) || *parser->at == '_') && length < sizeof name - 1)
        name[length++] = *parser->at++;
    name[length] = '\0';
    if (!length)
        return failed(parser, "a number or a name is missing");
    return take(parser, "(") ? parse_call(parser, name) : value_of_name(parser, name);
}

static bt_value_t parse_product(parser_t *parser)
{
    bt_value_t left = parse_factor(parser);
    for (;;) {
        int times = take(parser, "*"), over = !times && take(parser, "/");
        if (!times && !over)
            return left;
        bt_value_t right = parse_factor(parser);
        left = !bt_value_is_exact(&left) || !bt_value_is_exact(&right)
                   ? bt_value_not_known
                   : bt_value_exactly(times ? left.low * right.low : left.low / right.low);
    }
}

static bt_value_t parse_sum(parser_t *parser)
{
    bt_value_t left = parse_product(parser);
    for (;;) {
        int plus = take(parser, "+"), minus = !plus && take(parser, "-");
        if (!plus && !minus)
            return left;
        bt_value_t right = parse_product(parser);
        left = !bt_value_is_exact(&left) || !bt_value_is_exact(&right)
                   ? bt_value_not_known
                   : bt_value_exactly(plus ? left.low + right.low : left.low - right.low);
    }
}

/* -1, 0, 1; 2 where it is not known. */
static int compare(const bt_engine_t *engine, const bt_value_t *left, const bt_value_t *right)
{
    if (!bt_value_is_known(left) || !bt_value_is_known(right))
        return 2;
    if (left->fact && right->is_constant)
        return bt_fact_compare(engine, left->fact, right->low);
    if (left->derived && right->is_constant)
        return bt_derived_compare(engine, left->derived, right->low);
    /* What was computed is off by less than this, and 1.2 / 0.8 is 1.5. */
    if (bt_value_is_exact(left) && bt_value_is_exact(right) &&
        fabs(left->low - right->low) <= 1e-9 * fabs(right->low))
        return 0;
    if (left->low > right->high)
        return 1;
    if (left->high < right->low)
        return -1;
    return bt_value_is_exact(left) && bt_value_is_exact(right) ? 0 : 2;
}

static bt_value_t parse_comparison(parser_t *parser)
{
    static const char *const operators[] = {"<=", ">=", "<", ">", "="};
    bt_value_t left = parse_sum(parser);
    size_t found = 0;
    for (; found < 5 && !take(parser, operators[found]); found++)
        ;
    if (found == 5)
        return left;
    bt_value_t right = parse_sum(parser);
    int order = compare(parser->engine, &left, &right);
    if (order == 2)
        return bt_value_not_known;
    const int answers[] = {order <= 0, order >= 0, order<0, order> 0, order == 0};
    return bt_value_truth(answers[found]);
}

static bt_value_t parse_not(parser_t *parser)
{
    if (parser->depth > MAX_DEPTH)
        return failed(parser, "too deep");
    if (!take(parser, "not"))
        return parse_comparison(parser);
    parser->depth++;
    bt_value_t value = parse_not(parser);
    parser->depth--;
    return bt_value_is_exact(&value) ? bt_value_truth(value.low == 0) : bt_value_not_known;
}

static bt_value_t parse_and(parser_t *parser)
{
    bt_value_t left = parse_not(parser);
    while (take(parser, "and")) {
        bt_value_t right = parse_not(parser);
        int is_false = (bt_value_is_exact(&left) && left.low == 0) ||
                       (bt_value_is_exact(&right) && right.low == 0);
        left = is_false                                                ? bt_value_truth(0)
               : bt_value_is_known(&left) && bt_value_is_known(&right) ? bt_value_truth(1)
                                                                       : bt_value_not_known;
    }
    return left;
}

static bt_value_t parse_or(parser_t *parser)
{
    if (++parser->depth > MAX_DEPTH)
        return failed(parser, "too deep");
    bt_value_t left = parse_and(parser);
    while (take(parser, "or")) {
        bt_value_t right = parse_and(parser);
        int is_true = (bt_value_is_exact(&left) && left.low != 0) ||
                      (bt_value_is_exact(&right) && right.low != 0);
        left = is_true                                                 ? bt_value_truth(1)
               : bt_value_is_known(&left) && bt_value_is_known(&right) ? bt_value_truth(0)
                                                                       : bt_value_not_known;
    }
    parser->depth--;
    return left;
}

bt_err_t *bt_expression(bt_value_t *value, bt_used_t *used, const bt_engine_t *engine,
                        const char *text)
{
    parser_t parser = {engine, text, text, used, NULL, 0};
    *value = parse_or(&parser);
    skip_blanks(&parser);
    if (!parser.error && *parser.at)
        failed(&parser, "something is left over");
    return parser.error;
}
