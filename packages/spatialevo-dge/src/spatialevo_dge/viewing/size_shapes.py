# SPDX-License-Identifier: Apache-2.0
"""Shapes of lengths, sizes and extents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from spatialevo_dge import surface
from spatialevo_dge.cli.quantities import quantity
from spatialevo_dge.entities import Attribute
from spatialevo_dge.scene import Scene
from spatialevo_dge.thresholds import Policy
from spatialevo_dge.viewing.shapes import Area, Points, Role, Shape, Stroke, role_at
from spatialevo_geometry import OrientedBox


def segment(value: Any) -> Iterator[Shape]:
    """Draw a measured segment with its length."""
    yield _line(value, Role.MEASURED, quantity(value["distance_m"], "m"))


def rivals(trace: Mapping[str, Any], scene: Scene, policy: Policy) -> Iterator[Shape]:
    """Draw the gap from the anchor to each candidate; the winner's is the measured one."""
    anchor = scene.objects_by_id[trace["anchor_id"]]
    for place, (name, number) in enumerate(trace["instance_ids"].items()):
        gap = surface.gap(scene, anchor, scene.objects_by_id[number], policy).trace()
        caption = f"{name}: {quantity(trace['distances_m'][name], 'm')}"
        yield _line(gap, Role.HEADING if place else Role.MEASURED, caption)


def _line(gap: Any, role: Role, caption: str) -> Stroke:
    ends = np.array([gap["start_in_world"], gap["end_in_world"]], dtype=float)
    return Stroke(points_in_world=ends, role=role, caption=caption)


def longest_side(value: Any, role: Role, caption: str | None = None) -> Iterator[Shape]:
    """Draw the longest side of a box along its highest edge."""
    box = _box(value)
    along = int(np.argmax(box.extents))
    low = [corner for corner in range(8) if not corner >> along & 1]
    corners = box.corners
    edges = [corners[[corner, corner | 1 << along]] for corner in low]
    edge = max(edges, key=lambda ends: (round(float(ends[:, 2].mean()), 9), *ends[0].tolist()))
    text = quantity(box.longest_side, "m") if caption is None else caption
    yield Stroke(points_in_world=edge, role=role, caption=text)


def _height(value: Any, role: Role, caption: str) -> Iterator[Shape]:
    box = _box(value)
    x, y = box.footprint[0].tolist()
    ends = np.array([[x, y, box.aabb_min[2]], [x, y, box.aabb_max[2]]], dtype=float)
    yield Stroke(points_in_world=ends, role=role, caption=caption)


def _top(value: Any, role: Role, caption: str) -> Iterator[Shape]:
    """Draw the lid of the box: what a volume fills has no line of its own."""
    box = _box(value)
    lid = np.column_stack((box.footprint, np.full(len(box.footprint), box.aabb_max[2])))
    yield Area(ring_in_world=lid, role=role, caption=caption)


_COMPARED: Final[Mapping[str, Callable[[Any, Role, str], Iterator[Shape]]]] = MappingProxyType(
    {
        Attribute.LONGEST_SIDE.value: longest_side,
        Attribute.HEIGHT.value: _height,
        Attribute.VOLUME.value: _top,
    }
)


def compared(trace: Mapping[str, Any]) -> Iterator[Shape]:
    """Draw the attribute of each box that was compared."""
    draw = _COMPARED.get(trace["attribute"])
    if draw is None:
        return
    for place, (value, box) in enumerate(zip(trace["values"], trace["boxes"], strict=True)):
        yield from draw(box, role_at(place), quantity(value, trace["unit"]))


def region(trace: Mapping[str, Any], floor: float) -> Iterator[Shape]:
    """Draw a region's hull on the floor."""
    name = str(trace["region"]) if "region" in trace else "region"
    yield Area(ring_in_world=on_floor(trace["hull_in_world"], floor), role=Role.AREA, caption=name)


def rings(trace: Mapping[str, Any], floor: float) -> Iterator[Shape]:
    """Draw the floor's outline; holes are outlines alone."""
    area = quantity(trace["area_m2"], "m2") if "area_m2" in trace else ""
    for place, ring in enumerate(trace["rings_in_world"]):
        yield Area(
            ring_in_world=on_floor(ring, floor),
            role=Role.AREA,
            caption="" if place else area,
            filled=not place,
        )


def on_floor(ring: Any, floor: float) -> Points:
    """Return (k, 2) corners at the height of the floor, (k, 3)."""
    corners = np.array(ring, dtype=float).reshape(-1, 2)
    return np.column_stack((corners, np.full(len(corners), floor)))


def _box(value: Any) -> OrientedBox:
    return OrientedBox(
        centre=np.array(value["centre_in_world"]),
        axes=np.array(value["axes"]),
        extents=np.array(value["extents_m"]),
    )
