# SPDX-License-Identifier: Apache-2.0
"""Memory and time of a recipe, from numbers alone: no GPU, no torch, no weights.

    recipe + architecture -> Workload -> memory of the fullest GPU, time of a step

Facts (parameters, tokens, rows, bytes of state) are exact; estimates (activations, throughput) say
what they assume, and every assumption is a field of `Assumptions`.
"""
