// SPDX-License-Identifier: Apache-2.0
// The whole test framework: TEST registers a function, CHECK records, main runs all of them.
#pragma once

#include <cmath>
#include <cstdio>
#include <exception>
#include <vector>

namespace check {

struct Case {
    const char* name;
    void (*run)();
};

inline std::vector<Case>& cases() {
    static std::vector<Case> all;
    return all;
}

inline int& failures() {
    static int count = 0;
    return count;
}

inline bool add(const char* name, void (*run)()) {
    cases().push_back({name, run});
    return true;
}

inline void fail(const char* file, int line, const char* what) {
    std::printf("%s:%d: %s\n", file, line, what);
    ++failures();
}

}  // namespace check

#define TEST(name)                                                             \
    static void name();                                                        \
    [[maybe_unused]] static const bool name##_added = check::add(#name, name); \
    static void name()

#define CHECK(condition)                                                            \
    do {                                                                            \
        if (!(condition)) check::fail(__FILE__, __LINE__, "CHECK(" #condition ")"); \
    } while (false)

// !(a <= b) instead of a > b, so that a NaN fails.
#define CHECK_NEAR(actual, expected, tolerance)                                   \
    do {                                                                          \
        const double check_actual = (actual), check_expected = (expected);        \
        if (!(std::abs(check_actual - check_expected) <= (tolerance))) {          \
            check::fail(__FILE__, __LINE__, #actual " is not near " #expected);   \
            std::printf("  %.17g against %.17g\n", check_actual, check_expected); \
        }                                                                         \
    } while (false)

#define CHECK_THROWS(expression, type)                                                      \
    do {                                                                                    \
        bool check_thrown = false;                                                          \
        try {                                                                               \
            static_cast<void>(expression);                                                  \
        } catch (const type&) {                                                             \
            check_thrown = true;                                                            \
        }                                                                                   \
        if (!check_thrown) check::fail(__FILE__, __LINE__, #expression " threw no " #type); \
    } while (false)

int main() {
    for (const check::Case& test : check::cases()) {
        try {
            test.run();
        } catch (const std::exception& error) {
            check::fail(test.name, 0, error.what());
        }
    }
    std::printf("%zu tests, %d failures\n", check::cases().size(), check::failures());
    return check::failures() == 0 ? 0 : 1;
}
