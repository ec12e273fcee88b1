// SPDX-License-Identifier: Apache-2.0
// Signs of small determinants, decided without rounding.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

#include "spatialevo/vec.hpp"

namespace spatialevo {

// A sum of doubles kept without rounding, as non-overlapping terms of growing magnitude.
// Shewchuk, "Adaptive Precision Floating-Point Arithmetic", 1997, Grow-Expansion.
template <std::size_t Capacity>
class ExactSum {
public:
    void add(double value) {
        std::size_t kept = 0;
        for (std::size_t i = 0; i < size_; ++i) {
            const double sum = value + terms_[i];
            const double part = sum - value;
            const double lost = (value - (sum - part)) + (terms_[i] - part);
            if (lost != 0.0) terms_[kept++] = lost;
            value = sum;
        }
        if (value != 0.0) terms_[kept++] = value;
        size_ = kept;
    }

    void add_product(double a, double b) {
        const double product = a * b;
        add(std::fma(a, b, -product));
        add(product);
    }

    void add_product(double a, double b, double c) {
        const double product = a * b;
        add_product(std::fma(a, b, -product), c);
        add_product(product, c);
    }

    int sign() const {
        const double largest = size_ == 0 ? 0.0 : terms_[size_ - 1];
        return (largest > 0.0) - (largest < 0.0);
    }

private:
    std::array<double, Capacity> terms_{};
    std::size_t size_ = 0;
};

// Sign of (b - a) x (c - a) . (d - a): +1 if d lies on the side of the triangle a, b, c from which
// it runs counter-clockwise. Exact unless a product overflows or underflows.
int orientation(Vec3 a, Vec3 b, Vec3 c, Vec3 d);

}  // namespace spatialevo
