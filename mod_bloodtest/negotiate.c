/* SPDX-License-Identifier: Apache-2.0
 * Which media type a client wants.  Weights are whole thousandths; of several ranges the closest to
 * the type counts.
 */
#include <string.h>
#include <strings.h>
#include <apr_strings.h>
#include <apr_lib.h>

#include "negotiate.h"
#include "libbloodtest/text.h"

enum { MAX_ACCEPT_BYTES = 4096 };

typedef struct form_t {
    btm_media_t media;
    const char *name, *content_type;
} form_t;

static const form_t forms[] = {
    {BTM_MEDIA_JSON, "application/json", "application/json"},
    {BTM_MEDIA_HTML, "text/html", "text/html; charset=utf-8"},
    {BTM_MEDIA_TEXT, "text/plain", "text/plain; charset=utf-8"},
    {BTM_MEDIA_FHIR, "application/fhir+json", "application/fhir+json; fhirVersion=4.0"},
    {BTM_MEDIA_CSS, "text/css", "text/css; charset=utf-8"},
};

enum { N_FORMS = sizeof(forms) / sizeof(forms[0]) };

const char *btm_media_type(btm_media_t media)
{
    for (int i = 0; i < N_FORMS; i++) {
        if (forms[i].media == media)
            return forms[i].content_type;
    }
    return "application/octet-stream";
}

/* 3: the very type, 2: its family, 1: anything, 0: no match. */
static int closeness(const char *range, const char *name)
{
    size_t type = strcspn(name, "/") + 1;
    if (strcasecmp(range, name) == 0)
        return 3;
    if (strncasecmp(range, name, type) == 0 && strcmp(range + type, "*") == 0)
        return 2;
    return strcmp(range, "*/*") == 0 ? 1 : 0;
}

/* Cut the parameters off a range; its weight in thousandths. */
static int split_weight(char *range)
{
    int weight = 1000;
    char *next = strchr(range, ';');
    for (char *end = next ? next : range + strlen(range); end > range && apr_isspace(end[-1]);)
        *--end = '\0';
    while (next) {
        char *parameter = next + 1;
        *next = '\0';
        next = strchr(parameter, ';');
        while (apr_isspace(*parameter))
            parameter++;
        if ((*parameter != 'q' && *parameter != 'Q') || parameter[1] != '=')
            continue;
        double number = 0;
        char *value = parameter + 2;
        char end = value[strspn(value, "0123456789.")];
        value[strspn(value, "0123456789.")] = '\0';
        int is_number = (end == '\0' || end == ' ' || end == ';') &&
                        bt_text_to_double(&number, value) == 0 && number <= 1;
        weight = is_number ? (int)(number * 1000 + 0.5) : 0;
        break;
    }
    return weight;
}

static int weight_of(const char *accept, const char *name, apr_pool_t *pool)
{
    int closest = 0, weight = 0;
    char *copy = apr_pstrdup(pool, accept);
    for (char *range = copy, *next; range; range = next) {
        next = strchr(range, ',');
        if (next)
            *next++ = '\0';
        while (apr_isspace(*range))
            range++;
        int found = split_weight(range), close = closeness(range, name);
        if (close > closest) {
            closest = close;
            weight = found;
        }
    }
    return weight;
}

btm_media_t btm_negotiate(const char *accept, unsigned int media, apr_pool_t *pool)
{
    btm_media_t best = 0;
    int best_weight = 0;
    if (accept && strlen(accept) > MAX_ACCEPT_BYTES)
        accept = NULL;
    for (int i = 0; i < N_FORMS; i++) {
        if (!(media & forms[i].media))
            continue;
        int weight = accept && *accept ? weight_of(accept, forms[i].name, pool) : 1;
        if (weight > best_weight) {
            best_weight = weight;
            best = forms[i].media;
        }
    }
    return best;
}
