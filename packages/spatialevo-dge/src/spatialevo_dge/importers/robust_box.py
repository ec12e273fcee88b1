# SPDX-License-Identifier: Apache-2.0
"""An object's box from noisy points: the faces where the surface ends, not where the noise does.

The extreme of n noisy points lies beyond the surface by the expected maximum of the noise of those
near it: for a sigma of 2 cm by 4 cm at 200 points and more at 1,000. How many points are near, and
how they lie, differs from face to face: a table top puts all of its points on one plane, a side
spreads them. Each face is therefore placed by likelihood, under points of which an unknown share
lies on the face and the rest evenly behind it, all with Gaussian noise of the scan's sigma.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.scene import NoiseModel
from spatialevo_geometry import OrientedBox, PointIndex

WINDOW: Final = 4.0
"""Only points within this many sigmas of the extreme speak: what is deeper is another part of the
object. Over 63 kinds of furniture 3 leaves +1.5 cm of bias at 1,000 points, 4 and 5 under 0.3."""
BIN: Final = 0.05
"""Width of the bins that points are counted in, sigmas; the likelihood does not see such detail."""
STEP: Final = 0.1
"""Distance of candidate positions of a face, sigmas: 2 mm at 2 cm, less than can be known."""
BEYOND: Final = 0.3
"""Outermost candidate beyond the extreme, sigmas: few points may all lie short of the face."""
SHALLOWEST: Final = 0.5
"""Innermost candidate over the bottom of the window, sigmas."""
SHARES: Final = 12
"""Candidates for the share of the window's points that lie on the face itself."""
TRIM: Final = 0.06
"""Share of points, at either end, whose mean stands for an end while the heading is sought: enough
to average the noise out, few enough to stay on one face."""
HEADINGS: Final = 90
"""Candidate headings in a quarter turn; a parabola refines the best to a fraction of a degree."""
HEADING_POINTS: Final = 2000
"""Most points that the heading is sought with: every k-th, more do not move it."""

RIVAL_AREA: Final = 0.02
"""A rectangle of another heading fits as well if its area is larger by no more than this share, and
one sigma on each side."""
RIVAL_TURN: Final = 5
"""Fewest degrees between headings that are different ones."""
SLACK_SDS: Final = 2.0
"""Standard deviations that the greatest change of reach between equally good boxes counts as."""

ROUGHNESS_PLACES: Final = 48
"""Places of an object at which the roughness of its surface is taken."""
ROUGHNESS_POINTS: Final = 6
"""Fewest points about such a place, and fewest places, that tell a plane from noise."""
FLATTEST: Final = 0.25
"""Quantile of the places' roughness that stands for the noise: the others are edges and curves. At
2 cm it never came under 1.1 cm over 63 kinds of furniture; smooth, it is 5 mm in the median."""
LEAST_SIGMA: Final = 5e-4
"""Least noise that a box is corrected for, metres."""


@dataclass(frozen=True, slots=True)
class RobustFit:
    """A box and what the choice of its heading leaves open; see `SceneObject.box_slack`."""

    box: OrientedBox
    slack: float


def fit_robustly(
    points_in_world: NDArray[np.float64], raw: OrientedBox, noise: NoiseModel
) -> RobustFit:
    """Return the box of the surface that noisy points were measured on; `raw` where none errs."""
    if noise.point_sigma == 0.0 and noise.object_offset_sigma == 0.0:
        return RobustFit(raw, 0.0)
    sigma = measured_sigma(points_in_world, noise.point_sigma)
    box = robust_box(points_in_world, raw, sigma)
    turns, areas, spans = _rectangles(points_in_world, box)
    least = float(areas.min())
    allowed = least * (1.0 + RIVAL_AREA) + sigma * float(spans.sum(axis=0).min())
    width, depth = box.extents[:2].tolist()
    rivals = turns[(areas <= allowed) & (np.abs(turns) >= math.radians(RIVAL_TURN))]
    slack = max((_change_of_reach(width, depth, turn) for turn in rivals.tolist()), default=0.0)
    return RobustFit(box, slack / SLACK_SDS)


