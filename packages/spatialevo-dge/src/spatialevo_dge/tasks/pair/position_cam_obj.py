# SPDX-License-Identifier: Apache-2.0
"""In which direction is an object from one image's camera?

The object may be visible only in the other image: that is what makes the task spatial.
"""

from __future__ import annotations

from collections.abc import Iterator

from spatialevo_dge import bearings, legality, proposals, surface, uncertainty
from spatialevo_dge.entities import FIRST_IMAGE, SECOND_IMAGE, FromCamera, SectorForm
from spatialevo_dge.from_camera import Sight, look, word_of
from spatialevo_dge.phrasing import DIRECTION_OFFERS
from spatialevo_dge.resources import grammar
from spatialevo_dge.scene import SceneObject
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.thresholds import RESOLUTION, Policy
from spatialevo_dge.truth import Truth
from spatialevo_dge.verdict import Rule, Violation
from spatialevo_dge.view import View, ViewKind


def phrase(entities: FromCamera) -> tuple[str, ...]:
    """Write the question in every wording."""
    name, reference = entities.object.text, str(entities.reference)
    offer = DIRECTION_OFFERS[entities.form]
    return (
        f"When you took {reference}, where was the {name} relative to you{offer}?",
        f"From the camera of {reference}, in which direction is the {name}{offer}?",
        f"Where is the {name} relative to the camera of {reference}{offer}?",
    )


def check(entities: FromCamera, view: View, policy: Policy) -> tuple[Violation, ...]:
    """Ask about one object that at least one of the two images shows."""
    return (
        *legality.frames(view, entities.reference),
        *legality.objects(view, policy, ViewKind.PAIR, entities.object),
    )


def measure(entities: FromCamera, view: View, policy: Policy) -> Truth:
    """Take the bearing of the object's box centre."""
    frame = legality.resolve_frame(view, entities.reference)
    item = legality.resolve(view, policy, ViewKind.PAIR, entities.object)
    box, noise = surface.box_of(item, policy), view.scene.noise
    sight = Sight(
        entity=item.label,
        frame=frame,
        target_in_world=box.centre,
        target_sd=uncertainty.centre_sd(noise, item),
        min_range=policy.min_range_cameras,
        form=entities.form,
    )
    found = word_of(sight)
    corners = (
        0
        if found is None
        else bearings.stray_corners(
            box, bearings.camera_centre(frame), found[1], found[0], entities.form
        )
    )
    return look(
        sight,
        noise,
        policy,
        trace={"object_id": item.id, "corners_in_other_sectors": corners},
        doubts=(
            *_inside(item, sight, uncertainty.camera_gap_sd(noise, item), policy),
            *bearings.spread_out(item.label, corners, policy),
        ),
    )


def _inside(item: SceneObject, sight: Sight, sd: float, policy: Policy) -> tuple[Violation, ...]:
    centre = bearings.camera_centre(sight.frame)
    distance = surface.from_point(centre, item, policy).distance
    if distance > RESOLUTION + uncertainty.reach(sd, policy):
        return ()
    broken = Violation(
        rule=Rule.DEGENERATE,
        entity=item.label,
        why=f"the camera of frame {sight.frame.id!r} is inside the box of {item.label!r}.",
        measured=0.0,
        threshold=0.0,
        unit="m",
    )
    depth = surface.depth_within(centre, item, policy)
    return (uncertainty.hedged(broken, distance - depth, sd, policy),)


def propose(view: View, policy: Policy) -> Iterator[FromCamera]:
    """Propose every object that the two images show once, from either camera."""
    for noun in proposals.unique_nouns(view, policy, ViewKind.PAIR):
        for reference in (FIRST_IMAGE, SECOND_IMAGE):
            for form in SectorForm:
                yield FromCamera(object=noun, reference=reference, form=form)


TASK = SpatialTask(
    id="position_cam_obj",
    title="direction of an object from a camera",
    view=ViewKind.PAIR,
    forms=Forms(entities=FromCamera, grammar=grammar("pair/position_cam_obj"), phrase=phrase),
    check=check,
    measure=measure,
    propose=propose,
)
