// SPDX-License-Identifier: Apache-2.0
#include "floor_grid.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace spatialevo {
namespace {

constexpr double far_away = 1e18;

// One line of the exact distance transform: the lower envelope of parabolas.
// Felzenszwalb and Huttenlocher, "Distance Transforms of Sampled Functions", 2012.
class LineTransform {
public:
    explicit LineTransform(std::size_t longest)
        : in_(longest), out_(longest), apex_(longest), start_(longest + 1) {}

    void run(double* data, std::size_t count, std::size_t stride) {
        for (std::size_t i = 0; i < count; ++i) in_[i] = data[i * stride];
        std::size_t k = 0;
        apex_[0] = 0;
        start_[0] = -std::numeric_limits<double>::infinity();
        start_[1] = std::numeric_limits<double>::infinity();
        for (std::size_t q = 1; q < count; ++q) {
            double s = meeting(q, apex_[k]);
            while (s <= start_[k]) s = meeting(q, apex_[--k]);
            apex_[++k] = q;
            start_[k] = s;
            start_[k + 1] = std::numeric_limits<double>::infinity();
        }
        k = 0;
        for (std::size_t q = 0; q < count; ++q) {
            while (start_[k + 1] < static_cast<double>(q)) ++k;
            const double d = static_cast<double>(q) - static_cast<double>(apex_[k]);
            out_[q] = d * d + in_[apex_[k]];
        }
        for (std::size_t i = 0; i < count; ++i) data[i * stride] = out_[i];
    }

private:
    double meeting(std::size_t q, std::size_t p) const {
        const auto a = static_cast<double>(q), b = static_cast<double>(p);
        return ((in_[q] + a * a) - (in_[p] + b * b)) / (2.0 * (a - b));
    }
    std::vector<double> in_, out_;
    std::vector<std::size_t> apex_;
    std::vector<double> start_;
};

Mask inverted(const Mask& set) {
    Mask result(set.size());
    std::transform(set.begin(), set.end(), result.begin(),
                   [](std::uint8_t s) { return static_cast<std::uint8_t>(s == 0); });
    return result;
}

// Directions of travel along cell edges: east, north, west, south.
constexpr std::array<int, 4> step_i{1, 0, -1, 0}, step_j{0, 1, 0, -1};

class OutlineTracer {
public:
    OutlineTracer(const Mask& set, const Grid& grid)
        : set_(set), grid_(grid), open_((grid.nx + 1) * (grid.ny + 1), 0) {
        for (std::size_t j = 0; j <= grid.ny; ++j) {
            for (std::size_t i = 0; i <= grid.nx; ++i) open_[at(i, j)] = starts(i, j);
        }
    }

    std::vector<std::vector<Corner>> trace() {
        std::vector<std::vector<Corner>> loops;
        for (std::size_t j = 0; j <= grid_.ny; ++j) {
            for (std::size_t i = 0; i <= grid_.nx; ++i) {
                while (open_[at(i, j)] != 0) loops.push_back(loop(i, j));
            }
        }
        return loops;
    }

private:
    std::size_t at(std::size_t i, std::size_t j) const { return j * (grid_.nx + 1) + i; }
    // Cell whose upper right corner is (i, j).
    bool cell(std::size_t i, std::size_t j) const {
        return i > 0 && j > 0 && i <= grid_.nx && j <= grid_.ny &&
               set_[(j - 1) * grid_.nx + (i - 1)] != 0;
    }
    // Directions in which a boundary edge leaves the corner, as bits.
    std::uint8_t starts(std::size_t i, std::size_t j) const {
        const bool sw = cell(i, j), se = cell(i + 1, j), nw = cell(i, j + 1),
                   ne = cell(i + 1, j + 1);
        return static_cast<std::uint8_t>((ne && !se ? 1 : 0) | (nw && !ne ? 2 : 0) |
                                         (sw && !nw ? 4 : 0) | (se && !sw ? 8 : 0));
    }
    std::vector<Corner> loop(std::size_t i, std::size_t j) {
        std::vector<Corner> corners;
        unsigned direction = 0;
        while ((open_[at(i, j)] >> direction & 1U) == 0) ++direction;
        const Corner first{i, j};
        do {
            corners.push_back({i, j});
            std::uint8_t& open = open_[at(i, j)];
            open = static_cast<std::uint8_t>(open & ~(1U << direction));
            i += static_cast<std::size_t>(step_i[direction]);
            j += static_cast<std::size_t>(step_j[direction]);
            if (i == first.i && j == first.j && open_[at(i, j)] == 0) break;
            // Left first: cells that only share a corner stay apart.
            for (const unsigned turn : {1U, 0U, 3U}) {
                const unsigned next = (direction + turn) % 4;
                if ((open_[at(i, j)] >> next & 1U) != 0) {
                    direction = next;
                    break;
                }
            }
        } while ((open_[at(i, j)] >> direction & 1U) != 0);
        return corners;
    }

