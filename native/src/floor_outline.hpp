// SPDX-License-Identifier: Apache-2.0
// From a loop of cell edges to a ring whose edges lie on wall lines where there are any.
#pragma once

#include <span>
#include <vector>

#include "floor_grid.hpp"
#include "floor_walls.hpp"
#include "spatialevo/vec.hpp"

namespace spatialevo {

struct Outline {
    std::vector<Vec2> ring;
    double wall_length = 0.0, free_length = 0.0;  // of the edges with and without a wall, metres
    double wall_variance = 0.0;  // of the area, from the position of the wall lines, m^4
};

Outline outline_on_walls(const std::vector<Corner>& loop, std::span<const WallLine> walls,
                         const Grid& grid);

}  // namespace spatialevo
