# SPDX-License-Identifier: Apache-2.0
"""What is looked at: a scene, perhaps a question about it, its ruling, and the images shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Final

from spatialevo_dge.entities import Noun
from spatialevo_dge.judge import judge
from spatialevo_dge.parsing.route import named_frames
from spatialevo_dge.question import Question
from spatialevo_dge.ruling import Illegal, Legal, Ruling
from spatialevo_dge.scene import Frame, Scene
from spatialevo_dge.task import SpatialTask
from spatialevo_dge.tasks import task_named
from spatialevo_dge.thresholds import DEFAULT, Policy
from spatialevo_dge.truth import Truth
from spatialevo_dge.verdict import Rule
from spatialevo_dge.view import View
from spatialevo_dge.viewing.evidence import Evidence, box_marks, drawing_of
from spatialevo_dge.viewing.shapes import NOTHING, BoxMark, CameraMark, Drawing, role_at

MOST_IMAGES: Final = 8
CHOSEN_IMAGES: Final = 2
"""Images chosen to show the objects of a question that was asked with none."""
MOST_RIVALS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a page or a picture shows.

    Attributes:
        scene: The scene.
        policy: Thresholds and conventions.
        question: What was asked; None: the scene alone.
        ruling: What the oracle says to it.
        truth: What was measured, also where a policy refuses to certify it; None where the
            question breaks a rule before anything is measured.
        drawing: The evidence.
        frames: The images shown.
        asked_with_images: Whether the question was asked with them; else they were chosen to show
            its objects.
    """

    scene: Scene
    policy: Policy = DEFAULT
    question: Question | None = None
    ruling: Ruling | None = None
    truth: Truth | None = None
    drawing: Drawing = NOTHING
    frames: tuple[Frame, ...] = ()
    asked_with_images: bool = False

    @property
    def title(self) -> str:
        """The question, or the scene's name."""
        return self.scene.id if self.question is None else self.question.text


def subject_of(
    scene: Scene,
    question: Question | None = None,
    *,
    policy: Policy = DEFAULT,
    frames: tuple[str, ...] = (),
) -> Subject:
    """Gather what there is to see.

    Args:
        scene: The scene.
        question: Is ruled on, and its evidence drawn.
        policy: Thresholds and conventions.
        frames: Images to show of a scene without a question.

    Raises:
        ValueError: A frame is not in the scene, or the question's task is none.
    """
    if question is None:
        return _alone(scene, policy, frames)
    ruling = judge(question, scene, policy)
    asked = question.frames or _named(ruling)
    shown = tuple(scene.frames_by_id[each] for each in asked if each in scene.frames_by_id)
    truth = _truth(ruling, View(scene, shown), policy)
    if truth is None:
        drawing = _entities_alone(scene, ruling, shown)
    else:
        drawing = drawing_of(
            Evidence(trace=truth.trace, answer=truth.answer, scene=scene, policy=policy)
        )
    return Subject(
        scene=scene,
        policy=policy,
        question=question,
        ruling=ruling,
        truth=truth,
        drawing=drawing,
        frames=shown or _telling_frames(scene, drawing, policy),
        asked_with_images=bool(shown),
    )


def _alone(scene: Scene, policy: Policy, frames: tuple[str, ...]) -> Subject:
    unknown = [frame for frame in frames if frame not in scene.frames_by_id]
    if unknown:
        raise ValueError(f"frames: scene {scene.id!r} has no frame {unknown[0]!r}")
    shown = tuple(scene.frames_by_id[frame] for frame in frames)
    step = max(1, -(-len(scene.frames) // 4))
    marks = (
        CameraMark(frame_id=frame.id, role=role_at(place), caption=f"camera {frame.id}")
        for place, frame in enumerate(shown)
    )
    return Subject(
        scene=scene,
        policy=policy,
        drawing=Drawing(shapes=tuple(marks)),
        frames=shown or scene.frames[::step],
        asked_with_images=bool(shown),
    )


def _named(ruling: Ruling) -> tuple[str, ...]:
    return () if ruling.entities is None else named_frames(ruling.entities)


def _truth(ruling: Ruling, view: View, policy: Policy) -> Truth | None:
    """Return what was measured; of a doubted answer too, so that the doubt can be seen."""
    if isinstance(ruling, Legal):
        return ruling.truth
    if ruling.rule not in {Rule.DEGENERATE, Rule.BORDERLINE}:
        return None
    if ruling.task is None or ruling.entities is None:
        return None
    task: SpatialTask[Any] = task_named(ruling.task)
    try:
        return task.measure(ruling.entities, view, policy)
    except ValueError:
        return None  # the check doubted it, and nothing resolves that could be measured


def _entities_alone(scene: Scene, ruling: Ruling, frames: tuple[Frame, ...]) -> Drawing:
    """Draw what a refused question names: every instance that its words may stand for."""
    ids = [
        item.id
        for label in dict.fromkeys(_labels(ruling))
        for item in scene.objects_by_label.get(label, ())
    ]
    cameras = (
        CameraMark(frame_id=frame.id, role=role_at(place), caption=f"camera {frame.id}")
        for place, frame in enumerate(frames)
    )
    return Drawing(shapes=(*box_marks(scene, ids[:MOST_RIVALS]), *cameras))


def _labels(ruling: Ruling) -> Iterator[str]:
    if not isinstance(ruling, Illegal) or ruling.entities is None:
        return
    for field in fields(ruling.entities):
        value = getattr(ruling.entities, field.name)
        for noun in value if isinstance(value, tuple) else (value,):
            if isinstance(noun, Noun):
                yield from noun.rivals
                if noun.label is not None:
                    yield noun.label


def _telling_frames(scene: Scene, drawing: Drawing, policy: Policy) -> tuple[Frame, ...]:
    """Choose the images that show most of the marked objects, in capture order."""
    marks = drawing.boxes
    if not marks or scene.visibility is None:
        return ()
    worth = [(_worth(scene, index, marks, policy), -index) for index in range(len(scene.frames))]
    best = sorted(worth, reverse=True)[:CHOSEN_IMAGES]
    return tuple(scene.frames[-index] for value, index in sorted(best, key=_index) if value[0])


def _index(entry: tuple[tuple[int, float], int]) -> int:
    return -entry[1]


def _worth(
    scene: Scene, index: int, marks: tuple[BoxMark, ...], policy: Policy
) -> tuple[int, float]:
    """Count the marked objects that a frame shows, and add up the shares visible."""
    if scene.visibility is None or scene.frames[index].visibility_source is None:
        return 0, 0.0
    records = scene.visibility.in_frame(index)
    shares = [records[mark.object_id].of_facing for mark in marks if mark.object_id in records]
    seen = [share for share in shares if share >= policy.min_visible]
    return len(seen), sum(seen)
