# SPDX-License-Identifier: Apache-2.0
"""The method beside its controls: which arms there are, what they show, and how sure that is."""
