# SPDX-License-Identifier: Apache-2.0
"""How many instances of a category does the scene have?"""

from __future__ import annotations

from collections.abc import Iterator

from spatialevo_dge import legality
from spatialevo_dge.answer import Count
from spatialevo_dge.entities import Category
from spatialevo_dge.labels import plural
from spatialevo_dge.parsing.nouns import find_noun
from spatialevo_dge.resources import grammar
from spatialevo_dge.task import Forms, SpatialTask
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.truth import EXACT_MARGIN, Truth
from spatialevo_dge.verdict import Rule, Violation
from spatialevo_dge.view import View, ViewKind


def phrase(entities: Category) -> tuple[str, ...]:
    """Write the question in every wording."""
    name, names = entities.category.text, plural(entities.category.text)
    return (
        f"How many {names} are there in this room?",
        f"How many {name}(s) are in this room?",
        f"What is the number of {names} in the scene?",
        f"Count the {names}.",
    )


def check(entities: Category, view: View, policy: Policy) -> tuple[Violation, ...]:
    """Ask for a category that occurs, and whose every instance the shown images show."""
    noun = entities.category
    broken = list(legality.named_category(view, noun, policy))
    if broken or noun.label is None:
        return tuple(broken)
    count = legality.counted(view, policy, noun.label)
    if count < policy.min_count:
        broken.append(
            Violation(
                rule=Rule.DEGENERATE,
                entity=noun.text,
                why=f"a count of {count} is not asked; {policy.min_count} is the least.",
                measured=float(count),
                threshold=float(policy.min_count),
                unit="instances",
            )
        )
    return (*broken, *legality.unseen(view, policy, noun, view.instances(noun.label)))


def measure(entities: Category, view: View, policy: Policy) -> Truth:
    """Count the annotated instances."""
    label = entities.category.label
    if label is None:
        raise ValueError(f"{entities.category.text!r} is not a label of scene {view.scene.id!r}")
    items = view.instances(label)
    return Truth(
        answer=Count(legality.counted(view, policy, label)),
        margin=EXACT_MARGIN,
        trace={"label": label, "object_ids": [item.id for item in items]},
    )


def propose(view: View, policy: Policy) -> Iterator[Category]:
    """Propose every label."""
    del policy
    for label in view.scene.labels:
        yield Category(category=find_noun(label, view.scene))


TASK = SpatialTask(
    id="object_counting",
    title="number of instances",
    view=ViewKind.SCENE,
    forms=Forms(entities=Category, grammar=grammar("scene/object_counting"), phrase=phrase),
    check=check,
    measure=measure,
    propose=propose,
)
