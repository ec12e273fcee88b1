# SPDX-License-Identifier: Apache-2.0
"""Small rooms, assignments and proposals for the tests of the episode."""

from collections.abc import Iterator
from functools import cache
from itertools import islice

from spatialevo_dge import Legal, Question, Ruling, Scene, ViewKind, enumerate_questions, judge
from spatialevo_dge.enumerate_questions import views
from spatialevo_dge.synthetic import RoomOptions, make_room
from spatialevo_dge.tasks import task_named
from spatialevo_rl.episode import GroupContext
from spatialevo_rl.keys import question_key
from spatialevo_rl.records import Assignment, Proposal, QuestionerTerms, Recent

LABELS = {
    "bed": 1, "desk": 1, "chair": 3, "wardrobe": 1, "lamp": 1, "nightstand": 2, "bookshelf": 1,
    "table": 1,
}  # fmt: skip
"""Most things once, so that they can be named; a region's things among them."""

ROOM_SEEDS = (5, 6, 8)


@cache
def room(seed: int = 5) -> Scene:
    """Make a room with eight small images."""
    options = RoomOptions(cameras=8, image_size=(64, 64), labels=LABELS, spacing=0.3)
    return make_room(seed, options).scene


def shown(scene: Scene, kind: ViewKind) -> Iterator[tuple[str, ...]]:
    """Yield the views of a kind: with D1 a scene view shows all frames."""
    if kind is ViewKind.SCENE:
        yield tuple(frame.id for frame in scene.frames)
    else:
        yield from views(scene, kind)


@cache
def legal_questions(task: str, most: int = 24) -> tuple[tuple[Scene, Question, Legal], ...]:
    """Return legal questions of a task, spread over rooms and views, judged with their frames."""
    found: list[tuple[Scene, Question, Legal]] = []
    for seed in ROOM_SEEDS:
        scene = room(seed)
        for frames in list(shown(scene, task_named(task).view))[::3]:
            pool = islice(enumerate_questions(scene, task, frames), 0, 40, 3)
            found += [(scene, question, ruling) for question, ruling in pool]
    return tuple(found[:: max(1, len(found) // most)][:most])


def assignment(
    task: str,
    frames: tuple[str, ...],
    scene_id: str = "room",
    step: int = 0,
    slot: int = 0,
    constraint: str = "",
) -> Assignment:
    """Return an assignment of a task's own kind of view."""
    return Assignment(
        step=step,
        slot=slot,
        scene_id=scene_id,
        frames=frames,
        kind=task_named(task).view,
        task=task,
        constraint=constraint,
    )


def context(count: int, recent: Recent | None = None, cut: tuple[int, ...] = ()) -> GroupContext:
    """Return the context of a group of so many rows, some of them cut off."""
    return GroupContext(
        recent=recent or Recent(),
        common_labels=frozenset(),
        truncated=tuple(place in cut for place in range(count)),
    )


def completion(observation: str, question: str) -> str:
    """Write a well-formed questioner completion."""
    return f"<observation>{observation}</observation>\n<question>{question}</question>"


def rule(text: str, scene: Scene, task: str, frames: tuple[str, ...]) -> Ruling:
    """Rule on a text as training does: for a task, with the frames shown."""
    return judge(Question(text, frames=frames, task=task), scene)


def proposal(text: str, scene: Scene, task: str, frames: tuple[str, ...]) -> Proposal:
    """Return a proposal of a question without caring for its reward."""
    ruling = rule(text, scene, task, frames)
    return Proposal(
        completion=completion("A room.", text),
        observation="A room.",
        question=text,
        ruling=ruling,
        key=question_key(ruling, frames),
        terms=QuestionerTerms(format=1.0, valid=0.0, observation=0.0, novelty=1.0, reward=0.1),
    )
