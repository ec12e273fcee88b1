# SPDX-License-Identifier: Apache-2.0
"""Sectors on the floor: where each direction word begins and ends, seen from a station."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from spatialevo_dge.directions import span, words
from spatialevo_dge.entities import SectorForm
from spatialevo_dge.viewing.shapes import Area, Points, Role, Shape, Stroke, Style, Words

_STEP: Final = 5.0  # degrees between the corners of an arc
_LEAST, _MOST = 0.8, 2.2  # metres
_ROSE: Final = 0.9  # metres; radius of the edges that bound other sectors


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Compass:
    """Directions about a station.

    Attributes:
        station_in_world: (3,) where the observer is; drawn at this height.
        zero_in_world: World azimuth of "front", degrees.
        sense: 1 where a word's degrees run counter-clockwise seen from above, -1 where clockwise.
        radius: Of the sectors, metres.
        form: How finely the question asks.
    """

    station_in_world: Points
    zero_in_world: float
    sense: float
    radius: float
    form: SectorForm

    def at(self, degrees: float, share: float = 1.0) -> Points:
        """Return the point at an angle from "front" and a share of the radius, (3,)."""
        azimuth = math.radians(self.zero_in_world + self.sense * degrees)
        reach = share * self.radius
        step = np.array([reach * math.cos(azimuth), reach * math.sin(azimuth), 0.0])
        point: Points = self.station_in_world + step
        return point

    def shapes(self, word: str | None, caption: str) -> Iterator[Shape]:
        """Draw every edge and name every sector; fill the one of `word`, where it is one."""
        names = words(self.form)
        if word in names:
            yield self.wedge(word, caption)
        for name in names:
            begin, end = span(name, self.form)
            line = np.stack([self.station_in_world, self.at(begin, self._rose)])
            yield Stroke(points_in_world=line, role=Role.SECTOR, style=Style.DASHED)
            if name != word:
                x, y, z = self.at((begin + end) / 2.0, self._rose).tolist()
                yield Words(point_in_world=(x, y, z), text=name)

    @property
    def _rose(self) -> float:
        """Share of the radius to which edges are drawn."""
        return min(1.0, _ROSE / self.radius)

    def wedge(self, word: str, caption: str) -> Area:
        """Return a word's sector as an area."""
        begin, end = span(word, self.form)
        count = max(2, math.ceil((end - begin) / _STEP) + 1)
        rim = [self.at(angle) for angle in np.linspace(begin, end, count).tolist()]
        return Area(
            ring_in_world=np.stack([self.station_in_world, *rim]), role=Role.SECTOR, caption=caption
        )

    def arc(self, begin: float, end: float, share: float) -> Points:
        """Return an arc between two angles, (k, 3)."""
        count = max(2, math.ceil(abs(end - begin) / _STEP) + 1)
        angles = np.linspace(begin, end, count).tolist()
        return np.stack([self.at(angle, share) for angle in angles])


def radius_for(reach: float) -> float:
    """Return a radius of sectors that shows a target so many metres away."""
    return min(max(1.15 * reach, _LEAST), _MOST)


def form_of(options: tuple[str, ...]) -> SectorForm | None:
    """Return the form of question whose words these are; None where they are no such words."""
    return next((form for form in SectorForm if words(form) == options), None)
