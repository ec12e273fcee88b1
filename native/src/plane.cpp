// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/plane.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

#include "spatialevo/eigen.hpp"
#include "spatialevo/nearest.hpp"

namespace spatialevo {
namespace {

// Width against length below which points count as a line: a covariance in double precision cannot
// tell apart the two directions across a thinner one.
constexpr double line_width = 1e-7;

// Root mean square position of points along a direction from their mean.
double rms_along(std::span<const Vec3> points, Vec3 mean, Vec3 direction) {
    double sum = 0.0;
    for (const Vec3 p : points) {
        const double distance = dot(direction, p - mean);
        sum += distance * distance;
    }
    return std::sqrt(sum / static_cast<double>(points.size()));
}

Vec3 with_positive_largest(Vec3 v) {
    std::size_t largest = 0;
    for (std::size_t i = 1; i < 3; ++i) {
        if (std::abs(v[i]) > std::abs(v[largest])) largest = i;
    }
    return v[largest] < 0.0 ? -v : v;
}

// splitmix64 (Steele, Lea, Flood 2014): the same numbers on every platform.
class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}
    std::size_t below(std::size_t size) {
        state_ += 0x9e3779b97f4a7c15ULL;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return static_cast<std::size_t>((z ^ (z >> 31)) % size);
    }

private:
    std::uint64_t state_;
};

// Coordinates apart, so that the distance test runs over whole registers.
class Cloud {
public:
    explicit Cloud(std::span<const Vec3> points) {
        for (std::vector<double>* axis : {&x_, &y_, &z_}) axis->reserve(points.size());
        for (const Vec3 p : points) {
            x_.push_back(p.x);
            y_.push_back(p.y);
            z_.push_back(p.z);
        }
    }

    // Number of inliers; gives up with 0 once more than `to_beat` is out of reach.
    std::size_t count_inliers(const Plane& plane, double threshold, std::size_t to_beat) const {
        constexpr std::size_t block = 2048;
        std::size_t found = 0;
        for (std::size_t start = 0; start < x_.size(); start += block) {
            const std::size_t stop = std::min(start + block, x_.size());
            std::uint64_t inside = 0;
            for (std::size_t i = start; i < stop; ++i) {
                inside += std::abs(distance(plane, i)) <= threshold ? 1U : 0U;
            }
            found += inside;
            if (found + (x_.size() - stop) <= to_beat) return 0;
        }
        return found;
    }

    std::vector<std::uint8_t> inliers(const Plane& plane, double threshold) const {
        std::vector<std::uint8_t> mask(x_.size());
        for (std::size_t i = 0; i < mask.size(); ++i) {
            mask[i] = std::abs(distance(plane, i)) <= threshold ? 1 : 0;
        }
        return mask;
    }

private:
    double distance(const Plane& plane, std::size_t i) const {
        return plane.normal.x * x_[i] + plane.normal.y * y_[i] + plane.normal.z * z_[i] -
               plane.offset;
    }
    std::vector<double> x_, y_, z_;
};

// Draws after which a triple of inliers only was seen with probability 1 - 1e-9.
std::size_t draws_needed(std::size_t inliers, std::size_t points, std::size_t most) {
    const double share = static_cast<double>(inliers) / static_cast<double>(points);
    const double miss = std::log1p(-share * share * share);
    if (miss == 0.0) return most;
    const double needed = std::ceil(std::log(1e-9) / miss);
    return needed < static_cast<double>(most) ? static_cast<std::size_t>(needed) : most;
}

std::optional<Plane> plane_through(Vec3 a, Vec3 b, Vec3 c) {
    const Vec3 normal = cross(b - a, c - a);
    const double area = norm(normal);
    if (!(area > line_width * norm(b - a) * norm(c - a))) return std::nullopt;
    const Vec3 unit = (1.0 / area) * normal;
    return Plane{unit, dot(unit, a), 0.0};
}

std::vector<Vec3> chosen(std::span<const Vec3> points, std::span<const std::uint8_t> mask) {
    std::vector<Vec3> result;
    for (std::size_t i = 0; i < points.size(); ++i) {
        if (mask[i]) result.push_back(points[i]);
    }
    return result;
}

