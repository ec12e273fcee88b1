// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/polygon.hpp"

#include <limits>
#include <stdexcept>
#include <vector>

#include "check.hpp"

using namespace spatialevo;

namespace {

const std::vector<Vec2> square{{0.0, 0.0}, {1.0, 0.0}, {1.0, 1.0}, {0.0, 1.0}};

}  // namespace

TEST(orientation_is_exact_where_rounding_decides) {
    // Kettner et al. 2008: the naive determinant gives random signs on this grid.
    const Vec2 a{12.0, 12.0}, b{24.0, 24.0};
    const double ulp = std::numeric_limits<double>::epsilon() / 2.0;
    for (int i = 0; i < 64; ++i) {
        for (int j = 0; j < 64; ++j) {
            const Vec2 p{0.5 + i * ulp, 0.5 + j * ulp};
            CHECK(orientation(p, a, b) == (j > i ? 1 : 0) - (j < i ? 1 : 0));
            CHECK(orientation(p, a, b) == -orientation(p, b, a));
        }
    }
}

TEST(hull_of_few_points) {
    CHECK((convex_hull(std::vector<Vec2>{{2.0, 3.0}}) == std::vector<Vec2>{{2.0, 3.0}}));
    CHECK((convex_hull(std::vector<Vec2>(9, {2.0, 3.0})) == std::vector<Vec2>{{2.0, 3.0}}));
    const std::vector<Vec2> line{{1.0, 1.0}, {3.0, 3.0}, {2.0, 2.0}, {1.0, 1.0}};
    CHECK((convex_hull(line) == std::vector<Vec2>{{1.0, 1.0}, {3.0, 3.0}}));
    CHECK_THROWS(convex_hull({}), std::invalid_argument);
}

TEST(hull_drops_collinear_and_inner_points) {
    std::vector<Vec2> points;
    for (int i = 0; i <= 10; ++i) {
        for (int j = 0; j <= 10; ++j) points.push_back({i * 0.1, j * 0.1});
    }
    CHECK(convex_hull(points) == square);
}

TEST(containment_on_boundaries) {
    const Ring ring(square);
    const std::vector<Vec2> points{{0.0, 0.0}, {1.0, 0.5}, {0.5, 1.0}, {0.5, 0.5}, {1.5, 0.0}};
    const std::vector<std::uint8_t> expected{1, 1, 1, 1, 0};
    CHECK(contains_points(points, {&ring, 1}) == expected);
    CHECK(contains_points(points, {}) == std::vector<std::uint8_t>(5, 0));
    const Ring empty;
    CHECK(contains_points(points, {&empty, 1}) == std::vector<std::uint8_t>(5, 0));
}

TEST(area_intersection_distance) {
    const Ring ring(square);
    CHECK(signed_area({&ring, 1}) == 1.0);
    std::vector<Vec2> shifted = square;
    for (Vec2& p : shifted) p = p + Vec2{0.5, 0.5};
    CHECK_NEAR(convex_intersection_area(square, shifted), 0.25, 1e-15);
    CHECK(convex_distance(square, shifted) == 0.0);
    for (Vec2& p : shifted) p = p + Vec2{3.5, 3.5};
    CHECK_NEAR(convex_distance(square, shifted), 3.0 * std::sqrt(2.0), 1e-14);
    CHECK_THROWS(convex_distance({}, square), std::invalid_argument);
}
