// SPDX-License-Identifier: Apache-2.0
// Small value types of the core: two and three doubles, and three rows of three.
#pragma once

#include <cmath>
#include <cstddef>

namespace spatialevo {

struct Vec2 {
    double x = 0.0, y = 0.0;

    double operator[](std::size_t i) const { return i == 0 ? x : y; }
    bool operator==(const Vec2&) const = default;
};

inline Vec2 operator+(Vec2 a, Vec2 b) { return {a.x + b.x, a.y + b.y}; }
inline Vec2 operator-(Vec2 a, Vec2 b) { return {a.x - b.x, a.y - b.y}; }
inline Vec2 operator*(double s, Vec2 a) { return {s * a.x, s * a.y}; }
inline double dot(Vec2 a, Vec2 b) { return a.x * b.x + a.y * b.y; }
inline double cross(Vec2 a, Vec2 b) { return a.x * b.y - a.y * b.x; }
inline double squared_norm(Vec2 a) { return dot(a, a); }
inline double norm(Vec2 a) { return std::sqrt(squared_norm(a)); }
inline Vec2 normalized(Vec2 a) { return (1.0 / norm(a)) * a; }

struct Vec3 {
    double x = 0.0, y = 0.0, z = 0.0;

    double operator[](std::size_t i) const { return i == 0 ? x : (i == 1 ? y : z); }
    double& operator[](std::size_t i) { return i == 0 ? x : (i == 1 ? y : z); }
    bool operator==(const Vec3&) const = default;
};

inline Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
inline Vec3 operator-(Vec3 a, Vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
inline Vec3 operator-(Vec3 a) { return {-a.x, -a.y, -a.z}; }
inline Vec3 operator*(double s, Vec3 a) { return {s * a.x, s * a.y, s * a.z}; }
inline double dot(Vec3 a, Vec3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline Vec3 cross(Vec3 a, Vec3 b) {
    return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double squared_norm(Vec3 a) { return dot(a, a); }
inline double norm(Vec3 a) { return std::sqrt(squared_norm(a)); }
inline Vec3 normalized(Vec3 a) { return (1.0 / norm(a)) * a; }
inline bool is_finite(Vec3 a) {
    return std::isfinite(a.x) && std::isfinite(a.y) && std::isfinite(a.z);
}

// Row major: `row[i]` is row i.
struct Mat3 {
    Vec3 row[3];

    Vec3 column(std::size_t j) const { return {row[0][j], row[1][j], row[2][j]}; }
    bool operator==(const Mat3&) const = default;
};

inline Mat3 identity3() { return {{{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}}}; }
inline Mat3 transposed(const Mat3& m) { return {{m.column(0), m.column(1), m.column(2)}}; }
inline Vec3 operator*(const Mat3& m, Vec3 v) {
    return {dot(m.row[0], v), dot(m.row[1], v), dot(m.row[2], v)};
}
inline Mat3 operator*(const Mat3& a, const Mat3& b) {
    const Mat3 columns = transposed(b);
    return {{columns * a.row[0], columns * a.row[1], columns * a.row[2]}};
}
inline double determinant(const Mat3& m) { return dot(m.row[0], cross(m.row[1], m.row[2])); }

}  // namespace spatialevo
