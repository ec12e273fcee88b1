// SPDX-License-Identifier: Apache-2.0
// Plane polygons: hull, area, containment, intersection and distance of convex outlines.
// A ring is a list of vertices without repetition of the first; outer rings run counter-clockwise,
// holes clockwise.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "spatialevo/vec.hpp"

namespace spatialevo {

using Ring = std::span<const Vec2>;

// Sign of the area of the triangle a, b, c: +1 counter-clockwise, 0 collinear, -1 clockwise.
// Exact unless a product overflows or underflows.
int orientation(Vec2 a, Vec2 b, Vec2 c);

// Counter-clockwise convex hull without collinear vertices, from the lexicographically smallest
// point. One vertex if all points coincide, two if they are collinear.
std::vector<Vec2> convex_hull(std::span<const Vec2> points);

// Sum of the signed areas of the rings.
double signed_area(std::span<const Ring> rings);

// Even-odd containment; the boundary counts as inside. Exact.
std::vector<std::uint8_t> contains_points(std::span<const Vec2> points,
                                          std::span<const Ring> rings);

// Area common to two convex counter-clockwise rings.
double convex_intersection_area(Ring a, Ring b);

// Smallest distance between two convex counter-clockwise rings of one vertex or more; 0 if they
// touch or overlap.
double convex_distance(Ring a, Ring b);

}  // namespace spatialevo