    const Mask& set_;
    const Grid& grid_;
    std::vector<std::uint8_t> open_;
};

}  // namespace

std::vector<double> squared_distance(const Mask& set, const Grid& grid) {
    std::vector<double> distance(grid.size());
    for (std::size_t i = 0; i < distance.size(); ++i) distance[i] = set[i] ? 0.0 : far_away;
    LineTransform transform(std::max(grid.nx, grid.ny));
    for (std::size_t i = 0; i < grid.nx; ++i) transform.run(&distance[i], grid.ny, grid.nx);
    for (std::size_t j = 0; j < grid.ny; ++j) transform.run(&distance[j * grid.nx], grid.nx, 1);
    return distance;
}

Mask dilated(const Mask& set, const Grid& grid, double radius) {
    const std::vector<double> distance = squared_distance(set, grid);
    const double reach = radius / grid.cell;
    Mask result(set.size());
    for (std::size_t i = 0; i < result.size(); ++i) result[i] = distance[i] <= reach * reach;
    return result;
}

Mask eroded(const Mask& set, const Grid& grid, double radius) {
    return inverted(dilated(inverted(set), grid, radius));
}

Components components(const Mask& set, const Grid& grid) {
    Components result{std::vector<std::uint32_t>(set.size(), 0), {0}};
    std::vector<std::size_t> stack;
    for (std::size_t seed = 0; seed < set.size(); ++seed) {
        if (!set[seed] || result.label[seed] != 0) continue;
        const auto label = static_cast<std::uint32_t>(result.size.size());
        result.size.push_back(0);
        const auto visit = [&](std::size_t index) {
            if (!set[index] || result.label[index] != 0) return;
            result.label[index] = label;
            ++result.size.back();
            stack.push_back(index);
        };
        visit(seed);
        while (!stack.empty()) {
            const std::size_t index = stack.back(), i = index % grid.nx, j = index / grid.nx;
            stack.pop_back();
            if (i > 0) visit(index - 1);
            if (i + 1 < grid.nx) visit(index + 1);
            if (j > 0) visit(index - grid.nx);
            if (j + 1 < grid.ny) visit(index + grid.nx);
        }
    }
    return result;
}

void fill_holes(Mask& set, const Grid& grid, double largest) {
    // The outside is the component of the empty border, which is never small.
    const Components empty = components(inverted(set), grid);
    const std::uint32_t outside = empty.label.front();
    const double cells = largest / (grid.cell * grid.cell);
    for (std::size_t i = 0; i < set.size(); ++i) {
        const std::uint32_t label = empty.label[i];
        if (label == 0 || label == outside) continue;
        if (static_cast<double>(empty.size[label]) < cells) set[i] = 1;
    }
}

std::vector<std::vector<Corner>> outlines(const Mask& set, const Grid& grid) {
    return OutlineTracer(set, grid).trace();
}

}  // namespace spatialevo
