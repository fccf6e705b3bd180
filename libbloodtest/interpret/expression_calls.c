/* SPDX-License-Identifier: Apache-2.0
 * The functions of the language of conditions and formulas, and what it knows of person and report.
 * Each function is one row of a table that says how many arguments it takes, so that a wrong call
 * in the knowledge is found when it is read.
 */
#include "expression.h"

#include <math.h>
#include <string.h>

const bt_value_t bt_value_not_known = {NAN, NAN, 0, NULL, NULL};

bt_value_t bt_value_exactly(double number)
{
    return isfinite(number) ? (bt_value_t){number, number, 0, NULL, NULL} : bt_value_not_known;
}

/* What the rules may know about the patient and the report. */
static const char *const context_names[] = {"age",
                                            "male",
                                            "female",
                                            "child",
                                            "pregnant",
                                            "trimester",
                                            "dialysis",
                                            "chronic_liver_disease",
                                            "anticoagulated",
                                            "urgency",
                                            "results",
                                            "printed_laboratory",
                                            "printed_collected",
                                            "printed_reported",
                                            "printed_page",
                                            "not_read",
                                            "hidden"};
enum { N_CONTEXT_NAMES = sizeof context_names / sizeof context_names[0] };

/* In the order of the names. */
static double context_value(const bt_engine_t *engine, int index)
{
    const bt_context_t *context = engine->context;
    const bt_report_t *report = engine->report;
    switch (index) {
    case 0:
        return context->age_years;
    case 1:
        return context->sex == 'M';
    case 2:
        return context->sex == 'F';
    case 3:
        return bt_is_child(engine);
    case 4:
        return engine->pregnant;
    case 5:
        return context->trimester ? context->trimester : NAN;
    case 6:
        return context->dialysis;
    case 7:
        return context->chronic_liver_disease;
    case 8:
        return context->anticoagulated;
    case 9:
        return bt_urgency(engine);
    case 10:
        return report->n_observations;
    case 11:
        return report->laboratory != NULL;
    case 12:
        return report->collected != NULL;
    case 13:
        return report->reported != NULL;
    case 14:
        return report->pages > 0;
    case 15:
        return report->n_not_understood;
    default:
        return report->n_hidden;
    }
}

int bt_context_find(bt_value_t *value, const bt_engine_t *engine, const char *name)
{
    for (int i = 0; i < N_CONTEXT_NAMES; i++) {
        if (*context_names[i] == *name && !strcmp(context_names[i], name)) {
            *value = bt_value_exactly(context_value(engine, i));
            return 1;
        }
    }
    return 0;
}

/* The larger of two results "< 5" and 7 is 7, that of "< 5" and 3 is open. */
static bt_value_t extreme(const bt_value_t *arguments, int n, double (*better)(double, double))
{
    bt_value_t best = {arguments[0].low, arguments[0].high, 0, NULL, NULL};
    for (int i = 0; i < n; i++) {
        if (!bt_value_is_known(&arguments[i]))
            return bt_value_not_known;
        best.low = better(best.low, arguments[i].low);
        best.high = better(best.high, arguments[i].high);
    }
    return best;
}

static bt_value_t call_least(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    (void)engine;
    return extreme(arguments, n, fmin);
}

static bt_value_t call_most(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    (void)engine;
    return extreme(arguments, n, fmax);
}

static bt_value_t call_first(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    (void)engine;
    const bt_value_t *found = &bt_value_not_known;
    for (int i = 0; i < n; i++) {
        if (bt_value_is_exact(&arguments[i]))
            return arguments[i];
        found = bt_value_is_known(found) ? found : &arguments[i];
    }
    return *found;
}

static bt_value_t call_if(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    (void)engine, (void)n;
    if (!bt_value_is_exact(&arguments[0]))
        return bt_value_not_known;
    return arguments[0].low != 0 ? arguments[1] : arguments[2];
}

static bt_value_t call_number(double (*operation)(double), const bt_value_t *argument)
{
    return bt_value_is_exact(argument) ? bt_value_exactly(operation(argument->low))
                                       : bt_value_not_known;
}

static bt_value_t call_abs(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    (void)engine, (void)n;
    return call_number(fabs, arguments);
}

static bt_value_t call_ln(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    (void)engine, (void)n;
    return call_number(log, arguments);
}

static bt_value_t call_log10(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    (void)engine, (void)n;
    return call_number(log10, arguments);
}

static bt_value_t call_sqrt(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    (void)engine, (void)n;
    return call_number(sqrt, arguments);
}

static bt_value_t call_round(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    (void)engine, (void)n;
    return call_number(round, arguments);
}

static bt_value_t call_pow(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    (void)engine, (void)n;
    return bt_value_is_exact(&arguments[0]) && bt_value_is_exact(&arguments[1])
               ? bt_value_exactly(pow(arguments[0].low, arguments[1].low))
               : bt_value_not_known;
}

