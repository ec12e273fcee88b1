# SPDX-License-Identifier: Apache-2.0
"""Held-out evaluations of a run, as they lie in its folder.

RUN/evaluation.json    {"evaluations": [the base model, ..., the last step]}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spatialevo_dge.viewing.files import write_whole
from spatialevo_rl.json_records import RecordError, from_json, to_json
from spatialevo_rl.redaction import redacted

EVALUATION: Final = "evaluation.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOutScore:
    """How well one held-out question was answered, by the oracle's scorer.

    Attributes:
        task: The task.
        scene_id: The scene: questions of one scene are not independent.
        question: The question's text.
        sampled: Mean score of the samples at temperature 1, in [0, 1].
        greedy: Score of the greedy reply, in [0, 1].
    """

    task: str
    scene_id: str
    question: str
    sampled: float
    greedy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BlankCheck:
    """Whether the questioner looks: its scores with images and with grey ones in their place.

    Attributes:
        real_validity: Share of legal questions.
        blank_validity: The same without seeing anything.
        real_observation: Mean f_obs.
        blank_observation: The same without seeing anything.
    """

    real_validity: float
    blank_validity: float
    real_observation: float
    blank_observation: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One evaluation; evaluations of a run are paired by question.

    Attributes:
        step: Optimizer steps done; 0 is the base model.
        split: ``"validation"`` or ``"test"``.
        samples: Replies drawn per question at temperature 1.
        trained: Ids of the tasks trained.
        floors: Score of the best constant reply, by task.
        scores: One per question, in the same order in every evaluation of a run.
        blank: Whether the questioner looks; None where it was not tried.
    """

    step: int
    split: str
    samples: int
    trained: tuple[str, ...]
    floors: Mapping[str, float]
    scores: tuple[HeldOutScore, ...]
    blank: BlankCheck | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluations:
    """What evaluation.json holds, in order of steps."""

    evaluations: tuple[Evaluation, ...] = ()


def write_evaluations(folder: Path, evaluations: tuple[Evaluation, ...]) -> None:
    """Write a run's evaluations, all or nothing.

    Raises:
        OSError: The file cannot be written.
    """
    record = redacted(to_json(Evaluations(evaluations=evaluations)))
    text = json.dumps(record, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    write_whole(folder / EVALUATION, f"{text}\n".encode("ascii"))


def read_evaluations(folder: Path) -> tuple[Evaluation, ...]:
    """Read a run's evaluations; none where there is no file.

    Raises:
        RecordError: The file is damaged.
        OSError: The file cannot be read.
    """
    path = folder / EVALUATION
    if not path.exists():
        return ()
    try:
        value = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise RecordError(str(path), "", f"not JSON: {error}") from error
    return from_json(Evaluations, value, str(path)).evaluations
