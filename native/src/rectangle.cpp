// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/rectangle.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace spatialevo {
namespace {

// Areas closer than this are equal, so that rounding does not choose between them.
constexpr double kSameArea = 1e-12;
// Rounding of a product with a unit vector, and of that vector, as a share of the coordinates.
constexpr double kRounding = 16.0 * std::numeric_limits<double>::epsilon();

Vec2 quarter_turn(Vec2 v) { return {-v.y, v.x}; }

// hypot and division keep edges of any length apart from 0.
Vec2 direction(Vec2 edge) {
    const double length = std::hypot(edge.x, edge.y);
    return {edge.x / length, edge.y / length};
}

// The direction of the same rectangle in the quadrant x > 0, y >= 0.
Vec2 first_quadrant(Vec2 v) {
    for (int turns = 0; turns < 3 && !(v.x > 0.0 && v.y >= 0.0); ++turns) v = quarter_turn(v);
    return v;
}

// A vertex that walks round the ring and stays the farthest along a turning direction. Along edges
// that lie nearly in one line rounding may lower the reach a little where it rises, so the walk goes
// on until it has fallen by more than rounding.
class Calliper {
public:
    Calliper(std::span<const Vec2> ring, std::size_t start) : ring_(ring), at_(start) {
        for (const Vec2 p : ring) slack_ = std::max(slack_, std::abs(p.x) + std::abs(p.y));
        slack_ *= kRounding;
    }

    double reach(Vec2 towards) {
        double farthest = dot(towards, ring_[at_ % ring_.size()]);
        const std::size_t once_round = at_ + ring_.size();
        for (std::size_t next = at_ + 1; next < once_round; ++next) {
            const double value = dot(towards, ring_[next % ring_.size()]);
            if (value < farthest - slack_) break;
            if (value < farthest) continue;
            farthest = value;
            at_ = next;
        }
        return farthest;
    }

private:
    std::span<const Vec2> ring_;
    std::size_t at_;
    double slack_ = 0.0;
};

std::vector<Rectangle> rectangles_on_edges(std::span<const Vec2> ring) {
    std::vector<Rectangle> all;
    Calliper right(ring, 0), top(ring, 1), left(ring, 1);
    for (std::size_t i = 0; i < ring.size(); ++i) {
        const Vec2 along = direction(ring[(i + 1) % ring.size()] - ring[i]);
        const Vec2 inwards = quarter_turn(along);
        const double reach_right = right.reach(along);
        const double reach_top = top.reach(inwards);
        if (i == 0) left = top;
        const double reach_left = left.reach(-1.0 * along);
        const double height = reach_top - dot(inwards, ring[i]);
        all.push_back({first_quadrant(along), (reach_right + reach_left) * height});
    }
    return all;
}

}  // namespace

Rectangle smallest_rectangle(std::span<const Vec2> ring) {
    if (ring.size() < 2) return {};
    if (ring.size() == 2) return {first_quadrant(direction(ring[1] - ring[0])), 0.0};
    const std::vector<Rectangle> all = rectangles_on_edges(ring);
    double smallest = std::numeric_limits<double>::infinity();
    for (const Rectangle& one : all) smallest = std::min(smallest, one.area);
    Rectangle best{{0.0, 1.0}, smallest};
    for (const Rectangle& one : all) {
        if (one.area <= smallest * (1.0 + kSameArea) && one.axis.y < best.axis.y) best = one;
    }
    return best;
}

}  // namespace spatialevo
