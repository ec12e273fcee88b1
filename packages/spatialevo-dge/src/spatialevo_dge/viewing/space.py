# SPDX-License-Identifier: Apache-2.0
"""The interactive view's axes, and where it is looked at from at first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.viewing.subject import Subject
from spatialevo_dge.viewing.wires import frustum, shown_box

_SIZE: Final = 1.8  # plotly's units for the longest side
_ELEVATION: Final = math.radians(52.0)
_AWAY: Final = 2.1
"""Distance of the eye in radii of what it looks at: all of it is seen, with some room around it."""
_LEAST: Final = 2.4  # metres
_MARGIN: Final = 0.2  # metres


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Space:
    """The part of the world that is shown.

    Attributes:
        low: (3,) its lowest coordinates, metres.
        high: (3,) its highest.
        focus: (3,) what is looked at.
        radius: How far what is looked at reaches from there, metres.
    """

    low: NDArray[np.float64]
    high: NDArray[np.float64]
    focus: NDArray[np.float64]
    radius: float

    @staticmethod
    def of(subject: Subject) -> Space:
        """Show the whole scene and look at its evidence."""
        everything = _everything(subject)
        low, high = everything.min(axis=0) - _MARGIN, everything.max(axis=0) + _MARGIN
        evidence = evidence_points(subject)
        looked_at = evidence if len(evidence) else everything
        ends = looked_at.min(axis=0), looked_at.max(axis=0)
        return Space(
            low=np.round(low, 4),
            high=np.round(high, 4),
            focus=(ends[0] + ends[1]) / 2.0,
            radius=max(_LEAST, float(np.linalg.norm(ends[1] - ends[0])) / 2.0),
        )

    @property
    def aspect(self) -> dict[str, float]:
        """The sides in plotly's units."""
        sides = (self.high - self.low) * self._unit
        return {axis: round(float(side), 5) for axis, side in zip("xyz", sides, strict=True)}

    @property
    def camera(self) -> dict[str, Any]:
        """The eye: on the room's side of the evidence, so that no wall is in between."""
        middle = (self.low + self.high) / 2.0
        x, y, _ = (middle - self.focus).tolist()
        azimuth = math.atan2(y, x) if math.hypot(x, y) > 0.25 else math.radians(-130.0)
        direction = np.array(
            (
                math.cos(azimuth) * math.cos(_ELEVATION),
                math.sin(azimuth) * math.cos(_ELEVATION),
                math.sin(_ELEVATION),
            )
        )
        centre = (self.focus - middle) * self._unit
        eye = centre + direction * (_AWAY * self.radius * self._unit)
        return {"center": _xyz(centre), "eye": _xyz(eye), "up": {"x": 0, "y": 0, "z": 1}}

    @property
    def _unit(self) -> float:
        """Plotly's units per metre."""
        return _SIZE / float((self.high - self.low).max())


def _xyz(point: NDArray[np.float64]) -> dict[str, float]:
    return {axis: round(float(value), 5) for axis, value in zip("xyz", point, strict=True)}


def evidence_points(subject: Subject) -> NDArray[np.float64]:
    """Return what the evidence spans: its shapes, and the boxes and cameras it marks, (k, 3)."""
    drawing, scene = subject.drawing, subject.scene
    items = [scene.objects_by_id[mark.object_id] for mark in drawing.boxes]
    frames = [scene.frames_by_id[mark.frame_id] for mark in drawing.cameras]
    return np.concatenate(
        [
            drawing.points_in_world,
            *(shown_box(item, subject.policy).corners for item in items),
            *(frustum(frame, 0.4) for frame in frames),
        ]
    )


def _everything(subject: Subject) -> NDArray[np.float64]:
    scene = subject.scene
    parts = [evidence_points(subject)]
    parts += [shown_box(item, subject.policy).corners for item in scene.objects]
    parts += [frustum(frame, 0.22) for frame in scene.frames]
    if scene.cloud is not None and len(scene.cloud.points_in_world):
        cloud = scene.cloud.points_in_world
        parts.append(np.stack([cloud.min(axis=0), cloud.max(axis=0)]).astype(np.float64))
    if scene.floor is not None:
        height = 0.0 if scene.floor.height is None else scene.floor.height
        parts += [np.column_stack((r, np.full(len(r), height))) for r in scene.floor.rings]
    points = np.concatenate(parts)
    return points if len(points) else np.array([[-1.0, -1.0, 0.0], [1.0, 1.0, 1.0]])
