// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

namespace spatialevo {

// Index of the first NaN or infinity, or values.size() if all are finite.
inline std::size_t first_non_finite(std::span<const double> values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isfinite(values[i])) return i;
    }
    return values.size();
}

}  // namespace spatialevo
