# SPDX-License-Identifier: Apache-2.0
"""Exact, deterministic 3D geometry."""
