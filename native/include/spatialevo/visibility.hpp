// SPDX-License-Identifier: Apache-2.0
// How much of a sampled surface a depth image shows.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "spatialevo/depth.hpp"
#include "spatialevo/vec.hpp"

namespace spatialevo {

struct SurfaceSamples {
    std::span<const Vec3> points_in_world;
    std::span<const Vec3> normals_in_world;  // empty: unknown, every sample counts as facing
    std::span<const double> weights;         // area of each sample
};

struct PosedCamera {
    Mat3 world_from_camera;
    Vec3 centre_in_world;
    Intrinsics image;
};

struct DepthImage {
    std::span<const double> depth;
    Intrinsics intrinsics;  // same camera centre and axes as the image, any resolution
};

// Standard deviations that set how far a sample may lie from the measured depth, metres.
struct DepthBand {
    double point_sigma;
    double depth_sigma_constant, depth_sigma_quadratic;  // sigma(z) = constant + quadratic * z^2
    double maximum;
};

struct Box2 {
    double u_min, v_min, u_max, v_max;
};

struct VisibleSurface {
    double of_facing = 0.0, of_total = 0.0, unknown_of_facing = 0.0;
    std::size_t visible_pixels = 0;
    std::optional<Box2> box;  // of the visible samples, in pixels of the image
    double nearest_depth = 0.0, median_depth = 0.0;  // only where something is visible
    bool truncated = false;
};

VisibleSurface visible_fraction(const SurfaceSamples& surface, const PosedCamera& camera,
                                const DepthImage& measured, const DepthBand& band);

}  // namespace spatialevo
