/* SPDX-License-Identifier: Apache-2.0
 * Whether a reader of the page can see a word.  It is unseen only where every run that may have
 * shown it is: whatever stays doubtful is read.
 */
#include "pdf_paint.h"

#include <apr_strings.h>
#include <math.h>
#include <string.h>

enum { MAX_RUNS = 40000, MAX_COVERS = 4000, MAX_WORK = 50000000 };
enum { TILTED = BTX_PAINT_BANDS };
static const double full_page = 0.75, same_start = 1.0, slack = 0.15, band_height = 8;
const char btx_why_mode[] = "shown without ink (render mode 3)";
const char btx_why_layer[] = "in a layer that is switched off";
const char btx_why_clear[] = "fully transparent";
static const char why_covered[] = "covered by what is painted over it",
                  why_clipped[] = "clipped away";

void *btx_paint_grow(void *old, int n, int *room, size_t size, apr_pool_t *pool)
{
    if (n < *room)
        return old;
    *room = *room ? *room * 2 : 256;
    char *larger = apr_palloc(pool, (size_t)*room * size);
    if (n)
        memcpy(larger, old, (size_t)n * size);
    return larger;
}

static int is_apart(bt_box_t a, bt_box_t b)
{
    return a.x1 <= b.x0 || b.x1 <= a.x0 || a.y1 <= b.y0 || b.y1 <= a.y0;
}

int btx_paint_run(btx_paint_t *paint, const btx_run_t *run, apr_pool_t *pool)
{
    if (paint->n_runs == MAX_RUNS || !isfinite(run->x + run->y + run->slope + run->reach))
        return paint->n_runs < MAX_RUNS;
    if (paint->n_runs == paint->run_room) {
        paint->run = btx_paint_grow(paint->run, paint->n_runs, &paint->run_room, sizeof *run, pool);
        paint->found = apr_palloc(pool, (size_t)paint->run_room * sizeof *paint->found);
        paint->next = apr_palloc(pool, (size_t)paint->run_room * sizeof *paint->next);
    }
    paint->run[paint->n_runs] = *run;
    paint->run[paint->n_runs++].order = paint->order++;
    bt_box_t whole = {run->x, run->y - 1, fmax(run->reach, run->x + 1), run->y + 1};
    int is_clipped = run->clip.x0 > whole.x0 || run->clip.x1 < whole.x1 ||
                     run->clip.y0 > whole.y0 || run->clip.y1 < whole.y1;
    paint->is_suspect |= run->why != NULL || is_clipped;
    return 1;
}

int btx_paint_cover(btx_paint_t *paint, bt_box_t box, int is_image, apr_pool_t *pool)
{
    /* Rules and borders hide nothing. */
    if (!(box.x1 - box.x0 > 2) || !(box.y1 - box.y0 > 2))
        return 1;
    int hides = 0;
    paint->work += paint->n_runs;
    if (paint->work > MAX_WORK)
        return 0;
    for (int i = 0; i < paint->n_runs && !hides; i++) {
        const btx_run_t *run = &paint->run[i];
        double rise = run->slope * (run->reach - run->x);
        bt_box_t band = {run->x, run->y + fmin(rise, 0) - 10, run->reach,
                         run->y + fmax(rise, 0) + 2};
        hides = !is_apart(box, band);
    }
    if (!hides)
        return 1;
    if (paint->n_covers == MAX_COVERS)
        return 0;
    paint->is_suspect = 1;
    paint->cover = btx_paint_grow(paint->cover, paint->n_covers, &paint->cover_room,
                                  sizeof *paint->cover, pool);
    paint->cover[paint->n_covers++] = (btx_cover_t){box, paint->order++, is_image};
    return 1;
}

/* Whether the run can have shown a word that begins at the left edge of the box. */
static int may_show(const btx_run_t *run, bt_box_t box)
{
    double height = box.y1 - box.y0, y = run->y + run->slope * (box.x0 - run->x);
    return run->x <= box.x0 + 0.3 * height && run->reach >= box.x0 && y > box.y0 - slack * height &&
           y < box.y1 + slack * height;
}

static int band_of(double y)
{
    return y > 0 ? (int)fmin(y / band_height, TILTED - 1) : 0;
}

