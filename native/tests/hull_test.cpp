// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/hull.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>
#include <utility>

#include "check.hpp"
#include "random.hpp"
#include "spatialevo/exact.hpp"

using namespace spatialevo;
using testing::Random;

namespace {

// A closed surface (each directed edge once, its reverse once) with all points on or behind every
// face is the convex hull.
void check_hull(const std::vector<Vec3>& points) {
    const std::vector<HullFace> faces = convex_hull_3d(points);
    CHECK(faces.size() >= 4);
    std::map<std::pair<std::size_t, std::size_t>, int> edges;
    for (const HullFace& face : faces) {
        const auto [a, b, c] = face.vertex;
        ++edges[{a, b}];
        ++edges[{b, c}];
        ++edges[{c, a}];
        for (const Vec3 point : points) {
            CHECK(orientation(points[a], points[b], points[c], point) <= 0);
        }
    }
    for (const auto& [edge, count] : edges) {
        CHECK(count == 1);
        CHECK(edges.contains({edge.second, edge.first}));
    }
}

}  // namespace

TEST(orientation_is_exact) {
    const Vec3 a{0.1, 0.1, 0.1}, b{12.0, 12.0, 12.0}, c{24.0, 24.0, 0.3};
    // All on the plane x = y, whatever z: rounding of the determinant would give some sign.
    for (int i = 1; i < 200; ++i) {
        const double x = 0.1 * i;
        CHECK(orientation(a, b, c, {x, x, 1.0 / i}) == 0);
        const double above = std::nextafter(x, 100.0);
        const int side = orientation(a, b, c, {above, x, 1.0 / i});
        CHECK(side != 0);
        CHECK(side == -orientation(a, b, c, {x, above, 1.0 / i}));
        CHECK(side == -orientation(b, a, c, {above, x, 1.0 / i}));
    }
}

TEST(hulls_of_random_clouds) {
    Random random(2);
    for (const std::size_t count : {4U, 5U, 8U, 30U, 200U}) {
        for (int i = 0; i < 20; ++i) check_hull(random.cloud(count, -1.0, 1.0));
    }
}

TEST(hulls_of_grids_in_general_position) {
    Random random(3);
    for (int n = 2; n <= 4; ++n) {
        std::vector<Vec3> grid;
        for (int i = 0; i < n * n * n; ++i) {
            grid.push_back({0.1 * (i % n), 0.1 * (i / n % n), 0.1 * (i / n / n)});
        }
        check_hull(grid);
        const Mat3 axes = random.axes();
        for (Vec3& point : grid) point = axes * point;
        check_hull(grid);
        grid.insert(grid.end(), grid.begin(), grid.end());  // each point twice
        check_hull(grid);
    }
}

TEST(coplanar_points_have_no_hull) {
    CHECK(convex_hull_3d(std::vector<Vec3>{{0, 0, 1}, {1, 0, 1}, {0, 1, 1}, {3, 2, 1}}).empty());
    CHECK(convex_hull_3d(std::vector<Vec3>(5, Vec3{1.0, 2.0, 3.0})).empty());
    CHECK_THROWS(convex_hull_3d({}), std::invalid_argument);
}
