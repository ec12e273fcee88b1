# SPDX-License-Identifier: Apache-2.0
"""Self-evolving training of vision-language models against the SpatialEvo oracle."""
