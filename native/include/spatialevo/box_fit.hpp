// SPDX-License-Identifier: Apache-2.0
// Boxes round points. All throw std::invalid_argument if there are no points; the axes are
// right-handed; the result does not depend on the order of the points.
#pragma once

#include <span>

#include "spatialevo/box.hpp"
#include "spatialevo/vec.hpp"

namespace spatialevo {

// A cloud thinner than this share of its length is flat: a flat box beats the noise of a hull.
inline constexpr double kFlat = 1e-9;

// The smallest box with the given axes.
OrientedBox fit_along(std::span<const Vec3> points, const Mat3& axes);

OrientedBox fit_axis_aligned(std::span<const Vec3> points);

// Smallest footprint among the boxes with a vertical axis; the first axis is horizontal with its
// azimuth in [0, pi/2), the smallest one among equal footprints.
OrientedBox fit_gravity_aligned(std::span<const Vec3> points);

// Smallest volume over all rotations. Every box with a face on a face of the convex hull is tried,
// and the best ones are improved by turning them: no larger than a search over hull faces alone.
OrientedBox fit_minimum_volume(std::span<const Vec3> points);

}  // namespace spatialevo
