# SPDX-License-Identifier: Apache-2.0
"""What a run prints at its start: scenes by split, what their views allow, what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from spatialevo_dge import POLICIES, ViewKind
from spatialevo_dge.tasks import task_named
from spatialevo_rl.draws import dice
from spatialevo_rl.scenes.assign import Curriculum
from spatialevo_rl.scenes.frames import draw_frames
from spatialevo_rl.scenes.splits import Split
from spatialevo_rl.scenes.store import LAB, SYNTHETIC, SceneStore
from spatialevo_rl.scenes.tasks import feasible, kind_shares, trained_tasks
from spatialevo_rl.scenes.vocabulary import sampled_ids

SCENES: Final = 24
NO_LIST: Final = (
    "no list of excluded scenes is given (scene_exclude): scenes of the benchmark you evaluate on "
    "may be among the training scenes"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSummary:
    """What there is to train on.

    Attributes:
        name: The store.
        scenes: Scenes of each split.
        left_out: Scenes not used, by reason.
        views: Training views looked at, by kind.
        feasible: Of each trained task, the share of those views of its kind that allow it.
        vocabulary: Number of labels.
        common_labels: Labels that most training views show.
        notes: What the user should know before the run begins.
    """

    name: str
    scenes: Mapping[Split, int]
    left_out: Mapping[str, int]
    views: Mapping[ViewKind, int]
    feasible: Mapping[str, float]
    vocabulary: int
    common_labels: tuple[str, ...]
    notes: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Yield the summary as text."""
        counts = ", ".join(f"{count} {split}" for split, count in self.scenes.items() if count)
        yield f"{self.name}: {counts}"
        for reason, count in self.left_out.items():
            yield f"  left out: {count} scenes: {reason}"
        common = ", ".join(self.common_labels) or "none"
        yield f"  {self.vocabulary} labels; in most views: {common}"
        for kind, count in self.views.items():
            shares = ", ".join(
                f"{task} {share:.0%}"
                for task, share in self.feasible.items()
                if task_named(task).view is kind
            )
            yield f"  {kind} views ({count} looked at) allow: {shares}"
        for note in self.notes:
            yield f"  note: {note}"


def summarise(store: SceneStore, curriculum: Curriculum) -> StoreSummary:
    """Look at a store: 24 training scenes, one view of each kind that is trained.

    Raises:
        SceneError: A scene is damaged.
        ValueError: The curriculum trains no task.
    """
    views: Counter[ViewKind] = Counter()
    allowed: Counter[str] = Counter()
    trained = trained_tasks(curriculum.tasks)
    kinds = tuple(kind_shares(curriculum.tasks))
    for place, scene_id in enumerate(sampled_ids(store, Split.TRAIN, SCENES)):
        scene = store.scene(scene_id)
        for kind in kinds:
            generator = dice(0, place, f"summary {kind}")
            frames = draw_frames(
                scene, store.frames(scene_id), kind, curriculum.scene_views, generator
            )
            views[kind] += 1
            if frames is not None:
                of_kind = tuple(task for task in trained if task_named(task).view is kind)
                allowed.update(feasible(scene, frames, of_kind, POLICIES[curriculum.policy]))
    return StoreSummary(
        name=store.name,
        scenes={split: len(store.ids(split)) for split in Split},
        left_out=dict(Counter(store.left_out.values())),
        views=dict(views),
        feasible={
            task: allowed[task] / views[task_named(task).view]
            for task in trained
            if views[task_named(task).view]
        },
        vocabulary=len(store.vocabulary),
        common_labels=tuple(sorted(store.common_labels)),
        notes=tuple(_notes(store)),
    )


def _notes(store: SceneStore) -> Iterator[str]:
    made = store.settings.scenes in {SYNTHETIC, LAB}
    if not made and not store.settings.scene_exclude:
        yield NO_LIST
    for split in (Split.TRAIN, Split.VALIDATION, Split.TEST):
        if not store.ids(split):
            yield f"no scene is in the split {split}"
