# SPDX-License-Identifier: Apache-2.0
"""Benchmarks of spatial reasoning, scored by the SpatialEvo oracle's own answer types."""
