# SPDX-License-Identifier: Apache-2.0
"""Independent numpy oracles: convex parts as half-spaces, separating axes, rays."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from spatialevo_dge.synthetic import BuiltObject, Construction
from spatialevo_dge.synthetic.solids import Part

Array = NDArray[np.float64]


def turn(yaw: float) -> Array:
    """Columns are the object's axes in the world."""
    return np.array(
        [[math.cos(yaw), -math.sin(yaw), 0], [math.sin(yaw), math.cos(yaw), 0], [0, 0, 1.0]]
    )


def rings(part: Part) -> tuple[Array, Array]:
    """The part's near and far ring of corners, object frame, from its definition."""
    if part.sides == 4:
        ring = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
    else:
        angles = 2 * np.pi * np.arange(part.sides) / part.sides
        ring = np.column_stack([np.cos(angles), np.sin(angles)]) / 2
    scales = (1.0, part.taper) if part.taper <= 1 else (1 / part.taper, 1.0)
    first, second = (part.axis + 1) % 3, (part.axis + 2) % 3
    both = []
    for scale, along in zip(scales, (-0.5, 0.5), strict=True):
        corners = np.zeros((part.sides, 3))
        corners[:, first], corners[:, second] = (ring * scale).T
        corners[:, part.axis] = along
        both.append(corners * part.size + part.centre)
    return both[0], both[1]


def corners_in_world(item: BuiltObject, part: Part) -> Array:
    return np.concatenate(rings(part)) @ turn(item.yaw).T + item.centre


def planes_in_world(item: BuiltObject, part: Part) -> tuple[Array, Array]:
    """Outward unit normals and offsets: inside where normals @ x <= offsets."""
    low, high = rings(part)
    normals, offsets = [], []
    for k in range(part.sides):
        a, b, c = low[k], low[(k + 1) % part.sides], high[k]
        normals.append(np.cross(b - a, c - a))
        offsets.append(a)
    for ring, sign in ((low, -1.0), (high, 1.0)):
        axis = np.zeros(3)
        axis[part.axis] = sign
        normals.append(axis)
        offsets.append(ring[0])
    local = np.array(normals)
    local /= np.linalg.norm(local, axis=1, keepdims=True)
    # The rings run counter-clockwise about the axis, so that every normal points outward already.
    assert (np.einsum("ki,ki->k", local, np.array(offsets) - part.centre) > 0).all()
    world = local @ turn(item.yaw).T
    points = np.array(offsets) @ turn(item.yaw).T + item.centre
    return world, np.einsum("ki,ki->k", world, points)


Rays = tuple[Array, Array]
"""One origin (3,) and directions (n, 3)."""


class Walls:
    """Everything that a ray can hit in a room: convex parts by object, and the room itself."""

    def __init__(self, room: Construction) -> None:
        self._room = room
        self._parts = [
            [planes_in_world(item, part) for part in item.parts] for item in room.objects
        ]

    def depths(self, rays: Rays) -> Array:
        """(objects + 1, n) parameters at which each ray first meets each object, and the room."""
        by_object = [
            np.min([_convex_depths(planes, rays) for planes in parts], axis=0)
            for parts in self._parts
        ]
        return np.array([*by_object, room_depths(self._room, rays)])


def _convex_depths(planes: tuple[Array, Array], rays: Rays) -> Array:
    """Clip each ray with the half-spaces; inf where nothing is left of it."""
    (normals, offsets), (origin, directions) = planes, rays
    speed, room = directions @ normals.T, offsets - normals @ origin
    with np.errstate(divide="ignore", invalid="ignore"):
        cut = room / speed
    enter = np.where(speed < -1e-14, cut, 0.0).max(axis=1, initial=0.0)
    leave = np.where(speed > 1e-14, cut, np.inf).min(axis=1)
    outside = ((np.abs(speed) <= 1e-14) & (room < 0.0)).any(axis=1)
    return np.where((enter <= leave) & ~outside, enter, np.inf)


