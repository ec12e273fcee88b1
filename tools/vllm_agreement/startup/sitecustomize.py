# SPDX-License-Identifier: Apache-2.0
"""Lets vLLM's processes import a torchvision whose compiled operators do not load.

The registry's torchvision is built for another torch than a CPU build, and then fails on import for
want of two operators. Processors of images use neither. Python runs this file at its start where
the folder is on PYTHONPATH, in the processes that vLLM starts as well.
"""

import importlib.abc
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Final

MODULE: Final = "torchvision._meta_registrations"
"""Imported after torchvision has tried to load its operators, and the first to need them."""
OPERATORS: Final = ("nms", "qnms")
SIGNATURE: Final = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


class Definer(importlib.abc.MetaPathFinder):
    """Declares the operators that are missing; finds nothing."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """Look at what is imported, and leave the finding to others."""
        if fullname == MODULE:
            import torch  # noqa: PLC0415  (torchvision has imported it by now)

            for name in OPERATORS:
                if not hasattr(torch.ops.torchvision, name):
                    torch.library.define(f"torchvision::{name}", SIGNATURE)
        return None


sys.meta_path.insert(0, Definer())
