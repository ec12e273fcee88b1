// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/box.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace spatialevo {
namespace {

struct Segment {
    Vec3 start, along;
};

double touching(const OrientedBox& a, const OrientedBox& b) {
    return kTouching * (norm(a.extents) + norm(b.extents) + norm(b.centre - a.centre));
}

Vec3 to_local(Vec3 point, const OrientedBox& box) { return box.axes * (point - box.centre); }

Vec3 to_world(Vec3 local, const OrientedBox& box) {
    return box.centre + local.x * box.axes.row[0] + local.y * box.axes.row[1] +
           local.z * box.axes.row[2];
}

Vec3 clamped(Vec3 local, const OrientedBox& box) {
    Vec3 nearest;
    for (std::size_t i = 0; i < 3; ++i) {
        const double half = 0.5 * box.extents[i];
        nearest[i] = std::clamp(local[i], -half, half);
    }
    return nearest;
}

double point_distance(Vec3 point, const OrientedBox& box) {
    const Vec3 local = to_local(point, box);
    return norm(local - clamped(local, box));
}

bool contains_point(const OrientedBox& box, Vec3 point, double tolerance) {
    const Vec3 local = to_local(point, box);
    tolerance += kTouching * (norm(box.extents) + norm(local));
    for (std::size_t i = 0; i < 3; ++i) {
        if (!(std::abs(local[i]) <= 0.5 * box.extents[i] + tolerance)) return false;
    }
    return true;
}

// Four edges along each axis; an edge along axis i starts where bit i of the corner is 0.
std::array<Segment, 12> edges(const OrientedBox& box) {
    const std::array<Vec3, 8> corner = corners(box);
    std::array<Segment, 12> all;
    std::size_t count = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
        const Vec3 along = box.extents[axis] * box.axes.row[axis];
        for (std::size_t k = 0; k < 8; ++k) {
            if ((k >> axis & 1U) == 0) all[count++] = {corner[k], along};
        }
    }
    return all;
}

// A point of the segment in the box grown by `tolerance`, by clipping against its slabs.
std::optional<Vec3> clip(const Segment& edge, const OrientedBox& box, double tolerance) {
    const Vec3 start = to_local(edge.start, box);
    const Vec3 along = box.axes * edge.along;
    double enter = 0.0, leave = 1.0;
    for (std::size_t i = 0; i < 3; ++i) {
        const double half = 0.5 * box.extents[i] + tolerance;
        if (std::abs(along[i]) <= tolerance) {
            const double middle = start[i] + 0.5 * along[i];
            if (std::abs(middle) > half) return std::nullopt;
            continue;
        }
        const double low = (-half - start[i]) / along[i], high = (half - start[i]) / along[i];
        enter = std::max(enter, std::min(low, high));
        leave = std::min(leave, std::max(low, high));
    }
    if (enter > leave) return std::nullopt;
    return edge.start + (0.5 * (enter + leave)) * edge.along;
}

// Boxes meet if and only if an edge of one meets the other: their intersection is a polytope, and
// each of its vertices lies on an edge of one of them.
std::optional<Vec3> common_point(const OrientedBox& a, const OrientedBox& b, double tolerance) {
    for (const Segment& edge : edges(a)) {
        if (const auto point = clip(edge, b, tolerance)) return point;
    }
    for (const Segment& edge : edges(b)) {
        if (const auto point = clip(edge, a, tolerance)) return point;
    }
    return std::nullopt;
}

double half_width(const OrientedBox& box, Vec3 direction) {
    double sum = 0.0;
    for (std::size_t i = 0; i < 3; ++i) {
        sum += box.extents[i] * std::abs(dot(box.axes.row[i], direction));
    }
    return 0.5 * sum;
}

// Whether a face normal of one box separates them by more than `margin`. A quick way out only.
bool face_separates(const OrientedBox& a, const OrientedBox& b, double margin) {
    const Vec3 between = b.centre - a.centre;
    for (const OrientedBox* box : {&a, &b}) {
        for (const Vec3 normal : box->axes.row) {
            const double gap =
                std::abs(dot(between, normal)) - half_width(a, normal) - half_width(b, normal);
            if (gap > margin) return true;
        }
    }
    return false;
}

