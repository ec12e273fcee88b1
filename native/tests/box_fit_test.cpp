// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/box_fit.hpp"

#include <algorithm>
#include <numbers>
#include <stdexcept>

#include "check.hpp"
#include "random.hpp"

using namespace spatialevo;
using testing::Random;

namespace {

double volume(const OrientedBox& box) { return box.extents.x * box.extents.y * box.extents.z; }

double farthest_outside(const std::vector<Vec3>& points, const OrientedBox& box) {
    std::vector<double> distances(points.size());
    point_distances(points, box, distances);
    return *std::max_element(distances.begin(), distances.end());
}

Mat3 yawed(double yaw) {
    const double c = std::cos(yaw), s = std::sin(yaw);
    return {{{c, s, 0.0}, {-s, c, 0.0}, {0.0, 0.0, 1.0}}};
}

}  // namespace

TEST(no_yaw_beats_the_gravity_aligned_box) {
    Random random(4);
    for (int i = 0; i < 50; ++i) {
        const std::vector<Vec3> points = random.cloud(30, -1.0, 1.0);
        const OrientedBox box = fit_gravity_aligned(points);
        CHECK_NEAR(farthest_outside(points, box), 0.0, 1e-14);
        for (double yaw = 0.0; yaw < std::numbers::pi / 2; yaw += 0.01) {
            const Vec3 extents = fit_along(points, yawed(yaw)).extents;
            CHECK(box.extents.x * box.extents.y <= extents.x * extents.y * (1.0 + 1e-12));
        }
    }
}

TEST(a_square_keeps_the_smallest_azimuth) {
    const std::vector<Vec3> square{{0, 0, 0}, {1, 0, 0}, {1, 1, 0}, {0, 1, 2}};
    const OrientedBox box = fit_gravity_aligned(square);
    CHECK(box.axes == identity3());
    CHECK(box.extents == (Vec3{1.0, 1.0, 2.0}));
    CHECK(box.centre == (Vec3{0.5, 0.5, 1.0}));
}

TEST(no_rotation_tried_beats_the_minimum_volume) {
    Random random(5);
    for (int i = 0; i < 20; ++i) {
        const std::vector<Vec3> points = random.cloud(12, -1.0, 1.0);
        const OrientedBox box = fit_minimum_volume(points);
        CHECK_NEAR(farthest_outside(points, box), 0.0, 1e-14);
        CHECK(volume(box) <= volume(fit_gravity_aligned(points)) * (1.0 + 1e-12));
        for (int j = 0; j < 2000; ++j) {
            CHECK(volume(box) <= volume(fit_along(points, random.axes())));
        }
    }
}

// The smallest box round a regular tetrahedron is the cube whose face diagonals are its edges.
TEST(the_box_of_a_regular_tetrahedron_is_a_cube) {
    Random random(6);
    for (int i = 0; i < 10; ++i) {
        std::vector<Vec3> points{{1, 1, 1}, {1, -1, -1}, {-1, 1, -1}, {-1, -1, 1}};
        const Mat3 axes = random.axes();
        for (Vec3& point : points) point = axes * point;
        CHECK_NEAR(volume(fit_minimum_volume(points)), 8.0, 1e-13);
    }
}

TEST(flat_clouds_have_flat_boxes) {
    Random random(7);
    const Mat3 axes = random.axes();
    std::vector<Vec3> plane, line;
    for (int i = 0; i < 12; ++i) {
        plane.push_back(axes * Vec3{0.3 * (i % 4), 0.2 * (i / 4), 5.0});
        line.push_back(axes * Vec3{0.1 * i, 2.0, 1.0});
    }
    const Vec3 sheet = fit_minimum_volume(plane).extents;
    std::vector<double> sides{sheet.x, sheet.y, sheet.z};
    std::sort(sides.begin(), sides.end());
    CHECK_NEAR(sides[0], 0.0, 1e-14);
    CHECK_NEAR(sides[1], 0.4, 1e-14);
    CHECK_NEAR(sides[2], 0.9, 1e-14);
    CHECK_NEAR(fit_minimum_volume(line).extents.x, 1.1, 1e-14);
    const std::vector<Vec3> same(3, Vec3{1.0, 2.0, 3.0});
    CHECK(fit_minimum_volume(same).extents == Vec3{});
    CHECK(fit_gravity_aligned(same).centre == same[0]);
    CHECK_THROWS(fit_minimum_volume({}), std::invalid_argument);
    CHECK_THROWS(fit_gravity_aligned({}), std::invalid_argument);
}
