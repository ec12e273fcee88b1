# SPDX-License-Identifier: Apache-2.0
"""What passes between the host and the keeper: requests by pickle, outcomes as lines of JSON."""

from __future__ import annotations

import json
import pickle
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from spatialevo_dge import Answer, Choice, Count, Direction
from spatialevo_rl.programs.constructors import ANSWERS
from spatialevo_rl.programs.outcomes import Failed, Failure, Limits, Outcome, Ran
from spatialevo_rl.programs.stage import Stage

HEADER: Final = struct.Struct("<Q")
READY: Final = "ready"
LONGEST_LINE: Final = 65_536
_BY_NAME: Final = {kind.__name__: kind for kind in ANSWERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One run of a program."""

    program: str
    stage: Stage
    seed: int


def packed(value: Request | Limits) -> bytes:
    """Write a message for the keeper, which trusts its host."""
    body = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return HEADER.pack(len(body)) + body


def outcome_line(outcome: Outcome) -> str:
    """Write an outcome as one line without its end."""
    if isinstance(outcome, Failed):
        return json.dumps({"failure": outcome.failure.value, "why": outcome.why})
    answer = outcome.answer
    options = answer.options if isinstance(answer, Direction | Choice) else ()
    return json.dumps(
        {
            "kind": type(answer).__name__,
            "value": answer.value,
            "options": options,
            "operators": outcome.operators,
        }
    )


def outcome_of(line: Mapping[str, Any]) -> Outcome:
    """Read an outcome.

    Raises:
        KeyError: A field is missing.
        ValueError: A field is not what `outcome_line` writes.
    """
    if "failure" in line:
        return Failed(failure=Failure(line["failure"]), why=str(line["why"]))
    answer = _answer(line["kind"], line["value"], tuple(line["options"]))
    return Ran(answer=answer, operators=tuple(line["operators"]))


def _answer(name: str, value: Any, options: tuple[str, ...]) -> Answer:
    kind = _BY_NAME[name]
    if kind is Direction or kind is Choice:
        return kind(str(value), options)
    return Count(int(value)) if kind is Count else kind(float(value))
