# SPDX-License-Identifier: Apache-2.0
"""Answers as values: each type knows its unit, how it is written and what it may be.

Everything inside the oracle is in metres and radians; a unit appears here and nowhere else, and
rounding happens in `render` alone. Reading a reply and scoring it is in `scoring`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias


@dataclass(frozen=True, slots=True)
class Count:
    """A number of instances."""

    value: int
    unit: ClassVar[str] = "count"

    def render(self) -> str:
        """Write the number alone: ``"3"``."""
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Metres:
    """A length in metres."""

    value: float
    unit: ClassVar[str] = "m"

    @property
    def metres(self) -> float:
        """The length in metres."""
        return self.value

    def render(self, decimals: int = 2) -> str:
        """Write the number and its unit: ``"1.43 m"``."""
        return f"{self.value:.{decimals}f} m"


@dataclass(frozen=True, slots=True)
class Centimetres:
    """A length in centimetres."""

    value: float
    unit: ClassVar[str] = "cm"

    @property
    def metres(self) -> float:
        """The length in metres."""
        return self.value / 100.0

    def render(self, decimals: int = 1) -> str:
        """Write the number and its unit: ``"143.0 cm"``."""
        return f"{self.value:.{decimals}f} cm"


@dataclass(frozen=True, slots=True)
class SquareMetres:
    """An area in square metres."""

    value: float
    unit: ClassVar[str] = "m2"

    def render(self, decimals: int = 2) -> str:
        """Write the number and its unit: ``"16.30 m²"``."""
        return f"{self.value:.{decimals}f} m²"


@dataclass(frozen=True, slots=True)
class Direction:
    """A direction word.

    Attributes:
        value: One of `options`, parts joined by a hyphen ("front-left").
        options: Every word that the question's form admits.
    """

    value: str
    options: tuple[str, ...]
    unit: ClassVar[str] = "direction"

    def __post_init__(self) -> None:
        """Refuse a word that the form does not admit."""
        if self.value not in self.options:
            raise ValueError(f"value: {self.value!r} is not one of {self.options}")

    def render(self) -> str:
        """Write the word."""
        return self.value


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things that the question offers.

    Attributes:
        value: The chosen one, as the question names it.
        options: All of them, in the question's order; "same" last where it is offered.
    """

    value: str
    options: tuple[str, ...]
    unit: ClassVar[str] = "choice"

    def __post_init__(self) -> None:
        """Refuse a choice that was not offered."""
        if self.value not in self.options:
            raise ValueError(f"value: {self.value!r} is not one of {self.options}")

    def render(self) -> str:
        """Write the chosen one."""
        return self.value


Length: TypeAlias = Metres | Centimetres
Answer: TypeAlias = Count | Metres | Centimetres | SquareMetres | Direction | Choice
