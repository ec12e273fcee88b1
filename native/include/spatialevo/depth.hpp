// SPDX-License-Identifier: Apache-2.0
// Pinhole projection and rasterisation. Camera axes: x right, y down, z forward. Pixel (u, v) covers
// [u - 0.5, u + 0.5) x [v - 0.5, v + 0.5). Images are row major; a depth of 0 means "nothing".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "spatialevo/vec.hpp"

namespace spatialevo {

struct Intrinsics {
    double fx, fy, cx, cy;
    std::size_t width, height;

    bool contains(Vec2 pixel) const {
        return pixel.x >= -0.5 && pixel.x < static_cast<double>(width) - 0.5 && pixel.y >= -0.5 &&
               pixel.y < static_cast<double>(height) - 0.5;
    }
    // Row-major index of the pixel that covers a position inside the image.
    std::size_t index(Vec2 pixel) const { return nearest(pixel.y) * width + nearest(pixel.x); }
    // By way of a signed integer, which processors convert in one instruction.
    static std::size_t nearest(double position) {
        return static_cast<std::size_t>(static_cast<std::int64_t>(position + 0.5));
    }
    Vec2 project(Vec3 point) const {
        return {fx * (point.x / point.z) + cx, fy * (point.y / point.z) + cy};
    }
    Vec3 unproject(Vec2 pixel, double depth) const {
        return {(pixel.x - cx) / fx * depth, (pixel.y - cy) / fy * depth, depth};
    }
};

using Face = std::array<std::int32_t, 3>;

// Pixel positions of points in camera axes; NaN where z <= 0.
std::vector<Vec2> project(std::span<const Vec3> points_in_camera, const Intrinsics& intrinsics);

// Points in camera axes of pixel positions at given depths.
std::vector<Vec3> unproject(std::span<const Vec2> pixels, std::span<const double> depths,
                            const Intrinsics& intrinsics);

struct DepthPoints {
    std::vector<Vec3> points_in_camera;
    std::vector<std::int64_t> pixels;  // row-major indices
};

// Back-project every pixel with a depth.
DepthPoints depth_to_points(std::span<const double> depth, const Intrinsics& intrinsics);

// Nearest depth of points drawn as squares of 2 * radius + 1 pixels.
std::vector<double> splat(std::span<const Vec3> points_in_camera, const Intrinsics& intrinsics,
                          std::size_t radius);

struct Raster {
    std::vector<double> depth;
    std::vector<std::int32_t> face;  // -1 where nothing is seen
};

// Distance in front of the camera at which triangles are cut, metres.
inline constexpr double near_plane = 1e-3;

// Nearest triangle at each pixel centre. Both sides are drawn; triangles that share an edge leave no
// gap and no overlap; the lower face index wins where depths are equal.
Raster rasterise(std::span<const Vec3> points_in_camera, std::span<const Face> faces,
                 const Intrinsics& intrinsics);

}  // namespace spatialevo
