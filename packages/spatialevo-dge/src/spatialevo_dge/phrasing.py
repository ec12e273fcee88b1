# SPDX-License-Identifier: Apache-2.0
"""Clauses that several tasks' questions end with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from spatialevo_dge.entities import SectorForm

DIRECTION_OFFERS: Final[Mapping[SectorForm, str]] = MappingProxyType(
    {
        SectorForm.EIGHT: "",
        SectorForm.QUADRANT: ": front-left, front-right, back-left, or back-right",
        SectorForm.LEFT_RIGHT_BACK: ": left, right, or back",
        SectorForm.LEFT_RIGHT: ": left or right",
    }
)
"""The answers a direction question offers; none means the eight words."""
