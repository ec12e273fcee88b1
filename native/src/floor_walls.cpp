// SPDX-License-Identifier: Apache-2.0
#include "floor_walls.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <tuple>
#include <utility>

namespace spatialevo {
namespace {

constexpr double layer_height = 0.10;       // metres
constexpr std::size_t layer_count = 32;     // 3.2 m
constexpr std::size_t skirting_layers = 3;  // what stands lower says nothing about walls
constexpr std::size_t ceiling_from = 18;    // a ceiling is at least 1.8 m high
constexpr double ceiling_share = 0.30;      // of the covered ground
constexpr int wall_extent = 8;              // layers hit in a wall column: taller than a table
constexpr int below_top = 3;                // a wall ends at most this many layers below the top
constexpr double reaching_share = 0.30;     // of the cells of a wall end there
constexpr double present_share = 0.10;      // of the cells are hit in a layer that counts as seen
constexpr double layer_share = 0.70;        // of the layers of a wall are seen
constexpr std::size_t low_layers = 5;       // of which at least one of the lowest
constexpr double line_reach = 0.05;         // half width of the strip of one wall face, metres
constexpr double longest_gap = 0.35;        // between neighbours of one piece of wall, metres
constexpr double shortest_piece = 0.40;     // metres
constexpr double doorway = 1.20;            // widest gap in a wall that is closed, metres
constexpr std::size_t angles = 180;
constexpr double rho_step = 0.025;  // metres

struct WallPoint {
    std::size_t cell;
    Vec2 xy;
};

struct WallCell {
    Vec2 mean;
    std::size_t first, stop;  // its points
    std::uint32_t layers;
    bool used = false;
};

std::uint32_t layers_around(const Columns& columns, const Grid& grid, std::size_t index) {
    std::uint32_t layers = 0;
    for (const std::size_t row : {index - grid.nx, index, index + grid.nx}) {
        layers |= columns.layers[row - 1] | columns.layers[row] | columns.layers[row + 1];
    }
    return layers & columns.wall_layers;
}

int top_layer(std::uint32_t layers) { return 31 - std::countl_zero(layers); }

// Where something tall stands, and the layer in which the walls end.
struct TallCells {
    Mask mask;
    int top = 0;
};

TallCells tall_cells(const Columns& columns, const Grid& grid) {
    TallCells result{Mask(grid.size())};
    std::array<std::size_t, layer_count> tops{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < grid.size(); ++i) {
        const std::uint32_t own = columns.layers[i] & columns.wall_layers;
        if (own == 0) continue;  // always so on the empty border
        if (std::popcount(layers_around(columns, grid, i)) < wall_extent) continue;
        result.mask[i] = 1;
        ++tops[static_cast<std::size_t>(top_layer(own))];
        ++count;
    }
    // The upper quartile of the tops: walls outnumber what is taller, furniture is lower.
    result.top = static_cast<int>(layer_count) - 1;
    for (std::size_t above = 0; result.top > 0; --result.top) {
        above += tops[static_cast<std::size_t>(result.top)];
        if (4 * above >= count) break;
    }
    return result;
}

// Tells walls from the fronts of wardrobes, which end lower, and of kitchens, which have a gap over
// the worktop or nothing at the floor.
class Profile {
public:
    explicit Profile(int top) : end_(static_cast<std::size_t>(std::max(top - below_top, 0))) {}

    void add(std::uint32_t layers) {
        ++cells_;
        reaching_ += (layers >> end_) != 0 ? 1 : 0;
        for (std::size_t k = 0; k < end_; ++k) hits_[k] += layers >> k & 1U;
    }
    bool is_wall() const {
        std::size_t present = 0, low = 0;
        for (std::size_t k = skirting_layers; k < end_; ++k) {
            const bool hit = hits_[k] >= present_share * cells_;
            present += hit ? 1U : 0U;
            low += hit && k < skirting_layers + low_layers ? 1U : 0U;
        }
        const auto all = static_cast<double>(end_) - static_cast<double>(skirting_layers);
        return reaching_ >= reaching_share * cells_ && low > 0 &&
               static_cast<double>(present) >= layer_share * all;
    }

private:
    std::size_t end_;
    double cells_ = 0.0, reaching_ = 0.0;
    std::array<double, layer_count> hits_{};
};

class WallFinder {
public:
    WallFinder(std::vector<WallPoint> points, const Columns& columns, int top, const Grid& grid)
        : points_(std::move(points)),
          top_(top),
          centre_(grid.corner(grid.nx / 2, grid.ny / 2)),
          reach_(grid.cell * static_cast<double>(grid.nx + grid.ny)),
          cell_(grid.cell),
          rhos_(static_cast<std::size_t>(reach_ / rho_step) + 3),
          votes_(angles * rhos_, 0) {
        for (std::size_t a = 0; a < angles; ++a) {
            const double theta = std::numbers::pi * static_cast<double>(a) / angles;
            normals_[a] = {std::cos(theta), std::sin(theta)};
        }
        for (std::size_t first = 0; first < points_.size();) {
            std::size_t stop = first;
            Vec2 sum;
            while (stop < points_.size() && points_[stop].cell == points_[first].cell) {
                sum = sum + points_[stop++].xy;
            }
            cells_.push_back({(1.0 / static_cast<double>(stop - first)) * sum, first, stop,
                              columns.layers[points_[first].cell] & columns.wall_layers});
            vote(cells_.back(), 1);
            first = stop;
        }
    }

