# SPDX-License-Identifier: Apache-2.0
"""What some images show, by label: computed once for a scene and its images, then looked up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

from spatialevo_dge import Policy, Scene, View, ViewKind
from spatialevo_dge.legality import counted, one_object, resolve
from spatialevo_dge.parsing.nouns import find_noun
from spatialevo_dge.scene import Frame, SceneObject
from spatialevo_dge.sightings import best_share


@dataclass(frozen=True, slots=True)
class Tally:
    """How many instances of a label some images show.

    Attributes:
        sure: Surely at least so many.
        most: At most so many, faint slivers included.
        may_be: Whether any may be shown well enough to be in the images.
    """

    sure: int
    most: int
    may_be: bool


NO_TALLY: Final = Tally(0, 0, False)


@dataclass(frozen=True, slots=True)
class Sights:
    """What some images of a scene show.

    Attributes:
        tallies: By label, for every label of which anything may be shown.
        unique: The one instance that "the lamp" stands for there, for every label that has one;
            the same checks as for a question's objects.
    """

    tallies: Mapping[str, Tally]
    unique: Mapping[str, SceneObject]

    @property
    def shown(self) -> tuple[str, ...]:
        """Labels that are surely shown."""
        return tuple(label for label, tally in self.tallies.items() if tally.sure)


_KNOWN: WeakKeyDictionary[Scene, dict[tuple[Policy, tuple[str, ...]], Sights]] = WeakKeyDictionary()


def sights(scene: Scene, frames: tuple[str, ...], policy: Policy) -> Sights:
    """Return what images show together; without images, what the scene has.

    Raises:
        KeyError: A frame is not in the scene.
    """
    known = _KNOWN.setdefault(scene, {})
    key = (policy, frames)
    if key not in known:
        view = View(scene, tuple(scene.frames_by_id[frame] for frame in frames))
        known[key] = _look(view, policy)
    return known[key]


def _look(view: View, policy: Policy) -> Sights:
    scope = ViewKind.PAIR if view.frames else ViewKind.SCENE
    if not view.knows_visibility and view.frames:
        return Sights({}, {})
    tallies: dict[str, Tally] = {}
    unique: dict[str, SceneObject] = {}
    for label in view.scene.labels:
        tally = _tally(view, label, policy)
        if not tally.most:
            continue
        tallies[label] = tally
        noun = find_noun(label, view.scene)
        if tally.sure and not any(one_object(view, policy, scope, noun)):
            unique[label] = resolve(view, policy, scope, noun)
    return Sights(tallies, unique)


def _tally(view: View, label: str, policy: Policy) -> Tally:
    if not view.frames:
        count = counted(view, policy, label)
        return Tally(count, count, count > 0)
    sure = most = 0
    may_be = False
    for item in view.instances(label):
        found = best_share(view, item, policy)
        sure += found.sure >= policy.min_visible and _has_depth(view, item, policy)
        most += found.high >= policy.max_rival_visible
        may_be = may_be or found.high >= policy.min_visible
    return Tally(sure, most, may_be)


def _has_depth(view: View, item: SceneObject, policy: Policy) -> bool:
    """Whether depth covers enough of an object in an image that shows it."""
    return any(_is_seen(view, item, frame, policy) for frame in view.frames)


def _is_seen(view: View, item: SceneObject, frame: Frame, policy: Policy) -> bool:
    record = view.visibility(item, frame)
    return (
        record is not None
        and record.of_facing >= policy.min_visible
        and record.unknown <= policy.max_unknown
    )