def room_depths(room: Construction, rays: Rays) -> Array:
    """Parameter at which each ray from inside first meets a wall, the floor or the ceiling."""
    origin, directions = rays
    best = np.full(len(directions), np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        for start, end in zip(room.outline, np.roll(room.outline, -1, axis=0), strict=True):
            (dx, dy), (ex, ey) = directions[:, :2].T, end - start
            determinant = dy * ex - dx * ey
            px, py = start - origin[:2]
            t, s = (ex * py - ey * px) / determinant, (dx * py - dy * px) / determinant
            hit = (t > 1e-9) & (s >= -1e-9) & (s <= 1 + 1e-9)
            best = np.where(hit, np.minimum(best, t), best)
        for z in (room.floor_height, room.floor_height + room.height):
            t = (z - origin[2]) / directions[:, 2]
            best = np.where(t > 1e-9, np.minimum(best, t), best)
    return best


def parts_gap(a: BuiltObject, part_a: Part, b: BuiltObject, part_b: Part) -> float:
    """Largest separation over the candidate axes of two convex parts; negative: they overlap.

    Axes: face normals of both, and cross products of their vertical or horizontal edges.
    """
    normals_a, _ = planes_in_world(a, part_a)
    normals_b, _ = planes_in_world(b, part_b)
    edges_a, edges_b = _edges(a, part_a), _edges(b, part_b)
    crossed = np.cross(edges_a[:, None], edges_b[None]).reshape(-1, 3)
    length = np.linalg.norm(crossed, axis=1)
    axes = np.concatenate(
        [normals_a, normals_b, crossed[length > 1e-9] / length[length > 1e-9, None]]
    )
    first, second = corners_in_world(a, part_a) @ axes.T, corners_in_world(b, part_b) @ axes.T
    return float(
        np.maximum(
            first.min(axis=0) - second.max(axis=0), second.min(axis=0) - first.max(axis=0)
        ).max()
    )


def _edges(item: BuiltObject, part: Part) -> Array:
    low, high = rings(part)
    edges = np.concatenate([np.roll(low, -1, axis=0) - low, high - low])
    return edges @ turn(item.yaw).T


def boxes_gap(a: BuiltObject, b: BuiltObject) -> float:
    """Largest separation of two upright boxes over z and both pairs of horizontal axes."""
    vertical = abs(a.centre[2] - b.centre[2]) - (a.size[2] + b.size[2]) / 2
    best = vertical
    corners_a, corners_b = box_corners(a), box_corners(b)
    for yaw in (a.yaw, b.yaw):
        for axis in (turn(yaw)[:, 0], turn(yaw)[:, 1]):
            first, second = corners_a @ axis, corners_b @ axis
            best = max(best, first.min() - second.max(), second.min() - first.max())
    return float(best)


def box_corners(item: BuiltObject) -> Array:
    signs = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) / 2
    return (signs * item.size) @ turn(item.yaw).T + item.centre


def inside_outline(outline: Array, points_xy: Array, slack: float) -> bool:
    """All points inside the polygon by winding number, or within `slack` of its boundary."""
    for point in points_xy:
        spokes = outline - point
        angles = np.arctan2(spokes[:, 1], spokes[:, 0])
        steps = np.diff(np.append(angles, angles[0]))
        winding = np.sum((steps + np.pi) % (2 * np.pi) - np.pi)
        if abs(winding) < np.pi and boundary_distance(outline, point) > slack:
            return False
    return True


def boundary_distance(outline: Array, point: Array) -> float:
    starts, spans = outline, np.roll(outline, -1, axis=0) - outline
    share = np.einsum("ki,ki->k", point - starts, spans) / np.einsum("ki,ki->k", spans, spans)
    nearest = starts + np.clip(share, 0, 1)[:, None] * spans
    return float(np.linalg.norm(nearest - point, axis=1).min())
