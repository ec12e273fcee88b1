// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "spatialevo/vec.hpp"

namespace spatialevo {

struct Rectangle {
    Vec2 axis{1.0, 0.0};  // unit, azimuth in [0, pi/2)
    double area = 0.0;
};

// Smallest rectangle round a convex counter-clockwise ring (two vertices: a segment; one: a
// point), by rotating callipers. One side of it lies on an edge of the ring; of equal areas the
// smallest azimuth wins.
// Freeman and Shapira, "Determining the minimum-area encasing rectangle", 1975;
// Toussaint, "Solving geometric problems with the rotating calipers", 1983.
Rectangle smallest_rectangle(std::span<const Vec2> ring);

}  // namespace spatialevo