    std::vector<WallLine> find() {
        std::vector<WallLine> lines;
        const auto fewest = static_cast<int>(shortest_piece / cell_);
        for (;;) {
            const auto peak = best_peak();
            if (peak.votes < fewest) return lines;
            WallLine line = refined(peak.line);
            line.spans = pieces(line);
            if (line.spans.empty()) {
                // Too scattered for a wall: its cells must not come up again.
                take(peak.line, {{-reach_, reach_, false}});
                continue;
            }
            polish(line);
            if (take(line, line.spans) == 0) take(peak.line, {{-reach_, reach_, false}});
            bridge(line.spans);
            lines.push_back(std::move(line));
        }
    }

private:
    struct Peak {
        int votes;
        WallLine line;
    };

    void vote(const WallCell& cell, int change) {
        for (std::size_t a = 0; a < angles; ++a) {
            const double rho = dot(normals_[a], cell.mean - centre_) + 0.5 * reach_;
            votes_[a * rhos_ + static_cast<std::size_t>(rho / rho_step) + 1] += change;
        }
    }
    // Hough: the strip of three bins with most cells; the first in order of angle, then offset.
    Peak best_peak() const {
        int most = 0;
        std::size_t angle = 0, rho = 0;
        for (std::size_t a = 0; a < angles; ++a) {
            const int* row = &votes_[a * rhos_];
            for (std::size_t r = 1; r + 1 < rhos_; ++r) {
                const int strip = row[r - 1] + row[r] + row[r + 1];
                if (strip > most) std::tie(most, angle, rho) = std::tuple(strip, a, r);
            }
        }
        const Vec2 normal = normals_[angle];
        const double offset = (static_cast<double>(rho) - 0.5) * rho_step - 0.5 * reach_;
        return {most, {centre_ + offset * normal, {-normal.y, normal.x}, 0.0, {}}};
    }
    // Least squares on the cells of the strip, which narrows.
    WallLine refined(WallLine line) const {
        for (int round = 0; round < 4; ++round) {
            std::vector<Vec2> near;
            for (const WallCell& cell : cells_) {
                if (!cell.used && std::abs(line.distance(cell.mean)) <= line_reach) {
                    near.push_back(cell.mean);
                }
            }
            if (near.size() < 3) return line;
            line = fit_line(near, std::vector<double>(near.size(), 1.0));
        }
        return line;
    }
    // Stretches of the line that unused cells cover without a gap.
    std::vector<Span> pieces(const WallLine& line) const {
        std::vector<std::pair<double, std::uint32_t>> found;  // position and layers
        for (const WallCell& cell : cells_) {
            if (!cell.used && std::abs(line.distance(cell.mean)) <= line_reach) {
                found.emplace_back(line.position(cell.mean), cell.layers);
            }
        }
        std::sort(found.begin(), found.end());
        std::vector<Span> result;
        for (std::size_t i = 0, j = 0; i < found.size(); i = j) {
            Profile profile(top_);
            do {
                profile.add(found[j++].second);
            } while (j < found.size() && found[j].first - found[j - 1].first <= longest_gap);
            const double length = found[j - 1].first - found[i].first;
            const auto cells = static_cast<double>(j - i);
            // At least half of the cells along it: scattered clutter is no wall.
            if (length >= shortest_piece && cells * cell_ >= 0.5 * length) {
                result.push_back({found[i].first, found[j - 1].first, profile.is_wall()});
            }
        }
        return result;
    }
    // Tukey's biweight on the points themselves: corners and clutter lose their pull.
    void polish(WallLine& line) const {
        std::vector<Vec2> near;
        std::size_t cells = 0;
        for (const WallCell& cell : cells_) {
            if (cell.used || !covers(line.spans, line.position(cell.mean))) continue;
            if (std::abs(line.distance(cell.mean)) > line_reach) continue;
            ++cells;
            for (std::size_t i = cell.first; i < cell.stop; ++i) near.push_back(points_[i].xy);
        }
        if (near.size() < 3) return;
        std::vector<double> weights(near.size()), sizes(near.size());
        double scale = 0.0;
        for (int round = 0; round < 12; ++round) {
            for (std::size_t i = 0; i < near.size(); ++i) {
                sizes[i] = std::abs(line.distance(near[i]));
            }
            std::vector<double> sorted = sizes;
            const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
            std::nth_element(sorted.begin(), middle, sorted.end());
            scale = std::max(1.4826 * *middle, 1e-4);
            for (std::size_t i = 0; i < near.size(); ++i) {
                const double u = sizes[i] / (4.685 * scale);
                weights[i] = u < 1.0 ? (1.0 - u * u) * (1.0 - u * u) : 0.0;
            }
            const WallLine next = fit_line(near, weights);
            const double shift = line.position(next.origin);
            for (Span& span : line.spans) {
                span = {span.start - shift, span.stop - shift, span.full};
            }
            const bool turned = dot(next.along, line.along) < 0.0;
            line.origin = next.origin;
            line.along = turned ? -1.0 * next.along : next.along;
        }
        line.sigma = scale / std::sqrt(static_cast<double>(cells));
    }
    static bool covers(const std::vector<Span>& spans, double position) {
        return std::any_of(spans.begin(), spans.end(), [position](const Span& s) {
            return position >= s.start && position <= s.stop;
        });
    }
    std::size_t take(const WallLine& line, const std::vector<Span>& spans) {
        std::size_t taken = 0;
        for (WallCell& cell : cells_) {
            if (cell.used || std::abs(line.distance(cell.mean)) > 1.5 * line_reach) continue;
            if (!covers(spans, line.position(cell.mean))) continue;
            cell.used = true;
            vote(cell, -1);
            ++taken;
        }
        return taken;
    }
    static void bridge(std::vector<Span>& spans) {
        std::vector<Span> joined;
        for (const Span& span : spans) {
            if (!joined.empty() && joined.back().full && span.full &&
                span.start - joined.back().stop <= doorway) {
                joined.back().stop = span.stop;
            } else {
                joined.push_back(span);
            }
        }
        spans = std::move(joined);
    }