class ClosestPair {
public:
    void offer(Vec3 on_a, Vec3 on_b) {
        const double squared = squared_norm(on_b - on_a);
        if (squared < squared_) {
            squared_ = squared;
            gap_ = {0.0, on_a, on_b};
        }
    }
    BoxGap gap() const { return {std::sqrt(squared_), gap_.point_on_a, gap_.point_on_b}; }

private:
    double squared_ = std::numeric_limits<double>::infinity();
    BoxGap gap_;
};

// Closest points of the two lines, if they lie inside both segments. Where they do not, or where
// the lines are parallel, an end of a segment is closest and the corners cover it.
void offer_interior(const Segment& on_a, const Segment& on_b, ClosestPair& closest) {
    const Vec3 normal = cross(on_a.along, on_b.along);
    const double size = squared_norm(normal);
    if (size == 0.0) return;
    const Vec3 between = on_b.start - on_a.start;
    const double s = dot(cross(between, on_b.along), normal) / size;
    const double t = dot(cross(between, on_a.along), normal) / size;
    if (s < 0.0 || s > 1.0 || t < 0.0 || t > 1.0) return;
    closest.offer(on_a.start + s * on_a.along, on_b.start + t * on_b.along);
}

// The closest points of disjoint boxes are a corner and a point of the other box, or lie inside
// two edges.
BoxGap gap_of_disjoint(const OrientedBox& a, const OrientedBox& b) {
    ClosestPair closest;
    for (const Vec3 corner : corners(a)) closest.offer(corner, closest_point(corner, b));
    for (const Vec3 corner : corners(b)) closest.offer(closest_point(corner, a), corner);
    const auto edges_a = edges(a), edges_b = edges(b);
    for (const Segment& edge_a : edges_a) {
        for (const Segment& edge_b : edges_b) offer_interior(edge_a, edge_b, closest);
    }
    return closest.gap();
}

}  // namespace

double orthonormality_error(const Mat3& axes) {
    double error = 0.0;
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = i; j < 3; ++j) {
            const double expected = i == j ? 1.0 : 0.0;
            error = std::max(error, std::abs(dot(axes.row[i], axes.row[j]) - expected));
        }
    }
    return error;
}

std::array<Vec3, 8> corners(const OrientedBox& box) {
    std::array<Vec3, 8> all;
    for (std::size_t k = 0; k < 8; ++k) {
        Vec3 local;
        for (std::size_t axis = 0; axis < 3; ++axis) {
            local[axis] = ((k >> axis & 1U) != 0 ? 0.5 : -0.5) * box.extents[axis];
        }
        all[k] = to_world(local, box);
    }
    return all;
}

Vec3 closest_point(Vec3 point, const OrientedBox& box) {
    return to_world(clamped(to_local(point, box), box), box);
}

void point_distances(std::span<const Vec3> points, const OrientedBox& box, std::span<double> out) {
    std::transform(points.begin(), points.end(), out.begin(),
                   [&](Vec3 point) { return point_distance(point, box); });
}

void contains_points(const OrientedBox& box, std::span<const Vec3> points,
                     std::span<std::uint8_t> out) {
    std::transform(points.begin(), points.end(), out.begin(), [&](Vec3 point) {
        return static_cast<std::uint8_t>(contains_point(box, point, 0.0));
    });
}

bool contains(const OrientedBox& outer, const OrientedBox& inner, double tolerance) {
    const std::array<Vec3, 8> all = corners(inner);
    return std::all_of(all.begin(), all.end(),
                       [&](Vec3 corner) { return contains_point(outer, corner, tolerance); });
}

bool overlap(const OrientedBox& a, const OrientedBox& b) {
    const double tolerance = touching(a, b);
    // 4 > sqrt(3): what a face separates by so much, clipping with this tolerance keeps apart too.
    if (face_separates(a, b, 4.0 * tolerance)) return false;
    return common_point(a, b, tolerance).has_value();
}

BoxGap box_gap(const OrientedBox& a, const OrientedBox& b) {
    const double tolerance = touching(a, b);
    if (!face_separates(a, b, 4.0 * tolerance)) {
        if (const auto point = common_point(a, b, tolerance)) return {0.0, *point, *point};
    }
    return gap_of_disjoint(a, b);
}

}  // namespace spatialevo
