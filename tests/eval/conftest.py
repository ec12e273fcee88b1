# SPDX-License-Identifier: Apache-2.0
"""What tests of evaluation share."""

from __future__ import annotations

import pytest

from spatialevo_eval import benchmarks
from spatialevo_eval.benchmark import Benchmark
from support.small_benchmark import small_benchmark


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Benchmark:
    """Make the small benchmark one of those that are known by name."""
    made = small_benchmark(48)
    known = {**benchmarks.BENCHMARKS, made.id: made}
    monkeypatch.setattr(benchmarks, "BENCHMARKS", known)
    return made
