/* SPDX-License-Identifier: Apache-2.0
 * The words by which pages are understood: column heads, patient fields, flags, qualitative
 * results, unit atoms.  They are data (libbloodtest/knowledge/headings.tsv), in several languages,
 * so that no such word stands in C.
 */
#ifndef BTX_LEXICON_H
#define BTX_LEXICON_H

#include <apr_pools.h>
#include "../../libbloodtest/catalogue.h"
#include "layout.h"

enum { BTX_MAX_PHRASE_WORDS = 6, BTX_MAX_KEY = 120 };

typedef struct btx_lexicon_t btx_lexicon_t;

/** Load the catalogue's table of headings.  A malformed row is BT_E_CONFIG. */
bt_err_t *btx_lexicon_load(btx_lexicon_t **lexicon, const bt_catalogue_t *catalogue,
                           apr_pool_t *pool);

/** The plain form of a text: lower case, no accents, only letters, digits and % # +, single blanks.
 */
const char *btx_key(const char *text, apr_pool_t *pool);

/** What the phrase (a plain form) means among those of this kind ("column", "field", "flag", …);
 * NULL where unknown. */
const char *btx_lexicon_find(const btx_lexicon_t *lexicon, const char *kind, const char *key);
/** The same for a text as printed. */
const char *btx_lexicon_text(const btx_lexicon_t *lexicon, const char *kind, const char *text,
                             apr_pool_t *pool);

/** The longest phrase of this kind that begins with word `first` of the line: its meaning, and
 * *n_words taken. */
const char *btx_lexicon_longest(int *n_words, const btx_lexicon_t *lexicon, const char *kind,
                                const btx_line_t *line, int first, int end);

/** The plain forms of words [first, end) joined, in `key` of BTX_MAX_KEY bytes; 0 where they do not
 * fit. */
int btx_words_key(char *key, const btx_line_t *line, int first, int end);

#endif
