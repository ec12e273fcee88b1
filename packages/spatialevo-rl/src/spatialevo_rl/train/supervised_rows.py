# SPDX-License-Identifier: Apache-2.0
"""Questions with their answers as rows of tokens: what the solver is shown, what it should write.

A prompt is the one that the solver gets in self-evolution and in evaluation; the completion is
``<answer>...</answer>`` and the end of the turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor

from spatialevo_dge import ViewKind
from spatialevo_dge.tasks import task_named
from spatialevo_rl.labelled import Labelled
from spatialevo_rl.prompts import solver_prompt
from spatialevo_rl.records import Assignment, Job, Role
from spatialevo_rl.scenes.store import SceneStore
from spatialevo_rl.settings import EpisodeSettings
from spatialevo_rl.train.batch import Row
from spatialevo_rl.train.encode import Encoder, pad_right, vision_inputs
from spatialevo_rl.train.packed import IGNORED, pack
from spatialevo_rl.train.play import Prompt

OPEN: Final = "<answer>"
CLOSE: Final = "</answer>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A question with its answer, ready for the model.

    Attributes:
        row: Prompt and completion.
        inside: First token of the completion that is strictly inside the answer tags, and the one
            behind the last; equal where a tokenizer merges the whole answer with a tag.
    """

    row: Row
    inside: tuple[int, int]


def lesson_prompt(sample: Labelled, store: SceneStore, episode: EpisodeSettings) -> Prompt:
    """Return what the solver is shown of a sample.

    Raises:
        SceneError: There is no such scene or frame.
        ValueError: There is no such task.
    """
    return Prompt(
        text=lesson_text(sample, episode), images=store.images(sample.scene_id, sample.frames)
    )


def lesson_text(sample: Labelled, episode: EpisodeSettings) -> str:
    """Return a sample's prompt without its images."""
    shown = Assignment(
        step=0,
        slot=0,
        scene_id=sample.scene_id,
        frames=sample.frames,
        kind=task_named(sample.task).view if sample.task else ViewKind.SCENE,
        task=sample.task,
    )
    return solver_prompt(Job(role=Role.SOLVER, question=sample.question), shown, episode)


def lessons(
    samples: Sequence[Labelled],
    prompts: Sequence[Prompt],
    encoder: Encoder,
    tokenizer: Any,
) -> list[Lesson]:
    """Tokenise samples.

    Args:
        samples: The questions and answers.
        prompts: What the solver is shown of each, see `lesson_prompt`.
        encoder: Encodes prompts; images are kept until its next `begin_step`.
        tokenizer: The processor's.

    Raises:
        ValueError: An answer has a word that the tokenizer does not know.
    """
    encoded = encoder.encode(prompts)
    found = []
    for sample, prompt in zip(samples, encoded, strict=True):
        ids, inside = completion_of(sample.answer, tokenizer)
        found.append(
            Lesson(row=Row(role=Role.SOLVER, prompt=prompt, completion=ids), inside=inside)
        )
    return found


def completion_of(answer: str, tokenizer: Any) -> tuple[list[int], tuple[int, int]]:
    """Return the tokens of a completion, its end included, and which are inside the tags.

    A token belongs to the answer where all its characters do.

    Raises:
        ValueError: The tokenizer does not know a word of it.
    """
    text = f"{OPEN}{answer}{CLOSE}"
    done = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    if tokenizer.unk_token_id is not None and tokenizer.unk_token_id in done.input_ids:
        raise ValueError(f"answer {answer!r}: the tokenizer does not know a word of it")
    first, last = len(OPEN), len(text) - len(CLOSE)
    inner = [n for n, (a, b) in enumerate(done.offset_mapping) if first <= a < b <= last]
    span = (inner[0], inner[-1] + 1) if inner else (0, 0)
    return [*done.input_ids, tokenizer.eos_token_id], span


def tensors_of(
    rows: Sequence[Row], body: Any, pad: int, *, share: bool, features: bool
) -> tuple[dict[str, Tensor], tuple[int, ...], Tensor]:
    """Return what the model takes, the images' keys, and where each row's log-probabilities are.

    Args:
        rows: A micro-batch.
        body: The model's body.
        pad: Id of padding.
        share: Compute what prompts about the same images have in common once.
        features: Whether the model keeps the images' features.
    """
    if share:
        packed = pack(rows, body, pad, features=features, views=True)
        return packed.inputs, packed.keys, packed.places
    keys = tuple(key for row in rows for key in row.prompt.keys)
    return _plain(rows, pad, features=features), keys, _places(rows)


def _plain(rows: Sequence[Row], pad: int, *, features: bool) -> dict[str, Tensor]:
    """Return one sequence a row, padded on the right."""
    prompts = [row.prompt for row in rows]
    inputs: dict[str, Tensor] = {
        "input_ids": pad_right([[*row.prompt.ids, *row.completion] for row in rows], pad),
        "attention_mask": pad_right(
            [[1] * (len(row.prompt.ids) + len(row.completion)) for row in rows], 0
        ),
        "labels": pad_right(
            [[IGNORED] * len(row.prompt.ids) + row.completion for row in rows], IGNORED
        ),
        **vision_inputs(prompts, features=features),
    }
    if prompts[0].types:
        kinds = [[*row.prompt.types, *([0] * len(row.completion))] for row in rows]
        inputs["mm_token_type_ids"] = pad_right(kinds, 0)
    return inputs


def _places(rows: Sequence[Row]) -> Tensor:
    """Return where each row's log-probabilities are, as `Packed.places`."""
    width = max(len(row.prompt.ids) + len(row.completion) for row in rows)
    places = torch.zeros(len(rows), max(len(row.completion) for row in rows), dtype=torch.long)
    for number, row in enumerate(rows):
        first = number * (width - 1) + len(row.prompt.ids) - 1
        places[number, : len(row.completion)] = first + torch.arange(len(row.completion))
    return places
