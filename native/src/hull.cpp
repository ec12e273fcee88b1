// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/hull.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "spatialevo/exact.hpp"

namespace spatialevo {
namespace {

using Index = std::size_t;
constexpr Index kDead = static_cast<Index>(-1);

struct Face {
    std::array<Index, 3> vertex;
    std::array<Index, 3> neighbour;  // across the edge from vertex[k] to vertex[k + 1]
    std::vector<Index> outside;      // points that see this face; each point is in one list
    bool alive = true;
};

struct HorizonEdge {
    Index from, to;  // in the direction of the face that is removed
    Index beyond;    // the face that stays
};

template <typename Measure>
std::pair<Index, double> farthest(std::span<const Vec3> points, Measure measure) {
    std::pair<Index, double> best{0, -1.0};
    for (Index i = 0; i < points.size(); ++i) {
        const double value = measure(points[i]);
        if (value > best.second) best = {i, value};
    }
    return best;
}

class Quickhull {
public:
    explicit Quickhull(std::span<const Vec3> points) : points_(points) {}

    std::vector<HullFace> run() {
        if (!start()) return {};
        // New faces are appended, so one sweep meets every face that ever lives.
        for (Index f = 0; f < faces_.size(); ++f) {
            if (faces_[f].alive && !faces_[f].outside.empty()) absorb(farthest_outside(f), f);
        }
        std::vector<HullFace> hull;
        for (const Face& face : faces_) {
            if (face.alive) hull.push_back({face.vertex});
        }
        return hull;
    }

private:
    bool sees(Index point, const Face& face) const {
        return orientation(points_[face.vertex[0]], points_[face.vertex[1]],
                           points_[face.vertex[2]], points_[point]) > 0;
    }

    bool start() {
        auto [a, b, c, d] = spread_simplex(points_).corner;
        const int side = orientation(points_[a], points_[b], points_[c], points_[d]);
        if (side == 0) return false;
        if (side > 0) std::swap(b, c);
        // d is now behind a, b, c.
        faces_ = {{{a, b, c}, {1, 2, 3}, {}},
                  {{b, a, d}, {0, 3, 2}, {}},
                  {{c, b, d}, {0, 1, 3}, {}},
                  {{a, c, d}, {0, 2, 1}, {}}};
        std::vector<Index> all(points_.size());
        for (Index i = 0; i < all.size(); ++i) all[i] = i;
        distribute(all, 0);
        return true;
    }

    void distribute(const std::vector<Index>& candidates, Index first_face) {
        for (const Index point : candidates) {
            for (Index f = first_face; f < faces_.size(); ++f) {
                if (sees(point, faces_[f])) {
                    faces_[f].outside.push_back(point);
                    break;
                }
            }
        }
    }

    Index farthest_outside(Index f) const {
        const Face& face = faces_[f];
        const Vec3 a = points_[face.vertex[0]];
        const Vec3 normal = cross(points_[face.vertex[1]] - a, points_[face.vertex[2]] - a);
        return *std::max_element(face.outside.begin(), face.outside.end(), [&](Index i, Index j) {
            return dot(normal, points_[i] - a) < dot(normal, points_[j] - a);
        });
    }

    // Replaces the faces that the point sees by a cone from the point to their horizon.
    void absorb(Index point, Index seen_face) {
        std::vector<HorizonEdge> horizon;
        std::vector<Index> orphans;
        remove_visible(point, seen_face, horizon, orphans);
        const Index first_new = faces_.size();
        for (const HorizonEdge& edge : horizon) {
            const Index created = faces_.size();
            faces_.push_back({{edge.from, edge.to, point}, {edge.beyond, kDead, kDead}, {}});
            Face& beyond = faces_[edge.beyond];
            for (std::size_t k = 0; k < 3; ++k) {
                if (beyond.vertex[k] == edge.to) beyond.neighbour[k] = created;
            }
        }
        link_cone(first_new);
        distribute(orphans, first_new);
    }

    void remove_visible(Index point, Index seen_face, std::vector<HorizonEdge>& horizon,
                        std::vector<Index>& orphans) {
        std::vector<Index> stack{seen_face};
        faces_[seen_face].alive = false;
        while (!stack.empty()) {
            const Index current = stack.back();
            stack.pop_back();
            std::vector<Index> outside = std::exchange(faces_[current].outside, {});
            orphans.insert(orphans.end(), outside.begin(), outside.end());
            for (std::size_t k = 0; k < 3; ++k) {
                const Index next = faces_[current].neighbour[k];
                if (!faces_[next].alive) continue;
                if (sees(point, faces_[next])) {
                    faces_[next].alive = false;
                    stack.push_back(next);
                } else {
                    const auto& vertex = faces_[current].vertex;
                    horizon.push_back({vertex[k], vertex[(k + 1) % 3], next});
                }
            }
        }
    }

    // A cone face runs from, to, apex: across to-apex lies the face that starts at `to`.
    void link_cone(Index first_new) {
        std::vector<std::pair<Index, Index>> by_start;
        for (Index f = first_new; f < faces_.size(); ++f) {
            by_start.emplace_back(faces_[f].vertex[0], f);
        }
        std::sort(by_start.begin(), by_start.end());
        for (Index f = first_new; f < faces_.size(); ++f) {
            const auto next = std::lower_bound(by_start.begin(), by_start.end(),
                                               std::pair<Index, Index>{faces_[f].vertex[1], 0});
            faces_[f].neighbour[1] = next->second;
            faces_[next->second].neighbour[2] = f;
        }
    }

    std::span<const Vec3> points_;
    std::vector<Face> faces_;
};

}  // namespace

Simplex spread_simplex(std::span<const Vec3> points) {
    if (points.empty()) throw std::invalid_argument("points: empty");
    const auto lowest = std::min_element(points.begin(), points.end(), [](Vec3 a, Vec3 b) {
        return std::array{a.x, a.y, a.z} < std::array{b.x, b.y, b.z};
    });
    Simplex simplex;
    simplex.corner.fill(static_cast<Index>(lowest - points.begin()));
    const Vec3 origin = *lowest;
    const auto [b, length] = farthest(points, [&](Vec3 p) { return norm(p - origin); });
    if (length == 0.0) return simplex;
    simplex.corner[1] = b;
    simplex.length = length;
    const Vec3 along = normalized(points[b] - origin);
    const auto [c, width] =
        farthest(points, [&](Vec3 p) { return norm(cross(along, p - origin)); });
    simplex.corner[2] = c;
    simplex.width = width;
    if (width == 0.0) return simplex;
    // Of a vector along the line only rounding is left: its part across the line is made first.
    const Vec3 across = points[c] - origin - dot(along, points[c] - origin) * along;
    if (norm(across) == 0.0) return simplex;
    const Vec3 normal = normalized(cross(along, normalized(across)));
    const auto [d, height] =
        farthest(points, [&](Vec3 p) { return std::abs(dot(normal, p - origin)); });
    simplex.corner[3] = d;
    simplex.height = height;
    return simplex;
}

std::vector<HullFace> convex_hull_3d(std::span<const Vec3> points) {
    return Quickhull(points).run();
}

}  // namespace spatialevo
