# SPDX-License-Identifier: Apache-2.0
"""Numbers with their units, as a person writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

_SIGNS: Final[Mapping[str, str]] = MappingProxyType(
    {"deg": "°", "m": " m", "m2": " m²", "m3": " m³", "cm": " cm", "px": " px", "": ""}
)
_DECIMALS: Final[Mapping[str, int]] = MappingProxyType(
    {"deg": 1, "m": 2, "m2": 2, "m3": 3, "cm": 1, "px": 0}
)


def quantity(value: float, unit: str) -> str:
    """Write a number in its unit: ``"1.43 m"``, ``"37.2°"``, ``"12.5 %"``, ``"3 corners"``."""
    if unit == "fraction":
        return f"{value * 100.0:.1f} %"
    decimals = _DECIMALS.get(unit, 0 if float(value).is_integer() else 2)
    # A small length is not nothing: 0.003 m must not read as 0.00 m.
    if value != 0.0 and abs(value) < 0.5 * 10.0**-decimals:
        return f"{value:.1g}{_SIGNS.get(unit, f' {unit}')}"
    return f"{value:.{decimals}f}{_SIGNS.get(unit, f' {unit}')}"


def point(values: Sequence[float]) -> str:
    """Write a position in the world frame, metres: ``"(1.20, -0.35, 0.74)"``."""
    return f"({', '.join(f'{value:.2f}' for value in values)})"


def listed(words: Sequence[str]) -> str:
    """Write several words as one phrase: ``"a, b and c"``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def counted(count: int, noun: str) -> str:
    """Write a count and its noun: ``"1 frame"``, ``"3 frames"``, ``"0 boxes"``."""
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun}{'es' if noun.endswith(('s', 'x')) else 's'}"
