# SPDX-License-Identifier: Apache-2.0
"""Which of two objects in an image is nearer to the camera (or farther, if asked)?"""

from __future__ import annotations

from collections.abc import Iterator

from spatialevo_dge import legality, proposals, uncertainty
from spatialevo_dge.choices import Contest, crossed, decide
from spatialevo_dge.entities import Comparator, Comparison
from spatialevo_dge.legality import resolve_shown
from spatialevo_dge.resources import grammar
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import Truth
from spatialevo_dge.verdict import Violation
from spatialevo_dge.view import View, ViewKind

WORDS = {Comparator.NEARER: "closer to", Comparator.FARTHER: "farther from"}


def phrase(entities: Comparison) -> tuple[str, ...]:
    """Write the question in every wording."""
    first, second = entities.first.text, entities.second.text
    word = WORDS[entities.comparator]
    same = ", or are they at the same distance" if entities.offers_same else ""
    return (
        f"Which is {word} the camera, the {first} or the {second}{same}?",
        f"Which object is {word} the viewer: the {first} or the {second}{same}?",
        f"Is the {first} or the {second} {word} the camera{same}?",
    )


def check(entities: Comparison, view: View, policy: Policy) -> tuple[Violation, ...]:
    """Ask about two different objects that the image shows."""
    return (
        *legality.optional_frame(view, entities.frame),
        *legality.objects(view, policy, ViewKind.FRAME, entities.first, entities.second),
    )


def measure(entities: Comparison, view: View, policy: Policy) -> Truth:
    """Compare the near edges of the two visible surfaces along the optical axis.

    Raises:
        ValueError: The image shows nothing of one of them.
    """
    frame = resolve_shown(view, entities.frame)
    nouns = (entities.first, entities.second)
    items = tuple(legality.resolve(view, policy, ViewKind.FRAME, noun) for noun in nouns)
    first, second = (view.visibility(item, frame) for item in items)
    if first is None or second is None:
        raise ValueError(f"frame {frame.id!r} does not show both objects")
    depths = (first.nearest_depth, second.nearest_depth)
    names = (entities.first.text, entities.second.text)
    outcome = decide(
        Contest(
            names=names,
            values=depths,
            greater_wins=entities.comparator is Comparator.FARTHER,
            band=policy.same_depth,
            sd=uncertainty.depth_gap_sd(view.scene.noise, (items[0], items[1]), frame, depths),
            unit="m",
            offers_same=entities.offers_same,
        ),
        policy,
    )
    return Truth(
        answer=outcome.choice,
        margin=outcome.margin,
        trace={
            "frame": frame.id,
            "object_ids": [item.id for item in items],
            "nearest_depths_m": list(depths),
            "median_depths_m": [first.median_depth, second.median_depth],
            "boxes_2d_px": [list(first.box_2d), list(second.box_2d)],
        },
        doubts=outcome.doubts + crossed(names, first, second),
    )


def propose(view: View, policy: Policy) -> Iterator[Comparison]:
    """Propose every pair of objects that the image shows once, with each comparator."""
    for first, second in proposals.pairs(proposals.unique_nouns(view, policy, ViewKind.FRAME)):
        for comparator in (Comparator.NEARER, Comparator.FARTHER):
            for offers_same in (False, True):
                yield Comparison(
                    first=first, second=second, comparator=comparator, offers_same=offers_same
                )


TASK = SpatialTask(
    id="depth_order_obj_obj",
    title="nearer or farther of two objects",
    view=ViewKind.FRAME,
    forms=Forms(entities=Comparison, grammar=grammar("frame/depth_order_obj_obj"), phrase=phrase),
    check=check,
    measure=measure,
    propose=propose,
)
