# SPDX-License-Identifier: Apache-2.0
"""Is one image's camera higher or lower than another's?"""

from __future__ import annotations

import math
from collections.abc import Iterator

from spatialevo_dge import bearings, legality, uncertainty
from spatialevo_dge.answer import Choice
from spatialevo_dge.entities import FIRST_IMAGE, SECOND_IMAGE, Cameras
from spatialevo_dge.resources import grammar
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import Truth
from spatialevo_dge.verdict import Rule, Violation
from spatialevo_dge.view import View, ViewKind

OPTIONS = ("higher", "lower")


def phrase(entities: Cameras) -> tuple[str, ...]:
    """Write the question in every wording."""
    reference, target = str(entities.reference), str(entities.target)
    return (
        f"Is the camera of {target} higher or lower than the camera of {reference}?",
        f"Was {target} taken from a higher or a lower position than {reference}?",
        f"Compared with the camera of {reference}, is the camera of {target} higher or lower?",
    )


def check(entities: Cameras, view: View, policy: Policy) -> tuple[Violation, ...]:
    """Ask about two different images."""
    del policy
    return tuple(legality.frames(view, entities.reference, entities.target))


def measure(entities: Cameras, view: View, policy: Policy) -> Truth:
    """Compare the heights of the two camera centres."""
    reference = legality.resolve_frame(view, entities.reference)
    target = legality.resolve_frame(view, entities.target)
    heights = [float(bearings.camera_centre(frame)[2]) for frame in (reference, target)]
    rise = heights[1] - heights[0]
    sd = view.scene.noise.pose_translation_sigma * math.sqrt(2.0)
    margin = uncertainty.boundary(abs(abs(rise) - policy.min_elevation), "m", sd)
    return Truth(
        answer=None if rise == 0.0 else Choice(OPTIONS[0] if rise > 0.0 else OPTIONS[1], OPTIONS),
        margin=margin,
        trace={
            "reference_frame": reference.id,
            "target_frame": target.id,
            "heights_m": heights,
            "rise_m": rise,
        },
        doubts=(
            *_level(str(entities.target), rise, sd, policy),
            *uncertainty.close_call(str(entities.target), margin, policy=policy),
        ),
    )


def _level(entity: str, rise: float, sd: float, policy: Policy) -> tuple[Violation, ...]:
    if abs(rise) > policy.min_elevation:
        return ()
    broken = Violation(
        rule=Rule.DEGENERATE,
        entity=entity,
        why=f"the cameras' heights differ by {abs(rise):.3f} m: neither is higher.",
        measured=abs(rise),
        threshold=policy.min_elevation,
        unit="m",
    )
    return (uncertainty.hedged(broken, abs(rise) - policy.min_elevation, sd, policy),)


def propose(view: View, policy: Policy) -> Iterator[Cameras]:
    """Propose both orders of the two images."""
    del view, policy
    yield Cameras(reference=FIRST_IMAGE, target=SECOND_IMAGE)
    yield Cameras(reference=SECOND_IMAGE, target=FIRST_IMAGE)


TASK = SpatialTask(
    id="elevation_cam_cam",
    title="higher or lower camera",
    view=ViewKind.PAIR,
    forms=Forms(entities=Cameras, grammar=grammar("pair/elevation_cam_cam"), phrase=phrase),
    check=check,
    measure=measure,
    propose=propose,
)
