// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "spatialevo/plane.hpp"

namespace spatialevo {
namespace {

// Half the thickness of a layer, metres: a scanned floor of 2 cm noise lies within 10 cm.
constexpr double slice = 0.05;
// Side of the square cells that measure how much ground a layer covers, metres.
constexpr double cell = 0.10;
// A layer is large if it covers this share of the largest. Walls alone reach 0.17 in a 3 x 3 m room;
// a floor hidden to two thirds by furniture still passes beside a complete ceiling.
constexpr double large = 0.30;
// Beyond this a coordinate is damage, not a room, metres.
constexpr double largest_scene = 1e4;

struct Extent {
    Vec3 low, high;
};

Extent extent_of(std::span<const Vec3> points) {
    Extent e{points[0], points[0]};
    for (const Vec3 p : points) {
        for (std::size_t i = 0; i < 3; ++i) {
            e.low[i] = std::min(e.low[i], p[i]);
            e.high[i] = std::max(e.high[i], p[i]);
        }
    }
    if (!(norm(e.high - e.low) < largest_scene)) {
        throw std::invalid_argument("points: extent of more than 10 km");
    }
    return e;
}

// Ground cells of each slice of 5 cm, ascending without repetition.
std::vector<std::vector<std::uint64_t>> cells_by_slice(std::span<const Vec3> points,
                                                       const Extent& extent) {
    const auto slices = static_cast<std::size_t>((extent.high.z - extent.low.z) / slice) + 1;
    std::vector<std::vector<std::uint64_t>> cells(slices);
    for (const Vec3 p : points) {
        const auto k = static_cast<std::size_t>((p.z - extent.low.z) / slice);
        const auto i = static_cast<std::uint64_t>((p.x - extent.low.x) / cell);
        const auto j = static_cast<std::uint64_t>((p.y - extent.low.y) / cell);
        cells[std::min(k, slices - 1)].push_back(i << 32 | j);
    }
    for (std::vector<std::uint64_t>& layer : cells) {
        std::sort(layer.begin(), layer.end());
        layer.erase(std::unique(layer.begin(), layer.end()), layer.end());
    }
    return cells;
}

std::size_t union_size(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
    std::size_t common = 0;
    for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
        common += *i == *j ? 1U : 0U;
        const bool step_a = *i <= *j, step_b = *j <= *i;
        if (step_a) ++i;
        if (step_b) ++j;
    }
    return a.size() + b.size() - common;
}

// Index of the slice that starts the lowest large layer of two slices.
std::size_t lowest_large_layer(const std::vector<std::vector<std::uint64_t>>& cells) {
    std::vector<std::size_t> covered(cells.size());
    for (std::size_t k = 0; k < cells.size(); ++k) {
        covered[k] = k + 1 < cells.size() ? union_size(cells[k], cells[k + 1]) : cells[k].size();
    }
    const auto most = static_cast<double>(*std::max_element(covered.begin(), covered.end()));
    std::size_t k = 0;
    while (static_cast<double>(covered[k]) < large * most) ++k;
    while (k + 1 < covered.size() && covered[k + 1] > covered[k]) ++k;
    return k;
}

struct Sample {
    double value, weight;
};

double weighted_median(std::vector<Sample>& samples) {
    std::sort(samples.begin(), samples.end(), [](const Sample& a, const Sample& b) {
        return a.value < b.value || (a.value == b.value && a.weight < b.weight);
    });
    double total = 0.0;
    for (const Sample& s : samples) total += s.weight;
    double below = 0.0;
    for (const Sample& s : samples) {
        below += s.weight;
        if (2.0 * below >= total) return s.value;
    }
    return samples.back().value;
}

}  // namespace

FloorEstimate floor_height(std::span<const Vec3> points, std::span<const double> weights) {
    if (points.empty()) throw std::invalid_argument("points: no point");
    if (!weights.empty() && weights.size() != points.size()) {
        throw std::invalid_argument("weights: expected " + std::to_string(points.size()) +
                                    ", got " + std::to_string(weights.size()));
    }
    const Extent extent = extent_of(points);
    const std::size_t layer = lowest_large_layer(cells_by_slice(points, extent));
    double height = extent.low.z + slice * static_cast<double>(layer + 1);
    double reach = 1.5 * slice;
    FloorEstimate result{};
    // The window narrows from the layer to three deviations about the median.
    for (int round = 0; round < 4; ++round) {
        std::vector<Sample> near;
        for (std::size_t i = 0; i < points.size(); ++i) {
            if (std::abs(points[i].z - height) > reach) continue;
            near.push_back({points[i].z, weights.empty() ? 1.0 : weights[i]});
        }
        if (near.empty()) break;
        height = weighted_median(near);
        for (Sample& s : near) s.value = std::abs(s.value - height);
        // 1.4826 turns the median deviation of a normal distribution into its sigma.
        const double spread = 1.4826 * weighted_median(near);
        result = {height, spread, near.size()};
        reach = std::clamp(3.0 * spread, 0.01, 1.5 * slice);
    }
    return result;
}

}  // namespace spatialevo
