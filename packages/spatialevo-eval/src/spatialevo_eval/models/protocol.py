# SPDX-License-Identifier: Apache-2.0
"""What a run asks a model, and what it gets back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from spatialevo_eval.benchmark import Generation, Item, Json
from spatialevo_eval.images import ImageRef

__all__ = ["Finish", "Model", "ModelError", "Reply", "Request", "request_of"]


class ModelError(RuntimeError):
    """A model that cannot be loaded or reached; the message is one line and names it."""


class Finish(StrEnum):
    """Why a reply ends where it ends."""

    STOP = "stop"
    LENGTH = "length"
    UNKNOWN = "unknown"  # the back end does not say
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question to a model.

    Attributes:
        id: The item's id.
        content: Texts and images in the order in which the model gets them.
        max_tokens: Tokens that the reply may have.
        temperature: 0 is greedy.
        seed: Of sampling; without effect where the reply is greedy.
    """

    id: str
    content: tuple[str | ImageRef, ...]
    max_tokens: int
    temperature: float = 0.0
    seed: int = 0

    @property
    def text(self) -> str:
        """The texts, a line each."""
        return "\n".join(part for part in self.content if isinstance(part, str))

    @property
    def images(self) -> tuple[ImageRef, ...]:
        """The images, in order."""
        return tuple(part for part in self.content if not isinstance(part, str))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a model answers.

    Attributes:
        text: The completion, without the prompt and without special tokens.
        finish: Why it ends; `Finish.FAILED`: there is no reply, and `problem` says why.
        tokens: Tokens of the completion; None where the back end does not say.
        seconds: Time from handing over the request to its reply; in a batch, the batch's time over
            its size.
        problem: Of a failed request, one line; else empty.
    """

    text: str
    finish: Finish = Finish.STOP
    tokens: int | None = None
    seconds: float = field(default=0.0, compare=False)
    problem: str = ""


class Model(Protocol):
    """A model that answers."""

    @property
    def name(self) -> str:
        """What tables call it."""
        ...

    @property
    def settings(self) -> Mapping[str, Json]:
        """Everything about it that can change a reply, as JSON."""
        ...

    @property
    def together(self) -> int:
        """Requests that are computed together, and may change one another's replies; else 1."""
        ...

    def generate(self, requests: Iterable[Request]) -> Iterator[Reply]:
        """Yield one reply a request, in order, taking requests only as far ahead as it needs.

        A request that fails for good gives a reply with `Finish.FAILED`; the others go on.

        Raises:
            ModelError: The model cannot be loaded or reached at all.
        """
        ...


def request_of(item: Item, generation: Generation, seed: int) -> Request:
    """Return what a model is asked about an item."""
    return Request(
        id=item.id,
        content=item.content(),
        max_tokens=generation.max_tokens,
        temperature=generation.temperature,
        seed=seed,
    )
