// SPDX-License-Identifier: Apache-2.0
#include "spatialevo/depth.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace spatialevo {
namespace {

// A convex polygon of up to four vertices: a triangle after one cut.
struct Clipped {
    std::array<Vec3, 4> vertex;
    std::size_t size = 0;

    void push(Vec3 point) { vertex[size++] = point; }
};

Clipped clip_near(Vec3 a, Vec3 b, Vec3 c) {
    const std::array<Vec3, 3> corner{a, b, c};
    Clipped result;
    for (std::size_t i = 0; i < 3; ++i) {
        const Vec3 p = corner[i], q = corner[(i + 1) % 3];
        const bool p_in = p.z >= near_plane, q_in = q.z >= near_plane;
        if (p_in) result.push(p);
        if (p_in == q_in) continue;
        // Always from the visible end, so that both triangles of an edge get the same point.
        const Vec3 seen = p_in ? p : q, hidden = p_in ? q : p;
        const double t = (seen.z - near_plane) / (seen.z - hidden.z);
        Vec3 cut = seen + t * (hidden - seen);
        cut.z = near_plane;
        result.push(cut);
    }
    return result;
}

// The half-open range of columns of one image row that a triangle covers.
struct Columns {
    double first, last;  // centres x with first <= x < last, before rounding
};

class TriangleEdges {
public:
    TriangleEdges(Vec2 a, Vec2 b, Vec2 c) {
        if (cross(b - a, c - a) < 0.0) std::swap(b, c);
        edges_ = {edge(a, b), edge(b, c), edge(c, a)};
    }

    Columns columns(double y) const {
        Columns range{-std::numeric_limits<double>::infinity(),
                      std::numeric_limits<double>::infinity()};
        for (const Edge& e : edges_) {
            // Inside: slope * x + rest >= 0. A shared edge has exactly negated numbers in the
            // neighbour, hence the same bound, and belongs to the triangle on its right.
            const double rest = e.b * y + e.c;
            if (e.a > 0.0) {
                range.first = std::max(range.first, -rest / e.a);
            } else if (e.a < 0.0) {
                range.last = std::min(range.last, -rest / e.a);
            } else if (rest < 0.0 || (rest == 0.0 && e.b <= 0.0)) {
                return {0.0, 0.0};
            }
        }
        return range;
    }

private:
    struct Edge {
        double a, b, c;
    };
    static Edge edge(Vec2 p, Vec2 q) { return {p.y - q.y, q.x - p.x, p.x * q.y - q.x * p.y}; }
    std::array<Edge, 3> edges_;
};

// 1 / z over the image: the plane through a triangle makes it affine in the pixel.
struct InverseDepth {
    double du, dv, constant;
    double nearest, farthest;  // of the triangle itself, against edge-on planes

    double depth(double u, double v) const {
        return std::clamp(1.0 / (du * u + (dv * v + constant)), nearest, farthest);
    }
};

InverseDepth inverse_depth(Vec3 a, Vec3 b, Vec3 c, const Intrinsics& k) {
    const Vec3 normal = cross(b - a, c - a);
    const double distance = dot(normal, a);
    const double du = normal.x / (k.fx * distance), dv = normal.y / (k.fy * distance);
    const double nearest = std::max(std::min({a.z, b.z, c.z}), near_plane);
    return {du, dv, normal.z / distance - du * k.cx - dv * k.cy, nearest,
            std::max({a.z, b.z, c.z})};
}

// First pixel whose centre is at or beyond `x`, kept within [0, size].
std::size_t first_centre(double x, std::size_t size) {
    const double centre = std::ceil(x);
    if (!(centre > 0.0)) return 0;
    return centre < static_cast<double>(size) ? static_cast<std::size_t>(centre) : size;
}

class Painter {
public:
    explicit Painter(const Intrinsics& intrinsics)
        : k_(intrinsics),
          depth_(k_.width * k_.height, std::numeric_limits<double>::infinity()),
          face_(k_.width * k_.height, -1) {}

    void draw(Vec3 a, Vec3 b, Vec3 c, std::int32_t face) {
        if (a.z < near_plane && b.z < near_plane && c.z < near_plane) return;
        const InverseDepth inverse = inverse_depth(a, b, c, k_);
        // Seen exactly edge-on, or without area.
        if (!std::isfinite(inverse.du + inverse.dv + inverse.constant)) return;
        const Clipped polygon = clip_near(a, b, c);
        for (std::size_t i = 1; i + 1 < polygon.size; ++i) {
            fill(k_.project(polygon.vertex[0]), k_.project(polygon.vertex[i]),
                 k_.project(polygon.vertex[i + 1]), inverse, face);
        }
    }

