// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/rigid.hpp"

#include <array>
#include <limits>
#include <numbers>
#include <stdexcept>

#include "check.hpp"

using namespace spatialevo;

namespace {

constexpr double kPi = std::numbers::pi;

// A camera at eye height that looks along `azimuth`, level.
Rigid3 camera_towards(double azimuth) {
    const Vec3 forward{std::cos(azimuth), std::sin(azimuth), 0.0};
    const Vec3 right{forward.y, -forward.x, 0.0};
    return {transposed({{right, {0.0, 0.0, -1.0}, forward}}), {1.0, -2.0, 1.6}};
}

Rigid3 turned_about_optical_axis(double angle) {
    const double c = std::cos(angle), s = std::sin(angle);
    return {{{{c, -s, 0.0}, {s, c, 0.0}, {0.0, 0.0, 1.0}}}, {}};
}

}  // namespace

TEST(compose_applies_the_right_transform_first) {
    const Rigid3 c_from_b = camera_towards(0.3), b_from_a = camera_towards(-1.1);
    const Vec3 x_in_a{0.4, -0.7, 2.0};
    const Vec3 direct = apply(compose(c_from_b, b_from_a), x_in_a);
    const Vec3 in_steps = apply(c_from_b, apply(b_from_a, x_in_a));
    CHECK_NEAR(norm(direct - in_steps), 0.0, 1e-15);
}

TEST(a_relative_pose_of_itself_is_the_identity) {
    const Rigid3 world_from_a = camera_towards(2.0);
    const Rigid3 identity = relative_pose(world_from_a, world_from_a);
    CHECK_NEAR(rotation_error(identity.rotation), 0.0, 1e-15);
    CHECK(identity.translation == Vec3{});
    CHECK_NEAR(norm(compose(world_from_a, invert(world_from_a)).translation), 0.0, 1e-15);
}

TEST(angles_of_known_cameras) {
    for (const double azimuth : {-3.0, -0.5, 0.0, 1.0, 3.1}) {
        const Rigid3 camera = camera_towards(azimuth);
        CHECK_NEAR(heading(camera), azimuth, 1e-15);
        CHECK_NEAR(pitch(camera), 0.0, 1e-15);
        CHECK_NEAR(roll(camera), 0.0, 1e-15);
        CHECK_NEAR(roll(compose(camera, turned_about_optical_axis(0.2))), 0.2, 1e-15);
    }
}

TEST(a_vertical_axis_has_no_heading) {
    const Rigid3 up;  // z forward is z up
    CHECK_NEAR(pitch(up), kPi / 2, 1e-15);
    CHECK_THROWS(heading(up), std::invalid_argument);
    CHECK_THROWS(roll(up), std::invalid_argument);
    CHECK_THROWS(levelled(up), std::invalid_argument);
}

TEST(azimuth_is_left_positive) {
    CHECK_NEAR(azimuth_in_levelled({0.0, 1.0, 5.0}, 0.0), kPi / 2, 1e-15);
    CHECK_NEAR(azimuth_in_levelled({-1.0, 0.0, 0.0}, 0.0), -kPi, 0.0);
    CHECK_THROWS(azimuth_in_levelled({0.0, 0.0, 1.0}, 0.0), std::invalid_argument);
}

TEST(wrapping_is_half_open) {
    CHECK_NEAR(wrap_angle(kPi), -kPi, 0.0);
    CHECK_NEAR(wrap_angle(-kPi), -kPi, 0.0);
    CHECK_NEAR(wrap_angle(0.25), 0.25, 0.0);
    CHECK_THROWS(wrap_angle(std::numeric_limits<double>::infinity()), std::invalid_argument);
}

TEST(a_reflection_and_a_scaling_are_not_rigid) {
    const Rigid3 mirror{{{{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, -1.0}}}, {}};
    CHECK_NEAR(rotation_error(mirror.rotation), 2.0, 0.0);
    CHECK_THROWS(require_rigid(mirror, "mirror"), std::invalid_argument);
    const Rigid3 scaled{{{{1.01, 0.0, 0.0}, {0.0, 1.01, 0.0}, {0.0, 0.0, 1.01}}}, {}};
    CHECK_THROWS(require_rigid(scaled, "scaled"), std::invalid_argument);
}