    std::vector<WallPoint> points_;
    int top_;
    std::vector<WallCell> cells_;
    Vec2 centre_;
    double reach_, cell_;
    std::size_t rhos_;
    std::vector<int> votes_;
    std::array<Vec2, angles> normals_;
};

}  // namespace

Columns columns_of(std::span<const Vec3> points, double floor_height, const Grid& grid) {
    Columns columns{std::vector<std::uint32_t>(grid.size(), 0), 0};
    for (const Vec3 p : points) {
        const double height = (p.z - floor_height) / layer_height;
        // What lies a layer or more under the floor is seen through it or is noise.
        if (height < -1.0) continue;
        const double layer = std::clamp(height, 0.0, static_cast<double>(layer_count - 1));
        columns.layers[grid.index({p.x, p.y})] |= 1U << static_cast<unsigned>(layer);
    }
    std::array<std::size_t, layer_count> hits{};
    std::size_t covered = 0;
    for (const std::uint32_t layers : columns.layers) {
        covered += layers != 0 ? 1U : 0U;
        for (std::size_t k = ceiling_from; k < layer_count; ++k) hits[k] += layers >> k & 1U;
    }
    std::size_t top = layer_count;
    for (std::size_t k = layer_count; k-- > ceiling_from;) {
        if (static_cast<double>(hits[k]) >= ceiling_share * static_cast<double>(covered)) top = k;
    }
    // One more layer for the ceiling's own noise.
    if (top < layer_count) --top;
    for (std::size_t k = skirting_layers; k < top; ++k) columns.wall_layers |= 1U << k;
    return columns;
}

std::vector<WallLine> wall_lines(std::span<const Vec3> points, double floor_height,
                                 const Columns& columns, const Grid& grid) {
    const TallCells tall = tall_cells(columns, grid);
    std::vector<WallPoint> chosen;
    for (const Vec3 p : points) {
        const std::size_t cell = grid.index({p.x, p.y});
        const double layer = (p.z - floor_height) / layer_height;
        if (!tall.mask[cell] || layer < 0.0 || layer >= static_cast<double>(layer_count)) continue;
        if ((columns.wall_layers >> static_cast<unsigned>(layer) & 1U) == 0) continue;
        chosen.push_back({cell, {p.x, p.y}});
    }
    // Sums must not depend on the order in which the points came.
    std::sort(chosen.begin(), chosen.end(), [](const WallPoint& a, const WallPoint& b) {
        return std::tie(a.cell, a.xy.x, a.xy.y) < std::tie(b.cell, b.xy.x, b.xy.y);
    });
    return WallFinder(std::move(chosen), columns, tall.top, grid).find();
}

WallLine fit_line(std::span<const Vec2> points, std::span<const double> weights) {
    double total = 0.0;
    Vec2 sum;
    for (std::size_t i = 0; i < points.size(); ++i) {
        total += weights[i];
        sum = sum + weights[i] * points[i];
    }
    WallLine line;
    line.origin = (1.0 / total) * sum;
    double xx = 0.0, xy = 0.0, yy = 0.0;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const Vec2 d = points[i] - line.origin;
        xx += weights[i] * d.x * d.x;
        xy += weights[i] * d.x * d.y;
        yy += weights[i] * d.y * d.y;
    }
    const double angle = 0.5 * std::atan2(2.0 * xy, xx - yy);
    line.along = {std::cos(angle), std::sin(angle)};
    return line;
}

}  // namespace spatialevo
