// SPDX-License-Identifier: Apache-2.0
#include "bindings.hpp"

NB_MODULE(_native, m) {
    m.doc() = "Native kernels of spatialevo_geometry. Use the Python modules: they validate.";
#define SPATIALEVO_FAMILY(family) bind_##family(m);
#include "families.inc"
#undef SPATIALEVO_FAMILY
}
