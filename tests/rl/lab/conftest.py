# SPDX-License-Identifier: Apache-2.0
"""One thread a process; a random model of the lab's kind, made once."""

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from spatialevo_rl.lab.warmup import Base, fresh  # noqa: E402

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def random_base() -> Base:
    base = fresh(0)
    base.model.eval()
    return base
