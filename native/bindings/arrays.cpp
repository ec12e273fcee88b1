// SPDX-License-Identifier: Apache-2.0
#include "arrays.hpp"

#include "bindings.hpp"
#include "spatialevo/finite.hpp"

namespace nb = nanobind;
using namespace nb::literals;
namespace sb = spatialevo::bindings;

void bind_arrays(nb::module_& m) {
    m.def(
        "first_non_finite",
        [](const sb::AnyDoubles& values) -> std::ptrdiff_t {
            const std::size_t count = values.size();
            const std::size_t index = spatialevo::first_non_finite({values.data(), count});
            return index == count ? -1 : static_cast<std::ptrdiff_t>(index);
        },
        "values"_a.noconvert(), "Return the flat index of the first NaN or infinity, or -1.");
}
