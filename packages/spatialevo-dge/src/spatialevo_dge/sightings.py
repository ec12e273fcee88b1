# SPDX-License-Identifier: Apache-2.0
"""What a noisy scan's images surely show, surely do not, and may show.

A pose that is off by a degree moves an object's outline, what stands before it, and the image's
border by centimetres: the visible share of a small or half-hidden object says little then. Every
share therefore has a range, and a rule that turns on a share is broken, kept or in doubt.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from spatialevo_dge.entities import Noun
from spatialevo_dge.scene import Frame, NoiseModel, SceneObject
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.verdict import Rule, Violation
from spatialevo_dge.view import View
from spatialevo_geometry.rigid import apply, invert

EDGE_GAIN: Final = 0.28
"""Standard deviation of the visible share of the camera-facing surface, for each unit of shift over
the narrower side of what is seen, before a question is answered: a strip 10 cm wide is gone if its
edge is off by that. From 5,300 sightings of 100 synthetic rooms with pose errors of 2 cm and 1
degree, of which two were then surely seen and truly hidden (0.03 %) …"""
SURE_GAIN: Final = 0.8
"""… but no less than this for each unit of shift over the object's own size …"""
LEAST_SURE: Final = 0.04
"""… or than this: what points of 2 cm do to a cup, all of which is seen."""
OPEN_GAIN: Final = 1.0
"""The same before a question is refused for what a share says: small things 5 m away come and go
altogether, and there is no harm in doubt where no answer is given …"""
OPEN_FLOOR: Final = 0.04
"""… and the least that it is where something is seen: behind an edge or at a grazing angle, what
seemed 1 to 3 % of a bathtub was 10 % and more."""
TOTAL_OWN_GAIN: Final = 0.5
"""Standard deviation of the visible share of the whole surface, as a part of it, for each unit by
which points and objects err over the narrower side of what is seen …"""
TOTAL_FAINTEST: Final = 0.05
"""… where what is seen counts as this at least …"""
TOTAL_POSE_GAIN: Final = 1.0
"""… for each unit by which the pose moves an object over its size …"""
MOST_TOTAL: Final = 0.10
"""… up to this …"""
TOTAL_FLOOR: Final = 0.015
"""… and what the band around the depth image adds or hides. Of the pairs of sightings whose order
was then certain, in 40 to 100 synthetic rooms, 0.02 % had another under points of 2 cm, 0.15 %
under objects moved by 1 cm and as many under poses."""
OWN_SHARE: Final = 0.5
"""Share of a point's own sigma in the shift of an outline: points err to all sides."""
BAND: Final = 0.08
"""A thing inside another, this close behind its side, may be what a depth image shows or may not:
the widest band in which a point counts as seen. A bowl in a basket does, in every view of it."""
REACH_SDS: Final = 4.0
"""An object farther outside the image than this many shifts is surely not in it."""
THINNEST: Final = 0.02
"""Thickness that a sheet's outline counts with, metres."""


@dataclass(frozen=True, slots=True)
class Range:
    """What a visible share may truly be.

    Attributes:
        sure: At least this, for answering.
        low: At least this, for refusing.
        high: At most this.
    """

    sure: float
    low: float
    high: float


def in_doubt(noise: NoiseModel, policy: Policy) -> bool:
    """Whether the shares of a scan are ranges under a policy."""
    return policy.borderline and not noise.is_exact


def shift(noise: NoiseModel, distance: float) -> float:
    """Return by how much a point seen from a distance may lie beside its place, metres."""
    return math.hypot(_own_shift(noise), _pose_shift(noise, distance))


def _own_shift(noise: NoiseModel) -> float:
    return math.hypot(OWN_SHARE * noise.point_sigma, noise.object_offset_sigma)


def _pose_shift(noise: NoiseModel, distance: float) -> float:
    return math.hypot(noise.pose_translation_sigma, noise.pose_rotation_sigma * distance)


