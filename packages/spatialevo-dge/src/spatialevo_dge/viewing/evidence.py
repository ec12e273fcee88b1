# SPDX-License-Identifier: Apache-2.0
"""A ruling's trace as shapes.

Shapes are chosen by what a trace holds, never by the task it comes from: each row of the table
names the keys that it needs, so that a task from another package is drawn too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from spatialevo_dge.answer import Answer
from spatialevo_dge.scene import Scene
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import Trace
from spatialevo_dge.viewing import bearing_shapes as bearing
from spatialevo_dge.viewing import camera_shapes as camera
from spatialevo_dge.viewing import size_shapes as size
from spatialevo_dge.viewing.ground import ground
from spatialevo_dge.viewing.shapes import BoxMark, CameraMark, Drawing, Role, Shape, Spot, role_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a ruling says, and about what.

    Attributes:
        trace: What the truth was computed from.
        answer: The answer; None where the geometry defines none.
        scene: What the trace's ids belong to.
        policy: What the ruling was made under.
    """

    trace: Trace
    answer: Answer | None
    scene: Scene
    policy: Policy

    @property
    def floor(self) -> float:
        """World z of the floor, metres."""
        return ground(self.scene)


Draw = Callable[[Evidence], Iterator[Shape]]


def drawing_of(evidence: Evidence) -> Drawing:
    """Return everything that can be drawn of a trace."""
    held = evidence.trace.keys()
    shapes = [*_boxes(evidence), *_cameras(evidence)]
    shapes += [shape for keys, draw in _DRAWN if keys <= held for shape in draw(evidence)]
    drawn = {key for keys, _ in _DRAWN if keys <= held for key in keys}
    shapes += _spots(evidence, drawn)
    return Drawing(shapes=tuple(shapes))


def _boxes(evidence: Evidence) -> Iterator[Shape]:
    """Mark every object that the trace names by id."""
    named: list[int] = []
    for key, value in evidence.trace.items():
        if key.endswith(("object_id", "object_ids", "anchor_id", "instance_ids")):
            named += _flat(value)
    ids = [item for item in dict.fromkeys(named) if item in evidence.scene.objects_by_id]
    yield from box_marks(evidence.scene, ids)


def box_marks(scene: Scene, ids: list[int]) -> Iterator[BoxMark]:
    """Mark objects, each in a colour of its own unless they are all of one kind or many."""
    labels = {scene.objects_by_id[item].label for item in ids}
    alike = len(ids) > 4 or (len(labels) == 1 and len(ids) > 2)
    for place, item in enumerate(ids):
        label = scene.objects_by_id[item].label
        unique = len(scene.objects_by_label[label]) == 1
        yield BoxMark(
            object_id=item,
            role=Role.FIRST if alike else role_at(place),
            caption=label if unique else f"{label} #{item}",
        )


def _cameras(evidence: Evidence) -> Iterator[Shape]:
    """Mark every frame that the trace names."""
    place = 0
    for key, value in evidence.trace.items():
        if key not in {"frame", "frames"} and not key.endswith("_frame"):
            continue
        for frame in _flat(value):
            if frame in evidence.scene.frames_by_id:
                yield CameraMark(frame_id=frame, role=role_at(place), caption=f"camera {frame}")
                place += 1


def _spots(evidence: Evidence, drawn: set[str]) -> Iterator[Shape]:
    """Mark every position in the world that no row of the table has drawn."""
    for key, value in evidence.trace.items():
        if key in drawn or not key.endswith("_in_world"):
            continue
        if _is_position(value):
            yield Spot(
                point_in_world=np.array(value, dtype=float),
                role=Role.MEASURED,
                caption=key.removesuffix("_in_world").replace("_", " "),
            )


def _is_position(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == 3
        and all(isinstance(number, int | float) for number in value)
    )


def _flat(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else [value]


def _segment(evidence: Evidence) -> Iterator[Shape]:
    yield from size.segment(evidence.trace["segment"])


def _rivals(evidence: Evidence) -> Iterator[Shape]:
    yield from size.rivals(evidence.trace, evidence.scene, evidence.policy)


def _side(evidence: Evidence) -> Iterator[Shape]:
    yield from size.longest_side(evidence.trace["box"], Role.MEASURED)


def _sides(evidence: Evidence) -> Iterator[Shape]:
    yield from size.compared(evidence.trace)


def _hull(evidence: Evidence) -> Iterator[Shape]:
    yield from size.region(evidence.trace, evidence.floor)


def _rings(evidence: Evidence) -> Iterator[Shape]:
    yield from size.rings(evidence.trace, evidence.floor)


def _triple(evidence: Evidence) -> Iterator[Shape]:
    yield from bearing.from_object(evidence.trace, evidence.answer, evidence.floor)


def _from_camera(evidence: Evidence) -> Iterator[Shape]:
    yield from bearing.from_camera(evidence.trace, evidence.answer, evidence.floor)


def _as_seen(evidence: Evidence) -> Iterator[Shape]:
    frame = evidence.scene.frames_by_id[str(evidence.trace["frame"])]
    deeper = evidence.policy.front_is_deeper
    yield from bearing.as_seen(
        evidence.trace, evidence.answer, frame, evidence.floor, deeper=deeper
    )


def _depths(evidence: Evidence) -> Iterator[Shape]:
    yield from camera.depths(evidence.trace, evidence.scene)


def _heights(evidence: Evidence) -> Iterator[Shape]:
    yield from camera.heights(evidence.trace, evidence.scene)


def _motion(evidence: Evidence) -> Iterator[Shape]:
    yield from camera.motion(evidence.trace, evidence.scene)


_DRAWN: Final[tuple[tuple[frozenset[str], Draw], ...]] = (
    (frozenset({"segment"}), _segment),
    (frozenset({"anchor_id", "distances_m", "instance_ids"}), _rivals),
    (frozenset({"box", "longest_side_m"}), _side),
    (frozenset({"boxes", "attribute", "values", "unit"}), _sides),
    (frozenset({"hull_in_world"}), _hull),
    (frozenset({"rings_in_world"}), _rings),
    (frozenset({"stand_in_world", "face_in_world", "query_in_world"}), _triple),
    (frozenset({"camera_in_world", "heading_deg", "target_in_world"}), _from_camera),
    (frozenset({"reference_in_world", "target_in_world", "frame"}), _as_seen),
    (frozenset({"nearest_depths_m", "boxes_2d_px", "object_ids", "frame"}), _depths),
    (frozenset({"heights_m", "reference_frame", "target_frame"}), _heights),
    (frozenset({"start_frame", "end_frame", "turn_deg", "move_m"}), _motion),
)
"""The keys that a drawing needs, and what it draws from them."""
