# SPDX-License-Identifier: Apache-2.0
"""What all tests share: real data that may be absent, golden files, optional dependencies."""

import importlib.util
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says more about a shared machine than about the code.
settings.register_profile("spatialevo", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("spatialevo")

TESTS = Path(__file__).parent
DATA_VARIABLE = "SPATIALEVO_TEST_DATA"
NO_DATA = "real data absent"
EXTRAS = {"llm": ("httpx", "pydantic"), "view": ("plotly",)}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite golden files with what the code says now, instead of comparing",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip a test marked `extra(name)` where spatialevo-dge[name] is not installed."""
    for item in items:
        for marker in item.iter_markers("extra"):
            (name,) = marker.args
            absent = [m for m in EXTRAS[name] if importlib.util.find_spec(m) is None]
            if absent:
                reason = f"spatialevo-dge[{name}] is not installed: no {', '.join(absent)}"
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests real data would have run, so that a green line hides nothing."""
    skipped = terminalreporter.getreports("skipped")
    lacking = sum(NO_DATA in str(report.longrepr) for report in skipped)
    if lacking:
        terminalreporter.write_line(
            f"{lacking} tests skipped for want of real data: set {DATA_VARIABLE}", yellow=True
        )


@pytest.fixture(scope="session")
def test_data() -> Callable[[str], Path]:
    """Return a function from a name to its path under $SPATIALEVO_TEST_DATA; skip where absent."""

    def find(name: str) -> Path:
        root = os.environ.get(DATA_VARIABLE)
        if not root:
            pytest.skip(f"{NO_DATA}: {name} ({DATA_VARIABLE} is not set)")
        path = Path(root) / name
        if not path.exists():
            pytest.skip(f"{NO_DATA}: {name} (not in {root})")
        return path

    return find


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Return a check that a text equals the golden file at a path under tests/."""

    def check(name: str, actual: str) -> None:
        path = TESTS / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(actual, encoding="utf-8", newline="\n")
            return
        if not path.exists():
            pytest.fail(f"no golden file {name}: make it with --update-golden and read it")
        assert actual == path.read_text(encoding="utf-8"), (
            f"{name} differs: if that is meant, run with --update-golden and say why in the commit"
        )

    return check
