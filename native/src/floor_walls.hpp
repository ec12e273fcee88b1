// SPDX-License-Identifier: Apache-2.0
// Wall lines on the ground from tall vertical evidence.
#pragma once

#include <span>
#include <vector>

#include "floor_grid.hpp"
#include "spatialevo/vec.hpp"

namespace spatialevo {

struct Span {
    double start, stop;  // positions along the line, metres
    bool full;           // rises to the top of the walls: not the front of a wardrobe
};

// A straight wall face seen from above.
struct WallLine {
    Vec2 origin, along;       // a point of it and the unit direction
    double sigma = 0.0;       // standard error of its position, metres
    std::vector<Span> spans;  // where there is evidence, ascending, doorways bridged

    double distance(Vec2 p) const { return cross(along, p - origin); }  // signed
    double position(Vec2 p) const { return dot(along, p - origin); }
    Vec2 at(double position_along) const { return origin + position_along * along; }
};

// Cells hit between floor and ceiling, one bit for every 10 cm above the floor.
struct Columns {
    std::vector<std::uint32_t> layers;
    std::uint32_t wall_layers = 0;  // those that tell walls: above the skirting, below a ceiling
};
Columns columns_of(std::span<const Vec3> points, double floor_height, const Grid& grid);

std::vector<WallLine> wall_lines(std::span<const Vec3> points, double floor_height,
                                 const Columns& columns, const Grid& grid);

// Total least squares of points with weights: origin and along; sigma is left 0.
WallLine fit_line(std::span<const Vec2> points, std::span<const double> weights);

}  // namespace spatialevo
