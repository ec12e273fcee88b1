// SPDX-License-Identifier: Apache-2.0
// A box crosses the boundary as 15 doubles, centre, axes by rows and extents: one array to check
// instead of three.
#pragma once

#include "arrays.hpp"
#include "spatialevo/box.hpp"

namespace spatialevo::bindings {

using PackedBox = Input<double, 15>;
using PackedBoxes = Input<double, -1, 15>;
using PackedBoxOut = Output<double, 15>;

inline OrientedBox unpack_box(const double* d) {
    return {{d[0], d[1], d[2]},
            {{{d[3], d[4], d[5]}, {d[6], d[7], d[8]}, {d[9], d[10], d[11]}}},
            {d[12], d[13], d[14]}};
}
inline OrientedBox unpack(const PackedBox& box) { return unpack_box(box.data()); }

inline PackedBoxOut pack(const OrientedBox& box) {
    const Vec3 rows[5] = {box.centre, box.axes.row[0], box.axes.row[1], box.axes.row[2],
                          box.extents};
    std::vector<double> packed;
    packed.reserve(15);
    for (const Vec3 row : rows) packed.insert(packed.end(), {row.x, row.y, row.z});
    return to_numpy<PackedBoxOut>(std::move(packed), {15});
}

}  // namespace spatialevo::bindings
