# SPDX-License-Identifier: Apache-2.0
"""What an import measured on a scan, as findings of `check`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from spatialevo_dge.cli.finding import Finding, State
from spatialevo_dge.cli.quantities import quantity
from spatialevo_dge.importers.checks import PLAUSIBLE, Range, ScanChecks, read_checks
from spatialevo_dge.scene import Scene

_NAMES: Final = {
    "reprojection_error": "reprojection",
    "camera_up": "cameras upright",
    "camera_height": "camera height",
    "cameras_outside": "cameras outside",
    "floor_tilt": "floor tilt",
}
"""Numbers of the import that `check` cannot measure again, or does not."""

_WORDS: Final = {
    "reprojection_error": "median difference of depth images and scan",
    "camera_up": "median cosine between the cameras' up and the world's",
    "camera_height": "median above the floor",
    "cameras_outside": "share beyond the floor's outline",
    "floor_tilt": "of what is labelled floor",
}
_ONLY_A_LOOK: Final = {"cameras_outside"}


def imported_findings(scene: Scene) -> Iterator[Finding]:
    """Yield what the import measured; nothing for a scene that was not imported."""
    checks = read_checks(scene)
    if checks is None:
        return
    for name in _NAMES:
        value = getattr(checks, name)
        if value is not None:
            yield _finding(name, value, PLAUSIBLE[name])
    yield from _labels(checks)


def _finding(name: str, value: float, limits: Range) -> Finding:
    text = f"{_written(value, limits.unit)}, {_WORDS[name]}"
    if limits.low <= value <= limits.high:
        return Finding(name=_NAMES[name], state=State.OK, text=text)
    low, high = (_written(limit, limits.unit) for limit in (limits.low, limits.high))
    state = State.LOOK if name in _ONLY_A_LOOK else State.BROKEN
    return Finding(name=_NAMES[name], state=state, text=f"{text}; plausible are {low} to {high}")


def _written(value: float, unit: str) -> str:
    return quantity(value, unit) if unit else f"{value:.2f}"


def _labels(checks: ScanChecks) -> Iterator[Finding]:
    if checks.known_labels is not None:
        text = f"{checks.known_labels:.0%} of the instances have a label the vocabulary knows"
        yield Finding(name="labels", state=State.OK, text=text)
