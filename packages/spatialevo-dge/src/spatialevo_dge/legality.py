# SPDX-License-Identifier: Apache-2.0
"""The checks that tasks share: does an object exist, is it unique, is it seen, is it dense enough.

Every check returns the rules broken, with evidence; none raises. `resolve` then gives the instance
a noun stands for. Feasibility, legality and truth all go through here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spatialevo_dge import sightings
from spatialevo_dge.entities import FrameRef, Noun
from spatialevo_dge.scene import Frame, SceneObject
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.verdict import Rule, Violation
from spatialevo_dge.view import View, ViewKind


def objects(
    view: View,
    policy: Policy,
    scope: ViewKind,
    *nouns: Noun,
) -> tuple[Violation, ...]:
    """Check nouns that must each stand for one instance, pairwise different.

    Args:
        view: What the question may look at.
        policy: Thresholds.
        scope: Where an instance has to be unique: in the scene, in the one image, or over both.
        nouns: In order of role.
    """
    return (
        *unavailable(view, policy, scope),
        *same_objects(nouns),
        *(broken for noun in nouns for broken in one_object(view, policy, scope, noun)),
    )


def one_object(view: View, policy: Policy, scope: ViewKind, noun: Noun) -> Iterator[Violation]:
    """Check that a noun stands for exactly one instance that can be judged."""
    named = list(named_category(view, noun, policy))
    if named:
        yield from named
        return
    if not view.instances(noun.label or ""):
        yield _not_located(noun)
        return
    if not _can_see(view, policy, scope):
        return
    if scope is not ViewKind.SCENE and sightings.in_doubt(view.scene.noise, policy):
        doubts = sightings.doubtful_instance(view, noun, policy)
        if doubts:
            yield from doubts
            return
    pool = candidates(view, policy, scope, noun)
    if not pool:
        for item in view.instances(noun.label or ""):
            yield from unknown_surface(view, policy, scope, item)
        yield _not_visible(view, noun, view.instances(noun.label or ""), policy)
        return
    count = _rivals(view, policy, scope, noun, pool)
    if count > 1:
        yield _ambiguous_instances(scope, noun, count)
    if scope is ViewKind.SCENE:
        yield from unseen(view, policy, noun, pool)
    for item in pool[:1]:
        yield from sparse(item, policy)
        yield from unknown_surface(view, policy, scope, item)


def category(view: View, policy: Policy, noun: Noun) -> Iterator[Violation]:
    """Check a noun that may have several instances, each of which must be fit to be judged."""
    named = list(named_category(view, noun, policy))
    yield from named
    if named:
        return
    items = candidates(view, policy, ViewKind.SCENE, noun)
    if not items:
        yield _not_located(noun)
    yield from unseen(view, policy, noun, items)
    for item in items:
        yield from sparse(item, policy)


def named_category(view: View, noun: Noun, policy: Policy) -> Iterator[Violation]:
    """Check that a noun names one label of the scene."""
    if noun.rivals and policy.head_noun_is_ambiguous:
        labels = (*((noun.label,) if noun.label else ()), *noun.rivals)
        yield Violation(
            rule=Rule.AMBIGUOUS_OBJECT,
            entity=noun.text,
            why=f"{noun.text!r} may mean any of {_listed(labels)}.",
            alternatives=labels,
        )
    elif noun.label is None or not _has(view, noun.label):
        hint = f"; labels spelt alike: {_listed(noun.close)}" if noun.close else ""
        yield Violation(
            rule=Rule.UNKNOWN_OBJECT,
            entity=noun.text,
            why=f"the scene has no {noun.text!r}{_as_structure(view, noun)}{hint}.",
            alternatives=noun.close,
        )


def _as_structure(view: View, noun: Noun) -> str:
    """Say that a wall is there, but is the room itself and not an object in it."""
    names = {item.label for item in view.scene.structure}
    return " among its objects (it is part of the room itself)" if noun.text in names else ""


def _has(view: View, label: str) -> bool:
    return label in view.scene.objects_by_label or label in view.scene.annotated_counts


def same_objects(nouns: Sequence[Noun]) -> Iterator[Violation]:
    """Check that no two roles name the same label."""
    seen: set[str] = set()
    for noun in nouns:
        name = noun.label or noun.text
        if name in seen:
            yield Violation(
                rule=Rule.SAME_OBJECT,
                entity=noun.text,
                why=f"{noun.text!r} is named in two roles that must differ.",
            )
        seen.add(name)


def candidates(view: View, policy: Policy, scope: ViewKind, noun: Noun) -> tuple[SceneObject, ...]:
    """Return the instances that a noun may stand for.

    In the scene: all of its label (under a policy that goes by annotated counts, as many of the
    first as were counted). In images: those visible in at least one of them.
    """
    items = view.instances(noun.label) if noun.label is not None else ()
    if scope is ViewKind.SCENE:
        return items[: counted(view, policy, noun.label)] if noun.label is not None else ()
    return tuple(
        item
        for item in items
        if any(view.visible_share(item, frame) >= policy.min_visible for frame in view.frames)
    )


def counted(view: View, policy: Policy, label: str) -> int:
    """Return how many instances of a label the scene has under a policy."""
    if policy.annotated_counts and label in view.scene.annotated_counts:
        return view.scene.annotated_counts[label]
    return len(view.instances(label))


def resolve(view: View, policy: Policy, scope: ViewKind, noun: Noun) -> SceneObject:
    """Return the instance that a noun stands for.

    Raises:
        ValueError: It stands for none.
    """
    pool = candidates(view, policy, scope, noun)
    if not pool:
        raise ValueError(f"{noun.text!r} stands for no object of scene {view.scene.id!r}")
    return pool[0]


def resolve_frame(view: View, ref: FrameRef) -> Frame:
    """Return the shown frame that a reference names.

    Raises:
        ValueError: None of the frames shown is meant.
    """
    frame = find_frame(view, ref)
    if frame is None:
        raise ValueError(f"{ref} is not among the {len(view.frames)} images shown")
    return frame


def resolve_shown(view: View, ref: FrameRef | None) -> Frame:
    """Return the image that a question about one image is about.

    Raises:
        ValueError: None is shown, or another one is named.
    """
    if ref is not None:
        return resolve_frame(view, ref)
    if not view.frames:
        raise ValueError("no image is shown")
    return view.frames[0]


def optional_frame(view: View, ref: FrameRef | None) -> Iterator[Violation]:
    """Check the image that a question about one image names, if it names one."""
    if ref is not None:
        yield from frames(view, ref)


def find_frame(view: View, ref: FrameRef) -> Frame | None:
    """Return the shown frame that a reference names, or None."""
    if ref.ordinal is not None:
        return view.frames[ref.ordinal - 1] if 1 <= ref.ordinal <= len(view.frames) else None
    return next((frame for frame in view.frames if frame.id == ref.frame_id), None)


def frames(view: View, *refs: FrameRef) -> Iterator[Violation]:
    """Check that references name shown images, pairwise different."""
    found: list[Frame] = []
    for ref in refs:
        frame = find_frame(view, ref)
        if frame is None:
            yield Violation(
                rule=Rule.UNKNOWN_FRAME,
                entity=str(ref),
                why=f"{ref} is not among the {len(view.frames)} images shown.",
                measured=float(len(view.frames)),
                unit="images",
                alternatives=tuple(shown.id for shown in view.frames),
            )
        elif any(frame is other for other in found):
            yield Violation(
                rule=Rule.SAME_FRAME, entity=str(ref), why=f"{ref} is compared with itself."
            )
        else:
            found.append(frame)


def unavailable(view: View, policy: Policy, scope: ViewKind) -> Iterator[Violation]:
    """Check that the scene knows what the shown frames show, where the question depends on it."""
    del policy
    if scope is not ViewKind.SCENE and not view.knows_visibility:
        missing = [frame.id for frame in view.frames if frame.visibility_source is None]
        yield Violation(
            rule=Rule.NOT_AVAILABLE,
            entity="visibility",
            why=f"visibility was not computed for {_listed(missing) or 'this scene'}.",
        )


def unseen(
    view: View, policy: Policy, noun: Noun, items: Sequence[SceneObject]
) -> Iterator[Violation]:
    """Check that the images shown with a scene question show every instance it is about."""
    if not view.frames or policy.annotated_counts:
        return
    if not view.knows_visibility:
        yield from unavailable(view, policy, ViewKind.FRAME)
        return
    hidden, doubtful = sightings.split_hidden(view, items, policy)
    if hidden:
        yield _not_visible(view, noun, hidden, policy)
    yield from sightings.unsure(noun.text, doubtful, policy)


def sparse(item: SceneObject, policy: Policy) -> Iterator[Violation]:
    """Check that an object has enough scanned points, in a scene that has points."""
    count = item.point_count
    if count is not None and count < policy.min_points:
        yield Violation(
            rule=Rule.TOO_FEW_POINTS,
            entity=item.label,
            why=f"{item.label!r} has {count} scanned points, fewer than {policy.min_points}.",
            measured=float(count),
            threshold=float(policy.min_points),
            unit="points",
        )


def unknown_surface(
    view: View, policy: Policy, scope: ViewKind, item: SceneObject
) -> Iterator[Violation]:
    """Check that depth covers enough of an object in the images to judge what they show."""
    if scope is ViewKind.SCENE:
        return
    for frame in view.frames:
        record = view.visibility(item, frame)
        if record is not None and record.unknown > policy.max_unknown:
            yield Violation(
                rule=Rule.NOT_AVAILABLE,
                entity=item.label,
                why=f"frame {frame.id!r} has no depth for {record.unknown:.0%} of {item.label!r}.",
                measured=record.unknown,
                threshold=policy.max_unknown,
                unit="fraction",
            )


def _can_see(view: View, policy: Policy, scope: ViewKind) -> bool:
    return not any(unavailable(view, policy, scope))


def _rivals(
    view: View, policy: Policy, scope: ViewKind, noun: Noun, pool: tuple[SceneObject, ...]
) -> int:
    """Return how many instances may be meant, those too faint but able to confuse included."""
    if scope is ViewKind.SCENE:
        return counted(view, policy, noun.label or "")
    if len(pool) > 1:
        return len(pool)
    return 1 + sum(
        any(view.visible_share(item, frame) >= policy.max_rival_visible for frame in view.frames)
        for item in view.instances(noun.label or "")
        if item.id != pool[0].id
    )


def _not_located(noun: Noun) -> Violation:
    return Violation(
        rule=Rule.NOT_AVAILABLE,
        entity=noun.text,
        why=f"the scene counts {noun.label!r} but does not say where it is.",
    )


def _ambiguous_instances(scope: ViewKind, noun: Noun, count: int) -> Violation:
    place = "the scene" if scope is ViewKind.SCENE else "what the images show"
    return Violation(
        rule=Rule.AMBIGUOUS_OBJECT,
        entity=noun.text,
        why=f"{place} has {count} instances of {noun.label!r}.",
        measured=float(count),
        threshold=1.0,
        unit="instances",
    )


def _not_visible(
    view: View, noun: Noun, hidden: Sequence[SceneObject], policy: Policy
) -> Violation:
    best = max(
        (view.visible_share(item, frame) for item in hidden for frame in view.frames), default=0.0
    )
    return Violation(
        rule=Rule.NOT_VISIBLE,
        entity=noun.text,
        why=(
            f"the images show {best:.0%} of {noun.text!r} at best; "
            f"{policy.min_visible:.0%} is needed."
        ),
        measured=best,
        threshold=policy.min_visible,
        unit="fraction",
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names)
