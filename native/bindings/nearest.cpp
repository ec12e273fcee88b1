// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/nearest.hpp"

#include <nanobind/stl/tuple.h>

#include <cmath>
#include <tuple>

#include "arrays.hpp"
#include "bindings.hpp"

namespace nb = nanobind;
using namespace nb::literals;
namespace se = spatialevo;
namespace sb = spatialevo::bindings;

namespace {

using Distances = sb::Output<double, -1, -1>;
using Neighbours = sb::Output<std::int64_t, -1, -1>;
using Indices = sb::Output<std::int64_t, -1>;

std::tuple<Distances, Neighbours> k_nearest(const se::PointIndex& index, const sb::Points& queries,
                                            std::size_t k) {
    const std::span<const se::Vec3> points = sb::view(queries);
    const std::size_t count = points.size();
    std::vector<double> distances(count * k);
    std::vector<std::int64_t> indices(count * k);
    {
        nb::gil_scoped_release release;
        std::vector<se::Neighbour> nearest(k);
        for (std::size_t i = 0; i < count; ++i) {
            index.k_nearest(points[i], nearest);
            for (std::size_t j = 0; j < k; ++j) {
                distances[i * k + j] = std::sqrt(nearest[j].squared_distance);
                indices[i * k + j] = nearest[j].index;
            }
        }
    }
    return {sb::to_numpy<Distances>(std::move(distances), {count, k}),
            sb::to_numpy<Neighbours>(std::move(indices), {count, k})};
}

// Rows of unequal length: the indices of query i are indices[offsets[i]:offsets[i + 1]].
std::tuple<Indices, Indices> within(const se::PointIndex& index, const sb::Points& queries,
                                    double radius) {
    const std::span<const se::Vec3> points = sb::view(queries);
    std::vector<std::int64_t> indices, offsets{0};
    {
        nb::gil_scoped_release release;
        for (const se::Vec3 point : points) {
            index.within(point, radius, indices);
            offsets.push_back(static_cast<std::int64_t>(indices.size()));
        }
    }
    const std::size_t found = indices.size();
    return {sb::to_numpy<Indices>(std::move(indices), {found}),
            sb::to_numpy<Indices>(std::move(offsets), {points.size() + 1})};
}

std::tuple<double, std::int64_t, std::int64_t> point_gap(const sb::Points& points_a,
                                                         const sb::Points& points_b) {
    nb::gil_scoped_release release;
    const se::PointGap gap = se::point_gap(sb::view(points_a), sb::view(points_b));
    return {gap.distance, gap.index_a, gap.index_b};
}

}  // namespace

void bind_nearest(nb::module_& m) {
    nb::class_<se::PointIndex>(m, "PointIndex", "An immutable k-d tree over points.")
        .def(
            "__init__",
            [](se::PointIndex* self, const sb::Points& points) {
                const std::span<const se::Vec3> view = sb::view(points);
                nb::gil_scoped_release release;
                new (self) se::PointIndex(view);
            },
            "points"_a)
        .def("__len__", &se::PointIndex::size)
        .def("k_nearest", &k_nearest, "queries"_a, "k"_a)
        .def("within", &within, "queries"_a, "radius"_a);
    m.def("point_gap", &point_gap, "points_a"_a, "points_b"_a);
}
