# SPDX-License-Identifier: Apache-2.0
"""The warm-up: from random weights to a base that knows the formats and sees a little.

    python -m spatialevo_rl.lab.warmup -o base

It stands in for the pre-training and the instruction tuning that a real vision-language model has
behind it, and is no part of the method. The same settings on the same machine give the same bytes.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NoReturn

import numpy as np
import torch
from rich.progress import Progress
from torch import Tensor
from transformers import PreTrainedTokenizerFast, Qwen2_5_VLForConditionalGeneration

from spatialevo_dge.atomic_folder import new_folder
from spatialevo_rl.lab.dataset import Rooms, open_rooms
from spatialevo_rl.lab.examples import CELLS, NOWHERE
from spatialevo_rl.lab.lessons import Lessons, Portions
from spatialevo_rl.lab.model import MERGE, PATCH, new_model
from spatialevo_rl.lab.packing import GRID, Packer, hidden_states, label_log_probabilities
from spatialevo_rl.lab.processor import ImageOnlyQwenVLProcessor, image_processor
from spatialevo_rl.lab.rooms import IMAGE_SIZE, LABELS
from spatialevo_rl.lab.tokenizer import build_tokenizer, token_id
from spatialevo_rl.lab.vocabulary import lab_words

_BETAS: Final = (0.9, 0.99)
_DECAY: Final = 0.01
_RISE: Final = 100  # steps of rising rate
_LAST_RATE: Final = 0.05  # of the highest
_CLIP: Final = 1.0
_EARLY: Final = Portions(answers=6, places=6, askings=0)
_LATE: Final = Portions(answers=8, places=2, askings=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class WarmUp:
    """How a base is made.

    Attributes:
        steps: Optimizer steps.
        rows: Views a step.
        early: What a view is taught at first: above all to see.
        late: What it is taught then: both roles.
        late_from: Share of the steps before that.
        rate: Highest learning rate of AdamW.
        naming: Weight of the loss of naming what image tokens show.
        habits: Share of the answers that are wrong in a habitual way.
        seed: Of weights and draws.
        threads: Of torch.
    """

    steps: int = 6000
    rows: int = 8
    early: Portions = _EARLY
    late: Portions = _LATE
    late_from: float = 0.4
    rate: float = 2e-3
    naming: float = 0.5
    habits: float = 0.0
    seed: int = 0
    threads: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A model with its tokenizer."""

    model: Any
    tokenizer: PreTrainedTokenizerFast

    @classmethod
    def load(cls, folder: Path) -> Base:
        """Read a base that `save` wrote.

        Raises:
            OSError: The folder holds none.
        """
        model = Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32)
        return cls(model=model, tokenizer=PreTrainedTokenizerFast.from_pretrained(folder))

    def save(self, folder: Path) -> None:
        """Write a model folder that transformers reads, all or nothing.

        Raises:
            OSError: It cannot be written.
        """
        processor = ImageOnlyQwenVLProcessor(
            image_processor(IMAGE_SIZE[0], PATCH, MERGE),
            self.tokenizer,
            chat_template=self.tokenizer.chat_template,
        )
        with new_folder(folder, overwrite=True) as partial:
            self.model.save_pretrained(partial)
            processor.save_pretrained(partial)


def warm_up(rooms: Rooms, settings: WarmUp, progress: Progress, start: Base | None = None) -> Base:
    """Train a base.

    Args:
        rooms: What it learns from.
        settings: How.
        progress: Where a bar is shown.
        start: What to go on from; None: random weights. Its model is changed in place.
    """
    torch.set_num_threads(settings.threads)
    base = start or fresh(settings.seed)
    base.model.train()
    lessons, packer = Lessons(rooms, base.tokenizer, settings.habits), Packer(base.tokenizer)
    images = rooms.images.reshape(-1, *rooms.images.shape[2:])
    naming = Naming(rooms, base.tokenizer)
    chance = random.Random(settings.seed)  # noqa: S311  (nothing secret)
    optimizer = torch.optim.AdamW(
        base.model.parameters(), lr=settings.rate, betas=_BETAS, weight_decay=_DECAY
    )
    bar = progress.add_task("warm-up", total=settings.steps)
    for step in range(settings.steps):
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, settings)
        early = step < settings.late_from * settings.steps
        portions = settings.early if early else settings.late
        packed = packer.pack(lessons.rows(chance, settings.rows, portions))
        shown = list(packed.images)
        hidden, tokens = hidden_states(base.model, packed, images[shown], packer.image)
        weights = packed.weights[packed.labels >= 0]
        gained = label_log_probabilities(base.model, hidden, packed)
        loss = -(gained * weights).sum() / weights.sum()
        loss = loss + settings.naming * naming.loss(base.model, tokens, shown)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(base.model.parameters(), _CLIP)
        optimizer.step()
        progress.update(bar, advance=1, description=f"warm-up, loss {loss.item():.3f}")
    return base


