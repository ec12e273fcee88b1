# SPDX-License-Identifier: Apache-2.0
"""What goes wrong on the command line: one line on stderr and an exit code, never a traceback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from spatialevo_dge.cli.reporting import Reporter
from spatialevo_eval.models import ModelError
from spatialevo_eval.records import RunError

__all__ = ["PROGRAM", "REPORTER"]

PROGRAM: Final = "spatialevo-eval"
EXTRAS: Final[Mapping[str, str]] = {
    "datasets": "hub",
    "huggingface_hub": "hub",
    "av": "video",
    "torch": "transformers",
    "transformers": "transformers",
    "vllm": "vllm",
    "lmms_eval": "lmms",
}
"""The extra that brings a module."""

REPORTER: Final = Reporter(
    program=PROGRAM,
    own=(RunError, ModelError),
    extras=EXTRAS,
    stopped="stopped; the same command goes on where it ended.",
)
