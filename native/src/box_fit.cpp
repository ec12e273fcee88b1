// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/box_fit.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include "spatialevo/hull.hpp"
#include "spatialevo/minimum_box.hpp"
#include "spatialevo/polygon.hpp"
#include "spatialevo/rectangle.hpp"

namespace spatialevo {
namespace {

void require_points(std::span<const Vec3> points) {
    if (points.empty()) throw std::invalid_argument("points: empty");
}

// The points in lexicographic order, each once: several rotations may give the smallest volume, and
// the order of the points must not choose between them.
std::vector<Vec3> distinct(std::span<const Vec3> points) {
    std::vector<Vec3> sorted(points.begin(), points.end());
    for (Vec3& p : sorted) p = p + Vec3{};  // -0.0 becomes 0.0
    std::sort(sorted.begin(), sorted.end(),
              [](Vec3 a, Vec3 b) { return std::array{a.x, a.y, a.z} < std::array{b.x, b.y, b.z}; });
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    return sorted;
}

// Axes of a cloud that is a point, a line or a plane: the smallest box lies in it.
Mat3 flat_axes(std::span<const Vec3> points, const Simplex& simplex) {
    if (simplex.length == 0.0) return identity3();
    const Vec3 origin = points[simplex.corner[0]];
    const Vec3 along = normalized(points[simplex.corner[1]] - origin);
    if (simplex.width <= kFlat * simplex.length) {
        const auto [second, third] = tangents(along);
        return {{along, second, third}};
    }
    const Vec3 normal = normalized(cross(along, points[simplex.corner[2]] - origin));
    return best_axes_about(points, normal, {along, cross(normal, along)});
}

}  // namespace

OrientedBox fit_along(std::span<const Vec3> points, const Mat3& axes) {
    require_points(points);
    Vec3 low = axes * points[0], high = low;
    for (const Vec3 point : points) {
        const Vec3 along = axes * point;
        for (std::size_t i = 0; i < 3; ++i) {
            low[i] = std::min(low[i], along[i]);
            high[i] = std::max(high[i], along[i]);
        }
    }
    return {transposed(axes) * (0.5 * (low + high)), axes, high - low};
}

OrientedBox fit_axis_aligned(std::span<const Vec3> points) {
    return fit_along(points, identity3());
}

OrientedBox fit_gravity_aligned(std::span<const Vec3> points) {
    require_points(points);
    std::vector<Vec2> footprint;
    footprint.reserve(points.size());
    for (const Vec3 p : points) footprint.push_back({p.x, p.y});
    const Vec2 axis = smallest_rectangle(convex_hull(footprint)).axis;
    return fit_along(points, {{{axis.x, axis.y, 0.0}, {-axis.y, axis.x, 0.0}, {0.0, 0.0, 1.0}}});
}

OrientedBox fit_minimum_volume(std::span<const Vec3> given) {
    const std::vector<Vec3> points = distinct(given);
    const Simplex simplex = spread_simplex(points);
    const bool flat = std::min(simplex.width, simplex.height) <= kFlat * simplex.length;
    return fit_along(points, flat ? flat_axes(points, simplex) : minimum_volume_axes(points));
}

}  // namespace spatialevo
