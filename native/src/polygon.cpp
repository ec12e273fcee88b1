// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/polygon.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <stdexcept>
#include <utility>

#include "spatialevo/exact.hpp"

namespace spatialevo {
namespace {

int exact_orientation(Vec2 a, Vec2 b, Vec2 c) {
    ExactSum<12> sum;  // two terms a product
    sum.add_product(a.x, b.y);
    sum.add_product(-a.x, c.y);
    sum.add_product(-c.x, b.y);
    sum.add_product(-a.y, b.x);
    sum.add_product(a.y, c.x);
    sum.add_product(c.y, b.x);
    return sum.sign();
}

bool before(Vec2 a, Vec2 b) { return a.x < b.x || (a.x == b.x && a.y < b.y); }

// Points strictly inside the octagon of eight extreme points cannot be on the hull.
// Akl and Toussaint, "A fast convex hull algorithm", 1978.
std::vector<Vec2> hull_candidates(std::span<const Vec2> points) {
    constexpr std::array<Vec2, 8> directions{
        {{1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}, {-1, -1}, {0, -1}, {1, -1}}};
    std::array<Vec2, 8> extreme;
    extreme.fill(points[0]);
    std::array<double, 8> reach;
    for (std::size_t k = 0; k < 8; ++k) reach[k] = dot(directions[k], points[0]);
    for (const Vec2 p : points) {
        const double sum = p.x + p.y, difference = p.x - p.y;
        const std::array<double, 8> along{p.x, sum, p.y, -difference, -p.x, -sum, -p.y, difference};
        for (std::size_t k = 0; k < 8; ++k) {
            if (along[k] > reach[k]) {
                reach[k] = along[k];
                extreme[k] = p;
            }
        }
    }
    // A half-plane counts a point as inside only by more than the rounding of its own value.
    std::array<Vec2, 8> edge;
    std::array<double, 8> bound;
    for (std::size_t k = 0; k < 8; ++k) {
        edge[k] = extreme[(k + 1) % 8] - extreme[k];
        const double size =
            (std::abs(edge[k].x) + std::abs(edge[k].y)) *
            (std::abs(reach[0]) + std::abs(reach[2]) + std::abs(reach[4]) + std::abs(reach[6]));
        bound[k] =
            cross(edge[k], extreme[k]) + 16.0 * std::numeric_limits<double>::epsilon() * size;
    }
    if (std::all_of(edge.begin(), edge.end(), [](Vec2 e) { return e == Vec2{}; })) {
        return {points[0]};  // all points coincide
    }
    std::vector<Vec2> kept;
    for (const Vec2 p : points) {
        bool inside = true;
        for (std::size_t k = 0; k < 8; ++k) {
            const bool empty = edge[k].x == 0.0 && edge[k].y == 0.0;
            inside &= empty | (cross(edge[k], p) > bound[k]);
        }
        if (!inside) kept.push_back(p);
    }
    return kept;
}

bool on_segment(Vec2 p, Vec2 a, Vec2 b) {
    return std::min(a.x, b.x) <= p.x && p.x <= std::max(a.x, b.x) && std::min(a.y, b.y) <= p.y &&
           p.y <= std::max(a.y, b.y) && orientation(a, b, p) == 0;
}

struct Edge {
    Vec2 lower, upper;  // lower.y <= upper.y
};

// The edges of all rings in horizontal slabs, so that a query sees only those at its own height.
class EdgeSlabs {
public:
    explicit EdgeSlabs(std::span<const Ring> rings) {
        for (const Ring ring : rings) add(ring);
        lowest_ = std::numeric_limits<double>::infinity();
        double highest = -lowest_;
        for (const Edge& edge : edges_) {
            lowest_ = std::min(lowest_, edge.lower.y);
            highest = std::max(highest, edge.upper.y);
        }
        highest_ = highest;
        const std::size_t count = std::max<std::size_t>(1, edges_.size());
        slabs_.resize(count);
        const double height = highest - lowest_;
        scale_ = height > 0.0 ? static_cast<double>(count) / height : 0.0;
        if (!std::isfinite(scale_)) scale_ = 0.0;
        for (const Edge& edge : edges_) {
            for (std::size_t s = slab(edge.lower.y); s <= slab(edge.upper.y); ++s) {
                slabs_[s].push_back(edge);
            }
        }
    }

    bool contains(Vec2 p) const {
        if (!(p.y >= lowest_ && p.y <= highest_)) return false;
        bool inside = false;
        for (const Edge& edge : slabs_[slab(p.y)]) {
            if (p.y < edge.lower.y || p.y > edge.upper.y) continue;
            if (on_segment(p, edge.lower, edge.upper)) return true;
            // Half-open in y, so that a vertex between two edges is crossed once.
            if (p.y < edge.upper.y && orientation(edge.lower, edge.upper, p) > 0) inside = !inside;
        }
        return inside;
    }

private:
    void add(Ring ring) {
        for (std::size_t i = 0; i < ring.size(); ++i) {
            const Vec2 a = ring[i], b = ring[(i + 1) % ring.size()];
            edges_.push_back(a.y <= b.y ? Edge{a, b} : Edge{b, a});
        }
    }
    std::size_t slab(double y) const {
        const auto index = static_cast<std::size_t>((y - lowest_) * scale_);
        return std::min(index, slabs_.size() - 1);
    }

