# SPDX-License-Identifier: Apache-2.0
"""From a labelled mesh to objects: boxes, contiguous rows of the cloud, normals and areas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.arrays_cloud import InMemoryCloud
from spatialevo_dge.importers.ply import Mesh
from spatialevo_dge.importers.robust_box import fit_robustly
from spatialevo_dge.scene import EXACT, BoxKind, NoiseModel, SceneObject
from spatialevo_geometry import fit_axis_aligned, fit_gravity_aligned


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One annotated instance: its id, its labels and the mesh's vertices that belong to it."""

    id: int
    label: str
    source_label: str
    vertices: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """Objects, structure and the cloud whose rows they own."""

    objects: tuple[SceneObject, ...]
    structure: tuple[SceneObject, ...]
    cloud: InMemoryCloud


def build(
    mesh: Mesh,
    objects: Sequence[Instance],
    structure: Sequence[Instance],
    noise: NoiseModel = EXACT,
) -> Built:
    """Order the mesh's vertices by instance and fit a box to each.

    A vertex that two instances claim gets a row in each, so that neither loses a part of its box;
    the faces keep to the first row.

    Args:
        mesh: The scan in the world frame.
        objects: Instances questions may name, ordered by id; each with at least one vertex.
        structure: Instances that bound the room, likewise.
        noise: Of the mesh's vertices.
    """
    instances = (*objects, *structure)
    rows, cloud = arranged(mesh, instances)
    built = [
        # Nobody asks for the box of a wall: it stays raw.
        fitted(item, mesh.points[item.vertices], stop, noise if place < len(objects) else EXACT)
        for place, (item, (_, stop)) in enumerate(zip(instances, rows, strict=True))
    ]
    return Built(
        objects=tuple(built[: len(objects)]), structure=tuple(built[len(objects) :]), cloud=cloud
    )


def arranged(
    mesh: Mesh, instances: Sequence[Instance]
) -> tuple[list[tuple[int, int]], InMemoryCloud]:
    """Return each instance's rows, and the cloud in whose order they are."""
    order, first_row = _rows(len(mesh.points), [item.vertices for item in instances])
    normals, areas = (None, None) if mesh.faces is None else surface(mesh.points, mesh.faces)
    cloud = InMemoryCloud(
        points_in_world=mesh.points[order].astype(np.float32),
        normals_in_world=None if normals is None else normals[order].astype(np.float32),
        areas=None if areas is None else areas[order].astype(np.float32),
        colours=None if mesh.colours is None else mesh.colours[order],
        faces=None if mesh.faces is None else first_row[mesh.faces].astype(np.int32),
    )
    stops = np.cumsum([len(item.vertices) for item in instances], dtype=np.int64).tolist()
    starts = [0, *stops[:-1]]
    return list(zip(starts, stops, strict=False)), cloud


def fitted(
    item: Instance, points_in_world: NDArray[np.float64], stop: int, noise: NoiseModel = EXACT
) -> SceneObject:
    """Return the object whose points end before row `stop`, boxes fitted to all of them."""
    oriented = fit_gravity_aligned(points_in_world)
    robust = fit_robustly(points_in_world, oriented, noise)
    return SceneObject(
        id=item.id,
        label=item.label,
        source_label=item.source_label,
        aabb=fit_axis_aligned(points_in_world),
        obb_raw=oriented,
        obb=robust.box,
        box_kind=BoxKind.GRAVITY,
        point_range=(stop - len(points_in_world), stop),
        box_slack=robust.slack,
    )


def _rows(
    count: int, groups: Sequence[NDArray[np.int64]]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the vertex of each row, and the first row of each vertex."""
    owned = np.concatenate([*groups, np.empty(0, dtype=np.int64)])
    free = np.ones(count, dtype=np.bool_)
    free[owned] = False
    order = np.concatenate([owned, np.flatnonzero(free)])
    first_row = np.empty(count, dtype=np.int64)
    first_row[order[::-1]] = np.arange(len(order))[::-1]
    return order, first_row


def surface(
    points: NDArray[np.float64], faces: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return each vertex's unit normal (n, 3) and the area (n,) it stands for.

    A vertex has a third of the area of each of its faces, and their area-weighted mean normal; a
    vertex without a face has neither (zeros).
    """
    first, second, third = (points[faces[:, place]] for place in range(3))
    one, two = (second - first).T, (third - first).T
    # Component by component: a million faces through np.cross take twice as long.
    twice = (
        one[1] * two[2] - one[2] * two[1],
        one[2] * two[0] - one[0] * two[2],
        one[0] * two[1] - one[1] * two[0],
    )
    lengths = np.sqrt(twice[0] ** 2 + twice[1] ** 2 + twice[2] ** 2)
    sums = np.stack([_by_vertex(faces, component, len(points)) for component in twice], axis=1)
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    normals = np.divide(sums, norms, out=np.zeros_like(sums), where=norms > 0.0)
    return normals, _by_vertex(faces, lengths, len(points)) / 6.0


def _by_vertex(
    faces: NDArray[np.int32], values: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """Add a value of each face to each of its vertices."""
    total = np.zeros(count, dtype=np.float64)
    for place in range(3):
        total += np.bincount(faces[:, place], weights=values, minlength=count)
    return total