std::size_t count(std::span<const std::uint8_t> mask) {
    return static_cast<std::size_t>(std::count(mask.begin(), mask.end(), std::uint8_t{1}));
}

Plane best_sampled_plane(std::span<const Vec3> points, const Cloud& cloud,
                         const RansacOptions& options) {
    Random random(options.seed);
    Plane best;
    std::size_t best_count = 0, needed = options.iterations;
    for (std::size_t i = 0; i < needed; ++i) {
        const Vec3 a = points[random.below(points.size())];
        const Vec3 b = points[random.below(points.size())];
        const Vec3 c = points[random.below(points.size())];
        const std::optional<Plane> candidate = plane_through(a, b, c);
        if (!candidate) continue;
        const std::size_t found = cloud.count_inliers(*candidate, options.threshold, best_count);
        if (found <= best_count) continue;
        best = *candidate;
        best_count = found;
        needed = std::min(needed, draws_needed(found, points.size(), options.iterations));
    }
    if (best_count == 0) {
        throw std::invalid_argument("points: no three of the sampled points span a plane");
    }
    return best;
}

}  // namespace

Plane fit_plane(std::span<const Vec3> points) {
    if (points.size() < 3) {
        throw std::invalid_argument("points: a plane needs 3, got " +
                                    std::to_string(points.size()));
    }
    const Scatter scatter = scatter_of(points);
    const SymmetricEigen eigen = symmetric_eigen(scatter.covariance);
    // From the residuals: small eigenvalues are lost in rounding.
    const double width = rms_along(points, scatter.mean, eigen.axis[1]);
    const double length = rms_along(points, scatter.mean, eigen.axis[2]);
    if (!(width > line_width * length)) {
        throw std::invalid_argument("points: all on one line, no plane");
    }
    Plane plane;
    plane.normal = with_positive_largest(eigen.axis[0]);
    plane.offset = dot(plane.normal, scatter.mean);
    plane.rms = rms_along(points, scatter.mean, plane.normal);
    return plane;
}

RobustPlane fit_plane_robust(std::span<const Vec3> points, const RansacOptions& options) {
    if (points.size() < 3) {
        throw std::invalid_argument("points: a plane needs 3, got " +
                                    std::to_string(points.size()));
    }
    if (!(options.threshold > 0.0) || options.iterations == 0) {
        throw std::invalid_argument("threshold and iterations must be positive");
    }
    const Cloud cloud(points);
    const Plane sampled = best_sampled_plane(points, cloud, options);
    std::vector<std::uint8_t> mask = cloud.inliers(sampled, options.threshold);
    RobustPlane best{fit_plane(chosen(points, mask)), {}};
    // Each refit may gain inliers; as many as before and no new set means it has settled.
    for (int round = 0; round < 10; ++round) {
        std::vector<std::uint8_t> next = cloud.inliers(best.plane, options.threshold);
        if (next == mask || count(next) < count(mask)) break;
        mask = std::move(next);
        best.plane = fit_plane(chosen(points, mask));
    }
    best.inliers = std::move(mask);
    return best;
}

std::vector<Vec3> estimate_normals(std::span<const Vec3> points, std::size_t k,
                                   const std::optional<Vec3>& towards) {
    if (k < 3 || k > points.size()) {
        throw std::invalid_argument("k: expected 3 to " + std::to_string(points.size()) +
                                    " (the number of points), got " + std::to_string(k));
    }
    const PointIndex index(points);
    std::vector<Neighbour> nearest(k);
    std::vector<Vec3> around(k), normals(points.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        index.k_nearest(points[i], nearest);
        for (std::size_t j = 0; j < k; ++j) {
            around[j] = points[static_cast<std::size_t>(nearest[j].index)];
        }
        const Vec3 normal = symmetric_eigen(scatter_of(around).covariance).axis[0];
        if (towards) {
            normals[i] = dot(normal, *towards - points[i]) < 0.0 ? -normal : normal;
        } else {
            normals[i] = with_positive_largest(normal);
        }
    }
    return normals;
}

}  // namespace spatialevo
