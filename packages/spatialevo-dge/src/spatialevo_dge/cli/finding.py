# SPDX-License-Identifier: Apache-2.0
"""One thing that `check` looked at, and how it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a finding is."""

    OK = "ok"
    LOOK = "look"  # legal, but worth a look
    BROKEN = "broken"
    ABSENT = "-"

    @property
    def is_broken(self) -> bool:
        """Whether the scene must not be used."""
        return self is State.BROKEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at."""

    name: str
    state: State
    text: str
