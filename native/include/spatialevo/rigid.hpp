// SPDX-License-Identifier: Apache-2.0
// Rigid transforms, named target_from_source:
//   x_in_target = rotation * x_in_source + translation
//   c_from_a = compose(c_from_b, b_from_a)
#pragma once

#include <span>

#include "spatialevo/vec.hpp"

namespace spatialevo {

struct Rigid3 {
    Mat3 rotation = identity3();
    Vec3 translation;
};

// Poses of public scans are printed with six digits or more; 1e-3 leaves them room and stops
// scale, shear, reflection and a row-major/column-major mistake.
inline constexpr double kRigidTolerance = 1e-3;

// Largest deviation of R^T R from the identity, or of det R from 1, whichever is larger.
double rotation_error(const Mat3& rotation);

// Throws std::invalid_argument if the rotation error exceeds kRigidTolerance.
void require_rigid(const Rigid3& target_from_source, const char* name);

Rigid3 compose(const Rigid3& c_from_b, const Rigid3& b_from_a);
Rigid3 invert(const Rigid3& target_from_source);
Rigid3 relative_pose(const Rigid3& world_from_a, const Rigid3& world_from_b);
inline Vec3 apply(const Rigid3& target_from_source, Vec3 x_in_source) {
    return target_from_source.rotation * x_in_source + target_from_source.translation;
}
void apply(const Rigid3& target_from_source, std::span<const Vec3> points_in_source,
           std::span<Vec3> points_in_target);

// Angles of an OpenCV camera (x right, y down, z forward) in a z-up world [rad].
// heading and roll throw std::invalid_argument if the optical axis is vertical within 1e-9.
double heading(const Rigid3& world_from_camera);
double pitch(const Rigid3& world_from_camera);
double roll(const Rigid3& world_from_camera);

// The levelled frame: x right and horizontal, y forward and horizontal, z up; same centre.
Rigid3 levelled(const Rigid3& world_from_camera);

// Signed angle from the heading to the vector's horizontal part, left positive, in [-pi, pi).
// Throws std::invalid_argument if the horizontal part is shorter than 1e-9.
double azimuth_in_levelled(Vec3 vector_in_world, double heading);

// The equal angle in [-pi, pi), without rounding.
double wrap_angle(double angle);

}  // namespace spatialevo