    std::vector<Edge> edges_;
    std::vector<std::vector<Edge>> slabs_;
    double lowest_ = 0.0, highest_ = 0.0, scale_ = 0.0;
};

double point_segment_distance(Vec2 p, Vec2 a, Vec2 b) {
    const Vec2 along = b - a;
    const double length = squared_norm(along);
    const double t = length > 0.0 ? std::clamp(dot(p - a, along) / length, 0.0, 1.0) : 0.0;
    return norm(p - (a + t * along));
}

bool segments_meet(Vec2 a, Vec2 b, Vec2 c, Vec2 d) {
    if (on_segment(a, c, d) || on_segment(b, c, d) || on_segment(c, a, b) || on_segment(d, a, b)) {
        return true;
    }
    return orientation(a, b, c) * orientation(a, b, d) < 0 &&
           orientation(c, d, a) * orientation(c, d, b) < 0;
}

bool convex_contains(Ring ring, Vec2 p) {
    if (ring.size() < 3) return false;
    for (std::size_t i = 0; i < ring.size(); ++i) {
        if (orientation(ring[i], ring[(i + 1) % ring.size()], p) < 0) return false;
    }
    return true;
}

}  // namespace

int orientation(Vec2 a, Vec2 b, Vec2 c) {
    const double left = (a.x - c.x) * (b.y - c.y);
    const double right = (a.y - c.y) * (b.x - c.x);
    const double det = left - right;
    // Shewchuk's bound for the rounded determinant: (3 + 16 u) u with u = 2^-53.
    constexpr double u = std::numeric_limits<double>::epsilon() / 2.0;
    const double bound = (3.0 + 16.0 * u) * u * (std::abs(left) + std::abs(right));
    if (det > bound) return 1;
    if (-det > bound) return -1;
    return exact_orientation(a, b, c);
}

std::vector<Vec2> convex_hull(std::span<const Vec2> points) {
    if (points.empty()) throw std::invalid_argument("points: no point");
    std::vector<Vec2> sorted = hull_candidates(points);
    std::sort(sorted.begin(), sorted.end(), before);
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    if (sorted.size() < 3) return sorted;
    // Andrew's monotone chain: the lower hull from left to right, then the upper hull back.
    std::vector<Vec2> hull;
    const auto extend = [&hull](Vec2 p, std::size_t fixed) {
        while (hull.size() > fixed && orientation(hull[hull.size() - 2], hull.back(), p) <= 0) {
            hull.pop_back();
        }
        hull.push_back(p);
    };
    for (const Vec2 p : sorted) extend(p, 1);
    const std::size_t lower = hull.size();
    for (std::size_t i = sorted.size() - 1; i-- > 0;) extend(sorted[i], lower);
    hull.pop_back();
    return hull;
}

double signed_area(std::span<const Ring> rings) {
    double total = 0.0;
    for (const Ring ring : rings) {
        double twice = 0.0;
        for (std::size_t i = 1; i + 1 < ring.size(); ++i) {
            twice += cross(ring[i] - ring[0], ring[i + 1] - ring[0]);
        }
        total += 0.5 * twice;
    }
    return total;
}

std::vector<std::uint8_t> contains_points(std::span<const Vec2> points,
                                          std::span<const Ring> rings) {
    const EdgeSlabs slabs(rings);
    std::vector<std::uint8_t> inside(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) inside[i] = slabs.contains(points[i]) ? 1 : 0;
    return inside;
}

double convex_intersection_area(Ring a, Ring b) {
    if (a.size() < 3 || b.size() < 3) return 0.0;
    // Sutherland-Hodgman: cut `a` by each edge of `b`.
    std::vector<Vec2> current(a.begin(), a.end()), next;
    for (std::size_t i = 0; i < b.size() && !current.empty(); ++i) {
        const Vec2 origin = b[i], along = b[(i + 1) % b.size()] - origin;
        next.clear();
        for (std::size_t j = 0; j < current.size(); ++j) {
            const Vec2 p = current[j], q = current[(j + 1) % current.size()];
            const double side_p = cross(along, p - origin), side_q = cross(along, q - origin);
            if (side_p >= 0.0) next.push_back(p);
            if ((side_p > 0.0 && side_q < 0.0) || (side_p < 0.0 && side_q > 0.0)) {
                next.push_back(p + (side_p / (side_p - side_q)) * (q - p));
            }
        }
        std::swap(current, next);
    }
    const Ring clipped(current);
    return std::max(0.0, signed_area({&clipped, 1}));
}

double convex_distance(Ring a, Ring b) {
    if (a.empty() || b.empty()) throw std::invalid_argument("ring: no vertex");
    if (convex_contains(a, b[0]) || convex_contains(b, a[0])) return 0.0;
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < a.size(); ++i) {
        const Vec2 a0 = a[i], a1 = a[(i + 1) % a.size()];
        for (std::size_t j = 0; j < b.size(); ++j) {
            const Vec2 b0 = b[j], b1 = b[(j + 1) % b.size()];
            if (segments_meet(a0, a1, b0, b1)) return 0.0;
            best = std::min(
                {best, point_segment_distance(a0, b0, b1), point_segment_distance(b0, a0, a1)});
        }
    }
    return best;
}

}  // namespace spatialevo
