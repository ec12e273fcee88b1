// SPDX-License-Identifier: Apache-2.0
#include "floor_outline.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <optional>
#include <utility>

namespace spatialevo {
namespace {

constexpr double snap_reach = 0.15;    // farthest cell edge that may lie on a wall line, metres
constexpr double free_cost = 0.10;     // an edge prefers a wall line nearer than this, metres
constexpr double switch_cost = 0.40;   // as dear as four edges off the wall by `free_cost`
constexpr double overrun = 0.25;       // a wall line holds this far beyond its evidence, metres
constexpr double niche = 0.50;         // a free stretch shorter than this is closed, metres
constexpr double corner_reach = 0.80;  // farthest corner from the ends of its two edges, metres
constexpr int chord = 4;               // half length, in edges, of the chord that gives a direction
constexpr double not_parallel = 0.17;  // sine of ten degrees
constexpr std::size_t no_wall = std::numeric_limits<std::size_t>::max();

// A stretch of the loop on one straight line.
struct Piece {
    std::size_t wall;  // no_wall: fitted to the cell edges themselves
    WallLine line;
    Vec2 first, last;  // ends on the loop
    double length;     // of the stretch, metres
};

Vec2 unit(Vec2 v) { return (1.0 / norm(v)) * v; }

struct LoopEdge {
    Vec2 middle, along;
};

class Snapper {
public:
    Snapper(const std::vector<Corner>& loop, std::span<const WallLine> walls, const Grid& grid)
        : walls_(walls), grid_(grid) {
        const std::size_t count = loop.size();
        const auto corner = [&](std::size_t i) { return grid.corner(loop[i].i, loop[i].j); };
        for (std::size_t i = 0; i < count; ++i) {
            const Vec2 a = corner(i), b = corner((i + 1) % count);
            const std::size_t reach = std::min<std::size_t>(chord, count / 4);
            const Vec2 sweep =
                corner((i + 1 + reach) % count) - corner((i + count - reach) % count);
            corners_.push_back(a);
            edges_.push_back({0.5 * (a + b), norm(sweep) > 0.0 ? unit(sweep) : b - a});
        }
    }

    Outline snap() {
        label();
        split();
        close_niches();
        return ring();
    }

private:
    double cost(const LoopEdge& edge, std::size_t wall) const {
        if (wall == walls_.size()) return free_cost;
        const WallLine& line = walls_[wall];
        const double off = std::abs(line.distance(edge.middle));
        if (off > snap_reach || std::abs(cross(line.along, edge.along)) > 0.7072) return far;
        const double position = line.position(edge.middle);
        for (const Span& span : line.spans) {
            if (position >= span.start - overrun && position <= span.stop + overrun) return off;
        }
        return far;
    }

    // The cheapest sequence of walls along the loop (Viterbi). Twice round, of which the middle
    // counts, so that the start of the loop has no influence.
    void label() {
        const std::size_t count = edges_.size(), states = walls_.size() + 1;
        std::vector<double> best(states, 0.0);
        std::vector<std::vector<std::size_t>> from(2 * count);
        for (std::size_t i = 0; i < 2 * count; ++i) {
            const auto cheapest =
                static_cast<std::size_t>(std::min_element(best.begin(), best.end()) - best.begin());
            const double changed = best[cheapest] + switch_cost;
            from[i].resize(states);
            for (std::size_t s = 0; s < states; ++s) {
                const bool stay = best[s] <= changed;
                from[i][s] = stay ? s : cheapest;
                best[s] = (stay ? best[s] : changed) + cost(edges_[i % count], s);
            }
        }
        labels_.resize(count);
        auto state =
            static_cast<std::size_t>(std::min_element(best.begin(), best.end()) - best.begin());
        for (std::size_t i = 2 * count; i-- > 0;) {
            if (i >= count / 2 && i < count / 2 + count) {
                labels_[i % count] = state == walls_.size() ? no_wall : state;
            }
            state = from[i][state];
        }
    }

    // Runs of one label; a free run is cut further where it bends.
    void split() {
        const std::size_t count = labels_.size();
        std::size_t start = 0;
        while (start < count && labels_[start] == labels_[(start + count - 1) % count]) ++start;
        if (start == count) {  // one label all round
            add_free(0, count);
            return;
        }
        for (std::size_t done = 0; done < count;) {
            std::size_t length = 1;
            const std::size_t wall = labels_[(start + done) % count];
            while (done + length < count && labels_[(start + done + length) % count] == wall) {
                ++length;
            }
            if (wall == no_wall) {
                add_free(start + done, length);
            } else {
                pieces_.push_back({wall, walls_[wall], at(start + done), at(start + done + length),
                                   grid_.cell * static_cast<double>(length)});
            }
            done += length;
        }
    }

