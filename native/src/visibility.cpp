// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/visibility.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace spatialevo {
namespace {

// Rounding between a rendered depth and a projected sample.
constexpr double rounding = 1e-6;

struct Weighted {
    double depth, weight;
};

// Smallest depth with at least `share` of the total weight at or below it. Reorders the samples.
// Quickselect by weight: each step halves the samples that can hold it.
double weighted_quantile(std::span<Weighted> samples, double total, double share) {
    const auto nearer = [](const Weighted& a, const Weighted& b) { return a.depth < b.depth; };
    double before = 0.0;
    while (samples.size() > 1) {
        const std::size_t half = samples.size() / 2;
        std::nth_element(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(half),
                         samples.end(), nearer);
        double lower = 0.0;
        for (const Weighted& sample : samples.first(half)) lower += sample.weight;
        if (before + lower >= share * total) {
            samples = samples.first(half);
        } else {
            before += lower;
            samples = samples.subspan(half);
        }
    }
    return samples.front().depth;
}

class Tolerance {
public:
    Tolerance(const DepthImage& measured, const DepthBand& band)
        : measured_(measured), band_(band) {}

    // Largest accepted |z - depth| of a sample whose nearest depth pixel is `pixel`.
    double with_normal(Vec3 point, Vec3 normal, double depth) const {
        const double facing = std::max(std::abs(dot(normal, point)), 1e-12);
        const Intrinsics& k = measured_.intrinsics;
        // On the plane through the sample, dz/du = -z^2 n_x / (fx n.p), likewise for v.
        const double slope =
            point.z * point.z * (std::abs(normal.x) / k.fx + std::abs(normal.y) / k.fy) / facing;
        // An error along the normal appears in depth magnified by the slant of the surface.
        const double slant = point.z * norm(normal) / facing;
        return limit(3.0 * std::hypot(depth_sigma(depth), band_.point_sigma * slant) + slope);
    }
    double without_normal(Vec2 pixel, double depth) const {
        const std::size_t u = Intrinsics::nearest(pixel.x), v = Intrinsics::nearest(pixel.y);
        const Intrinsics& k = measured_.intrinsics;
        const double slope = difference(depth, u > 0, u + 1 < k.width, k.index(pixel), 1) +
                             difference(depth, v > 0, v + 1 < k.height, k.index(pixel), k.width);
        return limit(3.0 * std::hypot(depth_sigma(depth), band_.point_sigma) + slope);
    }

    // A sample that may lie beside its true place falls past its own silhouette on what is behind:
    // there the image only shows that nothing stands before it.
    bool accepts(double behind, double accepted) const {
        return band_.point_sigma > 0.0 ? behind <= accepted : std::abs(behind) <= accepted;
    }

private:
    double depth_sigma(double depth) const {
        return band_.depth_sigma_constant + band_.depth_sigma_quadratic * depth * depth;
    }
    double limit(double width) const {
        return std::min(width + rounding, std::max(band_.maximum, rounding));
    }
    // The smaller of the two one-sided differences: the larger may cross an edge of the object.
    double difference(double depth, bool has_before, bool has_after, std::size_t index,
                      std::size_t step) const {
        double smallest = band_.maximum;
        bool found = false;
        const auto consider = [&](std::size_t neighbour) {
            const double other = measured_.depth[neighbour];
            if (!(other > 0.0)) return;
            smallest = std::min(smallest, std::abs(other - depth));
            found = true;
        };
        if (has_before) consider(index - step);
        if (has_after) consider(index + step);
        return found ? smallest : 0.0;
    }

    const DepthImage& measured_;
    const DepthBand& band_;
};

class Tally {
public:
    Tally(const SurfaceSamples& surface, const PosedCamera& camera, const DepthImage& measured,
          const DepthBand& band)
        : surface_(surface),
          camera_(camera),
          measured_(measured),
          camera_from_world_(transposed(camera.world_from_camera)),
          tolerance_(measured, band) {
        depths_.reserve(surface.points_in_world.size());
        pixels_.reserve(surface.points_in_world.size());
    }

