// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/floor.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "../src/floor_grid.hpp"
#include "check.hpp"
#include "spatialevo/polygon.hpp"

using namespace spatialevo;

namespace {

std::vector<Vec3> box_room(double width, double depth, double yaw) {
    std::vector<Vec3> points;
    const double c = std::cos(yaw), s = std::sin(yaw), step = 0.04;
    const auto add = [&](double x, double y, double z) {
        points.push_back({c * x - s * y, s * x + c * y, z});
    };
    for (double x = 0.0; x <= width + 1e-9; x += step) {
        for (double y = 0.0; y <= depth + 1e-9; y += step) add(x, y, 0.0);
        for (double z = 0.0; z <= 2.5; z += step) {
            add(x, 0.0, z);
            add(x, depth, z);
        }
    }
    for (double y = 0.0; y <= depth + 1e-9; y += step) {
        for (double z = 0.0; z <= 2.5; z += step) {
            add(0.0, y, z);
            add(width, y, z);
        }
    }
    return points;
}

}  // namespace

TEST(box_rooms_at_any_yaw) {
    for (int i = 0; i < 8; ++i) {
        const FloorPolygon floor = floor_polygon(box_room(3.2, 4.0, 0.3 * i), 0.0, 0.05);
        CHECK_NEAR(floor.area, 12.8, 0.02 * 12.8);
        CHECK(floor.rings.size() == 1);
        CHECK_NEAR(floor.walled, 1.0, 1e-12);
    }
}

TEST(order_does_not_matter) {
    std::vector<Vec3> points = box_room(2.0, 3.0, 0.4);
    const FloorPolygon first = floor_polygon(points, 0.0, 0.05);
    std::reverse(points.begin(), points.end());
    const FloorPolygon second = floor_polygon(points, 0.0, 0.05);
    CHECK(first.area == second.area);
    CHECK(first.rings == second.rings);
}

TEST(little_or_no_ground_throws) {
    const std::vector<Vec3> one{{0.0, 0.0, 0.0}};
    CHECK_THROWS(floor_polygon({}, 0.0, 0.05), std::invalid_argument);
    CHECK_THROWS(floor_polygon(one, 0.0, 0.05), std::invalid_argument);
    CHECK_THROWS(floor_polygon(one, 0.0, 0.0), std::invalid_argument);
    const std::vector<Vec3> wide{{0.0, 0.0, 0.0}, {1e200, 1e200, 0.0}};
    CHECK_THROWS(floor_polygon(wide, 0.0, 0.05), std::invalid_argument);
}

TEST(distances_are_euclidean) {
    const Grid grid{{0.0, 0.0}, 1.0, 7, 5};
    Mask set(grid.size(), 0);
    set[2 * 7 + 3] = set[0] = 1;
    const std::vector<double> distance = squared_distance(set, grid);
    for (std::size_t j = 0; j < 5; ++j) {
        for (std::size_t i = 0; i < 7; ++i) {
            const double x = static_cast<double>(i), y = static_cast<double>(j);
            const double expected =
                std::min(x * x + y * y, (x - 3.0) * (x - 3.0) + (y - 2.0) * (y - 2.0));
            CHECK(distance[j * 7 + i] == expected);
        }
    }
}

TEST(outlines_of_cells_that_share_a_corner_are_apart) {
    const Grid grid{{0.0, 0.0}, 1.0, 4, 4};
    Mask set(grid.size(), 0);
    set[1 * 4 + 1] = set[2 * 4 + 2] = 1;
    CHECK(outlines(set, grid).size() == 2);
    CHECK(components(set, grid).size.size() == 3);
    // A frame round one empty cell: an outer loop of 12 edges and a hole of 4.
    Mask frame(25, 0);
    const Grid five{{0.0, 0.0}, 1.0, 5, 5};
    for (std::size_t j = 1; j < 4; ++j) {
        for (std::size_t i = 1; i < 4; ++i) frame[j * 5 + i] = i != 2 || j != 2;
    }
    const std::vector<std::vector<Corner>> loops = outlines(frame, five);
    CHECK(loops.size() == 2);
    CHECK(loops.size() == 2 && loops[0].size() + loops[1].size() == 16);
    fill_holes(frame, five, 2.0);
    CHECK(frame[2 * 5 + 2] == 1);
}
