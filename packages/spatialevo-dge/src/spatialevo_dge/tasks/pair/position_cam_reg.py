# SPDX-License-Identifier: Apache-2.0
"""In which direction is a functional region ("the dining area") from one image's camera?"""

from __future__ import annotations

from collections.abc import Iterator

from spatialevo_dge import legality, region_checks, uncertainty
from spatialevo_dge.entities import FIRST_IMAGE, SECOND_IMAGE, RegionFromCamera, SectorForm
from spatialevo_dge.from_camera import Sight, look
from spatialevo_dge.phrasing import DIRECTION_OFFERS
from spatialevo_dge.region_extent import cut_is_clear, find_regions
from spatialevo_dge.regions import REGIONS
from spatialevo_dge.resources import grammar
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import Truth
from spatialevo_dge.verdict import Violation
from spatialevo_dge.view import View, ViewKind


def phrase(entities: RegionFromCamera) -> tuple[str, ...]:
    """Write the question in every wording."""
    region, reference = entities.region, str(entities.reference)
    offer = DIRECTION_OFFERS[entities.form]
    return (
        f"When you took {reference}, where was the {region} relative to you{offer}?",
        f"From the camera of {reference}, in which direction is the {region}{offer}?",
        f"Where is the {region} relative to the camera of {reference}{offer}?",
    )


def check(entities: RegionFromCamera, view: View, policy: Policy) -> tuple[Violation, ...]:
    """Ask about a region that the scene has once and the images show."""
    return (
        *legality.frames(view, entities.reference),
        *legality.unavailable(view, policy, ViewKind.PAIR),
        *_one_region(entities, view, policy),
    )


def _one_region(entities: RegionFromCamera, view: View, policy: Policy) -> tuple[Violation, ...]:
    if entities.object is not None:
        named = tuple(legality.named_category(view, entities.object, policy))
        if named:
            return named
    found = find_regions(entities, view, policy)
    if not cut_is_clear(entities, view, policy):
        return (region_checks.blurred(entities, policy),)
    if len(found) != 1:
        return (region_checks.not_one(entities, found),)
    sparse = (bad for item in found[0].primary for bad in legality.sparse(item, policy))
    if not view.knows_visibility:
        return tuple(sparse)
    return (*region_checks.unseen(entities, found[0], view, policy), *sparse)


def measure(entities: RegionFromCamera, view: View, policy: Policy) -> Truth:
    """Take the bearing of the centroid of the region's hull.

    Raises:
        ValueError: The scene has no such region.
    """
    found = find_regions(entities, view, policy)
    if not found:
        raise ValueError(f"scene {view.scene.id!r} has no {entities.region!r}")
    region = found[0]
    noise = view.scene.noise
    sight = Sight(
        entity=entities.region,
        frame=legality.resolve_frame(view, entities.reference),
        target_in_world=region.centre_in_world,
        target_sd=max(uncertainty.centre_sd(noise, item) for item in region.members),
        min_range=policy.region_min_range,
        form=entities.form,
    )
    share = region_checks.share_in_sector(region, sight)
    return look(
        sight,
        noise,
        policy,
        trace={
            "region": entities.region,
            "object_ids": [item.id for item in region.members],
            "hull_in_world": region.hull.tolist(),
            "share_in_sector": share,
        },
        doubts=(
            *region_checks.inside(region, sight, noise, policy),
            *region_checks.scattered(entities.region, share, policy),
        ),
    )


def propose(view: View, policy: Policy) -> Iterator[RegionFromCamera]:
    """Propose every region of the ontology, from either camera."""
    del view, policy
    for kind in REGIONS:
        for reference in (FIRST_IMAGE, SECOND_IMAGE):
            for form in SectorForm:
                yield RegionFromCamera(region=kind.name, reference=reference, form=form)


TASK = SpatialTask(
    id="position_cam_reg",
    title="direction of a region from a camera",
    view=ViewKind.PAIR,
    forms=Forms(entities=RegionFromCamera, grammar=grammar("pair/position_cam_reg"), phrase=phrase),
    check=check,
    measure=measure,
    propose=propose,
)
