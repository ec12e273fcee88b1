# SPDX-License-Identifier: Apache-2.0
"""Rows that share a prompt in one sequence: the prompt is computed once, not once a row.

    prompt[:-1]  prompt[-1] completion 1  prompt[-1] completion 2 ...

Each completion begins with a copy of the prompt's last token, from which its first token is
predicted. A completion sees the prompt and itself, and its positions go on from the prompt's: the
log-probabilities are those of the rows one by one, gradients included.
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


def pack(rows: Sequence[Row], body: Any, pad: int, *, features: bool) -> Packed:
    """Pack a micro-batch.

    Args:
        rows: The rows; those of one prompt need not be neighbours.
        body: The model's body, which knows the positions of image tokens (`get_rope_index`).
        pad: Id of padding.
        features: Whether the model keeps the images' features, see `vision_inputs`.
    """
    groups: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        groups.setdefault(id(row.prompt), []).append(place)
    prompts = [rows[places[0]].prompt for places in groups.values()]
    sequences = [
        _Sequence.of(prompt, [rows[place].completion for place in places], body)
        for prompt, places in zip(prompts, groups.values(), strict=True)
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
    """One prompt and its completions; `starts` is where each completion's copied token is."""

    ids: list[int]
    labels: list[int]
    segments: list[int]
    positions: Tensor
    starts: list[int]

    @classmethod
    def of(cls, prompt: Encoded, completions: Sequence[list[int]], body: Any) -> _Sequence:
        own, _ = body.get_rope_index(
            torch.tensor([prompt.ids]),
            mm_token_type_ids=torch.tensor([prompt.types]),
            image_grid_thw=prompt.grids,
        )
        own = own[:, 0]
        head, last = list(prompt.ids[:-1]), prompt.ids[-1]
        ids, labels, segments = list(head), [IGNORED] * len(head), [0] * len(head)
        positions, starts = [own[:, :-1]], []
        for number, completion in enumerate(completions, start=1):
            starts.append(len(ids))
            ids += [last, *completion]
            labels += [IGNORED, *completion]
            segments += [number] * (1 + len(completion))
            positions.append(own[:, -1:] + torch.arange(1 + len(completion)))
        return cls(
            ids=ids,
            labels=labels,
            segments=segments,
            positions=torch.cat(positions, dim=1),
            starts=starts,
        )


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