def total_sd(view: View, item: SceneObject, frame: Frame) -> float:
    """Standard deviation of the visible share of an object's whole surface in a frame."""
    noise = view.scene.noise
    own, turned = _own_shift(noise), _pose_shift(noise, _distance(item, frame))
    moved = math.hypot(own, turned)
    if moved == 0.0 or not _within_reach(view, item, frame, REACH_SDS * moved):
        return 0.0
    record = view.visibility(item, frame)
    seen = max(record.of_total if record else 0.0, TOTAL_FAINTEST)
    return math.hypot(
        TOTAL_FLOOR,
        TOTAL_OWN_GAIN * seen * own / _narrowest(view, item, frame),
        min(TOTAL_POSE_GAIN * turned / _size(item), MOST_TOTAL),
    )


def best_share(view: View, item: SceneObject, policy: Policy) -> Range:
    """Return the range of the largest camera-facing share that any of the shown frames shows."""
    ranges = [share(view, item, frame, policy) for frame in view.frames]
    return Range(
        max((found.sure for found in ranges), default=0.0),
        max((found.low for found in ranges), default=0.0),
        max((found.high for found in ranges), default=0.0),
    )


def share(view: View, item: SceneObject, frame: Frame, policy: Policy) -> Range:
    """Return the range of the visible share of an object's camera-facing surface in a frame."""
    seen = view.visible_share(item, frame)
    noise = view.scene.noise
    if not in_doubt(noise, policy):
        return Range(seen, seen, seen)
    moved = shift(noise, _distance(item, frame))
    if not _within_reach(view, item, frame, REACH_SDS * moved):
        return Range(seen, seen, seen)
    relative = moved / _size(item)
    edge = EDGE_GAIN * moved / _narrowest(view, item, frame)
    sure = policy.certainty * max(edge, min(SURE_GAIN * relative, LEAST_SURE))
    floor = OPEN_FLOOR if seen > 0.0 else 0.0
    wide = policy.certainty * math.hypot(OPEN_GAIN * relative, floor)
    inside = _well_inside(view, item, frame, policy.certainty * moved) and not any(
        _gap_towards(frame, item, other) < BAND
        for other in view.scene.containers_by_id.get(item.id, ())
    )
    return Range(
        max(0.0, seen - sure) if inside else 0.0,
        max(0.0, seen - wide),
        min(1.0, seen + wide),
    )


def doubtful_instance(view: View, noun: Noun, policy: Policy) -> tuple[Violation, ...] | None:
    """Tell whether the images show exactly one instance of a noun.

    Returns:
        Nothing where they surely do, a doubt where they may or may not, and None where they surely
        do not: which rule that breaks is for the plain checks to say.
    """
    shares = [best_share(view, item, policy) for item in view.instances(noun.label or "")]
    surely_seen = sum(found.sure >= policy.min_visible for found in shares)
    surely_there = sum(found.low >= policy.max_rival_visible for found in shares)
    may_be_there = sum(found.high >= policy.max_rival_visible for found in shares)
    if surely_seen == 1 and may_be_there == 1:
        return ()
    if surely_there > 1 or all(found.high < policy.min_visible for found in shares):
        return None
    best = max(shares, key=lambda found: found.high)
    return (
        Violation(
            rule=Rule.BORDERLINE,
            entity=noun.text,
            why=(
                f"the images show between {best.sure:.0%} and {best.high:.0%} of {noun.text!r}, "
                f"and may show {may_be_there} of its kind: the scan's noise leaves it open."
            ),
            measured=best.sure,
            threshold=policy.min_visible,
            unit="fraction",
        ),
    )


