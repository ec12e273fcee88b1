# SPDX-License-Identifier: Apache-2.0
"""Models that answer questions: one protocol, and thin adapters to what loads and serves them."""

from __future__ import annotations

from spatialevo_eval.models.protocol import (
    Finish,
    Model,
    ModelError,
    Reply,
    Request,
    request_of,
)

__all__ = ["Finish", "Model", "ModelError", "Reply", "Request", "request_of"]
