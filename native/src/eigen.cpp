// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/eigen.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace spatialevo {
namespace {

// Rotate in the plane of axes p and q so that m[p][q] vanishes.
// Golub and Van Loan, Matrix Computations, section 8.5.
void rotate(Mat3& m, Mat3& vectors, std::size_t p, std::size_t q) {
    const double off = m.row[p][q];
    const double theta = (m.row[q][q] - m.row[p][p]) / (2.0 * off);
    const double t = std::copysign(1.0, theta) / (std::abs(theta) + std::sqrt(theta * theta + 1.0));
    const double c = 1.0 / std::sqrt(t * t + 1.0), s = t * c;
    const std::size_t r = 3 - p - q;
    m.row[p][p] -= t * off;
    m.row[q][q] += t * off;
    m.row[p][q] = m.row[q][p] = 0.0;
    const double rp = m.row[r][p], rq = m.row[r][q];
    m.row[r][p] = m.row[p][r] = c * rp - s * rq;
    m.row[r][q] = m.row[q][r] = s * rp + c * rq;
    const Vec3 a = vectors.row[p], b = vectors.row[q];
    vectors.row[p] = c * a - s * b;
    vectors.row[q] = s * a + c * b;
}

}  // namespace

Scatter scatter_of(std::span<const Vec3> points) {
    const double share = 1.0 / static_cast<double>(points.size());
    Vec3 sum;
    for (const Vec3 p : points) sum = sum + p;
    const Vec3 mean = share * sum;
    double xx = 0.0, xy = 0.0, xz = 0.0, yy = 0.0, yz = 0.0, zz = 0.0;
    for (const Vec3 p : points) {
        const Vec3 d = p - mean;
        xx += d.x * d.x;
        xy += d.x * d.y;
        xz += d.x * d.z;
        yy += d.y * d.y;
        yz += d.y * d.z;
        zz += d.z * d.z;
    }
    return {mean, {{share * Vec3{xx, xy, xz}, share * Vec3{xy, yy, yz}, share * Vec3{xz, yz, zz}}}};
}

SymmetricEigen symmetric_eigen(const Mat3& matrix) {
    constexpr std::array<std::array<std::size_t, 2>, 3> pairs{{{0, 1}, {0, 2}, {1, 2}}};
    constexpr double epsilon = std::numeric_limits<double>::epsilon();
    Mat3 m = matrix, vectors = identity3();
    // Convergence is quadratic; six sweeps are plenty.
    for (int sweep = 0; sweep < 12; ++sweep) {
        bool settled = true;
        for (const auto& [p, q] : pairs) {
            const double scale = std::abs(m.row[p][p]) + std::abs(m.row[q][q]);
            if (std::abs(m.row[p][q]) <= 0.01 * epsilon * scale) continue;
            rotate(m, vectors, p, q);
            settled = false;
        }
        if (settled) break;
    }
    std::array<std::size_t, 3> order{0, 1, 2};
    std::sort(order.begin(), order.end(),
              [&m](std::size_t i, std::size_t j) { return m.row[i][i] < m.row[j][j]; });
    SymmetricEigen result;
    for (std::size_t i = 0; i < 3; ++i) {
        result.value[i] = m.row[order[i]][order[i]];
        result.axis[i] = normalized(vectors.row[order[i]]);
    }
    return result;
}

}  // namespace spatialevo
