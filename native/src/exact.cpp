// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/exact.hpp"

#include <limits>

namespace spatialevo {
namespace {

// 24 triple products of four terms each.
using Determinant = ExactSum<96>;

// Adds sign * det(p, q, r), expanded: the differences of the coordinates are not exact.
void add_determinant(Determinant& sum, double sign, Vec3 p, Vec3 q, Vec3 r) {
    sum.add_product(sign * p.x, q.y, r.z);
    sum.add_product(-sign * p.x, q.z, r.y);
    sum.add_product(sign * p.y, q.z, r.x);
    sum.add_product(-sign * p.y, q.x, r.z);
    sum.add_product(sign * p.z, q.x, r.y);
    sum.add_product(-sign * p.z, q.y, r.x);
}

int exact_orientation(Vec3 a, Vec3 b, Vec3 c, Vec3 d) {
    Determinant sum;
    add_determinant(sum, 1.0, b, c, d);
    add_determinant(sum, -1.0, a, c, d);
    add_determinant(sum, 1.0, a, b, d);
    add_determinant(sum, -1.0, a, b, c);
    return sum.sign();
}

Vec3 absolute(Vec3 v) { return {std::abs(v.x), std::abs(v.y), std::abs(v.z)}; }

}  // namespace

int orientation(Vec3 a, Vec3 b, Vec3 c, Vec3 d) {
    const Vec3 u = b - a, v = c - a, w = d - a;
    const double volume = dot(cross(u, v), w);
    const Vec3 au = absolute(u), av = absolute(v), aw = absolute(w);
    const double size = aw.x * (au.y * av.z + au.z * av.y) + aw.y * (au.z * av.x + au.x * av.z) +
                        aw.z * (au.x * av.y + au.y * av.x);
    // Shewchuk's bound for this order of operations is 7.8 units of 2^-53 times the permanent;
    // 16 leaves room for the rounding of the permanent itself.
    const double bound = 8.0 * std::numeric_limits<double>::epsilon() * size;
    if (volume > bound) return 1;
    if (volume < -bound) return -1;
    return exact_orientation(a, b, c, d);
}

}  // namespace spatialevo
