// SPDX-License-Identifier: Apache-2.0
// Planes, normals and the floor's height from points.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "spatialevo/vec.hpp"

namespace spatialevo {

// dot(normal, x) = offset. The largest component of the unit normal is positive.
struct Plane {
    Vec3 normal;
    double offset = 0.0;
    double rms = 0.0;  // of the distances of the points it was fitted to
};

// Total least squares. Throws where the points are collinear.
Plane fit_plane(std::span<const Vec3> points);

struct RobustPlane {
    Plane plane;
    std::vector<std::uint8_t> inliers;  // one for each point
};

struct RansacOptions {
    double threshold;  // largest distance of an inlier, metres
    std::uint64_t seed;
    std::size_t iterations;  // at most
};

// The plane with most points within the threshold, refined by least squares on its inliers.
RobustPlane fit_plane_robust(std::span<const Vec3> points, const RansacOptions& options);

// Unit normals of the planes through the k nearest points of each point, itself included. Signs:
// towards the viewpoint if there is one, else the largest component is positive.
std::vector<Vec3> estimate_normals(std::span<const Vec3> points, std::size_t k,
                                   const std::optional<Vec3>& towards);

struct FloorEstimate {
    double height;  // metres
    double spread;  // robust standard deviation of the inliers, metres
    std::size_t inliers;
};

// Lowest large horizontal layer of a cloud with z up. `weights` may be empty.
FloorEstimate floor_height(std::span<const Vec3> points, std::span<const double> weights);

}  // namespace spatialevo
