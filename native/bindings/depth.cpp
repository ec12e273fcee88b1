// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/depth.hpp"

#include <nanobind/stl/tuple.h>

#include <tuple>

#include "arrays.hpp"
#include "bindings.hpp"

namespace nb = nanobind;
using namespace nb::literals;
namespace se = spatialevo;
namespace sb = spatialevo::bindings;

namespace {

using Pixels = sb::Output<double, -1, 2>;
using PointsOut = sb::Output<double, -1, 3>;
using IndicesOut = sb::Output<std::int64_t, -1>;
using DepthOut = sb::Output<double, -1, -1>;
using FacesOut = sb::Output<std::int32_t, -1, -1>;

Pixels project(const sb::Points& points_in_camera, const se::Intrinsics& intrinsics) {
    std::vector<se::Vec2> pixels;
    {
        nb::gil_scoped_release release;
        pixels = se::project(sb::view(points_in_camera), intrinsics);
    }
    const std::size_t count = pixels.size();
    return sb::to_numpy<Pixels>(std::move(pixels), {count, 2});
}

PointsOut unproject(const sb::Points2& pixels, const sb::Scalars& depths,
                    const se::Intrinsics& intrinsics) {
    std::vector<se::Vec3> points;
    {
        nb::gil_scoped_release release;
        points = se::unproject(sb::view(pixels), sb::view(depths), intrinsics);
    }
    const std::size_t count = points.size();
    return sb::to_numpy<PointsOut>(std::move(points), {count, 3});
}

std::tuple<PointsOut, IndicesOut> depth_to_points(const sb::Image& depth,
                                                  const se::Intrinsics& intrinsics) {
    se::DepthPoints found;
    {
        nb::gil_scoped_release release;
        found = se::depth_to_points(sb::view(depth), intrinsics);
    }
    const std::size_t count = found.pixels.size();
    return {sb::to_numpy<PointsOut>(std::move(found.points_in_camera), {count, 3}),
            sb::to_numpy<IndicesOut>(std::move(found.pixels), {count})};
}

DepthOut splat(const sb::Points& points_in_camera, const se::Intrinsics& intrinsics,
               std::size_t radius) {
    std::vector<double> depth;
    {
        nb::gil_scoped_release release;
        depth = se::splat(sb::view(points_in_camera), intrinsics, radius);
    }
    return sb::to_numpy<DepthOut>(std::move(depth), {intrinsics.height, intrinsics.width});
}

std::tuple<DepthOut, FacesOut> rasterise(const sb::Points& points_in_camera, const sb::Faces& faces,
                                         const se::Intrinsics& intrinsics) {
    static_assert(sizeof(se::Face) == 3 * sizeof(std::int32_t));
    se::Raster raster;
    {
        nb::gil_scoped_release release;
        const std::span triangles(reinterpret_cast<const se::Face*>(faces.data()), faces.shape(0));
        raster = se::rasterise(sb::view(points_in_camera), triangles, intrinsics);
    }
    const std::size_t height = intrinsics.height, width = intrinsics.width;
    return {sb::to_numpy<DepthOut>(std::move(raster.depth), {height, width}),
            sb::to_numpy<FacesOut>(std::move(raster.face), {height, width})};
}

}  // namespace

void bind_depth(nb::module_& m) {
    nb::class_<se::Intrinsics>(m, "Intrinsics", "A pinhole camera without distortion.")
        .def(nb::init<double, double, double, double, std::size_t, std::size_t>(), "fx"_a, "fy"_a,
             "cx"_a, "cy"_a, "width"_a, "height"_a);
    m.def("project", &project, "points_in_camera"_a, "intrinsics"_a);
    m.def("unproject", &unproject, "pixels"_a, "depths"_a, "intrinsics"_a);
    m.def("depth_to_points", &depth_to_points, "depth"_a, "intrinsics"_a);
    m.def("splat", &splat, "points_in_camera"_a, "intrinsics"_a, "radius"_a);
    m.def("rasterise", &rasterise, "points_in_camera"_a, "faces"_a, "intrinsics"_a);
}
