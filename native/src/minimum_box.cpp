// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/minimum_box.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include "spatialevo/box_fit.hpp"
#include "spatialevo/hull.hpp"
#include "spatialevo/polygon.hpp"
#include "spatialevo/rectangle.hpp"

namespace spatialevo {
namespace {

struct Candidate {
    Mat3 axes;
    double volume;
};

// Improved volumes must differ by more than rounding, or the search would not end.
constexpr double kImprovement = 1e-14;
// A box in a flat valley gains ever less; it is left to the next start.
constexpr int kMaximumTurns = 24;
// How many of the tried boxes are improved, and by which turns [rad]. Smaller turns are left to
// Newton's method, which ends on the edges themselves.
constexpr std::size_t kStarts = 12;
constexpr double kFirstTurn = 0.3, kLastTurn = 1e-3, kTurnRatio = 0.4;
// Boxes whose axes are closer than this [rad] are improved into the same one.
constexpr double kSameStart = 0.02;
// Hulls with more edges have so many faces that pairs of edges add nothing but time.
constexpr std::size_t kMostPairedEdges = 90;
// An edge is next to a side if both its ends are, within this share of the box; the nearest are
// tried, in threes.
constexpr double kNextTo = 0.05;
constexpr std::size_t kMostEdgesNextTo = 14;
constexpr int kNewtonSteps = 8;

bool smaller(const Candidate& a, const Candidate& b) { return a.volume < b.volume; }

double volume(Vec3 extents) { return extents.x * extents.y * extents.z; }

Candidate candidate(std::span<const Vec3> points, const Mat3& axes) {
    return {axes, volume(fit_along(points, axes).extents)};
}

// Turns the box about its own axes in turn, each time to the best angle, until nothing is gained.
Candidate turn_about_axes(std::span<const Vec3> points, Candidate best) {
    std::size_t idle = 0, k = 0;
    for (int turns = 0; idle < 3 && turns < kMaximumTurns; ++turns, k = (k + 1) % 3) {
        const Vec3 normal = best.axes.row[k];
        const std::array<Vec3, 2> plane{best.axes.row[(k + 1) % 3], best.axes.row[(k + 2) % 3]};
        const Candidate next = candidate(points, best_axes_about(points, normal, plane));
        if (next.volume < best.volume * (1.0 - kImprovement)) {
            best = next;
            idle = 0;
        } else {
            ++idle;
        }
    }
    return best;
}

// Whether each axis of one box runs along some axis of the other.
bool same_start(const Mat3& a, const Mat3& b) {
    return std::all_of(std::begin(a.row), std::end(a.row), [&](Vec3 axis) {
        return std::any_of(std::begin(b.row), std::end(b.row), [&](Vec3 other) {
            return squared_norm(cross(axis, other)) < kSameStart * kSameStart;
        });
    });
}

// The smallest few of the boxes, each turned about its own axes, and of those alike the smallest.
std::vector<Candidate> starts(std::span<const Vec3> points, std::vector<Candidate> tried) {
    std::stable_sort(tried.begin(), tried.end(), smaller);
    tried.resize(std::min(tried.size(), kStarts));
    for (Candidate& one : tried) one = turn_about_axes(points, one);
    std::stable_sort(tried.begin(), tried.end(), smaller);
    std::vector<Candidate> distinct;
    for (const Candidate& one : tried) {
        const bool known =
            std::any_of(distinct.begin(), distinct.end(),
                        [&](const Candidate& other) { return same_start(one.axes, other.axes); });
        if (!known) distinct.push_back(one);
    }
    return distinct;
}

Mat3 turned(const Mat3& axes, std::size_t k, double angle) {
    const double c = std::cos(angle), s = std::sin(angle);
    const Vec3 u = axes.row[(k + 1) % 3], v = axes.row[(k + 2) % 3];
    const Vec3 first = normalized(c * u + s * v);
    const Vec3 second = normalized(cross(axes.row[k], first));
    return {{first, second, cross(first, second)}};
}

// Pattern search over rotations; each trial is completed by turning it about its own axes.
Candidate improve(std::span<const Vec3> points, Candidate best) {
    best = turn_about_axes(points, best);
    for (double turn = kFirstTurn; turn > kLastTurn; turn *= kTurnRatio) {
        for (std::size_t k = 0; k < 3; ++k) {
            for (const double angle : {turn, -turn}) {
                const Candidate trial =
                    turn_about_axes(points, candidate(points, turned(best.axes, k, angle)));
                if (trial.volume < best.volume * (1.0 - kImprovement)) best = trial;
            }
        }
    }
    return best;
}

// An edge of the hull close to the side of a box across axis `axis`.
struct SideEdge {
    std::size_t axis;
    Vec3 direction;  // unit
    double slope;    // |direction . axis|
};

using Edges = std::vector<std::array<Vec3, 2>>;

std::vector<SideEdge> edges_next_to_sides(std::span<const Vec3> points, const Edges& edges,
                                          const Mat3& axes) {
    const OrientedBox box = fit_along(points, axes);
    std::vector<SideEdge> found;
    for (const auto& [from, to] : edges) {
        const Vec3 direction = normalized(to - from);
        const Vec3 start = axes * (from - box.centre), end = axes * (to - box.centre);
        for (std::size_t k = 0; k < 3; ++k) {
            const double near = (0.5 - kNextTo) * box.extents[k];
            const bool next_to =
                (start[k] > near && end[k] > near) || (start[k] < -near && end[k] < -near);
            if (next_to) found.push_back({k, direction, std::abs(dot(direction, axes.row[k]))});
        }
    }
    std::stable_sort(found.begin(), found.end(),
                     [](const SideEdge& a, const SideEdge& b) { return a.slope < b.slope; });
    found.resize(std::min(found.size(), kMostEdgesNextTo));
    return found;
}

Mat3 rotated(const Mat3& axes, Vec3 rotation) {
    const Vec3 first = normalized(axes.row[0] + cross(rotation, axes.row[0]));
    const Vec3 second = axes.row[1] + cross(rotation, axes.row[1]);
    const Vec3 across = normalized(second - dot(second, first) * first);
    return {{first, across, cross(first, across)}};
}

// Rotates the axes so that three edges lie in their sides, by Newton's method.
std::optional<Mat3> onto_edges(Mat3 axes, const std::array<SideEdge, 3>& edges) {
    for (int step = 0; step < kNewtonSteps; ++step) {
        std::array<Vec3, 3> gradient;
        Vec3 residual;
        for (std::size_t i = 0; i < 3; ++i) {
            const Vec3 normal = axes.row[edges[i].axis];
            gradient[i] = cross(normal, edges[i].direction);
            residual[i] = -dot(normal, edges[i].direction);
        }
        const Vec3 c0 = cross(gradient[1], gradient[2]), c1 = cross(gradient[2], gradient[0]),
                   c2 = cross(gradient[0], gradient[1]);
        const double size = dot(gradient[0], c0);
        if (std::abs(size) < 1e-9) return std::nullopt;
        const Vec3 turn = (1.0 / size) * (residual.x * c0 + residual.y * c1 + residual.z * c2);
        if (!(norm(turn) < kFirstTurn)) return std::nullopt;
        axes = rotated(axes, turn);
    }
    return axes;
}

Candidate move_onto_edges(std::span<const Vec3> points, const Edges& edges, Candidate best) {
    for (int round = 0; round < kMaximumTurns; ++round) {
        const Candidate start = best;
        const std::vector<SideEdge> near = edges_next_to_sides(points, edges, start.axes);
        for (std::size_t i = 0; i < near.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                for (std::size_t k = 0; k < j; ++k) {
                    const auto axes = onto_edges(start.axes, {near[i], near[j], near[k]});
                    if (!axes) continue;
                    const Candidate next = candidate(points, *axes);
                    if (next.volume < best.volume * (1.0 - kImprovement)) best = next;
                }
            }
        }
        if (!(best.volume < start.volume)) break;
    }
    return best;
}

// Each edge belongs to two faces, which run along it in opposite directions.
Edges hull_edges(std::span<const Vec3> points, std::span<const HullFace> faces) {
    Edges edges;
    for (const HullFace& face : faces) {
        for (std::size_t k = 0; k < 3; ++k) {
            const std::size_t from = face.vertex[k], to = face.vertex[(k + 1) % 3];
            if (from < to && !(points[from] == points[to])) {
                edges.push_back({points[from], points[to]});
            }
        }
    }
    return edges;
}

// One direction of each pair of opposite ones, without zeros and repetitions, in a fixed order.
std::vector<Vec3> distinct_directions(std::span<const Vec3> vectors) {
    std::vector<Vec3> directions;
    for (const Vec3 v : vectors) {
        const double size = norm(v);
        if (size == 0.0) continue;
        const bool keeps = std::array{v.z, v.y, v.x} > std::array{0.0, 0.0, 0.0};
        directions.push_back((keeps ? 1.0 / size : -1.0 / size) * v);
    }
    std::sort(directions.begin(), directions.end(),
              [](Vec3 a, Vec3 b) { return std::array{a.z, a.y, a.x} < std::array{b.z, b.y, b.x}; });
    const auto same = [](Vec3 a, Vec3 b) { return squared_norm(b - a) < 1e-28; };
    directions.erase(std::unique(directions.begin(), directions.end(), same), directions.end());
    return directions;
}

// Normals worth a try: of the hull's faces, and of the planes parallel to two of its edges (a face
// of the box on one edge, the opposite face on the other).
std::vector<Vec3> trial_normals(std::span<const Vec3> points, std::span<const HullFace> faces,
                                const Edges& edges) {
    std::vector<Vec3> normals, along;
    for (const HullFace& face : faces) {
        const auto [a, b, c] = face.vertex;
        normals.push_back(cross(points[b] - points[a], points[c] - points[a]));
    }
    if (edges.size() > kMostPairedEdges) return distinct_directions(normals);
    for (const auto& [from, to] : edges) along.push_back(to - from);
    along = distinct_directions(along);
    for (std::size_t i = 0; i < along.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) normals.push_back(cross(along[i], along[j]));
    }
    return distinct_directions(normals);
}

