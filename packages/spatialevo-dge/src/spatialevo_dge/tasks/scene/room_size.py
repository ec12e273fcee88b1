# SPDX-License-Identifier: Apache-2.0
"""How large is the floor of the room?"""

from __future__ import annotations

from collections.abc import Iterator

from spatialevo_dge import uncertainty
from spatialevo_dge.coverage import floor_coverage
from spatialevo_dge.entities import Room
from spatialevo_dge.lengths import area
from spatialevo_dge.resources import grammar
from spatialevo_dge.scene import FloorSource
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import Truth
from spatialevo_dge.verdict import Rule, Violation
from spatialevo_dge.view import View, ViewKind


def phrase(entities: Room) -> tuple[str, ...]:
    """Write the question in every wording."""
    del entities
    return (
        (
            "What is the size of this room (in square meters)? If multiple rooms are shown, "
            "estimate the size of the combined space."
        ),
        "What is the floor area of the room in square meters?",
        "How large is this room?",
        "Estimate the area of the room.",
    )


def check(entities: Room, view: View, policy: Policy) -> tuple[Violation, ...]:
    """Ask where the floor is known and the shown images cover it."""
    del entities
    floor = view.scene.floor
    if floor is None or (policy.annotated_counts and floor.source is not FloorSource.READ):
        wanted = "an annotated room size" if policy.annotated_counts else "a floor area"
        return (_unavailable("room size", f"scene {view.scene.id!r} has not {wanted}."),)
    if not view.frames or policy.annotated_counts:
        return ()
    covered = floor_coverage(floor, view.frames)
    if covered is None:
        return (
            _unavailable(
                "floor",
                "what of the floor the images cover is unknown: the scene lacks "
                "the floor's outline and height, or the images' intrinsics.",
            ),
        )
    if covered >= policy.room_coverage:
        return ()
    return (
        Violation(
            rule=Rule.NOT_VISIBLE,
            entity="floor",
            why=(
                f"the images cover {covered:.0%} of the floor; "
                f"{policy.room_coverage:.0%} is needed."
            ),
            measured=covered,
            threshold=policy.room_coverage,
            unit="fraction",
        ),
    )


def measure(entities: Room, view: View, policy: Policy) -> Truth:
    """Take the floor's area.

    Raises:
        ValueError: The scene has no floor area.
    """
    del entities
    floor = view.scene.floor
    if floor is None:
        raise ValueError(f"scene {view.scene.id!r} has no floor area")
    margin = uncertainty.interval(floor.half_width / policy.interval_sds, "m2", policy)
    return Truth(
        answer=area(floor.area, policy),
        margin=margin,
        trace={
            "area_m2": floor.area,
            "source": floor.source.value,
            "rings_in_world": [ring.tolist() for ring in floor.rings],
        },
        doubts=uncertainty.wide("floor", floor.area, margin, policy),
    )


def propose(view: View, policy: Policy) -> Iterator[Room]:
    """Propose the one question there is."""
    del view, policy
    yield Room()


def _unavailable(entity: str, why: str) -> Violation:
    return Violation(rule=Rule.NOT_AVAILABLE, entity=entity, why=why)


TASK = SpatialTask(
    id="room_size",
    title="floor area",
    view=ViewKind.SCENE,
    forms=Forms(entities=Room, grammar=grammar("scene/room_size"), phrase=phrase),
    check=check,
    measure=measure,
    propose=propose,
)
