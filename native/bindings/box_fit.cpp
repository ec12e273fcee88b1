// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/box_fit.hpp"

#include "bindings.hpp"
#include "packed_box.hpp"

namespace nb = nanobind;
using namespace nb::literals;
namespace se = spatialevo;
namespace sb = spatialevo::bindings;

namespace {

template <se::OrientedBox (*fit)(std::span<const se::Vec3>)>
sb::PackedBoxOut fitted(const sb::Points& points) {
    se::OrientedBox box;
    {
        nb::gil_scoped_release release;
        box = fit(sb::view(points));
    }
    return sb::pack(box);
}

}  // namespace

void bind_box_fit(nb::module_& m) {
    m.def("fit_axis_aligned", &fitted<se::fit_axis_aligned>, "points"_a);
    m.def("fit_gravity_aligned", &fitted<se::fit_gravity_aligned>, "points"_a);
    m.def("fit_minimum_volume", &fitted<se::fit_minimum_volume>, "points"_a);
}
