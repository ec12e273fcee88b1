// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/nearest.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "check.hpp"
#include "random.hpp"

using namespace spatialevo;
using testing::Random;

namespace {

std::vector<Neighbour> sorted_by_distance(const std::vector<Vec3>& points, Vec3 query) {
    std::vector<Neighbour> all;
    for (std::size_t i = 0; i < points.size(); ++i) {
        all.push_back({squared_norm(points[i] - query), static_cast<std::int64_t>(i)});
    }
    std::sort(all.begin(), all.end());
    return all;
}

// Coordinates on a coarse grid give many ties and many coinciding points.
std::vector<Vec3> coarse_cloud(Random& random, std::size_t count) {
    std::vector<Vec3> points = random.cloud(count, 0.0, 4.0);
    for (Vec3& p : points) p = {std::floor(p.x), std::floor(p.y), std::floor(p.z)};
    return points;
}

void check_against_sorting(const std::vector<Vec3>& points, Vec3 query) {
    const PointIndex index(points);
    const std::vector<Neighbour> expected = sorted_by_distance(points, query);
    for (const std::size_t k : {7UL, 100UL, 101UL, 400UL}) {  // few and many are kept differently
        std::vector<Neighbour> nearest(std::min(k, points.size()));
        index.k_nearest(query, nearest);
        CHECK(std::equal(nearest.begin(), nearest.end(), expected.begin()));
    }
    const double radius = std::sqrt(expected[expected.size() / 2].squared_distance);
    std::vector<std::int64_t> within, brute;
    index.within(query, radius, within);
    for (const Neighbour& one : expected) {
        if (std::sqrt(one.squared_distance) <= radius) brute.push_back(one.index);
    }
    std::sort(brute.begin(), brute.end());
    CHECK(within == brute);
}

}  // namespace

TEST(neighbours_are_those_of_sorting) {
    Random random(8);
    for (const std::size_t count : {1U, 2U, 13U, 100U, 1000U}) {
        for (int i = 0; i < 40; ++i) {
            check_against_sorting(random.cloud(count, -1.0, 1.0), random.vector(-1.5, 1.5));
            check_against_sorting(coarse_cloud(random, count), {1.0, 2.0, 1.5});
        }
    }
}

TEST(the_closest_pair_with_the_lowest_indices) {
    Random random(9);
    for (int i = 0; i < 100; ++i) {
        const std::vector<Vec3> a = coarse_cloud(random, 40), b = coarse_cloud(random, 30);
        Neighbour best{1e300, 0};
        std::int64_t best_a = -1;
        for (std::size_t j = 0; j < a.size(); ++j) {
            const Neighbour nearest = sorted_by_distance(b, a[j]).front();
            if (nearest.squared_distance < best.squared_distance) {
                best = nearest;
                best_a = static_cast<std::int64_t>(j);
            }
        }
        const PointGap gap = point_gap(a, b);
        CHECK(gap.index_a == best_a);
        CHECK(gap.index_b == best.index);
        CHECK_NEAR(gap.distance, std::sqrt(best.squared_distance), 0.0);
    }
}

TEST(misuse_throws) {
    const std::vector<Vec3> one{{0.0, 0.0, 0.0}};
    std::vector<Neighbour> none, two(2);
    CHECK_THROWS(PointIndex(std::span<const Vec3>{}), std::invalid_argument);
    CHECK_THROWS(point_gap(one, {}), std::invalid_argument);
    CHECK_THROWS(point_gap({}, one), std::invalid_argument);
    CHECK_THROWS(PointIndex(one).k_nearest({}, none), std::invalid_argument);
    CHECK_THROWS(PointIndex(one).k_nearest({}, two), std::invalid_argument);
}