    Raster finish() && {
        for (std::size_t i = 0; i < depth_.size(); ++i) {
            if (face_[i] < 0) depth_[i] = 0.0;
        }
        return {std::move(depth_), std::move(face_)};
    }

private:
    void fill(Vec2 a, Vec2 b, Vec2 c, const InverseDepth& inverse, std::int32_t face) {
        const std::size_t top = first_centre(std::min({a.y, b.y, c.y}), k_.height);
        const double bottom = std::max({a.y, b.y, c.y});
        if (std::min({a.x, b.x, c.x}) > static_cast<double>(k_.width) ||
            std::max({a.x, b.x, c.x}) < -1.0) {
            return;
        }
        const TriangleEdges edges(a, b, c);
        for (std::size_t v = top; v < k_.height && static_cast<double>(v) <= bottom; ++v) {
            const auto y = static_cast<double>(v);
            const Columns range = edges.columns(y);
            const std::size_t stop = first_centre(range.last, k_.width);
            for (std::size_t u = first_centre(range.first, k_.width); u < stop; ++u) {
                const double z = inverse.depth(static_cast<double>(u), y);
                const std::size_t pixel = v * k_.width + u;
                if (z < depth_[pixel]) {
                    depth_[pixel] = z;
                    face_[pixel] = face;
                }
            }
        }
    }

    const Intrinsics k_;
    std::vector<double> depth_;
    std::vector<std::int32_t> face_;
};

void require_size(std::size_t actual, std::size_t expected, const char* name) {
    if (actual != expected) {
        throw std::invalid_argument(std::string(name) + ": expected " + std::to_string(expected) +
                                    " values, got " + std::to_string(actual));
    }
}

}  // namespace

std::vector<Vec2> project(std::span<const Vec3> points_in_camera, const Intrinsics& intrinsics) {
    constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
    std::vector<Vec2> pixels(points_in_camera.size());
    for (std::size_t i = 0; i < pixels.size(); ++i) {
        const Vec3 p = points_in_camera[i];
        pixels[i] = p.z > 0.0 ? intrinsics.project(p) : Vec2{nothing, nothing};
    }
    return pixels;
}

std::vector<Vec3> unproject(std::span<const Vec2> pixels, std::span<const double> depths,
                            const Intrinsics& intrinsics) {
    require_size(depths.size(), pixels.size(), "depths");
    std::vector<Vec3> points(pixels.size());
    for (std::size_t i = 0; i < points.size(); ++i) {
        points[i] = intrinsics.unproject(pixels[i], depths[i]);
    }
    return points;
}

DepthPoints depth_to_points(std::span<const double> depth, const Intrinsics& intrinsics) {
    require_size(depth.size(), intrinsics.width * intrinsics.height, "depth");
    const auto count = static_cast<std::size_t>(
        std::count_if(depth.begin(), depth.end(), [](double d) { return d > 0.0; }));
    DepthPoints result;
    result.points_in_camera.reserve(count);
    result.pixels.reserve(count);
    for (std::size_t v = 0; v < intrinsics.height; ++v) {
        for (std::size_t u = 0; u < intrinsics.width; ++u) {
            const std::size_t index = v * intrinsics.width + u;
            if (!(depth[index] > 0.0)) continue;
            const Vec2 pixel{static_cast<double>(u), static_cast<double>(v)};
            result.points_in_camera.push_back(intrinsics.unproject(pixel, depth[index]));
            result.pixels.push_back(static_cast<std::int64_t>(index));
        }
    }
    return result;
}

std::vector<double> splat(std::span<const Vec3> points_in_camera, const Intrinsics& intrinsics,
                          std::size_t radius) {
    constexpr double nothing = std::numeric_limits<double>::infinity();
    std::vector<double> depth(intrinsics.width * intrinsics.height, nothing);
    for (const Vec3 p : points_in_camera) {
        if (!(p.z > 0.0)) continue;
        const Vec2 pixel = intrinsics.project(p);
        if (!intrinsics.contains(pixel)) continue;
        const std::size_t u = Intrinsics::nearest(pixel.x), v = Intrinsics::nearest(pixel.y);
        const std::size_t top = v - std::min(v, radius), left = u - std::min(u, radius);
        const std::size_t bottom = std::min(v + radius + 1, intrinsics.height);
        const std::size_t right = std::min(u + radius + 1, intrinsics.width);
        for (std::size_t y = top; y < bottom; ++y) {
            for (std::size_t x = left; x < right; ++x) {
                double& stored = depth[y * intrinsics.width + x];
                stored = std::min(stored, p.z);
            }
        }
    }
    std::replace(depth.begin(), depth.end(), nothing, 0.0);
    return depth;
}

Raster rasterise(std::span<const Vec3> points_in_camera, std::span<const Face> faces,
                 const Intrinsics& intrinsics) {
    Painter painter(intrinsics);
    const std::size_t count = points_in_camera.size();
    for (std::size_t i = 0; i < faces.size(); ++i) {
        std::array<Vec3, 3> corner;
        for (std::size_t j = 0; j < 3; ++j) {
            const std::int32_t index = faces[i][j];
            if (index < 0 || static_cast<std::size_t>(index) >= count) {
                throw std::invalid_argument("faces[" + std::to_string(i) + "]: index " +
                                            std::to_string(index) + " outside [0, " +
                                            std::to_string(count) + ")");
            }
            corner[j] = points_in_camera[static_cast<std::size_t>(index)];
        }
        painter.draw(corner[0], corner[1], corner[2], static_cast<std::int32_t>(i));
    }
    return std::move(painter).finish();
}

}  // namespace spatialevo
