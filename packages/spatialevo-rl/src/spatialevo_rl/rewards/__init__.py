# SPDX-License-Identifier: Apache-2.0
"""Both roles' rewards as pure arithmetic: no model, no tensors, no I/O."""
