// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/visibility.hpp"

#include <limits>
#include <stdexcept>
#include <vector>

#include "check.hpp"

using namespace spatialevo;

namespace {

const Intrinsics image{40.0, 40.0, 15.5, 11.5, 32, 24};
const PosedCamera camera{identity3(), {0.0, 0.0, 0.0}, image};
const DepthBand exact{0.0, 0.0, 0.0, 0.08};

}  // namespace

TEST(points_on_off_and_outside_the_measured_wall) {
    const std::vector<double> depth(32 * 24, 2.0);
    const std::vector<Vec3> points{
        {0.0, 0.0, 2.0}, {0.1, 0.0, 2.2}, {9.0, 0.0, 2.0}, {0.0, 0.0, -2.0}};
    const std::vector<double> weights(4, 1.0);
    const VisibleSurface found =
        visible_fraction({points, {}, weights}, camera, {depth, image}, exact);
    CHECK(found.of_facing == 0.25);
    CHECK(found.truncated);
    CHECK(found.visible_pixels == 1);
    CHECK(found.nearest_depth == 2.0 && found.median_depth == 2.0);
}

TEST(lookup_at_the_very_border_and_beyond_a_smaller_depth_image) {
    const std::vector<double> depth(16 * 12, 1.0);
    const Intrinsics small{40.0, 40.0, 7.5, 5.5, 16, 12};  // sees less than the image
    std::vector<Vec3> points;
    for (const double u : {-0.5, 15.5, 31.4999}) {
        for (const double v : {-0.5, 11.5, 23.4999}) points.push_back(image.unproject({u, v}, 1.0));
    }
    const std::vector<double> weights(points.size(), 1.0);
    const VisibleSurface found =
        visible_fraction({points, {}, weights}, camera, {depth, small}, exact);
    CHECK_NEAR(found.unknown_of_facing, 8.0 / 9.0, 1e-15);
    CHECK(found.of_facing == 1.0);
}

TEST(misuse_throws) {
    const std::vector<Vec3> point{{0.0, 0.0, 1.0}};
    const std::vector<double> one(1, 1.0), two(2, 1.0);
    const std::vector<double> bad(32 * 24, std::numeric_limits<double>::quiet_NaN());
    const std::vector<double> good(32 * 24, 1.0);
    CHECK_THROWS(visible_fraction({{}, {}, {}}, camera, {good, image}, exact),
                 std::invalid_argument);
    CHECK_THROWS(visible_fraction({point, {}, two}, camera, {good, image}, exact),
                 std::invalid_argument);
    CHECK_THROWS(visible_fraction({point, {}, one}, camera, {one, image}, exact),
                 std::invalid_argument);
    CHECK_THROWS(visible_fraction({point, {}, one}, camera, {bad, image}, exact),
                 std::invalid_argument);
}
