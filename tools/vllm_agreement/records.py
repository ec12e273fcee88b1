# SPDX-License-Identifier: Apache-2.0
"""What one environment hands to the other: the standard library alone, since they share no more."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

FILE: Final = "replies.json"
LENGTH: Final = 64
"""Most tokens of a reply: the lab recipe's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an engine makes of a prompt, greedily.

    Attributes:
        length: Tokens of the prompt, images included.
        tokens: The reply, with the token that ends it.
        logprobs: Log-probability of each of them.
        gaps: By how much each is likelier than the next likely one, in log-probability.
    """

    length: int
    tokens: tuple[int, ...]
    logprobs: tuple[float, ...]
    gaps: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A prompt and the reply of transformers.

    Attributes:
        role: Who is prompted.
        text: The chat as text, with one placeholder an image.
        images: Places in `Replies.images`, in the order shown.
        reply: What transformers makes of it.
    """

    role: str
    text: str
    images: tuple[int, ...]
    reply: Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """Prompts, and the model that replied to them.

    Attributes:
        model: The model's folder.
        images: PNG files.
        cases: The prompts.
    """

    model: str
    images: tuple[bytes, ...]
    cases: tuple[Case, ...]


def write(replies: Replies, folder: Path) -> None:
    """Write `replies.json`."""
    values = asdict(replies)
    values["images"] = [base64.b64encode(image).decode("ascii") for image in replies.images]
    (folder / FILE).write_text(json.dumps(values) + "\n", encoding="utf-8")


def read(folder: Path) -> Replies:
    """Read `replies.json`."""
    values = json.loads((folder / FILE).read_text(encoding="utf-8"))
    return Replies(
        model=values["model"],
        images=tuple(base64.b64decode(image) for image in values["images"]),
        cases=tuple(_case(case) for case in values["cases"]),
    )


def _case(values: dict[str, Any]) -> Case:
    reply = values["reply"]
    return Case(
        role=values["role"],
        text=values["text"],
        images=tuple(values["images"]),
        reply=Reply(
            length=reply["length"],
            tokens=tuple(reply["tokens"]),
            logprobs=tuple(reply["logprobs"]),
            gaps=tuple(reply["gaps"]),
        ),
    )
