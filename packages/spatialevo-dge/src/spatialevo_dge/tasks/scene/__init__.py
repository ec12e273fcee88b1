# SPDX-License-Identifier: Apache-2.0
"""Tasks asked about the scene as a whole."""
