// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/rigid.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <stdexcept>
#include <string>

namespace spatialevo {
namespace {

constexpr double kVertical = 1e-9;

struct HorizontalForward {
    Vec3 direction;  // unit, z = 0
    double length;   // of the optical axis' horizontal part
};

HorizontalForward horizontal_forward(const Rigid3& world_from_camera) {
    const Vec3 axis = world_from_camera.rotation.column(2);
    const double length = std::hypot(axis.x, axis.y);
    if (!(length >= kVertical)) {
        throw std::invalid_argument(
            "world_from_camera: the optical axis is vertical, "
            "so it has no heading");
    }
    return {{axis.x / length, axis.y / length, 0.0}, length};
}

Vec3 right_of(Vec3 horizontal) { return {horizontal.y, -horizontal.x, 0.0}; }

}  // namespace

double rotation_error(const Mat3& rotation) {
    double error = std::abs(determinant(rotation) - 1.0);
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = i; j < 3; ++j) {
            const double expected = i == j ? 1.0 : 0.0;
            const double product = dot(rotation.column(i), rotation.column(j));
            error = std::max(error, std::abs(product - expected));
        }
    }
    return error;
}

void require_rigid(const Rigid3& target_from_source, const char* name) {
    const double error = rotation_error(target_from_source.rotation);
    if (error <= kRigidTolerance) return;
    char text[64];
    std::snprintf(text, sizeof text, ": not a rigid transform (rotation error %.3g)", error);
    throw std::invalid_argument(std::string(name) + text);
}

Rigid3 compose(const Rigid3& c_from_b, const Rigid3& b_from_a) {
    return {c_from_b.rotation * b_from_a.rotation, apply(c_from_b, b_from_a.translation)};
}

Rigid3 invert(const Rigid3& target_from_source) {
    const Mat3 rotation = transposed(target_from_source.rotation);
    return {rotation, -(rotation * target_from_source.translation)};
}

Rigid3 relative_pose(const Rigid3& world_from_a, const Rigid3& world_from_b) {
    // Subtracting the centres first keeps the digits that a far-away world origin would cost.
    const Mat3 a_from_world = transposed(world_from_a.rotation);
    return {a_from_world * world_from_b.rotation,
            a_from_world * (world_from_b.translation - world_from_a.translation)};
}

void apply(const Rigid3& target_from_source, std::span<const Vec3> points_in_source,
           std::span<Vec3> points_in_target) {
    std::transform(points_in_source.begin(), points_in_source.end(), points_in_target.begin(),
                   [&](Vec3 point) { return apply(target_from_source, point); });
}

double heading(const Rigid3& world_from_camera) {
    const Vec3 forward = horizontal_forward(world_from_camera).direction;
    return wrap_angle(std::atan2(forward.y, forward.x));
}

double pitch(const Rigid3& world_from_camera) {
    const Vec3 axis = world_from_camera.rotation.column(2);
    return std::atan2(axis.z, std::hypot(axis.x, axis.y));
}

double roll(const Rigid3& world_from_camera) {
    const Vec3 right = right_of(horizontal_forward(world_from_camera).direction);
    const Vec3 down = cross(world_from_camera.rotation.column(2), right);
    const Vec3 x_axis = world_from_camera.rotation.column(0);
    return wrap_angle(std::atan2(dot(x_axis, down), dot(x_axis, right)));
}

Rigid3 levelled(const Rigid3& world_from_camera) {
    const Vec3 forward = horizontal_forward(world_from_camera).direction;
    const Mat3 levelled_from_world = {{right_of(forward), forward, {0.0, 0.0, 1.0}}};
    return {transposed(levelled_from_world), world_from_camera.translation};
}

double azimuth_in_levelled(Vec3 vector_in_world, double heading) {
    if (!(std::hypot(vector_in_world.x, vector_in_world.y) >= kVertical)) {
        throw std::invalid_argument("vector_in_world: no horizontal part, so it has no azimuth");
    }
    return wrap_angle(std::atan2(vector_in_world.y, vector_in_world.x) - heading);
}

double wrap_angle(double angle) {
    if (!std::isfinite(angle)) throw std::invalid_argument("angle is not finite");
    // remainder is exact, and symmetric about 0: it may return +pi, which belongs to the left end.
    const double wrapped = std::remainder(angle, 2.0 * std::numbers::pi);
    return wrapped >= std::numbers::pi ? -std::numbers::pi : wrapped;
}

}  // namespace spatialevo
