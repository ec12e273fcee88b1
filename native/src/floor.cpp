// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/floor.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>

#include "floor_grid.hpp"
#include "floor_outline.hpp"
#include "floor_walls.hpp"
#include "spatialevo/polygon.hpp"

namespace spatialevo {
namespace {

constexpr double margin = 0.60;            // empty ground round the points, metres
constexpr double gap_radius = 0.15;        // half the widest gap between points, metres
constexpr double niche_radius = 0.25;      // a niche or passage narrower than twice this is closed
constexpr double largest_unseen = 4.0;     // a hole in the ground smaller than this is floor, m^2
constexpr double smallest_room = 2.0;      // a further room, m^2
constexpr double smallest_walled = 0.5;    // share of walls round a further room
constexpr double free_uncertainty = 0.10;  // an edge without a wall: half-width, metres
constexpr double largest_area = 1e6;       // ground extent, m^2: beyond this it is damage

Grid grid_of(std::span<const Vec3> points, double cell) {
    Vec2 low{points[0].x, points[0].y}, high = low;
    for (const Vec3 p : points) {
        low = {std::min(low.x, p.x), std::min(low.y, p.y)};
        high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    }
    const Vec2 size = high - low + Vec2{2.0 * margin, 2.0 * margin};
    if (!(size.x * size.y <= largest_area) || !(size.x * size.y <= 5e7 * cell * cell)) {
        throw std::invalid_argument("points: " + std::to_string(size.x) + " by " +
                                    std::to_string(size.y) + " m of ground are too large");
    }
    return {low - Vec2{margin, margin}, cell, static_cast<std::size_t>(size.x / cell) + 2,
            static_cast<std::size_t>(size.y / cell) + 2};
}

// Cells that a full wall crosses; no path along cell edges leads through them.
Mask barrier_of(std::span<const WallLine> walls, const Grid& grid) {
    Mask barrier(grid.size(), 0);
    for (const WallLine& wall : walls) {
        for (const Span& span : wall.spans) {
            if (!span.full) continue;
            const double step = 0.2 * grid.cell;
            const auto count = static_cast<std::size_t>((span.stop - span.start) / step) + 1;
            for (std::size_t i = 0; i <= count; ++i) {
                const double t = std::min(span.start + step * static_cast<double>(i), span.stop);
                const Vec2 p = wall.at(t);
                if (grid.contains(p)) barrier[grid.index(p)] = 1;
            }
        }
    }
    return barrier;
}

Mask ground_of(const Columns& columns, const Grid& grid) {
    Mask covered(grid.size());
    std::transform(columns.layers.begin(), columns.layers.end(), covered.begin(),
                   [](std::uint32_t layers) { return static_cast<std::uint8_t>(layers != 0); });
    Mask closed = eroded(dilated(covered, grid, gap_radius), grid, gap_radius);
    for (std::size_t i = 0; i < closed.size(); ++i) closed[i] |= covered[i];
    fill_holes(closed, grid, largest_unseen);
    return closed;
}

Mask only(const Components& parts, std::uint32_t label) {
    Mask mask(parts.label.size());
    for (std::size_t i = 0; i < mask.size(); ++i) mask[i] = parts.label[i] == label;
    return mask;
}

// The part of `space` round a core: within the niche radius of it and connected to it.
Mask grown(const Mask& core, const Mask& space, const Grid& grid) {
    Mask near = dilated(core, grid, niche_radius);
    for (std::size_t i = 0; i < near.size(); ++i) near[i] &= space[i];
    const Components parts = components(near, grid);
    const auto seed = std::find(core.begin(), core.end(), std::uint8_t{1}) - core.begin();
    Mask room = only(parts, parts.label[static_cast<std::size_t>(seed)]);
    fill_holes(room, grid, largest_unseen);
    return room;
}

struct Room {
    std::vector<Outline> outlines;
    double area = 0.0, wall_length = 0.0, free_length = 0.0, wall_variance = 0.0;

    double walled() const { return wall_length / (wall_length + free_length); }
};

Room room_of(const Mask& mask, std::span<const WallLine> walls, const Grid& grid) {
    Room room;
    for (const std::vector<Corner>& loop : outlines(mask, grid)) {
        Outline outline = outline_on_walls(loop, walls, grid);
        const Ring ring(outline.ring);
        room.area += signed_area({&ring, 1});
        room.wall_length += outline.wall_length;
        room.free_length += outline.free_length;
        room.wall_variance += outline.wall_variance;
        room.outlines.push_back(std::move(outline));
    }
    return room;
}

// Largest first; equal sizes in raster order.
std::vector<Room> rooms_of(const Mask& space, std::span<const WallLine> walls, const Grid& grid) {
    const Components cores = components(eroded(space, grid, niche_radius), grid);
    std::vector<Room> rooms;
    for (std::uint32_t label = 1; label < cores.size.size(); ++label) {
        // A core much smaller than a room grows by less than a ring of the niche radius.
        if (cores.size.size() > 2 &&
            static_cast<double>(cores.size[label]) * grid.cell * grid.cell < 0.25) {
            continue;
        }
        rooms.push_back(room_of(grown(only(cores, label), space, grid), walls, grid));
    }
    std::stable_sort(rooms.begin(), rooms.end(),
                     [](const Room& a, const Room& b) { return a.area > b.area; });
    return rooms;
}

}  // namespace

FloorPolygon floor_polygon(std::span<const Vec3> points, double floor_height, double cell) {
    if (points.empty()) throw std::invalid_argument("points: no point");
    if (!(cell > 0.0)) throw std::invalid_argument("cell: must be positive");
    const Grid grid = grid_of(points, cell);
    const Columns columns = columns_of(points, floor_height, grid);
    const std::vector<WallLine> walls = wall_lines(points, floor_height, columns, grid);
    Mask space = ground_of(columns, grid);
    const Mask barrier = barrier_of(walls, grid);
    for (std::size_t i = 0; i < space.size(); ++i) space[i] = space[i] && !barrier[i];

    const std::vector<Room> rooms = rooms_of(space, walls, grid);
    if (rooms.empty()) {
        throw std::invalid_argument("points: no ground of 0.5 m or more across above the floor");
    }
    FloorPolygon result;
    double wall_length = 0.0, free_length = 0.0, variance = 0.0;
    for (std::size_t i = 0; i < rooms.size(); ++i) {
        const Room& room = rooms[i];
        if (i > 0 && (room.area < smallest_room || room.walled() < smallest_walled)) continue;
        for (const Outline& outline : room.outlines) result.rings.push_back(outline.ring);
        result.area += room.area;
        wall_length += room.wall_length;
        free_length += room.free_length;
        variance += room.wall_variance;
    }
    result.half_width = 2.0 * std::sqrt(variance) + free_uncertainty * free_length;
    result.walled = wall_length / (wall_length + free_length);
    return result;
}

}  // namespace spatialevo
