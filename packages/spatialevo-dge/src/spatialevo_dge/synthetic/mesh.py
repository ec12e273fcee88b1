# SPDX-License-Identifier: Apache-2.0
"""The room's surface: planar quadrilaterals, and points and triangles sampled on them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.synthetic.construction import BuiltObject, Construction
from spatialevo_dge.synthetic.solids import Colour

_LEAST_SAMPLES: Final = 240  # an object has about this many points or more, however small it is
_FINEST: Final = 0.004  # metres
_PROBE: Final = 1e-5  # metres outside a face, where its neighbour on the other side would be


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patches:
    """Planar quadrilaterals, world frame, counter-clockwise from where they can be seen.

    Attributes:
        corners: (q, 4, 3) metres.
        owners: (q,) whose surface it is, ascending: index into the construction's objects, then
            on from there one number for each wall, one for the floor, one for the ceiling.
        colours: (q, 3) sRGB.
    """

    corners: NDArray[np.float64]
    owners: NDArray[np.int64]
    colours: NDArray[np.uint8]

    @property
    def normals(self) -> NDArray[np.float64]:
        """(q, 3) unit normals."""
        diagonals = self.corners[:, 2:] - self.corners[:, :2]
        return _unit(np.cross(diagonals[:, 0], diagonals[:, 1]))

    @property
    def areas(self) -> NDArray[np.float64]:
        """(q,) square metres."""
        diagonals = self.corners[:, 2:] - self.corners[:, :2]
        cross = np.cross(diagonals[:, 0], diagonals[:, 1])
        areas: NDArray[np.float64] = 0.5 * np.sqrt(np.einsum("qi,qi->q", cross, cross))
        return areas


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Surface:
    """A triangle mesh whose vertices lie on the patches; rows of one owner are contiguous.

    Attributes:
        points: (n, 3) metres, world frame.
        normals: (n, 3) unit normals, outward.
        areas: (n,) square metres that each point stands for.
        colours: (n, 3) sRGB.
        owners: (n,) as in `Patches`.
        faces: (m, 3) point indices, counter-clockwise from outside.
    """

    points: NDArray[np.float64]
    normals: NDArray[np.float64]
    areas: NDArray[np.float64]
    colours: NDArray[np.uint8]
    owners: NDArray[np.int64]
    faces: NDArray[np.int32]

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """Each owner's rows [start, stop)."""
        edges = np.searchsorted(self.owners, np.arange(int(self.owners[-1]) + 2)).tolist()
        return list(pairwise(edges))

    def centroids(self) -> Surface:
        """Return one point for each triangle, its whole area on it, without faces.

        A point inside a face is never on a silhouette, where rounding to a pixel decides whether it
        is seen.
        """
        corners = self.points[self.faces]
        cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        first = self.faces[:, 0]
        return Surface(
            points=corners.mean(axis=1),
            normals=self.normals[first],
            areas=0.5 * np.sqrt(np.einsum("mi,mi->m", cross, cross)),
            colours=self.colours[first],
            owners=self.owners[first],
            faces=np.empty((0, 3), dtype=np.int32),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """Colours of the room itself.

    Attributes:
        wall: sRGB.
        floor: sRGB.
        ceiling: sRGB.
        tiled: Whether the floor is tiled; else it has boards.
    """

    wall: Colour
    floor: Colour
    ceiling: Colour = (244, 243, 238)
    tiled: bool = False


def patches_of(construction: Construction, structure: Structure) -> Patches:
    """Return the surfaces of all objects, then walls, floor and ceiling."""
    corners: list[NDArray[np.float64]] = []
    owners: list[int] = []
    colours: list[Colour] = []
    for index, item in enumerate(construction.objects):
        for part in item.parts:
            quads = part.quads @ item.axes + item.centre
            corners.append(quads)
            owners += [index] * len(quads)
            colours += [part.colour] * len(quads)
    for owner, (quads, colour) in enumerate(
        _structure_quads(construction, structure), len(construction.objects)
    ):
        corners.append(quads)
        owners += [owner] * len(quads)
        colours += [colour] * len(quads)
    return Patches(
        corners=np.concatenate(corners),
        owners=np.array(owners, dtype=np.int64),
        colours=np.array(colours, dtype=np.uint8),
    )


def sample(construction: Construction, patches: Patches, spacing: float) -> Surface:
    """Cut the patches into cells no wider than `spacing` and put a point on every corner of one.

    Cells that lie inside or against another part of their own object are left out: they are no
    surface of it. Small objects are cut finer.
    """
    steps = _spacing_of(patches, spacing)
    surface = _grid(patches, steps)
    return _without_covered(construction, surface)


def _structure_quads(
    construction: Construction, structure: Structure
) -> list[tuple[NDArray[np.float64], Colour]]:
    low = construction.floor_height
    high = low + construction.height
    starts = construction.outline
    ends = np.roll(starts, -1, axis=0)
    # Seen from inside, a wall runs from right to left along the counter-clockwise outline.
    walls = np.stack(
        [_lift(ends, low), _lift(starts, low), _lift(starts, high), _lift(ends, high)], axis=1
    )
    floor = _lift(construction.pieces, low)
    ceiling = _lift(construction.pieces, high)[:, ::-1]
    return [
        *((wall[None], structure.wall) for wall in walls),
        (floor, structure.floor),
        (ceiling, structure.ceiling),
    ]


def _lift(points_xy: NDArray[np.float64], z: float) -> NDArray[np.float64]:
    return np.concatenate([points_xy, np.full((*points_xy.shape[:-1], 1), z)], axis=-1)


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    unit: NDArray[np.float64] = vectors / np.sqrt(np.einsum("ni,ni->n", vectors, vectors))[:, None]
    return unit


def _spacing_of(patches: Patches, spacing: float) -> NDArray[np.float64]:
    totals = np.bincount(patches.owners, weights=patches.areas)
    finest = np.maximum(np.sqrt(totals / _LEAST_SAMPLES), _FINEST)
    return np.minimum(spacing, finest[patches.owners])


def _grid(patches: Patches, steps: NDArray[np.float64]) -> Surface:
    """Sample every patch on a grid; patches with grids of one size are done at once."""
    corners = patches.corners
    sides = np.linalg.norm(np.roll(corners, -1, axis=1) - corners, axis=2)
    across = _cells(np.maximum(sides[:, 0], sides[:, 2]), steps)
    along = _cells(np.maximum(sides[:, 1], sides[:, 3]), steps)
    counts, cells = (across + 1) * (along + 1), 2 * across * along
    offsets, firsts = np.cumsum(counts) - counts, np.cumsum(cells) - cells
    points = np.empty((int(counts.sum()), 3))
    faces = np.empty((int(cells.sum()), 3), dtype=np.int64)
    sizes, inverse = np.unique(np.stack([across, along]), axis=1, return_inverse=True)
    for kind, (nu, nv) in enumerate(sizes.T.tolist()):
        chosen = np.flatnonzero(inverse == kind)
        weights, cell_faces = _unit_grid(nu, nv)
        rows = offsets[chosen, None] + np.arange(len(weights))
        points[rows] = np.einsum("pc,qci->qpi", weights, corners[chosen])
        places = firsts[chosen, None] + np.arange(len(cell_faces))
        faces[places] = cell_faces + offsets[chosen, None, None]
    patch = np.repeat(np.arange(len(corners)), counts)
    return Surface(
        points=points,
        normals=patches.normals[patch],
        areas=_vertex_areas(points, faces),
        colours=patches.colours[patch],
        owners=patches.owners[patch],
        faces=faces.astype(np.int32),
    )


def _cells(lengths: NDArray[np.float64], steps: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.maximum(1, np.ceil(lengths / steps - 1e-9)).astype(np.int64)


def _unit_grid(nu: int, nv: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Bilinear weights (p, 4) of a grid's points and its triangles."""
    u = np.tile(np.arange(nu + 1) / nu, nv + 1)
    v = np.repeat(np.arange(nv + 1) / nv, nu + 1)
    weights = np.stack([(1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v], axis=1)
    row, column = np.divmod(np.arange(nu * nv), nu)
    a = row * (nu + 1) + column
    b, c, d = a + 1, a + nu + 2, a + nu + 1
    return weights, np.stack([a, b, c, a, c, d], axis=1).reshape(-1, 3)


def _vertex_areas(
    points: NDArray[np.float64], faces: NDArray[np.int64] | NDArray[np.int32]
) -> NDArray[np.float64]:
    corners = points[faces]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    thirds = np.sqrt(np.einsum("mi,mi->m", cross, cross)) / 6.0
    sums = np.bincount(faces.ravel(), weights=np.repeat(thirds, 3), minlength=len(points))
    return np.asarray(sums, dtype=np.float64)


def _without_covered(construction: Construction, surface: Surface) -> Surface:
    owners = surface.owners[surface.faces[:, 0]]
    probes = surface.points[surface.faces].mean(axis=1)
    probes += _PROBE * surface.normals[surface.faces[:, 0]]
    keep = np.ones(len(surface.faces), dtype=bool)
    edges = np.searchsorted(owners, np.arange(len(construction.objects) + 1))
    for index, item in enumerate(construction.objects):
        rows = slice(int(edges[index]), int(edges[index + 1]))
        keep[rows] = ~_covered(item, probes[rows])
    faces = surface.faces[keep]
    used = np.zeros(len(surface.points), dtype=bool)
    used[faces] = True
    renumbered = (np.cumsum(used) - 1).astype(np.int32)
    faces, points = renumbered[faces], surface.points[used]
    return Surface(
        points=points,
        normals=surface.normals[used],
        areas=_vertex_areas(points, faces),
        colours=surface.colours[used],
        owners=surface.owners[used],
        faces=faces,
    )


def _covered(item: BuiltObject, points_in_world: NDArray[np.float64]) -> NDArray[np.bool_]:
    local = (points_in_world - item.centre) @ item.axes.T
    inside = np.zeros(len(local), dtype=bool)
    for part in item.parts:
        # A cheap test of the part's bounding box first: most points are far from most parts.
        half = np.array(part.size) / 2
        near = np.flatnonzero((np.abs(local - part.centre) < half).all(axis=1))
        inside[near] |= part.contains(local[near])
    return inside
