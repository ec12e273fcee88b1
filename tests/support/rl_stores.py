# SPDX-License-Identifier: Apache-2.0
"""Stores and texts for tests of spatialevo_rl.scenes; importable by processes that tests start."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PIL import Image

from spatialevo_dge import Scene, bundle, enumerate_questions
from spatialevo_dge.synthetic import RoomOptions, SyntheticRoom, make_room
from spatialevo_rl.episode import GroupContext, judge_completions, score_group
from spatialevo_rl.records import Assignment, Attempt, Job, Proposal, Recent
from spatialevo_rl.scenes.judging import JudgeItem
from spatialevo_rl.scenes.room_plans import RoomPlan
from spatialevo_rl.scenes.store import SceneStore
from spatialevo_rl.scenes.synthetic_store import SyntheticStore
from spatialevo_rl.settings import EpisodeSettings, SceneSettings

LABELS = {"chair": 2, "table": 1, "sofa": 1, "tv": 1, "lamp": 1, "plant": 1}
SETTINGS = SceneSettings(scenes="synthetic", scene_count=12, image_size=64, scene_views=4)


def small_options(seed: int, *, cameras: int = 4) -> RoomOptions:
    """Options of a small room; every third one has a second lamp."""
    labels = {**LABELS, "lamp": 2} if seed % 3 == 0 else LABELS
    return RoomOptions(cameras=cameras, image_size=(64, 64), labels=labels, spacing=0.3)


def small_store(settings: SceneSettings = SETTINGS, *, cameras: int = 4) -> SyntheticStore:
    """Return a store of small rooms."""
    plan = RoomPlan(
        name="small",
        options=partial(small_options, cameras=cameras),
        labels=(*sorted(LABELS), "wardrobe"),
    )
    return SyntheticStore(plan, settings)


def write_bundle(folder: Path, scene_id: str, *, source: str = "scannet", seed: int = 0) -> Scene:
    """Write a room as an imported scan: a bundle with images of 96 by 64 pixels."""
    options = replace(small_options(seed, cameras=3), image_size=(96, 64))
    room = make_room(seed, options)
    names = {frame.id: f"images/{frame.id}.png" for frame in room.scene.frames}
    frames = tuple(
        replace(frame, image_path=folder / names[frame.id]) for frame in room.scene.frames
    )
    scene = replace(room.scene, id=scene_id, source=source, frames=frames)
    bundle.save(scene, folder, attachments=_pictures(room, names))
    return scene


def _pictures(room: SyntheticRoom, names: dict[str, str]) -> dict[str, bytes]:
    contents = {}
    for frame, picture in zip(room.scene.frames, room.pictures, strict=True):
        buffer = io.BytesIO()
        Image.fromarray(picture.rgb).save(buffer, format="PNG")
        contents[names[frame.id]] = buffer.getvalue()
    return contents


def questions(store: SceneStore, assignment: Assignment, count: int) -> tuple[str, ...]:
    """Return well-formed completions that ask legal questions, one malformed among them."""
    scene = store.scene(assignment.scene_id)
    found = [
        question.text
        for question, _ in enumerate_questions(scene, assignment.task, assignment.frames)
    ]
    texts = [
        f"<observation>There is a chair.</observation><question>{text}</question>"
        for text in (found * count)[: count - 1]
    ]
    return (*texts, "no tags at all")


def judge_items(
    store: SceneStore, assignments: Sequence[Assignment], count: int
) -> list[JudgeItem]:
    """Return questioner groups of `count` completions."""
    context = GroupContext(recent=Recent(), common_labels=frozenset(), truncated=(False,) * count)
    return [(item, questions(store, item, count), context) for item in assignments]


def raise_on_bomb(
    completions: Sequence[str],
    assignment: Assignment,
    scene: Scene,
    context: GroupContext,
    settings: EpisodeSettings,
) -> tuple[Proposal, ...]:
    """Judge as an oracle with a defect: a text with "bomb" in it raises."""
    if any("bomb" in text for text in completions):
        raise ZeroDivisionError("a defect")
    return judge_completions(completions, assignment, scene, context, settings)


def raise_on_boom(
    completions: Sequence[str],
    job: Job,
    scene: Scene,
    assignment: Assignment,
    truncated: Sequence[bool],
    settings: EpisodeSettings,
) -> tuple[Attempt, ...]:
    """Score as an oracle with a defect: an answer with "boom" in it raises."""
    if any("boom" in text for text in completions):
        raise KeyError("a defect")
    return score_group(completions, job, scene, assignment, truncated, settings)


def die(
    completions: Sequence[str],
    assignment: Assignment,
    scene: Scene,
    context: GroupContext,
    settings: EpisodeSettings,
) -> tuple[Proposal, ...]:
    """End the process as the system does when memory runs out, unless it is the test's own."""
    if os.environ["SPATIALEVO_TEST_PARENT"] != str(os.getpid()):
        os._exit(137)
    return judge_completions(completions, assignment, scene, context, settings)
