/* SPDX-License-Identifier: Apache-2.0
 * Marks that say how a value lies to its interval: letters, words, arrows, stars and signs.
 */
#include "tokens.h"

#include <ctype.h>
#include <string.h>

const char *btx_flag_means(const btx_scan_t *scan, const char *text, apr_pool_t *pool)
{
    static const char *const marks[] = {"*",
                                        "#",
                                        "!",
                                        "\xe2\x86\x91",
                                        "\xe2\x86\x93",
                                        "\xe2\x86\x97",
                                        "\xe2\x86\x98",
                                        "\xe2\x96\xb2",
                                        "\xe2\x96\xbc",
                                        "\xe2\x87\xa7",
                                        "\xe2\x87\xa9",
                                        "\xe2\x87\x91",
                                        "\xe2\x87\x93",
                                        "\xc2\xac",
                                        "(",
                                        ")",
                                        "[",
                                        "]",
                                        "^",
                                        NULL};
    size_t n = strlen(text), at = 0, kept = 0, seen = 0;
    if (!n || n > 24 || strchr(text, ':') || !strchr(text, '(') != !strchr(text, ')'))
        return NULL;
    char rest[32];
    while (at < n) {
        size_t step = 0;
        for (int i = 0; marks[i] && !step && !isalnum((unsigned char)text[at]); i++)
            step = btx_starts(text + at, marks[i]);
        seen += step > 0 && !strchr("()[]", text[at]);
        if (!step)
            rest[kept++] = text[at];
        at += step ? step : 1;
    }
    rest[kept] = '\0';
    if (!kept)
        return seen ? "" : NULL;
    return btx_lexicon_text(scan->lexicon, "flag", rest, pool);
}

const char *btx_lone_mark(const btx_scan_t *scan, const btx_line_t *line, int cell)
{
    const char *text = line->word[line->cell[cell].first]->text;
    int is_alone = !cell && line->cell[cell].end - line->cell[cell].first == 1;
    return is_alone && btx_flag_means(scan, text, scan->scratch) ? text : NULL;
}

int btx_names_band(const btx_line_t *line, const btx_token_t *token)
{
    const char *last = line->word[token->end - 1]->text;
    return last[strlen(last) - 1] == ':' ||
           (token->end < line->n && *line->word[token->end]->text == ':');
}

int btx_is_glued_sign(const char *digits, const char *end)
{
    size_t signs = strspn(end, *end == '+' ? "+" : "-");
    return signs && signs < 4 && !end[signs] && (strlen(digits) > 1 || *end == '-');
}

/* "4.2-": a dash of any length behind the digits. */
static int has_dash_behind(const char *text)
{
    size_t digits = strcspn(text, "0123456789");
    digits += strspn(text + digits, "0123456789.,");
    const char *past = digits && text[digits] ? btx_skip_dash(text + digits) : NULL;
    return past && !*past;
}

const char *btx_sign_beside(const btx_line_t *line, const btx_token_t *value)
{
    if (value->kind != BTX_NUMBER)
        return NULL;
    const char *before = value->first ? line->word[value->first - 1]->text : "";
    const char *past = btx_skip_dash(before);
    int is_limit = !strcmp(before, "<") || !strcmp(before, ">") ||
                   !strcmp(before, "\xe2\x89\xa4") || !strcmp(before, "\xe2\x89\xa5");
    if (is_limit || (past && !*past))
        return before;
    return has_dash_behind(line->word[value->end - 1]->text) ? "-" : NULL;
}

int btx_is_bullet(const char *text)
{
    static const char *const bullets[] = {
        "\xe2\x80\xa2", "\xe2\x97\x8f", "\xe2\x97\x8b", "\xe2\x96\xa0",
        "\xe2\x96\xa1", "\xe2\x96\xaa", "\xc2\xb7",     NULL};
    for (int i = 0; bullets[i]; i++) {
        if (!strcmp(text, bullets[i]))
            return 1;
    }
    return 0;
}