std::vector<Vec3> hull_vertices(std::span<const Vec3> points, std::span<const HullFace> faces) {
    std::vector<std::size_t> used;
    for (const HullFace& face : faces)
        used.insert(used.end(), face.vertex.begin(), face.vertex.end());
    std::sort(used.begin(), used.end());
    used.erase(std::unique(used.begin(), used.end()), used.end());
    std::vector<Vec3> vertices;
    for (const std::size_t i : used) vertices.push_back(points[i]);
    return vertices;
}

}  // namespace

// Two unit vectors that complete a unit normal to right-handed axes (first, second, normal).
std::array<Vec3, 2> tangents(Vec3 normal) {
    std::size_t least = 0;
    for (std::size_t i = 1; i < 3; ++i) {
        if (std::abs(normal[i]) < std::abs(normal[least])) least = i;
    }
    Vec3 helper;
    helper[least] = 1.0;
    const Vec3 first = normalized(cross(helper, normal));
    return {first, cross(normal, first)};
}

// The axes with the given normal as the third whose box has the smallest face across it.
Mat3 best_axes_about(std::span<const Vec3> points, Vec3 normal, const std::array<Vec3, 2>& plane) {
    std::vector<Vec2> projected;
    projected.reserve(points.size());
    for (const Vec3 p : points) projected.push_back({dot(plane[0], p), dot(plane[1], p)});
    const Vec2 axis = smallest_rectangle(convex_hull(projected)).axis;
    const Vec3 first = normalized(axis.x * plane[0] + axis.y * plane[1]);
    return {{first, cross(normal, first), normal}};
}

Mat3 minimum_volume_axes(std::span<const Vec3> points) {
    const std::vector<HullFace> faces = convex_hull_3d(points);
    const std::vector<Vec3> vertices = hull_vertices(points, faces);
    const Edges edges = hull_edges(points, faces);
    std::vector<Candidate> found{candidate(vertices, identity3())};
    for (const Vec3 normal : trial_normals(points, faces, edges)) {
        found.push_back(candidate(vertices, best_axes_about(vertices, normal, tangents(normal))));
    }
    found = starts(vertices, std::move(found));
    for (Candidate& one : found) one = move_onto_edges(vertices, edges, improve(vertices, one));
    return std::min_element(found.begin(), found.end(), smaller)->axes;
}

}  // namespace spatialevo
