# SPDX-License-Identifier: Apache-2.0
"""Lengths and areas as answers: in the unit asked for, rounded as the policy says."""

from __future__ import annotations

from spatialevo_dge.answer import Centimetres, Length, Metres, SquareMetres
from spatialevo_dge.entities import Unit
from spatialevo_dge.thresholds import Policy

UNIT_WORDS = {
    Unit.METRES: "meters",
    Unit.CENTIMETRES: "centimeters",
    Unit.SQUARE_METRES: "square meters",
}
"""How questions spell the units (VSI-Bench's spelling)."""


def length(metres: float, unit: Unit, policy: Policy) -> Length:
    """Write a length in the unit asked for.

    Raises:
        ValueError: The unit is not a unit of length.
    """
    if unit is Unit.METRES:
        return Metres(_rounded(metres, policy.length_decimals))
    if unit is Unit.CENTIMETRES:
        return Centimetres(_rounded(metres * 100.0, policy.size_decimals))
    raise ValueError(f"unit: {unit!r} is not a unit of length")


def area(square_metres: float, policy: Policy) -> SquareMetres:
    """Write an area in square metres."""
    return SquareMetres(_rounded(square_metres, policy.area_decimals))


def _rounded(value: float, decimals: int | None) -> float:
    return value if decimals is None else round(value, decimals)