def split_hidden(
    view: View, items: Sequence[SceneObject], policy: Policy
) -> tuple[tuple[SceneObject, ...], tuple[SceneObject, ...]]:
    """Return the objects that the images surely do not show well enough, and those in doubt."""
    ranges = [(item, best_share(view, item, policy)) for item in items]
    hidden = tuple(item for item, found in ranges if found.high < policy.min_visible)
    doubtful = tuple(
        item for item, found in ranges if found.sure < policy.min_visible <= found.high
    )
    return hidden, doubtful


def unsure(entity: str, items: Sequence[SceneObject], policy: Policy) -> Iterator[Violation]:
    """Doubt that the images show something well enough, where any object is in doubt."""
    if items:
        yield Violation(
            rule=Rule.BORDERLINE,
            entity=entity,
            why=f"whether the images show enough of {entity!r} is within the scan's noise.",
            threshold=policy.min_visible,
            unit="fraction",
        )


def _size(item: SceneObject) -> float:
    """Return how wide an object's outline is across, metres: the middle one of its sides."""
    middle: float = sorted(item.obb.extents.tolist())[1]
    return max(middle, THINNEST)


def _narrowest(view: View, item: SceneObject, frame: Frame) -> float:
    """Return the narrower side of what a frame shows of an object, metres at its depth."""
    record = view.visibility(item, frame)
    if record is None or frame.intrinsics is None:
        return _size(item)
    left, top, right, bottom = record.box_2d
    camera = frame.intrinsics
    narrower = min((right - left) / camera.fx, (bottom - top) / camera.fy) * record.median_depth
    return max(narrower, THINNEST)


def _gap_towards(frame: Frame, item: SceneObject, container: SceneObject) -> float:
    """Return how far an object lies behind the side of its container that a camera sees, metres.

    The side is the one through which the line from the object's centre to the camera leaves; there
    is none where it leaves through the top, which a basket has not.
    """
    box = container.obb
    start = box.axes @ (item.obb.centre - box.centre)
    along = box.axes @ (frame.world_from_camera[:3, 3] - item.obb.centre)
    moving = np.abs(along) > 0.0
    ends = (np.copysign(box.extents / 2.0, along) - start)[moving] / along[moving]
    side = int(np.flatnonzero(moving)[np.argmin(ends)])
    outward = math.copysign(1.0, along[side]) * box.axes[side]
    if outward[2] > 0.5:
        return math.inf
    nearest = float(((item.obb.corners - box.centre) @ outward).max())
    return float(box.extents[side]) / 2.0 - nearest


def _well_inside(view: View, item: SceneObject, frame: Frame, margin: float) -> bool:
    """Whether what a frame shows of an object reaches farther in than a margin in metres."""
    record = view.visibility(item, frame)
    if record is None or frame.intrinsics is None:
        return record is not None
    camera = frame.intrinsics
    left, top, right, bottom = record.box_2d
    angle = margin / max(_distance(item, frame), margin)
    across = min(right + 0.5, camera.width - 0.5 - left) / camera.fx
    down = min(bottom + 0.5, camera.height - 0.5 - top) / camera.fy
    return min(across, down) >= angle


def _distance(item: SceneObject, frame: Frame) -> float:
    return float(np.linalg.norm(item.obb.centre - frame.world_from_camera[:3, 3]))


def _within_reach(view: View, item: SceneObject, frame: Frame, margin: float) -> bool:
    """Whether a box, grown by a margin in metres, touches what a frame looks at."""
    if view.visibility(item, frame) is not None or frame.intrinsics is None:
        return True
    camera = frame.intrinsics
    x, y, z = apply(invert(frame.world_from_camera), item.obb.corners).T
    for along, focal, before, after in (
        (x, camera.fx, camera.cx + 0.5, camera.width - 0.5 - camera.cx),
        (y, camera.fy, camera.cy + 0.5, camera.height - 0.5 - camera.cy),
    ):
        if float((focal * along + before * z).max()) < -margin * math.hypot(focal, before):
            return False
        if float((after * z - focal * along).max()) < -margin * math.hypot(focal, after):
            return False
    return float(z.max()) > -margin
