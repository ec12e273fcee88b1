// SPDX-License-Identifier: Apache-2.0
// Oriented boxes: distances, overlap and containment. All exact up to rounding, for any
// orientation, and for boxes of no thickness (rectangles, segments, points).
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "spatialevo/vec.hpp"

namespace spatialevo {

struct OrientedBox {
    Vec3 centre;
    Mat3 axes = identity3();  // rows: unit axes in the world; either handedness
    Vec3 extents;             // full side lengths along the axes, >= 0 [m]
};

struct BoxGap {
    double distance = 0.0;
    Vec3 point_on_a, point_on_b;  // equal, and in both boxes, where the boxes touch or overlap
};

// Gaps below this share of the boxes' size and distance count as touching, and points so close to
// the surface as inside: it is the rounding of the inputs.
inline constexpr double kTouching = 1e-12;

// Largest entry of |axes axes^T - I|.
double orthonormality_error(const Mat3& axes);

// Corner k lies on the positive side of axis j if bit j of k is set.
std::array<Vec3, 8> corners(const OrientedBox& box);

Vec3 closest_point(Vec3 point, const OrientedBox& box);
void point_distances(std::span<const Vec3> points, const OrientedBox& box, std::span<double> out);
void contains_points(const OrientedBox& box, std::span<const Vec3> points,
                     std::span<std::uint8_t> out);

// Whether every corner of `inner` lies in `outer` grown by `tolerance` on each side.
bool contains(const OrientedBox& outer, const OrientedBox& inner, double tolerance);

// Whether the boxes share a point; the same decision as box_gap(a, b).distance == 0.
bool overlap(const OrientedBox& a, const OrientedBox& b);

// Closest points of two boxes.
BoxGap box_gap(const OrientedBox& a, const OrientedBox& b);

}  // namespace spatialevo
