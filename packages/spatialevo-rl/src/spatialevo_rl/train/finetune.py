# SPDX-License-Identifier: Apache-2.0
"""Supervised learning on a fixed file of questions: the control `static-sft`.

The file is gone through again and again, in an order drawn anew for each pass. How long the run is
may be given as processor seconds: then a few steps are tried first, to find how many that is.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import yaml

from spatialevo_dge.viewing.files import write_whole
from spatialevo_rl.draws import dice
from spatialevo_rl.labelled import Labelled
from spatialevo_rl.report.run import CONFIG
from spatialevo_rl.scenes.store import SceneStore, open_store
from spatialevo_rl.train.checkpoint import CheckpointError
from spatialevo_rl.train.config import ConfigError, RunConfig
from spatialevo_rl.train.run_folder import FolderLock
from spatialevo_rl.train.static import FixedQuestions
from spatialevo_rl.train.supervised import Course, FineTuned, Show, arguments, fine_tune
from spatialevo_rl.train.supervised_trainer import StepCost, step_rows

LENGTH: Final = "length.json"
_TRIED: Final = 6
_WARM: Final = 2  # of the tried steps, those that start things up


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How long a run is.

    Attributes:
        cpu_seconds: Processor time that it may take; None: `max_steps` steps.
        keep: Numbers of steps done after which the adapter is kept.
    """

    cpu_seconds: float | None = None
    keep: tuple[int, ...] = ()


def fine_tune_file(config: RunConfig, length: Length, show: Show | None = None) -> FineTuned:
    """Fine-tune the solver on `questions`; goes on from the folder's last complete checkpoint.

    Args:
        config: The settings, with `questions` and `output_dir`.
        length: How long, and what to keep.
        show: Called after every step.

    Raises:
        ConfigError: No file of questions is given.
        RecordError: A row is damaged, or labelled otherwise than the oracle answers.
        CheckpointError: The folder holds another run, or another process writes to it.
    """
    if not config.episode.questions:
        raise ConfigError("questions: expected a file; spatialevo-rl questions -o FILE makes one")
    folder = Path(config.train.output_dir)
    store = open_store(config.scenes, config.train.seed)
    fixed = FixedQuestions.read(Path(config.episode.questions), store, config.episode)
    folder.mkdir(parents=True, exist_ok=True)
    with FolderLock(folder):
        _begin(config, folder, fixed.digest)
        steps = _steps(config, length, fixed.rows, store, folder)
        rows = step_rows(arguments(config, folder))
        samples = tuple(islice(in_order(fixed.rows, config.train.seed), steps * rows))
        course = Course(steps=range(steps), save_at=length.keep, show=show)
        return fine_tune(config, samples, store, folder, course)


def in_order(rows: Sequence[Labelled], seed: int) -> Iterator[Labelled]:
    """Yield the rows without end, each pass in an order of its own."""
    around = 0
    while True:
        for place in dice(seed, around, "fine-tuning order").permutation(len(rows)):
            yield rows[int(place)]
        around += 1


def _begin(config: RunConfig, folder: Path, digest: str) -> None:
    """Write the settings of a new run; refuse a folder of another one."""
    path = folder / CONFIG
    values = {**config.values, "questions_digest": digest}
    if not path.exists():
        write_whole(path, yaml.safe_dump(dict(values)).encode())
        return
    saved = yaml.safe_load(path.read_text(encoding="utf-8"))
    if saved.get("questions_digest") != digest:
        raise CheckpointError(
            f"{folder}: questions: {config.episode.questions} is not the file that the run began "
            "with; start again in another folder"
        )


def _steps(
    config: RunConfig,
    length: Length,
    rows: Sequence[Labelled],
    store: SceneStore,
    folder: Path,
) -> int:
    """Return how many steps the run has; found once, then read from its folder."""
    if length.cpu_seconds is None:
        return int(config.train.max_steps)
    path = folder / LENGTH
    if not path.exists():
        with tempfile.TemporaryDirectory() as elsewhere:
            found = fine_tune(config, rows, store, Path(elsewhere), Course(steps=range(_TRIED)))
        each = _seconds(found.costs[_WARM:])
        steps = max(1, min(config.train.max_steps, round(length.cpu_seconds / each)))
        write_whole(path, json.dumps({"steps": steps, "step_cpu_seconds": each}).encode())
    return int(json.loads(path.read_text(encoding="utf-8"))["steps"])


def _seconds(costs: Sequence[StepCost]) -> float:
    return sum(each.cpu_seconds for each in costs) / len(costs)
