# SPDX-License-Identifier: Apache-2.0
"""A run as one page that needs no network: curves, curriculum, held-out skill, samples."""
