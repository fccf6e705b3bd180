/* SPDX-License-Identifier: Apache-2.0
 * Where the parts of a spooled multipart body begin and end.  A delimiter is a line of its own: two
 * hyphens, the boundary, maybe two hyphens more, maybe blanks; the line end before it belongs to
 * it.
 */
#include "parts.h"

enum {
    WINDOW = 64 * 1024,
    MAX_LINE_TAIL = 256,    /* blanks behind a boundary */
    MAX_FALSE_STARTS = 1000 /* a boundary is chosen so that the content does not hold it */
};

typedef struct scan_t {
    const btm_spool_t *spool;
    const char *delimiter; /* "--boundary" */
    size_t length;
    char *window;
    apr_pool_t *pool;
} scan_t;

typedef struct delimiter_t {
    apr_off_t at;   /* of its first hyphen */
    apr_off_t next; /* of the line behind it */
    int is_last, is_found;
} delimiter_t;

static bt_err_t *malformed(const scan_t *scan, const char *detail)
{
    return bt_error(scan->pool, BT_E_MALFORMED_BODY, "multipart: %s", detail);
}

/* Whether the delimiter at `at` is a whole line. */
static bt_err_t *look_at(delimiter_t *found, const scan_t *scan, apr_off_t at)
{
    char tail[MAX_LINE_TAIL + 1], before = '\n';
    size_t length = 0, one = 1;
    found->is_found = 0;
    if (at > 0)
        BT_TRY(btm_spool_read(&one, scan->spool, &before, 1, at - 1));
    if (before != '\n')
        return NULL;
    BT_TRY(btm_spool_read(&length, scan->spool, tail, MAX_LINE_TAIL, at + (apr_off_t)scan->length));
    tail[length] = '\0';
    size_t used = strncmp(tail, "--", 2) == 0 ? 2 : 0;
    int is_last = used == 2;
    used += strspn(tail + used, " \t");
    int is_end = used == length;
    if (tail[used] == '\r')
        used++;
    if (tail[used] != '\n' && !(is_last && is_end))
        return NULL;
    *found = (delimiter_t){.at = at,
                           .next = at + (apr_off_t)(scan->length + used + 1),
                           .is_last = is_last,
                           .is_found = 1};
    return NULL;
}

/* The next delimiter at or behind `from`. */
static bt_err_t *next_delimiter(delimiter_t *found, const scan_t *scan, apr_off_t from)
{
    int false_starts = 0;
    found->is_found = 0;
    for (;;) {
        size_t length = 0;
        BT_TRY(btm_spool_read(&length, scan->spool, scan->window, WINDOW, from));
        const char *at = scan->window, *end = scan->window + length;
        while ((at = memmem(at, (size_t)(end - at), scan->delimiter, scan->length)) != NULL) {
            BT_TRY(look_at(found, scan, from + (at - scan->window)));
            if (found->is_found)
                return NULL;
            if (++false_starts > MAX_FALSE_STARTS)
                return malformed(scan, "the boundary is all over the content");
            at++;
        }
        if (length < WINDOW)
            return NULL;
        from += (apr_off_t)(WINDOW - scan->length + 1);
    }
}

/* Where the content of a part begins: behind the first empty line. */
static bt_err_t *find_content(btm_part_t *part, const scan_t *scan, apr_off_t end)
{
    size_t length = 0;
    apr_off_t most = end - part->head;
    size_t room = most > BTM_MAX_PART_HEAD ? BTM_MAX_PART_HEAD : (size_t)most;
    BT_TRY(btm_spool_read(&length, scan->spool, scan->window, room, part->head));
    size_t line = 0;
    while (line < length) {
        const char *feed = memchr(scan->window + line, '\n', length - line);
        if (!feed)
            break;
        size_t next = (size_t)(feed - scan->window) + 1;
        int is_empty = next - line == 1 || (next - line == 2 && scan->window[line] == '\r');
        if (is_empty) {
            part->body = part->head + (apr_off_t)next;
            return NULL;
        }
        line = next;
    }
    return malformed(scan, "a part without an end of its headers");
}

/* The content ends before the line end that belongs to the delimiter. */
static bt_err_t *find_end(btm_part_t *part, const scan_t *scan, apr_off_t delimiter)
{
    char line_end[2] = {0};
    size_t length = 0;
    BT_TRY(btm_spool_read(&length, scan->spool, line_end, 2, delimiter - 2));
    part->end = delimiter - (line_end[0] == '\r' ? 2 : 1);
    if (part->end < part->body)
        part->end = part->body; /* "headers, empty line, delimiter": no content at all */
    return NULL;
}

bt_err_t *btm_parts_find(btm_part_t *parts, int *n, const btm_spool_t *spool, const char *boundary,
                         apr_pool_t *pool)
{
    scan_t scan = {.spool = spool, .window = apr_palloc(pool, WINDOW), .pool = pool};
    scan.delimiter = apr_pstrcat(pool, "--", boundary, NULL);
    scan.length = strlen(scan.delimiter);
    delimiter_t at, next;
    *n = 0;
    BT_TRY(next_delimiter(&at, &scan, 0));
    if (!at.is_found)
        return malformed(&scan, "no part");
    while (!at.is_last) {
        if (*n == BTM_MAX_PARTS)
            return malformed(&scan, "too many parts");
        btm_part_t *part = &parts[(*n)++];
        part->head = at.next;
        BT_TRY(next_delimiter(&next, &scan, at.next));
        if (!next.is_found)
            return malformed(&scan, "the closing line is missing");
        BT_TRY(find_content(part, &scan, next.at));
        BT_TRY(find_end(part, &scan, next.at));
        at = next;
    }
    return NULL;
}