    // Douglas and Peucker on the stretch; closed loops are first cut at their farthest corner.
    void add_free(std::size_t start, std::size_t length) {
        if (length == edges_.size()) {
            std::size_t farthest = 1;
            for (std::size_t i = 1; i < length; ++i) {
                if (norm(at(start + i) - at(start)) > norm(at(start + farthest) - at(start))) {
                    farthest = i;
                }
            }
            cut(start, farthest);
            cut(start + farthest, length - farthest);
        } else {
            cut(start, length);
        }
    }
    void cut(std::size_t start, std::size_t length) {
        const Vec2 a = at(start), b = at(start + length);
        double worst = 0.0;
        std::size_t where = 0;
        for (std::size_t i = 1; i < length; ++i) {
            const Vec2 p = at(start + i);
            const double span = norm(b - a);
            const double off = span > 0.0 ? std::abs(cross(b - a, p - a)) / span : norm(p - a);
            if (off > worst) {
                worst = off;
                where = i;
            }
        }
        if (worst > 1.5 * grid_.cell) {
            cut(start, where);
            cut(start + where, length - where);
            return;
        }
        pieces_.push_back({no_wall, free_line(start, length), a, b, norm(b - a)});
    }
    // Half a cell inside the cell edges: the outermost points lie somewhere in their cells.
    WallLine free_line(std::size_t start, std::size_t length) const {
        std::vector<Vec2> middles;
        for (std::size_t i = 0; i < length; ++i) {
            middles.push_back(edges_[(start + i) % edges_.size()].middle);
        }
        WallLine line = fit_line(middles, std::vector<double>(length, 1.0));
        const Vec2 sweep = at(start + length) - at(start);
        if (length < 4 && norm(sweep) > 0.0) line.along = unit(sweep);
        if (dot(line.along, sweep) < 0.0) line.along = -1.0 * line.along;
        const Vec2 inward{-line.along.y, line.along.x};
        line.origin = line.origin + 0.5 * grid_.cell * inward;
        return line;
    }

    // Drop free stretches that are shorter than a niche and lie between walls that meet there.
    void close_niches() {
        std::vector<Piece> kept;
        const std::size_t count = pieces_.size();
        for (std::size_t i = 0; i < count; ++i) {
            if (pieces_[i].wall != no_wall) {
                kept.push_back(pieces_[i]);
                continue;
            }
            std::size_t stop = i;
            while (stop < count && pieces_[stop].wall == no_wall) ++stop;
            const Piece& before = pieces_[(i + count - 1) % count];
            const Piece& after = pieces_[stop % count];
            const double length = norm(after.first - before.last);
            const bool between = before.wall != no_wall && after.wall != no_wall;
            const bool same = between && before.wall == after.wall;
            if (!(between && length <= niche && (same || meeting(before, after)))) {
                kept.insert(kept.end(), pieces_.begin() + static_cast<std::ptrdiff_t>(i),
                            pieces_.begin() + static_cast<std::ptrdiff_t>(stop));
            }
            i = stop - 1;
        }
        pieces_ = std::move(kept);
    }

    // Corner of two pieces, where their lines cross near the ends that face each other.
    std::optional<Vec2> meeting(const Piece& a, const Piece& b) const {
        const double sine = cross(a.line.along, b.line.along);
        if (std::abs(sine) < not_parallel) return std::nullopt;
        const double t = cross(b.line.origin - a.line.origin, b.line.along) / sine;
        const Vec2 corner = a.line.at(t);
        if (norm(corner - a.last) > corner_reach || norm(corner - b.first) > corner_reach) {
            return std::nullopt;
        }
        return corner;
    }

    Outline ring() const {
        Outline outline;
        const std::size_t count = pieces_.size();
        const auto push = [&outline](Vec2 p) {
            if (outline.ring.empty() || norm(outline.ring.back() - p) > 1e-9) {
                outline.ring.push_back(p);
            }
        };
        for (std::size_t i = 0; i < count; ++i) {
            const Piece& a = pieces_[i];
            const Piece& b = pieces_[(i + 1) % count];
            if (const std::optional<Vec2> corner = meeting(a, b)) {
                push(*corner);
            } else if (a.wall != b.wall || a.wall == no_wall) {
                push(a.line.at(a.line.position(a.last)));
                push(b.line.at(b.line.position(b.first)));
            }
            if (a.wall == no_wall) {
                outline.free_length += a.length;
            } else {
                const double deviation = a.length * a.line.sigma;
                outline.wall_length += a.length;
                outline.wall_variance += deviation * deviation;
            }
        }
        while (outline.ring.size() > 1 &&
               norm(outline.ring.front() - outline.ring.back()) <= 1e-9) {
            outline.ring.pop_back();
        }
        return outline;
    }

    Vec2 at(std::size_t i) const { return corners_[i % corners_.size()]; }

    static constexpr double far = 1e9;
    std::span<const WallLine> walls_;
    const Grid& grid_;
    std::vector<Vec2> corners_;
    std::vector<LoopEdge> edges_;
    std::vector<std::size_t> labels_;
    std::vector<Piece> pieces_;
};

}  // namespace

Outline outline_on_walls(const std::vector<Corner>& loop, std::span<const WallLine> walls,
                         const Grid& grid) {
    return Snapper(loop, walls, grid).snap();
}

}  // namespace spatialevo
