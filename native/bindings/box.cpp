// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/box.hpp"

#include <nanobind/stl/tuple.h>

#include <tuple>

#include "arrays.hpp"
#include "bindings.hpp"
#include "packed_box.hpp"
#include "spatialevo/polygon.hpp"

namespace nb = nanobind;
using namespace nb::literals;
namespace se = spatialevo;
namespace sb = spatialevo::bindings;

namespace {

using Packed = sb::PackedBox;
using VectorOut = sb::Output<double, 3>;
using ScalarsOut = sb::Output<double, -1>;
using MaskOut = sb::Output<bool, -1>;

VectorOut to_numpy(se::Vec3 v) {
    const double d[3] = {v.x, v.y, v.z};
    return sb::to_numpy_small<VectorOut>(d, 3, {3});
}

std::tuple<double, VectorOut, VectorOut> box_gap(const Packed& a, const Packed& b) {
    const se::BoxGap gap = se::box_gap(sb::unpack(a), sb::unpack(b));
    return {gap.distance, to_numpy(gap.point_on_a), to_numpy(gap.point_on_b)};
}

ScalarsOut box_to_boxes_distance(const Packed& a, const sb::PackedBoxes& boxes) {
    const se::OrientedBox box = sb::unpack(a);
    std::vector<double> distances(boxes.shape(0));
    {
        nb::gil_scoped_release release;
        for (std::size_t i = 0; i < distances.size(); ++i) {
            distances[i] = se::box_gap(box, sb::unpack_box(boxes.data() + 15 * i)).distance;
        }
    }
    return sb::to_numpy<ScalarsOut>(std::move(distances), {boxes.shape(0)});
}

ScalarsOut point_box_distance(const sb::Points& points, const Packed& box) {
    std::vector<double> distances(points.shape(0));
    {
        nb::gil_scoped_release release;
        se::point_distances(sb::view(points), sb::unpack(box), distances);
    }
    return sb::to_numpy<ScalarsOut>(std::move(distances), {points.shape(0)});
}

MaskOut box_contains_points(const Packed& box, const sb::Points& points) {
    std::vector<std::uint8_t> inside(points.shape(0));
    {
        nb::gil_scoped_release release;
        se::contains_points(sb::unpack(box), sb::view(points), inside);
    }
    return sb::to_numpy<MaskOut>(std::move(inside), {points.shape(0)});
}

sb::Output<double, 8, 3> box_corners(const Packed& box) {
    const std::array<se::Vec3, 8> corners = se::corners(sb::unpack(box));
    return sb::to_numpy<sb::Output<double, 8, 3>>(
        std::vector<se::Vec3>(corners.begin(), corners.end()), {8, 3});
}

sb::Output<double, -1, 2> box_footprint(const Packed& box) {
    std::vector<se::Vec2> shadow;
    for (const se::Vec3 corner : se::corners(sb::unpack(box)))
        shadow.push_back({corner.x, corner.y});
    std::vector<se::Vec2> ring = se::convex_hull(shadow);
    const std::size_t count = ring.size();
    return sb::to_numpy<sb::Output<double, -1, 2>>(std::move(ring), {count, 2});
}

}  // namespace

void bind_box(nb::module_& m) {
    m.def(
        "orthonormality_error",
        [](const sb::Matrix3& axes) { return se::orthonormality_error(sb::value(axes)); },
        "axes"_a);
    m.def("box_corners", &box_corners, "box"_a);
    m.def("box_footprint", &box_footprint, "box"_a);
    m.def("point_box_distance", &point_box_distance, "points"_a, "box"_a);
    m.def(
        "closest_point_in_box",
        [](const sb::Vector3& point, const Packed& box) {
            return to_numpy(se::closest_point(sb::value(point), sb::unpack(box)));
        },
        "point"_a, "box"_a);
    m.def("box_gap", &box_gap, "a"_a, "b"_a);
    m.def("box_to_boxes_distance", &box_to_boxes_distance, "a"_a, "boxes"_a);
    m.def(
        "boxes_overlap",
        [](const Packed& a, const Packed& b) { return se::overlap(sb::unpack(a), sb::unpack(b)); },
        "a"_a, "b"_a);
    m.def(
        "box_contains_box",
        [](const Packed& outer, const Packed& inner, double tolerance) {
            return se::contains(sb::unpack(outer), sb::unpack(inner), tolerance);
        },
        "outer"_a, "inner"_a, "tolerance"_a);
    m.def("box_contains_points", &box_contains_points, "box"_a, "points"_a);
}