static bt_value_t call_has(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    (void)engine, (void)n;
    return bt_value_truth(bt_value_is_known(arguments) || arguments->fact != NULL);
}

/* Whether the report gives the result in a unit other than the catalogue's. */
static bt_value_t call_converted(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    (void)engine, (void)n;
    return arguments->fact ? bt_value_truth(bt_fact_alt_unit(arguments->fact) != NULL)
                           : bt_value_not_known;
}

/* Whether that unit counts molecules where the catalogue's weighs them, or the other way round. */
static bt_value_t call_molar(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    (void)engine, (void)n;
    const bt_alt_unit_t *alt = arguments->fact ? bt_fact_alt_unit(arguments->fact) : NULL;
    return arguments->fact ? bt_value_truth(alt && !bt_is_power_of_ten(alt->factor))
                           : bt_value_not_known;
}

/* How many there are of what is true; what is not known does not count. */
static bt_value_t call_count(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    (void)engine;
    int count = 0;
    for (int i = 0; i < n; i++)
        count += bt_value_is_exact(&arguments[i]) && arguments[i].low != 0;
    return bt_value_exactly(count);
}

static bt_value_t call_times_uln(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    (void)engine, (void)n;
    double low = NAN, high = NAN;
    if (!arguments->fact || !bt_value_is_known(arguments))
        return bt_value_not_known;
    bt_fact_times_upper(&low, &high, arguments->fact);
    return isnan(low) ? bt_value_not_known : (bt_value_t){low, high, 0, NULL, NULL};
}

/* Where a second value is given, a computed one like the first (calcium adjusted for albumin), it
 * is that which is held against the interval of the first. */
static bt_value_t side_of(const bt_engine_t *engine, const bt_value_t *arguments, int n, char side)
{
    const bt_fact_t *fact = arguments[0].fact;
    if (!fact || (n > 1 && !bt_value_is_exact(&arguments[1])))
        return bt_value_not_known;
    char found = 0;
    if (n > 1) {
        bt_observation_t row = *fact->row;
        const bt_alt_unit_t *alt = bt_fact_alt_unit(fact);
        double value = arguments[1].low;
        row.value = bt_rounded(alt ? (value - alt->offset) / alt->factor : value,
                               row.analyte->decimals + (alt != NULL));
        row.comparator[0] = '\0';
        found = bt_row_side(&row, &fact->interval);
    } else {
        found = bt_fact_side(engine, fact);
    }
    return found ? bt_value_truth(found == side) : bt_value_not_known;
}

static bt_value_t call_above(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    return side_of(engine, arguments, n, 'H');
}

static bt_value_t call_below(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    return side_of(engine, arguments, n, 'L');
}

static bt_value_t call_inside(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    return side_of(engine, arguments, n, 'N');
}

/* Whether the interval in force is the laboratory's own: printed, or of the site. */
static bt_value_t call_own_interval(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    (void)engine, (void)n;
    const char *source = arguments->fact ? arguments->fact->interval_source : NULL;
    return bt_value_truth(source && strcmp(source, "generic") != 0);
}

static bt_value_t call_positive(const bt_engine_t *engine, const bt_value_t *arguments, int n)
{
    (void)n;
    const char *word = arguments->fact ? arguments->fact->row->value_word : NULL;
    const char *meaning = word ? bt_meaning(engine, "word", word) : NULL;
    return meaning ? bt_value_truth(!strcmp(meaning, "positive")) : bt_value_not_known;
}

static const bt_function_row_t functions[] = {
    {"min", 2, BT_MAX_ARGUMENTS, call_least},
    {"max", 2, BT_MAX_ARGUMENTS, call_most},
    {"first", 1, BT_MAX_ARGUMENTS, call_first},
    {"if", 3, 3, call_if},
    {"abs", 1, 1, call_abs},
    {"ln", 1, 1, call_ln},
    {"log10", 1, 1, call_log10},
    {"sqrt", 1, 1, call_sqrt},
    {"round", 1, 1, call_round},
    {"pow", 2, 2, call_pow},
    {"has", 1, 1, call_has},
    {"converted", 1, 1, call_converted},
    {"molar", 1, 1, call_molar},
    {"count", 1, BT_MAX_ARGUMENTS, call_count},
    {"times_uln", 1, 1, call_times_uln},
    {"above", 1, 2, call_above},
    {"below", 1, 2, call_below},
    {"inside", 1, 2, call_inside},
    {"own_interval", 1, 1, call_own_interval},
    {"positive", 1, 1, call_positive},
};

const bt_function_row_t *bt_function_find(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (!strcmp(functions[i].name, name))
            return &functions[i];
    }
    return NULL;
}
