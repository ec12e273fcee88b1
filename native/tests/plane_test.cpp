// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/plane.hpp"

#include <stdexcept>
#include <vector>

#include "check.hpp"
#include "spatialevo/eigen.hpp"

using namespace spatialevo;

TEST(eigenvectors_of_a_known_matrix) {
    const SymmetricEigen eigen =
        symmetric_eigen({{{2.0, 1.0, 0.0}, {1.0, 2.0, 0.0}, {0.0, 0.0, 5.0}}});
    CHECK_NEAR(eigen.value[0], 1.0, 1e-15);
    CHECK_NEAR(eigen.value[1], 3.0, 1e-15);
    CHECK_NEAR(eigen.value[2], 5.0, 1e-15);
    CHECK_NEAR(std::abs(dot(eigen.axis[0], {1.0, -1.0, 0.0})), std::sqrt(2.0), 1e-15);
    const SymmetricEigen zero = symmetric_eigen({});
    CHECK(zero.value[0] == 0.0 && norm(zero.axis[0]) == 1.0);
}

TEST(plane_through_a_grid) {
    std::vector<Vec3> points;
    for (int i = 0; i < 9; ++i) {
        for (int j = 0; j < 9; ++j) points.push_back({0.1 * i, 0.2 * j, 1.0 + 0.1 * i});
    }
    const Plane plane = fit_plane(points);
    CHECK_NEAR(plane.rms, 0.0, 1e-15);
    for (const Vec3 p : points) CHECK_NEAR(dot(plane.normal, p), plane.offset, 1e-14);
    points.push_back({0.4, 0.4, 9.0});
    const RobustPlane robust = fit_plane_robust(points, {0.01, 1, 100});
    CHECK(robust.inliers.back() == 0);
    CHECK_NEAR(dot(robust.plane.normal, plane.normal), 1.0, 1e-14);
    for (const Vec3 n : estimate_normals({points.data(), 81}, 9, Vec3{0.0, 0.0, 9.0})) {
        CHECK(n.z > 0.0);
        CHECK_NEAR(std::abs(dot(n, plane.normal)), 1.0, 1e-12);
    }
}

TEST(misuse_throws) {
    const std::vector<Vec3> two(2), same(5);
    CHECK_THROWS(fit_plane(two), std::invalid_argument);
    CHECK_THROWS(fit_plane(same), std::invalid_argument);
    CHECK_THROWS(fit_plane_robust(same, {0.1, 0, 10}), std::invalid_argument);
    CHECK_THROWS(estimate_normals(same, 6, {}), std::invalid_argument);
    CHECK_THROWS(floor_height({}, {}), std::invalid_argument);
}

TEST(floor_of_one_point_and_of_a_column) {
    const std::vector<Vec3> one{{1.0, 2.0, 3.0}};
    CHECK(floor_height(one, {}).height == 3.0);
    std::vector<Vec3> layers;
    for (int i = 0; i < 40; ++i) {
        for (const double z : {0.0, 0.75, 2.5}) layers.push_back({0.1 * i, 0.3, z});
    }
    const FloorEstimate floor = floor_height(layers, {});
    CHECK(floor.height == 0.0);
    CHECK(floor.inliers == 40);
}
