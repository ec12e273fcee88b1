# SPDX-License-Identifier: Apache-2.0
"""Whether a claim is true: judged from the oracle's own data, by the oracle's own thresholds.

Left and right compare the middles of what an image shows of two things, nearer and farther their
near edges in depth as in `depth_order_obj_obj`, on and in their boxes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from spatialevo_dge import Policy, Scene, View, sightings
from spatialevo_dge.choices import Contest, crossed, decide
from spatialevo_dge.scene import Frame, SceneObject
from spatialevo_dge.uncertainty import depth_sd, face_sd, reach
from spatialevo_dge.visibility import Visibility
from spatialevo_geometry import OrientedBox, convex_intersection_area, polygon_area
from spatialevo_geometry.topology import box_inside, box_supports
from spatialevo_rl.observation.claims import RELATIONS, Claim, ClaimKind, Verdict
from spatialevo_rl.observation.sights import NO_TALLY, Sights, sights

MIN_SIDE: Final = 0.05
"""Least horizontal distance of two middles that is left or right, share of the image's width: 3.4
degrees of a 68 degree view, where a person starts to hesitate."""
CLEAR_GAP: Final = 0.15
"""Something that hangs higher than this over a thing, metres, is surely not on it (three times the
gap at which it still is)."""
CLEAR_OVERLAP: Final = 0.10
"""Something of whose footprint less than this lies over a thing is surely neither on nor in it."""
INSIDE: Final = 0.02
"""How far something may stick out of what it is in, metres."""


def judge_claim(claim: Claim, scene: Scene, frames: tuple[str, ...], policy: Policy) -> Verdict:
    """Judge one claim about the images shown; without images, about the whole scene.

    Raises:
        KeyError: A frame is not in the scene.
    """
    if claim.image is not None and not 1 <= claim.image <= len(frames):
        return Verdict.FALSE
    if not all(thing.known or thing.rivals for thing in claim.things):
        return Verdict.FALSE
    if any(_is_ambiguous(claim, policy)):
        return Verdict.UNKNOWN
    shown = frames if claim.image is None else (frames[claim.image - 1],)
    seen = sights(scene, shown, policy)
    if claim.kind in RELATIONS:
        return _relation(claim, seen, scene, shown, policy)
    tally = seen.tallies.get(claim.first.name, NO_TALLY)
    if claim.kind is ClaimKind.EXISTS:
        return _verdict(tally.sure > 0, tally.may_be)
    fits = tally.sure <= claim.number <= tally.most
    return _verdict(fits and tally.sure == tally.most, fits)


def _verdict(surely: bool, possibly: bool) -> Verdict:
    return Verdict.TRUE if surely else Verdict.UNKNOWN if possibly else Verdict.FALSE


def _is_ambiguous(claim: Claim, policy: Policy) -> Iterator[bool]:
    for thing in claim.things:
        rivals = thing.rivals and (policy.head_noun_is_ambiguous or not thing.known)
        yield rivals or thing.described


def _relation(
    claim: Claim, seen: Sights, scene: Scene, frames: tuple[str, ...], policy: Policy
) -> Verdict:
    names = [thing.name for thing in claim.things]
    if any(name not in seen.tallies for name in names):
        return Verdict.FALSE
    if names[0] == names[1] or any(name not in seen.unique for name in names):
        return Verdict.UNKNOWN
    first, second = (seen.unique[name] for name in names)
    if claim.kind is ClaimKind.ON:
        return _on(second, first, scene, policy)
    if claim.kind is ClaimKind.IN:
        return _in(second, first)
    view = View(scene, tuple(scene.frames_by_id[frame] for frame in frames))
    compare = _left if claim.kind is ClaimKind.LEFT else _nearer
    found = {
        compare(view, frame, (first, second), policy)
        for frame in view.frames
        if all(view.visible_share(item, frame) >= policy.min_visible for item in (first, second))
    }
    decided = found - {Verdict.UNKNOWN}
    return decided.pop() if len(decided) == 1 else Verdict.UNKNOWN


def _left(
    view: View, frame: Frame, items: tuple[SceneObject, SceneObject], policy: Policy
) -> Verdict:
    """Compare the middles of two visible boxes; both edges must say the same."""
    first, second = (_record(view, item, frame).box_2d for item in items)
    left, right = second[0] - first[0], second[2] - first[2]
    apart = (left + right) / 2.0
    if frame.intrinsics is None or left * right < 0.0:
        return Verdict.UNKNOWN
    least = MIN_SIDE * frame.intrinsics.width
    noise = view.scene.noise
    if policy.borderline and not noise.is_exact:
        least += policy.certainty * sum(
            frame.intrinsics.fx * sightings.shift(noise, depth) / depth
            for depth in (_record(view, item, frame).nearest_depth for item in items)
        )
    if abs(apart) < least:
        return Verdict.UNKNOWN
    return Verdict.TRUE if apart > 0.0 else Verdict.FALSE


def _nearer(
    view: View, frame: Frame, items: tuple[SceneObject, SceneObject], policy: Policy
) -> Verdict:
    """Compare near edges as a question about the depth order does."""
    first, second = (_record(view, item, frame) for item in items)
    sds = [
        depth_sd(view.scene.noise, item, frame, record.nearest_depth)
        for item, record in zip(items, (first, second), strict=True)
    ]
    names = ("first", "second")
    outcome = decide(
        Contest(
            names=names,
            values=(first.nearest_depth, second.nearest_depth),
            greater_wins=False,
            band=policy.same_depth,
            sd=(sds[0] ** 2 + sds[1] ** 2) ** 0.5,
            unit="m",
            offers_same=False,
        ),
        policy,
    )
    if outcome.choice is None or outcome.doubts or crossed(names, first, second):
        return Verdict.UNKNOWN
    return Verdict.TRUE if outcome.choice.value == names[0] else Verdict.FALSE


def _record(view: View, item: SceneObject, frame: Frame) -> Visibility:
    record = view.visibility(item, frame)
    if record is None:
        raise ValueError(f"frame {frame.id!r} shows nothing of object {item.id}")
    return record


def _on(lower: SceneObject, upper: SceneObject, scene: Scene, policy: Policy) -> Verdict:
    """Judge support; what stands over a thing but below its top (a bed's headboard) is open."""
    below, above = lower.obb, upper.obb
    if box_supports(below, above):
        return Verdict.TRUE
    noise = reach(max(face_sd(scene.noise, item) for item in (lower, upper)), policy)
    gap = float(above.aabb_min[2] - below.aabb_max[2])
    if gap > CLEAR_GAP + noise or above.aabb_min[2] < below.aabb_min[2] - noise:
        return Verdict.FALSE
    return Verdict.FALSE if _overlap(below, above) < CLEAR_OVERLAP else Verdict.UNKNOWN


def _in(outer: SceneObject, inner: SceneObject) -> Verdict:
    """Judge containment; what only partly lies inside is open."""
    around, within = outer.obb, inner.obb
    if box_inside(around, within, INSIDE):
        return Verdict.TRUE
    apart = (
        within.aabb_min[2] >= around.aabb_max[2]
        or within.aabb_max[2] <= around.aabb_min[2]
        or _overlap(around, within) < CLEAR_OVERLAP
    )
    return Verdict.FALSE if apart else Verdict.UNKNOWN


def _overlap(lower: OrientedBox, upper: OrientedBox) -> float:
    """Return the share of the upper footprint that lies over the lower; 1 where it has no area."""
    area = polygon_area((upper.footprint,))
    if area <= 0.0:
        return 1.0
    return float(convex_intersection_area(lower.footprint, upper.footprint)) / float(area)
