/* SPDX-License-Identifier: Apache-2.0
 * What lies under white letters, by what the page paints: most stand on one dark rectangle, or on
 * the paper.  Whatever is not that plain is left to a picture of the page.
 */
#include "pdf_paint.h"

#include <limits.h>
#include <math.h>

enum { MAX_GROUNDS = 20000 };
/* Nobody takes these for white, or for dark; what else touches no more of a word, or is as clear,
 * changes nothing; and a dark rectangle lies under most of it. */
static const double dark = 0.75, light = 0.97, much = 0.15, visible = 0.1, most = 0.6;

void btx_paint_ground(btx_paint_t *paint, const btx_ground_t *ground, apr_pool_t *pool)
{
    if (!(ground->box.x1 > ground->box.x0) || !(ground->box.y1 > ground->box.y0))
        return;
    if (paint->n_grounds == MAX_GROUNDS) {
        paint->is_ground_lost = 1;
        return;
    }
    paint->ground =
        btx_paint_grow(paint->ground, paint->n_grounds, &paint->ground_room, sizeof *ground, pool);
    paint->ground[paint->n_grounds] = *ground;
    paint->ground[paint->n_grounds++].order = paint->order++;
}

/* How much of the box the other one takes: 0 to 1. */
static double share_of(bt_box_t box, bt_box_t other)
{
    double width = fmin(box.x1, other.x1) - fmax(box.x0, other.x0),
           height = fmin(box.y1, other.y1) - fmax(box.y0, other.y0);
    if (!(width > 0) || !(height > 0))
        return 0;
    return width * height / ((box.x1 - box.x0) * (box.y1 - box.y0));
}

/* The order of the first run that may have shown the word; INT_MAX: there is none. */
static int first_order(btx_paint_t *paint, bt_box_t box)
{
    int n = btx_paint_find(paint, box), first = INT_MAX;
    for (int i = 0; i < n; i++) {
        int order = paint->run[paint->found[i]].order;
        first = order < first ? order : first;
    }
    return first;
}

/* Letters that are not white may be what makes white ones on them be seen. */
static int has_other_letters(const btx_paint_t *paint, bt_box_t box)
{
    for (int i = 0; i < paint->n_runs; i++) {
        const btx_run_t *run = &paint->run[i];
        double rise = run->slope * (run->reach - run->x);
        bt_box_t band = {run->x, run->y + fmin(rise, 0) - run->height, run->reach,
                         run->y + fmax(rise, 0) + 0.3 * run->height};
        if (!run->why && !(run->ink > light) && share_of(box, band) > 0)
            return 1;
    }
    return 0;
}

btx_under_t btx_paint_under(btx_paint_t *paint, bt_box_t box)
{
    int first = first_order(paint, box), is_light = 0;
    double doubt = 0, veil = 0;
    if (paint->is_ground_lost || first == INT_MAX)
        return BTX_UNDER_UNKNOWN;
    for (int i = paint->n_grounds; i-- > 0 && !is_light && doubt <= much && veil <= visible;) {
        const btx_ground_t *ground = &paint->ground[i];
        double share = share_of(box, ground->box);
        int is_under = share > 0 && ground->order < first;
        if (is_under && ground->ink < dark && share > most)
            return BTX_UNDER_DARK;
        is_light = is_under && ground->ink > light && share > 1 - much;
        if (share > 0 && ground->alpha < visible)
            veil += ground->alpha;
        else if (!is_light)
            doubt += share;
    }
    int is_doubtful = doubt > much || veil > visible || has_other_letters(paint, box);
    return is_doubtful ? BTX_UNDER_UNKNOWN : BTX_UNDER_WHITE;
}
