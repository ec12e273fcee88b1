# SPDX-License-Identifier: Apache-2.0
"""From rows to micro-batches: sorted by length, cut to their own width, void rows left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from spatialevo_rl.records import Role
from spatialevo_rl.settings import EpisodeSettings
from spatialevo_rl.train.encode import Encoded, pad_left, pad_right, vision_inputs
from spatialevo_rl.train.play import Outcome


@dataclass(slots=True, kw_only=True)
class Row:
    """A row of the update.

    Attributes:
        role: Whose tokens they are.
        prompt: What it was shown.
        completion: Token ids written.
        sampled: Their log-probabilities by the rollout engine; None where it is the policy itself.
        advantage: Within its group.
        weight: What its mean token loss counts; 0 in a placeholder.
    """

    role: Role
    prompt: Encoded
    completion: list[int]
    sampled: Sequence[float | None] | None = None
    advantage: float = 0.0
    weight: float = 0.0


def rows_that_train(
    rows: Sequence[Row | None],
    outcomes: Sequence[Outcome],
    advantages: Sequence[float],
    episode: EpisodeSettings,
) -> list[Row]:
    """Return the rows that take part in the update, with their role and advantage set.

    Left out are void slots, rows without a reward, and roles that are not trained.
    """
    kept: list[Row] = []
    for row, outcome, advantage in zip(rows, outcomes, advantages, strict=True):
        asks = outcome.role is Role.QUESTIONER
        trains = episode.questioner_trains if asks else episode.solver_trains
        if row is not None and outcome.reward is not None and trains:
            row.role, row.advantage = outcome.role, advantage
            kept.append(row)
    return kept


def micro_batches(rows: Sequence[Row], count: int, size: int) -> list[list[Row]]:
    """Cut rows into `count` micro-batches of at most `size`, each of one role and similar lengths.

    Args:
        rows: The rows that take part in the update, at least one.
        count: Forward and backward passes of one update; the same on every process.
        size: Most rows of a pass.

    Returns:
        Exactly `count` lists, none empty: where rows are too few, a pass repeats a row with weight
        0, which leaves loss and gradient alone.
    """
    if not 0 < len(rows) <= count * size:
        raise ValueError(f"{len(rows)} rows do not fit {count} micro-batches of {size}")
    first = {id(row.prompt): place for place, row in reversed(list(enumerate(rows)))}
    ordered = sorted(
        rows,
        key=lambda row: (
            row.role is Role.QUESTIONER,
            len(row.prompt.ids),
            first[id(row.prompt)],
            len(row.completion),
        ),
    )
    base, more = divmod(len(ordered), count)
    batches: list[list[Row]] = []
    at = 0
    for number in range(count):
        take = base + (number < more)
        batches.append(ordered[at : at + take] or [placeholder(ordered[0])])
        at += take
    return batches


def placeholder(row: Row) -> Row:
    """Return a row that costs a pass and changes nothing."""
    return Row(role=Role.VOID, prompt=row.prompt, completion=row.completion, sampled=row.sampled)


def collate(rows: Sequence[Row], pad: int, *, features: bool) -> dict[str, Any]:
    """Return the tensors of a micro-batch, as GRPOTrainer names them.

    Prompts are padded on the left, completions on the right. Void rows have an all-zero completion
    mask.

    Args:
        rows: At least one.
        pad: Id of padding.
        features: Whether the model has the images' features already: then `pixel_values` only has
            their number, and no memory.
    """
    prompts = [row.prompt for row in rows]
    completions = [row.completion for row in rows]
    prompt_ids = pad_left([p.ids for p in prompts], pad)
    completion_ids = pad_right(completions, pad)
    used = [[int(row.role is not Role.VOID)] * len(row.completion) for row in rows]
    batch: dict[str, Any] = {
        "prompt_ids": prompt_ids,
        "prompt_mask": pad_left([[1] * len(p.ids) for p in prompts], 0),
        "completion_ids": completion_ids,
        "completion_mask": pad_right(used, 0),
        "advantages": torch.tensor([row.advantage for row in rows], dtype=torch.float64),
        "weights": torch.tensor([row.weight for row in rows], dtype=torch.float64),
        "num_images": [len(p.images) for p in prompts],
        "image_keys": tuple(key for p in prompts for key in p.keys),
        **vision_inputs(prompts, features=features),
    }
    if prompts[0].types:
        kinds = pad_left([p.types for p in prompts], 0)
        batch["mm_token_type_ids"] = torch.cat([kinds, torch.zeros_like(completion_ids)], dim=1)
    if rows[0].sampled is not None:
        batch["sampling_per_token_logps"] = _sampled(rows)
    return batch


def _sampled(rows: Sequence[Row]) -> Tensor:
    width = max(len(row.completion) for row in rows)
    table = torch.zeros(len(rows), width)
    for place, row in enumerate(rows):
        known = [float("nan") if value is None else value for value in row.sampled or ()]
        table[place, : len(known)] = torch.tensor(known)
    return table
