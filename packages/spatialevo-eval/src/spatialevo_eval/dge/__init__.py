# SPDX-License-Identifier: Apache-2.0
"""The DGE benchmark's parts: held-out rooms, questions drawn by the oracle, refusals."""
