// SPDX-License-Identifier: Apache-2.0
// Exact nearest neighbours. Distances are Euclidean; of equally near points the lower index wins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "spatialevo/vec.hpp"

namespace spatialevo {

struct Neighbour {
    double squared_distance;
    std::int64_t index;

    auto operator<=>(const Neighbour&) const = default;
};

// An immutable k-d tree; holds a copy of the points.
// Bentley, "Multidimensional binary search trees used for associative searching", 1975.
class PointIndex {
public:
    // Throws std::invalid_argument if there are no points.
    explicit PointIndex(std::span<const Vec3> points);

    std::size_t size() const { return points_.size(); }

    // The k nearest points in ascending order; needs 1 <= k <= size().
    void k_nearest(Vec3 query, std::span<Neighbour> nearest) const;

    // The nearest point closer than sqrt(bound), or index -1.
    Neighbour nearest_within(Vec3 query, double squared_bound) const;

    // Appends the indices of all points at distance <= radius, in ascending order.
    void within(Vec3 query, double radius, std::vector<std::int64_t>& indices) const;

private:
    struct Node {
        double low_end, high_start;  // the children's extents along the axis
        std::uint32_t begin, end;    // range of points_
        std::uint32_t high_child;    // the low child follows its parent; 0 marks a leaf
        std::uint8_t axis;
    };

    void build(std::uint32_t begin, std::uint32_t end);
    template <typename Visitor>
    void visit(Vec3 query, std::uint32_t node, Visitor& visitor) const;

    std::vector<Vec3> points_;           // in the order of the leaves
    std::vector<std::int64_t> indices_;  // of points_ in the order they were given
    std::vector<Node> nodes_;
};

struct PointGap {
    double distance;
    std::int64_t index_a, index_b;
};

// The closest pair between two sets; of equally close pairs the lowest (index_a, index_b) wins.
// Throws std::invalid_argument if a set is empty.
PointGap point_gap(std::span<const Vec3> points_a, std::span<const Vec3> points_b);

}  // namespace spatialevo
