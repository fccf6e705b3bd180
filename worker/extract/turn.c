/* SPDX-License-Identifier: Apache-2.0
 * Boxes of a page that lies on its side or on its head: turned upright to be read, and back to
 * where they stand on the page as it is looked at.
 */
#include "layout.h"

bt_box_t btx_turn_box(const btx_turn_t *turn, bt_box_t box)
{
    const double w = turn->width, h = turn->height;
    switch (turn->quarters) {
    case 1:
        return (bt_box_t){h - box.y1, box.x0, h - box.y0, box.x1};
    case 2:
        return (bt_box_t){w - box.x1, h - box.y1, w - box.x0, h - box.y0};
    case 3:
        return (bt_box_t){box.y0, w - box.x1, box.y1, w - box.x0};
    default:
        return box;
    }
}

bt_box_t btx_turn_back(const btx_turn_t *turn, bt_box_t box)
{
    const int is_odd = turn->quarters % 2;
    const btx_turn_t back = {(4 - turn->quarters) % 4, is_odd ? turn->height : turn->width,
                             is_odd ? turn->width : turn->height};
    return btx_turn_box(&back, box);
}
