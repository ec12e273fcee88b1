// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/floor.hpp"

#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <tuple>

#include "arrays.hpp"
#include "bindings.hpp"

namespace nb = nanobind;
using namespace nb::literals;

void bind_floor(nb::module_& m) {
    namespace se = spatialevo;
    using namespace se::bindings;
    using Outline = Output<double, -1, 2>;
    m.def(
        "floor_polygon",
        [](const Points& points_in_world, double floor_height, double cell) {
            se::FloorPolygon floor;
            {
                const nb::gil_scoped_release release;
                floor = se::floor_polygon(view(points_in_world), floor_height, cell);
            }
            std::vector<Outline> rings;
            for (std::vector<se::Vec2>& ring : floor.rings) {
                const std::size_t count = ring.size();
                rings.push_back(to_numpy<Outline>(std::move(ring), {count, 2}));
            }
            return std::tuple(std::move(rings), floor.area, floor.half_width, floor.walled);
        },
        "points_in_world"_a, "floor_height"_a, "cell"_a,
        "Rings, area, half-width of its 95 % interval, share of the outline on walls.");
}
