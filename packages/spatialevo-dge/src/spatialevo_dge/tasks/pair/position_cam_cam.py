# SPDX-License-Identifier: Apache-2.0
"""In which direction is one image's camera, seen from another's?"""

from __future__ import annotations

from collections.abc import Iterator

from spatialevo_dge import bearings, legality
from spatialevo_dge.entities import FIRST_IMAGE, SECOND_IMAGE, Cameras, SectorForm
from spatialevo_dge.from_camera import Sight, look
from spatialevo_dge.phrasing import DIRECTION_OFFERS
from spatialevo_dge.resources import grammar
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import Truth
from spatialevo_dge.verdict import Violation
from spatialevo_dge.view import View, ViewKind


def phrase(entities: Cameras) -> tuple[str, ...]:
    """Write the question in every wording."""
    reference, target = str(entities.reference), str(entities.target)
    offer = DIRECTION_OFFERS[entities.form]
    return (
        f"When you took {reference}, where was the camera of {target} relative to you{offer}?",
        f"From the camera of {reference}, in which direction is the camera of {target}{offer}?",
        f"Where is the camera of {target} relative to the camera of {reference}{offer}?",
    )


def check(entities: Cameras, view: View, policy: Policy) -> tuple[Violation, ...]:
    """Ask about two different images."""
    del policy
    return tuple(legality.frames(view, entities.reference, entities.target))


def measure(entities: Cameras, view: View, policy: Policy) -> Truth:
    """Take the bearing of the other camera's centre."""
    reference = legality.resolve_frame(view, entities.reference)
    target = legality.resolve_frame(view, entities.target)
    noise = view.scene.noise
    sight = Sight(
        entity=str(entities.target),
        frame=reference,
        target_in_world=bearings.camera_centre(target),
        target_sd=noise.pose_translation_sigma,
        min_range=policy.min_range_cameras,
        form=entities.form,
    )
    return look(sight, noise, policy, trace={"target_frame": target.id})


def propose(view: View, policy: Policy) -> Iterator[Cameras]:
    """Propose both orders of the two images."""
    del view, policy
    for reference, target in ((FIRST_IMAGE, SECOND_IMAGE), (SECOND_IMAGE, FIRST_IMAGE)):
        for form in SectorForm:
            yield Cameras(reference=reference, target=target, form=form)


TASK = SpatialTask(
    id="position_cam_cam",
    title="direction of the other camera",
    view=ViewKind.PAIR,
    forms=Forms(entities=Cameras, grammar=grammar("pair/position_cam_cam"), phrase=phrase),
    check=check,
    measure=measure,
    propose=propose,
)
