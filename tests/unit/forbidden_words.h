/* SPDX-License-Identifier: Apache-2.0
 * What no sentence of an analysis may say: a diagnosis, a dose, to start or stop a medicine, a
 * prognosis.
 */
#ifndef FORBIDDEN_WORDS_H
#define FORBIDDEN_WORDS_H

#include <apr_strings.h>
#include <ctype.h>
#include <string.h>

/* What the sentence must not say; NULL where it is fine. */
static inline const char *forbidden_in(const char *sentence, apr_pool_t *scratch_pool)
{
    static const char *const phrases[] = {
        "you have",        "you suffer",     "diagnos",        " suffers from", " take ",
        " tablets a",      "stop taking",    "start taking",   "stop the ",     "start the ",
        "start treatment", "stop treatment", "increase the ",  "reduce the ",   "prognos",
        "mg daily",        "mg per day",     "mg once",        " dose",         "dosage",
        "prescribe",       "survival",       "mortality",      "life expectan", "chance of dying",
        "you should",      "patient has",    "the patient is", "is certain",    "proves",
    };
    char *lower = apr_pstrcat(scratch_pool, " ", sentence, NULL);
    for (char *c = lower; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    /* The disclaimer says what an analysis is not. */
    for (char *no; (no = strstr(lower, "no diagnosis"));)
        memset(no, ' ', strlen("no diagnosis"));
    for (size_t i = 0; i < sizeof phrases / sizeof phrases[0]; i++) {
        if (strstr(lower, phrases[i]))
            return phrases[i];
    }
    return NULL;
}

#endif
