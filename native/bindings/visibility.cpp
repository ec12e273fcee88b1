// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/visibility.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/tuple.h>

#include <optional>
#include <tuple>

#include "arrays.hpp"
#include "bindings.hpp"

namespace nb = nanobind;
using namespace nb::literals;
namespace se = spatialevo;
namespace sb = spatialevo::bindings;

namespace {

// The views keep their arrays alive; the arrays must not change.
struct Surface {
    sb::Points points;
    std::optional<sb::Points> normals;
    sb::Scalars weights;

    se::SurfaceSamples view() const {
        return {sb::view(points), normals ? sb::view(*normals) : std::span<const se::Vec3>{},
                sb::view(weights)};
    }
};

using Box = std::tuple<double, double, double, double>;

std::optional<Box> box_of(const std::optional<se::Box2>& box) {
    if (!box) return std::nullopt;
    return Box{box->u_min, box->v_min, box->u_max, box->v_max};
}

}  // namespace

void bind_visibility(nb::module_& m) {
    nb::class_<Surface>(m, "Surface", "Samples of a surface; the arrays must not change.")
        .def(
            "__init__",
            [](Surface* self, const sb::Points& points_in_world,
               const std::optional<sb::Points>& normals_in_world, const sb::Scalars& weights) {
                new (self) Surface{points_in_world, normals_in_world, weights};
            },
            "points_in_world"_a, "normals_in_world"_a.none(), "weights"_a);
    nb::class_<se::PosedCamera>(m, "PosedCamera", "A camera at a pose in the world.")
        .def(
            "__init__",
            [](se::PosedCamera* self, const sb::Transform& pose, const se::Intrinsics& image) {
                const double* d = pose.data();
                new (self)
                    se::PosedCamera{{{{d[0], d[1], d[2]}, {d[4], d[5], d[6]}, {d[8], d[9], d[10]}}},
                                    {d[3], d[7], d[11]},
                                    image};
            },
            "world_from_camera"_a, "intrinsics"_a);
    nb::class_<se::DepthBand>(m, "DepthBand", "How far a sample may lie from the measured depth.")
        .def(nb::init<double, double, double, double>(), "point_sigma"_a, "depth_sigma_constant"_a,
             "depth_sigma_quadratic"_a, "maximum"_a);
    nb::class_<se::VisibleSurface>(m, "VisibleSurface", "What a depth image shows of a surface.")
        .def_ro("of_facing", &se::VisibleSurface::of_facing)
        .def_ro("of_total", &se::VisibleSurface::of_total)
        .def_ro("unknown_of_facing", &se::VisibleSurface::unknown_of_facing)
        .def_ro("visible_pixels", &se::VisibleSurface::visible_pixels)
        .def_prop_ro("box_2d", [](const se::VisibleSurface& v) { return box_of(v.box); })
        .def_ro("nearest_depth", &se::VisibleSurface::nearest_depth)
        .def_ro("median_depth", &se::VisibleSurface::median_depth)
        .def_ro("truncated", &se::VisibleSurface::truncated);
    m.def(
        "visible_fraction",
        [](const Surface& surface, const se::PosedCamera& camera, const sb::Image& depth,
           const se::Intrinsics& depth_intrinsics, const se::DepthBand& noise) {
            const se::SurfaceSamples samples = surface.view();
            nb::gil_scoped_release release;
            return se::visible_fraction(samples, camera, {sb::view(depth), depth_intrinsics},
                                        noise);
        },
        "surface"_a, "camera"_a, "depth"_a, "depth_intrinsics"_a, "noise"_a);
}
