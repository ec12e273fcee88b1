// SPDX-License-Identifier: Apache-2.0
// One `bind_<family>` per file of this folder; the build writes the list from the file names.
#pragma once

#include <nanobind/nanobind.h>

#define SPATIALEVO_FAMILY(family) void bind_##family(nanobind::module_& m);
#include "families.inc"
#undef SPATIALEVO_FAMILY
