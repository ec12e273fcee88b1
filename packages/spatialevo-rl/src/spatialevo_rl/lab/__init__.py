# SPDX-License-Identifier: Apache-2.0
"""The whole method on two CPU cores: small rooms, a small model, its warm-up."""
