# SPDX-License-Identifier: Apache-2.0
"""A store of small rooms that all tests of scenes share."""

import pytest

from spatialevo_rl.scenes.synthetic_store import SyntheticStore
from support.rl_stores import small_store


@pytest.fixture(scope="session")
def store() -> SyntheticStore:
    """Twelve training rooms of four frames."""
    return small_store()
