// SPDX-License-Identifier: Apache-2.0
// The outline of a room's floor: occupancy gives the topology, wall lines give the edges.
#pragma once

#include <span>
#include <vector>

#include "spatialevo/vec.hpp"

namespace spatialevo {

struct FloorPolygon {
    std::vector<std::vector<Vec2>> rings;  // outer rings counter-clockwise, holes clockwise
    double area = 0.0;                     // square metres
    double half_width = 0.0;               // of the 95 % interval of the area, square metres
    double walled = 0.0;                   // share of the outline that lies on a wall line
};

// The area bounded by wall faces; z is up, `cell` is the side of a raster cell in metres. The result
// does not depend on the order of the points.
FloorPolygon floor_polygon(std::span<const Vec3> points, double floor_height, double cell);

}  // namespace spatialevo