/* Runs by the height at which they stand; those that climb are looked at for every word. */
static void index_runs(btx_paint_t *paint)
{
    for (int i = 0; i <= TILTED; i++)
        paint->band[i] = -1;
    for (int i = paint->n_runs; i-- > 0;) {
        const btx_run_t *run = &paint->run[i];
        int band = run->slope == 0 ? band_of(run->y) : TILTED;
        paint->next[i] = paint->band[band];
        paint->band[band] = i;
    }
    paint->n_indexed = paint->n_runs;
}

static int find_in(btx_paint_t *paint, int band, bt_box_t box, int n, double *start)
{
    for (int i = paint->band[band]; i >= 0; i = paint->next[i]) {
        if (may_show(&paint->run[i], box)) {
            *start = fmax(*start, paint->run[i].x);
            paint->found[n++] = i;
        }
    }
    return n;
}

/* Where several may, the last to start did. */
int btx_paint_find(btx_paint_t *paint, bt_box_t box)
{
    double start = -INFINITY, around = slack * (box.y1 - box.y0);
    int n = 0, kept = 0;
    if (paint->n_indexed != paint->n_runs)
        index_runs(paint);
    if (!paint->n_runs)
        return 0;
    for (int band = band_of(box.y0 - around); band <= band_of(box.y1 + around); band++)
        n = find_in(paint, band, box, n, &start);
    n = find_in(paint, TILTED, box, n, &start);
    for (int i = 0; i < n; i++) {
        if (paint->run[paint->found[i]].x >= start - same_start)
            paint->found[kept++] = paint->found[i];
    }
    return kept;
}

static int is_under_cover(const btx_paint_t *paint, const btx_run_t *run, double x, double y)
{
    int is_scan = paint->image_area > full_page * paint->width * paint->height;
    for (int i = 0; i < paint->n_covers; i++) {
        const btx_cover_t *cover = &paint->cover[i];
        if (cover->order > run->order && !(cover->is_image && is_scan) && x >= cover->box.x0 &&
            x <= cover->box.x1 && y >= cover->box.y0 && y <= cover->box.y1)
            return 1;
    }
    return 0;
}

/* A line through the word covers less than half of its height. */
static int is_covered(const btx_paint_t *paint, const btx_run_t *run, bt_box_t box)
{
    static const double across[] = {0.1, 0.3, 0.5, 0.7, 0.9}, down[] = {0.25, 0.5, 0.75};
    for (size_t i = 0; i < sizeof across / sizeof *across; i++) {
        for (size_t k = 0; k < sizeof down / sizeof *down; k++) {
            if (!is_under_cover(paint, run, box.x0 + across[i] * (box.x1 - box.x0),
                                box.y0 + down[k] * (box.y1 - box.y0)))
                return 0;
        }
    }
    return 1;
}

static const char *why_unseen(const btx_paint_t *paint, const btx_run_t *run, bt_box_t box,
                              int is_picture)
{
    if (run->why && !(is_picture && run->why == btx_why_mode))
        return run->why;
    double width = fmin(box.x1, run->clip.x1) - fmax(box.x0, run->clip.x0),
           height = fmin(box.y1, run->clip.y1) - fmax(box.y0, run->clip.y0);
    if (!(width > 0) || !(height > 0) ||
        width * height < 0.1 * (box.x1 - box.x0) * (box.y1 - box.y0))
        return why_clipped;
    return is_covered(paint, run, box) ? why_covered : NULL;
}

const char *btx_why_unseen(btx_paint_t *paint, const btx_word_t *word, unsigned char *is_picture)
{
    const int n = btx_paint_find(paint, word->box);
    int names_it = 0, last = -1;
    const char *why = NULL;
    /* Operators that show text one behind another start at one place here: then the letters tell
     * which it was. */
    for (int i = 0; i < n && !names_it; i++)
        names_it = strstr(paint->run[paint->found[i]].text, word->text) != NULL;
    int is_scan = paint->image_area > full_page * paint->width * paint->height;
    for (int i = 0; i < n; i++) {
        const btx_run_t *run = &paint->run[paint->found[i]];
        if (names_it && !strstr(run->text, word->text))
            continue;
        *is_picture |= is_scan && run->why == btx_why_mode;
        const char *here = why_unseen(paint, run, word->box, *is_picture);
        if (!here)
            return NULL;
        why = paint->found[i] > last ? here : why;
        last = paint->found[i] > last ? paint->found[i] : last;
    }
    return why;
}
