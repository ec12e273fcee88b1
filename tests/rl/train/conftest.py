# SPDX-License-Identifier: Apache-2.0
"""One thread a process, and what the dependencies are known to warn about."""

import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).parent))

torch.set_num_threads(1)

QUIET = (
    r"ignore:.*gradient_checkpointing.*deprecated:FutureWarning",
    r"ignore:.*is_gradient_checkpointing.*:FutureWarning",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            for text in QUIET:
                item.add_marker(pytest.mark.filterwarnings(text))