def measured_sigma(points_in_world: NDArray[np.float64], stated: float) -> float:
    """Return the noise of an object's points: as stated, or as measured where that is far less.

    A scan's mesh errs by centimetres as a whole but is smooth: the vertices of scene0000_00 lie
    5 mm from a plane through those around them, and corrected for 2 cm its boxes would come out
    5 cm short. Curvature and edges only add, so that the flattest places speak, and a surface that
    is rougher than half of what is stated bears it out.

    Args:
        points_in_world: (n, 3) metres.
        stated: Standard deviation by the scan's noise model, metres.
    """
    if stated == 0.0:
        return stated
    chosen = points_in_world[:: max(1, len(points_in_world) // HEADING_POINTS)]
    places = chosen[:: max(1, len(chosen) // ROUGHNESS_PLACES)]
    spreads = [
        _off_plane(chosen[near])
        for near in PointIndex(chosen).within(places, WINDOW * stated)
        if len(near) >= ROUGHNESS_POINTS
    ]
    if len(spreads) < ROUGHNESS_POINTS:
        return stated
    measured = float(np.quantile(spreads, FLATTEST))
    return max(measured, LEAST_SIGMA) if measured < stated / 2.0 else stated


def _off_plane(points_in_world: NDArray[np.float64]) -> float:
    """Return the standard deviation of points from the plane through them, metres."""
    offsets = points_in_world - points_in_world.mean(axis=0)
    spread = np.linalg.eigvalsh(offsets.T @ offsets)[0] / (len(offsets) - 3)
    return math.sqrt(max(float(spread), 0.0))


def robust_box(
    points_in_world: NDArray[np.float64], raw: OrientedBox, point_sigma: float
) -> OrientedBox:
    """Return the gravity-aligned box of the surface that noisy points were measured on.

    Args:
        points_in_world: (n, 3) metres.
        raw: Gravity-aligned box of all points; its axes keep their order and sense.
        point_sigma: Standard deviation of the noise of a point along an axis, metres.

    Returns:
        `raw` itself where there is no noise.
    """
    if point_sigma == 0.0:
        return raw
    axes = _turned(raw.axes, _heading_change(points_in_world, raw))
    along = points_in_world @ axes.T
    highest, lowest = far_ends(along, point_sigma), -far_ends(-along, point_sigma)
    # A sheet thinner than its noise may come out inside out: it is flat.
    extents = np.maximum(highest - lowest, 0.0)
    return OrientedBox(centre=(highest + lowest) / 2.0 @ axes, axes=axes, extents=extents)


def far_ends(coordinates: NDArray[np.float64], sigma: float) -> NDArray[np.float64]:
    """Estimate where each column's surface ends on its high side.

    Args:
        coordinates: (n, k) noisy positions along k axes, metres.
        sigma: Standard deviation of their noise, metres.

    Returns:
        (k,) positions of greatest likelihood, each with the share of points on it that suits it
        best. A mean over all of them is up to a half sigma too far out for a flat face, too far in
        for a side.
    """
    ends, log_density = _model()
    extremes = coordinates.max(axis=0)
    depths = (extremes - coordinates) / (sigma * BIN)
    bins = log_density.shape[2]
    found: NDArray[np.float64] = np.empty_like(extremes)
    for column, extreme in enumerate(extremes.tolist()):
        inside = depths[:, column]
        counts = np.bincount(inside[inside < bins].astype(np.int64), minlength=bins)
        likelihood = np.einsum("hsb,b->hs", log_density, counts.astype(np.float64))
        best = int(np.argmax(likelihood.max(axis=1)))
        found[column] = extreme + sigma * float(ends[best])
    return found


@lru_cache(maxsize=1)
def _model() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return candidate ends (h,) and the log density (h, share, bin) of a point in each bin.

    In sigmas from the extreme. A point on the face is normal about it; one behind it, anywhere as
    likely, has the normal integral as its density. Both are scaled to the window.
    """
    ends = np.arange(BEYOND, SHALLOWEST - WINDOW, -STEP)
    depths = -(np.arange(round(WINDOW / BIN)) + 0.5) * BIN
    shares = ((np.arange(SHARES) + 0.5) / SHARES)[None, :, None]
    ahead = depths[None, None, :] - ends[:, None, None]
    room = ends[:, None, None] + WINDOW
    on_face = _density(ahead) / _integral(room)
    behind = _integral(-ahead) / (room * _integral(room) + _density(room))
    return ends, np.log(shares * on_face + (1.0 - shares) * behind)


def _density(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the standard normal density."""
    result: NDArray[np.float64] = np.exp(-0.5 * x * x) / math.sqrt(2.0 * math.pi)
    return result


def _integral(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the standard normal distribution function."""
    values = [0.5 * math.erfc(-value / math.sqrt(2.0)) for value in x.ravel().tolist()]
    return np.array(values).reshape(x.shape)


def _turned(axes: NDArray[np.float64], angle: float) -> NDArray[np.float64]:
    """Turn axes (rows) about the vertical."""
    cosine, sine = math.cos(angle), math.sin(angle)
    turn = np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    turned: NDArray[np.float64] = axes @ turn
    return turned


def _heading_change(points_in_world: NDArray[np.float64], raw: OrientedBox) -> float:
    """Return by how much to turn the raw box about the vertical, radians within an eighth turn."""
    turns, areas, _ = _rectangles(points_in_world, raw)
    best = int(np.argmin(areas))
    before, least, after = areas[[best - 1, best, (best + 1) % HEADINGS]].tolist()
    bend = before - 2.0 * least + after
    offset = 0.5 * (before - after) / bend if bend > 0.0 else 0.0
    return float(turns[best]) + offset * math.pi / 2.0 / HEADINGS


def _rectangles(
    points_in_world: NDArray[np.float64], box: OrientedBox
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Measure rectangles about the points' shadow on the floor, one for each candidate heading.

    Their ends are means of the outermost points: the hull that the raw box goes by is made of the
    noisiest points there are.

    Returns:
        Turns (k,) from the box's heading, radians; areas (k,); spans (2, k), metres.
    """
    chosen = points_in_world[:: max(1, len(points_in_world) // HEADING_POINTS), :2]
    flat = (chosen - box.centre[:2]) @ box.axes[:2, :2].T
    turns: NDArray[np.float64] = (np.arange(HEADINGS, dtype=np.float64) - HEADINGS // 2) * (
        math.pi / 2.0 / HEADINGS
    )
    cosines, sines = np.cos(turns), np.sin(turns)
    # Component by component, not through a matrix product: the same bits on every machine.
    x, y = flat[:, :1], flat[:, 1:]
    along = np.concatenate([x * cosines + y * sines, y * cosines - x * sines], axis=1)
    count = max(1, round(TRIM * len(flat)))
    ordered = np.partition(along, (count - 1, len(flat) - count), axis=0)
    highest: NDArray[np.float64] = ordered[len(flat) - count :].mean(axis=0)
    lowest: NDArray[np.float64] = ordered[:count].mean(axis=0)
    spans = (highest - lowest).reshape(2, HEADINGS)
    areas: NDArray[np.float64] = spans[0] * spans[1]
    return turns, areas, spans


def _change_of_reach(width: float, depth: float, turn: float) -> float:
    """Return how much farther one of two rectangles, turned, reaches in some direction, metres."""
    towards = np.arange(HEADINGS) * (math.pi / HEADINGS)
    here, there = (
        width * np.abs(np.cos(angle)) + depth * np.abs(np.sin(angle))
        for angle in (towards, towards - turn)
    )
    return float(np.abs(here - there).max()) / 2.0
