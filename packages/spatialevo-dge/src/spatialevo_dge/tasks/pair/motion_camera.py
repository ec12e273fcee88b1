# SPDX-License-Identifier: Apache-2.0
"""How did the camera turn, tilt or move from the first image to the second?"""

from __future__ import annotations

from collections.abc import Iterator

from spatialevo_dge import bearings, legality
from spatialevo_dge.camera_motion import change_between, evidence, name_change
from spatialevo_dge.entities import FIRST_IMAGE, SECOND_IMAGE, Motion, Travel
from spatialevo_dge.resources import grammar
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import EXACT_MARGIN, Truth
from spatialevo_dge.verdict import Violation
from spatialevo_dge.view import View, ViewKind

_ASKS = {
    Motion.TURN: (
        "In which direction did the camera turn from {a} to {b}?",
        "Did the camera rotate left or right between {a} and {b}?",
    ),
    Motion.TILT: (
        "Did the camera tilt up or down from {a} to {b}?",
        "In which direction did the camera tilt between {a} and {b}?",
    ),
    Motion.MOVE: (
        "In which direction did the camera move from {a} to {b}?",
        "Where did the camera move between {a} and {b}?",
    ),
    Motion.OPEN: (
        "How did the camera's pose change from {a} to {b}?",
        "Describe the camera motion from {a} to {b}.",
    ),
}


def phrase(entities: Travel) -> tuple[str, ...]:
    """Write the question in every wording."""
    start, end = str(entities.start), str(entities.end)
    return tuple(text.format(a=start, b=end) for text in _ASKS[entities.asks])


def check(entities: Travel, view: View, policy: Policy) -> tuple[Violation, ...]:
    """Ask about two different images."""
    del policy
    return tuple(legality.frames(view, entities.start, entities.end))


def measure(entities: Travel, view: View, policy: Policy) -> Truth:
    """Compare the two poses and name the part that is asked for."""
    start = legality.resolve_frame(view, entities.start)
    end = legality.resolve_frame(view, entities.end)
    noise = view.scene.noise
    steep = tuple(
        doubt for frame in (start, end) for doubt in bearings.no_heading(frame, policy, noise)
    )
    if not (bearings.has_heading(start) and bearings.has_heading(end)):
        return Truth(answer=None, margin=EXACT_MARGIN, trace={}, doubts=steep)
    change = change_between(start, end)
    truth = name_change(change, entities.asks, noise, policy)
    return Truth(
        answer=truth.answer,
        margin=truth.margin,
        trace={"start_frame": start.id, "end_frame": end.id, **evidence(change)},
        doubts=(*steep, *truth.doubts),
    )


def propose(view: View, policy: Policy) -> Iterator[Travel]:
    """Propose both orders of the two images and every part of the motion."""
    del view, policy
    for start, end in ((FIRST_IMAGE, SECOND_IMAGE), (SECOND_IMAGE, FIRST_IMAGE)):
        for asks in Motion:
            yield Travel(start=start, end=end, asks=asks)


TASK = SpatialTask(
    id="motion_camera",
    title="turn, tilt or move of the camera",
    view=ViewKind.PAIR,
    forms=Forms(entities=Travel, grammar=grammar("pair/motion_camera"), phrase=phrase),
    check=check,
    measure=measure,
    propose=propose,
)
