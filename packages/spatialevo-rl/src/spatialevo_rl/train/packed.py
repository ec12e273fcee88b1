# SPDX-License-Identifier: Apache-2.0
"""Rows that share a prompt in one sequence: the prompt is computed once, not once a row.

    prompt[:-1]  prompt[-1] completion 1  prompt[-1] completion 2 ...

Each completion begins with a copy of the prompt's last token, from which its first token is
predicted. A completion sees the prompt and itself, and its positions go on from the prompt's: the
log-probabilities are those of the rows one by one, gradients included. Rows whose prompts show the
same images and then ask different things share what their prompts have in common:

    images  question 1 completion 1  question 2 completion 2 ...
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from spatialevo_rl.train.batch import Row
from spatialevo_rl.train.encode import Encoded, pad_right, vision_inputs

IGNORED = -100
"""Label of a token that is not scored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """Rows of a micro-batch, packed.

    Attributes:
        inputs: What the model takes: one sequence a prompt.
        keys: The images shown, in order.
        places: For each row's token, where its log-probability is among all sequences', flattened:
            shape (rows, longest completion); 0 beyond a completion's end.
    """

    inputs: dict[str, Tensor]
    keys: tuple[int, ...]
    places: Tensor

    def to(self, device: torch.device) -> Packed:
        """Move to a device."""
        inputs = {name: value.to(device) for name, value in self.inputs.items()}
        return Packed(inputs=inputs, keys=self.keys, places=self.places.to(device))


def pack(
    rows: Sequence[Row], body: Any, pad: int, *, features: bool, views: bool = False
) -> Packed:
    """Pack a micro-batch.

    Args:
        rows: The rows; those of one prompt need not be neighbours.
        body: The model's body, which knows the positions of image tokens (`get_rope_index`).
        pad: Id of padding.
        features: Whether the model keeps the images' features, see `vision_inputs`.
        views: Whether different prompts about the same images share their beginning as well.
    """
    groups: dict[object, list[int]] = {}
    for place, row in enumerate(rows):
        shared = row.prompt.keys if views else id(row.prompt)
        groups.setdefault(shared, []).append(place)
    prompts = [rows[places[0]].prompt for places in groups.values()]
    sequences = [
        _Sequence.of([rows[place] for place in places], body) for places in groups.values()
    ]
    width = max(len(one.ids) for one in sequences)
    inputs = {
        "input_ids": pad_right([one.ids for one in sequences], pad),
        "labels": pad_right([one.labels for one in sequences], IGNORED),
        "position_ids": torch.stack([_padded(one.positions, width) for one in sequences], dim=1),
        "attention_mask": _mask(pad_right([one.segments for one in sequences], IGNORED)),
        **vision_inputs(prompts, features=features),
    }
    longest = max(len(row.completion) for row in rows)
    places = torch.zeros(len(rows), longest, dtype=torch.long)
    for number, (one, members) in enumerate(zip(sequences, groups.values(), strict=True)):
        for start, place in zip(one.starts, members, strict=True):
            count = len(rows[place].completion)
            # the model's answer at a token is about the next one: one less a sequence
            first = number * (width - 1) + start
            places[place, :count] = torch.arange(first, first + count)
    return Packed(
        inputs=inputs, keys=tuple(key for one in prompts for key in one.keys), places=places
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sequence:
    """One beginning and its rows; `starts` is where the last token of each row's prompt is."""

    ids: list[int]
    labels: list[int]
    segments: list[int]
    positions: Tensor
    starts: list[int]

    @classmethod
    def of(cls, rows: Sequence[Row], body: Any) -> _Sequence:
        first = rows[0].prompt
        own, _ = body.get_rope_index(
            torch.tensor([first.ids]),
            mm_token_type_ids=torch.tensor([first.types]),
            image_grid_thw=first.grids,
        )
        own = own[:, 0]
        shared = _shared([row.prompt for row in rows])
        ids, labels, segments = list(first.ids[:shared]), [IGNORED] * shared, [0] * shared
        positions, starts = [own[:, :shared]], []
        for number, row in enumerate(rows, start=1):
            rest = row.prompt.ids[shared:]
            starts.append(len(ids) + len(rest) - 1)
            ids += [*rest, *row.completion]
            labels += [IGNORED] * len(rest) + row.completion
            count = len(rest) + len(row.completion)
            segments += [number] * count
            # text after the images: its positions grow by one
            positions.append(own[:, shared : shared + 1] + torch.arange(count))
        return cls(
            ids=ids,
            labels=labels,
            segments=segments,
            positions=torch.cat(positions, dim=1),
            starts=starts,
        )


def _shared(prompts: Sequence[Encoded]) -> int:
    """Return how many first tokens prompts have in common; their last ones are never shared."""
    first = prompts[0]
    count = len(first.ids) - 1
    for prompt in prompts[1:]:
        if prompt is not first:
            same = zip(first.ids[:count], prompt.ids[: len(prompt.ids) - 1], strict=False)
            count = next(
                (n for n, (a, b) in enumerate(same) if a != b), min(count, len(prompt.ids) - 1)
            )
    return count


def _padded(positions: Tensor, width: int) -> Tensor:
    more = positions.new_zeros(len(positions), width - positions.size(1))
    return torch.cat([positions, more], dim=1)


def _mask(segments: Tensor) -> Tensor:
    """Return what each token sees: earlier tokens of the prompt and of its own completion.

    Args:
        segments: 0 for the prompt, then the completion's number; shape (sequences, width).

    Returns:
        Shape (sequences, 1, width, width), as PyTorch's own attention takes it (`sdpa`).
    """
    width = segments.size(1)
    earlier = torch.ones(width, width, dtype=torch.bool).tril()
    same = segments[:, :, None] == segments[:, None, :]
    return (earlier & (same | (segments[:, None, :] == 0))).unsqueeze(1)


def packed_logps(
    model: Any, packed: Packed, autocast: AbstractContextManager[Any]
) -> tuple[Tensor, Tensor]:
    """Return log-probabilities and entropies of each row's tokens, shape (rows, tokens).

    Args:
        model: The model with TRL's fused head, wrapped as for training.
        packed: The rows.
        autocast: The accelerator's.
    """
    with autocast:
        output = model(**packed.inputs, fused_lm_head=True)
    flat = packed.places.flatten()
    logps, entropies = (
        values.reshape(-1)[flat].view(packed.places.shape)
        for values in (output.log_probs, output.entropy)
    )
    return logps, entropies
