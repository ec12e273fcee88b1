// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/nearest.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace spatialevo {
namespace {

constexpr std::uint32_t kLeafSize = 12;
constexpr std::size_t kFew = 100;  // neighbours: about where a heap catches up
constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Extent {
    Vec3 low{kInfinity, kInfinity, kInfinity}, high{-kInfinity, -kInfinity, -kInfinity};

    void add(Vec3 p) {
        for (std::size_t i = 0; i < 3; ++i) {
            low[i] = std::min(low[i], p[i]);
            high[i] = std::max(high[i], p[i]);
        }
    }
    std::size_t longest_axis() const {
        const Vec3 size = high - low;
        return size.x >= size.y ? (size.x >= size.z ? 0 : 2) : (size.y >= size.z ? 1 : 2);
    }
};

// `<` on Neighbour without its care for NaN, which no distance is.
constexpr auto precedes = [](const Neighbour& a, const Neighbour& b) {
    return a.squared_distance < b.squared_distance ||
           (a.squared_distance == b.squared_distance && a.index < b.index);
};

// Visitors say how far to look (`bound`, inclusive: an equally near point may have a lower index)
// and take what is found.
// The k nearest so far, in ascending order. For a few, insertion beats a heap: most points are
// turned away by one comparison, and those that are not move little.
struct FewNearest {
    std::span<Neighbour> nearest;

    double bound() const { return nearest.back().squared_distance; }
    void offer(Neighbour found) {
        if (found.squared_distance > bound() || !precedes(found, nearest.back())) return;
        std::size_t at = nearest.size() - 1;
        for (; at > 0 && precedes(found, nearest[at - 1]); --at) nearest[at] = nearest[at - 1];
        nearest[at] = found;
    }
};

// The same for many, as a heap with the worst one first.
struct ManyNearest {
    std::span<Neighbour> heap;

    double bound() const { return heap.front().squared_distance; }
    void offer(Neighbour found) {
        if (!(found < heap.front())) return;
        std::pop_heap(heap.begin(), heap.end());
        heap.back() = found;
        std::push_heap(heap.begin(), heap.end());
    }
};

struct Nearest {
    Neighbour best;

    double bound() const { return best.squared_distance; }
    void offer(Neighbour found) {
        if (precedes(found, best)) best = found;
    }
};

struct Within {
    double radius;
    double reach;  // squared, and a little more: rounding must not cut off a branch
    std::vector<std::int64_t>& indices;

    double bound() const { return reach; }
    void offer(Neighbour found) {
        if (std::sqrt(found.squared_distance) <= radius) indices.push_back(found.index);
    }
};

}  // namespace

PointIndex::PointIndex(std::span<const Vec3> points) : indices_(points.size()) {
    if (points.empty()) throw std::invalid_argument("points: empty");
    if (points.size() > std::numeric_limits<std::uint32_t>::max()) {
        throw std::invalid_argument("points: more than 2^32 - 1");
    }
    points_.assign(points.begin(), points.end());
    std::iota(indices_.begin(), indices_.end(), 0);
    nodes_.reserve(points.size() / 4 + 1);
    build(0, static_cast<std::uint32_t>(points.size()));
    for (std::size_t i = 0; i < points.size(); ++i) {
        points_[i] = points[static_cast<std::size_t>(indices_[i])];
    }
}

void PointIndex::build(std::uint32_t begin, std::uint32_t end) {
    const std::size_t self = nodes_.size();
    nodes_.push_back({0.0, 0.0, begin, end, 0, 0});
    if (end - begin <= kLeafSize) return;
    Extent extent;
    const auto point = [&](std::int64_t i) { return points_[static_cast<std::size_t>(i)]; };
    for (std::uint32_t i = begin; i < end; ++i) extent.add(point(indices_[i]));
    const std::size_t axis = extent.longest_axis();
    // Halving by rank keeps the tree balanced, also where many points coincide.
    const std::uint32_t middle = begin + (end - begin) / 2;
    const auto first = indices_.begin();
    std::nth_element(first + begin, first + middle, first + end,
                     [&](std::int64_t i, std::int64_t j) {
                         return std::pair(point(i)[axis], i) < std::pair(point(j)[axis], j);
                     });
    double low_end = -kInfinity;
    for (std::uint32_t i = begin; i < middle; ++i) {
        low_end = std::max(low_end, point(indices_[i])[axis]);
    }
    nodes_[self].axis = static_cast<std::uint8_t>(axis);
    nodes_[self].low_end = low_end;
    nodes_[self].high_start = point(indices_[middle])[axis];
    build(begin, middle);
    nodes_[self].high_child = static_cast<std::uint32_t>(nodes_.size());
    build(middle, end);
}

template <typename Visitor>
void PointIndex::visit(Vec3 query, std::uint32_t at, Visitor& visitor) const {
    const Node& node = nodes_[at];
    if (node.high_child == 0) {
        for (std::uint32_t i = node.begin; i < node.end; ++i) {
            visitor.offer({squared_norm(points_[i] - query), indices_[i]});
        }
        return;
    }
    const double above_low = query[node.axis] - node.low_end;
    const double below_high = node.high_start - query[node.axis];
    const bool low_first = above_low < below_high;
    const auto descend = [&](bool low) {
        const double away = std::max(low ? above_low : below_high, 0.0);
        if (away * away <= visitor.bound()) visit(query, low ? at + 1 : node.high_child, visitor);
    };
    descend(low_first);
    descend(!low_first);
}

void PointIndex::k_nearest(Vec3 query, std::span<Neighbour> nearest) const {
    if (nearest.empty() || nearest.size() > size()) {
        throw std::invalid_argument("k: not in [1, number of points]");
    }
    constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
    std::fill(nearest.begin(), nearest.end(), Neighbour{kInfinity, last});
    if (nearest.size() <= kFew) {
        FewNearest visitor{nearest};
        visit(query, 0, visitor);
        return;
    }
    ManyNearest visitor{nearest};
    visit(query, 0, visitor);
    std::sort_heap(nearest.begin(), nearest.end());
}

Neighbour PointIndex::nearest_within(Vec3 query, double squared_bound) const {
    // Index -1 beats every point exactly at the bound: only closer ones are found.
    Nearest visitor{{squared_bound, -1}};
    visit(query, 0, visitor);
    return visitor.best;
}

void PointIndex::within(Vec3 query, double radius, std::vector<std::int64_t>& indices) const {
    const auto before = static_cast<std::ptrdiff_t>(indices.size());
    Within visitor{radius, radius * radius * (1.0 + 1e-12), indices};
    visit(query, 0, visitor);
    std::sort(indices.begin() + before, indices.end());
}

PointGap point_gap(std::span<const Vec3> points_a, std::span<const Vec3> points_b) {
    if (points_a.empty()) throw std::invalid_argument("points_a: empty");
    const PointIndex index_b(points_b);
    Neighbour best{kInfinity, -1};
    std::int64_t best_a = -1;
    for (std::size_t a = 0; a < points_a.size(); ++a) {
        const Neighbour found = index_b.nearest_within(points_a[a], best.squared_distance);
        if (found.index < 0) continue;
        best = found;
        best_a = static_cast<std::int64_t>(a);
    }
    return {std::sqrt(best.squared_distance), best_a, best.index};
}

}  // namespace spatialevo
