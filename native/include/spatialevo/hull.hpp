// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "spatialevo/vec.hpp"

namespace spatialevo {

// Four spread-out points: an extreme one, the farthest from it, the farthest from their line, the
// farthest from their plane; ties go to the lower index. The three distances tell the shape: a
// point, a line, a plane or a solid.
struct Simplex {
    std::array<std::size_t, 4> corner;
    double length = 0.0, width = 0.0, height = 0.0;
};

// Throws std::invalid_argument if there are no points.
Simplex spread_simplex(std::span<const Vec3> points);

struct HullFace {
    std::array<std::size_t, 3> vertex;  // indices of points, counter-clockwise from outside
};

// Triangles of the convex hull, by exact orientation tests: coplanar points are not vertices unless
// they are corners of the triangulation. Empty if the points are coplanar.
// Barber, Dobkin, Huhdanpaa, "The Quickhull algorithm for convex hulls", 1996.
std::vector<HullFace> convex_hull_3d(std::span<const Vec3> points);

}  // namespace spatialevo
