// SPDX-License-Identifier: Apache-2.0
// Scatter of a point set and the eigenvectors of a symmetric 3 x 3 matrix.
#pragma once

#include <span>

#include "spatialevo/vec.hpp"

namespace spatialevo {

struct Scatter {
    Vec3 mean;
    Mat3 covariance;  // about the mean, divided by the number of points
};

// `points` is not empty.
Scatter scatter_of(std::span<const Vec3> points);

struct SymmetricEigen {
    double value[3];  // ascending
    Vec3 axis[3];     // unit, axis[i] belongs to value[i]
};

// Cyclic Jacobi rotations: accurate for every spread of the eigenvalues.
SymmetricEigen symmetric_eigen(const Mat3& matrix);

}  // namespace spatialevo
