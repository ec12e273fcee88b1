# SPDX-License-Identifier: Apache-2.0
"""Tasks asked with two images."""
