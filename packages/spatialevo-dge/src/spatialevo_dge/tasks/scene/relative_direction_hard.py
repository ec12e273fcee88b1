# SPDX-License-Identifier: Apache-2.0
"""Standing at one object and facing a second, in which direction is a third?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import permutations

from spatialevo_dge import bearings, legality, proposals, surface, uncertainty
from spatialevo_dge.directions import direction, sector
from spatialevo_dge.entities import SectorForm, Standing
from spatialevo_dge.resources import grammar
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import Truth
from spatialevo_dge.verdict import Violation
from spatialevo_dge.view import View, ViewKind

_ASKS = {
    SectorForm.EIGHT: "in which direction is the {query}?",
    SectorForm.QUADRANT: "is the {query} to my front-left, front-right, back-left, or back-right?",
    SectorForm.LEFT_RIGHT_BACK: "is the {query} to my left, right, or back?",
    SectorForm.LEFT_RIGHT: "is the {query} to the left or the right of the {face}?",
}


def phrase(entities: Standing) -> tuple[str, ...]:
    """Write the question in every wording."""
    stand, face = entities.stand.text, entities.face.text
    ask = _ASKS[entities.form].format(query=entities.query.text, face=face)
    return (
        f"If I am standing by the {stand} and facing the {face}, {ask}",
        f"Standing at the {stand} and looking at the {face}, {ask}",
        f"I stand next to the {stand} and face the {face}; {ask}",
    )


def check(entities: Standing, view: View, policy: Policy) -> tuple[Violation, ...]:
    """Ask about three different objects of the scene."""
    return legality.objects(
        view, policy, ViewKind.SCENE, entities.stand, entities.face, entities.query
    )


def measure(entities: Standing, view: View, policy: Policy) -> Truth:
    """Take the azimuth of the third object from the line of sight, between box centres."""
    stand, face, query = (
        legality.resolve(view, policy, ViewKind.SCENE, noun)
        for noun in (entities.stand, entities.face, entities.query)
    )
    station, ahead, target = (surface.box_of(item, policy).centre for item in (stand, face, query))
    to_face = bearings.bearing(station, 0.0, ahead)
    to_query = bearings.bearing(station, to_face.azimuth, target)
    found = sector(to_query.azimuth, entities.form)
    sd = uncertainty.triple_azimuth_sd(
        view.scene.noise, (stand, face, query), (station, ahead, target)
    )
    margin = uncertainty.sector_margin(found, sd)
    corners = bearings.stray_corners(
        surface.box_of(query, policy), station, to_face.azimuth, found.word, entities.form
    )
    least = policy.min_range_objects
    return Truth(
        answer=direction(found.word, entities.form),
        margin=margin,
        trace={
            "object_ids": [stand.id, face.id, query.id],
            "stand_in_world": station.tolist(),
            "face_in_world": ahead.tolist(),
            "query_in_world": target.tolist(),
            "azimuth_deg": math.degrees(to_query.azimuth),
            "corners_in_other_sectors": corners,
        },
        doubts=(
            *(
                doubt
                for item, seen in ((face, to_face), (query, to_query))
                for doubt in uncertainty.short_range(
                    item.label,
                    seen.horizontal_range,
                    least,
                    uncertainty.range_sd(view.scene.noise, stand, item),
                    policy=policy,
                )
            ),
            *uncertainty.left_right_doubt(query.label, to_query.azimuth, entities.form, policy, sd),
            *uncertainty.close_call(
                query.label, margin, policy.sector_margin_objects, policy=policy
            ),
            *bearings.spread_out(query.label, corners, policy),
        ),
    )


def propose(view: View, policy: Policy) -> Iterator[Standing]:
    """Propose every ordered triple of unique objects, in each form."""
    nouns = proposals.unique_nouns(view, policy, ViewKind.SCENE)
    for stand, face, query in permutations(nouns, 3):
        for form in SectorForm:
            yield Standing(stand=stand, face=face, query=query, form=form)


TASK = SpatialTask(
    id="relative_direction_hard",
    title="direction seen from one object facing another",
    view=ViewKind.SCENE,
    forms=Forms(entities=Standing, grammar=grammar("scene/relative_direction_hard"), phrase=phrase),
    check=check,
    measure=measure,
    propose=propose,
)
