# SPDX-License-Identifier: Apache-2.0
"""A trace as sentences: one line for each thing that an answer was computed from.

Lines are chosen by the keys of the trace, never by task, so that a task from another package is
shown too: a key without a phrase of its own is written by what its name says (`height_m`,
`target_in_world`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from spatialevo_dge.cli.quantities import listed, point, quantity
from spatialevo_dge.scene import Scene
from spatialevo_dge.truth import Trace

_UNITS: Final = ("_m2", "_m3", "_m", "_deg", "_px")
_SURFACES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "oriented": "surfaces: oriented boxes",
        "axis_aligned": "surfaces: axis-aligned boxes",
        "points": "surfaces: the scanned points",
    }
)


def evidence(trace: Trace, scene: Scene) -> list[str]:
    """Write a trace for people.

    Args:
        trace: What a truth was computed from.
        scene: Gives the labels of the objects that the trace names by id.
    """
    skipped = {"unit"} if "values" in trace else set()
    if "segment" in trace:
        skipped.add("distance_m")
    return [
        line
        for key, value in trace.items()
        if key not in skipped
        for line in _lines(key, value, trace, scene)
    ]


def _lines(key: str, value: Any, trace: Trace, scene: Scene) -> Iterator[str]:
    if key in _PHRASES:
        yield _PHRASES[key](value)
    elif key == "values":
        unit = str(trace["unit"]) if "unit" in trace else ""
        yield f"values: {_value(value, unit)}"
    elif key.endswith(("object_id", "object_ids", "anchor_id", "instance_ids")):
        yield f"{_name(key)}: {_objects(value, scene)}"
    else:
        yield _generic(key, value)


def _objects(value: Any, scene: Scene) -> str:
    if isinstance(value, Mapping):
        value = list(value.values())
    ids = value if isinstance(value, list | tuple) else [value]
    names = [f"{scene.objects_by_id[item].label} (#{item})" for item in ids]
    return listed(names) or "none"


def _name(key: str) -> str:
    for ending in ("_ids", "_id"):
        if key.endswith(ending):
            return key.removesuffix(ending).replace("_", " ") + ("s" if ending == "_ids" else "")
    return key.replace("_", " ")


def _generic(key: str, value: Any) -> str:
    for unit in _UNITS:
        if key.endswith(unit):
            return f"{_name(key.removesuffix(unit))}: {_value(value, unit.removeprefix('_'))}"
    if key.endswith("_in_world"):
        return f"{_name(key.removesuffix('_in_world'))} at {_place(value)}"
    return f"{_name(key)}: {_value(value, '')}"


def _place(value: Any) -> str:
    if value and isinstance(value[0], list | tuple):
        return f"{len(value)} points"
    return point(value)


def _value(value: Any, unit: str) -> str:
    if isinstance(value, int | float):
        return quantity(value, unit) if not isinstance(value, bool) else "yes" if value else "no"
    if isinstance(value, Mapping):
        parts = ((str(key), item) for key, item in value.items())
        if unit:
            return ", ".join(f"{key} {_value(item, unit)}" for key, item in parts)
        return ", ".join(_generic(key, item) for key, item in parts)
    if isinstance(value, list | tuple):
        if value and isinstance(value[0], list | tuple):
            return listed([point(item) for item in value])
        return listed([_value(item, unit) for item in value])
    return "unknown" if value is None else str(value)


def _segment(value: Any) -> str:
    start, end = point(value["start_in_world"]), point(value["end_in_world"])
    return f"gap {quantity(value['distance_m'], 'm')} from {start} to {end}"


def _models(value: Any) -> str:
    names = {"oriented_m": "oriented boxes", "axis_aligned_m": "axis-aligned boxes"}
    parts = [
        f"{names.get(name, _name(name.removesuffix('_m')))} {quantity(number, 'm')}"
        for name, number in value.items()
    ]
    return f"by model: {', '.join(parts)}"


def _box(value: Any) -> str:
    sides = " x ".join(f"{side:.2f}" for side in value["extents_m"])
    return f"{sides} m, centre {point(value['centre_in_world'])}"


def _boxes(value: Any) -> str:
    return f"boxes: {'; '.join(_box(box) for box in value)}"


def _one_box(value: Any) -> str:
    return f"box: {_box(value)}"


def _side(name: str) -> Callable[[Any], str]:
    def write(value: Any) -> str:
        side = "to the left" if value > 0.0 else "to the right"
        return f"{name}: {quantity(abs(value), 'deg')} {side if value else 'straight ahead'}"

    return write


def _vertical(name: str, unit: str) -> Callable[[Any], str]:
    def write(value: Any) -> str:
        way = "up" if value > 0.0 else "down"
        return f"{name}: {quantity(abs(value), unit)} {way if value else ''}".rstrip()

    return write


def _attribute(value: Any) -> str:
    return f"compared: {str(value).replace('_', ' ')}"


def _comparator(value: Any) -> str:
    return f"asked for: the {value}"


def _shares(value: Any) -> str:
    parts = [quantity(share, "fraction") for share in value]
    return f"visible share of the whole surface: {listed(parts)}"


def _share(value: Any) -> str:
    return f"share of the region in that direction: {quantity(value, 'fraction')}"


def _rings(value: Any) -> str:
    if not value:
        return "outline: unknown"
    holes = f" and {len(value) - 1} holes" if len(value) > 1 else ""
    return f"outline: {len(value[0])} corners{holes}"


def _hull(value: Any) -> str:
    return f"extent: {len(value)} corners on the floor"


def _surface(value: Any) -> str:
    return _SURFACES.get(value, f"surfaces: {value}")


def _pixels(value: Any) -> str:
    parts = [
        f"({left:.0f}, {top:.0f}) to ({right:.0f}, {bottom:.0f})"
        for left, top, right, bottom in value
    ]
    return f"in the image, pixels: {listed(parts)}"


def _corners(value: Any) -> str:
    return f"corners of its box in another direction: {value} of 8"


_PHRASES: Final[Mapping[str, Callable[[Any], str]]] = MappingProxyType(
    {
        "segment": _segment,
        "models": _models,
        "box": _one_box,
        "boxes": _boxes,
        "azimuth_deg": _side("off straight ahead"),
        "azimuth_from_front_deg": _side("off the reference's front"),
        "turn_deg": _side("turn"),
        "move_azimuth_deg": _side("moved off straight ahead"),
        "tilt_deg": _vertical("tilt", "deg"),
        "rise_m": _vertical("rise", "m"),
        "attribute": _attribute,
        "comparator": _comparator,
        "visible_shares": _shares,
        "share_in_sector": _share,
        "rings_in_world": _rings,
        "hull_in_world": _hull,
        "surface": _surface,
        "boxes_2d_px": _pixels,
        "corners_in_other_sectors": _corners,
    }
)
