// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/polygon.hpp"

#include <nanobind/stl/vector.h>

#include "arrays.hpp"
#include "bindings.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace spatialevo::bindings {
namespace {

std::vector<Ring> views(const std::vector<Points2>& rings) {
    std::vector<Ring> result;
    result.reserve(rings.size());
    for (const Points2& ring : rings) result.push_back(view(ring));
    return result;
}

}  // namespace
}  // namespace spatialevo::bindings

void bind_polygon(nb::module_& m) {
    namespace se = spatialevo;
    using namespace se::bindings;
    m.def(
        "convex_hull",
        [](const Points2& points_xy) {
            std::vector<se::Vec2> hull;
            {
                const nb::gil_scoped_release release;
                hull = se::convex_hull(view(points_xy));
            }
            const std::size_t count = hull.size();
            return to_numpy<Output<double, -1, 2>>(std::move(hull), {count, 2});
        },
        "points_xy"_a, "Counter-clockwise convex hull.");
    m.def(
        "signed_area",
        [](const std::vector<Points2>& rings) { return se::signed_area(views(rings)); }, "rings"_a,
        "Sum of the signed areas of the rings.");
    m.def(
        "contains_points",
        [](const Points2& points_xy, const std::vector<Points2>& rings) {
            const std::vector<se::Ring> outlines = views(rings);
            std::vector<std::uint8_t> inside;
            {
                const nb::gil_scoped_release release;
                inside = se::contains_points(view(points_xy), outlines);
            }
            const std::size_t count = inside.size();
            return to_numpy<Output<bool, -1>>(std::move(inside), {count});
        },
        "points_xy"_a, "rings"_a, "Even-odd containment, boundary inside.");
    m.def(
        "convex_intersection_area",
        [](const Points2& a, const Points2& b) {
            return se::convex_intersection_area(view(a), view(b));
        },
        "a"_a, "b"_a, "Area common to two convex rings.");
    m.def(
        "convex_distance",
        [](const Points2& a, const Points2& b) { return se::convex_distance(view(a), view(b)); },
        "a"_a, "b"_a, "Distance between two convex rings.");
}
