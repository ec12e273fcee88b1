// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/plane.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/tuple.h>

#include <tuple>

#include "arrays.hpp"
#include "bindings.hpp"

namespace nb = nanobind;
using namespace nb::literals;
namespace se = spatialevo;
namespace sb = spatialevo::bindings;

namespace {

using Vector = sb::Output<double, 3>;
using Normals = sb::Output<double, -1, 3>;
using Mask = sb::Output<bool, -1>;  // the core keeps masks as bytes of 0 and 1

Vector vector_of(se::Vec3 v) {
    const double values[3] = {v.x, v.y, v.z};
    return sb::to_numpy_small<Vector>(values, 3, {3});
}

std::tuple<Vector, double, double> fit_plane(const sb::Points& points) {
    se::Plane plane;
    {
        nb::gil_scoped_release release;
        plane = se::fit_plane(sb::view(points));
    }
    return {vector_of(plane.normal), plane.offset, plane.rms};
}

std::tuple<Vector, double, double, Mask> fit_plane_robust(const sb::Points& points,
                                                          double threshold, std::uint64_t seed,
                                                          std::size_t iterations) {
    se::RobustPlane found;
    {
        nb::gil_scoped_release release;
        found = se::fit_plane_robust(sb::view(points), {threshold, seed, iterations});
    }
    const std::size_t count = found.inliers.size();
    return {vector_of(found.plane.normal), found.plane.offset, found.plane.rms,
            sb::to_numpy<Mask>(std::move(found.inliers), {count})};
}

Normals estimate_normals(const sb::Points& points, std::size_t k,
                         const std::optional<sb::Vector3>& towards) {
    std::optional<se::Vec3> viewpoint;
    if (towards) viewpoint = sb::value(*towards);
    std::vector<se::Vec3> normals;
    {
        nb::gil_scoped_release release;
        normals = se::estimate_normals(sb::view(points), k, viewpoint);
    }
    const std::size_t count = normals.size();
    return sb::to_numpy<Normals>(std::move(normals), {count, 3});
}

std::tuple<double, double, std::size_t> floor_height(const sb::Points& points,
                                                     const std::optional<sb::Scalars>& weights) {
    nb::gil_scoped_release release;
    const se::FloorEstimate floor = se::floor_height(
        sb::view(points), weights ? sb::view(*weights) : std::span<const double>{});
    return {floor.height, floor.spread, floor.inliers};
}

}  // namespace

void bind_plane(nb::module_& m) {
    m.def("fit_plane", &fit_plane, "points"_a);
    m.def("fit_plane_robust", &fit_plane_robust, "points"_a, "threshold"_a, "seed"_a,
          "iterations"_a);
    m.def("estimate_normals", &estimate_normals, "points"_a, "k"_a, "towards"_a.none());
    m.def("floor_height", &floor_height, "points_in_world"_a, "weights"_a.none());
}
