// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/box.hpp"

#include <numbers>
#include <vector>

#include "check.hpp"
#include "random.hpp"

using namespace spatialevo;
using testing::Random;

namespace {

OrientedBox random_box(Random& random) {
    OrientedBox box{random.vector(-0.7, 0.7), random.axes(), random.vector(0.0, 1.5)};
    for (std::size_t i = 0; i < 3; ++i) {
        if (random.uniform(0.0, 1.0) < 0.25) box.extents[i] = 0.0;
    }
    return box;
}

// A lower bound of the gap that needs no knowledge of its end points: the boxes' separation along
// the direction between them.
double separation_along(const OrientedBox& a, const OrientedBox& b, Vec3 direction) {
    double highest_a = -1e300, lowest_b = 1e300;
    for (const Vec3 corner : corners(a)) highest_a = std::max(highest_a, dot(direction, corner));
    for (const Vec3 corner : corners(b)) lowest_b = std::min(lowest_b, dot(direction, corner));
    return lowest_b - highest_a;
}

}  // namespace

TEST(the_gap_between_unit_cubes) {
    const OrientedBox a{{}, identity3(), {1.0, 1.0, 1.0}};
    OrientedBox b = a;
    b.centre = {3.0, 0.25, 0.0};
    CHECK_NEAR(box_gap(a, b).distance, 2.0, 0.0);
    b.centre = {2.0, 2.0, 2.0};
    CHECK_NEAR(box_gap(a, b).distance, std::sqrt(3.0), 1e-15);
    b.centre = {1.0, 0.5, 0.0};
    CHECK_NEAR(box_gap(a, b).distance, 0.0, 0.0);
    CHECK(overlap(a, b));
}

TEST(crossed_edges_are_the_closest_points) {
    const double c = std::numbers::sqrt2 / 2.0;
    const OrientedBox a{{}, {{{1.0, 0.0, 0.0}, {0.0, c, c}, {0.0, -c, c}}}, {2.0, 1.0, 1.0}};
    const OrientedBox b{
        {0.1, 0.2, 3.0}, {{{0.0, 1.0, 0.0}, {c, 0.0, c}, {c, 0.0, -c}}}, {2.0, 1.0, 1.0}};
    const BoxGap gap = box_gap(a, b);
    CHECK_NEAR(gap.distance, 3.0 - 2.0 * c, 1e-15);
    CHECK_NEAR(norm(gap.point_on_a - Vec3{0.1, 0.0, c}), 0.0, 1e-15);
}

// The end points prove that the gap is no larger, the separating plane that it is no smaller.
TEST(random_gaps_have_a_proof) {
    Random random(1);
    int apart = 0;
    for (int i = 0; i < 20000; ++i) {
        const OrientedBox a = random_box(random), b = random_box(random);
        const BoxGap gap = box_gap(a, b);
        const Vec3 between = gap.point_on_b - gap.point_on_a;
        const std::vector<Vec3> on_a{gap.point_on_a}, on_b{gap.point_on_b};
        std::vector<double> outside(1);
        point_distances(on_a, a, outside);
        CHECK_NEAR(outside[0], 0.0, 1e-11);
        point_distances(on_b, b, outside);
        CHECK_NEAR(outside[0], 0.0, 1e-11);
        CHECK(overlap(a, b) == (gap.distance == 0.0));
        CHECK_NEAR(norm(between), gap.distance, 1e-15);
        if (gap.distance < 1e-6) continue;
        ++apart;
        CHECK_NEAR(separation_along(a, b, normalized(between)), gap.distance, 1e-9);
    }
    CHECK(apart > 5000 && apart < 19000);
}

TEST(flat_boxes_that_cross_overlap) {
    const OrientedBox plate{{}, identity3(), {2.0, 2.0, 0.0}};
    const OrientedBox pin{{0.5, 0.5, 0.0}, identity3(), {0.0, 0.0, 2.0}};
    CHECK(overlap(plate, pin));
    const OrientedBox point{{0.5, 0.5, 1.0}, identity3(), {}};
    CHECK_NEAR(box_gap(plate, point).distance, 1.0, 0.0);
    CHECK(overlap(pin, point));
}

TEST(containment) {
    const OrientedBox outer{{}, identity3(), {2.0, 2.0, 2.0}};
    OrientedBox inner{{0.5, 0.0, 0.0}, identity3(), {1.0, 1.0, 1.0}};
    CHECK(contains(outer, inner, 0.0));
    inner.centre.x = 0.6;
    CHECK(!contains(outer, inner, 0.0));
    CHECK(contains(outer, inner, 0.11));
}
