/* SPDX-License-Identifier: Apache-2.0
 * Reads the options of a submission out of their JSON.  They come from the database, so every type
 * is checked again.
 */
#include "context.h"

#include <math.h>
#include <string.h>
#include <apr_lib.h>
#include "../libbloodtest/text.h"

enum { OLDEST_YEARS = 130 };

static char sex_of(const bt_json_t *options)
{
    const char *sex = bt_json_get_string(options, "sex");
    char letter = (char)(sex ? apr_toupper(sex[0]) : 0);
    return letter == 'M' || letter == 'F' ? letter : 0;
}

static double age_of(const bt_json_t *options)
{
    double age = bt_json_get_number(options, "age_years", NAN);
    const char *text = bt_json_get_string(options, "age_years");
    if (text && bt_text_to_double(&age, text))
        age = NAN;
    return age >= 0 && age <= OLDEST_YEARS ? age : NAN;
}

static int pregnant_of(const bt_json_t *options)
{
    const char *text = bt_json_get_string(options, "pregnant");
    if (!text)
        return bt_json_get_bool(options, "pregnant", -1);
    if (strcmp(text, "true") == 0 || strcmp(text, "yes") == 0 || strcmp(text, "1") == 0)
        return 1;
    return strcmp(text, "false") == 0 || strcmp(text, "no") == 0 || strcmp(text, "0") == 0 ? 0 : -1;
}

bt_context_t btw_context_of(const bt_job_t *job, apr_pool_t *pool)
{
    bt_context_t context = {.query = job->query, .age_years = NAN, .pregnant = -1};
    bt_json_t *options = NULL;
    if (!job->options_json ||
        bt_json_parse(&options, job->options_json, strlen(job->options_json), pool))
        return context;
    context.sex = sex_of(options);
    context.age_years = age_of(options);
    context.pregnant = pregnant_of(options);
    return context;
}
