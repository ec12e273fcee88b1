// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/depth.hpp"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <vector>

#include "check.hpp"

using namespace spatialevo;

namespace {

const Intrinsics camera{40.0, 40.0, 15.5, 11.5, 32, 24};

// Deterministic numbers in [-1, 1).
class Random {
public:
    double next() {
        state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<double>(state_ >> 11) / 4503599627370496.0 - 1.0;
    }

private:
    std::uint64_t state_ = 1;
};

}  // namespace

TEST(projection_round_trip) {
    Random random;
    for (int i = 0; i < 100; ++i) {
        const Vec3 p{random.next(), random.next(), 2.0 + random.next()};
        const Vec2 pixel = camera.project(p);
        CHECK_NEAR(norm(camera.unproject(pixel, p.z) - p), 0.0, 1e-14);
    }
    const std::vector<Vec3> behind{{0.0, 0.0, -1.0}, {0.0, 0.0, 0.0}};
    for (const Vec2 pixel : project(behind, camera)) CHECK(std::isnan(pixel.x));
}

TEST(raster_of_any_triangles_stays_within_bounds) {
    Random random;
    for (int round = 0; round < 300; ++round) {
        const double size = round % 3 == 0 ? 1e6 : (round % 3 == 1 ? 1.0 : 1e-6);
        std::vector<Vec3> points;
        for (int i = 0; i < 3; ++i) {
            points.push_back({size * random.next(), size * random.next(), size * random.next()});
        }
        const std::vector<Face> faces{{0, 1, 2}};
        const Raster raster = rasterise(points, faces, camera);
        const double farthest = std::max({points[0].z, points[1].z, points[2].z});
        for (std::size_t i = 0; i < raster.depth.size(); ++i) {
            CHECK((raster.face[i] == -1) == (raster.depth[i] == 0.0));
            CHECK(raster.face[i] == -1 ||
                  (raster.depth[i] >= near_plane && raster.depth[i] <= farthest));
        }
    }
}

TEST(raster_of_a_wall_is_its_distance) {
    const std::vector<Vec3> wall{
        {-9.0, -9.0, 2.0}, {9.0, -9.0, 2.0}, {9.0, 9.0, 2.0}, {-9.0, 9.0, 2.0}};
    const std::vector<Face> faces{{0, 1, 2}, {0, 2, 3}};
    for (const double depth : rasterise(wall, faces, camera).depth) CHECK_NEAR(depth, 2.0, 1e-15);
    const std::vector<Face> wrong{{0, 1, 4}};
    CHECK_THROWS(rasterise(wall, wrong, camera), std::invalid_argument);
    const std::vector<Face> negative{{0, 1, -1}};
    CHECK_THROWS(rasterise(wall, negative, camera), std::invalid_argument);
}

TEST(splats_at_the_border_are_cut) {
    const std::vector<Vec3> corners{camera.unproject({-0.5, -0.5}, 1.0),
                                    camera.unproject({31.49, 23.49}, 1.0),
                                    camera.unproject({31.6, 0.0}, 1.0)};
    std::size_t set = 0;
    for (const double depth : splat(corners, camera, 2)) set += depth == 1.0 ? 1U : 0U;
    CHECK(set == 18);
}

TEST(back_projection_needs_the_right_size) {
    CHECK_THROWS(depth_to_points(std::vector<double>(5, 1.0), camera), std::invalid_argument);
    const DepthPoints found = depth_to_points(std::vector<double>(32 * 24, 1.0), camera);
    CHECK(found.pixels.size() == 32 * 24);
    CHECK(found.pixels.back() == 32 * 24 - 1);
}