    void add(std::size_t i) {
        const double weight = surface_.weights[i];
        const Vec3 offset = surface_.points_in_world[i] - camera_.centre_in_world;
        const bool oriented = !surface_.normals_in_world.empty();
        if (oriented && dot(surface_.normals_in_world[i], offset) >= 0.0) {
            known_total_ += weight;
            return;
        }
        facing_ += weight;

        const Vec3 point = camera_from_world_ * offset;
        const Vec2 pixel = camera_.image.project(point);
        if (!(point.z > 0.0) || !camera_.image.contains(pixel)) {
            truncated_ = true;
            know(weight);
            return;
        }
        const Vec2 lookup = measured_.intrinsics.project(point);
        const bool covered = measured_.intrinsics.contains(lookup);
        const double depth = covered ? measured_.depth[measured_.intrinsics.index(lookup)] : 0.0;
        if (!std::isfinite(depth) || depth < 0.0) {
            throw std::invalid_argument("depth: " + std::to_string(depth) +
                                        " is not a depth; use 0 where nothing was measured");
        }
        if (depth == 0.0) {
            unknown_ += weight;
            return;
        }
        know(weight);
        const double accepted =
            oriented ? tolerance_.with_normal(
                           point, camera_from_world_ * surface_.normals_in_world[i], depth)
                     : tolerance_.without_normal(lookup, depth);
        if (tolerance_.accepts(point.z - depth, accepted)) show(point.z, pixel, weight);
    }

    VisibleSurface finish() && {
        VisibleSurface result;
        result.truncated = truncated_;
        if (facing_ > 0.0) result.unknown_of_facing = unknown_ / facing_;
        if (depths_.empty()) return result;
        if (visible_ > 0.0) {
            // Sums in one order: a surface visible as a whole gives exactly 1.
            result.of_facing = visible_ / known_facing_;
            result.of_total = visible_ / known_total_;
        }
        result.nearest_depth = weighted_quantile(depths_, visible_, 0.05);
        result.median_depth = weighted_quantile(depths_, visible_, 0.5);
        result.visible_pixels = distinct_pixels();
        result.box = box_;
        return result;
    }

private:
    std::size_t distinct_pixels() const {
        const auto [first, last] = std::minmax_element(pixels_.begin(), pixels_.end());
        std::vector<std::uint8_t> seen(*last - *first + 1, 0);
        for (const std::size_t pixel : pixels_) seen[pixel - *first] = 1;
        return static_cast<std::size_t>(std::count(seen.begin(), seen.end(), std::uint8_t{1}));
    }
    void know(double weight) {
        known_facing_ += weight;
        known_total_ += weight;
    }
    void show(double depth, Vec2 pixel, double weight) {
        visible_ += weight;
        depths_.push_back({depth, weight});
        pixels_.push_back(camera_.image.index(pixel));
        if (!box_) box_ = Box2{pixel.x, pixel.y, pixel.x, pixel.y};
        box_->u_min = std::min(box_->u_min, pixel.x);
        box_->v_min = std::min(box_->v_min, pixel.y);
        box_->u_max = std::max(box_->u_max, pixel.x);
        box_->v_max = std::max(box_->v_max, pixel.y);
    }

    const SurfaceSamples& surface_;
    const PosedCamera& camera_;
    const DepthImage& measured_;
    const Mat3 camera_from_world_;
    const Tolerance tolerance_;
    double facing_ = 0.0, unknown_ = 0.0;
    double known_facing_ = 0.0, known_total_ = 0.0, visible_ = 0.0;
    bool truncated_ = false;
    std::vector<Weighted> depths_;
    std::vector<std::size_t> pixels_;
    std::optional<Box2> box_;
};

}  // namespace

VisibleSurface visible_fraction(const SurfaceSamples& surface, const PosedCamera& camera,
                                const DepthImage& measured, const DepthBand& band) {
    const std::size_t count = surface.points_in_world.size();
    if (count == 0) throw std::invalid_argument("surface: no sample");
    if (surface.weights.size() != count ||
        (!surface.normals_in_world.empty() && surface.normals_in_world.size() != count)) {
        throw std::invalid_argument("surface: points, normals and weights differ in number");
    }
    if (measured.depth.size() != measured.intrinsics.width * measured.intrinsics.height) {
        throw std::invalid_argument("depth: size differs from its intrinsics");
    }
    Tally tally(surface, camera, measured, band);
    for (std::size_t i = 0; i < count; ++i) tally.add(i);
    return std::move(tally).finish();
}

}  // namespace spatialevo
