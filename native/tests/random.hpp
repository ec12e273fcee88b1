// SPDX-License-Identifier: Apache-2.0
// Random inputs that are the same on every platform (the standard distributions are not).
#pragma once

#include <cstdint>
#include <vector>

#include "spatialevo/vec.hpp"

namespace spatialevo::testing {

class Random {
public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    // Uniform in [low, high); splitmix64, Steele, Lea and Flood, 2014.
    double uniform(double low, double high) {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15ULL;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
        const double unit = static_cast<double>((z ^ z >> 31) >> 11) * 0x1.0p-53;
        return low + (high - low) * unit;
    }
    Vec3 vector(double low, double high) {
        const double x = uniform(low, high), y = uniform(low, high);
        return {x, y, uniform(low, high)};
    }
    Mat3 axes() {
        const Vec3 first = normalized(vector(-1.0, 1.0));
        const Vec3 second = normalized(cross(first, vector(-1.0, 1.0)));
        return {{first, second, cross(first, second)}};
    }
    std::vector<Vec3> cloud(std::size_t count, double low, double high) {
        std::vector<Vec3> points(count);
        for (Vec3& point : points) point = vector(low, high);
        return points;
    }

private:
    std::uint64_t state_;
};

}  // namespace spatialevo::testing
