# SPDX-License-Identifier: Apache-2.0
"""What tests of evaluation share."""

from __future__ import annotations

from collections.abc import Iterator

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


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep drawn questions apart from the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
