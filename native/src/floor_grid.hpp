// SPDX-License-Identifier: Apache-2.0
// Raster of the ground and the morphology on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "spatialevo/vec.hpp"

namespace spatialevo {

struct Grid {
    Vec2 origin;  // outer corner of cell (0, 0)
    double cell = 0.0;
    std::size_t nx = 0, ny = 0;

    std::size_t size() const { return nx * ny; }
    std::size_t index(Vec2 p) const {
        return static_cast<std::size_t>((p.y - origin.y) / cell) * nx +
               static_cast<std::size_t>((p.x - origin.x) / cell);
    }
    bool contains(Vec2 p) const {
        const Vec2 d = p - origin;
        return d.x >= 0.0 && d.y >= 0.0 && d.x < cell * static_cast<double>(nx) &&
               d.y < cell * static_cast<double>(ny);
    }
    Vec2 corner(std::size_t i, std::size_t j) const {
        return {origin.x + cell * static_cast<double>(i), origin.y + cell * static_cast<double>(j)};
    }
};

// One byte a cell: 0 or 1.
using Mask = std::vector<std::uint8_t>;

// Squared distance in cells from each cell to the nearest set cell, up to a large number.
std::vector<double> squared_distance(const Mask& set, const Grid& grid);

// Cells within `radius` metres of a set cell, and cells farther than that from every unset one.
Mask dilated(const Mask& set, const Grid& grid, double radius);
Mask eroded(const Mask& set, const Grid& grid, double radius);

// Label of each set cell, from 1 by first cell in row order; edges connect, corners do not.
struct Components {
    std::vector<std::uint32_t> label;
    std::vector<std::size_t> size;  // cells by label; entry 0 is unused
};
Components components(const Mask& set, const Grid& grid);

// Set every unset component of less than `largest` square metres.
void fill_holes(Mask& set, const Grid& grid, double largest);

// Closed loops along cell edges, the set cells to the left.
struct Corner {
    std::size_t i, j;
};
std::vector<std::vector<Corner>> outlines(const Mask& set, const Grid& grid);

}  // namespace spatialevo