class Naming:
    """Asks each image token what it shows and where it is, through the model's own output layer.

    The tokens come to lie near the words of what they show, as contrastive pre-training brings
    images and words together; and they learn their place, of which this class of models is told
    only by rotary phases. Both are asked for after the first layer of the language model.
    """

    def __init__(self, rooms: Rooms, tokenizer: PreTrainedTokenizerFast) -> None:
        """Prepare what each image token should say: labels or nothing, columns, rows."""
        cells = rooms.cells.reshape(-1, *rooms.cells.shape[2:]).astype(np.float32)
        empty = ~cells.any(axis=-1, keepdims=True)
        shares = np.concatenate([cells, empty], axis=-1)
        self._shares = torch.from_numpy(shares / shares.sum(axis=-1, keepdims=True))
        words = [tokenizer(word).input_ids[0] for word in (*LABELS, NOWHERE)]
        side, finer = GRID // MERGE, CELLS * MERGE // GRID
        row, column = np.divmod(np.arange(side**2), side)
        places = np.zeros((side**2, 2 * CELLS), dtype=np.float32)
        for part in range(finer):  # an image token covers several of the cells that replies name
            places[np.arange(side**2), finer * column + part] = 1.0 / finer
            places[np.arange(side**2), CELLS + finer * row + part] = 1.0 / finer
        self._places = torch.from_numpy(places)
        for space in ("\u2581", ""):  # the column is a word of a reply, the row follows a point
            words += [token_id(tokenizer, f"{space}{cell}") for cell in range(CELLS)]
        self._words = torch.tensor(words)

    def loss(self, model: Any, tokens: Tensor, images: Sequence[int]) -> Tensor:
        """Return the cross-entropy of the (k * 16, d) image tokens of k images."""
        scores = model.lm_head(model.model.language_model.norm(tokens)).log_softmax(dim=-1)
        seen = self._shares[list(images)].flatten(0, 1)
        wanted = torch.cat([seen, self._places.repeat(len(images), 1)], dim=1) / 3.0
        loss: Tensor = -(wanted * scores[:, self._words]).sum(dim=-1).mean()
        return loss


def fresh(seed: int) -> Base:
    """Return a base with random weights."""
    tokenizer = build_tokenizer(lab_words())
    return Base(model=new_model(tokenizer, seed), tokenizer=tokenizer)


def rate_at(step: int, settings: WarmUp) -> float:
    """Return the learning rate: a short rise, constant to half time, then linear to a twentieth."""
    rise = min(1.0, (step + 1) / _RISE)
    late = max(0.0, 2.0 * step / settings.steps - 1.0)
    return settings.rate * rise * (1.0 - (1.0 - _LAST_RATE) * late)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make a base from the command line."""
    given = _parser().parse_args(arguments)
    start = None if given.start is None else Base.load(given.start)
    settings = WarmUp(
        steps=given.steps,
        late_from=given.late_from,
        late=replace(_LATE, askings=given.askings),
        rate=given.rate,
        habits=given.habits,
        seed=given.seed,
        threads=given.threads,
    )
    with Progress() as progress:
        rooms = open_rooms(given.rooms, given.cache, progress)
        base = warm_up(rooms, settings, progress, start)
    base.save(given.out)
    print(given.out)


class _Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one line, as the other commands do."""

    def error(self, message: str) -> NoReturn:
        """Leave with exit code 2."""
        self.exit(2, f"spatialevo-rl: {message}\n")


def _least(least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(
                f"expected a whole number of at least {least}, got {text!r}"
            )
        return int(text)

    return read


def _base(text: str) -> Path:
    folder = Path(text)
    if not (folder / "config.json").is_file():
        raise argparse.ArgumentTypeError(f"{text}: no model's folder: config.json is not in it")
    return folder


def _parser() -> argparse.ArgumentParser:
    plain = WarmUp()
    parser = _Parser(prog="spatialevo-rl warmup", description=__doc__)
    parser.add_argument("-o", "--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--steps", type=_least(1), default=plain.steps, help="optimizer steps")
    parser.add_argument("--rooms", type=_least(1), default=3000, help="rooms to learn from")
    parser.add_argument("--seed", type=_least(0), default=plain.seed)
    parser.add_argument("--threads", type=_least(1), default=plain.threads)
    parser.add_argument(
        "--late-from", type=float, default=plain.late_from,
        help="share of the steps before the questioner's role begins",
    )  # fmt: skip
    parser.add_argument(
        "--askings", type=_least(0), default=_LATE.askings, help="turns of the questioner a view"
    )
    parser.add_argument("--rate", type=float, default=plain.rate, help="highest learning rate")
    parser.add_argument(
        "--habits", type=float, default=plain.habits,
        help="share of the answers taught that are wrong in a habitual way",
    )  # fmt: skip
    parser.add_argument("--start", type=_base, default=None, help="a base to go on from")
    parser.add_argument("--cache", type=Path, default=None, help="where made rooms are kept")
    return parser


if __name__ == "__main__":
    main()
