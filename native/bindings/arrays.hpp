// SPDX-License-Identifier: Apache-2.0
// Array types at the Python boundary, and views of them as the core's plain types.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "spatialevo/vec.hpp"

namespace spatialevo::bindings {

namespace nb = nanobind;

// Inputs: C order, on the CPU, read-only. A shape that does not match is a TypeError.
template <typename Scalar, auto... Extents>
using Input = nb::ndarray<const Scalar, nb::shape<Extents...>, nb::c_contig, nb::device::cpu>;

using AnyDoubles = nb::ndarray<const double, nb::c_contig, nb::device::cpu>;
using Points = Input<double, -1, 3>;
using Points2 = Input<double, -1, 2>;
using Scalars = Input<double, -1>;
using Image = Input<double, -1, -1>;
using Faces = Input<std::int32_t, -1, 3>;
using Vector3 = Input<double, 3>;
using Matrix3 = Input<double, 3, 3>;
using Transform = Input<double, 4, 4>;

// Outputs: numpy arrays that own their memory.
template <typename Scalar, auto... Extents>
using Output = nb::ndarray<nb::numpy, Scalar, nb::shape<Extents...>, nb::c_contig>;

// Vec2 and Vec3 are rows of doubles without padding, so a (n, 3) array is read in place.
static_assert(sizeof(Vec2) == 2 * sizeof(double) && std::is_standard_layout_v<Vec2>);
static_assert(sizeof(Vec3) == 3 * sizeof(double) && std::is_standard_layout_v<Vec3>);

inline std::span<const Vec3> view(const Points& points) {
    return {reinterpret_cast<const Vec3*>(points.data()), points.shape(0)};
}
inline std::span<const Vec2> view(const Points2& points) {
    return {reinterpret_cast<const Vec2*>(points.data()), points.shape(0)};
}
inline std::span<const double> view(const Scalars& scalars) {
    return {scalars.data(), scalars.shape(0)};
}
inline std::span<const double> view(const Image& image) { return {image.data(), image.size()}; }
inline Vec3 value(const Vector3& vector) {
    return {vector.data()[0], vector.data()[1], vector.data()[2]};
}
inline Mat3 value(const Matrix3& matrix) {
    const double* d = matrix.data();
    return {{{d[0], d[1], d[2]}, {d[3], d[4], d[5]}, {d[6], d[7], d[8]}}};
}

// Hand a vector to numpy without copying it. `Element` is a scalar or a row of scalars (Vec3).
template <typename Array, typename Element>
Array to_numpy(std::vector<Element>&& values, std::initializer_list<std::size_t> shape) {
    auto held = std::make_unique<std::vector<Element>>(std::move(values));
    auto* data = reinterpret_cast<typename Array::Scalar*>(held->data());
    nb::capsule owner(held.get(),
                      [](void* p) noexcept { delete static_cast<std::vector<Element>*>(p); });
    held.release();
    return Array(data, shape, owner);
}

// Copy a few doubles into a fresh numpy array; for results of fixed small shape.
template <typename Array>
Array to_numpy_small(const double* values, std::size_t count,
                     std::initializer_list<std::size_t> shape) {
    return to_numpy<Array>(std::vector<double>(values, values + count), shape);
}

}  // namespace spatialevo::bindings
