// SPDX-License-Identifier: Apache-2.0
// The search behind fit_minimum_volume.
#pragma once

#include <array>
#include <span>

#include "spatialevo/vec.hpp"

namespace spatialevo {

// Two unit vectors that complete a unit normal to right-handed axes (first, second, normal).
std::array<Vec3, 2> tangents(Vec3 normal);

// Right-handed axes with the given unit normal as the third whose box has the smallest face across
// it; `plane` holds two unit vectors across the normal.
Mat3 best_axes_about(std::span<const Vec3> points, Vec3 normal, const std::array<Vec3, 2>& plane);

// The axes of the box of smallest volume round points that are not coplanar.
//
// Sides of the smallest box lie on edges of the convex hull, three in general position (O'Rourke,
// "Finding minimal enclosing boxes", 1985; Jylanki, "An exact algorithm for finding minimum
// oriented bounding boxes", 2015). Starts: all boxes with a side on a hull face, and on small hulls
// all with opposite sides on two edges. The best are improved by a pattern search over rotations
// and then moved onto the edges next to their sides.
Mat3 minimum_volume_axes(std::span<const Vec3> points);

}  // namespace spatialevo
